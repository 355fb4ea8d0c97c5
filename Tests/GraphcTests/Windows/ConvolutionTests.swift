// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

@testable import GraphIR

@Suite("Convolutions") struct ConvolutionTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var extents: [Int]
    var channels = 2
    var outputs = 4
    var sizes: [Int]
    var strides = [1]
    var dilations = [1]
    var borders: [(low: Int, high: Int)] = [(0, 0)]
    var groups = 1
    var batch = 2

    var testDescription: String {
      "\(extents) by \(sizes), strides \(strides), dilations \(dilations), borders \(borders), groups \(groups)"
    }

    func each(_ list: [Int]) -> [Int] { list.count == 1 ? sizes.map { _ in list[0] } : list }

    var geometry: Naive.Geometry {
      let pairs = borders.count == 1 ? sizes.map { _ in borders[0] } : borders
      return Naive.Geometry(
        sizes: sizes, strides: each(strides), dilations: each(dilations), low: pairs.map(\.low),
        high: pairs.map(\.high))
    }
  }

  static let settings = [
    Setting(extents: [9], sizes: [3]),
    Setting(extents: [10], sizes: [4], strides: [3], borders: [(2, 1)]),
    Setting(extents: [7], sizes: [3], dilations: [2], borders: [(1, 4)], groups: 2),
    Setting(extents: [1], sizes: [1], batch: 1),
    Setting(extents: [6, 5], sizes: [3, 2], borders: [(1, 1), (0, 1)]),
    Setting(extents: [7, 8], sizes: [3, 3], strides: [2], borders: [(1, 1)]),
    Setting(
      extents: [9, 7], channels: 4, outputs: 6, sizes: [2, 3], strides: [3, 2], dilations: [2, 1], groups: 2),
    Setting(extents: [5, 5], channels: 3, outputs: 3, sizes: [3, 3], borders: [(1, 1)], groups: 3),
    Setting(extents: [5, 6], channels: 3, outputs: 6, sizes: [2, 2], strides: [2], groups: 3),
    Setting(extents: [6, 6], channels: 5, outputs: 3, sizes: [1, 1]),
    Setting(extents: [6, 7], channels: 3, outputs: 2, sizes: [1, 1], strides: [2, 3]),
    Setting(extents: [6, 6], sizes: [2, 2], borders: [(-1, -2), (1, -1)]),
    Setting(extents: [4, 3, 5], sizes: [2, 2, 3], strides: [1, 1, 2], borders: [(0, 0), (1, 0), (1, 1)]),
    Setting(
      extents: [3, 4, 3], channels: 4, outputs: 4, sizes: [2, 2, 2], dilations: [1, 2, 1], groups: 4, batch: 1
    ),
    Setting(extents: [4, 4], sizes: [2, 2], batch: 0),
  ]

  @Test("Every geometry, in both layouts", arguments: settings)
  func values(_ setting: Setting) throws {
    let check = WindowCheck()
    let x = Grid([setting.batch] + setting.extents + [setting.channels])
    let filter = Grid(setting.sizes + [setting.channels / setting.groups, setting.outputs], seed: 3)
    let expected = Naive.convolution(x, filter, setting.geometry, groups: setting.groups)
    for dtype in [DType.float32, .int32] {
      let (image, kernel) = (check.graph.numbers(x, dtype), check.graph.numbers(filter, dtype))
      let last = convolution(
        image, kernel, strides: setting.strides, padding: .explicit(setting.borders),
        dilations: setting.dilations, groups: setting.groups)
      #expect(last.dtype == dtype)
      check.expect(last, expected, "channels last, \(dtype)")
      let first = convolution(
        WindowCheck.channelsFirst(image), WindowCheck.filterFirst(kernel), strides: setting.strides,
        padding: .explicit(setting.borders), dilations: setting.dilations, groups: setting.groups,
        layout: .channelsFirst)
      check.expect(WindowCheck.channelsLast(first), expected, "channels first, \(dtype)")
    }
    try check.run()
  }

  @Test("What borders a convolution") func paddings() throws {
    let check = WindowCheck()
    let x = Grid([1, 7, 1])
    let filter = Grid([4, 1, 1], seed: 2)
    func geometry(_ low: Int, _ high: Int, stride: Int, dilation: Int = 1) -> Naive.Geometry {
      Naive.Geometry(sizes: [4], strides: [stride], dilations: [dilation], low: [low], high: [high])
    }
    // ⌈7 / 2⌉ = 4 windows of 4 reach over 10.
    let cases: [(Padding, Int, Int, Naive.Geometry)] = [
      (.same, 1, 1, geometry(1, 2, stride: 1)), (.same, 2, 1, geometry(1, 2, stride: 2)),
      (.sameLower, 2, 1, geometry(2, 1, stride: 2)), (.same, 3, 1, geometry(1, 2, stride: 3)),
      (.same, 1, 2, geometry(3, 3, stride: 1, dilation: 2)), (.same, 8, 1, geometry(0, 0, stride: 8)),
      (.causal, 1, 1, geometry(3, 0, stride: 1)), (.causal, 2, 2, geometry(6, 0, stride: 2, dilation: 2)),
      (.valid, 1, 2, geometry(0, 0, stride: 1, dilation: 2)),
    ]
    for (padding, stride, dilation, geometry) in cases {
      let y = convolution(
        check.graph.numbers(x), check.graph.numbers(filter), strides: [stride], padding: padding,
        dilations: [dilation])
      let expected = Naive.convolution(x, filter, geometry, groups: 1)
      check.expect(y, expected, "\(padding) by \(stride), dilated by \(dilation)")
      if case .same = padding { #expect(y.shape[1] == (7 + stride - 1) / stride) }
    }
    try check.run()
  }

  @Test("Depthwise and separable convolutions") func depthwise() throws {
    let check = WindowCheck()
    let x = Grid([2, 5, 4, 3])
    let filter = Grid([3, 2, 3, 2], seed: 5)
    let geometry = Naive.Geometry(
      sizes: [3, 2], strides: [2, 1], dilations: [1, 1], low: [1, 0], high: [1, 1])
    // A group for each channel: [spatial…, 1, C · multiplier].
    let grouped = Grid([3, 2, 1, 6]) { filter.numbers[$0] }
    let expected = Naive.convolution(x, grouped, geometry, groups: 3)
    let (image, kernel) = (check.graph.numbers(x), check.graph.numbers(filter))
    let padding = Padding.explicit([(1, 1), (0, 1)])
    check.expect(
      depthwiseConvolution(image, kernel, strides: [2, 1], padding: padding), expected, "channels last")
    let first = depthwiseConvolution(
      WindowCheck.channelsFirst(image), WindowCheck.filterFirst(check.graph.numbers(grouped)),
      strides: [2, 1], padding: padding, layout: .channelsFirst)
    check.expect(WindowCheck.channelsLast(first), expected, "channels first")
    let mix = Grid([1, 1, 6, 2], seed: 7)
    let unit = Naive.Geometry(
      sizes: [1, 1], strides: [1, 1], dilations: [1, 1], low: [0, 0], high: [0, 0])
    check.expect(
      separableConvolution(
        image, depthwise: kernel, pointwise: check.graph.numbers(mix), strides: [2, 1], padding: padding),
      Naive.convolution(expected, mix, unit, groups: 1), "separable")
    try check.run()
  }

  @Test("An unknown batch, and sizes that a run decides") func symbols() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, nil, nil, 2], name: "x")
    let filter = graph.numbers(Grid([3, 3, 2, 5]), .float32)
    let same = convolution(x, filter, padding: .same)
    // What keeps its extents is added to what it comes from.
    let sum = same.sum(axis: -1) + x.sum(axis: -1)
    #expect(same.shape.extent(1) == x.shape.extent(1))
    #expect(graph.diagnostics.isEmpty)
    let strided = convolution(x, filter, strides: [2], padding: .explicit([(1, 1)]))
    let input = Grid([2, 5, 4, 2], seed: 4)
    let array = NDArray(input.numbers.map { Float($0) }, shape: input.shape)
    let session = try Session(graph, threads: 1)
    let values = try session.run([same, sum, strided], feeding: [x: array])
    let g = Naive.Geometry(sizes: [3, 3], strides: [1, 1], dilations: [1, 1], low: [1, 1], high: [1, 1])
    #expect(values[0].doubles == Naive.convolution(input, Grid([3, 3, 2, 5]), g, groups: 1).numbers)
    #expect(values[1].shape == [2, 5, 4])
    #expect(values[2].shape == [2, 3, 2, 5])
    // A multiple of a symbol keeps what is known of it.
    let doubled = transposedConvolution(x, graph.zeros([2, 2, 2, 2]), strides: [2], padding: .same)
    let halved = convolution(doubled, filter, strides: [2], padding: .same)
    #expect(halved.shape.extent(1) == x.shape.extent(1))
    let short = NDArray([Float](repeating: 0, count: 2), shape: [1, 1, 1, 2])
    #expect(throws: (any Error).self) {
      try session.run(convolution(x, filter), feeding: [x: short])
    }
  }

  static let gradientSettings = [
    Setting(extents: [5], sizes: [3], strides: [2], borders: [(1, 2)]),
    Setting(extents: [4, 4], sizes: [2, 3], dilations: [2, 1], borders: [(1, 0)]),
    Setting(extents: [4, 3], channels: 4, outputs: 2, sizes: [2, 2], groups: 2),
    Setting(extents: [4, 3], channels: 3, outputs: 6, sizes: [2, 2], borders: [(1, 0)], groups: 3),
    Setting(
      extents: [6, 3], channels: 4, outputs: 2, sizes: [3, 2], strides: [1, 2], dilations: [2, 1],
      borders: [(1, 0), (1, 1)], groups: 2),
    Setting(extents: [3, 2, 3], sizes: [2, 1, 2], strides: [1, 1, 2], borders: [(1, 0), (0, 0), (1, 1)]),
    Setting(
      extents: [2, 3, 2], channels: 4, outputs: 2, sizes: [1, 2, 2], dilations: [1, 2, 1], groups: 2),
  ]

  @Test("Gradients of order 1 and 2", arguments: gradientSettings, Layout.allCases)
  func gradients(_ setting: Setting, _ layout: Layout) throws {
    let channels = [setting.channels]
    let inner = [setting.channels / setting.groups]
    let x = layout == .channelsLast ? [2] + setting.extents + channels : [2] + channels + setting.extents
    let filter =
      layout == .channelsLast
      ? setting.sizes + inner + [setting.outputs] : [setting.outputs] + inner + setting.sizes
    try expectGradients([spread(x), spread(filter, -1.1, 0.9)]) {
      convolution(
        $0[0], $0[1], strides: setting.strides, padding: .explicit(setting.borders),
        dilations: setting.dilations, groups: setting.groups, layout: layout)
    }
  }

  // MARK: Transposed

  struct TransposedSetting: Sendable, CustomTestStringConvertible {
    var setting: Setting
    var extra = [0]
    var testDescription: String { setting.testDescription + ", output padding \(extra)" }
  }

  static let transposedSettings = [
    TransposedSetting(setting: Setting(extents: [4], sizes: [3])),
    TransposedSetting(
      setting: Setting(extents: [3], sizes: [4], strides: [3], borders: [(2, 1)]), extra: [2]),
    TransposedSetting(
      setting: Setting(extents: [3], sizes: [3], strides: [3], dilations: [4], borders: [(1, 1)], groups: 2),
      extra: [2]),
    TransposedSetting(
      setting: Setting(extents: [3, 4], sizes: [3, 3], strides: [2], borders: [(1, 1)]), extra: [1]),
    TransposedSetting(setting: Setting(extents: [3, 2], sizes: [2, 2], strides: [3, 4])),
    TransposedSetting(
      setting: Setting(extents: [3, 2], channels: 4, outputs: 6, sizes: [2, 3], strides: [1, 2], groups: 2)),
    TransposedSetting(setting: Setting(extents: [2, 3], channels: 3, outputs: 3, sizes: [2, 2], groups: 3)),
    TransposedSetting(setting: Setting(extents: [3, 3], sizes: [1, 1], borders: [(-1, 0)]), extra: [4, 0]),
    TransposedSetting(
      setting: Setting(
        extents: [2, 2, 3], sizes: [2, 1, 2], strides: [2, 1, 1], dilations: [2, 3, 2], batch: 1)),
    TransposedSetting(
      setting: Setting(
        extents: [2, 3, 2], channels: 4, outputs: 6, sizes: [2, 2, 3], strides: [2, 1, 2],
        dilations: [1, 2, 1], borders: [(1, 0), (0, 1), (1, 1)], groups: 2), extra: [1, 0, 1]),
    TransposedSetting(
      setting: Setting(
        extents: [2, 1, 3], channels: 3, outputs: 6, sizes: [1, 2, 2], strides: [1, 3, 1], groups: 3, batch: 1
      )),
  ]

  @Test("Transposed convolutions, in both layouts", arguments: transposedSettings)
  func transposed(_ transposed: TransposedSetting) throws {
    let setting = transposed.setting
    let check = WindowCheck()
    let g = setting.geometry
    let extra = setting.each(transposed.extra)
    let extents = setting.extents.indices.map { axis in
      (setting.extents[axis] - 1) * g.strides[axis] + (g.sizes[axis] - 1) * g.dilations[axis] + 1
        + extra[axis] - g.low[axis] - g.high[axis]
    }
    let x = Grid([setting.batch] + setting.extents + [setting.channels])
    let filter = Grid(setting.sizes + [setting.outputs / setting.groups, setting.channels], seed: 3)
    let expected = Naive.transposedConvolution(x, filter, g, groups: setting.groups, extents: extents)
    for dtype in [DType.float32, .int64] {
      let (image, kernel) = (check.graph.numbers(x, dtype), check.graph.numbers(filter, dtype))
      let last = transposedConvolution(
        image, kernel, strides: setting.strides, padding: .explicit(setting.borders),
        outputPadding: transposed.extra, dilations: setting.dilations, groups: setting.groups)
      check.expect(last, expected, "channels last, \(dtype)")
      let first = transposedConvolution(
        WindowCheck.channelsFirst(image), WindowCheck.filterFirst(kernel), strides: setting.strides,
        padding: .explicit(setting.borders), outputPadding: transposed.extra, dilations: setting.dilations,
        groups: setting.groups, layout: .channelsFirst)
      check.expect(WindowCheck.channelsLast(first), expected, "channels first, \(dtype)")
    }
    try check.run()
  }

  /// ⟨convolution(x), y⟩ = ⟨x, transposed(y)⟩, with the border that `same` has on both ways.
  @Test("The border of a transposed convolution is that of the convolution whose adjoint it is")
  func samePaddings() throws {
    for (padding, stride, size) in [
      (Padding.same, 1, 3), (.same, 2, 3), (.same, 2, 4), (.same, 3, 2), (.sameLower, 2, 3), (.causal, 2, 3),
    ] {
      let graph = Graph()
      let filter = graph.numbers(Grid([size, 2, 3], seed: 2))
      let (x, y) = (Grid([1, 6, 2]), Grid([1, 6 / stride, 3], seed: 9))
      let forward = convolution(graph.numbers(x), filter, strides: [stride], padding: padding)
      let backward = transposedConvolution(graph.numbers(y), filter, strides: [stride], padding: padding)
      if case .causal = padding {
        // One ends where the other starts: all that is shared is the extent.
        #expect(backward.shape == [1, 6, 2])
        continue
      }
      let sums = try bothEngines([
        (forward * graph.numbers(y)).sum(), (backward * graph.numbers(x)).sum(),
      ])
      #expect(sums[0] == sums[1], "\(padding) by \(stride) of \(size)")
    }
  }

  @Test("Gradients of transposed convolutions", arguments: Layout.allCases)
  func transposedGradients(_ layout: Layout) throws {
    let last = layout == .channelsLast
    try expectGradients([spread(last ? [1, 3, 2] : [1, 2, 3]), spread(last ? [3, 2, 2] : [2, 2, 3])]) {
      transposedConvolution(
        $0[0], $0[1], strides: [2], padding: .explicit([(1, 0)]), outputPadding: [1], layout: layout)
    }
    try expectGradients([
      spread(last ? [1, 2, 3, 4] : [1, 4, 2, 3]), spread(last ? [2, 2, 1, 4] : [4, 1, 2, 2]),
    ]) {
      transposedConvolution($0[0], $0[1], strides: [1, 2], groups: 2, layout: layout)
    }
    try expectGradients([
      spread(last ? [1, 3, 2, 4] : [1, 4, 3, 2]), spread(last ? [2, 2, 2, 4] : [4, 2, 2, 2]),
    ]) {
      transposedConvolution(
        $0[0], $0[1], strides: [2, 1], padding: .explicit([(1, 2), (0, 1)]), dilations: [3, 2], groups: 2,
        layout: layout)
    }
    try expectGradients([
      spread(last ? [1, 2, 2, 3, 2] : [1, 2, 2, 2, 3]), spread(last ? [2, 1, 2, 3, 2] : [2, 3, 2, 1, 2]),
    ]) {
      transposedConvolution(
        $0[0], $0[1], strides: [1, 2, 2], padding: .explicit([(0, 1), (0, 0), (1, 0)]),
        outputPadding: [0, 1, 0], layout: layout)
    }
  }

  @Test("A transposed convolution that looks back alone") func causalTransposed() throws {
    let graph = Graph()
    // 1 and 12 of 1, 12, 120, 200: what would come after the last element is cut off.
    try expect(
      transposedConvolution(
        graph.doubles([1, 2], [1, 2, 1]), graph.doubles([1, 10, 100], [3, 1, 1]), padding: .causal),
      equals: [1, 12], shape: [1, 2, 1])
    // 3, 30, and a place that no window covers.
    try expect(
      transposedConvolution(
        graph.doubles([3, 4], [1, 2, 1]), graph.doubles([1, 10], [2, 1, 1]), strides: [3], padding: .causal),
      equals: [3, 30, 0, 4, 40, 0], shape: [1, 6, 1])
    let check = WindowCheck()
    for (stride, size, dilation) in [(1, 3, 1), (2, 3, 1), (2, 4, 2), (3, 2, 1), (1, 1, 1)] {
      let (x, filter) = (Grid([2, 4, 3]), Grid([size, 2, 3], seed: 3))
      let geometry = Naive.Geometry(
        sizes: [size], strides: [stride], dilations: [dilation], low: [0], high: [0])
      let expected = Naive.transposedConvolution(x, filter, geometry, groups: 1, extents: [4 * stride])
      let (image, kernel) = (check.graph.numbers(x), check.graph.numbers(filter))
      check.expect(
        transposedConvolution(
          image, kernel, strides: [stride], padding: .causal, dilations: [dilation]), expected,
        "size \(size) by \(stride), dilated by \(dilation)")
      check.expect(
        WindowCheck.channelsLast(
          transposedConvolution(
            WindowCheck.channelsFirst(image), WindowCheck.filterFirst(kernel), strides: [stride],
            padding: .causal, dilations: [dilation], layout: .channelsFirst)), expected, "channels first")
    }
    try check.run()
  }

  @Test("A transposed convolution of unknown extents") func transposedSymbols() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, nil, 2], name: "x")
    let filter = graph.numbers(Grid([4, 3, 2]), .float32)
    let doubled = transposedConvolution(x, filter, strides: [2], padding: .same)
    #expect(doubled.shape.extent(1) == x.shape.extent(1) * Extent(2))
    let cut = transposedConvolution(x, filter, strides: [2], padding: .explicit([(1, 2)]), outputPadding: [1])
    let array = NDArray((0..<12).map { Float($0) }, shape: [2, 3, 2])
    let values = try Session(graph, threads: 1).run([doubled, cut], feeding: [x: array])
    #expect(values.map(\.shape) == [[2, 6, 3], [2, 6, 3]])
    // Both cut one off the start of the whole, whose last element is the only one that differs: none.
    #expect(values[0] == values[1])
  }
}
