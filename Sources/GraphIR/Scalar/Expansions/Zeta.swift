// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// Hurwitz's zeta function, the sum of (q + k)^-s over k >= 0, for s > 1 and q > 0: a few terms and the formula of
  /// Euler and Maclaurin for the rest. An f32 is computed in f64.
  static func zeta(_ exponent: ScalarValue, _ first: ScalarValue) -> ScalarValue {
    let s = exponent.converted(.float64)
    let q = first.converted(.float64)
    func term(_ base: ScalarValue) -> ScalarValue {
      exponent.type == .float64 ? powerDouble(base, -s) : powerOfSingle(base, -s, limit: 1000)
    }
    // 1 to the power of an infinity too.
    var sum = (q .== 1).select(1, term(q))
    for k in 1..<termCount { sum = sum + term(q + Double(k)) }
    let w = q + Double(termCount)
    // w^-s (w / (s - 1) + 1/2 + s / w (b1 + (s + 1) (s + 2) / w^2 (b2 + ...))). Where the exponent is so large that the
    // series overflows, its factor is zero.
    let bounded = (1e4 .< s).select(1e4, s)
    let inverse = 1 / w
    let square = inverse * inverse
    var series = s.constant(bernoulli[bernoulli.count - 1])
    for index in (0..<bernoulli.count - 1).reversed() {
      let j = Double(2 * index)
      let factor = (bounded + (j + 1)) * (bounded + (j + 2)) * square
      series = factor.fma(series, bernoulli[index])
    }
    let bracket = (w / (bounded - 1)) + (bounded * inverse).fma(series, 0.5)
    // Where the series is no good it does not matter, but for its sign.
    let value = term(w).fma(bracket.maximum(bracket.constant(0)), sum)
    let inside = (q .== .infinity).select(0, value)
    let atPole = (s .== 1).select(.infinity, (s .< 1).select(.nan, inside))
    let isPole = (q .<= 0) & (q.floor .== q)
    let isOutside = q .< 0
    let result = isPole.select(.infinity, isOutside.select(.nan, atPole))
    let isUndefined = (s .< 1) | (s .!= s)
    return isUndefined.select(.nan, result).converted(exponent.type)
  }

  private static let termCount = 8

  /// B(2 j) / (2 j)! from j = 1 on, B being Bernoulli's numbers.
  private static let bernoulli = [
    0.08333333333333333, -0.001388888888888889, 3.306878306878307e-05, -8.267195767195768e-07,
    2.08767569878681e-08, -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13,
    8.586062056277845e-15, -2.174868698558062e-16, 5.5090028283602295e-18, -1.3954464685812522e-19,
    3.534707039629467e-21, -8.953517427037546e-23,
  ]
}
