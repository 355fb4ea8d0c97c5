// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// A classifier for Fisher's irises: 4 measurements, 8 hidden units with relu, 3 classes with softmax and cross-entropy,
/// trained with Adam.
public struct IrisModel: Sendable {
  public let graph = Graph()
  /// f32[?,4]: centimetres.
  public let features: Tensor
  /// i32[?]: 0 setosa, 1 versicolor, 2 virginica.
  public let labels: Tensor
  public let logits: Tensor
  /// i32[?]: the most probable class.
  public let predictions: Tensor
  /// f32[]: the mean cross-entropy.
  public let loss: Tensor
  /// f32[]: the share of right predictions.
  public let accuracy: Tensor
  /// One step of Adam.
  public let train: Operation
  /// hidden/kernel, hidden/bias, output/kernel, output/bias.
  public let weights: [Variable]

  public init(learningRate: Double = 0.01) {
    let graph = self.graph
    let features = graph.placeholder(.float32, [nil, 4], name: "features")
    let labels = graph.placeholder(.int32, [nil], name: "labels")

    let dense = { (name: String, input: Tensor, units: Int) -> (Tensor, [Variable]) in
      graph.scope(name) {
        let kernel = graph.variable(
          [input.shape[-1] ?? 0, units], initializer: .glorotUniform, name: "kernel")
        let bias = graph.variable([units], initializer: .zeros, name: "bias")
        return (matmul(input, kernel) + bias, [kernel, bias])
      }
    }
    let (hidden, hiddenWeights) = dense("hidden", features, 8)
    let (logits, outputWeights) = dense("output", relu(hidden), 3)

    self.features = features
    self.labels = labels
    self.logits = logits
    weights = hiddenWeights + outputWeights
    loss = graph.identity(softmaxCrossEntropy(logits: logits, labels: labels).mean(), name: "loss")
    predictions = logits.argMax(axis: -1)
    accuracy = (predictions .== labels).converted(to: .float32).mean()
    train = Adam(learningRate: learningRate).minimize(loss, weights)
  }
}
