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

  private static func located(
    _ call: OpInfoCall, _ function: (Tensor, Int) -> (values: Tensor, indices: Tensor)
  ) throws -> [Tensor] {
    let x = try call.tensor(0)
    let axis = try call.integer(1, "dim", default: 0)
    let found = x.rank == 0 ? function(x.reshaped(to: [1]), 0) : function(x, axis)
    let shape = x.extents
    return [found.values.reshaped(to: shape), found.indices.converted(to: .int64).reshaped(to: shape)]
  }
}
