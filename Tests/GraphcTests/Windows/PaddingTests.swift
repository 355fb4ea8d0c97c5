// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// Expected rows are those of `numpy.pad`.
@Suite("Borders and windows") struct PaddingTests {
  private let graph = Graph()

  @Test("What stands in a border") func modes() throws {
    let x = graph.constant([1, 2, 3])
    func row(_ mode: PaddingMode, _ low: Int, _ high: Int) -> Tensor { x.padded([(low, high)], mode: mode) }
    let cases: [(Tensor, [Double])] = [
      (row(.constant(7), 2, 1), [7, 7, 1, 2, 3, 7]), (row(.constant(0), 0, 0), [1, 2, 3]),
      (row(.reflect, 2, 2), [3, 2, 1, 2, 3, 2, 1]), (row(.reflect, 5, 0), [2, 1, 2, 3, 2, 1, 2, 3]),
      (row(.symmetric, 2, 2), [2, 1, 1, 2, 3, 3, 2]), (row(.symmetric, 0, 5), [1, 2, 3, 3, 2, 1, 1, 2]),
      (row(.edge, 2, 1), [1, 1, 1, 2, 3, 3]), (row(.circular, 2, 1), [2, 3, 1, 2, 3, 1]),
      (row(.circular, 0, 7), [1, 2, 3, 1, 2, 3, 1, 2, 3, 1]),
      // Negative widths crop; a circle is closed over what is left.
      (row(.constant(7), -1, 1), [2, 3, 7]), (row(.constant(7), -1, -2), []),
      (row(.reflect, -1, 2), [2, 3, 2, 1]), (row(.edge, -2, 3), [3, 3, 3, 3]),
      (row(.circular, -1, 2), [2, 3, 2, 3]),
      (row(.edge, 4, -3), [1, 1, 1, 1]),
    ]
    for (tensor, expected) in cases { try expect(tensor, equals: expected) }
    let single = graph.constant([5])
    for mode in [PaddingMode.reflect, .symmetric, .edge, .circular] {
      try expect(single.padded([(1, 2)], mode: mode), equals: [5, 5, 5, 5])
    }
  }

  @Test("Several axes") func planes() throws {
    let x = graph.constant([[1, 2], [3, 4]])
    try expect(
      x.padded([(1, 0), (0, 1)], mode: .reflect), equals: [3, 4, 3, 1, 2, 1, 3, 4, 3], shape: [3, 3])
    try expect(
      x.padded([(1, 1), (1, 0)], mode: .edge), equals: [1, 1, 2, 1, 1, 2, 3, 3, 4, 3, 3, 4], shape: [4, 3])
    try expect(x.padded([(0, 1), (1, 1)], mode: .circular), equals: [2, 1, 2, 1, 4, 3, 4, 3, 2, 1, 2, 1])
  }

  @Test("An axis that a run decides") func symbols() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let modes: [(PaddingMode, [Double])] = [
      (.constant(0), [0, 0, 1, 2, 3, 0]), (.reflect, [3, 2, 1, 2, 3, 2]), (.symmetric, [2, 1, 1, 2, 3, 3]),
      (.edge, [1, 1, 1, 2, 3, 3]), (.circular, [2, 3, 1, 2, 3, 1]),
    ]
    for (mode, expected) in modes {
      try expect(x.padded([(2, 1)], mode: mode), equals: expected, feeding: [x: [1, 2, 3]])
    }
    try expect(x.padded([(-1, 1)], mode: .circular), equals: [2, 3, 2], feeding: [x: [1, 2, 3]])
    try expect(x.padded([(1, -2)], mode: .edge), equals: [1, 1], feeding: [x: [1, 2, 3]])
    try expect(x.padded([(-1, -1)]), equals: [2], feeding: [x: [1, 2, 3]])
  }

  @Test("Gradients of borders") func gradients() throws {
    for mode in [PaddingMode.constant(2), .reflect, .symmetric, .edge, .circular] {
      try expectGradients([spread([3, 4])]) {
        let y = $0[0].padded([(1, 2), (-1, 3)], mode: mode)
        return y * y
      }
    }
  }

  @Test("Windows as a tensor, and back") func windowsAndBack() throws {
    let x = graph.counting([2, 6])
    try expect(
      windows(of: x, axes: [-1], sizes: [3], strides: [2]), equals: [0, 1, 2, 2, 3, 4, 6, 7, 8, 8, 9, 10],
      shape: [2, 2, 3])
    try expect(
      windows(of: x, axes: [1, 0], sizes: [2, 2], dilations: [3, 1]),
      equals: [0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11], shape: [1, 3, 2, 2])
    let pieces = graph.doubles([1, 2, 3, 10, 20, 30], [2, 3])
    try expect(overlapAdd(pieces, axes: [0], strides: [2]), equals: [1, 2, 13, 20, 30])
    try expect(overlapAdd(pieces, axes: [-1], strides: [2], extents: [6]), equals: [1, 2, 13, 20, 30, 0])
    try expect(overlapAdd(pieces, axes: [0], dilations: [2]), equals: [1, 10, 2, 20, 3, 30])
    let open = graph.placeholder(.float32, [nil, nil], name: "x")
    let whole = overlapAdd(windows(of: open, axes: [1], sizes: [2], strides: [2]), axes: [1], strides: [2])
    try expect(
      whole, equals: [1, 2, 3, 4, 6, 7, 8, 9], feeding: [open: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]])
    try expectGradients([spread([2, 7])]) {
      let y = windows(of: $0[0], axes: [1], sizes: [3], strides: [2])
      return overlapAdd(y * y, axes: [1], strides: [2])
    }
  }

  @Test("Mistakes") func mistakes() {
    let x = graph.zeros([2, 6, 5, 3])
    let filter = graph.zeros([3, 3, 3, 4])
    let cases: [(Tensor, String)] = [
      (
        convolution(x, graph.zeros([7, 3, 3, 4])),
        "[window.C3] convolution: axis 1 of f32[2,6,5,3] is 6 long, a window of 7 spans 7; pad it, or take a smaller window"
      ),
      (
        convolution(x, filter, padding: .explicit([(0, 0), (-1, 0)]), dilations: [1, 2]),
        "[window.C3] convolution: axis 2 of f32[2,6,5,3] is 5 long, 4 with its border (-1, 0), a window of 3, 2 apart, spans 5; "
          + "pad it, or take a smaller window"
      ),
      (
        convolution(x, graph.zeros([3, 3, 2, 4])),
        "[convolution.channels] convolution: axis 3 of x f32[2,6,5,3] has 3 channels, axis 2 of the filter f32[3,3,2,4] wants 2"
      ),
      (
        convolution(x, graph.zeros([3, 3, 1, 4]), groups: 3),
        "[convolution.groups] convolution: axis 3 of the filter f32[3,3,1,4], its results, does not divide into 3 groups"
      ),
      (
        convolution(x, graph.zeros([3, 3, 2, 4]), groups: 2),
        "[convolution.channels] convolution: axis 3 of x f32[2,6,5,3] has 3 channels, axis 2 of the filter f32[3,3,2,4] wants 2 "
          + "in each of 2 groups"
      ),
      (
        convolution(x, graph.zeros([3, 3, 4])),
        "[convolution.rank] convolution: x f32[2,6,5,3] and the filter f32[3,3,4] must have the same number of axes"
      ),
      (
        convolution(graph.zeros([6, 3]), filter),
        "[window.rank] convolution: takes [batch, spatial…, channels] with one to three spatial axes, got f32[6,3]; "
          + "`expandingDims(at:)` adds a batch axis"
      ),
      (
        convolution(x, filter, strides: [1, 2, 3]),
        "[window.C2] convolution: strides must have one entry, or one for each of 2 axes; got 3"
      ),
      (convolution(x, filter, strides: [0]), "[window.C2] convolution: a stride of 0 is out of range"),
      (
        convolution(x, filter, padding: .explicit([(.max, 0)])),
        "[pad.C2] convolution: a padding of (low: 9223372036854775807, high: 0) is too large"
      ),
      (
        transposedConvolution(x, filter),
        "[convolution.channels] transposedConvolution: axis 3 of x f32[2,6,5,3] has 3 channels, axis 3 of the filter f32[3,3,3,4] wants 4"
      ),
      (
        transposedConvolution(x, graph.zeros([3, 3, 2, 3]), groups: 2),
        "[convolution.groups] transposedConvolution: axis 3 of the filter f32[3,3,2,3], its channels, does not divide into 2 groups"
      ),
      (
        transposedConvolution(x, graph.zeros([3, 3, 2, 3]), outputPadding: [-1]),
        "[convolution.outputPadding] transposedConvolution: an output padding of -1 is out of range"
      ),
      (
        depthwiseConvolution(x, graph.zeros([3, 3, 2, 1])),
        "[convolution.channels] depthwiseConvolution: axis 3 of x f32[2,6,5,3] has 3 channels, axis 2 of the filter f32[3,3,2,1] wants 2"
      ),
      (
        maxPool(x, window: [2, 2, 2]),
        "[window.C2] maxPool: the window must have one entry, or one for each of 2 axes; got 3"
      ),
      (maxPool(x, window: [-1]), "[window.C2] maxPool: a size of -1 is out of range"),
      (
        averagePool(x, window: [9], strides: [1]),
        "[window.C3] averagePool: axis 1 of f32[2,6,5,3] is 6 long, a window of 9 spans 9; pad it, or take a smaller window"
      ),
      (averagePool(x, window: [2], divisor: 0), "[averagePool.divisor] averagePool: a divisor of 0"),
      (
        x.padded([(1, 1)], mode: .edge),
        "[pad.C2] padded: needs a pair of widths for each axis of f32[2,6,5,3], got 1"
      ),
      (
        graph.zeros([3]).padded([(-2, -2)], mode: .reflect),
        "[pad.crop] padded: axis 0 of f32[3] is 3 long, (low: -2, high: -2) crops more"
      ),
      (
        graph.zeros([0]).padded([(1, 0)], mode: .edge),
        "[pad.empty] padded: axis 0 of f32[0] is empty: there is nothing to repeat"
      ),
      (
        graph.zeros([3]).padded([(-2, -2)]),
        "[slice.C3] padded: axis 0 of f32[3] is 3 long; (low: 2, high: 2) elements of it are cropped"
      ),
      (
        windows(of: x, axes: [1, 1], sizes: [2, 2]),
        "[axis.repeated] windows: axis 1 of f32[2,6,5,3] is named twice in [1, 1]"
      ),
      (
        overlapAdd(x, axes: [0, 1, 2]),
        "[fold.C2] overlapAdd: f32[2,6,5,3] has not an axis of windows and one of their elements for each of the axes [0, 1, 2]"
      ),
      (
        overlapAdd(x, axes: [1], extents: [6]),
        "[fold.C4] overlapAdd: axis 1 of f32[2,6,5,3] has 6 windows, 4 fit into 6"
      ),
    ]
    for (tensor, complaint) in cases { #expect(tensor.complaint == complaint) }
    let open = graph.placeholder(.float32, [nil, nil, 3], name: "open")
    #expect(
      convolution(open, graph.zeros([3, 3, 4]), strides: [2], padding: .same).complaint.hasPrefix(
        "[window.same]"))
    #expect(maxPool(open, window: [2], strides: [3], roundsUp: true).complaint.hasPrefix("[window.roundsUp]"))
  }
}
