// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

// Single expressions of arrays, which are fed; results are fetched.
extension Workloads {
  static func scalarGraph() -> BuiltInModel {
    let graph = Graph()
    let a = graph.placeholder(.float32, [], name: "a")
    let b = graph.placeholder(.float32, [], name: "b")
    return BuiltInModel(
      name: "scalar_graph", summary: "a·a·b + b + 3 of two numbers", graph: graph,
      fetches: [a * a * b + b + 3]
    ) { [a: NDArray(scalar: Float(1.5)), b: NDArray(scalar: Float(2.5))] }
  }

  /// Expressions of normal f32 arrays of the given shapes.
  static func arrays(
    _ name: String, _ summary: String, _ shapes: [[Int]], _ results: ([Tensor]) -> [Tensor]
  ) -> BuiltInModel {
    let graph = Graph()
    let operands = shapes.map { graph.placeholder(.float32, $0) }
    return BuiltInModel(name: name, summary: summary, graph: graph, fetches: results(operands)) {
      var data = SampleData()
      return Dictionary(uniqueKeysWithValues: zip(operands, shapes).map { ($0, data.normal($1)) })
    }
  }

  static func elementwise(_ name: String, count: Int) -> BuiltInModel {
    arrays(name, "σ(tanh(1.1·x + 0.2)·0.7 + exp(−x²)) − relu(x) of \(count) numbers", [[count]]) { operands in
      let x = operands[0]
      return [sigmoid(tanh(x * 1.1 + 0.2) * 0.7 + exp(-x * x)) - relu(x)]
    }
  }

  static func softmaxRows() -> BuiltInModel {
    arrays("softmax_rows", "the softmax of 4096 rows of 1024", [[4096, 1024]]) { [softmax($0[0])] }
  }

  static func layerNormRows() -> BuiltInModel {
    arrays("layernorm_rows", "layer normalization of 4096 rows of 1024", [[4096, 1024], [1024], [1024]]) {
      [layerNormalization($0[0], scale: $0[1], offset: $0[2])]
    }
  }

  static func reduceSum(axis: Int) -> BuiltInModel {
    arrays("reduce_sum_ax\(axis)", "the sum of a matrix of 4096 × 4096 along axis \(axis)", [[4096, 4096]]) {
      [$0[0].sum(axes: [axis])]
    }
  }

  static func product(_ n: Int) -> BuiltInModel {
    arrays("matmul_\(n)", "the product of two matrices of \(n) × \(n)", [[n, n], [n, n]]) {
      [matmul($0[0], $0[1])]
    }
  }

  static func productBiasRelu() -> BuiltInModel {
    arrays("matmul_bias_relu", "relu(a·b + c) of 1024 × 1024", [[1024, 1024], [1024, 1024], [1024]]) {
      [relu(matmul($0[0], $0[1]) + $0[2])]
    }
  }

  /// One step over 2²² parameters; the gradients are fed.
  static func adamStep() -> BuiltInModel {
    let graph = Graph()
    let shapes = [[2048, 1024], [1024, 1024], [1024, 1022], [1024], [1024]]
    let parameters = shapes.map { graph.variable($0, initializer: .ones) }
    let gradients = shapes.map { graph.placeholder(.float32, $0) }
    let step = Adam(learningRate: 1e-5).apply(gradients, to: parameters)
    return BuiltInModel(
      name: "adam_4m", summary: "a step of Adam over five tensors of 4,194,304 parameters", graph: graph,
      targets: [step], weights: parameters
    ) {
      var data = SampleData()
      return Dictionary(uniqueKeysWithValues: zip(gradients, shapes).map { ($0, data.normal($1)) })
    }
  }
}
