// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// The Adam optimizer (Kingma & Ba 2015, algorithm 1 in the form before section 2.1) written as a graph.
public struct Adam {
  public var learningRate: Double
  public var beta1 = 0.9
  public var beta2 = 0.999
  /// Added to the root of the second moment, outside of it.
  public var epsilon = 1e-7

  public init(learningRate: Double = 0.001) { self.learningRate = learningRate }

  /// One step that lowers `loss` with respect to float variables.
  public func minimize(_ loss: Tensor, _ variables: [Variable]) -> Operation {
    let graph = loss.graph
    let gradients = graph.gradients(of: loss, withRespectTo: variables)
    return graph.scope("adam") {
      let power1 = graph.variable([], initializer: .constant(beta1), name: "beta1_power")
      let power2 = graph.variable([], initializer: .constant(beta2), name: "beta2_power")
      let rate = learningRate * sqrt(1 - power2) / (1 - power1)
      var updates = [power1.assign(power1 * beta1), power2.assign(power2 * beta2)]
      for (variable, gradient) in zip(variables, gradients) {
        let extents = variable.shape.extents ?? []
        let mean = graph.variable(extents, initializer: .zeros, name: "\(variable.name)/m")
        let square = graph.variable(extents, initializer: .zeros, name: "\(variable.name)/v")
        let newMean = mean * beta1 + gradient * (1 - beta1)
        let newSquare = square * beta2 + gradient * gradient * (1 - beta2)
        updates.append(mean.assign(newMean))
        updates.append(square.assign(newSquare))
        updates.append(variable.assign(variable - rate * newMean / (sqrt(newSquare) + epsilon)))
      }
      return graph.group(updates)
    }
  }
}
