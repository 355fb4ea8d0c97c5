// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  static let normalizations: [String: Writer] = [
    "nn.functional.layer_norm": { call in
      let x = try call.tensor(0)
      return [
        layerNormalization(
          x, axes: try trailingAxes(call, of: x), scale: try call.optionalTensor(2, "weight"),
          offset: try call.optionalTensor(3, "bias"), epsilon: try call.number(4, "eps", default: 1e-5))
      ]
    },
    "nn.functional.rms_norm": { call in
      let x = try call.tensor(0)
      let least = x.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
      return [
        rmsNormalization(
          x, axes: try trailingAxes(call, of: x), scale: try call.optionalTensor(2, "weight"),
          epsilon: try call.number(3, "eps", default: least))
      ]
    },
    "nn.functional.group_norm": { call in
      [
        groupNormalization(
          try call.tensor(0), groups: try call.integer(1, "num_groups", default: 1), axis: 1,
          scale: try call.optionalTensor(2, "weight"), offset: try call.optionalTensor(3, "bias"),
          epsilon: try call.number(4, "eps", default: 1e-5))
      ]
    },
    "nn.functional.instance_norm": { call in
      let x = try call.tensor(0)
      let axes = Array(2..<x.rank)
      let (mean, variance) = (x.mean(axes: axes), x.variance(axes: axes, correction: 1))
      try updateStatistics(
        call, mean: mean.mean(axes: [0]), variance: variance.mean(axes: [0]),
        keys: (call.key(1, "running_mean"), call.key(2, "running_var")),
        old: (call.optionalTensor(1, "running_mean"), call.optionalTensor(2, "running_var")))
      return [
        instanceNormalization(
          x, axis: 1, scale: try call.optionalTensor(3, "weight"), offset: try call.optionalTensor(4, "bias"),
          epsilon: try call.number(nil, "eps", default: 1e-5))
      ]
    },
    "nn.functional.batch_norm": { call in
      let x = try call.tensor(0)
      let epsilon = try call.number(nil, "eps", default: 1e-5)
      let (scale, offset) = (try call.optionalTensor(3, "weight"), try call.optionalTensor(4, "bias"))
      let axis = x.rank > 1 ? 1 : 0
      let old = (try call.optionalTensor(1, "running_mean"), try call.optionalTensor(2, "running_var"))
      guard try call.bool(nil, "training") else {
        guard let mean = old.0, let variance = old.1 else { throw NotCovered("no statistics") }
        return [
          batchNormalization(
            x, mean: mean, variance: variance, scale: scale, offset: offset, axis: axis, epsilon: epsilon)
        ]
      }
      let result = batchNormalization(x, scale: scale, offset: offset, axis: axis, epsilon: epsilon)
      let others = (0..<x.rank).filter { $0 != axis }
      try updateStatistics(
        call, mean: result.mean, variance: x.variance(axes: others, correction: 1),
        keys: (call.key(1, "running_mean"), call.key(2, "running_var")), old: old)
      return [result.output]
    },
    "nn.functional.local_response_norm": { call in
      [
        localResponseNormalization(
          try call.tensor(0), size: try call.integer(1, "size", default: 1),
          alpha: try call.number(2, "alpha", default: 1e-4),
          beta: try call.number(3, "beta", default: 0.75), bias: try call.number(4, "k", default: 1), axis: 1)
      ]
    },
    "nn.functional.normalize": { call in
      let x = try call.tensor(0)
      let axis = try call.integer(2, "dim", default: 1)
      if x.rank == 0 { return [normalized(x.reshaped(to: [1]), axes: [0]).reshaped(to: [])] }
      return [
        normalized(
          x, p: try call.number(1, "p", default: 2), axes: [axis],
          epsilon: try call.number(3, "eps", default: 1e-12))
      ]
    },

    // MARK: Norms and distances

    "linalg.vector_norm": { call in
      let x = try call.tensor(0)
      return [
        x.norm(
          p: try call.number(1, "ord", default: 2), axes: try call.axes(2, of: x),
          keepDims: try call.bool(3, "keepdim"))
      ]
    },
    "dist": { call in
      let difference = try call.tensor(0) - call.tensor(1)
      return [difference.norm(p: try call.number(2, "p", default: 2))]
    },
    "cdist": { call in
      [distances(try call.tensor(0), try call.tensor(1), p: try call.number(2, "p", default: 2))]
    },
    "nn.functional.pairwise_distance": { call in
      [
        pairwiseDistance(
          try call.tensor(0), try call.tensor(1), p: try call.number(2, "p", default: 2),
          epsilon: try call.number(3, "eps", default: 1e-6), keepDims: try call.bool(4, "keepdim"))
      ]
    },
    "nn.functional.cosine_similarity": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let axis = try call.integer(2, "dim", default: 1)
      let epsilon = try call.number(3, "eps", default: 1e-8)
      if x.rank == 0, y.rank == 0 {
        return [
          cosineSimilarity(x.reshaped(to: [1]), y.reshaped(to: [1]), axis: 0, epsilon: epsilon)
        ]
      }
      return [cosineSimilarity(x, y, axis: axis, epsilon: epsilon)]
    },
  ]

  /// The last axes, as many as `normalized_shape` has.
  private static func trailingAxes(_ call: OpInfoCall, of x: Tensor) throws -> [Int] {
    let count = try call.integers(1, "normalized_shape")?.count ?? 1
    return Array(x.rank - count..<x.rank)
  }

  /// Running statistics: (1 − momentum) · old + momentum · new.
  private static func updateStatistics(
    _ call: OpInfoCall, mean: Tensor, variance: Tensor, keys: (String?, String?), old: (Tensor?, Tensor?)
  ) throws {
    let momentum = try call.number(nil, "momentum", default: 0.1)
    if let key = keys.0, let old = old.0 { call.updated[key] = (1 - momentum) * old + momentum * mean }
    if let key = keys.1, let old = old.1 { call.updated[key] = (1 - momentum) * old + momentum * variance }
  }
}
