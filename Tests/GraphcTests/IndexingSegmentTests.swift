// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Values are those of JAX's `segment_sum` and its kin.
@Suite("Segments")
struct IndexingSegmentTests {
  let graph = Graph()

  @Test("Rows come together by their segment, in any order")
  func rows() throws {
    let x = graph.constant([[1, 2], [3, 4], [5, 6], [7, 8]], dtype: .float32)
    let segments = graph.constant([2, 0, 2, 0])
    let sum = segmentSum(x, segments, count: 4)
    #expect(sum.shape == [4, 2])
    #expect(try sum.numbers() == [10, 12, 0, 0, 6, 8, 0, 0])
    #expect(try segmentProduct(x, segments, count: 3).numbers() == [21, 32, 1, 1, 5, 12])
    #expect(try segmentMax(x, segments, count: 3).numbers() == [7, 8, -.infinity, -.infinity, 5, 6])
    #expect(try segmentMin(x, segments, count: 3).numbers() == [3, 4, .infinity, .infinity, 1, 2])
    #expect(
      try segmentMax(graph.constant([1, 2]), graph.constant([0, 0]), count: 2).numbers() == [
        2, -2_147_483_648,
      ])
  }

  @Test("Several leading axes, one for each segment number; a batch of any size")
  func leadingAxes() throws {
    let x = graph.placeholder(.int32, [nil, 2], name: "x")
    let segments = graph.placeholder(.int64, [nil, 2], name: "segments")
    let feed = NDArray([1, 0, 1, 1] as [Int64], shape: [2, 2])
    #expect(
      try segmentSum(x, segments, count: 2).numbers(feeding: [x: [[1, 2], [3, 4]], segments: feed]) == [2, 8])
    #expect(
      segmentSum(x, graph.constant([[[0]]]), count: 2).complaint
        == "[segment.shape] segmentSum: the segments are i32[1,1,1]; they need the first extents of the operand, "
        + "i32[?0,2]")
    #expect(segmentSum(x, segments, count: -1).complaint.hasPrefix("[segment.count]"))
  }

  @Test("The gradient of a mean of segments")
  func gradient() throws {
    let x = graph.placeholder(.float32, [3], name: "x")
    let segments = graph.constant([0, 1, 0])
    let sizes = segmentSum(graph.ones([3]), segments, count: 2)
    let loss = (segmentSum(x, segments, count: 2) / sizes * graph.vector([10, 3])).sum()
    let slope = graph.gradients(of: loss, withRespectTo: [x])[0]
    #expect(try slope.numbers(feeding: [x: [1.0, 2, 3]]) == [5, 3, 5])
  }
}
