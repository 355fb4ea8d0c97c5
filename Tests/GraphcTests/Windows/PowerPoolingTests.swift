// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// (Σ |x|^p)^(1/p) over windows.
@Suite("Pooling by powers") struct PowerPoolingTests {
  static let powers = [0.5, 1, 1.5, 2, 3, 4, .infinity]

  /// Of no elements it is 0.
  private func norm(_ elements: [Double], _ p: Double) -> Double {
    if p == .infinity { return elements.map(abs).max() ?? 0 }
    return power(elements.reduce(0) { $0 + power(abs($1), p) }, 1 / p)
  }

  /// Whole numbers and halves as exponents need no library.
  private func power(_ base: Double, _ exponent: Double) -> Double {
    switch exponent {
    case 1: base
    case 2: base * base
    case 0.5: base.squareRoot()
    case 4: base * base * base * base
    case 0.25: base.squareRoot().squareRoot()
    case 3: base * base * base
    default: .nan
    }
  }

  @Test("Windows that overlap, borders, both layouts", arguments: PoolingTests.settings)
  func values(_ setting: PoolingTests.Setting) throws {
    let graph = Graph()
    let grid = Grid([2] + setting.extents + [2])
    let x = graph.numbers(grid)
    let powers: [Double] = [1, 2, 4, .infinity]
    let expected = powers.map { p in
      Naive.pool(grid, setting.geometry, counts: setting.counts) { norm($0.map(\.value), p) }
    }
    var tensors: [Tensor] = []
    for layout in Layout.allCases {
      for p in powers {
        let y = lpPool(
          layout == .channelsLast ? x : WindowCheck.channelsFirst(x), window: setting.window,
          strides: setting.strides, p: p, padding: .explicit(setting.border), dilations: setting.dilations,
          layout: layout, roundsUp: setting.roundsUp)
        tensors.append(layout == .channelsLast ? y : WindowCheck.channelsLast(y))
      }
    }
    for (index, value) in try bothEngines(tensors).enumerated() {
      let wanted = expected[index % powers.count]
      #expect(value.shape == wanted.shape)
      #expect(isClose(value.doubles, wanted.numbers, within: 1e-14), "p = \(powers[index % powers.count])")
    }
  }

  @Test("Two by two of an image, by hand") func planes() throws {
    let graph = Graph()
    let x = graph.doubles([3, 4, 0, 0, 12, 0, 0, -8, 6], [1, 3, 3, 1])
    // √(9 + 16 + 144), √(16 + 144), √(144 + 64), √(144 + 64 + 36)
    try expect(
      lpPool(x, window: [2], strides: [1]),
      equals: [13, 160.squareRoot(), 208.squareRoot(), 244.squareRoot()],
      shape: [1, 2, 2, 1])
    try expect(
      lpPool(x, window: [2], strides: [2], padding: .explicit([(1, 0)])),
      equals: [3, 4, 0, 244.squareRoot()], shape: [1, 2, 2, 1])
    try expect(
      lpPool(x.reshaped(to: [1, 1, 3, 3]), window: [2], layout: .channelsFirst, roundsUp: true),
      equals: [13, 0, 8, 6], shape: [1, 1, 2, 2])
  }

  @Test("Integers are squared as numbers that hold their squares", arguments: [DType.int8, .uint8, .int32])
  func integers(_ dtype: DType) throws {
    let graph = Graph()
    let x = graph.doubles([100, 100, 30, 40], [1, 4, 1]).converted(to: dtype)
    try expect(lpPool(x, window: [2]), equals: [20000.squareRoot(), 50])
    try expect(lpPool(x, window: [2], p: 3), equals: [125.99210498948729, 44.97941445275414])
    let greatest = lpPool(x, window: [2], p: .infinity)
    #expect(greatest.dtype == .float32)
    try expect(greatest, equals: [100, 40])
    let least = graph.doubles([-128, 1], [1, 2, 1]).converted(to: .int8)
    try expect(lpPool(least, window: [2], p: .infinity), equals: [128])
  }

  /// For p = 2, x the elements, v the direction and w the weight of the window, the second derivative is
  /// w · (v − x · (x·v) / |x|²) / |x|.
  @Test("Where a window has zeros alone no gradient of any order flows", arguments: powers, [false, true])
  func zeros(_ p: Double, _ isRectified: Bool) throws {
    let graph = Graph()
    let x = graph.placeholder(.float64, [1, 8, 1], name: "x")
    let y = lpPool(isRectified ? relu(x) : x, window: [2], p: p)
    let weights = graph.doubles([2, 3, 5, 7], [1, 4, 1])
    let slope = graph.gradients(of: (y * weights).sum(), withRespectTo: [x])[0]
    let direction = graph.doubles([1, 1, 1, 10, 1, 1, 1, 1], [1, 8, 1])
    let bend = graph.gradients(of: (slope * direction).sum(), withRespectTo: [x])[0]
    let third = isRectified ? [-1.0, -2] : [0, 0]
    let feed = [x: NDArray([0.0, 0, 3, 4] + third + [0, 2], shape: [1, 8, 1])]
    let values = try bothEngines([slope, bend], feeding: feed).map(\.doubles)
    let known: [Double: (Double, Double)] = [
      // (|x| / y)^(p − 1) for 3 and 4.
      0.5: (2.1547005383792515, 1.8660254037844386), 1: (1, 1),
      1.5: (0.7329564758289749, 0.8463452372482761), 2: (0.6, 0.8),
      3: (0.4448513517305355, 0.7908468475209521), 4: (0.3432743381713741, 0.813687320109924),
      .infinity: (0, 1),
    ]
    let (left, right) = try #require(known[p])
    #expect(isClose(values[0], [0, 0, 3 * left, 3 * right, 0, 0, 0, 7], within: 1e-12), "\(values[0])")
    #expect(values[1].allSatisfy { $0.isFinite }, "\(values[1])")
    #expect(Array(values[1][..<2] + values[1][4..<6]) == [0, 0, 0, 0])
    if p == 2 {
      // The rectifier is flat at 0.
      let bent = isRectified ? 0 : 3.5
      #expect(isClose(values[1], [0, 0, -2.496, 1.872, 0, 0, bent, 0], within: 1e-12), "\(values[1])")
    }
  }

  @Test("A window of nothing but border is 0 and takes no gradient", arguments: powers)
  func borders(_ p: Double) throws {
    let graph = Graph()
    let x = graph.placeholder(.float64, [1, 3, 1], name: "x")
    let y = lpPool(x, window: [2], p: p, padding: .explicit([(2, 2)]))
    let slope = graph.gradients(of: y.sum(), withRespectTo: [x])[0]
    let bend = graph.gradients(of: square(slope).sum(), withRespectTo: [x])[0]
    let feed = [x: NDArray([0.0, -2, 3], shape: [1, 3, 1])]
    let values = try bothEngines([y, slope, bend], feeding: feed).map(\.doubles)
    #expect(isClose(values[0], [0, 2, 3], within: 1e-12), "\(values[0])")
    #expect(isClose(values[1], [0, -1, 1], within: 1e-12), "\(values[1])")
    #expect(values[2].allSatisfy { $0.isFinite })
  }

  @Test("Gradients of order 1 and 2", arguments: Layout.allCases) func gradients(_ layout: Layout) throws {
    let x = spread(layout == .channelsLast ? [2, 4, 5, 2] : [2, 2, 4, 5], 0.3, 2)
    try expectGradients([x]) {
      lpPool(
        $0[0], window: [3, 2], strides: [1, 2], padding: .explicit([(1, 1), (0, 1)]), layout: layout,
        roundsUp: true)
    }
    try expectGradients([x]) { -lpPool(-$0[0], window: [2, 3], strides: [2, 1], p: 4, layout: layout) }
    try expectGradients([x]) {
      lpPool(-$0[0], window: [2, 2], strides: [1], p: 1.5, padding: .same, layout: layout)
    }
  }
}
