// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc

/// Holds graphc against results that other programs computed.
public enum Conformance {
  /// What to run.
  public struct Options: Sendable {
    /// All suites whose files are there when it is empty.
    public var suites: [String] = []
    /// The folder with a folder for each suite; what the environment names when it is nil.
    public var fixtures: String?
    /// Cases whose name, or whose op, is of one of these forms; all when it is empty.
    public var patterns: [String] = []
    public var modes: [Mode] = Mode.allCases
    /// At most so many cases of an op, spread over all of them.
    public var sample: Int?
    /// Whether the report is JSON, an object a line.
    public var isJSON = false
    /// Whether the cases that pass become the list against which regressions are found.
    public var records = false
    /// Called before each case, with its suite and name.
    public var progress: (@Sendable (String, String) -> Void)?

    public init() {}
  }

  /// What a run tells.
  public struct Outcome: Sendable {
    /// The report.
    public var text = ""
    /// What the user should know besides.
    public var notes: [String] = []
    /// Cases that used to pass and do not.
    public var regressions: [String] = []
    /// Cases that were run, and those of them that passed in every mode.
    public var caseCount = 0
    public var passedCount = 0
  }

  public static let suiteNames = ["onnx", "opinfo"]

  /// The folder of the fixtures: as given, or `fixtures` in the folder that `GRAPHC_SHARED` names.
  public static func fixtureFolder(_ given: String?) -> String? {
    given ?? ProcessInfo.processInfo.environment["GRAPHC_SHARED"].map { $0 + "/fixtures" }
  }

  /// Runs the cases of the suites.
  /// - Throws: `Diagnostic` for files that cannot be read.
  public static func run(_ options: Options) throws -> Outcome {
    var outcome = Outcome()
    guard let folder = fixtureFolder(options.fixtures) else {
      outcome.notes.append(
        "no fixtures: name their folder with --fixtures, or the folder above it in GRAPHC_SHARED; nothing was run"
      )
      return outcome
    }
    let lists = Lists()
    do {
      let skips = try lists.skips()
      for name in options.suites.isEmpty ? suiteNames : options.suites {
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path + "/cases.jsonl") else {
          outcome.notes.append("there is no '\(path)/cases.jsonl': the suite \(name) was not run")
          continue
        }
        let report = run(try suite(name, path), options, skips)
        outcome.text += options.isJSON ? report.json : (outcome.text.isEmpty ? "" : "\n") + report.text
        outcome.caseCount += report.results.count
        outcome.passedCount += report.passing.count
        try compare(report, lists, options, &outcome)
      }
    } catch let error as FixtureError {
      throw Diagnostic(.run, code: "conformance.fixtures", error.description)
    }
    return outcome
  }

  static func suite(_ name: String, _ path: String) throws -> any ConformanceSuite {
    let folder = try FixtureFolder(path)
    switch name {
    case "onnx": return ONNXSuite(folder)
    case "opinfo": return OpInfoSuite(folder)
    default: throw FixtureError("there is no suite '\(name)'")
    }
  }

  static func run(_ suite: any ConformanceSuite, _ options: Options, _ skips: SkipList) -> SuiteReport {
    let runner = CaseRunner(suite: suite, modes: options.modes, skips: skips)
    var report = SuiteReport(suite: suite.name, modes: options.modes)
    for info in selected(suite.cases, options) {
      options.progress?(suite.name, info.name)
      report.add(info, runner.run(info))
    }
    return report
  }

  private static func selected(_ cases: [CaseInfo], _ options: Options) -> [CaseInfo] {
    var chosen = cases
    if !options.patterns.isEmpty {
      let patterns = options.patterns.map { Pattern($0) }
      chosen = chosen.filter { info in patterns.contains { $0.matches(info.name) || $0.matches(info.op) } }
    }
    guard let sample = options.sample else { return chosen }
    var positions: [String: [Int]] = [:]
    for (index, info) in chosen.enumerated() { positions[info.op, default: []].append(index) }
    var kept: Set<Int> = []
    for places in positions.values {
      let count = min(sample, places.count)
      for number in 0..<count { kept.insert(places[number * places.count / count]) }
    }
    return kept.sorted().map { chosen[$0] }
  }

  /// Finds regressions, or makes what passes the new list.
  private static func compare(
    _ report: SuiteReport, _ lists: Lists, _ options: Options, _ outcome: inout Outcome
  ) throws {
    if options.records {
      let isWhole = options.patterns.isEmpty && options.sample == nil && options.modes == Mode.allCases
      guard isWhole else {
        outcome.notes.append("only a run of all cases in all modes can be recorded; the list is as it was")
        return
      }
      try lists.record(passing: report.passing, of: report.suite)
      return
    }
    guard let known = lists.passing(report.suite) else {
      outcome.notes.append("there is no list of passing cases for the suite \(report.suite)")
      return
    }
    let passing = Set(report.passing)
    outcome.regressions += report.results.map(\.info.name).filter {
      known.contains($0) && !passing.contains($0)
    }
    .map { "\(report.suite) \($0)" }
    let gained = passing.subtracting(known).count
    if gained > 0 { outcome.notes.append("\(report.suite): \(gained) more cases pass than the list has") }
  }
}
