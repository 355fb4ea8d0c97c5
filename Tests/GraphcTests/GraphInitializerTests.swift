// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Initializers")
struct GraphInitializerTests {
  func numbers(_ initializer: Initializer, _ shape: [Int], dtype: DType = .float64, stream: UInt64 = 0)
    -> [Double]
  {
    initializer.makeValue(shape: shape, dtype: dtype, seed: 7, stream: stream).doubles
  }

  func moments(_ numbers: [Double]) -> (mean: Double, stddev: Double) {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    return (mean, (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)).squareRoot())
  }

  @Test("Fixed values, in every type")
  func fixed() {
    #expect(numbers(.zeros, [2, 2]) == [0, 0, 0, 0])
    #expect(numbers(.ones, [2], dtype: .uint8) == [1, 1])
    #expect(numbers(.ones, [2], dtype: .bool) == [1, 1])
    #expect(numbers(.constant(-3), [1], dtype: .int64) == [-3])
    #expect(numbers(.constant(0.1), []) == [0.1])
    #expect(numbers(.value([[1, 2]]), [1, 2], dtype: .float32) == [1, 2])
    #expect(numbers(.glorotUniform, [0, 3]).isEmpty)
  }

  @Test("Inputs and outputs as keras.initializers.compute_fans counts them")
  func fans() {
    let table: [([Int], Int, Int)] = [
      ([], 1, 1), ([5], 5, 5), ([3, 4], 3, 4), ([3, 3, 8, 16], 72, 144), ([5, 2, 7], 10, 35),
    ]
    for (shape, inputs, outputs) in table {
      let fans = Initializer.fans(shape)
      #expect(fans.in == inputs && fans.out == outputs)
    }
  }

  @Test("Uniform draws stay within Keras's bounds and fill them")
  func uniform() {
    let draws = numbers(.uniform(-2, 6), [50, 100])
    #expect(draws.allSatisfy { -2 <= $0 && $0 <= 6 })
    #expect(abs(moments(draws).mean - 2) < 0.15)
    // √(6 / (50 + 100)) and √(6 / 50)
    for (initializer, limit) in [(Initializer.glorotUniform, 0.2), (.heUniform, 0.346_410_161_513_775)] {
      let draws = numbers(initializer, [50, 100])
      #expect(draws.allSatisfy { abs($0) <= limit })
      #expect((draws.max() ?? 0) > 0.99 * limit)
      #expect((draws.min() ?? 0) < -0.99 * limit)
    }
  }

  @Test("Normal draws have the standard deviation asked for; truncated ones end at two")
  func normal() {
    let plain = moments(numbers(.normal(mean: 3, stddev: 0.5), [50, 100]))
    #expect(abs(plain.mean - 3) < 0.03 && abs(plain.stddev - 0.5) < 0.02)
    let cut = numbers(.truncatedNormal(mean: 1, stddev: 2), [50, 100])
    #expect(cut.allSatisfy { abs($0 - 1) <= 4 })
    #expect(abs(moments(cut).stddev - 2 * 0.879_625_661) < 0.05)
    // √(2 / (50 + 100)) and √(2 / 50), after the cut.
    for (initializer, stddev) in [(Initializer.glorotNormal, 0.115_470_053_837_925), (.heNormal, 0.2)] {
      let draws = numbers(initializer, [50, 100])
      #expect(abs(moments(draws).stddev / stddev - 1) < 0.03)
      #expect(draws.allSatisfy { abs($0) <= 2 * stddev / 0.879_625_661_034 + 1e-9 })
    }
  }

  @Test("The numbers depend on seed and stream, and f32 is the rounded f64")
  func streams() {
    let first = numbers(.glorotNormal, [8, 8])
    #expect(numbers(.glorotNormal, [8, 8]) == first)
    #expect(numbers(.glorotNormal, [8, 8], stream: 1) != first)
    #expect(
      Initializer.glorotNormal.makeValue(shape: [8, 8], dtype: .float64, seed: 8, stream: 0).doubles != first)
    #expect(numbers(.glorotNormal, [8, 8], dtype: .float32) == first.map { Double(Float($0)) })
    let graph = Graph()
    _ = (graph.variable([1]), graph.variable([1]))
    #expect(graph.withState { $0.variables.map(\.stream) } == [0, 1])
    #expect(graph.withState { $0.nextStream() } == 2)
  }
}
