// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphIR
import Testing

@testable import Graphc

/// The laws of draws. The seeds are fixed: each test gives the same numbers in every run.
@Suite("Distributions")
struct DistributionTests {
  static let dtypes: [DType] = [.float32, .float64]
  let graph = Graph()
  private let count = 20_000

  private func sample(_ draw: Tensor, seed: UInt64 = 2011) throws -> [Double] {
    try Session(graph, seed: seed, threads: 1).run(draw).doubles
  }

  @Test("Uniform", arguments: dtypes)
  func uniform(dtype: DType) throws {
    let x = try sample(graph.randomUniform([count], in: -2..<4, dtype: dtype))
    #expect(x.allSatisfy { -2 <= $0 && $0 < 4 })
    Statistics.expect(x, mean: 1, variance: 3, fourth: 1296.0 / 80)
    #expect(Statistics.kolmogorovDistance(x) { ($0 + 2) / 6 } < 1.95)
  }

  @Test("Whole numbers")
  func integers() throws {
    let x = try sample(graph.randomInteger([count], in: -3..<4)).map { $0 + 3 }
    // 6 degrees of freedom, p = 0.001
    #expect(
      Statistics.chiSquare(Statistics.counts(x, classes: 7), Array(repeating: 1.0 / 7, count: 7)) < 22.46)
  }

  @Test("Bernoulli", arguments: [0.02, 0.5, 0.7])
  func bernoulli(probability: Double) throws {
    let p = graph.full(probability, [count])
    for draw in [
      graph.randomBernoulli([count], probability: probability), graph.randomBernoulli(probability: p),
    ] {
      let share = Statistics.mean(try sample(draw))
      #expect(abs(share - probability) < 4 * (probability * (1 - probability) / Double(count)).squareRoot())
    }
  }

  @Test("Exponential", arguments: dtypes)
  func exponential(dtype: DType) throws {
    let x = try sample(graph.randomExponential([count], rate: 0.5, dtype: dtype))
    #expect(x.allSatisfy { $0 >= 0 && $0.isFinite })
    Statistics.expect(x, mean: 2, variance: 4, fourth: 9 * 16)
    #expect(Statistics.kolmogorovDistance(x) { 1 - exp(-$0 / 2) } < 1.95)
  }

  @Test("Gumbel", arguments: dtypes)
  func gumbel(dtype: DType) throws {
    let x = try sample(graph.randomGumbel([count], dtype: dtype))
    let variance = Double.pi * Double.pi / 6
    Statistics.expect(x, mean: 0.577_215_664_9, variance: variance, fourth: 5.4 * variance * variance)
    #expect(Statistics.kolmogorovDistance(x) { exp(-exp(-$0)) } < 1.95)
  }

  // MARK: Dropout

  @Test("Dropout keeps the mean and scales what it keeps; gradients pass where values do")
  func dropoutMean() throws {
    let x = graph.placeholder(.float32, [nil, 100], name: "x")
    let y = dropout(x, rate: 0.2)
    let gradient = graph.gradients(of: y * 3, withRespectTo: [x])[0]
    let fed = NDArray([Float](repeating: 2, count: count), shape: [count / 100, 100])
    let values = try Session(graph, seed: 3, threads: 1).run([y, gradient], feeding: [x: fed])
    let scale = Float(1 / (1 - 0.2))
    #expect(values[0].doubles.allSatisfy { $0 == 0 || $0 == Double(2 * scale) })
    #expect(zip(values[0].doubles, values[1].doubles).allSatisfy { ($0 == 0) == ($1 == 0) })
    #expect(values[1].doubles.allSatisfy { $0 == 0 || $0 == Double(3 * scale) })
    // Σ of a share p scaled by 1/p has the variance (1 − p)/p.
    #expect(abs(Statistics.mean(values[0].doubles) - 2) < 4 * 2 * (0.25 / Double(count)).squareRoot())
  }

  @Test("The rates 0 and 1, integers, NaN, and rates that are none")
  func dropoutRates() throws {
    let x = graph.constant(NDArray([1, Float.nan, 3]))
    let whole = graph.constant([5, 6, 7] as NDArray, dtype: .int32)
    let none = dropout(x, rate: 0)
    #expect(none == x)
    let all = dropout(x, rate: 1)
    let session = try Session(graph, threads: 1)
    let values = try session.run([all, dropout(whole, rate: 0), dropout(whole, rate: 1)])
    #expect(values.map(\.doubles) == [[0, 0, 0], [5, 6, 7], [0, 0, 0]])
    #expect(values.map(\.dtype) == [.float32, .float32, .float32])
    #expect(session.randomState.step == 0)
    #expect(try session.run(graph.gradients(of: all, withRespectTo: [x])[0]).doubles == [0, 0, 0])
    for rate in [-0.1, 1.5, .nan] {
      #expect(dropout(x, rate: rate).complaint.hasPrefix("[dropout.rate] dropout: the rate"))
    }
  }

  @Test("A noise shape repeats the mask", arguments: RandomDrawTests.engines)
  func noiseShape(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil, 40, 3], name: "x")
    let rows = dropout(x, rate: 0.5, noiseShape: [nil, 1, 3])
    let columns = dropout(x, rate: 0.5, noiseShape: [1, 40, 1])
    let fed = NDArray([Float](repeating: 1, count: 5 * 120), shape: [5, 40, 3])
    let values = try Session(graph, seed: 8, engine: engine).run([rows, columns], feeding: [x: fed]).map(
      \.doubles)
    for batch in 0..<5 {
      for column in 0..<40 {
        for channel in 0..<3 {
          let place = (batch * 40 + column) * 3 + channel
          #expect(values[0][place] == values[0][batch * 120 + channel])
          #expect(values[1][place] == values[1][column * 3])
        }
      }
    }
    #expect(Set(values[0]) == [0, 2] && Set(values[1]) == [0, 2])
    #expect(dropout(x, rate: 0.5, noiseShape: [1, 40]).complaint.hasPrefix("[dropout.noise]"))
    #expect(dropout(x, rate: 0.5, noiseShape: [1, 7, 3]).complaint.hasPrefix("[dropout.noise]"))
  }

  // MARK: Categories

  @Test("Classes come up in proportion to the softmax of their scores", arguments: dtypes)
  func categorical(dtype: DType) throws {
    let scores = NDArray([0, 1, 2, -1, 3, 3, -Double.infinity, 3], shape: [2, 4])
    let logits = graph.constant(scores, dtype: dtype)
    let draw = randomCategorical(logits, sampleCount: 4000)
    let classes = try sample(draw)
    #expect(draw.shape == [2, 4000] && draw.dtype == .int32)
    let weights = [1, exp(1.0), exp(2.0), exp(-1.0)]
    let first = Statistics.counts(Array(classes[..<4000]), classes: 4)
    // 3 and 2 degrees of freedom, p = 0.001
    #expect(Statistics.chiSquare(first, weights.map { $0 / weights.reduce(0, +) }) < 16.27)
    let second = Statistics.counts(Array(classes[4000...]), classes: 4)
    #expect(second[2] == 0)
    let third = 1.0 / 3
    #expect(Statistics.chiSquare([second[0], second[1], second[3]], [third, third, third]) < 13.82)
  }

  @Test("One class for each row, along any axis, of any batch")
  func categoricalShapes() throws {
    let logits = graph.placeholder(.float32, [nil, 5, 2], name: "logits")
    let one = randomCategorical(logits, axis: 1)
    let three = randomCategorical(logits, axis: 1, sampleCount: 3)
    let none = randomCategorical(logits, axis: 1, sampleCount: 0)
    #expect(one.shape == [nil, 2] && three.shape == [nil, 2, 3])
    // Class 3 of the first column, class 1 of the second, beyond any noise.
    let fed = NDArray((0..<40).map { $0 % 10 == 6 || $0 % 10 == 3 ? Float(100) : 0 }, shape: [4, 5, 2])
    let values = try Session(graph, threads: 1).run([one, three, none], feeding: [logits: fed])
    #expect(values[0].doubles == [3, 1, 3, 1, 3, 1, 3, 1])
    #expect(values[1].doubles == (0..<24).map { $0 % 6 < 3 ? 3 : 1 })
    #expect(values[2].shape == [4, 2, 0])
    #expect(randomCategorical(logits, axis: 3).complaint.hasPrefix("[axis.range]"))
    #expect(randomCategorical(logits, sampleCount: -1).complaint.hasPrefix("[categorical.samples]"))
  }
}
