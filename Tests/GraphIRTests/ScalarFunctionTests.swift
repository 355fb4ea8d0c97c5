// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

private let types = DType.allCases.filter { $0 != .string }

/// The value of an f64 function.
private func value(_ function: ScalarFunction, _ operands: Double...) -> Double {
  var fault = false
  let program = function.program(for: operands.map { _ in .float64 })
  let result = program?.evaluate(operands.map(\.bitPattern), fault: &fault)
  #expect(!fault)
  return result.map { Double(bitPattern: $0[0]) } ?? .nan
}

/// The value of an f32 function.
private func single(_ function: ScalarFunction, _ operands: Float...) -> Float {
  var fault = false
  let program = function.program(for: operands.map { _ in .float32 })
  let result = program?.evaluate(operands.map { UInt64($0.bitPattern) }, fault: &fault)
  #expect(!fault)
  return result.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0[0])) } ?? .nan
}

/// The value of an integer function.
private func integer(_ function: ScalarFunction, _ type: DType, _ operands: Int...) -> Int {
  var fault = false
  let program = function.program(for: operands.map { _ in type })
  let result = program?.evaluate(operands.map { UInt64(bitPattern: Int64($0)) & type.bitMask }, fault: &fault)
  guard let bits = result?.first else { return .min }
  switch type {
  case .int8: return Int(Int8(truncatingIfNeeded: bits))
  case .int32: return Int(Int32(truncatingIfNeeded: bits))
  case .int64: return Int(Int64(bitPattern: bits))
  default: return Int(bits)
  }
}

@Suite struct ScalarFunctionTests {
  /// Each function, for all operand types in turn: it has a sound program exactly if its rule allows them.
  @Test(arguments: ScalarFunction.allCases)
  func programsFollowTheTypeRule(_ function: ScalarFunction) throws {
    var allowed = 0
    for first in DType.allCases {
      for second in function.arity > 1 ? DType.allCases : [first] {
        let operands = [first, second, second, second].prefix(function.arity).map { $0 }
        let result = function.typeRule.resultType(of: operands)
        let program = function.program(for: operands)
        #expect((program != nil) == (result != nil))
        guard let program, let result else { continue }
        allowed += 1
        #expect(program.flaw == nil)
        #expect(program.inputs == operands)
        #expect(program.resultTypes == [result])
        #expect(function.typeRule.allows(operands[operands.count - 1]))
      }
    }
    #expect(allowed > 0)
    #expect(function.program(for: []) == nil)
    #expect(function.program(for: Array(repeating: .float32, count: function.arity + 1)) == nil)
    #expect(ScalarFunction(rawValue: function.name) == function)
    #expect(function.summary.hasSuffix("."))
  }

  @Test func resultTypes() {
    #expect(ScalarFunction.add.typeRule.resultType(of: [.int32, .int32]) == .int32)
    #expect(ScalarFunction.add.typeRule.resultType(of: [.int32, .float32]) == nil)
    #expect(ScalarFunction.add.typeRule.resultType(of: [.bool, .bool]) == nil)
    #expect(ScalarFunction.exp.typeRule.resultType(of: [.int32]) == nil)
    #expect(ScalarFunction.equal.typeRule.resultType(of: [.bool, .bool]) == .bool)
    #expect(ScalarFunction.less.typeRule.resultType(of: [.bool, .bool]) == nil)
    #expect(ScalarFunction.less.typeRule.resultType(of: [.uint8, .uint8]) == .bool)
    #expect(ScalarFunction.select.typeRule.resultType(of: [.bool, .int64, .int64]) == .int64)
    #expect(ScalarFunction.select.typeRule.resultType(of: [.int32, .int64, .int64]) == nil)
    #expect(ScalarFunction.and.typeRule.resultType(of: [.int32, .int32]) == .int32)
    #expect(ScalarFunction.and.typeRule.resultType(of: [.float32, .float32]) == nil)
    #expect(ScalarFunction.shiftLeft.typeRule.resultType(of: [.bool, .bool]) == nil)
  }

  @Test func costsAreOrdered() {
    #expect(ScalarFunction.negate.cost < ScalarFunction.add.cost)
    #expect(ScalarFunction.add.cost < ScalarFunction.sqrt.cost)
    #expect(ScalarFunction.divide.cost < ScalarFunction.exp.cost)
  }

  @Test func bounds() {
    for function in ScalarFunction.allCases {
      for type in types {
        let isFloat = function.typeRule.allows(type) && type.isFloatingPoint && !type.isHalf
        let givesFloat = function.typeRule != .ordering && function.typeRule != .equality
        #expect((function.ulpBound(for: type) != nil) == (isFloat && givesFloat))
        #expect((function.ulpBound(for: type) ?? 0) <= 4)
      }
    }
  }

  @Test func comparisonsAndLogic() {
    for (function, expected) in [
      (ScalarFunction.equal, [0, 1, 0]), (.notEqual, [1, 0, 1]), (.less, [1, 0, 0]),
      (.lessOrEqual, [1, 1, 0]),
      (.greater, [0, 0, 1]), (.greaterOrEqual, [0, 1, 1]),
    ] {
      #expect([-1, 2, 3].map { integer(function, .int32, $0, 2) } == expected)
      let program = function.program(for: [.float32, .float32])
      var fault = false
      let nan = UInt64(Float.nan.bitPattern)
      #expect(program?.evaluate([nan, 0], fault: &fault) == [function == .notEqual ? 1 : 0])
    }
    #expect([0, 1, 2, 3].map { integer(.and, .bool, $0 & 1, $0 >> 1) } == [0, 0, 0, 1])
    #expect([0, 1, 2, 3].map { integer(.or, .bool, $0 & 1, $0 >> 1) } == [0, 1, 1, 1])
    #expect([0, 1, 2, 3].map { integer(.xor, .bool, $0 & 1, $0 >> 1) } == [0, 1, 1, 0])
    #expect([0, 1].map { integer(.not, .bool, $0) } == [1, 0])
  }

  @Test func signAndClamp() {
    #expect(value(.sign, -3.5) == -1)
    #expect(value(.sign, 0x1p-1074) == 1)
    #expect(value(.sign, -0.0).bitPattern == (-0.0).bitPattern)
    #expect(value(.sign, .nan).isNaN)
    #expect(value(.sign, -.infinity) == -1)
    #expect([-9, 0, 9].map { integer(.sign, .int64, $0) } == [-1, 0, 1])
    #expect([0, 255].map { integer(.sign, .uint8, $0) } == [0, 1])
    #expect(value(.clamp, 5, 0, 1) == 1)
    #expect(value(.clamp, -5, 0, 1) == 0)
    #expect(value(.clamp, 0.5, 0, 1) == 0.5)
    #expect(value(.clamp, .nan, 0, 1).isNaN)
    // With the bounds crossed the upper one wins.
    #expect(value(.clamp, 0, 3, 2) == 2)
    #expect(integer(.clamp, .int32, -7, -3, 3) == -3)
    #expect(value(.round, 2.5) == 2)
    #expect(value(.round, -0.5).bitPattern == (-0.0).bitPattern)
    #expect(value(.rsqrt, 4) == 0.5)
    #expect(value(.rsqrt, -0.0) == -.infinity)
    #expect(value(.rsqrt, .infinity) == 0)
  }

  @Test func integerPower() {
    #expect(integer(.power, .int32, 3, 4) == 81)
    #expect(integer(.power, .int32, -2, 31) == Int(Int32.min))
    #expect(integer(.power, .int32, 3, 21) == Int(Int32(truncatingIfNeeded: 10_460_353_203)))
    #expect(integer(.power, .int64, 7, 22) == 3_909_821_048_582_988_049)
    #expect(integer(.power, .int64, 3, 41) == -420_491_770_248_316_829)
    #expect(integer(.power, .uint8, 3, 255) == 171)
    #expect(integer(.power, .uint32, 5, 13) == 1_220_703_125)
    for type in [DType.uint8, .int8, .int32, .int64, .uint32] {
      #expect(integer(.power, type, 0, 0) == 1)
      #expect(integer(.power, type, 9, 0) == 1)
      #expect(integer(.power, type, 0, 5) == 0)
      #expect(integer(.power, type, 1, 77) == 1)
      #expect(integer(.power, type, 2, 200) == 0)
    }
    for type in [DType.int32, .int64] {
      #expect(integer(.power, type, 2, -1) == 0)
      #expect(integer(.power, type, 0, -1) == 0)
      #expect(integer(.power, type, 1, -3) == 1)
      #expect(integer(.power, type, -1, -3) == -1)
      #expect(integer(.power, type, -1, -4) == 1)
      #expect(integer(.power, type, -1, Int(Int32.max)) == -1)
    }
    #expect(integer(.power, .int64, -1, Int(Int64.min)) == 1)
  }

  @Test func floatPowerHasTheSpecialCasesOfIEEE() {
    let inf = Double.infinity
    let cases: [(Double, Double, Double)] = [
      (.nan, 0, 1), (inf, 0, 1), (0, 0, 1), (0, -0.0, 1), (1, .nan, 1), (1, -inf, 1), (-1, inf, 1),
      (-1, -inf, 1), (0, -3, inf), (-0.0, -3, -inf), (-0.0, -2, inf), (0, -2.5, inf), (-0.0, -inf, inf),
      (0, 3, 0), (-0.0, 3, -0.0), (-0.0, 2, 0), (-0.0, 0.5, 0), (0.5, inf, 0), (-0.5, inf, 0), (2, inf, inf),
      (-2, inf, inf), (0.5, -inf, inf), (2, -inf, 0), (-2, -inf, 0), (inf, 2, inf), (inf, -2, 0),
      (-inf, 3, -inf), (-inf, 2, inf), (-inf, -3, -0.0), (-inf, 2.5, inf), (-inf, -2.5, 0), (-2, 3, -8),
      (-2, -2, 0.25), (2, 10, 1024), (9, 0.5, 3), (inf, inf, inf), (0, inf, 0), (2, 0x1p53, inf),
      (-2, -0x1p53, 0),
    ]
    for (x, y, expected) in cases {
      #expect(value(.power, x, y).bitPattern == expected.bitPattern, "\(x)^\(y)")
      #expect(single(.power, Float(x), Float(y)).bitPattern == Float(expected).bitPattern, "\(x)^\(y)")
    }
    for (x, y) in [(-2, 0.5), (.nan, 1), (2, .nan), (-1, .nan), (-0x1p-1074, 1.5), (.nan, inf)] {
      #expect(value(.power, x, y).isNaN, "\(x)^\(y)")
    }
    for (x, y) in [(-2, 0.5), (.nan, 1), (2, .nan), (-1, .nan), (-0x1p-149, 1.5)] as [(Float, Float)] {
      #expect(single(.power, x, y).isNaN, "\(x)^\(y)")
    }
  }

  @Test func exactValues() {
    let inf = Double.infinity
    let cases: [(ScalarFunction, Double, Double)] = [
      (.exp, 0, 1), (.exp, -0.0, 1), (.exp, inf, inf), (.exp, -inf, 0), (.exp, 1000, inf), (.exp, -1000, 0),
      (.expm1, 0, 0), (.expm1, -0.0, -0.0), (.expm1, inf, inf), (.expm1, -inf, -1), (.expm1, 1000, inf),
      (.log, 1, 0), (.log, 0, -inf), (.log, -0.0, -inf), (.log, inf, inf),
      (.log1p, 0, 0), (.log1p, -0.0, -0.0), (.log1p, -1, -inf), (.log1p, inf, inf),
      (.sin, 0, 0), (.sin, -0.0, -0.0), (.cos, 0, 1), (.cos, -0.0, 1), (.tan, 0, 0), (.tan, -0.0, -0.0),
      (.tanh, 0, 0), (.tanh, -0.0, -0.0), (.tanh, inf, 1), (.tanh, -inf, -1), (.tanh, 30, 1),
      (.sigmoid, 0, 0.5), (.sigmoid, inf, 1), (.sigmoid, -inf, 0), (.sigmoid, 50, 1),
      (.erf, 0, 0), (.erf, -0.0, -0.0), (.erf, inf, 1), (.erf, -inf, -1), (.erf, 7, 1),
    ]
    for (function, x, expected) in cases {
      #expect(value(function, x).bitPattern == expected.bitPattern, "\(function)(\(x))")
      #expect(single(function, Float(x)).bitPattern == Float(expected).bitPattern, "\(function)(\(x))")
    }
    let undefined: [(ScalarFunction, Double)] = [
      (.log, -1), (.log, -inf), (.log1p, -2), (.log1p, -inf), (.sin, inf), (.sin, -inf), (.cos, inf),
      (.cos, -inf), (.tan, inf), (.tan, -inf), (.sqrt, -1), (.rsqrt, -1),
    ]
    for (function, x) in undefined {
      #expect(value(function, x).isNaN, "\(function)(\(x))")
      #expect(single(function, Float(x)).isNaN, "\(function)(\(x))")
    }
  }

  /// NaNs of either sign and any payload stay NaN.
  @Test(arguments: ScalarFunction.allCases.filter { $0.arity == 1 && $0 != .not })
  func nanStays(_ function: ScalarFunction) {
    for bits in [0x7fc0_0000, 0xffc0_0000, 0x7f80_0001, 0xffff_ffff] as [UInt32] {
      #expect(single(function, Float(bitPattern: bits)).isNaN)
    }
    for bits in [0x7ff8 << 48, 0xfff8 << 48, 0x7ff0 << 48 | 1, .max] as [UInt64] {
      #expect(value(function, Double(bitPattern: bits)).isNaN)
    }
  }

  /// Results below the normal range are rounded like others, and the smallest operands are not lost.
  @Test func underflowIsGradual() {
    let tiny = Float.leastNonzeroMagnitude
    #expect(single(.exp, -103) == 0x1p-149)
    #expect(single(.exp, -104) == 0)
    #expect(single(.exp, -88) == Float(bitPattern: 0x41edc4))
    #expect(single(.sigmoid, -100) == Float(bitPattern: 0x1b))
    #expect(value(.exp, -745) == 0x1p-1074)
    #expect(value(.exp, -710) == Double(bitPattern: 0x3_3802_fd28_b3c3))
    for function in [ScalarFunction.expm1, .log1p, .sin, .tan, .tanh] {
      #expect(single(function, tiny) == tiny)
      #expect(single(function, -3 * tiny) == -3 * tiny)
      #expect(value(function, -0x1p-1074) == -0x1p-1074)
    }
    #expect(single(.log, tiny) == -103.27893)
    #expect(value(.log, 0x1p-1074) == -744.4400719213812)
    #expect(single(.power, 2, -149) == tiny)
    #expect(value(.power, 2, -1074) == 0x1p-1074)
    #expect(single(.power, tiny, 0.5) == 3.743392e-23)
  }

  /// The last finite result and the first infinite one.
  @Test func overflowThresholds() {
    #expect(single(.exp, 88.72283) == 3.4027985e38)
    #expect(single(.exp, 88.72284) == .infinity)
    #expect(value(.exp, 709.782712893384) == 1.7976931348622732e308)
    #expect(value(.exp, 709.7827128933841) == .infinity)
    #expect(single(.expm1, 88.72283) == 3.4027985e38)
    #expect(single(.expm1, 88.72284) == .infinity)
    #expect(value(.expm1, 709.7827128933841) == .infinity)
    #expect(single(.power, 2, 127.99999) == 3.4028056e38)
    #expect(single(.power, 2, 128) == .infinity)
    #expect(single(.power, -2, 129) == -.infinity)
  }
}
