// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphIR
import Testing

@testable import Graphc

/// Draws by inversion of the normal distribution, and by what is made of it. The seeds are fixed.
@Suite("Normal and gamma draws")
struct NormalDrawTests {
  static let dtypes: [DType] = [.float32, .float64]
  static let engines = RandomDrawTests.engines
  let graph = Graph()
  private let count = 20_000

  private func sample(_ draw: Tensor, seed: UInt64 = 1905) throws -> [Double] {
    try Session(graph, seed: seed, threads: 1).run(draw).doubles
  }

  @Test("Normal", arguments: dtypes)
  func normal(dtype: DType) throws {
    let x = try sample(graph.randomNormal([count], mean: 3, standardDeviation: 2, dtype: dtype))
    Statistics.expect(x, mean: 3, variance: 4, fourth: 3 * 16)
    #expect(Statistics.kolmogorovDistance(x) { Statistics.normalLaw(($0 - 3) / 2) } < 1.95)
    #expect(try sample(graph.randomNormal([3], mean: 7, standardDeviation: 0, dtype: dtype)) == [7, 7, 7])
  }

  @Test("Normal numbers are the quantiles of the generator's bits", arguments: engines)
  func normalBits(engine: Session.Engine) throws {
    let draws = [
      graph.randomNormal([50], dtype: .float64), graph.randomTruncatedNormal([50], dtype: .float64),
      graph.randomNormal([5, 10]),
    ]
    let values = try Session(graph, seed: 9, engine: engine).run(draws)
    let generators = (0..<3).map { CounterGenerator(seed: 9, step: 0, stream: $0) }
    for index in 0..<50 as Range<UInt64> {
      let expected = [
        generators[0].standardNormalFloat64(at: index), generators[1].truncatedNormalFloat64(at: index),
      ]
      for (value, number) in zip(values, expected) {
        #expect(abs(value.doubles[Int(index)] - number) <= 1e-14 * max(1, abs(number)))
      }
      // 23 bits of the low word: the quantile at (k + ½) · 2⁻²³.
      let k = Double(generators[2].bits32(at: index) >> 9)
      let quantile = NormalQuantile.value(at: (k + 0.5) * 0x1p-23)
      #expect(abs(values[2].doubles[Int(index)] - quantile) <= 1e-6 * max(1, abs(quantile)))
    }
    #expect(values[2].shape == [5, 10] && values[2].dtype == .float32)
  }

  @Test("Truncated normal", arguments: dtypes)
  func truncated(dtype: DType) throws {
    let x = try sample(graph.randomTruncatedNormal([count], mean: 1, standardDeviation: 3, dtype: dtype))
    #expect(x.allSatisfy { -5 <= $0 && $0 <= 7 })
    let deviation = 3 * CounterGenerator.truncatedNormalStandardDeviation
    #expect(abs(Statistics.mean(x) - 1) < 4 * deviation / Double(count).squareRoot())
    #expect(abs(Statistics.variance(x).squareRoot() / deviation - 1) < 0.02)
    let one = try sample(graph.randomTruncatedNormal([count], in: 0.5...1.5, dtype: dtype))
    #expect(one.allSatisfy { 0.5 <= $0 && $0 <= 1.5 })
    let (low, high) = (Statistics.normalLaw(0.5), Statistics.normalLaw(1.5))
    #expect(Statistics.kolmogorovDistance(one) { (Statistics.normalLaw($0) - low) / (high - low) } < 1.95)
  }

  @Test("Gamma", arguments: dtypes)
  func gamma(dtype: DType) throws {
    let laws: [(concentration: Double, law: (Double) -> Double)] = [
      (0.5, { erf($0.squareRoot()) }), (1, { 1 - exp(-$0) }), (2, { 1 - exp(-$0) * (1 + $0) }),
      (4, { 1 - exp(-$0) * (1 + $0 + $0 * $0 / 2 + $0 * $0 * $0 / 6) }),
    ]
    for (a, law) in laws {
      let x = try sample(graph.randomGamma([count], concentration: a, rate: 2, dtype: dtype)).map { 2 * $0 }
      #expect(x.allSatisfy { $0 >= 0 && $0.isFinite })
      Statistics.expect(x, mean: a, variance: a, fourth: 3 * a * a + 6 * a)
      #expect(Statistics.kolmogorovDistance(x, law) < 1.95, "\(a)")
    }
    let large = try sample(graph.randomGamma([count], concentration: 300, dtype: dtype))
    Statistics.expect(large, mean: 300, variance: 300, fourth: 3 * 90_000 + 1800)
  }

  @Test("A concentration for each number; both engines draw alike")
  func concentrations() throws {
    let a = graph.placeholder(.float32, [nil, 2], name: "a")
    let draw = graph.randomGamma(concentration: a)
    #expect(draw.shape == a.shape && draw.dtype == .float32)
    let fed: NDArray = [[0.1, 3], [-1, 50], [0, 1]]
    let runs = try Self.engines.map { try Session(graph, seed: 5, engine: $0).run(draw, feeding: [a: fed]) }
    let numbers = runs[0].doubles
    #expect(numbers[2].isNaN && numbers[4].isNaN)
    #expect([0, 1, 3, 5].allSatisfy { numbers[$0] > 0 })
    #expect(isClose(numbers, runs[1].doubles, within: 1e-5))
  }

  @Test("The bits are the same for any number of threads")
  func threads() throws {
    let draws = [
      graph.randomNormal([70_000]), graph.randomGamma([30_000], concentration: 0.7),
      graph.randomTruncatedNormal([300, 100], dtype: .float64), graph.randomPermutation(40_000),
      graph.randomChoice(of: 90, count: 40_000), randomCategorical(graph.zeros([4, 5]), sampleCount: 9000),
      shuffled(graph.range(50_000)),
    ]
    let runs = try [1, 2, 3].map { try Session(graph, seed: 5, threads: $0).run(draws) }
    #expect(runs[0] == runs[1] && runs[0] == runs[2])
  }

  @Test("A state that was saved and is set again draws the same")
  func savedState() throws {
    let draws = [graph.randomNormal([40]), graph.randomGamma([9], concentration: 2)]
    let session = try Session(graph, seed: 5)
    _ = try session.run(draws)
    let state = session.randomState
    let values = try session.run(draws)
    let other = try Session(graph, seed: 1)
    other.randomState = state
    #expect(try other.run(draws) == values)
    session.randomState = state
    #expect(try session.run(draws) == values)
  }

  @Test("Mistakes")
  func mistakes() {
    #expect(
      graph.randomNormal([2], standardDeviation: -1).complaint.hasPrefix("[random.scale] randomNormal:"))
    #expect(graph.randomTruncatedNormal([2], mean: .nan).complaint.hasPrefix("[random.scale]"))
    #expect(graph.randomNormal([2], dtype: .int32).complaint.hasPrefix("[random.type]"))
    #expect(graph.randomGamma([2], concentration: 0).complaint.hasPrefix("[random.concentration]"))
    #expect(graph.randomGamma([2], concentration: 1, rate: -2).complaint.hasPrefix("[random.rate]"))
  }
}
