// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// log x = k ln 2 + high + low for x >= 0 in f64, |high| <= log(2) / 2, to about 2^-68. What it gives for 0, infinity
  /// and NaN means nothing.
  static func logarithmParts(_ x: ScalarValue) -> (k: ScalarValue, high: ScalarValue, low: ScalarValue) {
    let subnormal = x .< 0x1p-1022
    let (scaledK, m, _) = exponentAndFraction(subnormal.select(x * 0x1p52, x))
    let k = subnormal.select(scaledK - 52, scaledK)

    // s + sLow = f / (2 + f) for f = m - 1, by a reciprocal and the residual of its product.
    let f = m - 1
    let denominator = m + 1
    let denominatorLow = m - (denominator - 1)
    let reciprocal = 1 / denominator
    let s = f * reciprocal
    let residual = s.fma(-denominator, f) - s * denominatorLow
    let sLow = residual * reciprocal
    // z + zLow = s^2.
    let z = s * s
    let zLow = s.fma(s, -z) + 2 * s * sLow

    // log m = 2 s (1 + u), u = z / 3 + z^2 w(z); only the second term is small enough for one precision.
    let w = polynomial(
      z,
      [
        0.20000000000001145, 0.14285714285041407, 0.11111111261525831, 0.09090892041160842,
        0.07693385460300566, 0.06628245570608901, 0.0659972401028424,
      ])
    let third = 0x1.5555555555555p-2
    let thirdLow = 0x1.5555555555555p-56
    let a = z * third
    let aLow = z.fma(third, -a) + z.fma(thirdLow, zLow * third)
    let b = z * z * w
    let u = a + b
    let uLow = ((a - u) + b) + aLow
    let t = s * u
    let tLow = s.fma(u, -t) + s.fma(uLow, sLow * u)
    let half = s + t
    let halfLow = ((s - half) + t) + (sLow + tLow)
    return (k, half + half, halfLow + halfLow)
  }

  /// log x as a sum of two f64s, for x >= 0; that of 0 and of infinity in the first.
  static func logarithmPair(_ x: ScalarValue) -> (high: ScalarValue, low: ScalarValue) {
    // k times the first part of ln 2 is exact, and zero or the larger summand.
    let (k, double, doubleLow) = logarithmParts(x)
    let whole = k * 0x1.62e42feep-1
    let logarithm = whole + double
    let low = ((whole - logarithm) + double) + k.fma(0x1.a39ef35793c76p-33, doubleLow)
    let finite = (x .< .infinity).select(logarithm, x)
    return ((x .== 0).select(-.infinity, finite), low)
  }

  /// log2 x in f64 for x >= 0 of lower precision: relative error 2^-37.8.
  static func log2OfSingle(_ x: ScalarValue) -> ScalarValue {
    let (k, m, _) = exponentAndFraction(x)
    let s = (m - 1) / (m + 1)
    // log2(m) = s p(s^2), minimax.
    let p = polynomial(
      s * s,
      [
        2.8853900817902036, 0.9617966731821949, 0.5770836174505611, 0.4116706618007973, 0.34076999053732987,
      ])
    let finite = (x .< .infinity).select(s.fma(p, k), x)
    return (x .== 0).select(-.infinity, finite)
  }

  /// So precise before its last rounding that the logarithms of powers of two are exact.
  static func log2(_ x: ScalarValue) -> ScalarValue {
    guard x.type == .float64 else {
      return (x .< 0).select(.nan, log2OfSingle(x.converted(.float64)).converted(x.type))
    }
    let (k, high, low) = logarithmParts(x)
    let product = high * log2e
    let productLow = high.fma(log2e, -product) + high.fma(log2eLow, low * log2e)
    let sum = k + product
    let value = sum + (((k - sum) + product) + productLow)
    return ofPositive(x, value)
  }

  /// So precise before its last rounding that the logarithms of powers of ten are exact.
  static func log10(_ x: ScalarValue) -> ScalarValue {
    guard x.type == .float64 else {
      let value = log2OfSingle(x.converted(.float64)) * 0x1.34413509f79ffp-2
      return (x .< 0).select(.nan, value.converted(x.type))
    }
    let (high, low) = logarithmPair(x)
    let product = high * log10e
    let productLow = high.fma(log10e, -product) + high.fma(log10eLow, low * log10e)
    return ofPositive(x, product + productLow)
  }

  private static let log2e = 0x1.71547652b82fep+0
  private static let log2eLow = 0x1.777d0ffda0d24p-56
  private static let log10e = 0x1.bcb7b1526e50ep-2
  private static let log10eLow = 0x1.95355baaafad3p-57

  /// A logarithm of x, with those of what is not positive and finite.
  static func ofPositive(_ x: ScalarValue, _ value: ScalarValue) -> ScalarValue {
    let bounded = (x .< .infinity).select(value, x)
    let atMostZero = (x .== 0).select(x.constant(-.infinity), x.constant(.nan))
    return (0 .< x).select(bounded, atMostZero)
  }
}
