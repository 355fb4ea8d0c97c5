// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension Workloads {
  /// A block of a transformer that normalizes first: four heads of 32 over 128 steps, and a dense layer of 512 between
  /// two of 128 with gelu.
  static func transformer() -> BuiltInModel {
    let network = Network()
    let (steps, width, heads) = (128, 128, 4)
    let x = network.graph.placeholder(.float32, ["batch", Extent(steps), Extent(width)], name: "x")
    let y = network.graph.placeholder(.float32, ["batch", Extent(steps), Extent(width)], name: "y")
    let projected = network.dense(network.layerNorm(x), 3 * width)
      .reshaped(to: [nil, Extent(steps), 3, Extent(heads), Extent(width / heads)])
      .transposed(permutation: [2, 0, 3, 1, 4])
    let attended = scaledDotProductAttention(query: projected[0], key: projected[1], value: projected[2])
      .swappingAxes(1, 2).reshaped(to: x.shape)
    let middle = x + network.dense(attended, width)
    let output = middle + network.dense(network.layerNorm(middle), [512, width]) { gelu($0) }
    return BuiltInModel(
      "transformer_block", "attention of 4 heads and dense layers 512-128 over 8 × 128 × 128, Adam", network,
      loss: meanSquaredError(output, y), Adam(learningRate: 1e-5), x: x, y: y
    ) { ($0.normal([8, 128, 128]), $0.normal([8, 128, 128])) }
  }
}
