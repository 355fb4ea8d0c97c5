// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphIR
import Testing

/// A reproducible stream of random bits (splitmix64).
struct Bits {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }
}

/// The error of an f32 result in units of its last place, against a value computed in f64; infinite if one is
/// NaN and the other is not, if an infinity is wrong or if a zero has the wrong sign.
func error(_ result: Float, _ expected: Double) -> Double {
  let rounded = Float(expected)
  if rounded.isNaN || result.isNaN { return rounded.isNaN && result.isNaN ? 0 : .infinity }
  if result == rounded {
    return result == 0 && expected == 0 && result.sign != expected.sign
      ? .infinity : rounded.isInfinite ? 0 : abs(Double(result) - expected) / Double(rounded.ulp)
  }
  // At the edge of the range an infinity counts as the power of two that stands there.
  let value = result.isInfinite ? (result < 0 ? -0x1p128 : 0x1p128) : Double(result)
  if expected.isInfinite { return .infinity }
  let ulp = rounded.isInfinite ? 0x1p104 : Double(rounded.ulp)
  return abs(value - expected) / ulp
}

private let unary: [(ScalarFunction, @Sendable (Double) -> Double)] = [
  (.exp, { exp($0) }), (.expm1, { expm1($0) }), (.log, { log($0) }), (.log1p, { log1p($0) }),
  (.sin, { sin($0) }), (.cos, { cos($0) }), (.tan, { tan($0) }), (.tanh, { tanh($0) }),
  (.sigmoid, { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }), (.erf, { erf($0) }),
  (.rsqrt, { 1 / $0.squareRoot() }), (.sqrt, { $0.squareRoot() }), (.exp2, { exp2($0) }),
  (.log2, { log2($0) }), (.log10, { log10($0) }), (.cbrt, { cbrt($0) }), (.asin, { asin($0) }),
  (.acos, { acos($0) }), (.atan, { atan($0) }), (.sinh, { sinh($0) }), (.cosh, { cosh($0) }),
  (.asinh, { asinh($0) }), (.acosh, { acosh($0) }), (.atanh, { atanh($0) }), (.erfc, { erfc($0) }),
  (.logGamma, { logGamma($0) }),
]

private func logGamma(_ x: Double) -> Double {
  let (value, _): (Double, Int) = lgamma(x)
  return value
}

/// The largest error of a function of f32 operands.
func largestError(
  _ function: ScalarFunction, _ columns: [[Float]], _ reference: ([Double]) -> Double
) throws -> (error: Double, at: [Float]) {
  let program = try #require(function.program(for: columns.map { _ in .float32 }))
  var fault = false
  let results = program.evaluate(
    columns: columns.map { $0.map { UInt64($0.bitPattern) } }, count: columns[0].count, fault: &fault)[0]
  #expect(!fault)
  var worst = (error: 0.0, at: [Float]())
  for (index, bits) in results.enumerated() {
    let operands = columns.map { $0[index] }
    let error = error(
      Float(bitPattern: UInt32(truncatingIfNeeded: bits)), reference(operands.map(Double.init)))
    if !(error <= worst.error) { worst = (error, operands) }
  }
  return worst
}

@Suite struct ScalarExpansionTests {
  /// A stride through all f32 bit patterns: every exponent of either sign, infinities and NaNs.
  @Test(arguments: unary.indices)
  func singleFunctionsAreWithinTheirBounds(_ index: Int) throws {
    let (function, reference) = unary[index]
    let bound = try #require(function.ulpBound(for: .float32))
    // An odd stride, so that the fractions vary; the top byte runs through all its values.
    let everywhere = stride(from: UInt32(index), to: .max - 1_300_021, by: 1_300_021).map {
      Float(bitPattern: $0)
    }
    // More where the functions bend.
    var bits = Bits(state: UInt64(index))
    let near = (0..<1500).map { Float(bits.uniform(-12, 12) * ($0 % 3 == 0 ? 0.1 : 1)) }
    let edges = (0..<200).map { _ in Float(bits.uniform(-110, 92)) }
    let worst = try largestError(function, [everywhere + near + edges]) { reference($0[0]) }
    #expect(worst.error <= Double(bound), "\(function)\(worst.at): \(worst.error) ULP")
  }

  /// Operands whose distance to a multiple of pi/2 is least, or whose reduction needs the most bits.
  @Test(arguments: [ScalarFunction.sin, .cos, .tan])
  func anglesOfEverySizeAreReducedExactly(_ function: ScalarFunction) throws {
    let reference = try #require(unary.first { $0.0 == function }).1
    var angles: [Float] = [
      0x1.f3b1acp+73, 0x1.921fb6p0, 0x1.921fb6p1, 0x1.2d97c8p2, 0x1.fffffep127, 0x1p127, 0x1.0p100,
      16_367_173 * 0x1p72,
    ]
    for multiple in 1..<300 {
      let near = Float(Double(multiple) * .pi / 2)
      angles += [near.nextDown, near, near.nextUp]
    }
    let worst = try largestError(function, [angles + angles.map { -$0 }]) { reference($0[0]) }
    let bound = try #require(function.ulpBound(for: .float32))
    #expect(worst.error <= Double(bound), "\(function)\(worst.at): \(worst.error) ULP")
  }

  @Test func singlePowerIsWithinItsBound() throws {
    var bits = Bits(state: 7)
    var (x, y): ([Float], [Float]) = ([], [])
    for index in 0..<1600 {
      switch index % 4 {
      case 0:  // Any bits.
        x.append(Float(bitPattern: UInt32(truncatingIfNeeded: bits.next())))
        y.append(Float(bitPattern: UInt32(truncatingIfNeeded: bits.next())))
      case 1:  // Results of every size, subnormal ones and overflow included.
        let base = exp2(bits.uniform(-149, 128))
        x.append(Float(base))
        y.append(Float(bits.uniform(-152, 129) / log2(base)))
      case 2:  // Bases near 1 with large exponents.
        let base = 1 + exp2(bits.uniform(-22, -2)) * (bits.next() & 1 == 0 ? 1 : -1)
        x.append(Float(base))
        y.append(Float(bits.uniform(-150, 128) / log2(base)))
      default:  // Negative bases.
        x.append(Float(bits.uniform(-30, 0)))
        y.append(Float(bits.uniform(-30, 30).rounded()))
      }
    }
    let worst = try largestError(.power, [x, y]) { pow($0[0], $0[1]) }
    let bound = try #require(ScalarFunction.power.ulpBound(for: .float32))
    #expect(worst.error <= Double(bound), "pow\(worst.at): \(worst.error) ULP")
  }
}

#if arch(x86_64)
  private let unaryExtended: [(ScalarFunction, @Sendable (Float80) -> Float80)] = [
    (.exp, { exp($0) }), (.expm1, { expm1($0) }), (.log, { log($0) }), (.log1p, { log1p($0) }),
    (.sin, { sin($0) }), (.cos, { cos($0) }), (.tan, { tan($0) }), (.tanh, { tanh($0) }),
    (.sigmoid, { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }), (.erf, { erf($0) }),
    (.rsqrt, { 1 / $0.squareRoot() }), (.sqrt, { $0.squareRoot() }), (.exp2, { exp2($0) }),
    (.log2, { log2($0) }), (.log10, { log10($0) }), (.cbrt, { cbrt($0) }), (.asin, { asin($0) }),
    (.acos, { acos($0) }), (.atan, { atan($0) }), (.sinh, { sinh($0) }), (.cosh, { cosh($0) }),
    (.asinh, { asinh($0) }), (.acosh, { acosh($0) }), (.atanh, { atanh($0) }), (.erfc, { erfc($0) }),
  ]

  /// As for f32, against 80-bit values.
  func error(_ result: Double, _ expected: Float80) -> Double {
    let rounded = Double(expected)
    if rounded.isNaN || result.isNaN { return rounded.isNaN && result.isNaN ? 0 : .infinity }
    if result == rounded {
      return result == 0 && expected == 0 && result.sign != expected.sign
        ? .infinity : rounded.isInfinite ? 0 : Double(abs(Float80(result) - expected) / Float80(rounded.ulp))
    }
    let edge = Float80(sign: .plus, exponent: 1024, significand: 1)
    let value = result.isInfinite ? (result < 0 ? -edge : edge) : Float80(result)
    if expected.isInfinite { return .infinity }
    let ulp = rounded.isInfinite ? Float80(Double.greatestFiniteMagnitude.ulp) : Float80(rounded.ulp)
    return Double(abs(value - expected) / ulp)
  }

  /// The largest error of a function of f64 operands.
  func largestError(
    _ function: ScalarFunction, _ columns: [[Double]], _ reference: ([Float80]) -> Float80
  ) throws -> (error: Double, at: [Double]) {
    let program = try #require(function.program(for: columns.map { _ in .float64 }))
    var fault = false
    let results = program.evaluate(
      columns: columns.map { $0.map(\.bitPattern) }, count: columns[0].count, fault: &fault)[0]
    #expect(!fault)
    var worst = (error: 0.0, at: [Double]())
    for (index, bits) in results.enumerated() {
      let operands = columns.map { $0[index] }
      let error = error(Double(bitPattern: bits), reference(operands.map(Float80.init)))
      if !(error <= worst.error) { worst = (error, operands) }
    }
    return worst
  }

  @Suite struct ScalarExpansionDoubleTests {
    @Test(arguments: unaryExtended.indices)
    func doubleFunctionsAreWithinTheirBounds(_ index: Int) throws {
      let (function, reference) = unaryExtended[index]
      let bound = try #require(function.ulpBound(for: .float64))
      var bits = Bits(state: UInt64(index) + 100)
      var operands: [Double] = []
      for number in 0..<600 {
        operands.append(Double(bitPattern: bits.next()))
        operands.append(bits.uniform(-12, 12) * (number % 3 == 0 ? 0.1 : 1))
        operands.append(bits.uniform(-750, 712))
      }
      let worst = try largestError(function, [operands]) { reference($0[0]) }
      #expect(worst.error <= Double(bound), "\(function)\(worst.at): \(worst.error) ULP")
    }

    @Test(arguments: [ScalarFunction.sin, .cos, .tan])
    func anglesOfEverySizeAreReducedExactly(_ function: ScalarFunction) throws {
      let reference = try #require(unaryExtended.first { $0.0 == function }).1
      // The first two are the f64 numbers nearest to a multiple of pi/2 in relative terms.
      var angles: [Double] = [
        6_381_956_970_095_103 * 0x1p797, 0x1.6ac5b262ca1ffp849, .greatestFiniteMagnitude, 0x1p1023, 1e22, .pi,
        0x1p52, 0x1p84, 0x1.fffffffffffffp83, 0x1p116,
      ]
      var bits = Bits(state: 3)
      for _ in 0..<250 {
        let near = (bits.uniform(1, 0x1p22)).rounded() * .pi / 2
        angles += [near.nextDown, near, near.nextUp]
      }
      let worst = try largestError(function, [angles + angles.map { -$0 }]) { reference($0[0]) }
      let bound = try #require(function.ulpBound(for: .float64))
      #expect(worst.error <= Double(bound), "\(function)\(worst.at): \(worst.error) ULP")
    }

    @Test func doublePowerIsWithinItsBound() throws {
      var bits = Bits(state: 8)
      var (x, y): ([Double], [Double]) = ([], [])
      for index in 0..<1000 {
        switch index % 4 {
        case 0:
          x.append(Double(bitPattern: bits.next()))
          y.append(Double(bitPattern: bits.next()))
        case 1:
          let base = exp2(bits.uniform(-1074, 1023.9))
          x.append(base)
          y.append(bits.uniform(-1078, 1025) / log2(base))
        case 2:
          let base = 1 + exp2(bits.uniform(-50, -2)) * (bits.next() & 1 == 0 ? 1 : -1)
          x.append(base)
          y.append(bits.uniform(-1076, 1024) / log2(base))
        default:
          x.append(bits.uniform(-30, 0))
          y.append(bits.uniform(-100, 100).rounded())
        }
      }
      let worst = try largestError(.power, [x, y]) { pow($0[0], $0[1]) }
      let bound = try #require(ScalarFunction.power.ulpBound(for: .float64))
      #expect(worst.error <= Double(bound), "pow\(worst.at): \(worst.error) ULP")
    }
  }
#endif
