// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let normalization: [String: Build] = [
    "BatchNormalization": batchNormalization,
    "InstanceNormalization": single { call in
      instanceNormalization(
        try call.input(0), axis: 1, scale: try call.input(1), offset: try call.input(2),
        epsilon: call.real("epsilon", 1e-5))
    },
    "GroupNormalization": single { call in
      groupNormalization(
        try call.input(0), groups: call.integer("num_groups", 1), axis: 1, scale: try call.input(1),
        offset: try call.input(2), epsilon: call.real("epsilon", 1e-5))
    },
    "LayerNormalization": { call in
      let x = try call.input(0)
      let (axes, epsilon) = (try trailingAxes(call, of: x), call.real("epsilon", 1e-5))
      let y = layerNormalization(
        x, axes: axes, scale: try call.input(1), offset: call.optional(2), epsilon: epsilon)
      let variance = x.variance(axes: axes, keepDims: true)
      return [y, x.mean(axes: axes, keepDims: true), rsqrt(variance + epsilon)]
    },
    "RMSNormalization": single { call in
      let x = try call.input(0)
      return rmsNormalization(
        x, axes: try trailingAxes(call, of: x), scale: try call.input(1), epsilon: call.real("epsilon", 1e-5))
    },
    "LpNormalization": single { call in
      normalized(
        try call.input(0), p: Double(call.integer("p", 2)), axes: [call.integer("axis", -1)], epsilon: 0)
    },
    "LRN": single { call in
      guard let size = call.integer("size") else { throw FixtureError("LRN lacks its size") }
      return localResponseNormalization(
        try call.input(0), size: size, alpha: call.real("alpha", 0.0001), beta: call.real("beta", 0.75),
        bias: call.real("bias", 1), axis: 1, leansForward: true)
    },
  ]

  private static func trailingAxes(_ call: ONNXCall, of x: Tensor) throws -> [Int] {
    Array(try call.axis(call.integer("axis", -1), rank: x.rank)..<x.rank)
  }

  /// With the running statistics, or with those of the batch, which then update the running ones.
  private static func batchNormalization(_ call: ONNXCall) throws -> [Tensor?] {
    let (x, scale, offset) = (try call.input(0), try call.input(1), try call.input(2))
    let (mean, variance) = (try call.input(3), try call.input(4))
    let epsilon = call.real("epsilon", 1e-5)
    let isTraining = call.opset < 7 ? !call.flag("is_test") : call.flag("training_mode")
    if !isTraining {
      return [
        Graphc.batchNormalization(
          x, mean: mean, variance: variance, scale: scale, offset: offset, axis: 1, epsilon: epsilon)
      ]
    }
    try call.require(call.opset >= 14, "training before opset 14")
    let momentum = call.real("momentum", 0.9)
    let batch = Graphc.batchNormalization(x, scale: scale, offset: offset, axis: 1, epsilon: epsilon)
    return [
      batch.output, mean * momentum + batch.mean * (1 - momentum),
      variance * momentum + batch.variance * (1 - momentum),
    ]
  }
}
