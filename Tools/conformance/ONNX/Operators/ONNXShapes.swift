// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  /// What moves elements and asks for shapes.
  static let shapes: [String: Build] = [
    "Shape": single { call in
      let extents = try call.extents(call.input(0))
      let bound = { (position: Int) in
        Swift.min(Swift.max(position < 0 ? position + extents.count : position, 0), extents.count)
      }
      let start = bound(call.integer("start", 0))
      let end = bound(call.integer("end", extents.count))
      return call.builder.constant(start < end ? Array(extents[start..<end]) : [])
    },
    "Size": single { call in
      let count = try call.extents(call.input(0)).reduce(1, *)
      return call.builder.constant(NDArray(scalar: Int64(count)))
    },
    "Reshape": single { call in
      let x = try call.input(0)
      guard let target = try call.integers("shape", orInput: 1) else {
        throw FixtureError("Reshape lacks a shape")
      }
      let extents = try call.extents(x)
      let keepsZeros = call.flag("allowzero")
      var shape = target.enumerated().map { axis, extent in
        extent == 0 && !keepsZeros && axis < extents.count ? extents[axis] : extent
      }
      if let open = shape.firstIndex(of: -1) {
        let known = shape.filter { $0 != -1 }.reduce(1, *)
        shape[open] = known == 0 ? 0 : extents.reduce(1, *) / known
      }
      return x.reshaped(to: shape)
    },
    "Flatten": single { call in
      let x = try call.input(0)
      let extents = try call.extents(x)
      let axis = call.integer("axis", 1)
      let position = axis < 0 ? axis + x.rank : axis
      return x.reshaped(to: [extents[..<position].reduce(1, *), extents[position...].reduce(1, *)])
    },
    "Squeeze": single { call in
      try call.input(0).squeezing(axes: call.integers("axes", orInput: 1))
    },
    "Unsqueeze": single { call in
      let x = try call.input(0)
      let axes = try call.integers("axes", orInput: 1) ?? []
      let rank = x.rank + axes.count
      let added = try Set(axes.map { try call.axis($0, rank: rank) })
      var rest = try call.extents(x)[...]
      return x.reshaped(to: (0..<rank).map { added.contains($0) ? 1 : rest.popFirst() ?? 1 })
    },
    "Transpose": single { call in
      let x = try call.input(0)
      return x.transposed(permutation: call.integers("perm") ?? Array((0..<x.rank).reversed()))
    },
    "Expand": single { call in
      let (x, target) = (try call.input(0), try call.integers(1))
      let extents = try call.extents(x)
      let rank = Swift.max(extents.count, target.count)
      let padded = { (shape: [Int]) in Array(repeating: 1, count: rank - shape.count) + shape }
      return x.broadcast(to: zip(padded(extents), padded(target)).map { $0 == 1 ? $1 : $0 })
    },
    "Slice": single(slice),
    "DepthToSpace": single { call in
      depthToSpace(
        try call.input(0), block: call.integer("blocksize", 1), layout: .channelsFirst, mode: depthOrder(call)
      )
    },
    "SpaceToDepth": single { call in
      spaceToDepth(
        try call.input(0), block: call.integer("blocksize", 1), layout: .channelsFirst, mode: depthOrder(call)
      )
    },
    "Trilu": single { call in
      let (x, offset) = (try call.input(0), try call.optionalIntegers(1)?.first ?? 0)
      return call.flag("upper", true) ? x.upperTriangle(offset: offset) : x.lowerTriangle(offset: offset)
    },
  ]

  private static func depthOrder(_ call: ONNXCall) -> DepthOrder {
    call.text("mode", "DCR") == "DCR" ? .dcr : .crd
  }

  /// Slices as NumPy's, whose ends are clamped and whose steps may be negative.
  private static func slice(_ call: ONNXCall) throws -> Tensor {
    var x = try call.input(0)
    guard let starts = try call.integers("starts", orInput: 1),
      let ends = try call.integers("ends", orInput: 2)
    else { throw FixtureError("Slice lacks its bounds") }
    let axes = try call.integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = try call.optionalIntegers(4) ?? starts.map { _ in 1 }
    for position in starts.indices {
      let axis = try call.axis(axes[position], rank: x.rank)
      let (extent, step) = (try call.extents(x)[axis], steps[position])
      // Positions from the front; those from the end of the file format saturate.
      let counted = { (index: Int) in index < 0 ? Swift.max(index, -extent - 1) + extent : index }
      let (start, end) = (counted(starts[position]), counted(ends[position]))
      if step > 0 {
        let first = Swift.min(Swift.max(start, 0), extent)
        let last = Swift.max(Swift.min(Swift.max(end, 0), extent), first)
        x = x.sliced(axis: axis, from: first, to: last, by: step)
      } else {
        // From `start` down to above `end`, which is a slice upwards of the reversed axis.
        let first = Swift.min(Swift.max(start, -1), extent - 1)
        let last = Swift.min(Swift.min(Swift.max(end, -1), extent - 1), first)
        x = x.reversed(axes: [axis]).sliced(
          axis: axis, from: extent - 1 - first, to: extent - 1 - last, by: -step)
      }
    }
    return x
  }
}
