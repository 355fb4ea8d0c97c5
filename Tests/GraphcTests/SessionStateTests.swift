// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// What variables hold before, within and after runs.
@Suite("Variables of a session")
struct SessionStateTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  private func counter(_ name: String, from start: Double = 0) -> Variable {
    graph.variable([], initializer: .constant(start), name: name)
  }

  // MARK: Snapshots

  @Test("A read and an assignment in one run: the read is of the value before", arguments: engines)
  func readAndAssign(engine: Session.Engine) throws {
    let v = counter("v", from: 5)
    let double = v * 2
    let next = v.assign(v + 1)
    let afterwards = next * 10
    let session = try Session(graph, engine: engine)
    #expect(try session.run([v.value, next, double, afterwards]).map(\.scalar) == [5, 6, 10, 60])
    #expect(try session.run([afterwards, double, next, v.value]).map(\.scalar) == [70, 12, 7, 6])
    #expect(try session.value(of: v).scalar == 7)
  }

  @Test("Two variables change places in one run", arguments: engines)
  func swap(engine: Session.Engine) throws {
    let a = graph.variable(initialValue: [1.0, 2.0], name: "a")
    let b = graph.variable(initialValue: [3.0, 4.0], name: "b")
    let swap = graph.group(a.assign(b), b.assign(a))
    let session = try Session(graph, engine: engine)
    for run in 1...5 {
      try session.run(swap)
      let values = try [session.value(of: a), session.value(of: b)].map(\.doubles)
      #expect(values == (run.isMultiple(of: 2) ? [[1, 2], [3, 4]] : [[3, 4], [1, 2]]))
    }
  }

  @Test("Updates that read one another see the values before the run", arguments: engines)
  func simultaneous(engine: Session.Engine) throws {
    // Fibonacci: (a, b) becomes (b, a + b).
    let a = counter("a")
    let b = counter("b", from: 1)
    let step = graph.group(a.assign(b), b.assign(a + b))
    let session = try Session(graph, engine: engine)
    for _ in 0..<10 { try session.run(step) }
    #expect(try session.run([a.value, b.value]).map(\.scalar) == [55, 89])
  }

  @Test("A chain of assignments through pending: each is seen, the last is kept", arguments: engines)
  func pending(engine: Session.Engine) throws {
    let v = counter("v", from: 1)
    let first = v.assign(graph.pending(v) * 10)
    let second = v.assign(graph.pending(v) + 1)
    let third = v.assign(graph.pending(v) * 2)
    let session = try Session(graph, engine: engine)
    // A run that stops short of the last ends with what it reaches.
    #expect(try session.run(second).scalar == 11)
    #expect(try session.value(of: v).scalar == 11)
    #expect(try session.run([third, first, second, v.value]).map(\.scalar) == [222, 110, 111, 11])
    #expect(try session.value(of: v).scalar == 222)
  }

  @Test("pending of another graph's variable is its own value")
  func foreignPending() {
    let ours = counter("ours")
    let other = Graph()
    let theirs = other.variable([], initializer: .zeros, name: "theirs")
    _ = ours.assign(1)
    #expect(graph.pending(theirs) == theirs.value)
    #expect(other.pending(ours) == ours.value)
  }

  @Test("Assignments of feeds, constants and other results are values of their own", arguments: engines)
  func aliases(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [2], name: "x")
    let (a, b, c, d) = (
      graph.variable([2], initializer: .zeros, name: "a"),
      graph.variable([2], initializer: .zeros, name: "b"),
      graph.variable([2], initializer: .zeros, name: "c"),
      graph.variable([2, 1], initializer: .zeros, name: "d")
    )
    let sum = x + a
    let step = graph.group(
      a.assign(x), b.assign([7, 8] as NDArray), c.assign(sum), d.assign(sum.reshaped(to: [2, 1])))
    let session = try Session(graph, engine: engine)
    let fetched = try session.run(sum, targets: [step], feeding: [x: [1, 2]])
    _ = try session.run(sum, targets: [step], feeding: [x: [10, 20]])
    #expect(fetched.doubles == [1, 2])
    let values = try [a, b, c, d].map { try session.value(of: $0) }
    #expect(values.map(\.doubles) == [[10, 20], [7, 8], [11, 22], [11, 22]])
    #expect(values.map(\.shape) == [[2], [2], [2], [2, 1]])
  }

  // MARK: First values

  @Test("A variable starts from the session's seed, whatever is used first")
  func seeds() throws {
    let v = graph.variable([16, 8], initializer: .glorotUniform, name: "v")
    let w = graph.variable([16, 8], initializer: .glorotUniform, name: "w")
    let sum = v + w
    let sessions = try [7, 7, 8].map { try Session(graph, seed: $0) }
    // The three take them in different orders and ways.
    let first = try (sessions[0].value(of: v), sessions[0].value(of: w))
    let results = try sessions[1].run([w.value, sum, v.value])
    let other = try (sessions[2].run(w.value), sessions[2].run(v.value))
    #expect(results[2] == first.0)
    #expect(results[0] == first.1)
    #expect(first.0 != first.1)
    #expect(other.0 != first.1)
    #expect(other.1 != first.0)
    // Other variables of the graph, made later, change nothing; nor does the engine.
    _ = graph.variable([3], name: "late")
    let later = try Session(graph, seed: 7, engine: .interpreter)
    #expect(try later.run([v.value, w.value]) == [first.0, first.1])
    #expect(later.report.initializedVariableCount == 2)
  }

  @Test("First values have the bounds and moments that their initializers promise")
  func initializers() throws {
    let glorot = graph.variable([24, 40], initializer: .glorotUniform)
    let he = graph.variable([32, 30], initializer: .heNormal)
    let cut = graph.variable([1000], initializer: .truncatedNormal(mean: 1, stddev: 0.5))
    let session = try Session(graph, seed: 11)
    let draws = try [glorot, he, cut].map { try session.value(of: $0).doubles }
    let extremes = draws.map { ($0.min() ?? 0, $0.max() ?? 0) }
    // √(6 / (24 + 40)); twice √(2 / 32) / 0.87962566; two deviations from 1.
    let bounds = [(-0.306_187, 0.306_187), (-0.568_424, 0.568_424), (0, 2)]
    for ((low, high), bound) in zip(extremes, bounds) {
      #expect(bound.0 <= low && low < bound.0 * 0.9 + bound.1 * 0.1)
      #expect(bound.0 * 0.1 + bound.1 * 0.9 < high && high <= bound.1)
    }
    // √(2 / 32), with a tolerance of four standard errors of 960 draws.
    let deviation = (draws[1].reduce(0) { $0 + $1 * $1 } / 960).squareRoot()
    #expect(abs(deviation / 0.25 - 1) < 4 / (2.0 * 960).squareRoot())
  }

  @Test("Variables take their first value when they are needed, and once", arguments: engines)
  func firstUse(engine: Session.Engine) throws {
    let v = graph.variable([2], initializer: .ones, name: "v")
    let unused = graph.variable([2], name: "unused")
    let set = v.assign([3, 4] as NDArray)
    let session = try Session(graph, engine: engine)
    #expect(session.report.initializedVariableCount == 0)
    // What is assigned and not read needs no first value.
    try session.run(set.operation)
    #expect(session.report.initializedVariableCount == 0)
    #expect(try session.value(of: v).doubles == [3, 4])
    #expect(try session.run(v + 1).doubles == [4, 5])
    #expect(session.report.initializedVariableCount == 0)
    let first = try session.value(of: unused)
    #expect(try session.run(unused.value) == first)
    #expect(session.report.initializedVariableCount == 1)
    // A read beside the assignment is one.
    let other = try Session(graph, engine: engine)
    #expect(try other.run([v.value, set]).map(\.doubles) == [[1, 1], [3, 4]])
    #expect(other.report.initializedVariableCount == 1)
  }

  // MARK: From outside

  @Test("set and value(of:), literals included; sessions do not share", arguments: engines)
  func setting(engine: Session.Engine) throws {
    let v = graph.variable([2], initializer: .ones, name: "v")
    let n = graph.variable([], initializer: .zeros, dtype: .int64, name: "n")
    let session = try Session(graph, engine: engine)
    let other = try Session(graph, engine: engine)
    let before = try session.value(of: v)
    try session.set(v, to: [2, 3])
    try session.set(n, to: 4_000_000_000)
    #expect(before.doubles == [1, 1])
    #expect(try session.run(v * 10).doubles == [20, 30])
    #expect(try session.value(of: n) == NDArray(scalar: Int64(4_000_000_000)))
    #expect(try session.value(of: v) == NDArray([2, 3] as [Float]))
    #expect(try other.value(of: v).doubles == [1, 1])
    // A value of one session is fit for another.
    try other.set(v, to: session.value(of: v))
    #expect(try other.run(v.assign(v + 1)).doubles == [3, 4])
    #expect(try session.value(of: v).doubles == [2, 3])
  }

  @Test("A run that fails changes nothing, not even what it had computed", arguments: engines)
  func failure(engine: Session.Engine) throws {
    let v = graph.variable([4], initializer: .ones, name: "v")
    let n = graph.placeholder(.int32, [], name: "n")
    let update = v.assign(v * 2)
    let divided = graph.constant(12) % n
    // Depends on the update, so that it comes after it.
    let late = floorMod(update.sum().converted(to: .int32), n)
    let session = try Session(graph, engine: engine)
    for bad in [divided, late] {
      #expect(throws: DiagnosticList.self) { try session.run([bad, update], feeding: [n: 0]) }
      #expect(throws: DiagnosticList.self) { try session.run(bad, targets: [update.operation]) }
    }
    #expect(try session.value(of: v).doubles == [1, 1, 1, 1])
    #expect(try session.run([late, v.value], feeding: [n: 5]).map(\.doubles) == [[3], [1, 1, 1, 1]])
    #expect(try session.value(of: v).doubles == [2, 2, 2, 2])
  }
}
