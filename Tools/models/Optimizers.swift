// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// What lowers a loss step by step.
public protocol Optimizer: Sendable {
  /// One step along given gradients, one for each variable.
  func apply(_ gradients: [Tensor], to variables: [Variable]) -> Operation
}

extension Optimizer {
  /// One step that lowers `loss` with respect to float variables.
  public func minimize(_ loss: Tensor, _ variables: [Variable]) -> Operation {
    apply(loss.graph.gradients(of: loss, withRespectTo: variables), to: variables)
  }
}

/// The Adam optimizer (Kingma & Ba 2015, algorithm 1 in the form before section 2.1) written as a graph.
public struct Adam: Optimizer {
  public var learningRate: Double
  public var beta1 = 0.9
  public var beta2 = 0.999
  /// Added to the root of the second moment, outside of it.
  public var epsilon = 1e-7

  public init(learningRate: Double = 0.001) { self.learningRate = learningRate }

  public func apply(_ gradients: [Tensor], to variables: [Variable]) -> Operation {
    guard let graph = variables.first?.graph else { return Graph().group() }
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

/// Steps of a fixed multiple of the gradient.
public struct GradientDescent: Optimizer {
  public var learningRate: Double

  public init(learningRate: Double) { self.learningRate = learningRate }

  public func apply(_ gradients: [Tensor], to variables: [Variable]) -> Operation {
    guard let graph = variables.first?.graph else { return Graph().group() }
    return graph.group(
      zip(variables, gradients).map { $0.assign($0 - learningRate * $1) })
  }
}

/// The gradient divided by the root of a moving mean of its square (Tieleman and Hinton, 2012), as in Keras.
public struct RMSProp: Optimizer {
  public var learningRate: Double
  public var decay = 0.9
  /// Added to the root, outside of it.
  public var epsilon = 1e-7

  public init(learningRate: Double = 0.001) { self.learningRate = learningRate }

  public func apply(_ gradients: [Tensor], to variables: [Variable]) -> Operation {
    guard let graph = variables.first?.graph else { return Graph().group() }
    return graph.scope("rmsprop") {
      var updates: [Tensor] = []
      for (variable, gradient) in zip(variables, gradients) {
        let square = graph.variable(
          variable.shape.extents ?? [], initializer: .zeros, name: "\(variable.name)/v")
        let (value, newSquare) = step(variable.value, square.value, gradient)
        updates += [square.assign(newSquare), variable.assign(value)]
      }
      return graph.group(updates)
    }
  }

  /// A parameter and its mean square after a step.
  public func step(_ value: Tensor, _ square: Tensor, _ gradient: Tensor) -> (value: Tensor, square: Tensor) {
    let newSquare = decay * square + (1 - decay) * gradient * gradient
    return (value - learningRate * gradient / (sqrt(newSquare) + epsilon), newSquare)
  }
}
