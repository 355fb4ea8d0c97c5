// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

/// Values as register bits.
private func bits(_ value: Float) -> UInt64 { UInt64(value.bitPattern) }
private func bits(_ value: Double) -> UInt64 { value.bitPattern }
private func bits(_ value: Int32) -> UInt64 { UInt64(UInt32(bitPattern: value)) }
private func bits(_ value: UInt32) -> UInt64 { UInt64(value) }
private func bits(_ value: UInt8) -> UInt64 { UInt64(value) }
private func bits(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }

/// The result of one instruction, and whether it faulted.
private func run(
  _ operation: ScalarOperation, _ type: DType, _ operandTypes: [DType], _ operands: [UInt64]
) -> (value: UInt64, fault: Bool) {
  let inputs = operandTypes.enumerated().map { ScalarValue.input($0.offset, $0.element) }
  let program = ScalarProgram(inputs: operandTypes, [ScalarValue(operation, type, inputs)])
  #expect(program.flaw == nil)
  var fault = false
  let result = program.evaluate(operands, fault: &fault)
  // The two evaluators agree, for runs of elements too.
  var columnFault = false
  let columns = program.evaluate(
    columns: operands.map { Array(repeating: $0, count: 67) }, count: 67, fault: &columnFault)
  #expect(columns == [Array(repeating: result[0], count: 67)])
  #expect(columnFault == fault)
  return (result[0], fault)
}

/// A homogeneous instruction.
private func apply(_ operation: ScalarOperation, _ type: DType, _ operands: UInt64...) -> UInt64 {
  run(operation, type, operands.map { _ in type }, operands).value
}

private func compare(_ operation: ScalarOperation, _ type: DType, _ a: UInt64, _ b: UInt64) -> Bool {
  run(operation, .bool, [type, type], [a, b]).value == 1
}

private func convert(_ value: UInt64, _ source: DType, _ target: DType) -> UInt64 {
  run(.convert, target, [source], [value]).value
}

private func float(_ bits: UInt64) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }
private func double(_ bits: UInt64) -> Double { Double(bitPattern: bits) }

@Suite struct ScalarEvaluatorTests {
  @Test func integersWrap() {
    #expect(apply(.add, .int32, bits(Int32.max), bits(1 as Int32)) == bits(Int32.min))
    #expect(apply(.subtract, .uint8, bits(3 as UInt8), bits(5 as UInt8)) == bits(254 as UInt8))
    #expect(apply(.multiply, .uint32, bits(0x8000_0001 as UInt32), bits(2 as UInt32)) == bits(2 as UInt32))
    #expect(apply(.multiply, .int64, bits(Int64.min), bits(-1 as Int64)) == bits(Int64.min))
    #expect(apply(.negate, .int32, bits(Int32.min)) == bits(Int32.min))
    #expect(apply(.negate, .uint8, bits(1 as UInt8)) == bits(255 as UInt8))
    #expect(apply(.absolute, .int32, bits(-7 as Int32)) == bits(7 as Int32))
    #expect(apply(.absolute, .int64, bits(Int64.min)) == bits(Int64.min))
    #expect(apply(.absolute, .uint32, bits(UInt32.max)) == bits(UInt32.max))
  }

  @Test func integerDivisionIsDefinedEverywhere() {
    #expect(apply(.divide, .int32, bits(-7 as Int32), bits(2 as Int32)) == bits(-3 as Int32))
    #expect(apply(.remainder, .int32, bits(-7 as Int32), bits(2 as Int32)) == bits(-1 as Int32))
    #expect(apply(.remainder, .int32, bits(7 as Int32), bits(-4 as Int32)) == bits(3 as Int32))
    #expect(apply(.divide, .uint32, bits(UInt32.max), bits(2 as UInt32)) == bits(0x7fff_ffff as UInt32))
    #expect(
      run(.divide, .int32, [.int32, .int32], [bits(Int32.min), bits(-1 as Int32)]) == (bits(Int32.min), false)
    )
    #expect(run(.remainder, .int64, [.int64, .int64], [bits(Int64.min), bits(-1 as Int64)]) == (0, false))
    for type in [DType.uint8, .int8, .int32, .int64, .uint32] {
      #expect(run(.divide, type, [type, type], [5, 0]) == (0, true))
      #expect(run(.remainder, type, [type, type], [5, 0]) == (0, true))
      #expect(run(.divide, type, [type, type], [5, 2]) == (2, false))
    }
  }

  @Test func aFaultInOneElementIsReportedAndTheOthersAreComputed() {
    let program = ScalarFunction.divide.program(for: [.int32, .int32])
    var fault = false
    let numbers: [UInt64] = (0..<200).map { UInt64($0) }
    let divisors: [UInt64] = (0..<200).map { $0 == 150 ? 0 : 3 }
    let result = program?.evaluate(columns: [numbers, divisors], count: 200, fault: &fault)
    #expect(fault)
    #expect(result == [numbers.map { $0 == 150 ? 0 : $0 / 3 }])
  }

  @Test func floatArithmeticIsIEEE() {
    #expect(float(apply(.add, .float32, bits(Float(1)), bits(Float(0x1p-24)))) == 1)
    #expect(float(apply(.divide, .float32, bits(Float(1)), bits(Float(-0.0)))) == -.infinity)
    #expect(float(apply(.multiply, .float32, bits(Float(0x1p-100)), bits(Float(0x1p-49)))) == 0x1p-149)
    #expect(double(apply(.subtract, .float64, bits(Double.infinity), bits(Double.infinity))).isNaN)
    #expect(float(apply(.remainder, .float32, bits(Float(-7.5)), bits(Float(2)))) == -1.5)
    #expect(apply(.remainder, .float32, bits(Float(-4)), bits(Float(2))) == bits(Float(-0.0)))
    // 2^100 modulo 7 is 2: exact, however large the quotient.
    #expect(float(apply(.remainder, .float32, bits(Float(0x1p100)), bits(Float(7)))) == 2)
    #expect(float(apply(.remainder, .float32, bits(Float(1)), bits(Float(0)))).isNaN)
    #expect(double(apply(.squareRoot, .float64, bits(2.0))) == 0x1.6a09e667f3bcdp0)
    #expect(apply(.squareRoot, .float32, bits(Float(-0.0))) == bits(Float(-0.0)))
    #expect(float(apply(.squareRoot, .float32, bits(Float(-1)))).isNaN)
    // One rounding: 1 - (1 + 2^-23)(1 - 2^-23) is 2^-46 and not 0.
    let fused = apply(
      .fusedMultiplyAdd, .float32, bits(-(1 + Float.ulpOfOne)), bits(1 - Float.ulpOfOne), bits(Float(1)))
    #expect(float(fused) == 0x1p-46)
    let tiny = 0x1p-52
    #expect(
      double(apply(.fusedMultiplyAdd, .float64, bits(-(1 + tiny)), bits(1 - tiny), bits(1.0))) == 0x1p-104)
  }

  @Test func signOperationsWorkOnBits() {
    let nan: UInt64 = 0x7fc0_0001
    #expect(apply(.negate, .float32, nan) == 0xffc0_0001)
    #expect(apply(.absolute, .float32, 0xffc0_0001) == nan)
    #expect(apply(.negate, .float64, bits(0.0)) == bits(-0.0))
    #expect(apply(.absolute, .float64, bits(-0.0)) == bits(0.0))
  }

  @Test(arguments: [
    (ScalarOperation.floor, [-2.0, -1, -0.0, 0, 1, 2, 2]),
    (.ceiling, [-1.0, 0, -0.0, 1, 2, 3, 2]),
    (.truncate, [-1.0, 0, -0.0, 0, 1, 2, 2]),
    (.roundToEven, [-2.0, 0, -0.0, 0, 2, 2, 2]),
  ])
  func rounding(_ operation: ScalarOperation, _ expected: [Double]) {
    for (x, y) in zip([-1.5, -0.5, -0.0, 0.5, 1.5, 2.5, 2], expected) {
      #expect(double(apply(operation, .float64, bits(x))) == y)
      #expect(float(apply(operation, .float32, bits(Float(x)))) == Float(y))
    }
    for value in [Double.infinity, -.infinity, 0x1p60, -0.0] {
      #expect(apply(operation, .float64, bits(value)) == bits(value))
    }
    #expect(double(apply(operation, .float64, bits(Double.nan))).isNaN)
  }

  @Test func extremaPropagateNaNAndOrderZeros() {
    for type in [DType.float32, .float64] {
      let (plus, minus): (UInt64, UInt64) = (0, type == .float32 ? 0x8000_0000 : 1 << 63)
      let nan = type == .float32 ? bits(Float.nan) : bits(Double.nan)
      let one = type == .float32 ? bits(Float(1)) : bits(1.0)
      #expect(apply(.minimum, type, plus, minus) == minus)
      #expect(apply(.minimum, type, minus, plus) == minus)
      #expect(apply(.maximum, type, plus, minus) == plus)
      #expect(apply(.maximum, type, minus, plus) == plus)
      for operation in [ScalarOperation.minimum, .maximum] {
        #expect(compare(.notEqual, type, apply(operation, type, nan, one), apply(operation, type, nan, one)))
        #expect(compare(.notEqual, type, apply(operation, type, one, nan), apply(operation, type, one, nan)))
      }
      #expect(apply(.minimum, type, one, plus) == plus)
      #expect(apply(.maximum, type, one, plus) == one)
    }
    #expect(apply(.minimum, .int32, bits(-1 as Int32), bits(1 as Int32)) == bits(-1 as Int32))
    #expect(apply(.minimum, .uint32, bits(UInt32.max), bits(1 as UInt32)) == 1)
    #expect(apply(.maximum, .uint8, 200, 100) == 200)
    #expect(apply(.maximum, .int64, bits(-5 as Int64), bits(-6 as Int64)) == bits(-5 as Int64))
  }

  @Test func comparisons() {
    for (type, nan, one) in [
      (DType.float32, bits(Float.nan), bits(Float(1))), (.float64, bits(Double.nan), bits(1.0)),
    ] {
      #expect(!compare(.equal, type, nan, nan))
      #expect(compare(.notEqual, type, nan, one))
      #expect(!compare(.less, type, nan, one))
      #expect(!compare(.lessOrEqual, type, one, nan))
      #expect(compare(.lessOrEqual, type, one, one))
      #expect(!compare(.less, type, one, one))
    }
    #expect(compare(.equal, .float32, bits(Float(0)), bits(Float(-0.0))))
    #expect(compare(.less, .int32, bits(-1 as Int32), 1))
    #expect(!compare(.less, .uint32, bits(UInt32.max), 1))
    #expect(!compare(.less, .uint8, 200, 100))
    #expect(compare(.less, .int64, bits(Int64.min), 0))
    #expect(compare(.equal, .bool, 1, 1))
    #expect(compare(.notEqual, .bool, 1, 0))
  }

  @Test func bitOperations() {
    #expect(apply(.and, .int32, 0b1100, 0b1010) == 0b1000)
    #expect(apply(.or, .uint8, 0b1100, 0b1010) == 0b1110)
    #expect(apply(.xor, .int64, 0b1100, 0b1010) == 0b0110)
    #expect(apply(.not, .uint8, 1) == 254)
    #expect(apply(.not, .int32, 0) == 0xffff_ffff)
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] as [(UInt64, UInt64)] {
      #expect(apply(.and, .bool, a, b) == a & b)
      #expect(apply(.or, .bool, a, b) == a | b)
      #expect(apply(.xor, .bool, a, b) == a ^ b)
    }
    #expect(apply(.not, .bool, 0) == 1)
    #expect(apply(.not, .bool, 1) == 0)
  }

  @Test func shiftsMaskTheirAmount() {
    #expect(apply(.shiftLeft, .int32, 1, 33) == 2)
    #expect(apply(.shiftLeft, .uint8, 0x81, 1) == 2)
    #expect(apply(.shiftLeft, .uint8, 1, 8) == 1)
    #expect(apply(.shiftLeft, .int64, 1, 63) == 1 << 63)
    #expect(apply(.shiftRight, .int32, bits(-8 as Int32), 1) == bits(-4 as Int32))
    #expect(apply(.shiftRight, .uint32, bits(0x8000_0000 as UInt32), 31) == 1)
    #expect(apply(.shiftRight, .int64, bits(-1 as Int64), 64 + 5) == bits(-1 as Int64))
    #expect(apply(.shiftRight, .int32, 16, bits(-30 as Int32)) == 4)
  }

  @Test func selectAndBitcast() {
    #expect(run(.select, .float32, [.bool, .float32, .float32], [1, 5, 6]).value == 5)
    #expect(run(.select, .bool, [.bool, .bool, .bool], [0, 1, 0]).value == 0)
    #expect(run(.bitcast, .int32, [.float32], [bits(Float(-0.0))]).value == bits(Int32.min))
    #expect(run(.bitcast, .float64, [.int64], [bits(1.5)]).value == bits(1.5))
    #expect(run(.bitcast, .uint32, [.int32], [bits(-1 as Int32)]).value == bits(UInt32.max))
  }

  @Test func floatToIntegerTruncatesAndSaturates() {
    for type in [DType.float32, .float64] {
      func from(_ value: Double) -> UInt64 { type == .float32 ? bits(Float(value)) : bits(value) }
      #expect(convert(from(-1.9), type, .int32) == bits(-1 as Int32))
      #expect(convert(from(255.9), type, .uint8) == 255)
      #expect(convert(from(256), type, .uint8) == 255)
      #expect(convert(from(-0.9), type, .uint8) == 0)
      #expect(convert(from(-1), type, .uint32) == 0)
      #expect(convert(from(3e9), type, .int32) == bits(Int32.max))
      #expect(convert(from(-3e9), type, .int32) == bits(Int32.min))
      #expect(convert(from(3e9), type, .uint32) == bits(3_000_000_000 as UInt32))
      #expect(convert(from(0x1p63), type, .int64) == bits(Int64.max))
      #expect(convert(from(-0x1p63), type, .int64) == bits(Int64.min))
      #expect(convert(from(.infinity), type, .int64) == bits(Int64.max))
      #expect(convert(from(-.infinity), type, .uint32) == 0)
      for target in [DType.uint8, .int32, .int64, .uint32] {
        #expect(convert(from(.nan), type, target) == 0)
      }
      #expect(convert(from(.nan), type, .bool) == 1)
      #expect(convert(from(-0.0), type, .bool) == 0)
      #expect(convert(from(0.25), type, .bool) == 1)
    }
  }

  @Test func otherConversions() {
    // Halfway cases go to even, in one rounding.
    #expect(float(convert(bits(16_777_217 as Int32), .int32, .float32)) == 16_777_216)
    #expect(float(convert(bits(16_777_219 as Int64), .int64, .float32)) == 16_777_220)
    #expect(float(convert(bits(0x4000_0040_0000_0001 as Int64), .int64, .float32)) == 0x1.000002p62)
    #expect(double(convert(bits(Int64.max), .int64, .float64)) == 0x1p63)
    #expect(float(convert(bits(UInt32.max), .uint32, .float32)) == 0x1p32)
    #expect(float(convert(bits(1 + 0x1p-24), .float64, .float32)) == 1)
    #expect(float(convert(bits(0x1p-150), .float64, .float32)) == 0)
    #expect(float(convert(bits(0x1.8p-150), .float64, .float32)) == 0x1p-149)
    #expect(float(convert(bits(1e40), .float64, .float32)) == .infinity)
    #expect(double(convert(bits(Float(0x1p-149)), .float32, .float64)) == 0x1p-149)
    #expect(convert(bits(-1 as Int32), .int32, .uint8) == 255)
    #expect(convert(bits(-1 as Int32), .int32, .int64) == bits(-1 as Int64))
    #expect(convert(bits(UInt32.max), .uint32, .int64) == bits(0xffff_ffff as Int64))
    #expect(convert(bits(0x1_0000_0005 as Int64), .int64, .int32) == 5)
    #expect(convert(bits(256 as Int32), .int32, .bool) == 1)
    for target in [DType.uint8, .int32, .int64, .uint32] { #expect(convert(1, .bool, target) == 1) }
    #expect(convert(1, .bool, .float32) == bits(Float(1)))
    #expect(convert(0, .bool, .float64) == 0)
    #expect(convert(1, .bool, .bool) == 1)
  }

  @Test func lookupClampsItsIndex() {
    let table: [UInt64] = [bits(1.0), bits(2.0), bits(3.0)]
    let program = ScalarProgram(
      inputs: [.int32], [ScalarValue.input(0, .int32).lookup(in: table, .float64)])
    #expect(program.flaw == nil)
    var fault = false
    for (index, expected) in [(-5, 1.0), (0, 1), (1, 2), (2, 3), (99, 3)] as [(Int32, Double)] {
      #expect(program.evaluate([bits(index)], fault: &fault) == [bits(expected)])
    }
    #expect(!fault)
  }

  @Test func theEmptyColumnHasNoResults() {
    let program = ScalarFunction.exp.program(for: [.float32])
    var fault = false
    #expect(program?.evaluate(columns: [[]], count: 0, fault: &fault) == [[]])
  }
}
