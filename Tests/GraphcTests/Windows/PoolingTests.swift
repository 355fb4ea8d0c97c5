// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

@Suite("Pooling") struct PoolingTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var extents: [Int]
    var window: [Int]
    var strides: [Int]
    var border = [(low: 0, high: 0)]
    var dilations = [1]
    var roundsUp = false
    /// With `roundsUp`, how many windows there are.
    var counts: [Int]?

    var testDescription: String {
      "\(extents), window \(window) by \(strides), border \(border), \(roundsUp)"
    }

    var geometry: Naive.Geometry {
      let each = { (list: [Int]) in list.count == 1 ? window.map { _ in list[0] } : list }
      let pairs = border.count == 1 ? window.map { _ in border[0] } : border
      return Naive.Geometry(
        sizes: window, strides: each(strides), dilations: each(dilations), low: pairs.map(\.low),
        high: pairs.map(\.high))
    }
  }

  static let settings = [
    Setting(extents: [8], window: [2], strides: [2]),
    Setting(extents: [7], window: [3], strides: [1], border: [(1, 1)]),
    Setting(extents: [9], window: [3], strides: [2], border: [(1, 0)], dilations: [2]),
    Setting(extents: [6, 5], window: [2, 3], strides: [2, 1], border: [(0, 1), (1, 1)]),
    Setting(extents: [5, 5], window: [5, 5], strides: [1], border: [(2, 2)]),
    Setting(extents: [1, 1], window: [1, 1], strides: [3]),
    Setting(extents: [3, 4, 5], window: [2, 2, 2], strides: [1, 2, 3]),
    Setting(extents: [4, 4], window: [3, 3], strides: [2], roundsUp: true, counts: [2, 2]),
    // A window that would start in the border is left out (ONNX's `ceil_output_size_reduce_by_one`).
    Setting(extents: [2, 2], window: [1, 1], strides: [2], roundsUp: true, counts: [1, 1]),
    Setting(extents: [6], window: [3], strides: [4], border: [(1, 1)], roundsUp: true, counts: [2]),
    Setting(extents: [7], window: [2], strides: [3], border: [(1, 1)], roundsUp: true, counts: [3]),
    Setting(extents: [9], window: [2], strides: [4], dilations: [2], roundsUp: true, counts: [3]),
  ]

  @Test("The greatest, where it is, and means", arguments: settings)
  func values(_ setting: Setting) throws {
    let check = WindowCheck()
    let grid = Grid([2] + setting.extents + [3])
    let g = setting.geometry
    func strided(_ place: [Int]) -> Int { zip(place, setting.extents).reduce(0) { $0 * $1.1 + $1.0 } }
    let greatest = Naive.pool(grid, g, counts: setting.counts) { $0.map(\.value).max() ?? -.infinity }
    let indices = Naive.pool(grid, g, counts: setting.counts) { elements in
      let best = elements.map(\.value).max()
      return Double(strided(elements.first { $0.value == best }?.place ?? []))
    }
    let sums = Naive.pool(grid, g, counts: setting.counts) { $0.reduce(0) { $0 + $1.value } }
    for layout in Layout.allCases {
      let last = check.graph.numbers(grid)
      let x = layout == .channelsLast ? last : WindowCheck.channelsFirst(last)
      let back = { (y: Tensor) in layout == .channelsLast ? y : WindowCheck.channelsLast(y) }
      let padding = Padding.explicit(setting.border)
      for dtype in [DType.float64, .float32, .int32] {
        let y = maxPool(
          x.converted(to: dtype), window: setting.window, strides: setting.strides, padding: padding,
          dilations: setting.dilations, layout: layout, roundsUp: setting.roundsUp)
        #expect(y.dtype == dtype)
        check.expect(back(y), greatest, "max of \(dtype)")
      }
      let both = maxPoolWithIndices(
        x, window: setting.window, strides: setting.strides, padding: padding, dilations: setting.dilations,
        layout: layout, roundsUp: setting.roundsUp)
      check.expect(back(both.values), greatest, "max")
      check.expect(back(both.indices), indices, "its place")
      let divided = averagePool(
        x, window: setting.window, strides: setting.strides, padding: padding, dilations: setting.dilations,
        layout: layout, roundsUp: setting.roundsUp, divisor: 1)
      check.expect(back(divided), sums, "sum")
    }
    try check.run()
  }

  @Test("What a mean is divided by", arguments: settings) func counts(_ setting: Setting) throws {
    let g = setting.geometry
    let counts = Naive.pool(Grid([1] + setting.extents + [1]), g, counts: setting.counts) { Double($0.count) }
    // Elements of the border count, those beyond it do not.
    let bordered = Grid(
      [1] + zip(setting.extents, zip(g.low, g.high)).map { $0 + $1.0 + $1.1 } + [1]
    ) { _ in 1 }
    var inside = g
    inside.low = g.low.map { _ in 0 }
    inside.high = inside.low
    let all = Naive.pool(bordered, inside, counts: setting.counts) { Double($0.count) }
    let graph = Graph()
    let ones = graph.numbers(Grid([1] + setting.extents + [1]) { _ in 1 })
    let open = graph.placeholder(.float64, [1] + setting.extents.map { _ in nil } + [1], name: "x")
    func mean(_ x: Tensor, _ countsPadding: Bool) -> Tensor {
      averagePool(
        x, window: setting.window, strides: setting.strides, padding: .explicit(setting.border),
        dilations: setting.dilations, roundsUp: setting.roundsUp, countsPadding: countsPadding)
    }
    try expect(mean(ones, false), equals: counts.numbers.map { _ in 1 })
    try expect(mean(ones, true), equals: zip(counts.numbers, all.numbers).map { $0 / $1 })
    // Where only a run decides the extents, the elements are counted then.
    let opened = [mean(open, false), mean(open, true)]
    if let complaint = graph.diagnostics.first {
      #expect(complaint.code == "window.roundsUp")
      return
    }
    let feed = NDArray(
      [Double](repeating: 1, count: ones.shape.extents!.reduce(1, *)), shape: ones.shape.extents!)
    let values = try bothEngines(opened, feeding: [open: feed])
    #expect(values[0].doubles == counts.numbers.map { _ in 1 })
    #expect(isClose(values[1].doubles, zip(counts.numbers, all.numbers).map { $0 / $1 }))
  }

  @Test("Not numbers, infinities and signs of zero") func specials() throws {
    let graph = Graph()
    let x = graph.doubles([1, .nan, 3, -0.0, -.infinity, -.infinity, 7, .infinity], [1, 8, 1])
    let (values, indices) = maxPoolWithIndices(x, window: [2])
    let arrays = try bothEngines([values, indices])
    #expect(arrays[0].doubles[0].isNaN)
    #expect(Array(arrays[0].doubles[1...]) == [3, -.infinity, .infinity])
    #expect(arrays[1].ints == [1, 2, 4, 7])
    let zeros = graph.doubles([-0.0, -0.0, -0.0, 0.0], [1, 4, 1])
    let pooled = try bothEngines([maxPool(zeros, window: [2])])[0].doubles
    #expect(pooled.map(\.sign) == [.minus, .plus])
    // Integers have no infinity: their least stands in the border.
    let whole = graph.constant(NDArray([Int32.min, Int32.min + 1], shape: [1, 2, 1]))
    #expect(
      try bothEngines([maxPool(whole, window: [2], strides: [1], padding: .same)])[0].ints == [
        Int(Int32.min) + 1, Int(Int32.min) + 1,
      ])
  }

  @Test("The gradient goes to the first of the greatest") func ties() throws {
    let graph = Graph()
    let x = graph.placeholder(.float64, [1, 2, 4, 1], name: "x")
    let y = maxPool(x, window: [2, 2])
    let gradient = graph.gradients(of: (y * graph.doubles([5, 7], [1, 1, 2, 1])).sum(), withRespectTo: [x])[0]
    let feed = NDArray([1.0, 3, 2, 2, 3, 3, 2, 2], shape: [1, 2, 4, 1])
    #expect(try gradient.values(feeding: [x: feed]) == [0, 5, 7, 0, 0, 0, 0, 0])
    // A NaN is the greatest.
    let nan = NDArray([1.0, 3, 2, .nan, 3, 3, .nan, 2], shape: [1, 2, 4, 1])
    #expect(try gradient.values(feeding: [x: nan]) == [0, 5, 0, 7, 0, 0, 0, 0])
  }

  @Test("Gradients of order 1 and 2", arguments: Layout.allCases) func gradients(_ layout: Layout) throws {
    let x = spread(layout == .channelsLast ? [2, 5, 4, 2] : [2, 2, 5, 4])
    try expectGradients([x]) {
      let y = maxPool($0[0], window: [3, 2], strides: [2, 1], padding: .explicit([(1, 1)]), layout: layout)
      return y * y
    }
    try expectGradients([x]) {
      let y = averagePool($0[0], window: [3, 2], strides: [2, 1], padding: .same, layout: layout)
      return y * y
    }
    try expectGradients([spread([1, 6, 2], 0.3, 2)]) { lpPool($0[0], window: [3], strides: [1], p: 3) }
    try expectGradients([spread([1, 7, 2])]) {
      let y = adaptiveMaxPool($0[0], to: [3]) + adaptiveAveragePool($0[0], to: [3])
      return y * y
    }
  }

  @Test("Powers") func powers() throws {
    let graph = Graph()
    let x = graph.doubles([3, -4, 0, 1, -2, 2], [1, 6, 1])
    try expect(lpPool(x, window: [2]), equals: [5, 1, 8.squareRoot()])
    try expect(lpPool(x, window: [2], p: 1), equals: [7, 1, 4])
    try expect(lpPool(x, window: [2], p: .infinity), equals: [4, 1, 2])
    try expect(lpPool(x, window: [3], p: 3), equals: [4.497941445275415, 2.5712815906582356])
    #expect(lpPool(x, window: [2], p: 0).complaint.hasPrefix("[lpPool.p]"))
  }

  @Test("All at once") func global() throws {
    let graph = Graph()
    let x = graph.doubles((0..<12).map(Double.init), [1, 2, 3, 2])
    try expect(globalAveragePool(x), equals: [5, 6], shape: [1, 2])
    try expect(globalMaxPool(x, keepDims: true), equals: [10, 11], shape: [1, 1, 1, 2])
    try expect(globalMaxPool(x, layout: .channelsFirst), equals: [5, 11], shape: [1, 2])
  }

  // MARK: Adaptive

  /// PyTorch's windows: ⌊i·extent/n⌋ to ⌈(i + 1)·extent/n⌉.
  private func adaptive(_ x: Grid, _ counts: [Int], _ reduce: ([(Double, [Int])]) -> Double) -> Grid {
    var result = Grid([x.shape[0]] + counts + [x.shape[x.shape.count - 1]]) { _ in 0 }
    for point in Grid.points(result.shape) {
      let ranges = counts.indices.map { axis in
        let (i, n, extent) = (point[axis + 1], counts[axis], x.shape[axis + 1])
        return Int(
          (Double(i * extent) / Double(n)).rounded(.down))..<Int(
            (Double((i + 1) * extent) / Double(n)).rounded(.up))
      }
      let elements = Grid.points(ranges.map(\.count)).map { offset -> (Double, [Int]) in
        let place = zip(ranges, offset).map { $0.lowerBound + $1 }
        return (x[[point[0]] + place + [point[point.count - 1]]], place)
      }
      result[point] = reduce(elements)
    }
    return result
  }

  @Test(
    "Windows that cover the axes",
    arguments: [([7], [3]), ([6], [3]), ([5], [5]), ([4], [6]), ([6, 9], [4, 6]), ([3, 5, 4], [2, 1, 3])])
  func adaptives(_ extents: [Int], _ counts: [Int]) throws {
    let check = WindowCheck()
    let grid = Grid([2] + extents + [2])
    let first = WindowCheck.channelsFirst(check.graph.numbers(grid))
    let greatest = adaptive(grid, counts) { $0.map(\.0).max()! }
    let indices = adaptive(grid, counts) { elements in
      let best = elements.map(\.0).max()!
      return Double(zip(elements.first { $0.0 == best }!.1, extents).reduce(0) { $0 * $1.1 + $1.0 })
    }
    check.expect(adaptiveMaxPool(check.graph.numbers(grid), to: counts), greatest, "max")
    let both = adaptiveMaxPoolWithIndices(first, to: counts, layout: .channelsFirst)
    check.expect(WindowCheck.channelsLast(both.values), greatest, "max, channels first")
    check.expect(WindowCheck.channelsLast(both.indices), indices, "its place")
    try check.run()
    let means = adaptive(grid, counts) { $0.reduce(0) { $0 + $1.0 } / Double($0.count) }
    try expect(
      adaptiveAveragePool(check.graph.numbers(grid), to: counts), equals: means.numbers, within: 1e-12)
    try expect(
      WindowCheck.channelsLast(adaptiveAveragePool(first, to: counts, layout: .channelsFirst)),
      equals: means.numbers, shape: means.shape, within: 1e-12)
  }

  @Test("Adaptive pools that keep an axis, or leave nothing of one") func adaptiveExtremes() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, nil, 4, 1], name: "x")
    let kept = adaptiveAveragePool(x, to: [nil, 2])
    let one = adaptiveAveragePool(x, to: [1])
    let feed = NDArray((0..<12).map { Float($0) }, shape: [1, 3, 4, 1])
    try expect(kept, equals: [0.5, 2.5, 4.5, 6.5, 8.5, 10.5], shape: [1, 3, 2, 1], feeding: [x: feed])
    try expect(one, equals: [5.5], shape: [1, 1, 1, 1], feeding: [x: feed])
    #expect(adaptiveMaxPool(x, to: [2, 2]).complaint.hasPrefix("[adaptivePool.extent]"))
    #expect(adaptiveMaxPool(x, to: [0]).complaint.hasPrefix("[adaptivePool.size]"))
  }
}
