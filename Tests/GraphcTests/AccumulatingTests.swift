// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Running totals; the values are NumPy's.
@Suite("Accumulating")
struct AccumulatingTests {
  let graph = Graph()

  @Test("Sums, products and extrema along an axis")
  func totals() throws {
    let x = graph.constant([[3, -1, 4], [2, 0, -2.5]])
    #expect(try cumulativeSum(x, axis: 1).numbers() == [3, 2, 6, 2, 2, -0.5])
    #expect(try cumulativeSum(x, axis: -2, exclusive: true).numbers() == [0, 0, 0, 3, -1, 4])
    #expect(try cumulativeProduct(x, axis: 0, reverse: true).numbers() == [6, 0, -10, 2, 0, -2.5])
    #expect(try cumulativeMax(x, axis: 1).numbers() == [3, 3, 4, 2, 2, 2])
    #expect(try cumulativeMin(x, axis: 1, reverse: true).numbers() == [-1, -1, 4, -2.5, -2.5, -2.5])
    #expect(try cumulativeSum(graph.constant([true, false, true]), axis: 0).numbers() == [1, 1, 2])
    #expect(cumulativeSum(graph.constant([true]), axis: 0).dtype == .int32)
    #expect(try linearRecurrence(x, graph.constant(1), axis: 1).numbers() == [1, 0, 1, 1, 1, -1.5])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("The greatest and the least of what came before, by both engines")
  func exclusiveExtrema() throws {
    let infinity = Double.infinity
    for dtype in [DType.float64, .float32, .float16, .bfloat16] {
      let x = graph.doubles([3, -1, 4, 2, 0, -2.5], [2, 3]).converted(to: dtype)
      func both(_ axis: Int, reverse: Bool) -> [Tensor] {
        [
          cumulativeMax(x, axis: axis, exclusive: true, reverse: reverse),
          cumulativeMin(x, axis: axis, exclusive: true, reverse: reverse),
        ]
      }
      let tensors = both(1, reverse: false) + both(-1, reverse: true) + both(0, reverse: false)
      let values = try bothEngines(tensors)
      #expect(values.allSatisfy { $0.dtype == dtype && $0.shape == [2, 3] })
      #expect(
        values.map(\.doubles) == [
          [-infinity, 3, 3, -infinity, 2, 2], [infinity, 3, -1, infinity, 2, 0],
          [4, 4, -infinity, 0, -2.5, -infinity], [-1, 4, infinity, -2.5, -2.5, infinity],
          [-infinity, -infinity, -infinity, 3, -1, 4], [infinity, infinity, infinity, 3, -1, 4],
        ], "\(dtype)")
    }
    // NaN from the place behind the first one on.
    let broken = graph.doubles([1, .nan, 0, 5])
    let extrema = try bothEngines([
      cumulativeMax(broken, axis: 0, exclusive: true), cumulativeMin(broken, axis: 0, exclusive: true),
    ]).map(\.doubles)
    #expect(Array(extrema[0][..<2]) == [-infinity, 1] && extrema[0][2...].allSatisfy { $0.isNaN })
    #expect(Array(extrema[1][..<2]) == [infinity, 1] && extrema[1][2...].allSatisfy { $0.isNaN })
    #expect(cumulativeMax(graph.zeros([0, 2]), axis: 0, exclusive: true).shape == [0, 2])
  }

  @Test(
    "Where nothing came before, integers have their extremes",
    arguments: [
      (DType.int8, -128, 127), (.uint8, 0, 255), (.int32, Int(Int32.min), Int(Int32.max)),
      (.uint32, 0, Int(UInt32.max)), (.int64, Int.min, Int.max),
    ])
  func exclusiveIntegers(_ dtype: DType, _ least: Int, _ greatest: Int) throws {
    let x = graph.doubles([5, 3, 9, 4]).converted(to: dtype)
    let values = try bothEngines([
      cumulativeMax(x, axis: 0, exclusive: true), cumulativeMin(x, axis: 0, exclusive: true),
      cumulativeMax(x, axis: 0, exclusive: true, reverse: true),
      cumulativeMin(x, axis: 0, exclusive: true, reverse: true),
    ])
    #expect(
      values.map(\.ints) == [
        [least, 5, 5, 9], [greatest, 5, 3, 3], [9, 9, 4, least], [3, 4, 4, greatest],
      ])
  }

  @Test("Long axes of what came before, in front of others and behind them")
  func exclusiveExtremaOfLongAxes() throws {
    let count = 150
    let numbers = (0..<3 * count).map { Double($0 * 61 % 449) - 200 }
    let x = graph.doubles(numbers, [3, count])
    let rows = (0..<3).flatMap { row -> [Double] in
      var best = -Double.infinity
      return numbers[row * count..<(row + 1) * count].map { number in
        defer { best = max(best, number) }
        return best
      }
    }
    let values = try bothEngines([
      cumulativeMax(x, axis: 1, exclusive: true),
      -cumulativeMin(-x.transposed(), axis: 0, exclusive: true).transposed(),
    ])
    #expect(values[0].doubles == rows)
    #expect(values[1].doubles == rows)
    // The gradient reaches the record before each place; the first place has none.
    let input = spread([2, 6])
    try expectGradients([input]) {
      let y = cumulativeMax($0[0], axis: 1, exclusive: true).sliced(axis: 1, from: 1)
      return y * y * y
    }
    try expectGradients([input]) {
      let y = cumulativeMin($0[0], axis: 1, exclusive: true, reverse: true).sliced(axis: 1, from: 0, to: 5)
      return y * y * y
    }
  }

  @Test("Indices of the records, the newest of equal ones")
  func records() throws {
    let x = graph.constant([[1, 3, 3, 2], [5, 4, 4, 6]])
    let (values, indices) = cumulativeMaxWithIndices(x, axis: 1)
    #expect(try values.numbers() == [1, 3, 3, 3, 5, 5, 5, 6])
    #expect(try indices.numbers() == [0, 1, 2, 2, 0, 0, 0, 3])
    #expect(indices.dtype == .int32)
    #expect(try cumulativeMinWithIndices(x, axis: 1).indices.numbers() == [0, 0, 0, 0, 0, 1, 2, 2])
    let reversed = cumulativeMinWithIndices(x, axis: 1, reverse: true)
    #expect(try reversed.indices.numbers() == [0, 3, 3, 3, 1, 1, 2, 3])
    let y = graph.constant(NDArray([1, Float.nan, 7, .nan, 9]))
    #expect(try cumulativeMaxWithIndices(y, axis: 0).indices.numbers() == [0, 1, 1, 3, 3])
  }

  @Test("Logarithms of running sums of exponentials stay finite")
  func logSumExp() throws {
    let x = graph.constant(NDArray([0.5, -1.0, 1000, 1000, -2000]))
    let expected = [0.5, 0.701_413_277_982_752_6, 1000, 1000.693_147_180_559_9, 1000.693_147_180_559_9]
    #expect(isClose(try cumulativeLogSumExp(x, axis: 0).numbers(), expected, within: 1e-15))
    let exclusive = try cumulativeLogSumExp(x, axis: 0, exclusive: true).numbers()
    #expect(
      exclusive[0] == -.infinity && isClose(Array(exclusive[1...]), Array(expected[..<4]), within: 1e-15))
    let backwards = try cumulativeLogSumExp(x, axis: 0, exclusive: true, reverse: true).numbers()
    #expect(backwards[3...] == [-2000, -.infinity])
    let low = graph.constant(NDArray([-Double.infinity, -.infinity, -1000, .infinity, 3]))
    #expect(
      try cumulativeLogSumExp(low, axis: 0).numbers()
        == [-.infinity, -.infinity, -1000, .infinity, .infinity])
    #expect(cumulativeLogSumExp(graph.constant([1, 2]), axis: 0).dtype == .float32)
    // d/dx of the last place is the softmax.
    let y = graph.placeholder(.float64, [nil])
    let last = cumulativeLogSumExp(y, axis: 0)[-1]
    let gradient = graph.gradients(of: last, withRespectTo: [y])[0]
    #expect(
      isClose(
        try gradient.numbers(feeding: [y: NDArray([0, 1, 2.0])]),
        [0.090_030_573_170_380_46, 0.244_728_471_054_797_6, 0.665_240_955_774_821_9], within: 1e-14))
  }

  @Test("Unknown extents keep their shape")
  func openExtents() throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    #expect(cumulativeSum(x, axis: 0).shape == x.shape)
    let shifted = cumulativeLogSumExp(x, axis: 0, exclusive: true)
    // The same extent, so that the two add up.
    let sum = shifted + x
    #expect(sum.shape == x.shape)
    let feed = NDArray([Float](repeating: 0, count: 6), shape: [2, 3])
    #expect(try sum.numbers(feeding: [x: feed]) == [-.infinity, -.infinity, -.infinity, 0, 0, 0])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Mistakes are named")
  func mistakes() {
    let x = graph.counting([2, 3])
    #expect(
      cumulativeSum(x, axis: 2).complaint
        == "[axis.range] cumulativeSum: axis 2 is outside f32[2,3], which has 2 axes")
    #expect(cumulativeMaxWithIndices(x, axis: -3).indices.complaint.hasPrefix("[axis.range]"))
    #expect(
      cumulativeProduct(graph.constant("a"), axis: 0).complaint
        == "[promotion.string] cumulativeProduct: takes no text, got string[]")
    #expect(linearRecurrence(x, graph.counting([4]), axis: 0).complaint.hasPrefix("[broadcast.mismatch]"))
  }
}
