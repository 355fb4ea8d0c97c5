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

  /// k ln 2 + log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)].
  private static func logarithm(_ k: ScalarValue, _ f: ScalarValue) -> ScalarValue {
    let constants = LogarithmConstants.of(f.type)
    let square = f * f
    if f.type == .float64 {
      // With s = f / (2 + f): log(1 + f) = f - (f^2/2 - s (f^2/2 + R(s^2))), R being minimax for
      // log((1 + s) / (1 - s)) / s - 2. The form is that of fdlibm's log.
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
    // log(1 + f) = f - f^2/2 + f^3 P(f), P being minimax in the relative error of the logarithm.
    let p = polynomial(
      f,
      [
        0.3333333, -0.2500084, 0.20001282, -0.16622664, 0.1419956, -0.13162738, 0.12792362, -0.076876745,
      ])
    let tail = k.fma(constants.ln2Low, f * square * p)
    return k.fma(constants.ln2High, square.fma(-0.5, tail) + f)
  }

  static func log(_ x: ScalarValue) -> ScalarValue {
    let constants = LogarithmConstants.of(x.type)
    // A subnormal is scaled up, exactly, by the width of the fraction.
    let subnormal = x .< constants.smallestNormal
    let scaling = Double(constants.fractionBits)
    let normal = subnormal.select(x * Double(1 << constants.fractionBits), x)
    let (k, m, _) = exponentAndFraction(normal)
    return ofPositive(x, logarithm(subnormal.select(k - scaling, k), m - 1))
  }

  static func log1p(_ x: ScalarValue) -> ScalarValue {
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
    let bounded = (x .< .infinity).select(value, x)
    let atMostMinusOne = (x .== -1).select(x.constant(-.infinity), x.constant(.nan))
    return (-1 .< x).select(bounded, atMostMinusOne)
  }
}
