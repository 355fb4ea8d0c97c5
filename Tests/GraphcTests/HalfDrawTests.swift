// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Draws in the types of 16 bits: the numbers of `float32`, rounded once.
@Suite("Draws of 16 bits")
struct HalfDrawTests {
  static let engines = RandomDrawTests.engines
  static let halves = ElementTypeTests.halves
  let graph = Graph()

  /// The nearest number of the type.
  private func rounded(_ number: Float, _ dtype: DType) -> Float {
    dtype == .float16 ? Float(Float16(number)) : Float(BFloat16(number))
  }

  private func generator(_ stream: UInt64) -> CounterGenerator {
    CounterGenerator(seed: 9, step: 0, stream: stream)
  }

  @Test("Uniform numbers are those that the generator documents, rounded", arguments: engines, halves)
  func uniform(engine: Session.Engine, dtype: DType) throws {
    let unit = graph.randomUniform([9, 7], dtype: dtype)
    let wide = graph.randomUniform([80], in: -3..<5, dtype: dtype)
    let values = try Session(graph, seed: 9, engine: engine).run([unit, wide])
    #expect(values.map(\.dtype) == [dtype, dtype] && values.map(\.shape) == [[9, 7], [80]])
    for index in 0..<63 {
      let expected = rounded(generator(0).uniformFloat32(at: UInt64(index)), dtype)
      #expect(values[0].number(at: index) == Double(expected))
    }
    for index in 0..<80 {
      let expected = rounded(-3 + 8 * generator(1).uniformFloat32(at: UInt64(index)), dtype)
      #expect(values[1].number(at: index) == Double(expected))
    }
  }

  /// In `bfloat16` a 512th of the numbers below 1 are nearer to 1 than to the number before it.
  @Test("The end of a range is never drawn, though rounding would reach it", arguments: halves)
  func excludedEnd(dtype: DType) throws {
    let ulp = dtype == .float16 ? 0x1p-11 : 0x1p-8
    let cases: [(range: Range<Double>, last: Double)] = [
      (0..<1, 1 - ulp), (-2 ..< -1, -1 - 2 * ulp), (1..<2, 2 - 2 * ulp), (-1..<0, 0),
    ]
    let draws = cases.map { graph.randomUniform([30_000], in: $0.range, dtype: dtype) }
    let values = try Session(graph, seed: 3, threads: 1).run(draws).map(\.doubles)
    for ((range, last), numbers) in zip(cases, values) {
      #expect(numbers.allSatisfy(range.contains))
      if last != 0 { #expect(numbers.max() == last, "\(range)") }
    }
    // Between 1 and the next number nothing is left but 1; closer bounds have no number.
    let one = graph.randomUniform([50], in: 1..<(1 + 2 * ulp), dtype: dtype)
    #expect(try Session(graph, threads: 1).run(one).doubles.allSatisfy { $0 == 1 })
    let empty = graph.randomUniform([3], in: 1..<(1 + ulp / 2), dtype: dtype)
    #expect(
      empty.complaint
        == "[random.range] randomUniform: the range \(1..<(1 + ulp / 2)) has no numbers in \(dtype), or too many"
    )
  }

  @Test("A range beyond the greatest number of the type is refused")
  func wideRanges() {
    #expect(graph.randomUniform([3], in: 0..<7e4, dtype: .float16).complaint.hasPrefix("[random.range]"))
    #expect(graph.randomUniform([3], in: 0..<3.4e38, dtype: .bfloat16).complaint.hasPrefix("[random.range]"))
    #expect(graph.randomUniform([3], in: -6e4..<6e4, dtype: .float16).dtype == .float16)
  }

  @Test("Normal numbers are those of float32, rounded", arguments: engines, halves)
  func normal(engine: Session.Engine, dtype: DType) throws {
    func draws(_ graph: Graph, _ dtype: DType) -> [Tensor] {
      [
        graph.randomNormal([8, 9], dtype: dtype),
        graph.randomNormal([72], mean: 3, standardDeviation: 0.5, dtype: dtype),
        graph.randomTruncatedNormal([72], dtype: dtype),
      ]
    }
    let other = Graph()
    let single = try Session(other, seed: 9, engine: engine).run(draws(other, .float32))
    let values = try Session(graph, seed: 9, engine: engine).run(draws(graph, dtype))
    for (value, single) in zip(values, single) {
      #expect(value.dtype == dtype && value.shape == single.shape)
      #expect(value.doubles == single.floats.map { Double(rounded($0, dtype)) })
    }
    #expect(values[2].doubles.allSatisfy { $0.magnitude <= 2 })
    // 23 bits of the low word: the quantile at (k + ½) · 2⁻²³, to half a unit in the last place.
    let epsilon = dtype == .float16 ? 0x1p-11 : 0x1p-8
    for index in 0..<72 {
      let k = Double(generator(0).bits32(at: UInt64(index)) >> 9)
      let quantile = NormalQuantile.value(at: (k + 0.5) * 0x1p-23)
      #expect(abs(values[0].number(at: index) - quantile) <= 1.01 * epsilon * abs(quantile))
    }
  }

  @Test("Both engines and any number of threads draw the same bits", arguments: halves)
  func threads(dtype: DType) throws {
    let draws = [
      graph.randomUniform([41, 3], in: -1..<1, dtype: dtype), graph.randomNormal([123], dtype: dtype),
      graph.randomTruncatedNormal([123], mean: 1, standardDeviation: 3, dtype: dtype),
      dropout(graph.ones([41, 3]).converted(to: dtype), rate: 0.4),
    ]
    let sums = draws.map { $0.sum() }
    let values = try bothEngines(draws + sums)
    #expect(values.allSatisfy { $0.dtype == dtype })
    #expect(try Session(graph, seed: 1, threads: 2).run(draws + sums) == values)
  }
}
