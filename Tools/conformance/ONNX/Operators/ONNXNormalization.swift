// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let normalization: [String: Build] = [
    "BatchNormalization": batchNormalization,
    "InstanceNormalization": single { call in
      let x = try call.input(0)
      let axes = Array(2..<x.rank)
      let normalized = try standardized(x, axes: axes, epsilon: call.real("epsilon", 1e-5))
      return try normalized * channels(call.input(1), x) + channels(call.input(2), x)
    },
    "LayerNormalization": { call in
      let x = try call.input(0)
      let axes = try trailingAxes(call, of: x)
      let mean = x.mean(axes: axes, keepDims: true)
      let centered = x - mean
      let scale = rsqrt(square(centered).mean(axes: axes, keepDims: true) + call.real("epsilon", 1e-5))
      var y = centered * scale * (try call.input(1))
      if let bias = call.optional(2) { y = y + bias }
      return [y, mean, scale]
    },
    "RMSNormalization": single { call in
      let x = try call.input(0)
      let axes = try trailingAxes(call, of: x)
      let scale = rsqrt(square(x).mean(axes: axes, keepDims: true) + call.real("epsilon", 1e-5))
      return x * scale * (try call.input(1))
    },
    "GroupNormalization": single { call in
      let x = try call.input(0)
      let extents = try call.extents(x)
      let groups = call.integer("num_groups", 1)
      let grouped = x.reshaped(to: [extents[0], groups, -1])
      let normalized = try standardized(grouped, axes: [2], epsilon: call.real("epsilon", 1e-5)).reshaped(
        to: extents)
      return try normalized * channels(call.input(1), x) + channels(call.input(2), x)
    },
    "LpNormalization": single { call in
      let x = try call.input(0)
      let axis = call.integer("axis", -1)
      if call.integer("p", 2) == 1 { return x / abs(x).sum(axis: axis, keepDims: true) }
      return x / sqrt(square(x).sum(axis: axis, keepDims: true))
    },
    "LRN": single { call in
      guard let size = call.integer("size") else { throw FixtureError("LRN lacks its size") }
      let x = try call.input(0)
      let extent = try call.extents(x)[1]
      let before = (size - 1) / 2
      var widths = Array(repeating: (low: 0, high: 0), count: x.rank)
      widths[1] = (before, size - 1 - before)
      let squares = square(x).padded(widths)
      var sum = squares.sliced(axis: 1, from: 0, to: extent)
      for offset in 1..<Swift.max(size, 1) {
        sum = sum + squares.sliced(axis: 1, from: offset, to: offset + extent)
      }
      let scale = call.real("alpha", 0.0001) / Double(size)
      return x / pow(sum * scale + call.real("bias", 1), call.real("beta", 0.75))
    },
  ]

  /// A vector with an entry for each channel, which is axis 1.
  private static func channels(_ vector: Tensor, _ x: Tensor) -> Tensor {
    vector.reshaped(to: [-1] + Array(repeating: 1, count: Swift.max(x.rank - 2, 0)))
  }

  private static func standardized(_ x: Tensor, axes: [Int], epsilon: Double) throws -> Tensor {
    let centered = x - x.mean(axes: axes, keepDims: true)
    return centered * rsqrt(square(centered).mean(axes: axes, keepDims: true) + epsilon)
  }

  private static func trailingAxes(_ call: ONNXCall, of x: Tensor) throws -> [Int] {
    Array(try call.axis(call.integer("axis", -1), rank: x.rank)..<x.rank)
  }

  /// With the running statistics, or with those of the batch, which then update the running ones.
  private static func batchNormalization(_ call: ONNXCall) throws -> [Tensor?] {
    let x = try call.input(0)
    let isTraining = call.opset < 14 ? call.opset < 7 && !call.flag("is_test") : call.flag("training_mode")
    try call.require(!isTraining || call.opset >= 14, "training before opset 14")
    var (mean, variance) = (try call.input(3), try call.input(4))
    var updates: [Tensor?] = []
    if isTraining {
      let momentum = call.real("momentum", 0.9)
      let axes = [0] + Array(2..<Swift.max(x.rank, 2))
      let batch = (mean: x.mean(axes: axes), variance: x.variance(axes: axes))
      updates = [
        mean * momentum + batch.mean * (1 - momentum), variance * momentum + batch.variance * (1 - momentum),
      ]
      (mean, variance) = batch
    }
    let scale = try call.input(1) * rsqrt(variance + call.real("epsilon", 1e-5))
    let y = try (x - channels(mean, x)) * channels(scale, x) + channels(call.input(2), x)
    return [y] + updates
  }
}
