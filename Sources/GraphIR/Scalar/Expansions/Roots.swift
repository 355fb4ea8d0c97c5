// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// The cube root of 2^k m with k = 3 q + r: a polynomial for that of m, then a step of Halley's method and one of
  /// Newton's with an exact residual, after which the result is all but correctly rounded.
  static func cbrt(_ operand: ScalarValue) -> ScalarValue {
    let x = operand.converted(.float64)
    let a = x.absolute
    let isSubnormal = a .< 0x1p-1022
    let (k, fraction, _) = exponentAndFraction(isSubnormal.select(a * 0x1p54, a))
    let q = (k * (1.0 / 3)).roundedToEven
    let r = q.fma(-3, k)
    // m 2^r, exactly, and a first guess at its root.
    let m = fraction * (r .< 0).select(0.5, (0 .< r).select(r.constant(2), 1))
    let step = (r .< 0).select(0.7937005259840998, (0 .< r).select(r.constant(1.2599210498948732), 1))
    let guess = polynomial(fraction, cubeRoot) * step
    let cube = guess * guess * guess
    let y = guess - guess * (cube - m) / (cube + cube + m)
    // y + (m - y^3) / (3 y^2), with the square as a sum of two.
    let square = y * y
    let squareLow = y.fma(y, -square)
    let residual = squareLow.fma(-y, square.fma(-y, m))
    let root = y + residual / (3 * square)
    let scale = ((q + (0x1.8p52 + 1023)).bitcast(.int64) << 52).bitcast(.float64)
    let value = root * scale * isSubnormal.select(x.constant(0x1p-18), 1)
    // Zeros, infinities and NaN are their own roots.
    let isProper = (0 .< a) & (a .< .infinity)
    return isProper.select(copySign(value, x), x).converted(operand.type)
  }

  /// sqrt(x^2 + y^2); in f64 scaled away from the ends of the range. An infinity wins over NaN.
  static func hypot(_ x: ScalarValue, _ y: ScalarValue) -> ScalarValue {
    let a = x.converted(.float64).absolute
    let b = y.converted(.float64).absolute
    let value: ScalarValue
    if x.type == .float64 {
      let larger = a.maximum(b)
      let isLarge = 0x1p500 .< larger
      let isSmall = larger .< 0x1p-450
      let scale = isLarge.select(0x1p-600, isSmall.select(a.constant(0x1p600), 1))
      let back = isLarge.select(0x1p600, isSmall.select(a.constant(0x1p-600), 1))
      let u = larger * scale
      let v = a.minimum(b) * scale
      value = u.fma(u, v * v).squareRoot * back
    } else {
      // The squares of f32s are exact.
      value = a.fma(a, b * b).squareRoot
    }
    let isInfinite = (a .== .infinity) | (b .== .infinity)
    return isInfinite.select(.infinity, value).converted(x.type)
  }

  private static let cubeRoot = [
    0.3805912266706856, 1.3222770584541206, -1.561469959197826, 1.5869291064313855, -1.116507159510623,
    0.5049587638365455, -0.1318974545313712, 0.015118422408565774,
  ]
}
