// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import Testing

@testable import GraphcConformance

/// What holds values against those that are expected.
@Suite struct ComparisonTests {
  private let tolerance = Tolerance(relative: 0.1, absolute: 0.01)

  private func failure(_ actual: [Float], _ expected: [Float]) -> String? {
    Comparison(NDArray(actual), NDArray(expected), within: tolerance).failure
  }

  @Test func withinTolerance() {
    #expect(failure([1.1, 0.01, -10.9], [1, 0, -10]) == nil)
    #expect(failure([1.12], [1]) == "element 0 is \(Double(Float(1.12))), expected 1.0")
    #expect(failure([0.0101], [0]) != nil)
  }

  @Test func notFiniteNumbersEqualThemselves() {
    #expect(failure([.nan, .infinity, -.infinity], [.nan, .infinity, -.infinity]) == nil)
    #expect(failure([.nan], [1]) != nil)
    #expect(failure([1], [.nan]) != nil)
    #expect(failure([1e30], [.infinity]) != nil)
    #expect(failure([.infinity], [1e30]) != nil)
    #expect(failure([-.infinity], [.infinity]) != nil)
  }

  @Test func typesAreCompared() {
    let comparison = { (actual: NDArray, expected: NDArray) in
      Comparison(actual, expected, within: tolerance).failure
    }
    #expect(comparison(NDArray([Float(1)]), NDArray([1.0])) == "is f32[1], expected f64[1]")
    #expect(
      comparison(NDArray([Float(1)]), NDArray([Float(1)], shape: [1, 1])) == "is f32[1], expected f32[1,1]")
    #expect(comparison(NDArray([Int32(100)]), NDArray([Int32(101)])) == "element 0 is 100.0, expected 101.0")
    #expect(comparison(NDArray([true, false]), NDArray([true, true])) == "element 1 is 0.0, expected 1.0")
    #expect(comparison(NDArray([Float]()), NDArray([Float]())) == nil)
  }

  @Test func errorsAreMeasured() {
    let comparison = Comparison(
      NDArray([1.05, 0.005]), NDArray([1.0, 0.0]), within: Tolerance(relative: 0.1, absolute: 0.01))
    #expect((comparison.absoluteError - 0.05).magnitude < 1e-12)
    // Against 0 the tolerances' quotient takes the expected value's place.
    #expect((comparison.relativeError - 0.05).magnitude < 1e-12)
  }
}

@Suite struct ListTests {
  @Test func patterns() {
    #expect(Pattern("a/b").matches("a/b"))
    #expect(!Pattern("a/b").matches("a/bc"))
    #expect(Pattern("a*").matches("a/b"))
    #expect(Pattern("*b*d").matches("abcd"))
    #expect(!Pattern("*b*d").matches("abc"))
    #expect(Pattern("*").matches(""))
    #expect(!Pattern("ab*ba").matches("aba"))
  }

  @Test func skipsHaveReasons() throws {
    let list = try SkipList(
      parsing: "# comment\n\nonnx a/*: no such thing: never\nonnx b interpreter: takes an hour\n")
    #expect(list.reason(suite: "onnx", name: "a/1", mode: .native) == "no such thing: never")
    #expect(list.reason(suite: "opinfo", name: "a/1", mode: .native) == nil)
    #expect(list.reason(suite: "onnx", name: "b", mode: .interpreter) == "takes an hour")
    #expect(list.reason(suite: "onnx", name: "b", mode: .native) == nil)
    for line in ["onnx a", "onnx a:", "a: b", "onnx a hand: b"] {
      #expect(throws: FixtureError.self) { try SkipList(parsing: line) }
    }
  }

  @Test func committedListIsWellFormed() throws { _ = try Lists().skips() }

  @Test func passingCasesAreRecorded() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("graphc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("passing"), withIntermediateDirectories: true)
    let lists = Lists(folder: folder)
    #expect(lists.passing("onnx") == nil)
    try lists.record(passing: ["a", "b"], of: "onnx")
    #expect(lists.passing("onnx") == ["a", "b"])
    let names = ["x/1/f", "x/1/g", "x/2/f", "x/2/g", "x/3/g", "y", "y/1", "x/4/g", "p/q/r/s"]
    try lists.record(passing: names, of: "onnx")
    #expect(lists.passing("onnx") == Set(names))
    #expect(
      NameGroup.groups(of: names).map(\.text) == [
        "x/{1,2}/{f,g}", "x/3/g", "y", "y/1", "x/4/g", "p/q/r/s",
      ])
  }
}

/// A suite made of closures.
private struct MadeUpSuite: ConformanceSuite {
  let name = "made-up"
  let entries: [(info: CaseInfo, build: @Sendable () throws -> BuiltCase)]
  var cases: [CaseInfo] { entries.map(\.info) }

  init(_ entries: [(name: String, op: String, build: @Sendable () throws -> BuiltCase)]) {
    self.entries = entries.enumerated().map { index, entry in
      (CaseInfo(name: entry.name, op: entry.op, line: index, hasGradient: true), entry.build)
    }
  }

  func build(_ info: CaseInfo) throws -> BuiltCase { try entries[info.line].build() }
}

@Suite struct RunnerTests {
  private static let exact = Tolerance(relative: 1e-6, absolute: 0)

  /// x² at 3 and its slope, or what is claimed to be them.
  private static func square(value: Float, slope: Float) -> BuiltCase {
    let graph = Graph()
    let x = graph.placeholder(.float32, [1], name: "x")
    let y = x * x
    var built = BuiltCase(graph: graph)
    built.feeds[x] = [3]
    built.checks = [
      Check("y", y, equals: NDArray([value]), within: exact),
      Check(
        "x", graph.gradients(of: y, withRespectTo: [x])[0], kind: .gradient, equals: NDArray([slope]),
        within: exact),
    ]
    return built
  }

  private let suite = MadeUpSuite([
    ("good/1", "good", { RunnerTests.square(value: 9, slope: 6) }),
    ("good/2", "good", { RunnerTests.square(value: 9, slope: 6) }),
    ("bad/value", "bad", { RunnerTests.square(value: 8, slope: 6) }),
    ("bad/slope", "bad", { RunnerTests.square(value: 9, slope: 5) }),
    ("open", "open", { throw NotCovered("no such op") }),
    ("broken", "open", { throw FixtureError("no such file") }),
    (
      "cut", "open",
      {
        var built = RunnerTests.square(value: 9, slope: 6)
        let x = built.graph.placeholder(.float32, [], name: "never fed")
        built.checks[1].fetches = [x]
        return built
      }
    ),
  ])

  @Test func everyCaseCountsInEveryMode() throws {
    let report = Conformance.run(suite, Conformance.Options(), SkipList())
    #expect(report.passing == ["good/1", "good/2"])
    for mode in Mode.allCases {
      let rows = report.rows(mode)
      #expect(rows.map(\.op) == ["bad", "good", "open", "total"])
      #expect(rows.map(\.cases) == [2, 2, 3, 7])
      #expect(rows.map(\.passed) == [0, 2, 0, 2])
      #expect(rows.map(\.failed) == [2, 0, 2, 4])
      #expect(rows.map(\.notCovered) == [0, 0, 1, 1])
      #expect(rows.map(\.forwardPassed) == [1, 2, 1, 4])
      #expect(rows.map(\.gradientCases) == [2, 2, 3, 7])
      #expect(rows.map(\.gradientPassed) == [1, 2, 0, 3])
      #expect(rows.allSatisfy { $0.passed + $0.failed + $0.notCovered == $0.cases })
    }
    let line = try #require(report.json.split(separator: "\n").last)
    let object = try JSONValue(parsing: String(line))
    #expect(object["suite"]?.string == "made-up" && object["op"]?.string == "total")
    #expect(object["mode"]?.string == "native-2-threads" && object["notCovered"]?.integer == 1)
    #expect(object["secondCases"]?.integer == 0 && object["maxRelErr"]?.number == 0)
    #expect(object.object?.count == 14)
    #expect(report.text.contains("  bad/value: y: element 0 is 9.0, expected 8.0\n"))
    #expect(report.text.contains("  1 case: no such op (open)\n"))
  }

  @Test func casesAreSelected() {
    let names = { (change: (inout Conformance.Options) -> Void) in
      var options = Conformance.Options()
      options.modes = [.interpreter]
      change(&options)
      return Conformance.run(suite, options, SkipList()).results.map(\.info.name)
    }
    #expect(names { $0.patterns = ["good"] } == ["good/1", "good/2"])
    #expect(names { $0.patterns = ["*/2", "cut"] } == ["good/2", "cut"])
    #expect(names { $0.sample = 1 } == ["good/1", "bad/value", "open"])
  }

  @Test func skippedCasesAreNotCovered() throws {
    let skips = try SkipList(parsing: "made-up good/1 native: some reason")
    let report = Conformance.run(suite, Conformance.Options(), skips)
    #expect(report.passing == ["good/2"])
    #expect(report.rows(.native).first { $0.op == "good" }?.notCovered == 1)
    #expect(report.rows(.interpreter).first { $0.op == "good" }?.notCovered == 0)
  }

  @Test func modesThatDisagreeFail() {
    // Expected with a wide tolerance; what differs is the check's own doing, by the number of calls.
    let suite = MadeUpSuite([
      (
        "drifting", "op",
        {
          var built = RunnerTests.square(value: 9, slope: 6)
          built.checks = [built.checks[0]]
          built.checks[0].tolerance = Tolerance(relative: 0.5, absolute: 0)
          let calls = Counter()
          built.checks[0].finish = { _ in NDArray([Float(9) + 0.001 * Float(calls.next())]) }
          return built
        }
      )
    ])
    var options = Conformance.Options()
    #expect(Conformance.run(suite, options, SkipList()).passing.isEmpty)
    options.modes = [.native]
    #expect(Conformance.run(suite, options, SkipList()).passing == ["drifting"])
  }

  @Test func resultsOfOpenSizeAreTrimmed() throws {
    var check = RunnerTests.square(value: 9, slope: 6).checks[0]
    check.trim(1, to: check.fetches[0])
    #expect(check.fetches.count == 2)
    let array = NDArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(
      try check.finish([array, NDArray(scalar: Int32(2))])
        == NDArray([1, 2, 4, 5] as [Float], shape: [2, 2]))
    #expect(try check.finish([array, NDArray(scalar: Int64(0))]).shape == [2, 0])
    #expect(try check.finish([array, NDArray(scalar: Int64(3))]) == array)
    for count in [-1, 4] {
      #expect(throws: FixtureError.self) { try check.finish([array, NDArray(scalar: Int64(count))]) }
    }
  }

  /// Sums of products may be rounded differently within a loop too.
  @Test func opsOfRegionsAreNamed() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [2, 3], name: "x")
    let steps = graph.scan(over: x, from: graph.zeros([3])) { sum, row in (sum + row, tanh(row)) }
    let names = try Session(graph, engine: .interpreter).operationNames(
      [steps.carry, steps.outputs], feeding: [x: NDArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])])
    #expect(names.isSuperset(of: ["scan", "add", "tanh"]))
  }

  @Test func missingFixturesAreToldOf() throws {
    var options = Conformance.Options()
    options.fixtures = "/nowhere"
    let outcome = try Conformance.run(options)
    #expect(outcome.caseCount == 0 && outcome.regressions.isEmpty)
    #expect(outcome.notes.count == Conformance.suiteNames.count)
  }
}

private final class Counter: @unchecked Sendable {
  private var count = 0
  private let lock = NSLock()
  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}
