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

  /// Each element repeated in place along an axis, as often as a count of its own says: with `[2, 0, 3]` `[a, b, c]`
  /// becomes `[a, a, c, c, c]` (NumPy's `repeat`, PyTorch's `repeat_interleave`).
  ///
  /// - Parameter counts: one for each element along the axis, none below 0.
  public func repeating(
    _ counts: [Int], axis: Int, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([self], at: CallSite("repeating", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      let axis = try state.axis(axis, of: operand)
      let type = state.type(of: operand)
      if !state.unify(type.shape[axis], Dim(counts.count)) {
        throw BuildError(
          "repeat.counts",
          "axis \(axis) of \(type) is \(type.shape[axis]) long, but \(counts.count) counts are given")
      }
      let total = try state.total(of: counts, for: type)
      let dims = state.type(of: operand).shape.dims
      if counts.allSatisfy({ $0 == counts[0] }) {
        let count = counts.first ?? 1
        return try state.repeated(operand, dims.indices.map { (dims[$0], $0 == axis ? count : 1, true) })
      }
      return try state.taken(operand, state.sources(of: counts, total: total), axis: axis)
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

  /// The sum of counts, each of which is in range.
  fileprivate func total(of counts: [Int], for type: TensorType) throws(BuildError) -> Int {
    var total = 0
    for count in counts {
      guard (0...GraphState.largestExtent).contains(count), total + count <= GraphState.largestExtent else {
        throw BuildError(
          "repeat.count",
          count < 0
            ? "an element of \(type) cannot be repeated \(count) times"
            : "\(type) repeated by counts would have more than \(GraphState.largestExtent) elements along an axis"
        )
      }
      total += count
    }
    return total
  }

  /// For each place of what is repeated the index of the element there. As many elements as start at a place or before it
  /// are counted, which takes a constant for each count only.
  fileprivate mutating func sources(of counts: [Int], total: Int) throws(BuildError) -> Value {
    var starts: [Int] = []
    var start = 0
    for count in counts.dropLast() {
      start += count
      if start < total { starts.append(start) }
    }
    let isHuge = total > Int(Int32.max)
    let dtype: DType = isHuge ? .int64 : .int32
    let zero = try constant(.integer(0), as: dtype)
    let one = try constant(.integer(1), as: dtype)
    let places = try constant(
      isHuge ? NDArray(starts.map { Int64($0) }) : NDArray(starts.map { Int32($0) }))
    let news = try append(
      .scatter(ScatterOp(.add, axes: [0])),
      [
        broadcast(zero, to: Shape([Dim(total)])), column(places),
        broadcast(one, to: Shape([Dim(starts.count)])),
      ])
    return try append(
      .cumulative(CumulativeOp(.sum, axis: 0, exclusive: false, reverse: false)), [news])
  }
}
