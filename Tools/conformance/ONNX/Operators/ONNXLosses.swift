// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let losses: [String: Build] = [
    "NegativeLogLikelihoodLoss": single { call in try loss(call, logProbabilities: call.input(0)) },
    "SoftmaxCrossEntropyLoss": { call in
      let logarithms = logSoftmax(try call.input(0), axis: 1)
      return [try loss(call, logProbabilities: logarithms), logarithms]
    },
  ]

  /// For logarithms `[N, C, …]`, labels `[N, …]` and a weight for each class.
  private static func loss(_ call: ONNXCall, logProbabilities: Tensor) throws -> Tensor {
    let reductions: [String: LossReduction] = ["none": .none, "sum": .sum, "mean": .mean]
    guard let reduction = reductions[call.text("reduction", "mean")] else {
      throw FixtureError("\(call.node.op): an unknown reduction")
    }
    return negativeLogLikelihood(
      logProbabilities: logProbabilities, labels: try call.input(1), axis: 1, classWeights: call.optional(2),
      ignoredLabel: call.integer("ignore_index"), reduction: reduction)
  }
}
