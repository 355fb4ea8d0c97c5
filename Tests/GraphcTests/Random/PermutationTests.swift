// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Random orders and choices")
struct PermutationTests {
  static let engines = RandomDrawTests.engines
  let graph = Graph()

  @Test("A permutation sorts the numbers by 64 bits each", arguments: engines)
  func permutation(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let draws = [
      graph.randomPermutation(200), graph.randomPermutation(x.shape.extent(0), dtype: .float64),
      graph.randomPermutation(0), graph.randomPermutation(1),
    ]
    let fed = NDArray([Float](repeating: 0, count: 33))
    let values = try Session(graph, seed: 6, engine: engine).run(draws, feeding: [x: fed])
    for (stream, count) in [200, 33].enumerated() {
      let generator = CounterGenerator(seed: 6, step: 0, stream: UInt64(stream))
      let keys = (0..<count).map { Int64(bitPattern: generator.bits64(at: UInt64($0))) }
      #expect(values[stream].doubles == (0..<count).sorted { keys[$0] < keys[$1] }.map(Double.init))
    }
    #expect(values.map(\.dtype) == [.int32, .float64, .int32, .int32])
    #expect(values[2].doubles.isEmpty && values[3].doubles == [0])
  }

  @Test("All 24 orders of four come up equally often")
  func law() throws {
    let orders = (0..<40).map { _ in graph.randomPermutation(4) }
    let joined = stack(orders)
    let session = try Session(graph, seed: 1, threads: 1)
    var counts: [[Double]: Int] = [:]
    for _ in 0..<60 {
      let rows = try session.run(joined).doubles
      for row in 0..<40 { counts[Array(rows[4 * row..<4 * row + 4]), default: 0] += 1 }
    }
    #expect(counts.count == 24)
    // 23 degrees of freedom, p = 0.001
    #expect(Statistics.chiSquare(Array(counts.values), Array(repeating: 1.0 / 24, count: 24)) < 49.73)
  }

  @Test(
    "Choices without weights: whole numbers below the population, or the first of an order",
    arguments: engines)
  func choice(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let draws = [
      graph.randomChoice(of: 9, count: 30), graph.randomChoice(of: x.shape.extent(0), count: 30),
      graph.randomChoice(of: 30, count: 12, replacing: false),
      graph.randomChoice(of: 5, count: 5, replacing: false),
      graph.randomChoice(of: 3, count: 0), graph.randomChoice(of: 0, count: 0),
    ]
    let fed = NDArray([Float](repeating: 0, count: 9))
    let values = try Session(graph, seed: 6, engine: engine).run(draws, feeding: [x: fed])
    for stream in 0..<2 as Range<UInt64> {
      let generator = CounterGenerator(seed: 6, step: 0, stream: stream)
      let expected = (0..<30).map { Int32(generator.uniformInteger(in: 0...8, at: $0)) }
      #expect(values[Int(stream)] == NDArray(expected))
    }
    let generator = CounterGenerator(seed: 6, step: 0, stream: 2)
    let keys = (0..<30).map { Int64(bitPattern: generator.bits64(at: UInt64($0))) }
    #expect(values[2].doubles == (0..<30).sorted { keys[$0] < keys[$1] }.prefix(12).map(Double.init))
    #expect(values[3].doubles.sorted() == [0, 1, 2, 3, 4])
    #expect(values[4].count == 0 && values[5].count == 0)
  }

  @Test("Weights are probabilities; a weight of 0 is never drawn")
  func weights() throws {
    let weights = graph.constant([0, 1, 2, 0, 5, 0] as NDArray, dtype: .float32)
    let shares = [1.0 / 8, 2.0 / 8, 5.0 / 8]
    let session = try Session(graph, seed: 12, threads: 1)
    let replaced = try session.run(graph.randomChoice(of: 6, count: 8000, weights: weights)).doubles
    let counts = Statistics.counts(replaced, classes: 6)
    #expect(counts[0] == 0 && counts[3] == 0 && counts[5] == 0)
    // 2 degrees of freedom, p = 0.001
    #expect(Statistics.chiSquare([counts[1], counts[2], counts[4]], shares) < 13.82)

    let rows = (0..<40).map { _ in graph.randomChoice(of: 6, count: 3, replacing: false, weights: weights) }
    let joined = stack(rows)
    var first = [Int](repeating: 0, count: 6)
    var lastTwo: [[Double]: Int] = [:]
    for _ in 0..<50 {
      let values = try session.run(joined).doubles
      for row in 0..<40 {
        let drawn = Array(values[3 * row..<3 * row + 3])
        #expect(drawn.sorted() == [1, 2, 4])
        first[Int(drawn[0])] += 1
        if drawn[0] == 4 { lastTwo[Array(drawn[1...]), default: 0] += 1 }
      }
    }
    #expect(Statistics.chiSquare([first[1], first[2], first[4]], shares) < 13.82)
    // Once 5 of 8 are gone, 2 of the 3 that are left come first twice as often as 1. One degree of freedom.
    let second = [lastTwo[[1, 2], default: 0], lastTwo[[2, 1], default: 0]]
    #expect(Statistics.chiSquare(second, [1.0 / 3, 2.0 / 3]) < 10.83)
  }

  @Test("Slices are moved as a whole, or each row in an order of its own", arguments: engines)
  func shuffling(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    let draws = [
      shuffled(x), shuffled(x, axis: 1), shuffled(x, axis: 0, independently: true),
      shuffled(x, axis: -1, independently: true), randomChoice(from: x, count: 2, replacing: false),
      randomChoice(from: x, count: 5, axis: 1),
    ]
    let gradient = graph.gradients(of: draws[0] * x, withRespectTo: [x])[0]
    let fed = NDArray((0..<24).map { Float($0) }, shape: [8, 3])
    let values = try Session(graph, seed: 2, engine: engine).run(draws + [gradient], feeding: [x: fed])
    let rows = values.map { value in
      (0..<value.shape[0]).map { row in
        Array(value.doubles[row * value.shape[1]..<(row + 1) * value.shape[1]])
      }
    }
    let start = fed.doubles
    #expect(values.prefix(4).allSatisfy { $0.doubles.sorted() == start && $0.doubles != start })
    // Rows as they were, in the order of the draw.
    #expect(rows[0].allSatisfy { $0[0].truncatingRemainder(dividingBy: 3) == 0 && $0[2] == $0[0] + 2 })
    let generator = CounterGenerator(seed: 2, step: 0, stream: 0)
    let keys = (0..<8).map { Int64(bitPattern: generator.bits64(at: UInt64($0))) }
    let order = (0..<8).sorted { keys[$0] < keys[$1] }
    #expect(rows[0].map { Int($0[0]) / 3 } == order)
    // The same order of the columns in every row.
    #expect(Set(rows[1].enumerated().map { row, numbers in numbers.map { $0 - Double(3 * row) } }).count == 1)
    // Columns keep their numbers, each in an order of its own.
    let columns = (0..<3).map { column in rows[2].map { Int($0[column]) } }
    #expect(columns.enumerated().allSatisfy { column, numbers in numbers.allSatisfy { $0 % 3 == column } })
    #expect(Set(columns.map { $0.map { $0 / 3 } }).count == 3)
    #expect(rows[3].enumerated().allSatisfy { row, numbers in numbers.allSatisfy { Int($0) / 3 == row } })
    #expect(Set(rows[3].enumerated().map { row, numbers in numbers.map { $0 - Double(3 * row) } }).count > 1)
    #expect(rows[4].count == 2 && rows[4][0] != rows[4][1] && rows[4].allSatisfy { $0[1] == $0[0] + 1 })
    #expect(values[5].shape == [8, 5])
    // Σ x[order[i]] · x[i]: to each element come the one that took its place and the one whose place it took.
    let inverse = (0..<8).map { place in order.firstIndex(of: place) ?? 0 }
    let expected = (0..<24).map { (place: Int) -> Double in
      let (row, column) = (place / 3, place % 3)
      return start[order[row] * 3 + column] + start[inverse[row] * 3 + column]
    }
    #expect(values[6].doubles == expected)
  }

  @Test("Both engines choose alike by weights")
  func bothEngines() throws {
    let weights = graph.placeholder(.float32, [nil], name: "w")
    let population = weights.shape.extent(0)
    let draws = [
      graph.randomChoice(of: population, count: 40, weights: weights),
      graph.randomChoice(of: population, count: 4, replacing: false, weights: weights),
    ]
    let fed: NDArray = [1, 2, 0.5, 0, 3]
    let runs = try Self.engines.map {
      try Session(graph, seed: 5, engine: $0).run(draws, feeding: [weights: fed])
    }
    #expect(runs[0] == runs[1])
  }

  @Test("Mistakes")
  func mistakes() {
    #expect(
      graph.randomChoice(of: 3, count: 4, replacing: false).complaint
        == "[choice.count] randomChoice: 4 numbers cannot be drawn of 3 without replacement")
    #expect(graph.randomChoice(of: 0, count: 1).complaint.hasPrefix("[choice.count]"))
    #expect(graph.randomChoice(of: 3, count: -1).complaint.hasPrefix("[choice.count]"))
    let weights = graph.constant([1, 2, 3] as NDArray)
    #expect(graph.randomChoice(of: 4, count: 1, weights: weights).complaint.hasPrefix("[choice.weights]"))
    #expect(graph.randomPermutation(-1).complaint.hasPrefix("[fill.extent]"))
    #expect(graph.randomPermutation(3, dtype: .bool).complaint.hasPrefix("[random.type]"))
  }
}
