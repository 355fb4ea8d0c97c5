// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  static func erf(_ x: ScalarValue) -> ScalarValue {
    x.type == .float64 ? erfDouble(x) : erfSingle(x)
  }

  /// erf |x| = 1 - exp(-q(|x|)) with q = -log(erfc) = x + x p(x), p being minimax in the relative error of erf.
  private static func erfSingle(_ x: ScalarValue) -> ScalarValue {
    // erf rounds to 1 beyond the limit.
    let a = x.absolute.minimum(x.constant(3.95))
    return copySign(oneMinusExpOfNegative(polynomial(a, logarithmOfErfc).fma(a, a)), x)
  }

  private static let logarithmOfErfc = [
    0.12837917, 0.63661957, 0.102776304, -0.019147823, -0.0001695047, 0.0016756778, -0.00063736504,
    0.000118862066, -9.388085e-06,
  ]

  /// Near zero, erf x = x + x p(x^2). Further out, erf |x| = 1 - exp(-q(|x|)), q fitted to -log(erfc)
  /// with the weight erfc, so that it is as accurate as the difference needs.
  private static func erfDouble(_ x: ScalarValue) -> ScalarValue {
    let magnitude = x.absolute
    let inner = innerErf(magnitude)
    // erf rounds to 1 beyond the limit.
    let outer = -expm1Within(-polynomial(magnitude.minimum(x.constant(6)), outerDouble))
    return copySign((magnitude .< 1).select(inner, outer), x)
  }

  private static func innerErf(_ x: ScalarValue) -> ScalarValue {
    polynomial(x * x, x.type == .float64 ? innerDouble : innerSingle).fma(x, x)
  }

  private static let innerSingle = [
    0.12837917, -0.3761259, 0.11282865, -0.026807288, 0.0050577037, -0.00063485187,
  ]

  private static let outerSingle = [
    0.00011470545, 1.1280154, 0.6366018, 0.10444785, -0.022478864, 0.0031071485, -0.00020252464,
  ]

  private static let innerDouble = [
    0.12837916709551256, -0.37612638903183343, 0.1128379167093695, -0.026866170641959137,
    0.0052239775967358225, -0.0008548325484992892, 0.00012055280496231974, -1.4924465627827312e-05,
    1.6444150320984451e-06, -1.6183988135986636e-07, 1.3616679614786898e-08, -7.607760139207011e-10,
  ]

  private static let outerDouble = [
    1.8436903965181704e-07, 1.1283772825557188, 0.6366287030109267, 0.10274664461270912,
    -0.01907695925919241, -0.0002822229276985848, 0.0017709189000152334, -0.0006428278008016034,
    4.595168534332852e-05, 6.975290399956068e-05, -4.477104635255601e-05, 1.642188857669266e-05,
    -4.301893514851608e-06, 8.452171317083906e-07, -1.2483472684190917e-07, 1.3522677326898467e-08,
    -1.017082706216078e-09, 4.751877277360586e-11, -1.0390869735023189e-12,
  ]

  static func erfc(_ x: ScalarValue) -> ScalarValue {
    x.type == .float64 ? erfcDouble(x) : erfcSingle(x)
  }

  /// exp(-x^2) times P(t) / (1 + 2 x) for x >= 0, where t = (x - k) / (x + k) makes one polynomial do for all of them
  /// (after Shepherd and Laframboise, "Chebyshev approximation of (1 + 2 x) exp(x^2) erfc x", 1981); 2 - erfc(-x) below
  /// zero.
  private static func erfcDouble(_ x: ScalarValue) -> ScalarValue {
    // erfc rounds to zero beyond the limit.
    let magnitude = x.absolute
    let a = magnitude.minimum(x.constant(27.3))
    let square = a * a
    let exponential = expWithin(-square, low: -a.fma(a, -square))
    let k = 3.75
    let p = polynomial((a - k) / (a + k), scaledErfcDouble)
    let tail = exponential * (p / a.fma(2, 1))
    let value = (x .< 0).select(2 - tail, tail)
    // 1 - erf(x) near zero, where the other form has many roundings.
    return (magnitude .< 0.5).select(1 - innerErf(x), value)
  }

  /// exp(-x^2) times P(t) for x >= 0, with the same t, in f64, whose precision leaves one rounding to mind; P, of the
  /// function exp(x^2) erfc x, is minimax in the relative error, 2^-29.4.
  private static func erfcSingle(_ operand: ScalarValue) -> ScalarValue {
    let x = operand.converted(.float64)
    let a = x.absolute.minimum(x.constant(10.1))
    let k = 3.0
    let t = (1 / (a + k)).fma(-2 * k, 1)
    let tail = exp2OfSingle(a * a * -1.4426950408889634) * polynomial(t, scaledErfcSingle)
    return (x .< 0).select(2 - tail, tail).converted(operand.type)
  }

  private static let scaledErfcDouble = [
    1.2375126308378275, -0.1402405985855467, 0.0035854154854634396, 0.08227673849011337,
    -0.10880393014169336, 0.0923043211614956, -0.058693398590725296, 0.028362277400827144,
    -0.009746579548789899, 0.0017556260158339083, 0.00029371363655085193, -0.0002901549694589009,
    5.1649028841359415e-05, 2.2387313512838182e-05, -1.1443262512802912e-05, -9.803704925289925e-07,
    1.7484869076103767e-06, -4.77698299208642e-08, -2.52849205577804e-07, 1.5617908096635943e-08,
    3.2853865855032794e-08, -7.28355201689257e-10, -2.360522062505669e-09,
  ]

  private static let scaledErfcSingle = [
    0.1790011512602, -0.3262335638246, 0.2456037980628, -0.1501157816908, 0.0716658558628,
    -0.02439423818305, 0.004268919238133, 0.0007157867328392, -0.0005946262199738, 2.875736531119e-05,
    5.586357424894e-05,
  ]
}
