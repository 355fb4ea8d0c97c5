// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// Shows the reference of operations.
struct OpsCommand: Command {
  static let specification = CommandSpecification(
    name: "ops", summary: "show the reference of operations",
    operands: [Operand("NAME", isOptional: true)],
    options: [Option("markdown", nil, "show all of it in Markdown, the file IR/OPS.md")],
    discussion:
      "Without a name, lists all operations of the language, and the pointwise functions among them.",
    examples: [
      ("graphc ops dot", "one operation"), ("graphc ops --markdown > IR/OPS.md", "renew the reference"),
    ])

  private let name: String?
  private let isMarkdown: Bool

  init(_ arguments: Arguments) throws {
    name = arguments.operands.first
    isMarkdown = arguments.has("markdown")
    if let name, isMarkdown {
      throw UsageError(
        "operand", "--markdown shows all operations, not '\(name)' alone", of: Self.specification)
    }
  }

  func run(_ outcome: inout Outcome) throws {
    guard let name else {
      outcome.output += isMarkdown ? OperationReference.markdown : OperationReference.list
      return
    }
    guard let text = OperationReference.page(of: name) else {
      throw UsageError(
        "operand",
        "there is no operation '\(name)'\(suggestion(for: name, among: OperationReference.names))",
        note: "'graphc ops' lists the operations")
    }
    outcome.output += text
  }
}
