// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Values are NumPy's, PyTorch's or TensorFlow's, as the functions' documentation says.
@Suite("Indexing")
struct IndexingTests {
  let graph = Graph()

  // MARK: take

  @Test("take puts the shape of the indices in the place of the axis")
  func taking() throws {
    let x = graph.counting([2, 3, 4])
    // np.take(x, [[2, 0]], axis=1)
    let middle = take(x, graph.constant([[2, 0]]), axis: 1)
    #expect(middle.shape == [2, 1, 2, 4])
    #expect(try middle.numbers() == [8, 9, 10, 11, 0, 1, 2, 3, 20, 21, 22, 23, 12, 13, 14, 15])
    #expect(
      try take(x, NDArray([3, 1] as [Int64]), axis: -1).numbers() == [
        3, 1, 7, 5, 11, 9, 15, 13, 19, 17, 23, 21,
      ])
    // A number takes its axis away.
    #expect(take(x, 1, axis: 1).shape == [2, 4])
    #expect(try take(x, 1, axis: 1).numbers() == [4, 5, 6, 7, 16, 17, 18, 19])
    let bytes = graph.constant(NDArray([1, 0] as [UInt8]))
    #expect(try take(graph.vector([5, 6]), bytes).numbers() == [6, 5])
  }

  @Test("Indices below zero count from the end, wherever they come from")
  func negativeIndices() throws {
    let x = graph.vector([10, 20, 30])
    #expect(try take(x, graph.constant([-1, 0, -3])).numbers() == [30, 10, 10])
    let fed = graph.placeholder(.int32, [nil], name: "fed")
    #expect(try take(x, fed).numbers(feeding: [fed: [-1, 2, -2]]) == [30, 30, 20])
    // Of an axis whose extent a run decides.
    let open = graph.placeholder(.float32, [nil, 2], name: "open")
    let last = take(open, graph.constant([-1, 0]))
    #expect(try last.numbers(feeding: [open: [[1, 2], [3, 4], [5, 6]]]) == [5, 6, 1, 2])
    let pairs = graph.constant([[-1, 0], [0, -2]])
    #expect(try gatherND(open, pairs).numbers(feeding: [open: [[1, 2], [3, 4], [5, 6]]]) == [5, 1])
  }

  @Test("takeAlong picks by rows, broadcasting the other axes")
  func takingAlong() throws {
    let x = graph.constant([[3.0, 1, 2], [9, 8, 7]] as NDArray)
    // np.take_along_axis
    #expect(try takeAlong(x, graph.constant([[1, 2], [0, -1]]), axis: 1).numbers() == [1, 2, 9, 7])
    #expect(try takeAlong(x, graph.constant([[1, 0, 1]]), axis: 0).numbers() == [9, 1, 7])
    #expect(try takeAlong(x, graph.constant([[2, 0]]), axis: 1).numbers() == [2, 3, 7, 9])
    let best = takeAlong(x, x.argMax(axis: 1, keepDims: true), axis: 1)
    #expect(best.shape == [2, 1])
    #expect(try best.numbers() == [3, 9])
    #expect(
      takeAlong(x, graph.constant([1, 0]), axis: 1).complaint
        == "[index.rank] takeAlong: the indices are i32[2] and need as many axes as the operand, f32[2,3]")
  }

  @Test("gatherND indexes several axes at once, in batches")
  func gathering() throws {
    let x = graph.counting([2, 3, 4])
    #expect(
      try gatherND(x, graph.constant([[1, 2], [0, 0]])).numbers() == [20, 21, 22, 23, 0, 1, 2, 3])
    #expect(try gatherND(x, graph.constant([[[1, 2, 3]], [[0, 1, -1]]])).numbers() == [23, 7])
    // tf.gather_nd(x, i, batch_dims=1)
    let inBatch = gatherND(x, graph.constant([[[2, 1]], [[0, 3]]]), batchAxes: 1)
    #expect(inBatch.shape == [2, 1])
    #expect(try inBatch.numbers() == [9, 15])
  }

  @Test("An embedding looks rows up in a batch of any size")
  func embedding() throws {
    let table = graph.constant([[1.0, 2], [3, 4], [5, 6]] as NDArray)
    let words = graph.placeholder(.int64, [nil, 2], name: "words")
    let vectors = embeddingLookup(table, words)
    #expect(vectors.shape == [nil, 2, 2])
    let feed = NDArray([2, 0, 1, 1] as [Int64], shape: [2, 2])
    #expect(try vectors.numbers(feeding: [words: feed]) == [5, 6, 1, 2, 3, 4, 3, 4])
  }

  // MARK: scatter

  @Test("scatter changes places, the last of several sets stays")
  func scattering() throws {
    let x = graph.vector([1, 2, 3, 4])
    let places = graph.constant([[3], [0], [3], [-2]])
    let values = graph.vector([10, 20, 30, 40])
    let changed = { (mode: ScatterMode) in
      try scatter(into: x, at: places, values, mode: mode).numbers()
    }
    #expect(try changed(.set) == [20, 2, 40, 30])
    #expect(try changed(.add) == [21, 2, 43, 44])
    #expect(try changed(.multiply) == [20, 2, 120, 1200])
    #expect(try changed(.max) == [20, 2, 40, 30])
    #expect(try changed(.min) == [1, 2, 3, 4])
    // A number goes everywhere; whole rows broadcast.
    #expect(try scatter(into: x, at: places, 0.5).numbers() == [0.5, 2, 0.5, 0.5])
    let table = graph.counting([3, 2])
    #expect(
      try scatter(into: table, at: graph.constant([[0], [2]]), graph.vector([7, 8])).numbers() == [
        7, 8, 2, 3, 7, 8,
      ])
    #expect(
      try scatter(into: table, at: graph.constant([[[1]], [[0]], [[1]]]), -1, batchAxes: 1).numbers()
        == [
          0, -1, -1, 3, 4, -1,
        ])
    // Counting words: the histogram of labels.
    let labels = graph.placeholder(.int32, [nil], name: "labels")
    let counts = scatter(
      into: graph.zeros([4], dtype: .int32), at: labels.expandingDims(at: -1), 1, mode: .add)
    #expect(try counts.numbers(feeding: [labels: [2, 0, 2, 2, -1]]) == [1, 0, 3, 1])
  }

  @Test("scatterAlong is the inverse of takeAlong")
  func scatteringAlong() throws {
    let x = graph.zeros([2, 3])
    // np.put_along_axis, and torch.scatter with a number.
    #expect(
      try scatterAlong(into: x, graph.constant([[2], [0]]), 1, axis: 1).numbers() == [
        0, 0, 1, 1, 0, 0,
      ])
    #expect(
      try scatterAlong(into: x, graph.constant([[1, 0, -1]]), graph.vector([5, 6, 7]), axis: 0)
        .numbers()
        == [0, 6, 0, 5, 0, 7])
    let pairs: NDArray = [[1, 2], [3, 4]]
    let added = scatterAlong(
      into: x, graph.constant([[1, 1], [0, 2]]), graph.constant(pairs, dtype: .float32), axis: 1, mode: .add)
    #expect(try added.numbers() == [0, 3, 0, 3, 0, 4])
    #expect(
      scatterAlong(into: x, graph.constant([[1], [2], [0]]), 1, axis: 1).complaint.hasPrefix(
        "[broadcast.mismatch]"))
  }

  @Test("Fewer indices stand for the leading part of the other axes, as in PyTorch's gather and scatter")
  func alongALeadingPart() throws {
    let x = graph.constant([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]] as NDArray)
    let read = takeAlong(x, graph.constant([[2, 0], [1, -1]]), axis: 1, broadcasts: false)
    #expect(try read.numbers() == [3, 1, 5, 6])
    let column = takeAlong(x, graph.constant([[2], [0]]), axis: 0, broadcasts: false)
    #expect(column.shape == [2, 1])
    #expect(try column.numbers() == [7, 1])
    let updates = graph.constant([[50.0, 60, 70], [80, 90, 100]] as NDArray)
    let rows = graph.constant([[2, 0]])
    let written = scatterAlong(into: x, rows, updates, axis: 0, broadcasts: false)
    #expect(try written.numbers() == [1, 60, 3, 4, 5, 6, 50, 8, 9])
    let added = scatterAlong(
      into: x, graph.constant([[1], [1]]), 10, axis: 1, mode: .add, broadcasts: false)
    #expect(try added.numbers() == [1, 12, 3, 4, 15, 6, 7, 8, 9])
    let slopes = graph.gradients(of: (written * x).sum(), withRespectTo: [x, updates])
    // What is overwritten counts only as a factor.
    #expect(try slopes[0].numbers() == [2, 60, 6, 8, 10, 12, 50, 16, 18])
    #expect(try slopes[1].numbers() == [7, 2, 0, 0, 0, 0])
    let longer = graph.constant([[0], [0], [0], [0]])
    #expect(
      takeAlong(x, longer, axis: 1, broadcasts: false).complaint
        == "[index.shape] takeAlong: axis 0 of the indices i32[4,1] must not be longer than that of f32[3,3]")
    #expect(scatterAlong(into: x, longer, 1, axis: 1, broadcasts: false).complaint.hasPrefix("[index.shape]"))
  }

  // MARK: Windows

  @Test("Windows move, and stay inside")
  func windows() throws {
    let x = graph.counting([3, 4])
    let row = graph.placeholder(.int32, [], name: "row")
    let window = dynamicSlice(x, starts: [row, 1], sizes: [1, 2])
    #expect(window.shape == [1, 2])
    let expectations: [(Int32, [Double])] = [
      (0, [1, 2]), (2, [9, 10]), (7, [9, 10]), (-1, [9, 10]), (-9, [1, 2]),
    ]
    for (start, expected) in expectations {
      #expect(try window.numbers(feeding: [row: NDArray(scalar: start)]) == expected)
    }
    let starts = graph.constant([1, -2])
    #expect(try dynamicSlice(x, starts: starts, sizes: [2, 2]).numbers() == [6, 7, 10, 11])
    let column = dynamicSlice(x, starts: [0, 3], sizes: [nil, 1])
    #expect(try column.numbers() == [3, 7, 11])
    let cache = dynamicUpdate(
      graph.zeros([2, 3]), with: graph.constant([[5.0, 6]] as NDArray), starts: [row, 1])
    #expect(try cache.numbers(feeding: [row: 1]) == [0, 0, 0, 0, 5, 6])
    #expect(
      try dynamicUpdate(x, with: graph.zeros([3, 1]), starts: graph.constant([0, -1])).numbers() == [
        0, 1, 2, 0, 4, 5, 6, 0, 8, 9, 10, 0,
      ])
    let batch = graph.placeholder(.float32, [nil, 5], name: "batch")
    let part = dynamicSlice(batch, starts: [0, row], sizes: [-1, 2])
    #expect(part.shape == [nil, 2])
    let fed: NDArray = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    #expect(try part.numbers(feeding: [batch: fed, row: 3]) == [3, 4, 8, 9])
  }

  // MARK: Subscripts

  @Test("Tensors in subscripts")
  func subscripts() throws {
    let x = graph.counting([2, 3, 4])
    let i = graph.constant([1, 0, 1])
    #expect(x[i].shape == [3, 3, 4])
    #expect(x[.all, graph.constant([2, 0])].shape == [2, 2, 4])
    #expect(try x[.all, graph.constant([2, 0]), 1].numbers() == [9, 1, 21, 13])
    #expect(try x[.ellipsis, graph.constant([-1])].numbers() == [3, 7, 11, 15, 19, 23])
    // Pairs, and all pairs.
    #expect(try x[i, graph.constant([0, 1, 2]), 0].numbers() == [12, 4, 20])
    let grid = x[graph.constant([[0], [1]]), graph.constant([2, 0]), 1...2]
    #expect(grid.shape == [2, 2, 2])
    #expect(try grid.numbers() == [9, 10, 1, 2, 21, 22, 13, 14])
    // Apart, so in front.
    let apart = x[graph.constant([1, 0]), .all, graph.constant(NDArray([3, 0] as [Int64]))]
    #expect(apart.shape == [2, 3])
    #expect(try apart.numbers() == [15, 19, 23, 0, 4, 8])
    // A scalar removes its axis, a new axis stays in its place.
    let step = graph.placeholder(.int64, [], name: "step")
    #expect(x[step].shape == [3, 4])
    #expect(x[.newAxis, 0, .newAxis, i, step].shape == [1, 1, 3])
    #expect(try x[0, .newAxis, i, step].numbers(feeding: [step: NDArray(scalar: Int64(-1))]) == [7, 3, 7])
    #expect(try x[NDArray([1] as [Int32]), 0, 0].numbers() == [12])
    #expect(
      x[x .> 0].complaint
        == "[index.type] subscript: the indices are bool[2,3,4], a mask and no positions; see `maskedSelect` and `nonZero`"
    )
    #expect(x[i, i, i, i].complaint.hasPrefix("[slice.rank]"))
  }

  // MARK: oneHot

  @Test("oneHot takes an axis and two numbers")
  func oneHots() throws {
    let labels = graph.constant([1, 0, 5, -1])
    let rows = oneHot(labels, depth: 2)
    #expect(rows.dtype == .float32)
    #expect(try rows.numbers() == [0, 1, 1, 0, 0, 0, 0, 0])
    #expect(try oneHot(labels, depth: 2, axis: 0).numbers() == [0, 1, 0, 0, 1, 0, 0, 0])
    let soft = oneHot(labels, depth: 2, on: 0.5, off: -1, dtype: .float64)
    #expect(try soft.numbers() == [-1, 0.5, 0.5, -1, -1, -1, -1, -1])
    #expect(oneHot(graph.constant([[1]]), depth: 3, axis: 1, dtype: .bool).shape == [1, 3, 1])
    #expect(oneHot(labels, depth: 3, axis: 2).complaint.hasPrefix("[axis.range]"))
    // No label is cut to a narrower type.
    let wide = graph.constant(NDArray([1 << 32] as [Int64]))
    #expect(try oneHot(wide, depth: 2).numbers() == [0, 0])
    #expect(try oneHot(graph.constant(NDArray([2] as [UInt8])), depth: 3).numbers() == [0, 0, 1])
  }

  // MARK: Mistakes

  @Test("Mistakes that show while a graph is built")
  func mistakes() throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    #expect(
      take(x, graph.constant([3]), axis: 1).complaint
        == "[index.range] take: index 3 is outside axis 1 of f32[?0,3]")
    #expect(
      take(x, graph.vector([1])).complaint
        == "[index.type] take: the indices are f32[1]; they must be integers")
    #expect(take(x, 0, axis: 2).complaint.hasPrefix("[axis.range]"))
    #expect(
      gatherND(x, graph.constant([[0, 1, 2]])).complaint
        == "[index.entries] gatherND: the last axis of the indices i32[1,3] must be a number from 0 to 2, an index for "
        + "each of so many axes of f32[?0,3]")
    #expect(gatherND(x, graph.constant([0]), batchAxes: 1).complaint.hasPrefix("[index.batch]"))
    let whole = graph.zeros([3], dtype: .int32)
    #expect(
      scatter(into: whole, at: graph.constant([[0]]), graph.vector([1])).complaint
        == "[index.updates] scatter: the updates are f32[1] and go into i32[3]; convert them to i32")
    #expect(
      scatter(into: whole, at: graph.constant([[0], [1]]), graph.constant([1, 2, 3])).complaint
        .hasPrefix("[broadcast.mismatch]"))
    #expect(
      scatter(into: whole .== 0, at: graph.constant([[0]]), true, mode: .add).complaint
        == "[scatter.C1] scatter: add takes a numeric tensor, got bool[3]")
    #expect(
      dynamicSlice(whole, starts: [0], sizes: [4]).complaint
        == "[dynamicSlice.C2] dynamicSlice: the window is 4 long on axis 0 of i32[3], which is 3")
    #expect(
      dynamicSlice(whole, starts: [], sizes: [1]).complaint
        == "[index.starts] dynamicSlice: i32[3] has 1 axes, got 0 starts")
    #expect(
      dynamicSlice(whole, starts: [graph.constant([0])], sizes: [1]).complaint.hasPrefix("[index.starts]"))
    #expect(
      dynamicUpdate(whole, with: graph.vector([1]), starts: [0]).complaint.hasPrefix("[index.updates]"))
  }
}
