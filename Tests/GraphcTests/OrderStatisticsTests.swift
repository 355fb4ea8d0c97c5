// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Medians, quantiles and histograms; the values are NumPy's.
@Suite("Order statistics")
struct OrderStatisticsTests {
  let graph = Graph()

  private var x: Tensor { graph.constant(NDArray([3, 1, 4, 1.5, 9, 2, 6, 5], shape: [2, 4])) }

  @Test(
    "Quantiles between two elements",
    arguments: [
      (.linear, [1.15, 2.9, 2.25, 5.5, 3.7, 8.1]), (.lower, [1, 2, 1.5, 5, 3, 6]),
      (.higher, [1.5, 5, 3, 6, 4, 9]), (.midpoint, [1.25, 3.5, 2.25, 5.5, 3.5, 7.5]),
      (.nearest, [1, 2, 3, 6, 4, 9]),
    ] as [(QuantileInterpolation, [Double])])
  func quantiles(interpolation: QuantileInterpolation, expected: [Double]) throws {
    let result = quantile(x, [0.1, 0.5, 0.9] as NDArray, axis: 1, interpolation: interpolation)
    #expect(result.shape == [3, 2])
    #expect(isClose(try result.numbers(), expected, within: 1e-6))
  }

  @Test("Shapes, types and edges")
  func shapes() throws {
    #expect(isClose(try quantile(x, 0.4).numbers(), [2.8], within: 1e-14))
    #expect(quantile(x, 0.4).dtype == .float64)
    // More elements than a bfloat16 can count, in a bfloat16.
    let many = (graph.range(1001) % 8).converted(to: .bfloat16)
    #expect(median(many).dtype == .bfloat16)
    #expect(try median(many).numbers() == [3])
    #expect(try quantile(many, 0.25).numbers() == [1])
    #expect(quantile(x, 0.4, keepDims: true).shape == [1, 1])
    #expect(quantile(x, [0.5, 1] as NDArray, axis: -2, keepDims: true).shape == [2, 1, 4])
    #expect(try quantile(x, 0, axis: 1).numbers() == [1, 2])
    #expect(try quantile(x, 1.0).numbers() == [9])
    #expect(try quantile(x, 1.5).numbers()[0].isNaN && quantile(x, -0.1).numbers()[0].isNaN)
    #expect(try quantile(graph.zeros([0]), 0.5).numbers()[0].isNaN)
    #expect(try quantile(graph.constant([1, 2]), 0.5).numbers() == [1.5])
    let infinite = graph.constant(NDArray([Float.infinity, 1, .infinity]))
    #expect(try quantile(infinite, 0.5).numbers() == [.infinity])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Medians, and NaN")
  func medians() throws {
    #expect(try median(x, axis: 0).numbers() == [6, 1.5, 5, 3.25])
    #expect(try median(x).numbers() == [3.5])
    let low = lowerMedian(x, axis: 1)
    #expect(try low.values.numbers() == [1.5, 5])
    #expect(try low.indices.numbers() == [3, 3])
    #expect(try lowerMedian(x).values.numbers() == [3])
    #expect(lowerMedian(x, axis: 0, keepDims: true).indices.shape == [1, 4])
    let y = graph.constant(NDArray([1, Float.nan, 3, 2, .nan, .nan, .nan, .nan], shape: [2, 4]))
    #expect(try median(y, axis: 1).numbers().allSatisfy(\.isNaN))
    #expect(try lowerMedian(y, axis: 1).indices.numbers() == [1, 0])
    #expect(try lowerMedian(y, axis: 1).values.numbers().allSatisfy(\.isNaN))
    let some = try nanMedian(y, axis: 1).numbers()
    #expect(some[0] == 2 && some[1].isNaN)
    #expect(try nanQuantile(y, 0.25, axis: 1).numbers()[0] == 1.5)
    #expect(lowerMedian(graph.constant([3, 1, 2])).values.dtype == .int32)
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Gradients flow to the elements and the fractions")
  func gradients() throws {
    let x = graph.placeholder(.float64, [nil])
    let q = graph.placeholder(.float64, [])
    let feeds: [Tensor: NDArray] = [x: NDArray([5.0, 1, 3]), q: NDArray(scalar: 0.75)]
    let gradients = graph.gradients(of: quantile(x, q), withRespectTo: [x, q])
    #expect(try gradients[0].numbers(feeding: feeds) == [0.5, 0, 0.5])
    #expect(try gradients[1].numbers(feeding: feeds) == [4])
    let square = quantile(x, q) * quantile(x, q)
    let first = graph.gradients(of: square, withRespectTo: [q])[0]
    #expect(try graph.gradients(of: first, withRespectTo: [q])[0].numbers(feeding: feeds) == [32])
    let middle = graph.gradients(of: lowerMedian(x).values, withRespectTo: [x])[0]
    #expect(try middle.numbers(feeding: feeds) == [0, 0, 1])
  }

  @Test("Counts of integers and of bins")
  func counts() throws {
    let integers = graph.constant([1, 1, 5, 0, 1, -2])
    #expect(try bincount(integers, count: 4).numbers() == [1, 3, 0, 0])
    #expect(bincount(integers, count: 0).shape == [0])
    let weights = graph.constant([0.5, 1, 2, 4, 0.25, 8])
    #expect(try bincount(integers, count: 4, weights: weights).numbers() == [4, 1.75, 0, 0])
    #expect(bincount(integers, count: 0, weights: weights).shape == [0])
    let w = graph.placeholder(.float64, [6])
    let sums = bincount(integers, count: 4, weights: w)
    let gradient = graph.gradients(of: sums * sums, withRespectTo: [w])[0]
    #expect(
      try gradient.numbers(feeding: [w: NDArray([1.0, 2, 3, 4, 5, 6])]) == [16, 16, 0, 8, 16, 0])
    let y = graph.constant([0.5, 1, 1.5, 2, 2.5, -1, 7])
    let (inside, edges) = histogram(y, bins: 4, range: 0.5...2.5)
    #expect(try inside.numbers() == [1, 1, 1, 2])
    #expect(try edges.numbers() == [0.5, 1, 1.5, 2, 2.5])
    #expect(try histogram(graph.constant([1, 2, 2, 5.0]), bins: 3).counts.numbers() == [3, 0, 1])
    #expect(try histogram(graph.constant([3, 3]), bins: 2).edges.numbers() == [2.5, 3, 3.5])
    #expect(try histogram(graph.zeros([0]), bins: 2).edges.numbers() == [0, 0.5, 1])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Unknown extents")
  func openExtents() throws {
    let x = graph.placeholder(.float32, [nil, 2], name: "x")
    let feed: NDArray = [[1, 5], [3, 8], [2, 0.5]]
    #expect(median(x, axis: 0).shape == [2])
    #expect(try median(x, axis: 0).numbers(feeding: [x: feed]) == [2, 5])
    #expect(try lowerMedian(x, axis: 0).indices.numbers(feeding: [x: feed]) == [2, 0])
    #expect(try quantile(x, 0.5).numbers(feeding: [x: feed]) == [2.5])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Mistakes are named")
  func mistakes() {
    #expect(
      quantile(x, [[0.5]] as NDArray).complaint
        == "[quantile.q] quantile: takes one fraction or a list of them, got f64[1,1]")
    #expect(median(x, axis: 2).complaint.hasPrefix("[axis.range] median: axis 2"))
    #expect(lowerMedian(graph.zeros([2, 0]), axis: 1).values.complaint.hasPrefix("[median.empty]"))
    #expect(bincount(x, count: 3).complaint == "[bincount.type] bincount: takes integers, got f64[2,4]")
    #expect(
      bincount(graph.constant([1, 2]), count: -1, weights: graph.constant([1, 2])).complaint.hasPrefix(
        "[bincount.count]"))
    #expect(bincount(graph.constant([1, 2]), count: 3, weights: x).complaint.hasPrefix("[loss.shape]"))
    #expect(histogram(x, bins: 0).counts.complaint.hasPrefix("[histogram.bins]"))
  }
}
