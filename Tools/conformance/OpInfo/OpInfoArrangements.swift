// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// Tensors made of others, and the parts of one.
  static let arrangements: [String: Writer] = [
    "einsum": { call in
      guard let equation = try call.string(1) else { throw NotCovered("einsum without an equation") }
      return [einsum(equation, try call.tensors(0))]
    },
    "tensordot": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      if case .list(let pair)? = call.argument(nil, "dims"), pair.count == 2 {
        let axes = try pair.map { list -> [Int] in
          guard case .list(let elements) = list else { throw NotCovered("axes of another form") }
          return elements.compactMap { if case .integer(let axis) = $0 { axis } else { nil } }
        }
        return [tensordot(x, y, axes: (axes[0], axes[1]))]
      }
      return [tensordot(x, y, axes: try call.integer(nil, "dims", default: 2))]
    },
    "cross": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let axis = try call.integer(nil, "dim") ?? x.extents.firstIndex(of: 3) ?? 0
      return [cross(x, y, axis: axis)]
    },
    "meshgrid": { call in
      let indexing: GridIndexing = try call.string(nil, "indexing") == "xy" ? .xy : .ij
      return meshgrid(
        try call.tensors(0).map { $0.rank == 0 ? $0.reshaped(to: [1]) : $0 }, indexing: indexing)
    },
    "movedim": { call in
      [try call.tensor(0).movingAxes(from: call.integers(1) ?? [], to: call.integers(2) ?? [])]
    },
    "roll": { call in
      let x = try call.tensor(0)
      let shifts = try call.integers(1, "shifts") ?? []
      guard let axes = try call.integers(2, "dims"), !axes.isEmpty else { return [x.rolled(by: shifts[0])] }
      return [x.rolled(by: shifts, axes: axes)]
    },
    "rot90": { call in
      let axes = try call.integers(2, "dims") ?? [0, 1]
      return [try call.tensor(0).rotated90(times: call.integer(1, "k", default: 1), axes: (axes[0], axes[1]))]
    },
    "diagonal": { call in
      let axes = (try call.integer(nil, "dim1", default: 0), try call.integer(nil, "dim2", default: 1))
      return [try call.tensor(0).diagonal(offset: call.integer(nil, "offset", default: 0), axes: axes)]
    },
    "diag_embed": { call in
      let axes = (try call.integer(nil, "dim1", default: -2), try call.integer(nil, "dim2", default: -1))
      return [try call.tensor(0).diagonalMatrix(offset: call.integer(nil, "offset", default: 0), axes: axes)]
    },
    "diag": { call in
      let x = try call.tensor(0)
      let offset = try call.integer(1, default: 0)
      return [x.rank == 1 ? x.diagonalMatrix(offset: offset) : x.diagonal(offset: offset)]
    },
    "trace": { call in [try call.tensor(0).trace()] },
    "tril": { call in [try call.tensor(0).lowerTriangle(offset: call.integer(1, "diagonal", default: 0))] },
    "triu": { call in [try call.tensor(0).upperTriangle(offset: call.integer(1, "diagonal", default: 0))] },
    "tile": { call in [try call.tensor(0).tiled(by: call.integers(1) ?? [])] },
    "repeat": { call in [try call.tensor(0).tiled(by: call.integers(1) ?? [])] },
    "split": { call in
      let x = try call.tensor(0)
      let axis = try call.integer(2, "dim", default: 0)
      let extent = x.extents[axis < 0 ? axis + x.rank : axis]
      if case .integer(let size)? = call.argument(1) {
        let starts = stride(from: 0, to: max(extent, 1), by: max(size, 1))
        return split(x, sizes: starts.map { min(size, extent - $0) }, axis: axis)
      }
      return split(x, sizes: try call.integers(1) ?? [], axis: axis)
    },
    "chunk": { call in
      let x = try call.tensor(0)
      let axis = try call.integer(2, "dim", default: 0)
      let extent = x.extents[axis < 0 ? axis + x.rank : axis]
      let count = try call.integer(1, default: 1)
      let size = (extent + count - 1) / count
      return split(x, sizes: stride(from: 0, to: extent, by: size).map { min(size, extent - $0) }, axis: axis)
    },
    "tensor_split": { call in
      let x = try call.tensor(0)
      let axis = try call.integer(2, "dim", default: 0)
      let extent = x.extents[axis < 0 ? axis + x.rank : axis]
      if try call.isSingleInteger(1) {
        let count = try call.integer(1, default: 1)
        let sizes = (0..<count).map { extent / count + ($0 < extent % count ? 1 : 0) }
        return split(x, sizes: sizes, axis: axis)
      }
      let bounds = [0] + (try call.integers(1) ?? []).map { min(max($0, 0), extent) } + [extent]
      return (0..<bounds.count - 1).map {
        x.sliced(axis: axis, from: bounds[$0], to: max(bounds[$0], bounds[$0 + 1]))
      }
    },
    "nn.functional.pixel_shuffle": { call in
      let x = try call.tensor(0)
      let factor = try call.integer(1, "upscale_factor", default: 1)
      return [batched(x, from: 4) { pixelShuffle($0, factor: factor) }]
    },
    "nn.functional.pixel_unshuffle": { call in
      let x = try call.tensor(0)
      let factor = try call.integer(1, "downscale_factor", default: 1)
      return [batched(x, from: 4) { pixelUnshuffle($0, factor: factor) }]
    },
    "linspace": { call in
      let count = try call.integer(2, "steps", default: 0)
      let dtype = try call.dtype(nil, "dtype") ?? .float32
      return [
        call.graph.linspace(
          from: try call.scalar(0), through: try call.scalar(1), count: count, dtype: .float64
        ).converted(to: dtype)
      ]
    },
    "arange": { call in
      let dtype = try call.dtype(nil, "dtype") ?? .int64
      let (start, end) =
        call.count > 1 ? (try call.scalar(0), try call.scalar(1)) : (0, try call.scalar(0))
      let step = call.count > 2 ? try call.scalar(2) : 1
      return [call.graph.range(from: start, to: end, by: step, dtype: .float64).converted(to: dtype)]
    },
    "diff": { call in
      let axis = try call.integer(2, "dim", default: -1)
      let parts = try [call.optionalTensor(3, "prepend"), call.tensor(0), call.optionalTensor(4, "append")]
        .compactMap { $0 }
      var x = parts.count == 1 ? parts[0] : concatenate(parts, axis: axis)
      for _ in 0..<(try call.integer(1, "n", default: 1)) {
        let extent = x.extents[axis < 0 ? axis + x.rank : axis]
        if extent == 0 { break }
        x = x.sliced(axis: axis, from: 1) - x.sliced(axis: axis, from: 0, to: extent - 1)
      }
      return [x]
    },
    "slice": { call in
      let x = try call.tensor(0)
      if x.rank == 0 { return [x] }
      let axis = try call.integer(1, "dim", default: 0)
      let extent = x.extents[axis < 0 ? axis + x.rank : axis]
      let bound = { (position: Int) in min(max(position < 0 ? position + extent : position, 0), extent) }
      let start = bound(try call.integer(2, "start", default: 0))
      let end = max(bound(try call.integer(3, "end", default: extent)), start)
      return [x.sliced(axis: axis, from: start, to: end, by: try call.integer(4, "step", default: 1))]
    },
  ]

  /// A function of tensors of a rank, on one with other leading axes.
  static func batched(_ x: Tensor, from rank: Int, _ function: (Tensor) -> Tensor) -> Tensor {
    if x.rank == rank { return function(x) }
    let own = x.extents.suffix(rank - 1)
    let lead = x.extents.dropLast(rank - 1)
    let result = function(x.reshaped(to: [lead.reduce(1, *)] + own))
    return result.reshaped(to: Array(lead) + result.extents.dropFirst())
  }
}

extension OpInfoCall {
  /// A number, also from a tensor of one element.
  func scalar(_ position: Int) throws -> Double {
    if case .tensor? = argument(position) { return try array(position).scalar }
    return try number(position, default: 0)
  }

  /// Whether an argument is one integer, as such or in a tensor without axes.
  func isSingleInteger(_ position: Int) throws -> Bool {
    switch argument(position) {
    case .integer?: return true
    case .tensor?: return try array(position).shape.isEmpty
    default: return false
    }
  }
}
