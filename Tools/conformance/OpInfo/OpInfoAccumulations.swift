// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// Running totals along an axis.
  static let accumulations: [String: Writer] = [
    "cumsum": { call in [try along(call) { cumulativeSum($0, axis: $1) }] },
    "cumprod": { call in [try along(call) { cumulativeProduct($0, axis: $1) }] },
    "logcumsumexp": { call in [try along(call) { cumulativeLogSumExp($0, axis: $1) }] },
    "cummax": { call in
      try located(call) { x, axis in
        let found = cumulativeMaxWithIndices(x, axis: axis)
        return (found.values, found.indices)
      }
    },
    "cummin": { call in
      try located(call) { x, axis in
        let found = cumulativeMinWithIndices(x, axis: axis)
        return (found.values, found.indices)
      }
    },
  ]

  /// Elements in order, and where they were.
  static let orders: [String: Writer] = [
    "sort": { call in
      let descending = try isDescending(call)
      return try located(call, default: -1) { x, axis in
        sortedWithIndices(x, axis: axis, descending: descending)
      }
    },
    "argsort": { call in
      let descending = try isDescending(call)
      return [
        try located(call, default: -1) { x, axis in
          sortedWithIndices(x, axis: axis, descending: descending)
        }[1]
      ]
    },
    "topk": { call in
      let x = try call.tensor(0)
      let count = try call.integer(1, "k", default: 1)
      let axis = try call.integer(2, "dim", default: -1)
      let largest = try call.bool(3, "largest", default: true)
      if x.rank == 0 { return [x, call.graph.zeros([Int](), dtype: .int64)] }
      let found = topK(x, count: count, axis: axis, largest: largest)
      return [found.values, found.indices.converted(to: .int64)]
    },
    "median": { call in
      let x = try call.tensor(0)
      guard call.argument(1, "dim") != nil, x.rank > 0 else { return [lowerMedian(x).values] }
      let found = lowerMedian(
        x, axis: try call.integer(1, "dim", default: 0), keepDims: try call.bool(2, "keepdim"))
      return [found.values, found.indices.converted(to: .int64)]
    },
  ]

  private static func isDescending(_ call: OpInfoCall) throws -> Bool {
    // `sort(x, axis, descending)`, or with names and `stable` besides.
    try call.bool(2, "descending")
  }

  private static func located(
    _ call: OpInfoCall, default axis: Int = 0, _ function: (Tensor, Int) -> (values: Tensor, indices: Tensor)
  ) throws -> [Tensor] {
    let x = try call.tensor(0)
    let axis = try call.integer(1, "dim", default: axis)
    let found = x.rank == 0 ? function(x.reshaped(to: [1]), 0) : function(x, axis)
    let shape = x.extents
    return [found.values.reshaped(to: shape), found.indices.converted(to: .int64).reshaped(to: shape)]
  }
}
