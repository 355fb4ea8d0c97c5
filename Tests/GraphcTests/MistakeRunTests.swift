// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// What goes wrong only while a run computes, or because a machine cannot do what is sound.
@Suite("Mistakes in runs")
struct MistakeRunTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  @Test("An integer remainder by zero names its line; nothing has changed", arguments: engines)
  func division(engine: Session.Engine) throws {
    let a = graph.placeholder(.int32, [nil], name: "a")
    let b = graph.placeholder(.int32, [nil], name: "b")
    let total = graph.variable([], initializer: .zeros, dtype: .int32, name: "total")
    let count = graph.variable([], initializer: .zeros, dtype: .int32, name: "count")
    let line = #line + 1
    let rest = graph.scope("clock") { (a + 1) % b }
    let step = graph.group(total.assignAdd(rest.sum()), count.assignAdd(1))
    let session = try Session(graph, engine: engine)
    _ = try session.run([], targets: [step], feeding: [a: [6, 7], b: [4, 5]])
    #expect(
      thrownText { _ = try session.run([rest], targets: [step], feeding: [a: [6, 7], b: [4, 0]]) } == """
        error[remainder.value]: remainder: integer remainder by zero
          --> MistakeRunTests.swift:\(line) in scope "clock"
          note: no variable has changed; `select(d .== 0, 1, d)` keeps zeros out of a divisor d
        """)
    #expect(try session.value(of: total).scalar == 6)
    #expect(try session.value(of: count).scalar == 1)
    // The session goes on.
    _ = try session.run([], targets: [step], feeding: [a: [6, 7], b: [4, 5]])
    #expect(try session.value(of: total).scalar == 12)
  }

  @Test("Of several divisions in one kernel the one that fails is named", arguments: engines)
  func fusedDivisions(engine: Session.Engine) throws {
    let a = graph.placeholder(.int64, [nil], name: "a")
    let first = floorMod(a, a - 1)
    let line = #line - 1
    let second = first + floorMod(a, a - 2)
    let third = second * floorMod(a, a - 3)
    let session = try Session(graph, engine: engine)
    for (offset, number) in [(0, 1), (2, 2), (3, 3)] {
      var numbers = [Int64](repeating: 50, count: 300)
      numbers[170] = Int64(number)
      let message = thrownText { _ = try session.run(third, feeding: [a: NDArray(numbers)]) }
      #expect(
        message == """
          error[remainder.value]: remainder: integer remainder by zero
            --> MistakeRunTests.swift:\(line + offset)
            note: no variable has changed; `select(d .== 0, 1, d)` keeps zeros out of a divisor d
          """)
    }
    #expect(try session.run(third, feeding: [a: NDArray([50] as [Int64])]).ints == [(1 + 2) * (50 % 47)])
  }

  @Test("Of several operators in one kernel each that may have failed is named", arguments: engines)
  func fusedOperators(engine: Session.Engine) throws {
    let a = graph.placeholder(.int64, [], name: "a")
    let line = #line + 1
    let first = a % (a - 1)
    let second = first * (a % (a - 2))
    let elsewhere = second + a % a
    let session = try Session(graph, engine: engine)
    // A line that the run does not reach is not named.
    #expect(
      thrownText { _ = try session.run(second, feeding: [a: 2]) } == """
        error[remainder.value]: remainder: integer remainder by zero
          note: it may be the operator, created at MistakeRunTests.swift:\(line)
          note: it may be the operator, created at MistakeRunTests.swift:\(line + 1)
          note: no variable has changed; `select(d .== 0, 1, d)` keeps zeros out of a divisor d
        """)
    #expect(try session.run(elsewhere, feeding: [a: 5]).ints == [2])
  }

  @Test("A constant division by zero fails when it runs, and only if it is needed", arguments: engines)
  func constantDivision(engine: Session.Engine) throws {
    let bad = graph.constant([7, 8]) % graph.constant([2, 0])
    let line = #line - 1
    let good = graph.constant([7, 8]) % 3
    let session = try Session(graph, engine: engine)
    #expect(try session.run(good).ints == [1, 2])
    #expect(
      thrownText { _ = try session.run([good, bad]) }.hasPrefix(
        "error[remainder.value]: remainder: integer remainder by zero\n  --> MistakeRunTests.swift:\(line)\n")
    )
  }

  @Test("A division of floating-point numbers by zero is no mistake", arguments: engines)
  func floatDivision(engine: Session.Engine) throws {
    let a = graph.placeholder(.int32, [], name: "a")
    let session = try Session(graph, engine: engine)
    #expect(try session.run(a / 0, feeding: [a: 1]).scalar == .infinity)
    #expect(try session.run(1.0 % a, feeding: [a: 0]).scalar.isNaN)
  }

  @Test("Tensors beyond what can be counted, and beyond any memory", arguments: engines)
  func size(engine: Session.Engine) throws {
    let uncountable = graph.zeros([Extent(1 << 40), Extent(1 << 40)])
    let huge = graph.zeros([Extent(1 << 46)])
    let line = #line - 2
    let session = try Session(graph, engine: engine)
    #expect(
      thrownText { _ = try session.run(uncountable.sum()) } == """
        error[module.V2]: zeros: a tensor f32[1099511627776,1099511627776] has more bytes than 63 bits can count
          --> MistakeRunTests.swift:\(line)
        """)
    #expect(
      thrownText { _ = try session.run(huge.sum()) } == """
        error[run.size]: broadcast: f32[70368744177664] is too large for the memory of any machine
          --> MistakeRunTests.swift:\(line + 1)
        """)
  }

  @Test("More memory than this machine has", arguments: engines)
  func memory(engine: Session.Engine) throws {
    let session = try Session(graph, engine: engine)
    // 64 TiB: addressable, and not there.
    let values = graph.zeros([Extent(1 << 44)])
    let state = graph.variable([1 << 44], initializer: .zeros, name: "state")
    for fetch in [values, state.value] {
      let message = thrownText { _ = try session.run(fetch) }
      #expect(message.hasPrefix("error[run.memory]: the run needs 67108864 MiB of memory, this machine has "))
      #expect(message.hasSuffix(" MiB; use smaller batches"))
    }
  }
}
