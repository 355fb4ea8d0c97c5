// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// The smallest network that learns exclusive or: 2-2-1 with sigmoids, mean squared error, gradient descent.
public struct XORModel: Sendable {
  public let graph = Graph()
  /// f32[?,2]
  public let inputs: Tensor
  /// f32[?,1]
  public let targets: Tensor
  /// f32[?,1]
  public let outputs: Tensor
  /// f32[]
  public let loss: Tensor
  /// One step of gradient descent.
  public let train: Operation
  public let weights: [Variable]

  /// The four rows of the truth table.
  public static let table: (inputs: NDArray, targets: NDArray) = (
    NDArray([0, 0, 0, 1, 1, 0, 1, 1] as [Float], shape: [4, 2]),
    NDArray([0, 1, 1, 0] as [Float], shape: [4, 1])
  )

  public init(learningRate: Double = 0.25) {
    let graph = self.graph
    let inputs = graph.placeholder(.float32, [nil, 2], name: "inputs")
    let targets = graph.placeholder(.float32, [nil, 1], name: "targets")
    let w1 = graph.variable([2, 2], initializer: .glorotUniform, name: "w1")
    let b1 = graph.variable([2], initializer: .zeros, name: "b1")
    let w2 = graph.variable([2, 1], initializer: .glorotUniform, name: "w2")
    let b2 = graph.variable([1], initializer: .zeros, name: "b2")
    let hidden = sigmoid(matmul(inputs, w1) + b1)
    let outputs = sigmoid(matmul(hidden, w2) + b2)
    let loss = graph.identity(square(outputs - targets).mean(), name: "loss")
    let weights = [w1, b1, w2, b2]
    let gradients = graph.gradients(of: loss, withRespectTo: weights)
    train = graph.group(
      zip(weights, gradients).map { weight, gradient in weight.assign(weight - learningRate * gradient) })
    self.inputs = inputs
    self.targets = targets
    self.outputs = outputs
    self.loss = loss
    self.weights = weights
  }
}
