// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// Reductions and dots; the integer values are NumPy's `sum`, `max`, `prod` and `einsum`.
@Suite struct OpReductionTests {
  // MARK: Reductions

  @Test func reductionsOverSomeAxes() throws {
    let x = counting([2, 3, 4])
    #expect(try value(of: "reduce %a {kind = sum, axes = [0, 1]}", x) == [60, 66, 72, 78])
    #expect(try value(of: "reduce %a {kind = max, axes = [2, 0]}", x) == [15, 19, 23])
    #expect(try value(of: "reduce %a {kind = min, axes = [1]}", x) == [[0, 1, 2, 3], [12, 13, 14, 15]])
    #expect(try value(of: "reduce %a {kind = sum, axes = [0, 1, 2]}", x) == 276)
    #expect(try value(of: "reduce %a {kind = sum, axes = []}", x) == x)
    #expect(try value(of: "reduce %a {kind = product, axes = [0]}", [[2, 3], [5, -7]]) == [10, -21])
    #expect(
      try value(of: "reduce %a {kind = sum, axes = [0]}", NDArray([UInt8(200), 100]))
        == NDArray(scalar: UInt8(44)))
    let flags: NDArray = [[true, false], [true, true]]
    #expect(try value(of: "reduce %a {kind = all, axes = [1]}", flags) == [false, true])
    #expect(try value(of: "reduce %a {kind = any, axes = [0]}", flags) == [true, true])
    #expect(try value(of: "reduce %a {kind = all, axes = [0, 1]}", flags) == false)
  }

  @Test func emptyReductionsGiveTheIdentity() throws {
    let empty = { (dtype: DType) in NDArray(dtype: dtype, shape: [2, 0], bits: []) }
    let pair = { (kind: String, dtype: DType) in
      try value(of: "reduce %a {kind = \(kind), axes = [1]}", empty(dtype))
    }
    #expect(try pair("sum", .float32) == [0.0, 0.0])
    #expect(try pair("product", .int64) == NDArray([Int64(1), 1]))
    #expect(try pair("max", .float32).floats == [-.infinity, -.infinity])
    #expect(try pair("min", .float64).doubles == [.infinity, .infinity])
    #expect(try pair("max", .int32) == NDArray([Int32.min, .min]))
    #expect(try pair("min", .int32) == NDArray([Int32.max, .max]))
    #expect(try pair("max", .uint8) == NDArray([UInt8(0), 0]))
    #expect(try pair("min", .uint32) == NDArray([UInt32.max, .max]))
    #expect(try pair("any", .bool) == [false, false])
    #expect(try pair("all", .bool) == [true, true])
    // No results at all.
    #expect(try value(of: "reduce %a {kind = sum, axes = [0]}", empty(.float32)).shape == [0])
  }

  @Test func extremaLetNaNThrough() throws {
    let x = NDArray([Float(1), .nan, 3, 5, 4, 6], shape: [2, 3])
    let high = try value(of: "reduce %a {kind = max, axes = [1]}", x).floats
    #expect(high[0].isNaN && high[1] == 6)
    let low = try value(of: "reduce %a {kind = min, axes = [0, 1]}", x).floats
    #expect(low[0].isNaN)
  }

  /// The order of the specification, written down once more from its words.
  private func orderedSum(_ elements: [Float], lanes: Int) -> Float {
    var total: Float = 0
    for start in stride(from: 0, to: elements.count, by: 128 * lanes) {
      let chunk = elements[start..<min(start + 128 * lanes, elements.count)]
      var sums = (0..<lanes).map { lane in
        stride(from: start + lane, to: chunk.endIndex, by: lanes).reduce(Float(0)) { $0 + elements[$1] }
      }
      while sums.count > 1 {
        let half = sums.count / 2
        sums = (0..<half).map { sums[$0] + sums[$0 + half] }
      }
      total += sums[0]
    }
    return total
  }

  @Test(arguments: [1, 31, 32, 33, 4095, 4096, 4097, 9000])
  func sumsHaveTheOrderOfTheSpecification(count: Int) throws {
    // Values whose sum depends on the order.
    let elements = (0..<count).map { index in
      Float(Threefry.block(key: 3, counter: UInt64(index)) >> 40) * 0x1p-20 - 7.3
    }
    let along = try value(of: "reduce %a {kind = sum, axes = [0]}", NDArray(elements))
    #expect(along.floats == [orderedSum(elements, lanes: 32)])
    let across = try value(of: "reduce %a {kind = sum, axes = [0]}", NDArray(elements, shape: [count, 1]))
    #expect(across.floats == [orderedSum(elements, lanes: 1)])
  }

  @Test func aSumStartsFromZero() throws {
    #expect(try value(of: "reduce %a {kind = sum, axes = [0]}", [-0.0, -0.0]).floats[0].sign == .plus)
  }

  // MARK: The place of an extreme

  @Test func argumentsOfExtremes() throws {
    let x: NDArray = [[3, 9, 1], [5, 5, 4]]
    #expect(try value(of: "argMax %a {axis = 1}", x) == [1, 0])
    #expect(try value(of: "argMin %a {axis = 1}", x) == [2, 2])
    #expect(try value(of: "argMax %a {axis = 0}", x) == [1, 0, 1])
    #expect(try value(of: "argMin %a {axis = 0}", [7, 7, 7]) == 0)
    #expect(try value(of: "argMax %a {axis = 1}", counting([0, 3])).shape == [0])
    #expect(try value(of: "argMax %a {axis = 0}", NDArray([UInt8(1), 255])) == 1)
  }

  @Test func theFirstNaNIsTheExtreme() throws {
    let x = NDArray([Float(1), .nan, 9, .nan])
    #expect(try value(of: "argMax %a {axis = 0}", x) == 1)
    #expect(try value(of: "argMin %a {axis = 0}", x) == 1)
    #expect(try value(of: "argMax %a {axis = 0}", NDArray([-Float.infinity, -.infinity])) == 0)
    // Zeros of both signs are equal, so the first one is taken.
    #expect(try value(of: "argMax %a {axis = 0}", [-0.0, 0.0]) == 0)
    #expect(try value(of: "argMin %a {axis = 0}", [0.0, -0.0]) == 0)
  }

  // MARK: Dots

  @Test func matrixProducts() throws {
    let plain = "dot %a, %b {contract = [1] x [0], batch = [] x []}"
    #expect(try value(of: plain, [[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [[19, 22], [43, 50]])
    #expect(try value(of: plain, [[1.5, 2.0]], [[2.0], [4.0]]) == [[11.0]])
    #expect(try value(of: "dot %a, %b {contract = [0] x [0], batch = [] x []}", [1, 2, 3], [4, 5, 6]) == 32)
    #expect(
      try value(
        of: "dot %a, %b {contract = [] x [], batch = [] x []}", counting([3], from: -1),
        counting([4], from: 2)) == [
          [-2, -3, -4, -5], [0, 0, 0, 0], [2, 3, 4, 5],
        ])
    // A sum of no products, and products without elements.
    #expect(try value(of: plain, counting([2, 0]), counting([0, 3])) == [[0, 0, 0], [0, 0, 0]])
    #expect(try value(of: plain, counting([0, 2]), counting([2, 3])).shape == [0, 3])
    #expect(
      try value(of: plain, NDArray([UInt8(20)], shape: [1, 1]), NDArray([UInt8(20)], shape: [1, 1]))
        == NDArray([UInt8(144)], shape: [1, 1]))
    #expect(
      try value(of: plain, NDArray([Int64.max], shape: [1, 1]), NDArray([Int64(2)], shape: [1, 1]))
        == NDArray([Int64(-2)], shape: [1, 1]))
  }

  @Test func batchedProducts() throws {
    #expect(
      try value(
        of: "dot %a, %b {contract = [2] x [1], batch = [0] x [0]}", counting([2, 2, 3], from: -4),
        counting([2, 3, 2], from: -5)) == [[[31, 22], [4, 4]], [[31, 40], [58, 76]]])
    // The batch axis is the last one of the right side.
    #expect(
      try value(
        of: "dot %a, %b {contract = [1] x [0], batch = [0] x [2]}", counting([3, 2, 2], from: -5),
        counting([2, 3, 3], from: -8)) == [
          [[37, 13, -11], [30, 12, -6]], [[9, 9, 9], [4, 10, 16]], [[-3, 21, 45], [-6, 24, 54]],
        ])
  }

  @Test func severalContractedAxes() throws {
    #expect(
      try value(
        of: "dot %a, %b {contract = [0, 2] x [2, 0], batch = [] x []}", counting([2, 2, 3], from: -4),
        counting([3, 4, 2], from: -11)) == [[41, 41, 41, 41], [-4, 32, 68, 104]])
  }

  @Test func aDotIsRoundedOnce() throws {
    // 1 + 2⁻²⁴ + 2⁻²⁴ is lost by sums in f32, from left to right.
    let x = NDArray([Float(1), 0x1p-24, 0x1p-24])
    let ones = NDArray([Float(1), 1, 1])
    #expect(
      try value(of: "dot %a, %b {contract = [0] x [0], batch = [] x []}", x, ones).floats == [1 + 0x1p-23])
  }
}
