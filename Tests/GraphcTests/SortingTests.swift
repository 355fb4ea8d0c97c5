// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Orders; the values are NumPy's.
@Suite("Sorting")
struct SortingTests {
  let graph = Graph()

  @Test("Elements, indices and the first few of them")
  func orders() throws {
    let x = graph.constant([[3, 1.5, 2], [0, 5, -1]])
    #expect(try sorted(x).numbers() == [1.5, 2, 3, -1, 0, 5])
    #expect(try sorted(x, axis: 0, descending: true).numbers() == [3, 5, 2, 0, 1.5, -1])
    #expect(try argSort(x).numbers() == [1, 2, 0, 2, 0, 1])
    #expect(argSort(x).dtype == .int32)
    let (values, indices) = topK(x, count: 2)
    #expect(try values.numbers() == [3, 2, 5, 0])
    #expect(try indices.numbers() == [0, 2, 1, 0])
    #expect(try topK(x, count: 1, axis: 0, largest: false).values.numbers() == [0, 1.5, -1])
    #expect(try topK(x, count: 0).values.numbers() == [])
    #expect(topK(x, count: 0).values.shape == [2, 0])
    #expect(try kthValue(x, k: 2).values.numbers() == [2, 0])
    #expect(try kthValue(x, k: 3, axis: 1).indices.numbers() == [0, 1])
    #expect(kthValue(x, k: 1, axis: 0, keepDims: true).values.shape == [1, 3])
    // The first of equal ones.
    #expect(try topK(graph.constant([1, 1, 1]), count: 2).indices.numbers() == [0, 1])
    #expect(try sortedWithIndices(graph.constant([2, 1, 2])).indices.numbers() == [1, 0, 2])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Gradients flow to where the elements came from, at any order")
  func gradients() throws {
    let x = graph.placeholder(.float64, [nil])
    let feed = NDArray([3.0, -1, 2])
    let top = topK(x, count: 2).values
    let first = graph.gradients(of: (top * top * top).sum(), withRespectTo: [x])[0]
    #expect(try first.numbers(feeding: [x: feed]) == [27, 0, 12])
    let second = graph.gradients(of: (first * graph.constant([1.0, 10, 100])).sum(), withRespectTo: [x])[0]
    #expect(try second.numbers(feeding: [x: feed]) == [18, 0, 1200])
  }

  @Test("Places in sorted rows")
  func searches() throws {
    let row = graph.constant([1, 3, 3, 7])
    #expect(try searchSorted(row, 3).numbers() == [1])
    #expect(try searchSorted(row, [[3, 0], [8, 7]] as NDArray, side: .right).numbers() == [3, 0, 4, 4])
    #expect(searchSorted(row, 3.5).shape == [])
    let rows = graph.placeholder(.float32, [nil, 3])
    let values = graph.placeholder(.float32, [nil, 2])
    let places = searchSorted(rows, values)
    #expect(
      try places.numbers(feeding: [rows: [[0, 1, 2], [5, 6, 7.0]], values: [[1, 5], [1, 6.5]]]) == [
        1, 3, 0, 2,
      ])
    #expect(
      searchSorted(rows, graph.counting([2, 3, 4])).complaint.hasPrefix(
        "[searchSorted.C2] searchSorted: the rows"))
  }

  @Test("Distinct elements, with room to spare and without")
  func distinct() throws {
    let x = graph.constant([[3, 1, 2, 3], [1, 1, 7, 7]])
    let all = unique(x, limit: 6)
    #expect(try all.values.numbers() == [1, 2, 3, 7, 0, 0])
    #expect(try all.firstIndices.numbers() == [1, 2, 0, 6, 0, 0])
    #expect(try all.inverse.numbers() == [2, 0, 1, 2, 0, 0, 3, 3])
    #expect(all.inverse.shape == [2, 4])
    #expect(try all.counts.numbers() == [3, 1, 2, 2, 0, 0])
    #expect(try all.count.numbers() == [4])
    let few = unique(x, limit: 2)
    #expect(try few.values.numbers() == [1, 2])
    #expect(try few.counts.numbers() == [3, 1])
    #expect(try few.count.numbers() == [4])
    let strange = unique(graph.constant(NDArray([Float.nan, 1, .nan, -0.0, 0])), limit: 3)
    let values = try strange.values.numbers()
    #expect(values[..<2] == [0, 1] && values[2].isNaN)
    #expect(try strange.counts.numbers() == [2, 1, 2])
    #expect(try unique(graph.zeros([0]), limit: 2).count.numbers() == [0])
    #expect(try unique(graph.constant([true, false, true]), limit: 2).inverse.numbers() == [1, 0, 1])
    let open = graph.placeholder(.int32, [nil, 2])
    #expect(
      try unique(open, limit: 3).values.numbers(feeding: [open: [[5, 4], [4, 4], [5, 4]]]) == [4, 5, 0])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Distinct slices, in lexicographic order")
  func distinctSlices() throws {
    let x = graph.constant([[1, 0, 2], [0, 5, 1], [1, 0, 2], [0, 4, 9], [0, 5, 1]])
    let rows = unique(x, axis: 0, limit: 4)
    #expect(try rows.values.numbers() == [0, 4, 9, 0, 5, 1, 1, 0, 2, 0, 0, 0])
    #expect(try rows.firstIndices.numbers() == [3, 1, 0, 0])
    #expect(try rows.inverse.numbers() == [2, 1, 2, 0, 1])
    #expect(try rows.counts.numbers() == [1, 2, 2, 0])
    #expect(try rows.count.numbers() == [3])
    let columns = unique(x.transposed(), axis: -1, limit: 3)
    #expect(try columns.values.transposed().numbers() == [0, 4, 9, 0, 5, 1, 1, 0, 2])
    let wide = unique(x.reshaped(to: [5, 1, 3]), axis: 0, limit: 1)
    #expect(wide.values.shape == [1, 1, 3])
    #expect(try wide.values.numbers() == [0, 4, 9])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Mistakes are named")
  func mistakes() {
    let x = graph.counting([2, 3])
    #expect(
      topK(x, count: 4).values.complaint
        == "[topK.count] topK: there are no 4 elements along axis 1 of f32[2,3]")
    #expect(topK(x, count: -1).indices.complaint.hasPrefix("[topK.count]"))
    #expect(kthValue(x, k: 0).values.complaint.hasPrefix("[kthValue.k]"))
    #expect(sorted(x, axis: 2).complaint.hasPrefix("[axis.range] sorted: axis 2 is outside f32[2,3]"))
    #expect(sorted(graph.constant("a")).complaint.hasPrefix("[axis.range]"))
    #expect(unique(x, limit: -1).count.complaint == "[unique.limit] unique: there is no room for -1 elements")
    let open = graph.placeholder(.float32, [2, nil])
    #expect(unique(open, axis: 0, limit: 2).values.complaint.hasPrefix("[unique.extents]"))
  }
}
