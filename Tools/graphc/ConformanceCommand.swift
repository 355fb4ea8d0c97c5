// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import GraphcConformance

/// Holds graphc against results that other programs computed.
struct ConformanceCommand: Command {
  static let specification = CommandSpecification(
    name: "conformance", summary: "compare results with those of other programs",
    options: [
      Option(
        "suite", "SUITE", "run only this suite", choices: Conformance.suiteNames, repeats: true),
      Option("fixtures", "DIR", "the folder of the suites; $GRAPHC_SHARED/fixtures unless given"),
      Option(
        "only", "PATTERN", "run only cases whose name or op is of this form; * stands for any text",
        repeats: true),
      Option(
        "mode", "MODE", "evaluate only in this way", choices: Mode.allCases.map(\.rawValue), repeats: true),
      Option("sample", "N", "run at most N cases of an op"),
      Option("json", nil, "report one JSON object a line"),
      Option("record", nil, "take the cases that pass as the list that shows regressions"),
      Option("verbose", short: "v", nil, "show the name of each case before it is run"),
    ],
    discussion: """
      Builds the cases of the conformance fixtures with graphc, evaluates each in every mode, and holds values and \
      gradients against the stored ones and the modes against each other. Cases that graphc has no counterpart for are \
      counted as not covered. Exit status 1 tells that a case fails that used to pass.
      """,
    examples: [
      ("graphc conformance --suite onnx --only 'Conv*'", "cases of some ops"),
      ("graphc conformance --sample 2 --mode native --json", "a quick look, for a program to read"),
    ])

  private var options = Conformance.Options()

  init(_ arguments: Arguments) throws {
    options.suites = arguments.all("suite")
    options.fixtures = arguments["fixtures"]
    options.patterns = arguments.all("only")
    let modes = arguments.all("mode").compactMap { Mode(rawValue: $0) }
    if !modes.isEmpty { options.modes = Mode.allCases.filter { modes.contains($0) } }
    if let text = arguments["sample"] {
      guard let count = Int(text), count > 0 else {
        throw arguments.error("sample", text, "is no number of cases")
      }
      options.sample = count
    }
    options.isJSON = arguments.has("json")
    options.records = arguments.has("record")
    if arguments.has("verbose") {
      options.progress = { suite, name in StandardStream.error.write("\(suite) \(name)\n") }
    }
  }

  func run(_ outcome: inout Outcome) throws {
    let result = try Conformance.run(options)
    outcome.output += result.text
    outcome.errors += result.notes.map { "note: \($0)\n" }.joined()
    if result.regressions.isEmpty { return }
    outcome.status = .failure
    outcome.errors += result.regressions.map { "error[conformance.regression]: \($0) used to pass\n" }
      .joined()
  }
}
