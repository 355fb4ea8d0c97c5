// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension TensorConvertible {
  /// The whole tensor repeated, `counts[k]` times along axis k; counts beyond the tensor's axes make new ones in front,
  /// and missing counts are 1 there (NumPy's `tile`).
  public func tiled(by counts: [Int], fileID: String = #fileID, line: Int = #line) -> Tensor {
    build([self], at: CallSite("tiled", fileID, line), in: tensor.graph) { state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      let rank = Swift.max(counts.count, state.type(of: operand).rank)
      let dims = state.type(of: operand).shape.dims
      let extents = Array(repeating: Dim(1), count: rank - dims.count) + dims
      let factors = Array(repeating: 1, count: rank - counts.count) + counts
      return try state.repeated(operand, extents.indices.map { (extents[$0], factors[$0], false) })
    }
  }

  /// Each element repeated `count` times in place along an axis: `[a, b]` becomes `[a, a, b, b]` (NumPy's `repeat`).
  public func repeating(
    _ count: Int, axis: Int, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([self], at: CallSite("repeating", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      let axis = try state.axis(axis, of: operand)
      let dims = state.type(of: operand).shape.dims
      return try state.repeated(operand, dims.indices.map { (dims[$0], $0 == axis ? count : 1, true) })
    }
  }
}

extension GraphState {
  /// A tensor of the given extents repeated along its axes: as a whole, or each element in place.
  fileprivate mutating func repeated(
    _ operand: Value, _ axes: [(extent: Dim, count: Int, inPlace: Bool)]
  ) throws(BuildError) -> Value {
    if let count = axes.map(\.count).first(where: { !(0...GraphState.largestExtent).contains($0) }) {
      throw BuildError("repeat.count", "\(type(of: operand)) cannot be repeated \(count) times")
    }
    // A unit axis beside each repeated one is what is stretched.
    var split: [Dim] = []
    var stretched: [Dim] = []
    for (extent, count, inPlace) in axes {
      if count == 1 || extent == 1 {
        split.append(extent)
        stretched.append(extent * Dim(count))
      } else {
        split += inPlace ? [extent, 1] : [1, extent]
        stretched += inPlace ? [extent, Dim(count)] : [Dim(count), extent]
      }
    }
    let spread = try broadcast(reshaped(operand, to: Shape(split)), to: Shape(stretched))
    return try reshaped(spread, to: Shape(axes.map { $0.extent * Dim($0.count) }))
  }
}
