// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import GraphcModels
import Testing

/// The demonstration's training.
@Suite struct IrisTrainingTests {
  private func trained(seed: UInt64, threads: Int? = nil) throws -> (accuracy: Double, weights: [NDArray]) {
    var training = try IrisTraining(seed: seed, threads: threads)
    for _ in 0..<IrisTraining.epochCount { _ = try training.runEpoch() }
    let weights = try training.model.weights.map { try training.session.value(of: $0) }
    return (try training.evaluate().accuracy, weights)
  }

  @Test("every seed learns to tell irises apart", arguments: UInt64(0)..<10)
  func accuracy(seed: UInt64) throws {
    let accuracy = try trained(seed: seed).accuracy
    #expect(accuracy >= 0.93)
  }

  @Test("the same seed gives the same bits, for any number of threads")
  func reproducible() throws {
    let one = try trained(seed: 3, threads: 1)
    #expect(try trained(seed: 3, threads: 1).weights == one.weights)
    #expect(try trained(seed: 3, threads: 2).weights == one.weights)
    #expect(try trained(seed: 4, threads: 1).weights != one.weights)
  }

  @Test("a training step compiles once for each batch size and then reuses its memory")
  func steadyState() throws {
    var training = try IrisTraining(seed: 0)
    _ = try training.runEpoch()
    let compilations = training.session.report.compilations.count
    #expect(compilations == 2)
    for _ in 0..<3 { _ = try training.runEpoch() }
    #expect(training.session.report.compilations.count == compilations)
  }

  @Test("native code and the interpreter agree on a training step")
  func engines() throws {
    let model = IrisModel()
    let rows = IrisData.rows([0, 60, 120, 7, 77])
    let gradients = model.graph.gradients(of: model.loss, withRespectTo: model.weights)
    var results: [[NDArray]] = []
    for engine in [Session.Engine.native, .interpreter] {
      let session = try Session(model.graph, seed: 5, engine: engine)
      results.append(
        try session.run(
          [model.loss, model.logits, model.predictions] + gradients,
          feeding: [model.features: rows.features, model.labels: rows.labels]))
    }
    for (native, reference) in zip(results[0], results[1]) {
      for (x, y) in zip(native.doubles, reference.doubles) { #expect(abs(x - y) <= 1e-5 * max(1, abs(y))) }
    }
  }
}
