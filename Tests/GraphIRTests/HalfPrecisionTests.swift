// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

/// f16 and bf16: what they hold, how they are converted, and that they are computed with in f32.
@Suite struct HalfPrecisionTests {
  private func evaluate(_ program: ScalarProgram, _ bits: UInt64...) -> UInt64 {
    var fault = false
    return program.evaluate(bits, fault: &fault)[0]
  }

  private func isSame(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || a.isNaN && b.isNaN }

  /// Every number of 16 bits.
  @Test func integerOperationsWiden() {
    for bits in UInt16.min...UInt16.max where bits % 7 == 0 || bits & 0x3ff < 4 {
      let half = Float(bits: evaluate(HalfConversion.widenFloat16, UInt64(bits)))
      #expect(isSame(half, Float(Float16(bitPattern: bits))), "\(bits)")
      let brain = Float(bits: evaluate(HalfConversion.widenBFloat16, UInt64(bits)))
      #expect(isSame(brain, Float(BFloat16(bitPattern: bits))), "\(bits)")
    }
  }

  /// Floats around every number of f16, halfway between them, and across the range.
  private static let floats: [Float] = {
    var floats: [Float] = [0, -0.0, .infinity, -.infinity, .nan, -.nan, 65519.996, 65520, -65520, 1e30]
    for bits in stride(from: UInt16(0), through: 0x7bff, by: 61) {
      let (x, y) = (Float(Float16(bitPattern: bits)), Float(Float16(bitPattern: bits + 1)))
      let middle = y.isFinite ? (x + y) / 2 : 65520
      floats += [x, -x.nextUp, x.nextDown, middle, middle.nextUp, -middle.nextDown]
    }
    for bits in stride(from: UInt32(3), through: .max - 7_654_321, by: 7_654_321) {
      floats.append(Float(bitPattern: bits))
    }
    return floats
  }()

  @Test func integerOperationsNarrow() {
    for x in Self.floats {
      let half = evaluate(HalfConversion.narrowFloat16, x.bits)
      let expected = Float16(x)
      #expect(half == expected.bits || expected.isNaN && Float16(bits: half).isNaN, "\(x)")
      let brain = evaluate(HalfConversion.narrowBFloat16, x.bits)
      #expect(brain == BFloat16(x).bits, "\(x)")
    }
  }

  /// Halves of an ulp and a little more or less, which two roundings would not tell apart.
  @Test func widerNumbersAreRoundedOnce() {
    for x in Self.floats where x.isFinite {
      for nudge in [0, 1, -1, 0x1p-20, -0x1p-20] as [Double] {
        let value = Double(x) * (1 + nudge * 0x1p-40)
        let odd = Float(bits: evaluate(HalfConversion.float64ToOdd, value.bits))
        #expect(evaluate(HalfConversion.narrowFloat16, odd.bits) == Float16(value).bits, "\(value)")
        #expect(evaluate(HalfConversion.narrowBFloat16, odd.bits) == BFloat16(value).bits, "\(value)")
      }
    }
    // Of bf16 the tie between 2^62 and 2^62 + 2^55, and what is one beside it.
    let tie = Int64(1) << 62 + Int64(1) << 54
    let expected: [(Int64, Float)] = [
      (tie, 0x1p62), (tie + 1, 0x1.02p62), (tie - 1, 0x1p62), (-tie - 1, -0x1.02p62), (.min, -0x1p63),
      (.max, 0x1p63), (0, 0), (257, 256), (259, 260), (-1, -1),
    ]
    for (integer, value) in expected {
      let program = ScalarProgram.conversion(from: .int64, to: .bfloat16)
      #expect(Float(BFloat16(bits: evaluate(program, integer.bits))) == value, "\(integer)")
      let odd = Double(bits: evaluate(HalfConversion.int64ToOdd, integer.bits))
      #expect(Float(BFloat16(odd)) == value, "\(integer)")
    }
  }

  @Test func brainFloats() {
    #expect(Float(BFloat16(Float(1) + 0x1p-8)) == 1 && Float(BFloat16(Float(1) + 0x1.8p-8)) == 1 + 0x1p-7)
    #expect(Float(BFloat16(Float.greatestFiniteMagnitude)) == .infinity)
    #expect(Float(BFloat16(0x1.fep127 as Float)) == 0x1.fep127)
    #expect(BFloat16(Float.nan).isNaN && BFloat16(Float(bitPattern: 0x7f80_0001)).isNaN)
    #expect(Float(BFloat16(1 + 0x1p-8 + 0x1p-40 as Double)) == 1 + 0x1p-7)
    #expect(BFloat16(bitPattern: 1).description == "9e-41" && BFloat16(0.1 as Float).description == "0.1")
    #expect(BFloat16(3.14159 as Float).description == "3.14" && (-2 as BFloat16).description == "-2.0")
    #expect(BFloat16(1e30 as Float).description == "1e+30" && BFloat16(256).description == "256.0")
    for bits in stride(from: UInt16(1), through: 0x7f7f, by: 97) {
      let value = BFloat16(bitPattern: bits)
      #expect(Double(value.description).map { BFloat16($0) } == value)
    }
  }

  /// A function is that of f32 with one rounding behind it.
  @Test(arguments: [DType.float16, .bfloat16])
  func functionsAreComputedInSingle(_ type: DType) throws {
    let points: [Double] = [0, -0.0, 0.1, -1.5, 3, 88, -20, 1000, .infinity, .nan, type.leastNormal]
    for function in ScalarFunction.allCases
    where function.arity == 1 && function.typeRule.allows(type)
      && function.typeRule.resultType(of: [type]) != nil
    {
      let half = try #require(function.program(for: [type]))
      let single = try #require(function.program(for: [.float32]))
      for x in points {
        let bits = type.bits(rounding: x)
        let wide = evaluate(single, Float(type.number(bits: bits)).bits)
        let result = type.number(bits: evaluate(half, bits))
        let expected = type.number(bits: type.bits(rounding: Double(Float(bits: wide))))
        #expect(result == expected || result.isNaN && expected.isNaN, "\(function)(\(x))")
      }
    }
    #expect(half(.add, 2048, 1, type) == type.number(bits: type.bits(rounding: 2049)))
    #expect(half(.multiply, 300, 300, .float16) == .infinity)
  }

  private func half(_ function: ScalarFunction, _ a: Double, _ b: Double, _ type: DType) -> Double {
    guard let program = function.program(for: [type, type]) else { return .nan }
    return type.number(bits: evaluate(program, type.bits(rounding: a), type.bits(rounding: b)))
  }

  /// Elements are written with the digits that they need.
  @Test func textRoundTrips() throws {
    let text = """
      module @halves {
        %0 = constant {value = [1, -0.0, 0.1, 65500, 6e-08, inf, nan, 0xfe01]} : f16[8]
        %1 = constant {value = [1, 0.1, 3.14, 1e+30, 9e-41, -inf, nan, 0xffc1]} : bf16[8]
        %2 = constant {value = [-128, 127, 0]} : i8[3]
        %3 = convert %0 {to = f32} : f32[8]
        result %0 : f16[8]  "a"
        result %1 : bf16[8]  "b"
        result %2 : i8[3]  "c"
        result %3 : f32[8]  "d"
      }
      """
    let module = try ModuleParser.parse(text)
    let canonical = module.canonicalText
    #expect(try ModuleParser.parse(canonical).canonicalText == canonical)
    for line in [
      "[1, -0.0, 0.1, 65500, 6e-08, inf, nan, 0xfe01]", "[1, 0.1, 3.14, 1e+30, 9e-41, -inf, nan, 0xffc1]",
    ] {
      #expect(canonical.contains(line), "\(canonical)")
    }
    let results = try Interpreter.run(module).results
    #expect(results[0].elements(as: Float16.self)?[3] == 65504)
    #expect(results[1].elements(as: BFloat16.self)?[4].bitPattern == 1)
    #expect(results[2].elements() == [-128, 127, 0] as [Int8])
    for wrong in [
      "{value = 70000} : f16[]", "{value = 1e39} : bf16[]", "{value = 128} : i8[]", "{value = 0x7e} : f16[]",
    ] {
      #expect(throws: (any Error).self) {
        try ModuleParser.parse("module @m {\n  %0 = constant \(wrong)\n  result %0\n}")
      }
    }
  }

  /// Sums, products of matrices and running totals add in f32.
  @Test(arguments: [DType.float16, .bfloat16])
  func sumsAreRoundedOnce(_ type: DType) throws {
    let b = ModuleBuilder()
    let count = 5000
    let x = b.addParameter(name: "x", type: TensorType(type, [Dim(count)]))
    let results = [
      try b.reduce(.sum, x, axes: [0]),
      try b.append(.dot(DotOp(lhsContract: [0], rhsContract: [0])), [x, x]),
      try b.append(.cumulative(CumulativeOp(.sum, axis: 0)), [x]),
      try b.append(.argReduce(ArgReduceOp(.max, axis: 0)), [x]),
    ]
    let module = try b.module(results: results.map { Module.Result(name: "", value: $0) })
    let ones = NDArray(dtype: type, shape: [count]) { _ in type.bits(rounding: 1) }
    let outcome = try Interpreter.run(module, parameters: [ones]).results
    // Both round 5000 to a multiple of 4 or 32.
    let sum = type == .float16 ? 5000.0 : 4992
    #expect(outcome[0].scalar == sum && outcome[1].scalar == sum && outcome[2].number(at: count - 1) == sum)
    #expect(outcome[0].dtype == type && outcome[3].scalar == 0)

    let wide = try module.wideningHalves()
    #expect(wide.nodes.allSatisfy { node in !node.op.rule.widensHalves || !node.types[0].dtype.isHalf })
    #expect(try Interpreter.run(wide, parameters: [ones]).results == outcome)
    // Nothing else changes.
    let other = try Module(name: "other", parameters: module.parameters, nodes: module.nodes).rebuilt()
      .wideningHalves()
    #expect(!other.canonicalText.contains("f32"))
  }

  @Test func bytesAreIntegersLikeOthers() {
    func byte(_ function: ScalarFunction, _ a: Int8, _ b: Int8) -> Int8 {
      guard let program = function.program(for: [.int8, .int8]) else { return 0 }
      return Int8(bits: evaluate(program, a.bits, b.bits))
    }
    #expect(byte(.add, 127, 1) == -128 && byte(.multiply, 64, 2) == -128 && byte(.subtract, -128, 1) == 127)
    #expect(byte(.divide, -128, -1) == -128 && byte(.remainder, -7, 3) == -1 && byte(.divide, -7, 2) == -3)
    #expect(byte(.maximum, -1, 1) == 1 && byte(.power, -2, 7) == -128 && byte(.shiftRight, -8, 1) == -4)
    let conversions: [(DType, UInt64, Int8)] = [
      (.int32, Int32(200).bits, -56), (.uint8, 255, -1), (.float32, Float(300).bits, 127),
      (.float32, Float(-300.5).bits, -128), (.float32, Float.nan.bits, 0), (.float16, Float16(-3.9).bits, -3),
      (.bool, 1, 1), (.int64, Int64(1 << 40).bits, 0),
    ]
    for (type, bits, expected) in conversions {
      #expect(Int8(bits: evaluate(.conversion(from: type, to: .int8), bits)) == expected, "\(type)")
    }
    #expect(Float(bits: evaluate(.conversion(from: .int8, to: .float32), Int8(-3).bits)) == -3)
    #expect(Int64(bits: evaluate(.conversion(from: .int8, to: .int64), Int8(-3).bits)) == -3)
    #expect(UInt32(bits: evaluate(.conversion(from: .int8, to: .uint32), Int8(-3).bits)) == 0xffff_fffd)
    #expect(Float16(bits: evaluate(.conversion(from: .int8, to: .float16), Int8(-100).bits)) == -100)
  }
}
