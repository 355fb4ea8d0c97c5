// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

// Training steps of networks of dense layers, each on one batch of synthetic data.
extension Workloads {
  static func xor() -> BuiltInModel {
    let model = XORModel(learningRate: 0.25)
    return BuiltInModel(
      name: "xor_mlp", summary: "2-2-1 sigmoid network, mean squared error, gradient descent, batch 4",
      graph: model.graph, targets: [model.train], weights: model.weights
    ) { [model.inputs: XORModel.table.inputs, model.targets: XORModel.table.targets] }
  }

  static func iris() -> BuiltInModel {
    let model = IrisModel(learningRate: 1e-5)
    return BuiltInModel(
      name: "iris_mlp", summary: "4-8-3 relu network, softmax cross-entropy, Adam, batch 16",
      graph: model.graph, targets: [model.train], weights: model.weights
    ) {
      var data = SampleData()
      return [model.features: data.normal([16, 4]), model.labels: data.integers(below: 3, [16])]
    }
  }

  static func house() -> BuiltInModel {
    let network = Network()
    let x = network.graph.placeholder(.float32, [nil, 4], name: "x")
    let y = network.graph.placeholder(.float32, [nil, 1], name: "y")
    let loss = meanSquaredError(network.dense(x, [64, 64, 1]), y)
    return BuiltInModel(
      "house_mlp", "4-64-64-1 relu network, mean squared error, RMSProp, batch 32", network, loss: loss,
      RMSProp(learningRate: 1e-3), x: x, y: y
    ) { ($0.normal([32, 4]), $0.normal([32, 1])) }
  }

  static func fashion(batch: Int) -> BuiltInModel {
    let network = Network()
    let x = network.graph.placeholder(.float32, [nil, 784], name: "x")
    let y = network.graph.placeholder(.int32, [nil], name: "labels")
    let loss = softmaxCrossEntropy(logits: network.dense(x, [512, 10]), labels: y).mean()
    return BuiltInModel(
      "fashion_mlp_b\(batch)", "784-512-10 relu network, softmax cross-entropy, Adam, batch \(batch)",
      network, loss: loss, Adam(learningRate: 1e-5), x: x, y: y
    ) { ($0.uniform([batch, 784]), $0.integers(below: 10, [batch])) }
  }

  static func autoencoder() -> BuiltInModel {
    let network = Network()
    let x = network.graph.placeholder(.float32, [nil, 784], name: "x")
    let logits = network.dense(x, [128, 32, 128, 784])
    let loss = sigmoidCrossEntropy(logits: logits, probabilities: x).mean()
    return BuiltInModel(
      "autoencoder", "784-128-32-128-784 relu network, sigmoid cross-entropy, Adam, batch 128", network,
      loss: loss, Adam(learningRate: 1e-5), x: x, y: nil
    ) { ($0.uniform([128, 784]), nil) }
  }

  /// Batch normalization with moving statistics, and dropout of a half, behind both hidden layers.
  static func normalized() -> BuiltInModel {
    let network = Network()
    let graph = network.graph
    let x = graph.placeholder(.float32, [nil, 784], name: "x")
    let y = graph.placeholder(.int32, [nil], name: "labels")
    var (hidden, statistics): (Tensor, [Tensor]) = (x, [])
    for _ in 0..<2 {
      let normal = batchNormalization(
        network.dense(hidden, 256), scale: network.scale(256), offset: network.bias(256))
      let mean = graph.variable([256], initializer: .zeros)
      let variance = graph.variable([256], initializer: .ones)
      statistics.append(mean.assign(0.9 * mean + 0.1 * normal.mean))
      statistics.append(variance.assign(0.9 * variance + 0.1 * normal.variance))
      hidden = dropout(relu(normal.output), rate: 0.5)
    }
    let loss = softmaxCrossEntropy(logits: network.dense(hidden, 10), labels: y).mean()
    return BuiltInModel(
      "bn_dropout_mlp",
      "784-256-256-10 network with batch normalization and dropout, cross-entropy, Adam, batch 128", network,
      loss: loss, Adam(learningRate: 1e-5), also: statistics, x: x, y: y
    ) { ($0.uniform([128, 784]), $0.integers(below: 10, [128])) }
  }
}
