// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// A model that `graphc dump` knows by name: a graph and one kind of run of it.
public struct BuiltInModel: Sendable {
  public let name: String
  public let summary: String
  public let graph: Graph
  public let fetches: [Tensor]
  public let targets: [Operation]
  /// Example feeds; their types fix the shapes of the run.
  public let feeds: [Tensor: NDArray]

  /// The training step of each model.
  public static let all: [(name: String, make: @Sendable () -> BuiltInModel)] = [
    ("xor", { makeXOR() }), ("iris", { makeIris(batch: 16) }),
  ]

  public static func named(_ name: String) -> BuiltInModel? { all.first { $0.name == name }?.make() }

  private static func makeXOR() -> BuiltInModel {
    let model = XORModel()
    return BuiltInModel(
      name: "xor", summary: "2-2-1 sigmoid network, mean squared error, gradient descent, batch 4",
      graph: model.graph, fetches: [model.loss], targets: [model.train],
      feeds: [model.inputs: XORModel.table.inputs, model.targets: XORModel.table.targets])
  }

  private static func makeIris(batch: Int) -> BuiltInModel {
    let model = IrisModel()
    let rows = IrisData.rows(Array(0..<batch))
    return BuiltInModel(
      name: "iris", summary: "4-8-3 relu network, softmax cross-entropy, Adam, batch \(batch)",
      graph: model.graph, fetches: [model.loss], targets: [model.train],
      feeds: [model.features: rows.features, model.labels: rows.labels])
  }
}

extension IrisData {
  /// The features f32[n,4] and labels i32[n] of some rows.
  public static func rows(_ indices: [Int]) -> (features: NDArray, labels: NDArray) {
    (
      NDArray(indices.flatMap { features[$0 * 4..<$0 * 4 + 4] }, shape: [indices.count, 4]),
      NDArray(indices.map { labels[$0] })
    )
  }
}
