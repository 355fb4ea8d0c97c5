// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// A model that `graphc dump` knows by name: a graph and one kind of run of it.
public struct BuiltInModel: Sendable {
  public let name: String
  public let summary: String
  public let graph: Graph
  public let fetches: [Tensor]
  public let targets: [Operation]
  /// The variables whose first values are drawn; those of the optimizer, which start as numbers, need not be here.
  public let weights: [Variable]
  private let makeFeeds: @Sendable () -> [Tensor: NDArray]

  /// - Parameter feeds: makes example feeds; their types fix the shapes of the run.
  public init(
    name: String, summary: String, graph: Graph, fetches: [Tensor] = [], targets: [Operation] = [],
    weights: [Variable] = [], feeds: @escaping @Sendable () -> [Tensor: NDArray]
  ) {
    self.name = name
    self.summary = summary
    self.graph = graph
    self.fetches = fetches
    self.targets = targets
    self.weights = weights
    makeFeeds = feeds
  }

  /// Example feeds, made anew; the same numbers each time.
  public var feeds: [Tensor: NDArray] { makeFeeds() }

  /// What makes each model.
  public static let all = examples + workloads

  private static let examples: [(name: String, make: @Sendable () -> BuiltInModel)] = [
    ("xor", { makeXOR() }), ("iris", { makeIris(batch: 16) }),
  ]

  /// The programs of the benchmark among them.
  public static let workloads = Workloads.all

  public static func named(_ name: String) -> BuiltInModel? { all.first { $0.name == name }?.make() }

  private static func makeXOR() -> BuiltInModel {
    let model = XORModel()
    return BuiltInModel(
      name: "xor", summary: "2-2-1 sigmoid network, mean squared error, gradient descent, batch 4",
      graph: model.graph, fetches: [model.loss], targets: [model.train], weights: model.weights
    ) { [model.inputs: XORModel.table.inputs, model.targets: XORModel.table.targets] }
  }

  private static func makeIris(batch: Int) -> BuiltInModel {
    let model = IrisModel()
    return BuiltInModel(
      name: "iris", summary: "4-8-3 relu network, softmax cross-entropy, Adam, batch \(batch)",
      graph: model.graph, fetches: [model.loss], targets: [model.train], weights: model.weights
    ) {
      let rows = IrisData.rows(Array(0..<batch))
      return [model.features: rows.features, model.labels: rows.labels]
    }
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
