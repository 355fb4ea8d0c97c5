// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A counter-based generator: the number at an index is a pure function of the session's seed, the session's
/// step counter, the stream of the draw and the index, so that any order of evaluation and any number of threads
/// gives the same numbers.
///
/// The first three become a 64-bit key by chained encryption, `key = E(E(seed, step), stream)` where
/// `E(key, counter)` is `Threefry.block`. The inner block is the run's key, which a session hands to a program
/// that draws; the outer one is part of the program. Two streams of one run never share a key, because `E` is a
/// bijection of its counter; nor do two runs share theirs; two streams of different runs share one with
/// probability 2⁻⁶⁴. A draw within loops encrypts the indices of their steps behind its stream, outer loops first.
///
/// No method uses a math library: each is built from integer operations and IEEE 754's `+ - * / sqrt`, and so
/// gives the same bits on every machine.
public struct CounterGenerator: Hashable, Sendable {
  /// The key of every block of this generator; word 0 is the low half.
  public let key: UInt64

  /// The generator of one draw in one run.
  /// - Parameters:
  ///   - seed: the session's seed.
  ///   - step: the session's count of runs that drew numbers.
  ///   - stream: the number of the draw, handed out in building order.
  public init(seed: UInt64, step: UInt64, stream: UInt64) {
    self.init(key: Threefry.block(key: Self.runKey(seed: seed, step: step), counter: stream))
  }

  /// What all draws of one run share.
  public static func runKey(seed: UInt64, step: UInt64) -> UInt64 {
    Threefry.block(key: seed, counter: step)
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

  /// 32 random bits: word 0 of block `index`, the low half of `bits64(at: index)`. The same block an index for
  /// every kind of number keeps a draw in a kernel one pointwise expression.
  public func bits32(at index: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: Threefry.block(key: key, counter: index))
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
