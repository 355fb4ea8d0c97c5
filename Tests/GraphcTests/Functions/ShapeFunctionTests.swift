// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Numbers by NumPy.
@Suite("Functions of shapes")
struct ShapeFunctionTests {
  let graph = Graph()

  @Test("Extents may be variables of type Int")
  func integerExtents() throws {
    let n = 2
    let shape = [n, 3]
    #expect(graph.zeros([n]).shape == [2])
    #expect(graph.zeros(shape).shape == [2, 3])
    #expect(graph.ones([n, n + 1]).shape == [2, 3])
    #expect(graph.full(0.5, shape, dtype: .float64).dtype == .float64)
    #expect(graph.zeros([2, 3]) == graph.zeros(shape))
    #expect(graph.range(n) == graph.range(2))
    #expect(graph.eye(n) == graph.eye(2))
    let x = graph.placeholder(.float64, [nil, 3], name: "x")
    try expect(
      graph.ones(like: x), equals: [1, 1, 1, 1, 1, 1], shape: [2, 3], feeding: [x: spread([2, 3])])
    #expect(graph.zeros(like: x, dtype: .int32).dtype == .int32)
    #expect(graph.full(7, like: x).shape == [nil, 3])
    #expect(graph.zeros([-n]).complaint == "[fill.extent] zeros: every extent of [-2] must be given")
  }

  @Test("Ranges and equal steps")
  func sequences() throws {
    try expect(graph.range(from: 2, to: 11, by: 3), equals: [2, 5, 8])
    try expect(graph.range(from: 5, to: 0, by: -2, dtype: .int64), equals: [5, 3, 1])
    try expect(graph.range(from: 3, to: 3), equals: [], shape: [0])
    try expect(graph.range(from: 3, to: 9, by: -1), equals: [], shape: [0])
    try expect(graph.range(from: 0.0, to: 1.0, by: 0.3), equals: [0, 0.3, 0.6, 0.9])
    try expect(graph.linspace(from: -1, through: 2, count: 7), equals: [-1, -0.5, 0, 0.5, 1, 1.5, 2])
    let tenths = graph.linspace(from: 0, through: 0.7, count: 8, dtype: .float64)
    #expect(try tenths.values().last == 0.7)
    try expect(graph.linspace(from: 3, through: 9, count: 1), equals: [3])
    try expect(graph.linspace(from: 3, through: 9, count: 0), equals: [], shape: [0])
    #expect(graph.range(from: 1, to: 2, by: 0).complaint.hasPrefix("[range.step]"))
    #expect(graph.range(from: 0.0, to: .infinity).complaint.hasPrefix("[range.step]"))
    #expect(graph.range(from: Int.min, to: .max).complaint.hasPrefix("[range.step]"))
    #expect(graph.range(from: 0, to: Int.min, by: -1).complaint.hasPrefix("[range.count]"))
    #expect(graph.linspace(from: 0, through: 1, count: -1).complaint.hasPrefix("[linspace.count]"))
  }

  @Test("Grids")
  func grids() throws {
    let x = graph.vector([1, 2, 3])
    let y = graph.placeholder(.float32, [nil], name: "y")
    let feeds: [Tensor: NDArray] = [y: [10, 20]]
    let plane = meshgrid([x, y])
    try expect(plane[0], equals: [1, 2, 3, 1, 2, 3], shape: [2, 3], feeding: feeds)
    try expect(plane[1], equals: [10, 10, 10, 20, 20, 20], shape: [2, 3], feeding: feeds)
    let matrix = meshgrid([x, y], indexing: .ij)
    try expect(matrix[0], equals: [1, 1, 2, 2, 3, 3], shape: [3, 2], feeding: feeds)
    let space = meshgrid([x, y, graph.constant(5.0)])
    #expect(space.map(\.shape) == Array(repeating: plane[0].shape, count: 3).map { TensorShape($0, 1) })
    #expect(meshgrid([]).isEmpty)
    #expect(
      meshgrid([graph.zeros([2, 2])])[0].complaint == "[meshgrid.rank] meshgrid: takes vectors, got f32[2,2]")
  }

  @Test("Repeating as a whole and element by element, unknown extents too")
  func repetition() throws {
    let x = graph.counting([2, 2])
    try expect(x.tiled(by: [1, 2]), equals: [0, 1, 0, 1, 2, 3, 2, 3], shape: [2, 4])
    try expect(x.tiled(by: [2]), equals: [0, 1, 0, 1, 2, 3, 2, 3], shape: [2, 4])
    try expect(x.tiled(by: [2, 1, 1]), equals: [0, 1, 2, 3, 0, 1, 2, 3], shape: [2, 2, 2])
    #expect(x.tiled(by: [3, 0]).shape == [6, 0])
    #expect(x.tiled(by: []) == x)
    try expect(x.repeating(2, axis: 0), equals: [0, 1, 0, 1, 2, 3, 2, 3], shape: [4, 2])
    try expect(x.repeating(2, axis: -1), equals: [0, 0, 1, 1, 2, 2, 3, 3], shape: [2, 4])
    let open = graph.placeholder(.float32, [nil, 1], name: "open")
    let tiled = open.tiled(by: [2, 3])
    try expect(
      tiled, equals: [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2], shape: [4, 3], feeding: [open: [[1], [2]]])
    try expect(open.repeating(2, axis: 0), equals: [1, 1, 2, 2], feeding: [open: [[1], [2]]])
    #expect(
      x.tiled(by: [-1]).complaint == "[repeat.count] tiled: f32[2,2] cannot be repeated -1 times")
    #expect(x.repeating(2, axis: 2).complaint.hasPrefix("[axis.range] repeating:"))
    #expect(x.tiled(by: [1 << 47, 1 << 47]).complaint.contains("63 bits"))
    try expectGradients([spread([2, 3])]) { square($0[0].tiled(by: [2, 3]).repeating(2, axis: 1)) }
  }

  @Test("Each element as often as a count of its own says")
  func repetitionByCounts() throws {
    let x = graph.counting([3, 2])
    try expect(
      x.repeating([2, 0, 3], axis: 0), equals: [0, 1, 0, 1, 4, 5, 4, 5, 4, 5], shape: [5, 2])
    let y = graph.counting([2, 3])
    try expect(y.repeating([1, 0, 2], axis: -1), equals: [0, 2, 2, 3, 5, 5], shape: [2, 3])
    try expect(y.repeating([0, 0, 1], axis: 1), equals: [2, 5], shape: [2, 1])
    try expect(y.repeating([2, 0], axis: 0), equals: [0, 1, 2, 0, 1, 2], shape: [2, 3])
    try expect(y.repeating([0, 3], axis: 0), equals: [3, 4, 5, 3, 4, 5, 3, 4, 5], shape: [3, 3])
    // Equal counts are one count.
    #expect(y.repeating([2, 2, 2], axis: 1).shape == [2, 6])
    try expect(y.repeating([2, 2], axis: 0), equals: y.repeating(2, axis: 0).numbers(), shape: [4, 3])
    #expect(y.repeating([0, 0], axis: 0).shape == [0, 3])
    #expect(y.repeating([1, 1], axis: 0) == y)
    #expect(graph.zeros([0, 2]).repeating([], axis: 0).shape == [0, 2])
    try expect(graph.constant([true, false]).repeating([1, 2], axis: 0), equals: [1, 0, 0])
    // Further than constants are folded: 2,450 places.
    let counts = (0..<50).map { $0 * 2 }
    try expect(
      (graph.range(50) * 3).repeating(counts, axis: 0),
      equals: counts.indices.flatMap { [Double](repeating: Double($0 * 3), count: counts[$0]) }, shape: [2450]
    )
    try expectGradients([spread([2, 3, 2])]) {
      let z = $0[0].repeating([2, 0, 3], axis: 1)
      return z * z * z
    }
  }

  @Test("Counts and axes that a run decides, and mistakes")
  func repetitionByCountsOfOpenExtents() throws {
    let open = graph.placeholder(.float32, [nil, nil], name: "open")
    let y = open.repeating([1, 2], axis: 1)
    // As many elements as counts, and as many rows as there are.
    #expect(y.shape[1] == 3 && y.shape.extent(0) == open.shape.extent(0))
    try expect(y, equals: [1, 2, 2, 3, 4, 4], shape: [2, 3], feeding: [open: [[1, 2], [3, 4]]])
    #expect(throws: (any Error).self) {
      _ = try Session(graph).run(y, feeding: [open: [[1, 2, 3]]])
    }
    let x = graph.counting([2, 3])
    #expect(
      x.repeating([1, 2], axis: 1).complaint
        == "[repeat.counts] repeating: axis 1 of f32[2,3] is 3 long, but 2 counts are given")
    #expect(x.repeating([], axis: 0).complaint.hasPrefix("[repeat.counts]"))
    #expect(
      x.repeating([1, -2], axis: 0).complaint
        == "[repeat.count] repeating: an element of f32[2,3] cannot be repeated -2 times")
    #expect(x.repeating([-1, -1], axis: 0).complaint.hasPrefix("[repeat.count]"))
    #expect(x.repeating([1 << 48, 1], axis: 0).complaint.hasPrefix("[repeat.count]"))
    #expect(x.repeating([.max, .max], axis: 0).complaint.hasPrefix("[repeat.count]"))
    #expect(x.repeating([1, 1], axis: 2).complaint.hasPrefix("[axis.range]"))
  }

  @Test("Rolling, over the end and back")
  func rolling() throws {
    let x = graph.counting([2, 3])
    try expect(x.rolled(by: [1, -2], axes: [0, 1]), equals: [5, 3, 4, 2, 0, 1])
    try expect(x.rolled(by: 4), equals: [2, 3, 4, 5, 0, 1], shape: [2, 3])
    try expect(x.rolled(by: [1, 1], axes: [1, 1]), equals: [1, 2, 0, 4, 5, 3])
    #expect(x.rolled(by: 6, axis: 1) == x)
    #expect(graph.zeros([0, 2]).rolled(by: 1, axis: 0).shape == [0, 2])
    #expect(x.rolled(by: Int.min, axis: 0) == x)
    let open = graph.placeholder(.float32, [nil], name: "open")
    let feeds: [Tensor: NDArray] = [open: [1, 2, 3, 4]]
    try expect(open.rolled(by: 1, axis: 0), equals: [4, 1, 2, 3], feeding: feeds)
    try expect(open.rolled(by: -3, axis: 0) + open * 0, equals: [4, 1, 2, 3], feeding: feeds)
    #expect(throws: (any Error).self) {
      _ = try Session(graph).run(open.rolled(by: 3, axis: 0), feeding: [open: [1, 2]])
    }
    #expect(
      x.rolled(by: [1], axes: [0, 1]).complaint
        == "[axis.pairs] rolled: the shifts [1] and the axes [0, 1] do not pair up")
  }

  @Test("Differences of neighbours")
  func differences() throws {
    let x = graph.doubles([1, 4, 9, 16, 2, 2, 3, 5], [2, 4])
    try expect(x.differences(), equals: [3, 5, 7, 0, 1, 2], shape: [2, 3])
    try expect(x.differences(order: 2), equals: [2, 2, 1, 1])
    try expect(x.differences(axis: 0), equals: [1, -2, -6, -11])
    #expect(x.differences(order: 0) == x)
    #expect(x.differences(order: -1).complaint.hasPrefix("[differences.order] differences:"))
    #expect(x.differences(order: 3, axis: 0).complaint.hasPrefix("[slice.C3] differences:"))
  }

  @Test("Axes moved and turned")
  func axisOrder() throws {
    let x = graph.counting([2, 3])
    try expect(x.rotated90(), equals: [2, 5, 1, 4, 0, 3], shape: [3, 2])
    try expect(x.rotated90(times: 2), equals: [5, 4, 3, 2, 1, 0], shape: [2, 3])
    try expect(x.rotated90(times: 3), equals: [3, 0, 4, 1, 5, 2], shape: [3, 2])
    #expect(x.rotated90(times: -1) == x.rotated90(times: 3))
    try expect(x.rotated90(axes: (1, 0)), equals: [3, 0, 4, 1, 5, 2])
    let y = graph.counting([2, 3, 4])
    #expect(y.movingAxes(from: [0, 1], to: [-1, 0]).shape == [3, 4, 2])
    #expect(y.movingAxis(from: -1, to: 0) == y.transposed(permutation: [2, 0, 1]))
    #expect(y.movingAxis(from: 0, to: 3).complaint.hasPrefix("[axis.range] movingAxis:"))
    #expect(y.movingAxes(from: [0, 0], to: [1, 2]).complaint.hasPrefix("[axis.repeated]"))
    #expect(y.movingAxes(from: [0, 1], to: [1]).complaint.hasPrefix("[axis.pairs]"))
    #expect(x.rotated90(axes: (0, 0)).complaint.hasPrefix("[axis.repeated]"))
  }

  @Test("Diagonals out of matrices, as strided slices")
  func diagonals() throws {
    let y = graph.counting([2, 3, 4])
    try expect(y.diagonal(offset: 1, axes: (0, 2)), equals: [1, 14, 5, 18, 9, 22], shape: [3, 2])
    try expect(y.diagonal(offset: -1), equals: [4, 9, 16, 21], shape: [2, 2])
    try expect(y.diagonal(axes: (2, 0)), equals: [0, 13, 4, 17, 8, 21], shape: [3, 2])
    #expect(y.diagonal(offset: 4).shape == [2, 0])
    #expect(y.diagonal(offset: Int.min).shape == [2, 0])
    #expect(y.diagonal(offset: Int.max).shape == [2, 0])
    #expect(graph.zeros([0, 4]).diagonal().shape == [0])
    try expect(y.trace(), equals: [15, 51])
    try expect(y.trace(offset: 2), equals: [2 + 7, 14 + 19])
    let open = graph.placeholder(.float32, ["n", "n"], name: "open")
    let feed: [Tensor: NDArray] = [open: NDArray([Float(1), .infinity, 2, 3], shape: [2, 2])]
    try expect(open.diagonal(), equals: [1, 3], feeding: feed)
    try expect((open .> 2).diagonal(), equals: [0, 1], feeding: feed)
    #expect(open.diagonal(offset: 1).complaint.hasPrefix("[diagonal.extent] diagonal: axes 0 and 1"))
    #expect(y.diagonal(axes: (1, 1)).complaint.hasPrefix("[axis.repeated]"))
    #expect(graph.zeros([3]).diagonal().complaint.hasPrefix("[axis.range]"))
    try expectGradients([spread([3, 4, 2])]) { square($0[0].diagonal(offset: -1, axes: (0, 1))) }
  }

  @Test("Matrices out of diagonals")
  func diagonalMatrices() throws {
    let v = graph.vector([1, 2])
    try expect(v.diagonalMatrix(), equals: [1, 0, 0, 2], shape: [2, 2])
    try expect(v.diagonalMatrix(offset: 1), equals: [0, 1, 0, 0, 0, 2, 0, 0, 0], shape: [3, 3])
    try expect(v.diagonalMatrix(offset: -1), equals: [0, 0, 0, 1, 0, 0, 0, 2, 0])
    try expect(v.diagonalMatrix(offset: 1, axes: (1, 0)), equals: [0, 0, 0, 1, 0, 0, 0, 2, 0])
    #expect(graph.zeros([4, 3]).diagonalMatrix(offset: 2, axes: (0, 2)).shape == [5, 4, 5])
    #expect(graph.zeros([0]).diagonalMatrix(offset: -2).shape == [2, 2])
    try expect(graph.constant([true]).diagonalMatrix(offset: 1), equals: [0, 1, 0, 0])
    let open = graph.placeholder(.float32, [nil], name: "open")
    try expect(open.diagonalMatrix(), equals: [5, 0, 0, 6], shape: [2, 2], feeding: [open: [5, 6]])
    #expect(open.diagonalMatrix(offset: 1).complaint.hasPrefix("[diagonal.extent]"))
    #expect(v.diagonalMatrix(offset: Int.min).complaint.hasPrefix("[diagonal.extent]"))
    #expect(graph.constant(1.0).diagonalMatrix().complaint.hasPrefix("[diagonal.rank]"))
    try expectGradients([spread([2, 3])]) { square($0[0].diagonalMatrix(offset: -2, axes: (0, 2))) }
  }

  @Test("Triangles and the identity")
  func triangles() throws {
    let x = graph.counting([2, 3]) + 1
    try expect(x.upperTriangle(), equals: [1, 2, 3, 0, 5, 6])
    try expect(x.upperTriangle(offset: 1), equals: [0, 2, 3, 0, 0, 6])
    try expect(x.lowerTriangle(), equals: [1, 0, 0, 4, 5, 0])
    try expect(x.lowerTriangle(offset: -1), equals: [0, 0, 0, 4, 0, 0])
    try expect(x.lowerTriangle(offset: Int.max), equals: [1, 2, 3, 4, 5, 6])
    try expect(graph.eye(2, columns: 3), equals: [1, 0, 0, 0, 1, 0])
    try expect(graph.eye(2, offset: -1, dtype: .int32), equals: [0, 0, 1, 0])
    let open = graph.placeholder(.float32, [nil, nil, 2], name: "open")
    // An infinite element outside the triangle is gone, not 0 · ∞.
    try expect(
      open.upperTriangle(), equals: [1, 2, 0, 4, 0, 0],
      feeding: [open: NDArray([Float(1), 2, .infinity, 4, 5, 6], shape: [1, 3, 2])])
    #expect(graph.zeros([3]).upperTriangle().complaint.hasPrefix("[triangle.rank]"))
    try expectGradients([spread([2, 3, 3])]) { square($0[0].lowerTriangle(offset: 1)) }
  }

  @Test("Parts of given extents, equal parts, slices")
  func splitting() throws {
    let x = graph.counting([2, 6])
    let thirds = split(x, into: 3, axis: 1)
    #expect(thirds.map { $0.shape } == Array(repeating: TensorShape([2, 2]), count: 3))
    try expect(thirds[2], equals: [4, 5, 10, 11])
    let open = graph.placeholder(.float32, [nil, 2], name: "open")
    try expect(split(open, into: 2, axis: -1)[1], equals: [2, 4], feeding: [open: [[1, 2], [3, 4]]])
    let rows = unstack(x)
    #expect(rows.count == 2 && rows[1].shape == [6])
    #expect(stack(unstack(x, axis: 1), axis: 1).shape == [2, 6])
    try expect(unstack(open, axis: 1)[0], equals: [1, 3], feeding: [open: [[1, 2], [3, 4]]])
    #expect(unstack(graph.zeros([0, 2])).isEmpty)
    #expect(
      split(x, into: 4, axis: 1)[3].complaint
        == "[split.extent] split: axis 1 of f32[2,6] is 6 long, which 4 equal parts do not fill; give `sizes:`"
    )
    #expect(split(open, into: 2)[0].complaint.hasPrefix("[split.extent] split: axis 0 of f32[?"))
    #expect(split(x, into: 0).count == 1 && !split(x, into: 0)[0].isValid)
    #expect(unstack(open)[0].complaint.hasPrefix("[split.extent] unstack: axis 0 of f32[?"))
    #expect(unstack(x, axis: 3)[0].complaint.hasPrefix("[axis.range]"))
  }

  // torch.nn.functional.pixel_shuffle and tf.nn.depth_to_space of 0, 1, ….
  @Test("Channels into pixels and back")
  func pixels() throws {
    let x = graph.counting([1, 8, 1, 2])
    try expect(
      pixelShuffle(x, factor: 2), equals: [0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15],
      shape: [1, 2, 2, 4])
    try expect(
      depthToSpace(x, block: 2, layout: .channelsFirst),
      equals: [0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15], shape: [1, 2, 2, 4])
    let last = graph.counting([1, 2, 4])
    try expect(depthToSpace(last, block: 2), equals: [0, 1, 4, 5, 2, 3, 6, 7], shape: [2, 4, 1])
    for mode in [DepthOrder.dcr, .crd] {
      for layout in Layout.allCases {
        let image = graph.counting([2, 4, 8, 12])
        let there = spaceToDepth(image, block: 2, layout: layout, mode: mode)
        let back = depthToSpace(there, block: 2, layout: layout, mode: mode)
        #expect(try back.numbers() == image.numbers())
      }
    }
    let open = graph.placeholder(.float32, [nil, nil, nil, 4], name: "open")
    try expect(
      depthToSpace(open, block: 2), equals: [0, 1, 2, 3], shape: [1, 2, 2, 1],
      feeding: [open: NDArray([Float(0), 1, 2, 3], shape: [1, 1, 1, 4])])
    #expect(
      depthToSpace(x, block: 3).complaint
        == "[depthToSpace.channels] depthToSpace: the channels of f32[1,8,1,2], 2, are no multiple of 3²")
    #expect(spaceToDepth(x, block: 2).complaint.hasPrefix("[spaceToDepth.extent]"))
    #expect(pixelUnshuffle(graph.zeros([2, 2]), factor: 1).complaint.hasPrefix("[image.rank]"))
    #expect(pixelShuffle(x, factor: 0).complaint.hasPrefix("[image.block]"))
  }
}

extension TensorShape {
  /// A shape with one more axis.
  fileprivate init(_ shape: TensorShape, _ last: Int) {
    self.init(Shape((shape.dims?.dims ?? []) + [Dim(last)]))
  }
}
