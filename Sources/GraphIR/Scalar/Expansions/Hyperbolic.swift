// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// tanh |x| = e / (e + 1) with e = expm1(2 |x|) / 2, which keeps the relative accuracy for small x.
  static func tanh(_ x: ScalarValue) -> ScalarValue {
    // Beyond the limit the quotient rounds to 1.
    let limit = x.type == .float64 ? 20.0 : 10.0
    let e = halfExpm1OfTwice(x.absolute.minimum(x.constant(limit)))
    return copySign(e / (e + 1), x)
  }

  /// e / (1 + e) below zero and 1 / (1 + e) above, with e = exp(-|x|), which cannot overflow.
  static func sigmoid(_ x: ScalarValue) -> ScalarValue {
    let e = expOfNonpositive(-x.absolute)
    // Both zeros give e = 1. A comparison of bits with zero takes no instruction of its own.
    let isNegative = x.bitcast(bitsType(x)) .< .bits(bitsType(x), 0)
    return isNegative.select(e, 1) / (e + 1)
  }

  /// x + x^3 p(x^2) up to 1, then e - 1 / (4 e) with e = exp(|x|) / 2, which overflows when the result does.
  static func sinh(_ x: ScalarValue) -> ScalarValue {
    let square = x * x
    let p = polynomial(square, x.type == .float64 ? sinhDouble : sinhSingle)
    let inner = (x * square).fma(p, x)
    let e = halfExp(x.absolute)
    return (x.absolute .< 1).select(inner, copySign(e - 0.25 / e, x))
  }

  static func cosh(_ x: ScalarValue) -> ScalarValue {
    let e = halfExp(x.absolute)
    return e + 0.25 / e
  }

  // The inverse functions of f32 are computed in f64, which hides the errors of their steps.

  /// log(|x| + sqrt(x^2 + 1)) = log1p(|x| + x^2 / (1 + sqrt(x^2 + 1))).
  static func asinh(_ operand: ScalarValue) -> ScalarValue {
    let x = operand.converted(.float64)
    let a = x.absolute
    let square = x * x
    let distance = a + square / (1 + (square + 1).squareRoot)
    return copySign(log1pOrTwice(a, distance), x).converted(operand.type)
  }

  /// log(x + sqrt(x^2 - 1)) = log1p(t + sqrt(t (t + 2))) with t = x - 1.
  static func acosh(_ operand: ScalarValue) -> ScalarValue {
    let x = operand.converted(.float64)
    let t = x - 1
    let value = log1pOrTwice(x, t + (t * (t + 2)).squareRoot)
    return (x .< 1).select(.nan, value).converted(operand.type)
  }

  /// log1p(distance), or log(2 x) for an x that is too large for its square.
  private static func log1pOrTwice(_ x: ScalarValue, _ distance: ScalarValue) -> ScalarValue {
    let isLarge = 0x1p500 .< x
    return log1p(isLarge.select(x, distance)) + isLarge.select(x.constant(0x1.62e42fefa39efp-1), 0)
  }

  /// log1p(2 |x| / (1 - |x|)) / 2.
  static func atanh(_ operand: ScalarValue) -> ScalarValue {
    let x = operand.converted(.float64)
    let a = x.absolute
    return copySign(log1p((a + a) / (1 - a)) * 0.5, x).converted(operand.type)
  }

  /// log(exp(a) + exp(b)) = the larger plus log1p(exp(-|a - b|)).
  static func logAddExp(_ a: ScalarValue, _ b: ScalarValue) -> ScalarValue {
    // Equal infinities have no difference.
    let distance = (a .== b).select(0, (a - b).absolute)
    let e = expOfNonpositive(-distance)
    let larger = a.maximum(b)
    return a.type == .float64 ? larger + log1p(e) : log1pOfFraction(e, plus: larger)
  }

  private static let sinhDouble = [
    0.16666666666666666, 0.008333333333333333, 0.00019841269841269773, 2.755731922404034e-06,
    2.505210836405804e-08, 1.6059048396350562e-10, 7.646625361656657e-13, 2.8445264169895285e-15,
  ]

  private static let sinhSingle = [
    0.16666667, 0.008333298, 0.00019846359, 2.7591075e-06,
  ]
}
