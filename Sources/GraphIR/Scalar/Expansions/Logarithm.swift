// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The constants of the logarithm's expansion in one precision.
private struct LogarithmConstants {
  let fractionBits: UInt64
  let bias: Double
  /// The bits of 1, of sqrt(1/2) and of the fraction field.
  let one: UInt64
  let rootHalf: UInt64
  let fraction: UInt64
  let smallestNormal: Double
  let ln2High: Double
  let ln2Low: Double

  static func of(_ type: DType) -> LogarithmConstants { type == .float64 ? double : single }

  private static let single = LogarithmConstants(
    fractionBits: 23, bias: 127, one: 0x3f80_0000, rootHalf: 0x3f35_04f3, fraction: 0x7f_ffff,
    smallestNormal: 0x1p-126, ln2High: 0x1.62e4p-1, ln2Low: 0x1.7f7d1cp-20)

  private static let double = LogarithmConstants(
    fractionBits: 52, bias: 1023, one: 0x3ff0_0000_0000_0000, rootHalf: 0x3fe6_a09e_667f_3bcd,
    fraction: 0xf_ffff_ffff_ffff, smallestNormal: 0x1p-1022,
    ln2High: 0x1.62e42feep-1, ln2Low: 0x1.a39ef35793c76p-33)
}

extension Expansion {
  /// A positive finite normal x as 2^k m with m in [sqrt(1/2), sqrt(2)).
  ///
  /// `field` holds k + bias in the place of the exponent, all else being zero.
  static func exponentAndFraction(_ x: ScalarValue) -> (k: ScalarValue, m: ScalarValue, field: ScalarValue) {
    let constants = LogarithmConstants.of(x.type)
    let bits = x.bitcast(bitsType(x))
    // Carries into the exponent where the fraction is sqrt(2) or more.
    let moved = bits + .bits(bits.type, constants.one &- constants.rootHalf)
    let m = ((moved & constants.fraction) + .bits(bits.type, constants.rootHalf)).bitcast(x.type)
    let field = moved & ~constants.fraction
    let k: ScalarValue
    if x.type == .float64 {
      // Vector units rarely convert 64-bit integers; the bits of 2^52 + i do it by a subtraction.
      let biased = (moved >> 52) & 0x7ff
      k = (biased | (0x1p52).bitPattern).bitcast(.float64) - (0x1p52 + constants.bias)
    } else {
      k = (moved >> constants.fractionBits).converted(.float32) - constants.bias
    }
    return (k, m, field)
  }

  /// k ln 2 + log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)], in f64.
  private static func logarithm(_ k: ScalarValue, _ f: ScalarValue) -> ScalarValue {
    // With s = f / (2 + f): log(1 + f) = f - (f^2/2 - s (f^2/2 + R(s^2))), R being minimax for
    // log((1 + s) / (1 - s)) / s - 2. The form is that of fdlibm's log.
    let constants = LogarithmConstants.of(f.type)
    let square = f * f
    let s = f / (f + 2)
    let z = s * s
    let remainder =
      z
      * polynomial(
        z,
        [
          0.6666666666666735, 0.3999999999940875, 0.2857142874391085, 0.22222198398897633,
          0.18183574221601825, 0.15313777679200305, 0.1479886409946739,
        ])
    let half = square * 0.5
    let low = k.fma(constants.ln2Low, s * (half + remainder))
    return k.fma(constants.ln2High, f - (half - low))
  }

  /// log(1 + f) = f + f^2 Q(f) for 1 + f in [sqrt(1/2), sqrt(2)], in f32; Q is minimax in the relative error of the
  /// logarithm. Zeros keep their sign.
  private static func logarithmOfFraction(_ f: ScalarValue) -> ScalarValue {
    (f * f).fma(
      polynomial(
        f,
        [
          -0.49999988, 0.33333322, -0.25001603, 0.20002206, -0.1660887, 0.14177437, -0.13239942,
          0.12929451, -0.076591246,
        ]), f)
  }

  /// ln 2 in f32, which happens to be so near it that its error does not count beside a rounding.
  private static let ln2 = 0x1.62e43p-1

  static func log(_ x: ScalarValue) -> ScalarValue {
    let constants = LogarithmConstants.of(x.type)
    // A subnormal is scaled up, exactly, by the width of the fraction.
    let isSubnormal = x .< constants.smallestNormal
    let scaling = Double(constants.fractionBits)
    let normal = isSubnormal.select(x * Double(1 << constants.fractionBits), x)
    if x.type == .float64 {
      let (k, m, _) = exponentAndFraction(normal)
      return ofPositive(x, logarithm(isSubnormal.select(k - scaling, k), m - 1))
    }
    let (exponent, m) = biasedExponentAndFraction(normal)
    let k = exponent - isSubnormal.select(x.constant(constants.bias + scaling), constants.bias)
    return ofPositive(x, k.fma(ln2, logarithmOfFraction(m - 1)))
  }

  /// log x in f32 for a normal x that is positive and finite; what it gives for others means nothing.
  static func logOfNormal(_ x: ScalarValue) -> ScalarValue {
    let (exponent, m) = biasedExponentAndFraction(x)
    return (exponent - 127).fma(ln2, logarithmOfFraction(m - 1))
  }

  /// `exponentAndFraction` in f32, the exponent with its bias.
  private static func biasedExponentAndFraction(_ x: ScalarValue) -> (exponent: ScalarValue, m: ScalarValue) {
    let constants = LogarithmConstants.of(.float32)
    let moved = x.bitcast(.int32) + .bits(.int32, constants.one &- constants.rootHalf)
    let m = ((moved & constants.fraction) + .bits(.int32, constants.rootHalf)).bitcast(.float32)
    return ((moved >> constants.fractionBits).converted(.float32), m)
  }

  static func log1p(_ x: ScalarValue) -> ScalarValue {
    x.type == .float64 ? log1pDouble(x) : log1pSingle(x)
  }

  private static func log1pDouble(_ x: ScalarValue) -> ScalarValue {
    // 1 + x = sum + rest, exactly (Knuth's two-sum).
    let sum = x + 1
    let part = sum - 1
    let rest = (1 - (sum - part)) + (x - part)
    let (k, m, field) = exponentAndFraction(sum)
    // 2^-k; where the power of two would leave the format, rest is too small to matter.
    let constants = LogarithmConstants.of(x.type)
    let largest = ScalarValue.bits(field.type, constants.one + (60 << constants.fractionBits))
    let scale = (.bits(field.type, 2 * constants.one) - field.minimum(largest)).bitcast(x.type)
    let value = copySign(logarithm(k, rest.fma(scale, m - 1)), x)
    return log1pOfProper(x, value)
  }

  /// 1 + x = 2^k (1 + f), where k is that of the rounded sum: f = 2^-k x + (2^-k - 1), by one rounding.
  private static func log1pSingle(_ x: ScalarValue) -> ScalarValue {
    let constants = LogarithmConstants.of(.float32)
    // Of a quarter of the sum, whose power of two has a normal inverse.
    let quarter = x.fma(0.25, 0.25)
    let moved = quarter.bitcast(.int32) + .bits(.int32, constants.one &- constants.rootHalf)
    let field = moved & ~constants.fraction
    let scale = (.bits(.int32, 2 * constants.one) - field).bitcast(.float32) * 0.25
    // With these signs a zero keeps its own.
    let f = x.fma(scale, -(1 - scale))
    let minusK = (constants.bias - 2) - (moved >> constants.fractionBits).converted(.float32)
    return log1pOfProper(x, minusK.fma(-ln2, logarithmOfFraction(f)))
  }

  /// log1p x, `value` being that of what is finite and above -1.
  private static func log1pOfProper(_ x: ScalarValue, _ value: ScalarValue) -> ScalarValue {
    let bounded = (x .< .infinity).select(value, x)
    let atMostMinusOne = (x .== -1).select(x.constant(-.infinity), x.constant(.nan))
    return (-1 .< x).select(bounded, atMostMinusOne)
  }

  /// log(1 + x) for x from 0 to 1, in f32, plus an addend: x R(x), minimax in the relative error.
  static func log1pOfFraction(_ x: ScalarValue, plus addend: ScalarValue) -> ScalarValue {
    polynomial(
      x,
      [
        1.0, -0.4999993, 0.33330464, -0.2495802, 0.19692121, -0.15344977, 0.1066137, -0.057460457,
        0.02008843, -0.003291063,
      ]
    ).fma(x, addend)
  }
}
