// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

// f32 functions are computed in f64.

extension Expansion {
  /// log |Gamma(x)|.
  ///
  /// Near its zeros at 1 and 2 it is log Gamma(2 + d) = d l(d), |d| <= 1/2, less a logarithm; from 8 on Stirling's
  /// series; in between the recurrence leads down to [3/2, 5/2), by a product. The logarithm, of whichever argument, is
  /// a sum of two. Below zero log Gamma(x) = log(pi / |sin(pi x)|) - log Gamma(1 - x).
  static func logGamma(_ operand: ScalarValue) -> ScalarValue {
    let x = operand.converted(.float64)
    let isNegative = x .< 0
    let value = logGammaOfPositive(isNegative.select(1 - x, x))
    let reflected = log(Double.pi / sinePi(x).absolute) - value
    let result = isNegative.select(reflected, value)
    // Also at the infinities.
    return (x.absolute .== .infinity).select(.infinity, result).converted(operand.type)
  }

  private static func logGammaOfPositive(_ x: ScalarValue) -> ScalarValue {
    let isLarge = 8 .<= x
    // z in [3/2, 5/2) for x from 3/2 to 8, and the product that leads there.
    var z = x
    var product = x.constant(1)
    for _ in 0..<6 {
      let isAbove = 2.5 .<= z
      z = isAbove.select(z - 1, z)
      product = isAbove.select(product * z, product)
    }
    let isTiny = x .< 0.5
    let isLow = x .< 1.5
    let d = isTiny.select(x, isLow.select(x - 1, z - 2))
    let argument = isLarge.select(x, isTiny.select(x * (x + 1), isLow.select(x, product)))
    let (high, low) = logarithmPair(argument)
    // Of [3/2, 8) the logarithm of the product is added, below it that of the argument is subtracted.
    let near = d * polynomial(d, nearTwo)
    let small = isLow.select((near - high) - low, (near + high) + low)

    // (x - 1/2) (log x - 1) + (log(2 pi) - 1) / 2 + s(1 / x^2) / x.
    let inverse = 1 / x
    let series = (inverse * polynomial(inverse * inverse, stirling)) + 0x1.acfe390c97d69p-2
    let t = x - 0.5
    let reduced = high - 1
    let head = t * reduced
    let tail = t.fma(reduced, -head) + t * low
    let large = head + (series + tail)
    // Where the product overflows its rounding error is no number.
    return isLarge.select((head .< .infinity).select(large, head), small)
  }

  /// The derivative of log Gamma.
  ///
  /// On [1, 2] it is (x - x0) g(x) around its zero x0, below 1 less 1 / x, from 8 on log x - 1 / (2 x) - D(1 / x^2) / x^2;
  /// in between the recurrence adds fractions. Below zero it is psi(1 - x) - pi / tan(pi x).
  static func digamma(_ operand: ScalarValue) -> ScalarValue {
    let x = operand.converted(.float64)
    let isNegative = x .< 0
    let value = digammaOfPositive(isNegative.select(1 - x, x))
    let reflected = value - Double.pi * cotangentPi(x)
    let finite = isNegative.select(reflected, value)
    let poles = (x .== 0).select(copySign(x.constant(.infinity), -x), finite)
    // Whole numbers below zero have infinities of both signs beside them.
    let isPole = isNegative & (x.truncated .== x)
    return isPole.select(.nan, poles).converted(operand.type)
  }

  private static func digammaOfPositive(_ x: ScalarValue) -> ScalarValue {
    let isBelow = x .< 1
    var z = isBelow.select(x + 1, x)
    // The sum of 1 / (x - 1), 1 / (x - 2) ... down to z, as one fraction; or -1 / x.
    var numerator = isBelow.select(-1, x.constant(0))
    var denominator = isBelow.select(x, 1)
    for _ in 0..<6 {
      let isAbove = 2 .< z
      z = isAbove.select(z - 1, z)
      numerator = isAbove.select(numerator.fma(z, denominator), numerator)
      denominator = isAbove.select(denominator * z, denominator)
    }
    let core = ((z - 0x1.762d86356be3fp+0) - 0x1.b86a722197829p-54) * polynomial(z - 1.5, digammaCore)
    let small = core + numerator / denominator

    let inverse = 1 / x
    let square = inverse * inverse
    let large = log(x) - (square.fma(polynomial(square, digammaTail), inverse * 0.5))
    return (8 .<= x).select(large, small)
  }

  /// x less the nearest whole number, which is exact.
  private static func offset(_ x: ScalarValue) -> ScalarValue { x - x.roundedToEven }

  /// |sin(pi x)| with some sign.
  private static func sinePi(_ x: ScalarValue) -> ScalarValue {
    let (sine, cosine, isSwapped) = octant(offset(x))
    return isSwapped.select(cosine, sine)
  }

  /// cos(pi x) / sin(pi x).
  private static func cotangentPi(_ x: ScalarValue) -> ScalarValue {
    let (sine, cosine, isSwapped) = octant(offset(x))
    // sin and cos have their signs from the offset and are exchanged beyond an eighth of a turn.
    return isSwapped.select(sine, cosine) / isSwapped.select(cosine, sine)
  }

  /// For |x| <= 1/2: the sine and cosine of pi x where |x| <= 1/4, else those of the complement with the sign of x on the
  /// cosine, so that sin(pi x) is the cosine and cos(pi x) the sine.
  private static func octant(
    _ x: ScalarValue
  ) -> (sine: ScalarValue, cosine: ScalarValue, isSwapped: ScalarValue) {
    let isSwapped = 0.25 .< x.absolute
    let y = isSwapped.select(0.5 - x.absolute, x)
    let angle = y * Double.pi
    let low = y.fma(Double.pi, -angle) + y * 0x1.1a62633145c07p-53
    let (sine, cosine) = kernels(angle, low)
    return (sine, isSwapped.select(copySign(cosine, x), cosine), isSwapped)
  }

  private static let nearTwo = [
    0.42278433509846713, 0.3224670334241132, -0.06735230105319563, 0.02058080842778338,
    -0.007385551028935545, 0.002890510330865901, -0.0011927539009983087, 0.0005096695196526673,
    -0.00022315497746292723, 9.945761692157132e-05, -4.4923727564247635e-05, 2.0506019701747717e-05,
    -9.456288515101803e-06, 4.382854538384225e-06, -1.974310688841888e-06, 9.242852225172964e-07,
    -5.81127776892358e-07, 2.747539005180349e-07,
  ]

  private static let stirling = [
    0.08333333333333333, -0.002777777777773988, 0.0007936507897524059, -0.0005952365845057042,
    0.0008414700852502405, -0.0018903829938839239, 0.005065905360081594,
  ]

  private static let digammaCore = [
    0.951055876031833, -0.4236274212814605, 0.2405424842407742, -0.14840492305390884, 0.09498872445494122,
    -0.061922133273064534, 0.04076083381242074, -0.02697579675613825, 0.0179072524394512,
    -0.011908218001568644, 0.007926944646403797, -0.005279964873257405, 0.0035190064015022766,
    -0.002345267632540765, 0.0015566317474486801, -0.0010376374098418832, 0.0007233266279287691,
    -0.00048219905305660327, 0.0002272331660987102, -0.00015148586836787408, 0.00025968482126433056,
    -0.00017312261802716238,
  ]

  private static let digammaTail = [
    0.08333333333333333, -0.008333333333278636, 0.0039682539119537084, -0.00416664482304969,
    0.007571689620282833, -0.020697987372315912, 0.06362150587527063,
  ]
}
