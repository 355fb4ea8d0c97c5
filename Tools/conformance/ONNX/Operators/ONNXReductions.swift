// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let reductions: [String: Build] = [
    "ReduceSum": reduction(inputSince: 13) { $0.sum(axes: $1, keepDims: $2) },
    "ReduceMean": reduction { $0.mean(axes: $1, keepDims: $2) },
    "ReduceProd": reduction { $0.product(axes: $1, keepDims: $2) },
    "ReduceMax": reduction {
      $0.dtype == .bool ? $0.any(axes: $1, keepDims: $2) : $0.max(axes: $1, keepDims: $2)
    },
    "ReduceMin": reduction {
      $0.dtype == .bool ? $0.all(axes: $1, keepDims: $2) : $0.min(axes: $1, keepDims: $2)
    },
    "ReduceL1": reduction { abs($0).sum(axes: $1, keepDims: $2) },
    "ReduceL2": reduction { sqrt(square($0).sum(axes: $1, keepDims: $2)) },
    "ReduceSumSquare": reduction { square($0).sum(axes: $1, keepDims: $2) },
    "ReduceLogSum": reduction { log($0.sum(axes: $1, keepDims: $2)) },
    "ReduceLogSumExp": reduction { logSumExp($0, axes: $1, keepDims: $2) },
    "ArgMax": single { call in try argument(call) { $0.argMax(axis: $1, keepDims: $2) } },
    "ArgMin": single { call in try argument(call) { $0.argMin(axis: $1, keepDims: $2) } },
    "GlobalAveragePool": single { call in
      let x = try call.input(0)
      return x.mean(axes: Array(2..<Swift.max(x.rank, 2)), keepDims: true)
    },
    "GlobalMaxPool": single { call in
      let x = try call.input(0)
      return x.max(axes: Array(2..<Swift.max(x.rank, 2)), keepDims: true)
    },
  ]

  /// Without axes all are reduced, or none.
  private static func reduction(
    inputSince opset: Int = 18, _ body: @escaping @Sendable (Tensor, [Int]?, Bool) -> Tensor
  ) -> Build {
    { call in
      let x = try call.input(0)
      var axes = call.opset < opset ? call.integers("axes") : try call.optionalIntegers(1)
      if axes?.isEmpty ?? true { axes = call.flag("noop_with_empty_axes") ? [] : nil }
      return [body(x, axes, call.flag("keepdims", true))]
    }
  }

  private static func argument(
    _ call: ONNXCall, _ body: (Tensor, Int, Bool) -> Tensor
  ) throws -> Tensor {
    let x = try call.input(0)
    let axis = try call.axis(call.integer("axis", 0), rank: x.rank)
    let keepsDims = call.flag("keepdims", true)
    if !call.flag("select_last_index") { return body(x, axis, keepsDims).converted(to: .int64) }
    let last = try call.extents(x)[axis] - 1
    return last - body(x.reversed(axes: [axis]), axis, keepsDims).converted(to: .int64)
  }
}
