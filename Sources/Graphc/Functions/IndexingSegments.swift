// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The sums of the rows of each segment: row `i` of `x` counts for segment `segments[i]`. A segment without rows is 0.
///
/// - Parameters:
///   - segments: integers with the first extents of `x`, in any order, each from 0 to `count − 1`; any other fails the
///     run.
///   - count: how many segments there are.
/// - Returns: `[count, the other axes of x…]`.
public func segmentSum(
  _ x: some TensorConvertible, _ segments: some TensorConvertible, count: Int, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  segmented(x, segments, count, .add, .sum, CallSite("segmentSum", fileID, line))
}

/// The products of the rows of each segment; 1 for a segment without rows. See `segmentSum`.
public func segmentProduct(
  _ x: some TensorConvertible, _ segments: some TensorConvertible, count: Int, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  segmented(x, segments, count, .multiply, .product, CallSite("segmentProduct", fileID, line))
}

/// The greatest elements among the rows of each segment; the least value of the type, −∞ for floating point, for a
/// segment without rows. NaN wins. See `segmentSum`.
public func segmentMax(
  _ x: some TensorConvertible, _ segments: some TensorConvertible, count: Int, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  segmented(x, segments, count, .max, .max, CallSite("segmentMax", fileID, line))
}

/// The least elements among the rows of each segment; the greatest value of the type, ∞ for floating point, for a
/// segment without rows. NaN wins. See `segmentSum`.
public func segmentMin(
  _ x: some TensorConvertible, _ segments: some TensorConvertible, count: Int, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  segmented(x, segments, count, .min, .min, CallSite("segmentMin", fileID, line))
}

private func segmented(
  _ x: some TensorConvertible, _ segments: some TensorConvertible, _ count: Int, _ kind: ScatterOp.Kind,
  _ reduction: ReduceOp.Kind, _ site: CallSite
) -> Tensor {
  build([x, segments], at: site, in: x.tensor.graph, roles: ["the operand", "the segments"]) {
    state, terms throws(BuildError) in
    let operand = try state.promoted([terms[0]], .arithmetic)[0]
    let places = try state.indices(terms[1], role: "the segments")
    let (type, numbers) = (state.type(of: operand), state.type(of: places))
    guard (0...GraphState.largestExtent).contains(count) else {
      throw BuildError("segment.count", "there cannot be \(count) segments")
    }
    let rank = numbers.rank
    if rank > type.rank || !state.unifyShapes(numbers.shape, Shape(Array(type.shape.dims.prefix(rank)))) {
      throw BuildError(
        "segment.shape", "the segments are \(numbers); they need the first extents of the operand, \(type)")
    }
    let identity = NDArray(dtype: type.dtype, shape: [], bits: [reduction.identity(type.dtype)])
    let room = try state.broadcast(
      state.constant(identity), to: Shape([Dim(count)] + type.shape.dims.dropFirst(rank)))
    let operands = [room, try state.column(places), operand]
    return try state.append(.scatter(ScatterOp(kind, axes: [0])), operands)
  }
}
