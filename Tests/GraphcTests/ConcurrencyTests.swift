// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// Graphs and sessions that several tasks share.
@Suite("Concurrency")
struct ConcurrencyTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  @Test("No increment is lost: 8 tasks of 100", arguments: engines)
  func increments(engine: Session.Engine) async throws {
    let counter = graph.variable([], initializer: .zeros, dtype: .int64, name: "counter")
    let step = graph.group(counter.assignAdd(1))
    let session = try Session(graph, engine: engine)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<100 { try session.run(step) } }
      }
      try await group.waitForAll()
    }
    #expect(try session.value(of: counter) == NDArray(scalar: Int64(800)))
    #expect(session.report.runCount == 800)
    #expect(session.report.cacheHits + session.report.compilations.count == 800)
  }

  @Test("Each update returns a value of its own")
  func distinctResults() async throws {
    let counter = graph.variable([], initializer: .zeros, dtype: .int32, name: "counter")
    let next = counter.assignAdd(1)
    let session = try Session(graph, threads: 2)
    let values = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<4 {
        group.addTask { try (0..<50).map { _ in try session.run(next).ints[0] } }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(values.sorted() == Array(1...200))
  }

  @Test("A read sees all of an update or nothing of it", arguments: engines)
  func atomicity(engine: Session.Engine) async throws {
    let a = graph.variable([3], initializer: .zeros, name: "a")
    let b = graph.variable([3], initializer: .zeros, name: "b")
    let move = graph.group(a.assignAdd(1), b.assignSubtract(1))
    let sum = a + b
    let difference = a - b
    let session = try Session(graph, engine: engine)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for _ in 0..<150 { try session.run(move) } }
      for _ in 0..<2 {
        group.addTask {
          var last = 0.0
          for _ in 0..<100 {
            let values = try session.run([sum, difference, a.value])
            #expect(values[0].doubles == [0, 0, 0])
            #expect(values[1].doubles == values[2].doubles.map { 2 * $0 })
            // Time does not run backwards.
            #expect(values[2].doubles[0] >= last)
            last = values[2].doubles[0]
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try session.value(of: a).doubles == [150, 150, 150])
  }

  @Test("Inference overlaps, each run with its own feed and memory")
  func inference() async throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let n = graph.range(Extent(1 << 16), dtype: .float32)
    // Large enough for both threads of the pool, which one run at a time has.
    let y = (sin(n * 1e-3) * x.sum()).reshaped(to: [256, 256]).sum(axis: 0)
    let session = try Session(graph, threads: 2)
    let expected = try (1...4).map { try session.run(y, feeding: [x: [.init(scalar: Float($0))]]) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for round in 0..<10 {
            let number = (task + round) % 4
            let value = try session.run(y, feeding: [x: [.init(scalar: Float(number + 1))]])
            #expect(value == expected[number])
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(session.report.compilations.count == 1)
  }

  @Test("Runs that meet before anything is compiled or initialized agree")
  func firstRuns() async throws {
    let x = graph.placeholder(.float32, [nil, 4], name: "x")
    let w = graph.variable([4, 3], initializer: .glorotUniform, name: "w")
    let y = matmul(x, w)
    let session = try Session(graph, seed: 5)
    let row = NDArray([1, 2, 3, 4] as [Float], shape: [1, 4])
    let results = try await withThrowingTaskGroup(of: NDArray.self) { group in
      for _ in 0..<8 { group.addTask { try session.run(y, feeding: [x: row]) } }
      return try await group.reduce(into: Set<NDArray>()) { $0.insert($1) }
    }
    #expect(results == [try Session(graph, seed: 5).run(y, feeding: [x: row])])
    #expect(session.report.initializedVariableCount == 1)
  }

  @Test("Failures of some runs do not touch the others", arguments: engines)
  func failures(engine: Session.Engine) async throws {
    let n = graph.placeholder(.int32, [], name: "n")
    let total = graph.variable([], initializer: .zeros, dtype: .int32, name: "total")
    let step = total.assignAdd(floorMod(graph.constant(7), n))
    let session = try Session(graph, engine: engine)
    let failureCount = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<6 {
        group.addTask {
          var failures = 0
          for _ in 0..<30 {
            do {
              _ = try session.run(step, feeding: [n: task.isMultiple(of: 2) ? 0 : 4])
            } catch is DiagnosticList {
              failures += 1
            }
          }
          return failures
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(failureCount == 90)
    #expect(try session.value(of: total).scalar == 270)
  }

  @Test("Several sessions of one graph keep to themselves")
  func sessions() async throws {
    let v = graph.variable([2], initializer: .zeros, name: "v")
    let x = graph.placeholder(.float32, [], name: "x")
    let step = v.assignAdd(x)
    let graph = graph
    let totals = try await withThrowingTaskGroup(of: (Int, [Double]).self) { group in
      for number in 1...6 {
        group.addTask {
          let session = try Session(graph, threads: number.isMultiple(of: 2) ? 2 : 1)
          for _ in 0..<20 { _ = try session.run(step, feeding: [x: .init(scalar: Float(number))]) }
          return (number, try session.value(of: v).doubles)
        }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect(totals.count == 6)
    for (number, total) in totals { #expect(total == [Double(20 * number), Double(20 * number)]) }
  }

  @Test("Tasks build one graph and run what they built while others still build")
  func building() async throws {
    let (graph, session) = (graph, try Session(graph))
    let x = graph.placeholder(.float32, [nil], name: "x")
    let results = try await withThrowingTaskGroup(of: (Int, Double, Double).self) { group in
      for task in 0..<6 {
        group.addTask {
          let (total, weight) = graph.scope("task") {
            let weight = graph.variable([], initializer: .constant(Double(task)), name: "weight")
            return ((0..<10).reduce(x * weight) { sum, k in sum + Double(k % 3) }.sum(), weight)
          }
          let gradient = graph.gradients(of: total, withRespectTo: [weight])[0]
          let values = try session.run([total, gradient], feeding: [x: [1, 2, 3]])
          return (task, values[0].scalar, values[1].scalar)
        }
      }
      return try await group.reduce(into: [(Int, Double, Double)]()) { $0.append($1) }
    }
    #expect(results.count == 6)
    for (task, total, gradient) in results {
      #expect(total == Double(6 * task) + 3 * 9)
      #expect(gradient == 6)
    }
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("set and updates from several tasks leave one of the values that they wrote")
  func setting() async throws {
    let v = graph.variable([4], initializer: .zeros, name: "v")
    let double = v.assign(v * 2)
    let session = try Session(graph)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for _ in 0..<50 { try session.set(v, to: [1, 1, 1, 1]) } }
      group.addTask { for _ in 0..<50 { _ = try session.run(double) } }
      group.addTask {
        for _ in 0..<50 {
          let values = try session.value(of: v).doubles
          #expect(Set(values).count == 1)
        }
      }
      try await group.waitForAll()
    }
    try session.set(v, to: [3, 3, 3, 3])
    #expect(try session.run(double).doubles == [6, 6, 6, 6])
  }
}
