// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// The moments over `dim`, with the denominator n − correction.
  private static func moments(_ call: OpInfoCall) throws -> (mean: Tensor, variance: Tensor) {
    let x = try call.tensor(0)
    var correction = try call.number(nil, "correction", default: 1)
    var axes = Array(0..<x.rank)
    if case .bool(let isUnbiased)? = call.argument(1, "unbiased") {
      correction = isUnbiased ? 1 : 0
      if case .bool = call.argument(1) {} else { axes = try call.axes(nil, of: x) }
    } else {
      axes = try call.axes(1, of: x)
      if case .bool(let isUnbiased)? = call.argument(2, "unbiased") { correction = isUnbiased ? 1 : 0 }
    }
    let keepDims = try call.bool(3, "keepdim")
    let mean = x.mean(axes: axes, keepDims: true)
    let count = axes.reduce(1) { $0 * x.extents[$1] }
    let sum = square(x - mean).sum(axes: axes, keepDims: keepDims)
    let variance = sum / max(Double(count) - correction, 0)
    return (keepDims ? mean : x.mean(axes: axes), variance)
  }

  static let statistics: [String: Writer] = [
    "var": { call in [try moments(call).variance] },
    "std": { call in [sqrt(try moments(call).variance)] },
    "var_mean": { call in
      let (mean, variance) = try moments(call)
      return [variance, mean]
    },
    "std_mean": { call in
      let (mean, variance) = try moments(call)
      return [sqrt(variance), mean]
    },
    "softmax": { call in [try along(call) { softmax($0, axis: $1) }] },
    "log_softmax": { call in [try along(call) { logSoftmax($0, axis: $1) }] },
    "nn.functional.softmin": { call in [try along(call) { softmax(-$0, axis: $1) }] },
    "max": { call in try extreme(call, { maximum($0, $1) }, { $0.max(axes: $1, keepDims: $2) }, isMax: true)
    },
    "min": { call in try extreme(call, { minimum($0, $1) }, { $0.min(axes: $1, keepDims: $2) }, isMax: false)
    },
  ]

  /// A vector along an axis of a tensor of the given rank.
  private static func along(_ vector: Tensor, _ axis: Int, _ rank: Int) -> Tensor {
    vector.reshaped(to: (0..<rank).map { $0 == axis ? vector.extents[0] : 1 })
  }

  /// A function along an axis, of a tensor that may be a scalar.
  static func along(_ call: OpInfoCall, _ function: (Tensor, Int) -> Tensor) throws -> Tensor {
    var x = try call.tensor(0)
    if let dtype = try call.dtype(nil, "dtype") { x = x.converted(to: dtype) }
    let axis = try call.integer(1, "dim", default: -1)
    return x.rank == 0 ? function(x.reshaped(to: [1]), 0).reshaped(to: []) : function(x, axis)
  }

  /// Of two tensors, of a whole one, or along an axis together with the position.
  private static func extreme(
    _ call: OpInfoCall, _ binary: (Tensor, Tensor) -> Tensor, _ reduce: (Tensor, [Int], Bool) -> Tensor,
    isMax: Bool
  ) throws -> [Tensor] {
    let x = try call.tensor(0)
    if case .tensor? = call.argument(1, "other") { return [binary(x, try call.tensor(1, "other"))] }
    guard let axis = try call.integer(1, "dim") else { return [reduce(x, Array(0..<x.rank), false)] }
    let keepDims = try call.bool(2, "keepdim")
    if x.rank == 0 { return [x, call.graph.zeros([Int](), dtype: .int64)] }
    let place = isMax ? x.argMax(axis: axis, keepDims: true) : x.argMin(axis: axis, keepDims: true)
    // The gradient goes to the element that is named.
    let positions = call.graph.range(x.extents[axis < 0 ? axis + x.rank : axis])
    let chosen = place .== along(positions, axis < 0 ? axis + x.rank : axis, x.rank)
    let value = select(chosen, x, 0).sum(axis: axis, keepDims: keepDims)
    let index = keepDims ? place : place.squeezing(axes: [axis])
    return [value, index.converted(to: .int64)]
  }
}
