// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  static let shapes: [String: Writer] = [
    "reshape": { call in [try call.tensor(0).reshaped(to: call.integers(1, "shape") ?? [])] },
    "view": { call in [try call.tensor(0).reshaped(to: call.integers(1, "shape") ?? [])] },
    "flatten": { call in
      let x = try call.tensor(0)
      if x.rank == 0 { return [x.reshaped(to: [1])] }
      let first = try call.integer(nil, "start_dim", default: 0)
      let last = try call.integer(nil, "end_dim", default: -1)
      let (start, end) = (first < 0 ? first + x.rank : first, last < 0 ? last + x.rank : last)
      let merged = x.extents[start...end].reduce(1, *)
      return [x.reshaped(to: Array(x.extents[..<start]) + [merged] + Array(x.extents[(end + 1)...]))]
    },
    "unflatten": { call in
      let x = try call.tensor(0)
      let axis = try call.integer(1, default: 0)
      let place = axis < 0 ? axis + x.rank : axis
      var sizes = try call.integers(2) ?? []
      if let open = sizes.firstIndex(of: -1) {
        sizes[open] = x.extents[place] / sizes.filter { $0 != -1 }.reduce(1, *)
      }
      return [x.reshaped(to: Array(x.extents[..<place]) + sizes + Array(x.extents[(place + 1)...]))]
    },
    "transpose": { call in
      let x = try call.tensor(0)
      if x.rank == 0 { return [x] }
      return [x.swappingAxes(try call.integer(1, default: 0), try call.integer(2, default: 0))]
    },
    "t": { call in
      let x = try call.tensor(0)
      return [x.rank < 2 ? x : x.transposed()]
    },
    "permute": { call in
      let x = try call.tensor(0)
      return [x.transposed(permutation: (try call.integers(1) ?? []).map { $0 < 0 ? $0 + x.rank : $0 })]
    },
    "unsqueeze": { call in [try call.tensor(0).expandingDims(at: call.integer(1, default: 0))] },
    "squeeze": { call in
      let x = try call.tensor(0)
      let axes = call.count > 1 ? (try call.integers(1) ?? []) : Array(0..<x.rank)
      let places = axes.map { $0 < 0 ? $0 + x.rank : $0 }
      return [
        x.reshaped(
          to: (0..<x.rank).filter { !(places.contains($0) && x.extents[$0] == 1) }.map { x.extents[$0] })
      ]
    },
    "expand": { call in [try expanded(call)] },
    "broadcast_to": { call in [try expanded(call)] },
    "broadcast_tensors": { call in
      let tensors = try call.tensors(0)
      let shape = tensors.reduce([]) { joined($0, $1.extents) }
      return tensors.map { $0.broadcast(to: shape) }
    },
    "flip": { call in
      let x = try call.tensor(0)
      return [x.reversed(axes: (try call.integers(1, "dims") ?? []).map { $0 < 0 ? $0 + x.rank : $0 })]
    },
    "cat": { call in
      let tensors = try call.tensors(0).filter { !($0.rank == 1 && $0.extents == [0]) }
      if tensors.isEmpty { return [try call.tensors(0)[0]] }
      return [concatenate(tensors, axis: try call.integer(1, "dim", default: 0))]
    },
    "stack": { call in [stack(try call.tensors(0), axis: try call.integer(1, "dim", default: 0))] },
    "hstack": { call in
      let tensors = try call.tensors(0).map { $0.rank == 0 ? $0.reshaped(to: [1]) : $0 }
      return [concatenate(tensors, axis: tensors[0].rank == 1 ? 0 : 1)]
    },
    "vstack": { call in
      let tensors = try call.tensors(0).map {
        $0.rank < 2 ? $0.reshaped(to: [1, $0.extents.first ?? 1]) : $0
      }
      return [concatenate(tensors, axis: 0)]
    },
    "narrow": { call in
      let x = try call.tensor(0)
      let axis = try call.integer(1, default: 0)
      let start = try call.integer(2, default: 0)
      let extent = x.extents[axis < 0 ? axis + x.rank : axis]
      let from = start < 0 ? start + extent : start
      return [x.sliced(axis: axis, from: from, to: from + (try call.integer(3, default: 0)))]
    },
    "select": { call in
      let x = try call.tensor(0)
      let axis = try call.integer(1, default: 0)
      let place = axis < 0 ? axis + x.rank : axis
      let index = try call.integer(2, default: 0)
      let from = index < 0 ? index + x.extents[place] : index
      return [x.sliced(axis: place, from: from, to: from + 1).squeezing(axes: [place])]
    },
    "unbind": { call in
      let x = try call.tensor(0)
      let axis = try call.integer(1, "dim", default: 0)
      let place = axis < 0 ? axis + x.rank : axis
      return (0..<x.extents[place]).map {
        x.sliced(axis: place, from: $0, to: $0 + 1).squeezing(axes: [place])
      }
    },
    "zeros_like": { call in [try filled(call, 0)] }, "ones_like": { call in [try filled(call, 1)] },
    "full_like": { call in [try filled(call, call.number(1, "fill_value", default: 0))] },
    "sum_to_size": { call in
      let x = try call.tensor(0)
      let sizes =
        call.count > 2
        ? try (1..<call.count).map { try call.integer($0, default: 1) } : try call.integers(1) ?? []
      let lead = x.rank - sizes.count
      let summed = x.sum(axes: (0..<x.rank).filter { $0 < lead || sizes[$0 - lead] == 1 })
      return [summed.reshaped(to: sizes)]
    },
  ]

  private static func expanded(_ call: OpInfoCall) throws -> Tensor {
    let x = try call.tensor(0)
    let sizes = try call.integers(1) ?? []
    let lead = sizes.count - x.rank
    return x.broadcast(to: sizes.enumerated().map { $1 == -1 ? x.extents[$0 - lead] : $1 })
  }

  /// The shape that two shapes broadcast to.
  static func joined(_ lhs: [Int], _ rhs: [Int]) -> [Int] {
    let rank = max(lhs.count, rhs.count)
    let (a, b) = (
      Array(repeating: 1, count: rank - lhs.count) + lhs, Array(repeating: 1, count: rank - rhs.count) + rhs
    )
    return zip(a, b).map { $0 == 1 ? $1 : $0 }
  }

  private static func filled(_ call: OpInfoCall, _ number: Double) throws -> Tensor {
    let x = try call.tensor(0)
    let dtype = try call.dtype(nil, "dtype") ?? x.dtype
    return call.graph.constant(NDArray(scalar: number)).converted(to: dtype).broadcast(to: x.extents)
  }
}
