// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The constants of the exponential's expansion in one precision.
private struct ExponentialConstants {
  /// Fraction bits of the format.
  let fractionBits: UInt64
  /// The exponent bias of the format.
  let bias: Double
  /// 1.5 times the power of two whose unit in the last place is 1: adding it rounds to an integer, which
  /// then stands in the low bits.
  let magic: Double
  /// ln 2 as a sum of two. An f32 or f64 x less an integer times the first is exact (by fma) after reduction.
  let ln2High: Double
  let ln2Low: Double
  /// exp overflows from here on ...
  let overflow: Double
  /// ... and rounds to zero from here down.
  let underflow: Double
  /// q in e^r = 1 + r + r^2 q(r) for |r| <= ln(2) / 2: minimax in the relative error of e^r.
  let exp: [Double]
  /// The same, minimax in the relative error of e^r - 1.
  let expm1: [Double]

  static func of(_ type: DType) -> ExponentialConstants { type == .float64 ? double : single }

  private static let single = ExponentialConstants(
    fractionBits: 23, bias: 127, magic: 0x1.8p23, ln2High: 0x1.62e430p-1, ln2Low: -0x1.05c610p-29,
    overflow: 89, underflow: -104,
    exp: [0.49999994, 0.16666515, 0.041668084, 0.008369349, 0.0013840399],
    expm1: [0.49999997, 0.16666538, 0.04166774, 0.008367319, 0.0013837861])

  private static let double = ExponentialConstants(
    fractionBits: 52, bias: 1023, magic: 0x1.8p52,
    ln2High: 0x1.62e42fefa39efp-1, ln2Low: 0x1.abc9e3b39803fp-56,
    overflow: 710, underflow: -746, exp: doubleCoefficients, expm1: doubleCoefficients)

  private static let doubleCoefficients = [
    0.5, 0.16666666666666677, 0.0416666666666667, 0.008333333333321723, 0.0013888888888871581,
    0.00019841269889014516, 2.4801587363280265e-05, 2.7557237617333068e-06, 2.755722106120382e-07,
    2.511251248373677e-08, 2.093814671159243e-09,
  ]
}

extension Expansion {
  /// x = n ln 2 + r with n an integer and |r| <= ln(2) / 2.
  ///
  /// `low` corrects `x`. `bits` holds n + `offset` in its low bits, and above them, beyond an exponent's
  /// width, the bits of the magic number.
  private static func reduced(_ x: ScalarValue, low: ScalarValue? = nil, offset: Double)
    -> (r: ScalarValue, bits: ScalarValue)
  {
    let constants = ExponentialConstants.of(x.type)
    let shifted = x.fma(1.4426950408889634, constants.magic + offset)
    let n = shifted - (constants.magic + offset)
    var r = n.fma(-constants.ln2High, x)
    if let low { r = r + low }
    return (n.fma(-constants.ln2Low, r), shifted.bitcast(bitsType(x)))
  }

  /// e^r - 1 for the reduced r.
  private static func reducedExpm1(_ r: ScalarValue, _ coefficients: [Double]) -> ScalarValue {
    (r * r).fma(polynomial(r, coefficients), r)
  }

  /// e^x for x above the format's underflow; overflows to infinity up to `overflow`, and x may be NaN.
  ///
  /// The power of two is applied in two factors, of which the first keeps the value normal. So a subnormal
  /// result is rounded once, and overflow happens where the product says.
  static func expWithin(_ x: ScalarValue, low: ScalarValue? = nil) -> ScalarValue {
    let (r, bits) = reduced(x, low: low, offset: 2 * ExponentialConstants.of(x.type).bias)
    return scaledExp(r, bits)
  }

  /// e^r 2^n for the reduced r, `bits` holding n and twice the bias.
  private static func scaledExp(_ r: ScalarValue, _ bits: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(r.type)
    let p = reducedExpm1(r, constants.exp) + 1
    // Masked, the shift is logical for all that follows, which vector units have for 64 bits too.
    let half = (bits >> 1) & 0xfff
    let first = (half << constants.fractionBits).bitcast(r.type)
    let second = ((bits - half) << constants.fractionBits).bitcast(r.type)
    return p * first * second
  }

  /// e^x / 2 for x >= 0 (or NaN), which overflows later than e^x.
  static func halfExp(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    let limit = constants.overflow + 1
    let (r, bits) = reduced((limit .< x).select(limit, x), offset: 2 * constants.bias - 1)
    return scaledExp(r, bits)
  }

  /// 2^x = 2^n e^(r ln 2) with r = x - n, which is exact, so that whole powers are.
  static func exp2(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    let (low, high) = x.type == .float64 ? (-1080.0, 1030.0) : (-155.0, 130.0)
    let above = (high .< x).select(high, x)
    let bounded = (above .< low).select(low, above)
    let magic = constants.magic + 2 * constants.bias
    let shifted = bounded + magic
    let r = bounded - (shifted - magic)
    return scaledExp(r * 0x1.62e42fefa39efp-1, shifted.bitcast(bitsType(x)))
  }

  static func exp(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    let above = (constants.overflow .< x).select(constants.overflow, x)
    return expWithin((above .< constants.underflow).select(constants.underflow, above))
  }

  /// e^x - 1 for x from -60 up to overflow, without the sign of zero.
  static func expm1Within(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    // 2^(n-1) and a doubling at the end, because 2^n overflows before the result does.
    let (r, bits) = reduced(x, offset: constants.bias - 1)
    let p = reducedExpm1(r, constants.expm1)
    let scale = (bits << constants.fractionBits).bitcast(x.type)
    return scale.fma(p, scale - 0.5) * 2
  }

  static func expm1(_ x: ScalarValue) -> ScalarValue {
    let overflow = ExponentialConstants.of(x.type).overflow
    let above = (overflow .< x).select(overflow, x)
    let value = expm1Within((above .< -60).select(-60, above))
    // The smallest values are their own result; halved and doubled they would lose bits, and zero its sign.
    return (x.absolute .< (x.type == .float64 ? 0x1p-56 : 0x1p-27)).select(x, value)
  }
}
