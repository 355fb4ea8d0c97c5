// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphIR
import Testing

/// The index at which Threefry under `key` gives `block`: `Threefry.block` run backwards, to reach the ends
/// of a generator's range.
private func index(yielding block: UInt64, under key: UInt64) -> UInt64 {
  let k0 = UInt32(truncatingIfNeeded: key)
  let k1 = UInt32(truncatingIfNeeded: key >> 32)
  let schedule = [k0, k1, k0 ^ k1 ^ Threefry.parity]
  var x0 = UInt32(truncatingIfNeeded: block)
  var x1 = UInt32(truncatingIfNeeded: block >> 32)
  for round in (0..<20).reversed() {
    if round % 4 == 3 {
      let number = round / 4 + 1
      x0 = x0 &- schedule[number % 3]
      x1 = x1 &- schedule[(number + 1) % 3] &- UInt32(number)
    }
    let left = Threefry.rotations[round % 8]
    let mixed = x1 ^ x0
    x1 = (mixed >> left) | (mixed << (32 - left))
    x0 = x0 &- x1
  }
  return UInt64(x1 &- k1) << 32 | UInt64(x0 &- k0)
}

/// Φ, by the C library.
private func normalDistribution(_ z: Double) -> Double {
  0.5 * erfc(-z / 2.0.squareRoot())
}

/// Kolmogorov and Smirnov's largest distance between the sample's distribution and `law`, times √n: above
/// 1.95 for one sample of `law` in 1000.
private func kolmogorovDistance(_ sample: [Double], _ law: (Double) -> Double) -> Double {
  let n = Double(sample.count)
  var distance = 0.0
  for (i, x) in sample.sorted().enumerated() {
    let expected = law(x)
    distance = max(distance, expected - Double(i) / n, Double(i + 1) / n - expected)
  }
  return distance * n.squareRoot()
}

/// The mean and the central moments of second to fourth order.
private func moments(_ sample: [Double]) -> (mean: Double, second: Double, third: Double, fourth: Double) {
  let n = Double(sample.count)
  let mean = sample.reduce(0, +) / n
  var (second, third, fourth) = (0.0, 0.0, 0.0)
  for x in sample {
    let square = (x - mean) * (x - mean)
    second += square
    third += square * (x - mean)
    fourth += square * square
  }
  return (mean, second / n, third / n, fourth / n)
}

private func correlation(_ a: [Double], _ b: [Double]) -> Double {
  let (ma, mb) = (moments(a), moments(b))
  let product = zip(a, b).reduce(0.0) { $0 + ($1.0 - ma.mean) * ($1.1 - mb.mean) }
  return product / (Double(a.count) * (ma.second * mb.second).squareRoot())
}

@Suite("Random numbers")
struct RandomTests {
  private let generator = CounterGenerator(seed: 2011, step: 3, stream: 17)

  // MARK: - Threefry

  @Test("Random123's known answers for threefry2x32, 20 rounds")
  func knownAnswers() {
    #expect(Threefry.block(key: 0, counter: 0) == 0x99BA_4EFE_6B20_0159)
    #expect(Threefry.block(key: .max, counter: .max) == 0xBB00_2BE7_1CB9_96FC)
    #expect(
      Threefry.block(key: 0x0370_7344_1319_8A2E, counter: 0x85A3_08D3_243F_6A88) == 0x483D_F7A0_C492_3A9C)
  }

  @Test("The scalar functions give the words of the block, and share their instructions")
  func scalarFunctions() throws {
    let types = [DType](repeating: .uint32, count: 4)
    let operands = types.indices.map { ScalarValue.input($0, .uint32) }
    let rows = [ScalarFunction.threefryLow, .threefryHigh]
    let programs = try rows.map { try #require($0.program(for: types)) }
    let both = ScalarProgram(inputs: types, rows.map { $0.expand(operands) })
    #expect(both.instructions.count <= programs[0].instructions.count + 8)
    var keys: [(key: UInt64, counter: UInt64)] = [
      (0, 0), (.max, .max), (0x0370_7344_1319_8A2E, 0x85A3_08D3_243F_6A88),
    ]
    for i in 0..<40 as Range<UInt64> { keys.append((generator.bits64(at: i), generator.bits64(at: ~i))) }
    for (key, counter) in keys {
      let words = [key & 0xffff_ffff, key >> 32, counter & 0xffff_ffff, counter >> 32]
      let block = Threefry.block(key: key, counter: counter)
      var fault = false
      #expect(both.evaluate(words, fault: &fault) == [block & 0xffff_ffff, block >> 32])
      #expect(programs[0].evaluate(words, fault: &fault) == [block & 0xffff_ffff])
      #expect(programs[1].evaluate(words, fault: &fault) == [block >> 32])
      #expect(!fault)
    }
  }

  @Test("The published rotations and parity are those that the block uses: it runs backwards with them")
  func backwards() {
    for i in 0..<200 as Range<UInt64> {
      let block = generator.bits64(at: i)
      #expect(index(yielding: block, under: generator.key) == i)
    }
  }

  @Test("Keys and bits against a separate implementation in Python")
  func chainedKeys() {
    let generator = CounterGenerator(seed: 0x0123_4567_89AB_CDEF, step: 7, stream: 42)
    #expect(generator.key == 0x120C_52C7_74BB_DEB9)
    #expect(generator.folding(5).key == 0xAFAF_FEDF_4234_CD9F)
    #expect(generator == CounterGenerator(key: 0x120C_52C7_74BB_DEB9))
    let runKey = CounterGenerator.runKey(seed: 0x0123_4567_89AB_CDEF, step: 7)
    #expect(runKey == 0x2077_496E_C812_4617)
    #expect(Threefry.block(key: runKey, counter: 42) == generator.key)
    let indices: [UInt64] = [0, 1, 2, 3, 1 << 33]
    #expect(
      indices.map(generator.bits32(at:)) == [0xC2BF_7858, 0x270A_0AF6, 0x4EC5_0E06, 0x5904_D5E2, 0x85E7_6ACA])
    #expect(
      indices.map(generator.bits64(at:)) == [
        0xE427_7BA6_C2BF_7858, 0xAC45_A4FE_270A_0AF6, 0x8585_BD16_4EC5_0E06, 0xD718_1258_5904_D5E2,
        0xD1CD_CC23_85E7_6ACA,
      ])
  }

  @Test("32 bits are the low half of the 64 bits at the same index")
  func halves() {
    for i in [0, 1, 1000, 1 << 40] as [UInt64] {
      #expect(generator.bits32(at: i) == UInt32(truncatingIfNeeded: generator.bits64(at: i)))
    }
  }

  // MARK: - Independence

  @Test("Any order of evaluation gives the same numbers")
  func order() {
    let count = 1000
    let forward = (0..<UInt64(count)).map(generator.bits32(at:))
    var shuffled = [UInt32](repeating: 0, count: count)
    for i in CounterGenerator(seed: 5, step: 0, stream: 0).permutation(count: count) {
      shuffled[i] = CounterGenerator(seed: 2011, step: 3, stream: 17).bits32(at: UInt64(i))
    }
    #expect(forward == shuffled)
  }

  @Test("Seed, step, stream and loop iteration each set the numbers apart")
  func separation() {
    let base = CounterGenerator(seed: 1, step: 1, stream: 1)
    let others = [
      base, CounterGenerator(seed: 2, step: 1, stream: 1), CounterGenerator(seed: 1, step: 2, stream: 1),
      CounterGenerator(seed: 1, step: 1, stream: 2), CounterGenerator(seed: 1, step: 2, stream: 2),
      base.folding(0), base.folding(1), base.folding(0).folding(1), base.folding(1).folding(0),
    ]
    #expect(Set(others).count == others.count)
    let n = 2000
    let samples = others.map { other in (0..<UInt64(n)).map(other.uniformFloat64(at:)) }
    for a in samples.indices {
      for b in samples.indices where b < a {
        #expect(abs(correlation(samples[a], samples[b])) < 4.5 / Double(n).squareRoot(), "\(a) and \(b)")
      }
    }
    // Arguments do not stand in for each other.
    #expect(
      CounterGenerator(seed: 1, step: 2, stream: 3).key != CounterGenerator(seed: 1, step: 3, stream: 2).key)
  }

  @Test("Neighbouring indices and bits do not depend on each other")
  func neighbours() {
    let n = 20_000
    let numbers = (0..<UInt64(n)).map { Double(generator.uniformFloat32(at: $0)) }
    for lag in [1, 2, 7, 64] {
      let r = correlation(Array(numbers.dropLast(lag)), Array(numbers.dropFirst(lag)))
      #expect(abs(r) < 4 / Double(n).squareRoot(), "lag \(lag)")
    }
    var ones = [Int](repeating: 0, count: 64)
    for i in 0..<4000 as Range<UInt64> {
      let bits = generator.bits64(at: i)
      for bit in 0..<64 { ones[bit] += Int(truncatingIfNeeded: (bits >> UInt64(bit)) & 1) }
    }
    for bit in 0..<64 {
      #expect(abs(Double(ones[bit]) - 2000) < 4.5 * 1000.0.squareRoot(), "bit \(bit)")
    }
  }

  // MARK: - Uniform

  @Test("Uniform numbers: grid, moments, distribution")
  func uniform() {
    let n = 20_000
    let single = (0..<UInt64(n)).map(generator.uniformFloat32(at:))
    let double = (0..<UInt64(n)).map(generator.uniformFloat64(at:))
    for i in 0..<n {
      #expect(single[i] * 0x1p24 == (single[i] * 0x1p24).rounded())
      #expect(single[i] == Float(generator.bits32(at: UInt64(i)) >> 8) / 16_777_216)
      #expect(double[i] == Double(generator.bits64(at: UInt64(i)) >> 11) / 9_007_199_254_740_992)
    }
    for sample in [single.map(Double.init), double] {
      let m = moments(sample)
      #expect(abs(m.mean - 0.5) < 4 * (1.0 / 12 / Double(n)).squareRoot())
      #expect(abs(m.second - 1.0 / 12) < 4 * (1.0 / 180 / Double(n)).squareRoot())
      #expect(kolmogorovDistance(sample) { $0 } < 1.95)
    }
  }

  @Test("The ends of every range are reached and not passed")
  func ends() {
    let lowest = index(yielding: 0, under: generator.key)
    let highest = index(yielding: .max, under: generator.key)
    #expect(generator.uniformFloat64(at: lowest) == 0)
    #expect(generator.uniformFloat64(at: highest) == 1 - 0x1p-53)

    #expect(generator.uniformFloat32(at: lowest) == 0)
    #expect(generator.uniformFloat32(at: highest) == 1 - 0x1p-24)

    // Φ⁻¹(2⁻⁵³), by mpmath.
    let farthest = 8.209536151601386
    #expect(abs(generator.standardNormalFloat64(at: lowest) + farthest) < 1e-14)
    #expect(abs(generator.standardNormalFloat64(at: highest) - farthest) < 1e-14)
    for (i, bound) in [(lowest, -2.0), (highest, 2.0)] {
      let z = generator.truncatedNormalFloat64(at: i)
      #expect(abs(z) <= 2 && abs(z - bound) < 1e-14)
      #expect(generator.truncatedNormalFloat32(at: i) == Float(bound))
    }
    for range in [-3...11, 0...0, Int64.min...Int64.max, -1...Int64.max, Int64.min...0]
      as [ClosedRange<Int64>]
    {
      #expect(generator.uniformInteger(in: range, at: lowest) == range.lowerBound)
      #expect(generator.uniformInteger(in: range, at: highest) == range.upperBound)
    }
  }

  @Test("Integers: every value, equally often")
  func integers() {
    let n = 14_000
    var counts = [Int64: Int]()
    for i in 0..<UInt64(n) { counts[generator.uniformInteger(in: -2...4, at: i), default: 0] += 1 }
    #expect(counts.keys.sorted() == Array(-2...4))
    let chiSquare = counts.values.reduce(0.0) { $0 + (Double($1) - 2000) * (Double($1) - 2000) / 2000 }
    #expect(chiSquare < 22.46)  // 6 degrees of freedom, p = 0.001
    let wide = (0..<2000 as Range<UInt64>).map { generator.uniformInteger(in: .min ... .max, at: $0) }
    #expect(abs(wide.filter { $0 < 0 }.count - 1000) < 100)
  }

  // MARK: - Normal

  /// Probabilities and their quantiles, by mpmath with 60 digits.
  private static let quantiles: [(probability: Double, z: Double)] = [
    (1e-300, -37.0470962993611992), (1e-100, -21.2734535609653243), (1e-16, -8.22208221613043562),
    (1e-11, -6.7060231554951363), (1.4e-11, -6.65672309151818364), (1e-05, -4.26489079392282461),
    (0.001, -3.09023230616781354), (0.01, -2.32634787404084109), (0.025, -1.95996398454005421),
    (0.074, -1.44663206715897851), (0.0751, -1.43882539275253998), (0.1, -1.28155156554460044),
    (0.25, -0.674489750196081743), (0.4, -0.253347103135799741), (0.5000000001, 2.5066284820303539e-10),
    (0.6, 0.253347103135799741), (0.75, 0.674489750196081743), (0.925, 1.43953147093845623),
    (0.926, 1.44663206715897881), (0.975, 1.95996398454005386), (0.99, 2.32634787404084077),
    (0.999, 3.09023230616781328), (0.99999, 4.26489079392384077),
  ]

  @Test("The quantile function to a relative 1e-15")
  func quantile() {
    for (probability, expected) in Self.quantiles {
      let z = NormalQuantile.value(at: probability)
      #expect(abs(z - expected) <= 1e-15 * abs(expected), "at \(probability)")
    }
    #expect(NormalQuantile.value(at: 0.5) == 0)
    #expect(NormalQuantile.value(at: 0) == -.infinity)
    #expect(NormalQuantile.value(at: 1) == .infinity)
    for outside in [-0x1p-60, 1 + 0x1p-52, .infinity, .nan] {
      #expect(NormalQuantile.value(at: outside).isNaN)
    }
  }

  @Test("The quantile function inverts the C library's erfc, without a step where its formulas meet")
  func quantileAgainstErfc() {
    var previous = -Double.infinity
    for k in 1..<2000 {
      let probability = Double(k) / 2000
      let z = NormalQuantile.value(at: probability)
      #expect(z > previous)
      #expect(abs(normalDistribution(z) - probability) < 4e-16)
      previous = z
    }
    for seam in [0.075, 0.925, exp(-25)] {
      let below = NormalQuantile.value(at: seam * (1 - 1e-12))
      let above = NormalQuantile.value(at: seam * (1 + 1e-12))
      // The density at the seam says how far apart they belong.
      let density = exp(-below * below / 2) / (2 * Double.pi).squareRoot()
      let expected = 2e-12 * seam / density
      #expect(abs(above - below - expected) < 0.02 * expected, "at \(seam)")
    }
  }

  @Test("Normal numbers: moments, distribution, rounding")
  func normal() {
    let n = 20_000
    let sample = (0..<UInt64(n)).map(generator.standardNormalFloat64(at:))
    let m = moments(sample)
    #expect(abs(m.mean) < 4 / Double(n).squareRoot())
    #expect(abs(m.second - 1) < 4 * (2 / Double(n)).squareRoot())
    #expect(abs(m.third) < 4 * (15 / Double(n)).squareRoot())
    #expect(abs(m.fourth - 3) < 4 * (96 / Double(n)).squareRoot())
    #expect(kolmogorovDistance(sample, normalDistribution) < 1.95)
    for i in 0..<100 {
      #expect(generator.standardNormalFloat32(at: UInt64(i)) == Float(sample[i]))
    }
  }

  @Test("Truncated normal numbers: bounds, moments, distribution")
  func truncatedNormal() {
    let n = 20_000
    let sample = (0..<UInt64(n)).map(generator.truncatedNormalFloat64(at:))
    #expect(sample.allSatisfy { abs($0) <= 2 })
    let m = moments(sample)
    let deviation = CounterGenerator.truncatedNormalStandardDeviation
    #expect(abs(m.mean) < 4 * deviation / Double(n).squareRoot())
    #expect(abs(m.second - deviation * deviation) < 4 * (1 / Double(n)).squareRoot())
    let outside = normalDistribution(-2)
    #expect(kolmogorovDistance(sample) { (normalDistribution($0) - outside) / (1 - 2 * outside) } < 1.95)
    let density = exp(-2.0) / (2 * Double.pi).squareRoot()
    #expect(abs(deviation - (1 - 4 * density / (1 - 2 * outside)).squareRoot()) < 1e-15)
    for i in 0..<100 {
      #expect(generator.truncatedNormalFloat32(at: UInt64(i)) == Float(sample[i]))
    }
  }

  // MARK: - Permutation

  @Test("A permutation holds every index once; the empty and the single one are trivial")
  func permutation() {
    for count in [2, 3, 10, 1000] {
      let order = generator.permutation(count: count)
      #expect(order.sorted() == Array(0..<count))
      #expect(order == generator.permutation(count: count))
    }
    #expect(generator.permutation(count: 1000) != generator.folding(1).permutation(count: 1000))
    #expect(generator.permutation(count: 1) == [0])
    #expect(generator.permutation(count: 0).isEmpty)
    #expect(generator.permutation(count: -1).isEmpty)
    // By the separate implementation in Python.
    let other = CounterGenerator(seed: 0x0123_4567_89AB_CDEF, step: 7, stream: 42)
    #expect(other.permutation(count: 10) == [6, 7, 1, 5, 3, 4, 0, 9, 2, 8])
  }

  @Test("All 24 orders of four come up equally often")
  func permutationLaw() {
    let n = 4800
    var counts = [[Int]: Int]()
    for stream in 0..<UInt64(n) {
      counts[CounterGenerator(seed: 9, step: 0, stream: stream).permutation(count: 4), default: 0] += 1
    }
    #expect(counts.count == 24)
    let chiSquare = counts.values.reduce(0.0) { $0 + (Double($1) - 200) * (Double($1) - 200) / 200 }
    #expect(chiSquare < 49.73)  // 23 degrees of freedom, p = 0.001
  }
}
