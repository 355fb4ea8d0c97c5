// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import GraphcModels

/// Runs a model and tells where the time goes.
struct ProfileCommand: Command {
  static let specification = CommandSpecification(
    name: "profile", summary: "run a model and tell what each step took",
    operands: [Operand("MODEL")],
    options: [
      Option("steps", "N", "runs that are measured, behind one that compiles; 100 unless given"),
      Option("threads", "N", "threads of the session; one a processor unless given"),
      Option(
        "out", short: "o", "FILE.json", "write the timeline for Chrome's about:tracing or Perfetto, too"),
    ],
    discussion: """
      Takes a built-in model: \(BuiltInModel.all.map(\.name).joined(separator: ", ")). Shows what the session compiled, \
      then the steps of its runs, those that took longest first: how often, how long in all and on average, their share, \
      the bytes of the arrays that they read and write, the multiplications and additions of matrix products, and the \
      line of the program.
      """,
    examples: [("graphc profile iris --steps 1000 --out trace.json", "a training step")])

  private let model: BuiltInModel
  private let steps: Int
  private let threads: Int?
  private let output: String?

  init(_ arguments: Arguments) throws {
    let name = arguments.operands[0]
    guard let model = BuiltInModel.named(name) else {
      let names = BuiltInModel.all.map(\.name)
      throw UsageError(
        "operand",
        "there is no model '\(name)'; the models are \(names.joined(separator: ", "))"
          + suggestion(for: name, among: names), of: Self.specification)
    }
    self.model = model
    steps = try Self.count("steps", arguments) ?? 100
    threads = try Self.count("threads", arguments)
    output = arguments["out"]
  }

  private static func count(_ option: String, _ arguments: Arguments) throws -> Int? {
    guard let text = arguments[option] else { return nil }
    guard let number = Int(text), number > 0, number <= 1_000_000 else {
      throw arguments.error(option, text, "is no number from 1 to 1000000")
    }
    return number
  }

  func run(_ outcome: inout Outcome) throws {
    let session = try Session(model.graph, threads: threads)
    let step = { _ = try session.run(model.fetches, targets: model.targets, feeding: model.feeds) }
    try step()
    let timeline = try session.profile { for _ in 0..<steps { try step() } }.timeline
    outcome.output += "\(session.report)\n\n\(timeline)"
    if let output { try FileSystem.write(Array(timeline.chromeTrace.utf8), to: output) }
  }
}
