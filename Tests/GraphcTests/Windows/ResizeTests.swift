// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// The numbers of ONNX's documented examples of `Resize`, and of formulas by hand.
@Suite("Resizing") struct ResizeTests {
  private let graph = Graph()
  /// `1, 2, …` in a plane.
  private func plane(_ rows: Int, _ columns: Int) -> Tensor {
    graph.doubles((1...rows * columns).map(Double.init), [rows, columns])
  }

  private func expect4(_ tensor: Tensor, _ expected: [Double], _ shape: [Int]) throws {
    try expect(tensor, equals: expected, shape: shape, within: 2e-6)
  }

  @Test("Cubic") func cubic() throws {
    let x = plane(4, 4)
    try expect4(
      resize(x, axes: [0, 1], scales: [0.8], mode: .cubic),
      [
        1.47119141, 2.78125, 4.08251953, 6.71142578, 8.02148438, 9.32275391, 11.91650391, 13.2265625,
        14.52783203,
      ], [3, 3])
    try expect4(
      resize(x, axes: [0, 1], to: [3], mode: .cubic),
      [
        1.63078704, 3.00462963, 4.37847222, 7.12615741, 8.5, 9.87384259, 12.62152778, 13.99537037,
        15.36921296,
      ],
      [3, 3])
    try expect4(
      resize(x, axes: [0, 1], scales: [0.6], mode: .cubic, antialias: true),
      [2.5180721, 4.2858863, 9.589329, 11.357142], [2, 2])
    let corners = resize(x, axes: [0, 1], scales: [2], mode: .cubic, coordinates: .alignCorners)
    try expect4(
      corners[0], [1, 1.34110787, 1.80029155, 2.32944606, 2.67055394, 3.19970845, 3.65889213, 4], [8])
    try expect4(
      resize(x, axes: [0, 1], scales: [2], mode: .cubic, coordinates: .asymmetric)[0],
      [1, 1.40625, 2, 2.5, 3, 3.59375, 4, 4.09375], [8])
    // ONNX's `A = −0.5` with weights beyond the ends left out.
    let catmull = resize(
      x, axes: [0, 1], scales: [2], mode: .cubic(coefficient: -0.5), excludesOutside: true)
    try expect4(
      catmull[0],
      [0.55882353, 0.81494204, 1.35698249, 1.89705882, 2.39705882, 2.93713516, 3.47917561, 3.73529412], [8])
  }

  @Test("Linear") func linear() throws {
    try expect4(resize(plane(2, 4), axes: [0, 1], scales: [0.6]), [2.66666667, 4.33333333], [1, 2])
    try expect4(
      resize(plane(4, 4), axes: [0, 1], scales: [0.6], antialias: true), [2.875, 4.5, 9.375, 11], [2, 2])
    try expect4(
      resize(plane(4, 4), axes: [0, 1], to: [3, 3], antialias: true),
      [
        2.36363636, 3.59090909, 4.81818182, 7.27272727, 8.5, 9.72727273, 12.18181818, 13.40909091,
        14.63636364,
      ],
      [3, 3])
    try expect4(
      resize(plane(2, 2), axes: [0, 1], scales: [2], coordinates: .alignCorners),
      [
        1, 1.33333333, 1.66666667, 2, 1.66666667, 2, 2.33333333, 2.66666667, 2.33333333, 2.66666667, 3,
        3.33333333, 3, 3.33333333, 3.66666667, 4,
      ], [4, 4])
    try expect4(
      resize(plane(1, 4), axes: [1], scales: [0.6], coordinates: .halfPixelSymmetric),
      [1.6666667, 3.3333333],
      [1, 2])
    let symmetric = resize(plane(2, 2), axes: [0, 1], scales: [2.3, 2.94], coordinates: .halfPixelSymmetric)
    try expect4(symmetric[0], [1, 1.15986395, 1.5, 1.84013605, 2], [5])
    #expect(symmetric.shape == [4, 5])
    // One element stands for the first, or for the middle.
    try expect4(resize(plane(1, 4), axes: [1], to: [1], coordinates: .halfPixelOrFirst), [1], [1, 1])
    try expect4(resize(plane(1, 4), axes: [1], to: [1]), [2.5], [1, 1])
    try expect4(resize(plane(1, 4), axes: [1], to: [1], coordinates: .alignCorners), [1], [1, 1])
    try expect4(resize(plane(1, 1), axes: [1], to: [3]), [1, 1, 1], [1, 3])
    try expect4(resize(plane(1, 4), axes: [1], to: [4]), [1, 2, 3, 4], [1, 4])
  }

  @Test("A part of the whole") func crop() throws {
    let region = [(start: 0.4, end: 0.6), (0.6, 0.8)]
    try expect4(
      resize(plane(4, 4), axes: [0, 1], to: [3], coordinates: .crop(region, outside: 10)),
      [7.6, 7.9, 8.2, 8.8, 9.1, 9.4, 10, 10.3, 10.6], [3, 3])
    // ONNX's `tf_crop_and_resize_extrapolation_value`.
    try expect4(
      resize(plane(4, 4), axes: [0, 1], to: [3], coordinates: .crop([(0.4, 1.2), (0.6, 1.7)], outside: 10)),
      [7.6, 10, 10, 12.4, 10, 10, 10, 10, 10], [3, 3])
    try expect4(
      resize(plane(1, 5), axes: [1], to: [1], coordinates: .crop([(0, 1)], outside: 0)), [3], [1, 1])
  }

  @Test("The nearest") func nearest() throws {
    func row(_ count: Int, _ tensor: Tensor) throws -> [Double] { Array(try tensor.values().prefix(count)) }
    try expect4(
      resize(plane(2, 2), axes: [0, 1], scales: [2, 3], mode: .nearest),
      [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4], [4, 6])
    try expect4(resize(plane(2, 4), axes: [0, 1], to: [1, 3], mode: .nearest), [1, 2, 4], [1, 3])
    try expect4(resize(plane(2, 4), axes: [0, 1], scales: [0.6], mode: .nearest), [1, 3], [1, 2])
    let up = resize(plane(4, 4), axes: [0, 1], to: [8], mode: .nearest(.up))
    #expect(try row(8, up) == [1, 2, 2, 3, 3, 4, 4, 4])
    let down = resize(plane(4, 4), axes: [0, 1], to: [8], mode: .nearest(.down), coordinates: .alignCorners)
    #expect(try row(8, down) == [1, 1, 1, 2, 2, 3, 3, 4])
    // ONNX's `round_prefer_ceil` and `asymmetric`.
    let ceil = resize(plane(4, 4), axes: [0, 1], to: [8], mode: .nearest(.halfUp), coordinates: .asymmetric)
    #expect(try row(8, ceil) == [1, 2, 2, 3, 3, 4, 4, 4])
    #expect(
      try row(7, resize(plane(2, 2), axes: [0, 1], to: [8, 7], mode: .nearest)) == [1, 1, 1, 1, 2, 2, 2])
    // PyTorch's `nearest`: a third of six is two, whatever a quotient rounds to.
    try expect4(
      resize(plane(1, 6), axes: [1], to: [4], mode: .nearest(.down), coordinates: .asymmetric), [1, 2, 4, 5],
      [1, 4])
    // Text is not resized, anything else is.
    let bits = graph.constant([true, false])
    #expect(try resize(bits, axes: [0], scales: [2], mode: .nearest).values() == [1, 1, 0, 0])
    #expect(resize(bits, axes: [0], scales: [2], mode: .nearest).dtype == .bool)
  }

  @Test("Sizes that keep the aspect ratio") func aspectRatios() throws {
    func shape(_ rows: Int, _ columns: Int, _ sizes: [Int], _ ratio: AspectRatio) -> [Int?] {
      Array(resize(plane(rows, columns), axes: [0, 1], to: sizes, mode: .nearest, aspectRatio: ratio).shape)
    }
    #expect(shape(2, 2, [7, 8], .notLarger) == [7, 7])
    #expect(shape(2, 2, [7, 8], .notSmaller) == [8, 8])
    #expect(shape(2, 4, [1, 3], .notLarger) == [1, 2])
    #expect(shape(2, 4, [1, 3], .notSmaller) == [2, 3])
    #expect(shape(2, 4, [5, 3], .stretched) == [5, 3])
  }

  @Test("Means of what is covered") func area() throws {
    try expect4(resize(plane(1, 5), axes: [1], to: [2], mode: .area), [2, 4], [1, 2])
    try expect4(
      resize(plane(4, 4), axes: [0, 1], scales: [0.5], mode: .area), [3.5, 5.5, 11.5, 13.5], [2, 2])
  }

  /// Weights that recur are those of the dense matrix.
  @Test("Long axes") func periods() throws {
    let x = graph.doubles((0..<48).map { Double($0 * 7 % 13) }, [2, 24])
    for (count, mode, antialias) in [
      (48, ResizeMode.linear, false), (48, .cubic, false), (36, .cubic, false), (16, .linear, true),
      (72, .linear, false),
    ] {
      let whole = resize(x, axes: [1], to: [count], mode: mode, antialias: antialias)
      // A scale that is off by nothing that shows has no period.
      let scale = Double(count) / 24 * (1 + 0x1p-40)
      let dense = resize(x, axes: [1], to: [count], scales: [scale], mode: mode, antialias: antialias)
      try expect(whole - dense, equals: [Double](repeating: 0, count: 2 * count), within: 1e-9)
      #expect(whole.shape == [2, count])
    }
  }

  @Test("Gradients") func gradients() throws {
    try expectGradients([spread([2, 3, 4])], orders: 1) {
      resize($0[0], axes: [2, 1], to: [7, 2], mode: .cubic)
    }
    try expectGradients([spread([2, 3, 5])]) {
      let y = resize($0[0], axes: [1, 2], to: [5, 3], mode: .nearest)
      return y * y
    }
    try expectGradients([spread([1, 12])]) {
      let y = resize($0[0], axes: [1], scales: [2])
      return y * y
    }
  }

  @Test("Unknown extents and mistakes") func mistakes() throws {
    let x = graph.placeholder(.float32, [nil, nil], name: "x")
    let twice = resize(x, axes: [1], scales: [2], mode: .nearest)
    #expect(twice.shape.extent(1) == x.shape.extent(1) * Extent(2))
    try expect(twice, equals: [1, 1, 2, 2], feeding: [x: [[1, 2]]])
    let batch = graph.placeholder(.float32, [nil, 2], name: "batch")
    try expect(resize(batch, axes: [1], to: [3]), equals: [1, 1.5, 2], feeding: [batch: [[1, 2]]])
    let y = plane(2, 3)
    let cases: [(Tensor, String)] = [
      (
        resize(x, axes: [1], to: [4]),
        "[resize.extent] resize: axis 1 of f32[?0,?1] must be known when the graph is built"
      ),
      (resize(y, axes: [1]), "[resize.sizes] resize: takes sizes or scales for the axes [1], got neither"),
      (resize(y, axes: [1], to: [0]), "[resize.sizes] resize: a size of 0 is out of range"),
      (resize(y, axes: [1], scales: [0]), "[resize.scales] resize: a scale of 0.0 is out of range"),
      (
        resize(y, axes: [1], scales: [0.1]), "[resize.scales] resize: a scale of 0.1 leaves nothing of axis 1"
      ),
      (
        resize(y, axes: [0, 1], to: [1, 2, 3]),
        "[window.C2] resize: the sizes must have one entry, or one for each of 2 axes"
      ),
      (resize(y, axes: [2], to: [1]), "[axis.range]"), (resize(y, axes: [1, 1], to: [1]), "[axis.repeated]"),
      (
        resize(graph.zeros([0, 2]), axes: [0], to: [1]), "[resize.empty] resize: axis 0 of f32[0,2] is empty"
      ),
    ]
    for (tensor, complaint) in cases { #expect(tensor.complaint.hasPrefix(complaint), "\(tensor.complaint)") }
  }
}
