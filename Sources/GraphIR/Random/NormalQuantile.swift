// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The inverse of Φ, the distribution function of the standard normal law.
///
/// Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics
/// 37 (1988), routine PPND16. With its own logarithm the relative error stays below 10⁻¹⁵.
public enum NormalQuantile {
  /// The z with Φ(z) = `probability`; infinite at 0 and 1, and not a number outside [0, 1].
  public static func value(at probability: Double) -> Double {
    guard probability > 0 && probability < 1 else {
      return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
    }
    return value(centered: probability - 0.5, tail: min(probability, 1 - probability))
  }

  /// The z with Φ(z) = ½ + `q`, for |q| < ½: precise near the median, where ½ + q would round q away.
  static func value(centered q: Double) -> Double {
    value(centered: q, tail: 0.5 - abs(q))
  }

  /// - Parameters:
  ///   - q: the probability less ½.
  ///   - tail: the probability of the nearer tail, ½ − |q|; positive.
  private static func value(centered q: Double, tail: Double) -> Double {
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * polynomial(centralNumerator, r) / polynomial(centralDenominator, r)
    }
    let r = (-logarithm(tail)).squareRoot()
    let z =
      r <= 5
      ? polynomial(middleNumerator, r - 1.6) / polynomial(middleDenominator, r - 1.6)
      : polynomial(farNumerator, r - 5) / polynomial(farDenominator, r - 5)
    return q < 0 ? -z : z
  }

  /// The polynomial with these coefficients, highest power first, by Horner's rule.
  private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
    var sum = 0.0
    for coefficient in coefficients {
      sum = sum * x + coefficient
    }
    return sum
  }

  /// ln x for a positive, normal x; error below 1 ULP.
  ///
  /// x = m · 2ᵉ with m in [√½, √2), and ln m = 2 artanh s for s = (m − 1) / (m + 1), |s| < 0.172: eleven
  /// terms of artanh's series leave less than 10⁻¹⁹ of it.
  static func logarithm(_ x: Double) -> Double {
    var exponent = Int(x.exponentBitPattern) - 1023
    var m = Double(sign: .plus, exponentBitPattern: 1023, significandBitPattern: x.significandBitPattern)
    if m > 1.414_213_562_373_095_1 {
      m *= 0.5
      exponent += 1
    }
    let f = m - 1
    let s = f / (m + 1)
    let series = 2 * polynomial(artanhSeries, s * s)
    // 2 artanh s = 2 s + s³ · series, and 2 s = f − s f exactly: this order keeps the leading term exact.
    let correction = s * (f - s * s * series)
    let e = Double(exponent)
    return e * 6.931_471_803_691_238e-1 + (f - (correction - e * 1.908_214_929_270_587_7e-10))
  }

  /// 1/(2k + 1) for k = 11, 10, …, 1.
  private static let artanhSeries: [Double] = [
    1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3,
  ]

  private static let centralNumerator: [Double] = [
    2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
    1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0,
  ]
  private static let centralDenominator: [Double] = [
    5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
    5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1,
  ]
  private static let middleNumerator: [Double] = [
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
    1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
    4.63033784615654529590e+0, 1.42343711074968357734e+0,
  ]
  private static let middleDenominator: [Double] = [
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
    1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0,
    2.05319162663775882187e+0, 1,
  ]
  private static let farNumerator: [Double] = [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
    2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
    5.46378491116411436990e+0, 6.65790464350110377720e+0,
  ]
  private static let farDenominator: [Double] = [
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
    7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
    5.99832206555887937690e-1, 1,
  ]
}
