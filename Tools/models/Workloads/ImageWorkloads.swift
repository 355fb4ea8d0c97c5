// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

// Convolutions of images of 32 × 32 with channels last, and networks of them.
extension Workloads {
  /// Three convolutions with two poolings between them, and two dense layers.
  private static func classifier(_ network: Network, _ x: Tensor) -> Tensor {
    var images = maxPool(network.convolution(x, 32), window: [2])
    images = maxPool(network.convolution(images, 64), window: [2])
    return network.dense(network.convolution(images, 64).flattened(fromAxis: 1), [64, 10])
  }

  static func cifar() -> BuiltInModel {
    let network = Network()
    let x = network.graph.placeholder(.float32, [nil, 32, 32, 3], name: "x")
    let y = network.graph.placeholder(.int32, [nil], name: "labels")
    let loss = softmaxCrossEntropy(logits: classifier(network, x), labels: y).mean()
    return BuiltInModel(
      "cifar_cnn", "convolutions 32-64-64 with pooling, dense layers 64-10, Adam, batch 32", network,
      loss: loss, Adam(learningRate: 1e-5), x: x, y: y
    ) { ($0.uniform([32, 32, 32, 3]), $0.integers(below: 10, [32])) }
  }

  static func cifarInference(batch: Int) -> BuiltInModel {
    let network = Network()
    let x = network.graph.placeholder(.float32, [nil, 32, 32, 3], name: "x")
    return BuiltInModel(
      name: "cifar_infer_b\(batch)", summary: "the logits of cifar_cnn, batch \(batch)", graph: network.graph,
      fetches: [classifier(network, x)], weights: network.weights
    ) {
      var data = SampleData()
      return [x: data.uniform([batch, 32, 32, 3])]
    }
  }

  static func convolutionForward() -> BuiltInModel {
    arrays(
      "conv2d_fwd", "convolution of 32 × 32 × 32 to 64 channels, 3 × 3, batch 32",
      [[32, 32, 32, 32], [3, 3, 32, 64]]
    ) { [convolution($0[0], $0[1], padding: .same)] }
  }

  /// Both gradients, of the images and of the filter, for a given gradient of the result.
  static func convolutionBackward() -> BuiltInModel {
    arrays(
      "conv2d_bwd", "the gradients of conv2d_fwd",
      [[32, 32, 32, 64], [32, 32, 32, 32], [3, 3, 32, 64]]
    ) { arrays in
      // The gradient of Σ g·y with respect to x and w, of which y itself is no part.
      let result = convolution(arrays[1], arrays[2], padding: .same)
      return arrays[0].graph.gradients(
        of: (arrays[0] * result).sum(), withRespectTo: [arrays[1], arrays[2]])
    }
  }
}
