// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// One number where a new axis has the index's value, another one elsewhere; only the latter for an index outside
/// `0 ..< depth`.
///
/// - Parameters:
///   - indices: integers of any shape.
///   - axis: the place of the new axis in the result; -1 puts it last.
///   - on: the number where the index is; 1 unless given.
///   - off: the number elsewhere; 0 unless given.
/// - Returns: the shape of the indices with an axis of extent `depth`.
public func oneHot(
  _ indices: some TensorConvertible, depth: Int, axis: Int = -1, on: some ConstantOperand = 1,
  off: some ConstantOperand = 0, dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  let site = CallSite("oneHot", fileID, line)
  return build([indices, on, off], at: site, in: indices.tensor.graph) { state, terms throws(BuildError) in
    let places = try state.value(terms[0])
    let type = state.type(of: places)
    if !type.dtype.isInteger { throw BuildError("oneHot.indices", "takes integers, got \(type)") }
    if depth < 0 { throw BuildError("oneHot.depth", "a depth of \(depth) is negative") }
    let place = axis < 0 ? axis + type.rank + 1 : axis
    guard (0...type.rank).contains(place) else {
      throw BuildError("axis.range", "there is no place \(axis) for a new axis in \(type)")
    }
    // As wide as the indices at least, so that none is cut.
    let wide: DType = [.int64, .uint32].contains(type.dtype) ? .int64 : .int32
    let dims = type.shape.dims
    let shape = Shape(dims.prefix(place) + [Dim(depth)] + dims.dropFirst(place))
    let labels = try state.reshaped(
      state.converted(places, to: wide), to: Shape(dims.prefix(place) + [1] + dims.dropFirst(place)))
    let numbers = try state.append(.iota(IotaOp(type: TensorType(wide, shape), axis: place)))
    let isHot = try state.pointwise(.equal, state.broadcast(labels, to: shape), numbers)
    let (yes, no) = (try state.constant(terms[1], as: dtype), try state.constant(terms[2], as: dtype))
    return try state.pointwise(
      .select, isHot, state.broadcast(yes, to: shape), state.broadcast(no, to: shape))
  }
}
