// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

@testable import GraphIR

/// Convolutions and pools of elements of 8 and 16 bits. Whole numbers are summed exactly and rounded or wrapped once.
@Suite("Windows over elements of 8 and 16 bits") struct NarrowWindowTests {
  static let dtypes: [DType] = [.int8, .uint8, .float16, .bfloat16]

  /// An exact result as an element of a type.
  private func rounded(_ grid: Grid, _ dtype: DType) -> Grid {
    Grid(grid.shape) { index in
      let exact = grid.numbers[index]
      return switch dtype {
      case .int8: Double(Int8(truncatingIfNeeded: Int(exact)))
      case .uint8: Double(UInt8(truncatingIfNeeded: Int(exact)))
      case .float16: Double(Float16(exact))
      default: Double(Float(BFloat16(exact)))
      }
    }
  }

  /// Numbers from −8 to 8, or from 0 to 16 for what has no sign and for what few bits are to be too few.
  private func grid(_ shape: [Int], _ dtype: DType, seed: Int = 1) -> Grid {
    let lift = dtype == .uint8 || dtype == .bfloat16 ? 8.0 : 0
    let grid = Grid(shape, seed: seed)
    return Grid(shape) { grid.numbers[$0] + lift }
  }

  @Test("Convolutions", arguments: dtypes) func convolutions(_ dtype: DType) throws {
    let check = WindowCheck()
    let x = grid([2, 5, 4, 4], dtype)
    let image = check.graph.numbers(x, dtype)
    let geometry = Naive.Geometry(
      sizes: [3, 2], strides: [1, 2], dilations: [1, 1], low: [1, 0], high: [1, 1])
    let padding = Padding.explicit([(1, 1), (0, 1)])
    for groups in [1, 2, 4] {
      let filter = grid([3, 2, 4 / groups, 4], dtype, seed: 3)
      let kernel = check.graph.numbers(filter, dtype)
      let exact = Naive.convolution(x, filter, geometry, groups: groups)
      let expected = rounded(exact, dtype)
      // Something is indeed rounded or wrapped, but where halves have bits enough.
      if groups == 1, dtype != .float16 { #expect(expected != exact) }
      let last = convolution(image, kernel, strides: [1, 2], padding: padding, groups: groups)
      #expect(last.dtype == dtype)
      check.expect(last, expected, "\(groups) groups")
      let first = convolution(
        WindowCheck.channelsFirst(image), WindowCheck.filterFirst(kernel), strides: [1, 2], padding: padding,
        groups: groups, layout: .channelsFirst)
      check.expect(WindowCheck.channelsLast(first), expected, "\(groups) groups, channels first")
    }
    try check.run()
  }

  @Test("Transposed convolutions", arguments: dtypes) func transposed(_ dtype: DType) throws {
    let check = WindowCheck()
    // One channel: products are exact, so that their sums are what is rounded.
    let (x, filter) = (grid([2, 4, 3, 1], dtype), grid([3, 2, 2, 1], dtype, seed: 3))
    let geometry = Naive.Geometry(
      sizes: [3, 2], strides: [1, 1], dilations: [1, 1], low: [1, 0], high: [0, 0])
    let exact = Naive.transposedConvolution(x, filter, geometry, groups: 1, extents: [5, 4])
    let y = transposedConvolution(
      check.graph.numbers(x, dtype), check.graph.numbers(filter, dtype),
      padding: .explicit([(1, 0), (0, 0)]))
    #expect(y.dtype == dtype)
    check.expect(y, rounded(exact, dtype), "\(dtype)")
    try check.run()
  }

  @Test("Pools", arguments: dtypes) func pools(_ dtype: DType) throws {
    let check = WindowCheck()
    // All of one sign, so that a border of zeros would show, and 40 away from 0.
    let sign = dtype == .uint8 ? 1.0 : -1
    let plain = Grid([2, 5, 4, 2])
    let x = Grid(plain.shape) { sign * (40 + plain.numbers[$0]) }
    let image = check.graph.numbers(x, dtype)
    let geometry = Naive.Geometry(
      sizes: [3, 2], strides: [2, 2], dilations: [1, 1], low: [1, 1], high: [1, 1])
    let padding = Padding.explicit([(1, 1)])
    let greatest = Naive.pool(x, geometry) { $0.map(\.value).max() ?? 0 }
    let indices = Naive.pool(x, geometry) { elements in
      let best = elements.map(\.value).max()
      let place = elements.first { $0.value == best }?.place ?? [0, 0]
      return Double(place[0] * 4 + place[1])
    }
    let both = maxPoolWithIndices(image, window: [3, 2], strides: [2], padding: padding)
    #expect(both.values.dtype == dtype && both.indices.dtype == .int32)
    check.expect(both.values, greatest, "max")
    check.expect(both.indices, indices, "its place")
    check.expect(maxPool(image, window: [3, 2], strides: [2], padding: padding), greatest, "max alone")
    // Halves round the sum and then the mean; of integers both are float32.
    let isHalf = dtype == .float16 || dtype == .bfloat16
    let means = Naive.pool(x, geometry) { elements in
      let sum = elements.reduce(0) { $0 + $1.value }
      let kept = isHalf ? rounded(Grid([1]) { _ in sum }, dtype).numbers[0] : sum
      let mean = Double(Float(kept) / Float(elements.count))
      return isHalf ? rounded(Grid([1]) { _ in mean }, dtype).numbers[0] : mean
    }
    let mean = averagePool(image, window: [3, 2], strides: [2], padding: padding)
    #expect(mean.dtype == (isHalf ? dtype : .float32))
    check.expect(mean, means, "mean")
    // The sum of the magnitudes, which 8 bits cannot hold.
    let sums = Naive.pool(x, geometry) { elements in
      let sum = elements.reduce(0) { $0 + abs($1.value) }
      return isHalf ? rounded(Grid([1]) { _ in sum }, dtype).numbers[0] : sum
    }
    check.expect(lpPool(image, window: [3, 2], strides: [2], p: 1, padding: padding), sums, "sum")
    try check.run()
  }
}
