// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// Layers in a few words, and the variables that they have made.
///
/// Matrices are drawn from a normal distribution with a deviation of 1/√inputs; vectors start as zeros.
public final class Network {
  public let graph: Graph
  public private(set) var weights: [Variable] = []

  public init(_ graph: Graph = Graph()) { self.graph = graph }

  /// A variable to be trained; its deviation is that of so many inputs.
  public func weight(_ shape: [Int], inputs: Int) -> Variable {
    add(graph.variable(shape, initializer: .normal(mean: 0, stddev: 1 / Double(inputs).squareRoot())))
  }

  public func bias(_ count: Int) -> Variable { add(graph.variable([count], initializer: .zeros)) }
  public func scale(_ count: Int) -> Variable { add(graph.variable([count], initializer: .ones)) }

  private func add(_ variable: Variable) -> Variable {
    weights.append(variable)
    return variable
  }

  /// x·kernel + bias along the last axis, whose extent is known.
  public func dense(_ x: Tensor, _ units: Int) -> Tensor {
    let inputs = x.shape[-1] ?? 1
    let kernel = weight([inputs, units], inputs: inputs)
    return matmul(x, kernel) + bias(units)
  }

  /// Dense layers with an activation after each but the last.
  public func dense(_ x: Tensor, _ units: [Int], activation: (Tensor) -> Tensor = { relu($0) }) -> Tensor {
    units.enumerated().reduce(x) { x, layer in
      let result = dense(x, layer.element)
      return layer.offset < units.count - 1 ? activation(result) : result
    }
  }

  /// A convolution of 3 × 3 with channels last, and relu.
  public func convolution(_ x: Tensor, _ channels: Int) -> Tensor {
    let inputs = x.shape[-1] ?? 1
    let kernel = weight([3, 3, inputs, channels], inputs: 9 * inputs)
    return relu(Graphc.convolution(x, kernel) + bias(channels))
  }

  public func layerNorm(_ x: Tensor) -> Tensor {
    let channels = x.shape[-1] ?? 1
    return layerNormalization(x, scale: scale(channels), offset: bias(channels))
  }

  /// The projections of a recurrent layer: those of its inputs `[T,B,I]`, for all steps at once, and the matrix for its
  /// state.
  public func recurrent(_ x: Tensor, _ units: Int, gates: Int) -> (inputs: Tensor, recurrence: Variable) {
    let inputs = x.shape[-1] ?? 1
    let kernel = weight([inputs, gates * units], inputs: inputs)
    let recurrence = weight([units, gates * units], inputs: units)
    return (matmul(x, kernel) + bias(gates * units), recurrence)
  }
}

extension BuiltInModel {
  /// A training step of a network.
  ///
  /// - Parameter batch: makes what is fed to `x` and `y`.
  init(
    _ name: String, _ summary: String, _ network: Network, loss: Tensor, _ optimizer: some Optimizer,
    also updates: [Tensor] = [], x: Tensor, y: Tensor?,
    batch: @escaping @Sendable (inout SampleData) -> (NDArray, NDArray?)
  ) {
    let train = optimizer.minimize(loss, network.weights)
    self.init(
      name: name, summary: summary, graph: network.graph, targets: [network.graph.group([train] + updates)],
      weights: network.weights
    ) {
      var data = SampleData()
      let (inputs, outputs) = batch(&data)
      var feeds = [x: inputs]
      if let y { feeds[y] = outputs }
      return feeds
    }
  }
}
