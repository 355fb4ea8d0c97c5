// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// Elements at positions that another tensor holds.
  static let indexing: [String: Writer] = [
    "gather": { call in
      let (x, index) = (vector(try call.tensor(0)), try call.tensor(2, "index"))
      let shape = index.extents
      // Without indices there is nothing to hold against the other axes.
      if shape.contains(0) { return [x.flattened().sliced(axis: 0, to: 0).reshaped(to: shape)] }
      let axis = try call.integer(1, "dim", default: 0)
      return [takeAlong(x, vector(index), axis: axis, broadcasts: false).reshaped(to: shape)]
    },
    "take": { call in [take(try call.tensor(0).flattened(), try call.tensor(1, "index"), axis: 0)] },
    "take_along_dim": { call in
      let (x, index) = (try call.tensor(0), try call.tensor(1, "indices"))
      guard let axis = try call.integer(2, "dim") else {
        return [take(x.flattened(), index.flattened(), axis: 0)]
      }
      return [takeAlong(x, index, axis: axis)]
    },
    "index_select": { call in
      let x = try call.tensor(0)
      let rows = take(
        vector(x), try call.tensor(2, "index"), axis: try call.integer(1, "dim", default: 0))
      return [x.rank == 0 ? rows.reshaped(to: []) : rows]
    },
    "nn.functional.embedding": { call in [embeddingLookup(try call.tensor(0), try call.tensor(1))] },
    "masked_select": { call in
      let (x, mask) = (try call.tensor(0), try call.tensor(1, "mask"))
      let (values, count) = maskedSelect(x, mask, limit: joined(x.extents, mask.extents).reduce(1, *))
      call.counts[values] = count
      return [values]
    },

    // MARK: Writing

    "index_add": { call in
      let updates = scaled(vector(try call.tensor(3, "source")), by: try call.number(nil, "alpha"))
      return [try writingRows(call, updates, .add)]
    },
    "index_copy": { call in [try writingRows(call, vector(try call.tensor(3, "source")), .set)] },
    "index_fill": { call in
      let x = try call.tensor(0)
      return [try writingRows(call, try call.tensor(3, "value").converted(to: x.dtype), .set)]
    },
    "scatter": { call in
      let modes: [String: ScatterMode] = ["add": .add, "multiply": .multiply]
      guard let mode = try call.string(nil, "reduce").map({ modes[$0] }) ?? .set else {
        throw NotCovered("the reduction of scatter")
      }
      return [try writing(call, into: vector(try call.tensor(0)), mode)]
    },
    "scatter_add": { call in [try writing(call, into: vector(try call.tensor(0)), .add)] },
    "scatter_reduce": scatterReduce,
  ]

  /// With an axis, where there is none.
  private static func vector(_ x: Tensor) -> Tensor { x.rank == 0 ? x.reshaped(to: [1]) : x }

  /// Rows of the argument 0 changed at the indices of the argument 2 along an axis.
  private static func writingRows(
    _ call: OpInfoCall, _ updates: Tensor, _ mode: ScatterMode
  ) throws -> Tensor {
    let x = try call.tensor(0)
    let axis = try call.integer(1, "dim", default: 0)
    let index = vector(try call.tensor(2, "index")).expandingDims(at: 1)
    let rows = vector(x).movingAxes(from: [axis], to: [0])
    let parts = updates.rank == 0 ? updates : updates.movingAxes(from: [axis], to: [0])
    let written = Graphc.scatter(into: rows, at: index, parts, mode: mode)
    return written.movingAxes(from: [0], to: [axis]).reshaped(to: x.extents)
  }

  /// A tensor changed at the indices of the argument 2, by the argument 3.
  private static func writing(_ call: OpInfoCall, into x: Tensor, _ mode: ScatterMode) throws -> Tensor {
    let index = vector(try call.tensor(2, "index"))
    let updates = vector(try call.tensor(3, "src").converted(to: x.dtype))
    return try writing(call, into: x, index, updates, mode)
  }

  private static func writing(
    _ call: OpInfoCall, into x: Tensor, _ index: Tensor, _ updates: Tensor, _ mode: ScatterMode
  ) throws -> Tensor {
    let axis = try call.integer(1, "dim", default: 0)
    return scatterAlong(into: x, index, updates, axis: axis, mode: mode, broadcasts: false)
      .reshaped(to: try call.tensor(0).extents)
  }

  @Sendable private static func scatterReduce(_ call: OpInfoCall) throws -> [Tensor] {
    let x = vector(try call.tensor(0))
    let kind = try call.string(4, "reduce") ?? "sum"
    let modes: [String: (mode: ScatterMode, identity: Double)] = [
      "sum": (.add, 0), "mean": (.add, 0), "prod": (.multiply, 1), "amax": (.max, -.infinity),
      "amin": (.min, .infinity),
    ]
    guard let (mode, identity) = modes[kind] else { throw NotCovered("the reduction \(kind)") }
    let includesSelf = try call.bool(nil, "include_self", default: true)
    let index = vector(try call.tensor(2, "index"))
    var base = x
    if !includesSelf {
      let fresh = call.graph.constant(NDArray(scalar: identity), dtype: x.dtype).broadcast(to: index.extents)
      base = vector(try writing(call, into: x, index, fresh, .set))
    }
    let result = try writing(call, into: base, mode)
    if kind != "mean" { return [result] }
    let one = call.graph.constant(1.0, dtype: x.dtype)
    let own = call.graph.constant(NDArray(scalar: includesSelf ? 1.0 : 0.0), dtype: x.dtype)
    let start = own.broadcast(to: x.extents)
    let counts = try writing(call, into: start, index, one.broadcast(to: index.extents), .add)
    return [result / maximum(counts, 1)]
  }
}
