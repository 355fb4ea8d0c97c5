// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// A part of pi in eighths as a sum of two numbers of `type`, the first of them the nearest.
  private static func angle(_ type: DType, _ eighths: Double) -> (high: Double, low: Double) {
    // Three times a number of the format is none; the other factors are powers of two.
    if eighths == 6 {
      return type == .float64
        ? (0x1.2d97c7f3321d2p+1, 0x1.a79394c9e8a0ap-54) : (0x1.2d97c8p+1, -0x1.99bc5cp-28)
    }
    return type == .float64
      ? (eighths * 0x1.921fb54442d18p-2, eighths * 0x1.1a62633145c07p-56)
      : (eighths * 0x1.921fb6p-2, eighths * -0x1.777a5cp-27)
  }

  /// t + t^3 p(t^2) for |t| <= tan(pi / 8).
  private static func kernelArctangent(_ t: ScalarValue) -> ScalarValue {
    let square = t * t
    let p = polynomial(square, t.type == .float64 ? arctangentDouble : arctangentSingle)
    return (t * square).fma(p, t)
  }

  /// The tangents of 1/8 and of 3/8 of a half turn.
  private static let lowLimit = 0.41421356237309503
  private static let highLimit = 2.414213562373095

  /// arctan |x| = base + arctan t with t = |x|, (|x| - 1) / (|x| + 1) or -1 / |x| and base 0, pi/4 or pi/2.
  static func atan(_ x: ScalarValue) -> ScalarValue {
    let a = x.absolute
    let isMiddle = lowLimit .< a
    let isHigh = highLimit .< a
    let numerator = isHigh.select(-1, isMiddle.select(a - 1, a))
    let denominator = isHigh.select(a, isMiddle.select(a + 1, 1))
    let f = kernelArctangent(numerator / denominator)
    let (quarter, half) = (angle(x.type, 2), angle(x.type, 4))
    let base = isHigh.select(half.high, isMiddle.select(x.constant(quarter.high), 0))
    let low = isHigh.select(half.low, isMiddle.select(x.constant(quarter.low), 0))
    return copySign(base + (f + low), x)
  }

  /// The angle of the point (x, y), by the quotient of the magnitudes as in `atan`, and its supplement where x is
  /// negative.
  static func atan2(_ y: ScalarValue, _ x: ScalarValue) -> ScalarValue {
    let a = y.absolute
    let b = x.absolute
    // Two zeros, or two infinities.
    let isEqual = a .== b
    let isMiddle = (b * lowLimit .< a) | (isEqual & (0 .< a))
    let isHigh = b * highLimit .< a
    // Halves of the greatest, so that their sum is finite.
    let scale = ((x.type == .float64 ? 0x1p1000 : 0x1p120) .< a).select(x.constant(0.5), 1)
    let numerator = isHigh.select(-b, isMiddle.select((a - b) * scale, a))
    let denominator = isHigh.select(a, isMiddle.select(a * scale + b * scale, b))
    let f = kernelArctangent(isEqual.select(0, numerator / denominator))
    let isBehind = signBit(x) .!= signBit(x.constant(1))
    func base(_ part: KeyPath<(high: Double, low: Double), Double>) -> ScalarValue {
      func value(_ eighths: Double) -> Double { angle(x.type, eighths)[keyPath: part] }
      let middle = isBehind.select(value(6), x.constant(value(2)))
      let level = isBehind.select(value(8), x.constant(value(0)))
      return isHigh.select(value(4), isMiddle.select(middle, level))
    }
    let value = base(\.high) + (isBehind.select(-f, f) + base(\.low))
    return copySign(value, y)
  }

  /// arcsin s = s + s z p(z) where z = s^2 <= 1/4: s is |x| up to 1/2, and beyond it sqrt((1 - |x|) / 2), the sine of
  /// half of the complement.
  private static func kernelArcsine(_ a: ScalarValue) -> (isInner: ScalarValue, value: ScalarValue) {
    let isInner = a .<= 0.5
    let z = isInner.select(a * a, (1 - a) * 0.5)
    let s = isInner.select(a, z.squareRoot)
    let p = polynomial(z, a.type == .float64 ? arcsineDouble : arcsineSingle)
    return (isInner, (s * z).fma(p, s))
  }

  static func asin(_ x: ScalarValue) -> ScalarValue {
    let (isInner, f) = kernelArcsine(x.absolute)
    let half = angle(x.type, 4)
    let outer = half.high - (f + f - half.low)
    return copySign(isInner.select(f, outer), x)
  }

  static func acos(_ x: ScalarValue) -> ScalarValue {
    let (isInner, f) = kernelArcsine(x.absolute)
    let (half, whole) = (angle(x.type, 4), angle(x.type, 8))
    let isNegative = x .< 0
    let inner = half.high - (isNegative.select(-f, f) - half.low)
    let twice = f + f
    let outer = isNegative.select(whole.high - (twice - whole.low), twice)
    return isInner.select(inner, outer)
  }

  // Minimax, or nearly so, in the error of the function.

  private static let arctangentDouble = [
    -0.3333333333333333, 0.19999999999999804, -0.14285714285659828, 0.11111111105155447,
    -0.09090908753500866, 0.07692296375031839, -0.06666424885732797, 0.058789289977720115,
    -0.05230454270187983, 0.045515932185179214, -0.03457056192719797, 0.016285756795121863,
  ]

  private static let arctangentSingle = [
    -0.33333334, 0.200001, -0.14288181, 0.11125247, -0.089396164, 0.057171468,
  ]

  private static let arcsineDouble = [
    0.16666666666666669, 0.07499999999998433, 0.04464285714635543, 0.030381944138531247,
    0.02237217294214989, 0.017352392720869973, 0.013971212973552933, 0.011479177415184906,
    0.01032281435018578, 0.005457506718640358, 0.01740087944269402, -0.014851887071247204,
    0.028757851367421566,
  ]

  private static let arcsineSingle = [
    0.16666666, 0.07500153, 0.044585444, 0.031234162, 0.016596848, 0.034515806,
  ]
}
