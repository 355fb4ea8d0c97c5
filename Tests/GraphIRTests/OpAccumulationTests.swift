// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// Running totals and recurrences; the values are those of NumPy's `cumsum`, `cumprod` and `maximum.accumulate`.
@Suite struct OpAccumulationTests {
  private func cumulative(
    _ kind: String, _ axis: Int, _ x: NDArray, exclusive: Bool = false, reverse: Bool = false
  ) throws -> NDArray {
    try value(
      of: "cumulative %a {kind = \(kind), axis = \(axis), exclusive = \(exclusive), reverse = \(reverse)}", x)
  }

  @Test func everyKindAlongEitherAxis() throws {
    let x: NDArray = [[3, -1, 4, 1.5], [2, 0, -2.5, 7]]
    #expect(try cumulative("sum", 1, x) == [[3, 2, 6, 7.5], [2, 2, -0.5, 6.5]])
    #expect(try cumulative("product", 0, x) == [[3, -1, 4, 1.5], [6, -0.0, -10, 10.5]])
    #expect(try cumulative("max", 1, x) == [[3.0, 3, 4, 4], [2, 2, 2, 7]])
    #expect(try cumulative("min", 1, x, reverse: true) == [[-1, -1, 1.5, 1.5], [-2.5, -2.5, -2.5, 7]])
  }

  /// The four forms of TensorFlow's `cumsum` and `cumprod`.
  @Test func exclusiveAndReverse() throws {
    let x: NDArray = [1, 2, 3, 4]
    #expect(try cumulative("sum", 0, x, exclusive: true) == [0, 1, 3, 6])
    #expect(try cumulative("sum", 0, x, reverse: true) == [10, 9, 7, 4])
    #expect(try cumulative("sum", 0, x, exclusive: true, reverse: true) == [9, 7, 4, 0])
    #expect(try cumulative("product", 0, x, exclusive: true) == [1, 1, 2, 6])
    #expect(try cumulative("product", 0, x, reverse: true) == [24, 24, 12, 4])
    #expect(try cumulative("max", 0, x, exclusive: true) == NDArray([Int32.min, 1, 2, 3]))
    #expect(try cumulative("min", 0, x, exclusive: true, reverse: true) == NDArray([2, 3, 4, Int32.max]))
    #expect(try cumulative("max", 0, NDArray([UInt8(3), 5]), exclusive: true) == NDArray([UInt8(0), 3]))
    #expect(try cumulative("sum", 0, NDArray([UInt8(200), 100])) == NDArray([UInt8(200), 44]))
  }

  @Test func sumsRunInDoublePrecision() throws {
    let x = NDArray([Float(1e8), 1, 1, 1, -1e8])
    #expect(try cumulative("sum", 0, x).floats == [1e8, 1e8, 1e8, 1e8, 3])
    // Beyond the greatest f32 and back.
    let y = NDArray([Float(3e38), 3e38, -3e38])
    #expect(try cumulative("sum", 0, y).floats == [3e38, .infinity, 3e38])
  }

  @Test func extremaLetNaNThroughFromThereOn() throws {
    let x = NDArray([1, -0.0, 0, Double.nan, 5])
    #expect(try cumulative("max", 0, x).doubles.map(\.isNaN) == [false, false, false, true, true])
    #expect(try cumulative("min", 0, x).doubles[1...2].map(\.sign) == [.minus, .minus])
    #expect(
      try cumulative("max", 0, NDArray([-0.0, 0, -0.0])).doubles.map(\.sign) == [.minus, .plus, .plus])
    #expect(try cumulative("sum", 0, NDArray(dtype: .float32, shape: [2, 0], bits: [])).shape == [2, 0])
  }

  @Test func recurrences() throws {
    let a: NDArray = [2, 3, 0, -1.0]
    let b: NDArray = [1, 1, 5, 2.0]
    #expect(try value(of: "linearRecurrence %a, %b {axis = 0, reverse = false}", a, b) == [1, 4, 5, -3.0])
    #expect(try value(of: "linearRecurrence %a, %b {axis = 0, reverse = true}", a, b) == [33, 16, 5, 2.0])
    // The first factor counts for nothing.
    let infinite = NDArray([Float.infinity, 2])
    #expect(
      try value(of: "linearRecurrence %a, %b {axis = 0, reverse = false}", infinite, [1, 1.0]) == [1, 3.0])
  }
}
