// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// Lists what the optimizer rewrites.
struct RulesCommand: Command {
  static let specification = CommandSpecification(
    name: "rules", summary: "list the rewrite rules of the optimizer",
    options: [Option("rounding", nil, "only those that round differently")],
    discussion: """
      A rule is an equation, read from left to right. One that is marked exact keeps every bit; one that is marked \
      rounding rounds differently, no worse but for a rounding or two, and better where the expression overflows or \
      cancels. The option strictOrder of a session, and --strict-order of dump, turn the latter off; those of \
      'reassociate' are off unless they are asked for.
      """,
    examples: [("graphc rules --rounding", "what --strict-order turns off")])

  private let onlyRounding: Bool

  init(_ arguments: Arguments) throws { onlyRounding = arguments.has("rounding") }

  func run(_ outcome: inout Outcome) throws {
    outcome.output += RewriteRuleReference.list(onlyRounding: onlyRounding)
  }
}
