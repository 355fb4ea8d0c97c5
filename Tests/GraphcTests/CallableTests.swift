// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Callables")
struct CallableTests {
  let graph = Graph()

  @Test("A call gives what a run gives, in any order of the feeds")
  func values() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let y = graph.placeholder(.float32, [], name: "y")
    let fetches = [x * y, x - y]
    let session = try Session(graph)
    let straight = try session.callable(fetches, feeding: [x, y])
    let crossed = try session.callable(fetches, feeding: [y, x])
    for count in [3, 3, 5, 0, 3] {
      let array = NDArray((0..<count).map { Float($0) + 0.5 })
      let scalar = NDArray(scalar: Float(count))
      let expected = try session.run(fetches, feeding: [x: array, y: scalar])
      #expect(try straight(array, scalar) == expected)
      #expect(try crossed(scalar, array) == expected)
    }
    // One kind of run for each extent, whoever asks.
    #expect(session.report.compilations.count == 3)
    #expect(session.report.runCount == 15)
    #expect(session.report.cacheHits == 12)
  }

  @Test("Literals take the type of what they are fed for")
  func literals() throws {
    let x = graph.placeholder(.float64, [2], name: "x")
    let double = try Session(graph).callable(x * 2, feeding: [x])
    #expect(try double([1, 2.5])[0].doubles == [2, 5])
    #expect(try double([0.1, 3])[0].doubles == [0.2, 6])
  }

  @Test("Updates are stored, and the numbers drawn move on")
  func effects() throws {
    let step = graph.placeholder(.float32, [], name: "step")
    let w = graph.variable(initialValue: NDArray(scalar: Float(1)), name: "w")
    let noise = graph.randomUniform([2])
    let session = try Session(graph, seed: 3)
    let walk = try session.callable(
      [w + 0, noise], targets: [graph.group(w.assign(w + step))], feeding: [step])
    let first = try walk(2.0)
    let second = try walk(NDArray(scalar: Float(4)))
    #expect(try [first[0].scalar, second[0].scalar, session.value(of: w).scalar] == [1, 3, 7])
    #expect(first[1] != second[1])
    let other = try Session(graph, seed: 3)
    #expect(try other.run(noise) == first[1])
    #expect(try other.run(noise) == second[1])
    try session.callable(graph.group(w.assign(w * 0)))()
    #expect(try session.value(of: w).scalar == 0)
  }

  @Test("A failed call changes nothing and can be made again")
  func failure() throws {
    let d = graph.placeholder(.int32, [2], name: "d")
    let w = graph.variable(initialValue: NDArray([8 as Int32, 9]), name: "w")
    let session = try Session(graph)
    let divide = try session.callable(graph.group(w.assign(w % d)), feeding: [d])
    #expect(throws: DiagnosticList.self) { try divide([2, 0]) }
    #expect(try session.value(of: w).ints == [8, 9])
    try divide([3, 5])
    #expect(try session.value(of: w).ints == [2, 4])
  }

  @Test("What is wrong is said when it is made, what is fed when it is called")
  func mistakes() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let y = graph.placeholder(.float32, [nil], name: "y")
    let w = graph.variable([2, 3], name: "w")
    let session = try Session(graph)
    func codes(_ body: () throws -> Void) -> [String] {
      do {
        try body()
        return []
      } catch let list as DiagnosticList {
        return list.diagnostics.map(\.code)
      } catch {
        return ["\(error)"]
      }
    }
    #expect(codes { _ = try session.callable(x + y, feeding: [x]) } == ["feed.missing"])
    #expect(codes { _ = try session.callable(x + y, feeding: [x, y, x]) } == ["callable.feeds"])
    #expect(
      codes { _ = try session.callable(matmul(w, w), feeding: [x]) }.count == 1)
    let foreign = Graph().placeholder(.float32, [])
    #expect(codes { _ = try session.callable(x, feeding: [x, foreign]) } == ["run.graph"])
    let sum = try session.callable(x + y, feeding: [x, y])
    #expect(codes { _ = try sum([1, 2]) } == ["callable.feeds"])
    #expect(codes { _ = try sum([1, 2], [true, false]) } == ["feed.dtype"])
    #expect(codes { _ = try sum([1, 2], [[1, 2]]) } == ["feed.shape"])
    #expect(try sum([1, 2], [3, 4])[0].doubles == [4, 6])
  }

  @Test("Several threads call one callable")
  func threads() async throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let w = graph.variable(initialValue: NDArray(scalar: Float(0)), name: "w")
    let session = try Session(graph)
    let count = try session.callable([x.sum()], targets: [graph.group(w.assign(w + 1))], feeding: [x])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<4 {
        group.addTask {
          for turn in 0..<25 {
            let array = NDArray([Float](repeating: Float(number), count: 1 + turn % 3))
            let sum = try count(array)[0].scalar
            #expect(sum == Double(number * (1 + turn % 3)))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try session.value(of: w).scalar == 100)
  }
}
