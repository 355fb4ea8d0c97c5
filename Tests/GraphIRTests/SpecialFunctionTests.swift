// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphIR
import Testing

/// The value of a function of f64 operands, or of f32 ones.
private func value(_ function: ScalarFunction, _ operands: [Double], _ type: DType = .float64) -> Double {
  let bits = operands.map { type == .float64 ? $0.bitPattern : UInt64(Float($0).bitPattern) }
  var fault = false
  guard let program = function.program(for: operands.map { _ in type }) else { return .nan }
  let result = program.evaluate(bits, fault: &fault)[0]
  return type == .float64
    ? Double(bitPattern: result) : Double(Float(bitPattern: UInt32(truncatingIfNeeded: result)))
}

/// Functions that the C library lacks or has with other errors, against values of high precision.
@Suite struct SpecialFunctionTests {
  @Test(arguments: [DType.float32, .float64])
  func vectorsAreWithinTheBounds(_ type: DType) throws {
    for (function, operands, expected) in SpecialFunctionVectors.unary + SpecialFunctionVectors.binary {
      let bound = Double(try #require(function.ulpBound(for: type)))
      let result = value(function, operands, type)
      if type == .float32 {
        let error = error(Float(result), expected)
        #expect(error <= bound, "\(function)\(operands) is \(error) ULP off")
      } else {
        // The expected value is rounded itself.
        let error = (result - expected).magnitude / expected.ulp
        #expect(error <= bound, "\(function)\(operands) = \(result), not \(expected)")
      }
    }
  }

  /// The reflections, whose zeros leave an absolute error.
  @Test func gammaFunctionsBelowZero() {
    // By mpmath.
    let logarithms: [(Double, Double)] = [
      (-0.5, 1.2655121234846454), (-0.1, 2.3689613327287886), (-1.5, 0.8600470153764810),
      (-2.457024738220800, 7.2925506126747033e-16), (-7.25, -7.54188344347575),
      (-19.999, -35.424839037231524), (-1e-20, 46.051701859880914), (-100.5, -364.90096830942735),
    ]
    for (x, expected) in logarithms {
      let error = (value(.logGamma, [x]) - expected).magnitude
      #expect(error <= 8 * max(expected.magnitude, 1).ulp, "\(x): \(value(.logGamma, [x]))")
    }
    let derivatives: [(Double, Double)] = [
      (-0.5, 0.03648997397857652), (-0.1, 9.245073050052948), (-1.5, 0.7031566406452432),
      (-7.25, 5.189977214956288), (-19.999, -996.9762349082494), (-1e-20, 1e20), (-100.5, 4.615124601338064),
    ]
    for (x, expected) in derivatives {
      let error = (value(.digamma, [x]) - expected).magnitude
      #expect(error <= 8 * max(expected.magnitude, 1).ulp, "\(x): \(value(.digamma, [x]))")
    }
  }

  @Test(arguments: [DType.float32, .float64])
  func valuesAtTheEdges(_ type: DType) {
    let (inf, nan) = (Double.infinity, Double.nan)
    let pi = type == .float64 ? Double.pi : Double(0x1.921fb6p1 as Float)
    let cases: [(ScalarFunction, [Double], Double)] = [
      (.asin, [0], 0), (.asin, [-0.0], -0.0), (.asin, [1], pi / 2), (.asin, [-1], -pi / 2), (.acos, [1], 0),
      (.acos, [-1], pi), (.acos, [0], pi / 2), (.atan, [inf], pi / 2), (.atan, [-inf], -pi / 2),
      (.atan, [-0.0], -0.0), (.atan, [1], pi / 4), (.atan2, [0, 1], 0), (.atan2, [-0.0, 1], -0.0),
      (.atan2, [0, 0], 0), (.atan2, [0, -0.0], pi), (.atan2, [-0.0, -0.0], -pi), (.atan2, [-0.0, 0], -0.0),
      (.atan2, [1, 0], pi / 2), (.atan2, [-1, -0.0], -pi / 2), (.atan2, [0, -1], pi),
      (.atan2, [inf, inf], pi / 4),
      (.atan2, [inf, -inf], pi / 4 * 3), (.atan2, [-inf, inf], -pi / 4), (.atan2, [1, inf], 0),
      (.atan2, [1, -inf], pi), (.atan2, [inf, 1], pi / 2), (.atan2, [-inf, -3], -pi / 2),
      (.atan2, [2, 2], pi / 4),
      (.sinh, [-0.0], -0.0), (.sinh, [inf], inf), (.sinh, [-inf], -inf), (.cosh, [0], 1),
      (.cosh, [-inf], inf),
      (.asinh, [-0.0], -0.0), (.asinh, [inf], inf), (.asinh, [-inf], -inf), (.acosh, [1], 0),
      (.acosh, [inf], inf),
      (.atanh, [1], inf), (.atanh, [-1], -inf), (.atanh, [-0.0], -0.0), (.exp2, [10], 1024),
      (.exp2, [-3], 0.125),
      (.exp2, [inf], inf), (.exp2, [-inf], 0), (.exp2, [0], 1), (.exp2, [-149], 0x1p-149), (.log2, [8], 3),
      (.log2, [0x1p-149], -149), (.log2, [1], 0), (.log2, [-0.0], -inf), (.log2, [inf], inf),
      (.log10, [1000], 3),
      (.log10, [1], 0), (.log10, [1e10], 10), (.log10, [0], -inf), (.log10, [inf], inf), (.cbrt, [27], 3),
      (.cbrt, [-8], -2), (.cbrt, [0x1p-147], 0x1p-49), (.cbrt, [-0.0], -0.0), (.cbrt, [inf], inf),
      (.cbrt, [-inf], -inf), (.cbrt, [1e9], 1000), (.hypot, [3, -4], 5), (.hypot, [inf, nan], inf),
      (.hypot, [nan, -inf], inf), (.hypot, [0, -0.0], 0), (.hypot, [0x1p-149, 0], 0x1p-149),
      (.erfc, [-inf], 2), (.erfc, [inf], 0), (.erfc, [0], 1), (.erfc, [100], 0), (.erfInverse, [1], inf),
      (.erfInverse, [-1], -inf), (.erfInverse, [-0.0], -0.0), (.erfInverse, [0], 0), (.logGamma, [1], 0),
      (.logGamma, [2], 0), (.logGamma, [0], inf), (.logGamma, [-0.0], inf), (.logGamma, [-3], inf),
      (.logGamma, [inf], inf), (.logGamma, [-inf], inf), (.digamma, [0], -inf), (.digamma, [-0.0], inf),
      (.digamma, [inf], inf), (.zeta, [1, 3], inf), (.zeta, [2, 0], inf), (.zeta, [3, -2], inf),
      (.zeta, [2, inf], 0),
      (.zeta, [inf, 1], 1), (.zeta, [inf, 2], 0), (.logAddExp, [-inf, -inf], -inf),
      (.logAddExp, [inf, inf], inf),
      (.logAddExp, [-inf, 3], 3), (.logAddExp, [inf, -inf], inf), (.copySign, [3, -0.0], -3),
      (.copySign, [-inf, 1], inf), (.truncate, [-0.5], -0.0), (.truncate, [2.7], 2), (.truncate, [-2.7], -2),
    ]
    for (function, operands, exact) in cases {
      let expected = type == .float64 ? exact : Double(Float(exact))
      #expect(value(function, operands, type).bitPattern == expected.bitPattern, "\(function)\(operands)")
    }
    let undefined: [(ScalarFunction, [Double])] = [
      (.asin, [1.5]), (.asin, [-inf]), (.acos, [-1.001]), (.acos, [inf]), (.acosh, [0.5]), (.acosh, [-3]),
      (.acosh, [-inf]), (.atanh, [1.5]), (.atanh, [inf]), (.log2, [-1]), (.log2, [-inf]), (.log10, [-2]),
      (.erfInverse, [1.25]), (.erfInverse, [-inf]), (.digamma, [-1]), (.digamma, [-inf]), (.zeta, [0.5, 2]),
      (.zeta, [2, -0.5]), (.zeta, [nan, 2]), (.zeta, [2, nan]), (.atan2, [nan, 1]), (.atan2, [0, nan]),
      (.hypot, [nan, 1]), (.logAddExp, [nan, 1]), (.logAddExp, [1, nan]),
    ]
    for (function, operands) in undefined {
      #expect(value(function, operands, type).isNaN, "\(function)\(operands)")
    }
    #expect(value(.copySign, [nan, -1], type).sign == .minus)
  }

  /// The powers, roots and logarithms that have exact values have them.
  @Test func exactValuesAreExact() {
    for k in -300...300 {
      #expect(value(.exp2, [Double(k)]) == Double(sign: .plus, exponent: k, significand: 1))
      #expect(value(.log2, [Double(sign: .plus, exponent: k, significand: 1)]) == Double(k))
      if (0...22).contains(k) { #expect(value(.log10, [pow(10, Double(k))]) == Double(k)) }
      if (0...10).contains(k) { #expect(value(.log10, [pow(10, Double(k))], .float32) == Double(k)) }
      if k < 208 { #expect(value(.cbrt, [Double(k * k * k)]) == Double(k)) }
      if k.magnitude < 100 { #expect(value(.cbrt, [Double(k * k * k)], .float32) == Double(k)) }
    }
  }

  /// Far from 1 intermediate results leave the range, results do not.
  @Test func largeAndSmallOperands() {
    let (huge, tiny) = (Double.greatestFiniteMagnitude, Double.leastNonzeroMagnitude)
    #expect(value(.hypot, [huge, 0]) == huge && value(.hypot, [huge, huge]) == .infinity)
    #expect(value(.hypot, [0x3p-1070, 0x4p-1070]) == 0x5p-1070)
    #expect(value(.atan2, [huge, huge]) == .pi / 4 && value(.atan2, [tiny, tiny]) == .pi / 4)
    #expect(value(.atan2, [huge, tiny]) == .pi / 2 && value(.atan2, [tiny, huge]) == 0)
    #expect(value(.asinh, [huge]) == 710.4758600739439 && value(.acosh, [huge]) == 710.4758600739439)
    #expect(value(.asinh, [tiny]) == tiny && value(.atanh, [-tiny]) == -tiny && value(.sinh, [tiny]) == tiny)
    #expect((value(.sinh, [710.4]) / 1.6663642832806496e308 - 1).magnitude < 4e-16)
    #expect(value(.sinh, [711]) == .infinity && value(.cosh, [711]) == .infinity)
    #expect((value(.erfc, [26.5]) / 2.2109076642637343e-307 - 1).magnitude < 1e-15)
    #expect(value(.erfc, [27.2]) > 0 && value(.erfc, [27.4]) == 0)
    #expect(value(.logGamma, [2.55e305]) < .infinity && value(.logGamma, [2.6e305]) == .infinity)
    #expect((value(.erfInverse, [1 - 0x1p-53]) - 5.863584748755168).magnitude < 2e-15)
    #expect((value(.erfInverse, [1 - 0x1p-24], .float32) - 3.832506856900711).magnitude < 5e-7)
  }

  @Test(arguments: DType.allCases.filter(\.isInteger))
  func shiftsAndBits(_ type: DType) throws {
    func result(_ function: ScalarFunction, _ a: Int, _ b: Int) throws -> Int {
      let operands = [a, b].map { UInt64(bitPattern: Int64($0)) & type.bitMask }
      let program = try #require(function.program(for: [type, type]))
      var fault = false
      let bits = program.evaluate(operands, fault: &fault)[0]
      let shift = UInt64(64 - type.bitWidth)
      return type.isSigned ? Int(Int64(bitPattern: bits << shift) >> Int64(shift)) : Int(bits)
    }
    let width = type.bitWidth
    #expect(try result(.shiftLeft, 5, 2) == 20)
    #expect(try result(.shiftRight, 21, 2) == 5)
    #expect(try result(.shiftLeft, 5, width) == 0 && result(.shiftRight, 5, width) == 0)
    #expect(try result(.shiftLeft, 5, width + 3) == 0 && result(.shiftRight, 5, width + 3) == 0)
    #expect(try result(.and, 12, 10) == 8 && result(.or, 12, 10) == 14 && result(.xor, 12, 10) == 6)
    if type.isSigned {
      #expect(try result(.shiftRight, -5, 1) == -3 && result(.shiftRight, -5, width) == -1)
      #expect(try result(.shiftRight, -5, -1) == -1 && result(.shiftLeft, -5, -1) == 0)
      #expect(try result(.shiftLeft, 1, width - 1) == -1 << (width - 1))
    } else {
      #expect(try result(.shiftRight, -1, width - 1) == 1)
    }
    var fault = false
    let program = try #require(ScalarFunction.not.program(for: [type]))
    #expect(program.evaluate([5], fault: &fault)[0] == ~5 & type.bitMask)
  }
}
