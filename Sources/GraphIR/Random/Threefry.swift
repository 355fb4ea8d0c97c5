// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The keyed bijection under all random numbers: Threefry-2x32 with 20 rounds.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, and its
/// library Random123, whose known answers it meets. It needs only 32-bit additions, rotations and exclusive
/// ors, so a vector kernel runs one block per lane on any CPU.
public enum Threefry {
  /// The rotation of round `r` is `rotations[r % 8]`, in bits to the left.
  public static let rotations: [UInt32] = [13, 15, 26, 6, 17, 29, 16, 24]

  /// The third word of the key schedule is this constant, exclusive-or both words of the key.
  public static let parity: UInt32 = 0x1BD1_1BDA

  /// Encrypts `counter` under `key`. Word 0 of each is its low half.
  public static func block(key: UInt64, counter: UInt64) -> UInt64 {
    let k0 = UInt32(truncatingIfNeeded: key)
    let k1 = UInt32(truncatingIfNeeded: key >> 32)
    let k2 = k0 ^ k1 ^ parity
    var x0 = UInt32(truncatingIfNeeded: counter) &+ k0
    var x1 = UInt32(truncatingIfNeeded: counter >> 32) &+ k1

    func round(_ left: UInt32) {
      x0 = x0 &+ x1
      x1 = ((x1 &<< left) | (x1 &>> (32 &- left))) ^ x0
    }
    // Written out rather than looped over `rotations`: a generator is called once per element.
    func evenRounds() {
      round(13)
      round(15)
      round(26)
      round(6)
    }
    func oddRounds() {
      round(17)
      round(29)
      round(16)
      round(24)
    }
    func inject(_ a: UInt32, _ b: UInt32, _ number: UInt32) {
      x0 = x0 &+ a
      x1 = x1 &+ b &+ number
    }

    evenRounds()
    inject(k1, k2, 1)
    oddRounds()
    inject(k2, k0, 2)
    evenRounds()
    inject(k0, k1, 3)
    oddRounds()
    inject(k1, k2, 4)
    evenRounds()
    inject(k2, k0, 5)
    return UInt64(x1) << 32 | UInt64(x0)
  }
}

/// A counter-based generator: the number at an index is a pure function of the session's seed, the stream of
/// the drawing node, the session's step counter and the index, so that any order of evaluation and any number
/// of threads gives the same numbers.
///
/// The first three become a 64-bit key by chained encryption, `key = E(E(seed, stream), step)` where
/// `E(key, counter)` is `Threefry.block`. Two steps of one stream never share a key, because `E` is a
/// bijection of its counter; two different streams share one with probability 2⁻⁶⁴ for each pair of steps.
///
/// No method uses a math library: each is built from integer operations and IEEE 754's `+ - * / sqrt`, and so
/// gives the same bits on every machine.
public struct CounterGenerator: Hashable, Sendable {
  /// The key of every block of this generator; word 0 is the low half.
  public let key: UInt64

  /// The generator of one node in one run.
  /// - Parameters:
  ///   - seed: the session's seed.
  ///   - step: the session's count of runs that drew numbers.
  ///   - stream: the number of the drawing node, handed out in building order.
  public init(seed: UInt64, step: UInt64, stream: UInt64) {
    let streamKey = Threefry.block(key: seed, counter: stream)
    key = Threefry.block(key: streamKey, counter: step)
  }

  /// The generator with this very key, as a kernel receives it.
  public init(key: UInt64) {
    self.key = key
  }

  /// The generator of iteration `iteration` of a loop around the drawing node; fold outer loops in first.
  public func folding(_ iteration: UInt64) -> CounterGenerator {
    CounterGenerator(key: Threefry.block(key: key, counter: iteration))
  }

  // MARK: - Bits

  /// 32 random bits: word `index % 2` of block `index / 2`.
  ///
  /// `bits64(at: i)` consists of `bits32(at: 2 * i)` and `bits32(at: 2 * i + 1)`: use one of them per stream.
  public func bits32(at index: UInt64) -> UInt32 {
    let pair = Threefry.block(key: key, counter: index >> 1)
    return UInt32(truncatingIfNeeded: pair &>> ((index & 1) &* 32))
  }

  /// 64 random bits: block `index`, its word 0 as the low half.
  public func bits64(at index: UInt64) -> UInt64 {
    Threefry.block(key: key, counter: index)
  }

  // MARK: - Uniform

  /// A multiple of 2⁻²⁴ in [0, 1): the top 24 of 32 bits.
  public func uniformFloat32(at index: UInt64) -> Float {
    Float(bits32(at: index) >> 8) * 0x1p-24
  }

  /// A multiple of 2⁻⁵³ in [0, 1): the top 53 of 64 bits.
  public func uniformFloat64(at index: UInt64) -> Double {
    Double(bits64(at: index) >> 11) * 0x1p-53
  }

  /// A number of `range`, both ends included, by 64-bit multiply-shift: ⌊bits · n / 2⁶⁴⌋ for n numbers.
  ///
  /// No number's probability is off 1/n by more than 2⁻⁶⁴, so for n below 2³² the relative bias is below
  /// 2⁻³²; in exchange each index costs one block and needs no rejection loop.
  public func uniformInteger(in range: ClosedRange<Int64>, at index: UInt64) -> Int64 {
    let bits = bits64(at: index)
    let count = UInt64(bitPattern: range.upperBound &- range.lowerBound) &+ 1
    let offset = count == 0 ? bits : bits.multipliedFullWidth(by: count).high  // 0 stands for 2⁶⁴
    return range.lowerBound &+ Int64(bitPattern: offset)
  }

  // MARK: - Normal

  /// A draw from the normal distribution of mean 0 and standard deviation 1, by inversion.
  ///
  /// The quantile is taken at (k + ½) · 2⁻⁵² where k is the top 52 of 64 bits: that is symmetric about ½ and
  /// never 0 or 1, so |z| < 8.3.
  public func standardNormalFloat64(at index: UInt64) -> Double {
    NormalQuantile.value(centered: centeredUniform(at: index))
  }

  /// `standardNormalFloat64(at:)`, rounded.
  public func standardNormalFloat32(at index: UInt64) -> Float {
    Float(standardNormalFloat64(at: index))
  }

  /// A draw from the standard normal distribution given that |z| ≤ 2, by inversion of the truncated law.
  ///
  /// Same law as drawing again until |z| ≤ 2 (Keras's `TruncatedNormal`, TensorFlow's `truncated_normal`).
  /// Its standard deviation is `truncatedNormalStandardDeviation`, not 1.
  public func truncatedNormalFloat64(at index: UInt64) -> Double {
    let z = NormalQuantile.value(centered: centeredUniform(at: index) * Self.truncatedMass)
    return min(max(z, -2), 2)  // the quantile's own rounding could step over the bound
  }

  /// `truncatedNormalFloat64(at:)`, rounded.
  public func truncatedNormalFloat32(at index: UInt64) -> Float {
    Float(truncatedNormalFloat64(at: index))
  }

  /// √(1 − 4 φ(2) / (Φ(2) − Φ(−2))): the standard deviation of a standard normal cut at ±2.
  public static let truncatedNormalStandardDeviation = 0.879_625_661_034_239_75

  /// Φ(2) − Φ(−2).
  private static let truncatedMass = 0.954_499_736_103_641_586

  /// (k + ½) · 2⁻⁵² − ½, exactly, where k is the top 52 of 64 bits.
  private func centeredUniform(at index: UInt64) -> Double {
    (Double(bits64(at: index) >> 12) + 0.5) * 0x1p-52 - 0.5
  }

  // MARK: - Permutation

  /// A random order of `0 ..< count` by the Fisher–Yates shuffle, drawing index `i` of this stream to place
  /// element `i`; empty if `count` is not positive. Every order is equally likely, up to the bias of
  /// `uniformInteger(in:at:)`.
  public func permutation(count: Int) -> [Int] {
    guard count > 0 else { return [] }
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      let other = Int(uniformInteger(in: 0...Int64(last), at: UInt64(last)))
      order.swapAt(last, other)
    }
    return order
  }
}

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
