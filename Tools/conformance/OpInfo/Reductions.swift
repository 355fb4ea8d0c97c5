// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// A reduction over the axes `dim`, all of them where it is left out or empty.
  private static func reduction(_ function: @escaping @Sendable (Tensor, [Int], Bool) -> Tensor) -> Writer {
    { call in
      var x = try call.tensor(0)
      if let dtype = try call.dtype(nil, "dtype") { x = x.converted(to: dtype) }
      return [function(x, try call.axes(1, of: x), try call.bool(2, "keepdim"))]
    }
  }

  static let reductions: [String: Writer] = [
    "sum": reduction { $0.sum(axes: $1, keepDims: $2) },
    "prod": reduction { $0.product(axes: $1, keepDims: $2) },
    "mean": reduction { $0.mean(axes: $1, keepDims: $2) },
    "amax": reduction { $0.max(axes: $1, keepDims: $2) },
    "amin": reduction { $0.min(axes: $1, keepDims: $2) },
    "all": reduction { truth($0).all(axes: $1, keepDims: $2) },
    "any": reduction { truth($0).any(axes: $1, keepDims: $2) },
    "count_nonzero": reduction { truth($0).converted(to: .int64).sum(axes: $1, keepDims: $2) },
    "nansum": reduction { select($0 .!= $0, 0, $0).sum(axes: $1, keepDims: $2) },
    "nanmean": reduction {
      let isNumber = $0 .== $0
      let sum = select(isNumber, $0, 0).sum(axes: $1, keepDims: $2)
      return sum / isNumber.converted(to: $0.dtype).sum(axes: $1, keepDims: $2)
    },
    "logsumexp": { call in
      let x = try call.tensor(0)
      let axes = try call.axes(1, of: x)
      let keepDims = try call.bool(2, "keepdim")
      let kept = (0..<x.rank).filter { !axes.contains($0) }
      let moved = x.transposed(permutation: kept + axes).reshaped(to: kept.map { x.extents[$0] } + [-1])
      let result = logSumExp(moved)
      return [
        keepDims ? result.reshaped(to: (0..<x.rank).map { axes.contains($0) ? 1 : x.extents[$0] }) : result
      ]
    },
    "argmax": { call in [try position(call) { $0.argMax(axis: $1, keepDims: $2) }] },
    "argmin": { call in [try position(call) { $0.argMin(axis: $1, keepDims: $2) }] },
  ]

  /// The position of an extreme element, as `i64`; in the flattened tensor where no axis is given.
  private static func position(_ call: OpInfoCall, _ find: (Tensor, Int, Bool) -> Tensor) throws -> Tensor {
    let x = try call.tensor(0)
    let keepDims = try call.bool(2, "keepdim")
    guard let axis = try call.integer(1, "dim"), x.rank > 0 else {
      let flat = find(x.flattened(), 0, false).converted(to: .int64)
      return keepDims ? flat.reshaped(to: x.extents.map { _ in 1 }) : flat
    }
    return find(x, axis, keepDims).converted(to: .int64)
  }
}
