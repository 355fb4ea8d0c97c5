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
  /// result is rounded once more, and overflow happens where the product says.
  static func expWithin(_ x: ScalarValue, low: ScalarValue? = nil) -> ScalarValue {
    let (r, bits) = reduced(x, low: low, offset: 2 * ExponentialConstants.of(x.type).bias)
    return scaledExp(r, bits)
  }

  /// e^r 2^n for the reduced r, `bits` holding n and twice the bias.
  private static func scaledExp(_ r: ScalarValue, _ bits: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(r.type)
    // What shifting leaves beside the sign of 64 bits is masked, so that the shift is logical, which vector units have.
    // Of 32 bits the next shift drops it.
    let half = r.type == .float64 ? (bits >> 1) & 0xfff : bits >> 1
    let first = (half << constants.fractionBits).bitcast(r.type)
    let second = ((bits - half) << constants.fractionBits).bitcast(r.type)
    return reducedExpm1(r, constants.exp).fma(first, first) * second
  }

  /// e^x for x from the format's underflow to 0, or NaN.
  ///
  /// Of a power that is not positive the first factor may be 2^(n + 64), and the second a constant.
  static func expOfNonpositive(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    let (r, bits) = reduced(x.maximum(x.constant(constants.underflow)), offset: constants.bias + 64)
    let first = (bits << constants.fractionBits).bitcast(x.type)
    return reducedExpm1(r, constants.exp).fma(first, first) * 0x1p-64
  }

  /// e^x / 2 for x >= 0 (or NaN), which overflows later than e^x.
  static func halfExp(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    let limit = constants.overflow + 1
    let (r, bits) = reduced(x.minimum(x.constant(limit)), offset: 2 * constants.bias - 1)
    return scaledExp(r, bits)
  }

  /// 2^x = 2^n e^(r ln 2) with r = x - n, which is exact, so that whole powers are.
  static func exp2(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    let (low, high) = x.type == .float64 ? (-1080.0, 1030.0) : (-155.0, 130.0)
    let bounded = x.clamped(low, high)
    let magic = constants.magic + 2 * constants.bias
    let shifted = bounded + magic
    let r = bounded - (shifted - magic)
    return scaledExp(r * 0x1.62e42fefa39efp-1, shifted.bitcast(bitsType(x)))
  }

  static func exp(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    return expWithin(x.clamped(constants.underflow, constants.overflow))
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
    let value = expm1Within(x.clamped(-60, ExponentialConstants.of(x.type).overflow))
    // The smallest values are their own result; halved and doubled they would lose bits, and zero its sign.
    return (x.absolute .< (x.type == .float64 ? 0x1p-56 : 0x1p-27)).select(x, value)
  }

  /// (e^2x - 1) / 2 for x from 0 to 20, where the power of two is far from overflow.
  static func halfExpm1OfTwice(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    // x = n ln(2) / 2 + r, and e^2r - 1 = 2 (r + r^2 q(r)), the constants being those of e^x - 1 but for powers of two.
    let magic = constants.magic + constants.bias
    let shifted = x.fma(2 * 1.4426950408889634, magic)
    let n = shifted - magic
    let r = n.fma(-constants.ln2Low / 2, n.fma(-constants.ln2High / 2, x))
    var power = 1.0
    let coefficients = constants.expm1.map { coefficient in
      power *= 2
      return coefficient * power
    }
    let scale = (shifted.bitcast(bitsType(x)) << constants.fractionBits).bitcast(x.type)
    return scale.fma(reducedExpm1(r, coefficients), scale.fma(0.5, -0.5))
  }

  /// 1 - e^-x for x from 0 to 88, or NaN.
  static func oneMinusExpOfNegative(_ x: ScalarValue) -> ScalarValue {
    let constants = ExponentialConstants.of(x.type)
    let (r, bits) = reduced(-x, offset: constants.bias)
    let scale = (bits << constants.fractionBits).bitcast(x.type)
    return scale.fma(-reducedExpm1(r, constants.expm1), 1 - scale)
  }
}
