// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The parts of a tensor at some positions of an axis: `take(x, indices, axis: 1)` is NumPy's `x[:, indices]`.
///
/// An index below zero counts from the end of the axis; one that is outside even so fails the run, or is an error at
/// once where index and extent are known.
///
/// - Parameters:
///   - indices: integers of any shape.
///   - axis: counted from the end when negative.
/// - Returns: the shape of `x` with the shape of the indices in the place of `axis`.
public func take(
  _ x: some TensorConvertible, _ indices: some TensorOperand, axis: Int = 0, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  let site = CallSite("take", fileID, line)
  return build([x, indices], at: site, in: x.tensor.graph, roles: ["the operand", "the indices"]) {
    state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let axis = try state.axis(axis, of: operand)
    let places = try state.counted(state.indices(terms[1]), from: operand, axes: [axis], isVector: false)
    return try state.taken(operand, places, axis: axis)
  }
}

/// The rows of a table at some indices: the vectors of words, say.
///
/// - Parameters:
///   - table: `[count, …]`.
///   - indices: integers of any shape, each from 0 to `count − 1`; any other fails the run.
/// - Returns: the shape of the indices, followed by that of a row.
public func embeddingLookup(
  _ table: some TensorConvertible, _ indices: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  let site = CallSite("embeddingLookup", fileID, line)
  return build([table, indices], at: site, in: table.tensor.graph, roles: ["the table", "the indices"]) {
    state, terms throws(BuildError) in
    let table = try state.value(terms[0])
    return try state.taken(table, state.indices(terms[1]), axis: state.axis(0, of: table))
  }
}

/// For each position of `indices` the element of `x` that has this index along an axis, and the position's along the
/// others: NumPy's `take_along_axis`. Picks one element a row, `takeAlong(x, x.argMax(axis: 1, keepDims: true), axis: 1)`.
///
/// An index below zero counts from the end; one that is outside even so fails the run.
///
/// - Parameters:
///   - indices: integers, of the rank of `x`.
///   - broadcasts: whether the two broadcast together along the other axes. Otherwise the indices stand for the first
///     elements of `x` along each of them and may be fewer: PyTorch's `gather`, ONNX's `GatherElements`.
/// - Returns: the shape of the indices after broadcasting.
public func takeAlong(
  _ x: some TensorConvertible, _ indices: some TensorOperand, axis: Int, broadcasts: Bool = true,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  let site = CallSite("takeAlong", fileID, line)
  return build([x, indices], at: site, in: x.tensor.graph, roles: ["the operand", "the indices"]) {
    state, terms throws(BuildError) in
    var operand = try state.value(terms[0])
    var places = try state.indices(terms[1])
    let axis = try state.axis(axis, of: operand)
    try state.requireSameRank(places, operand)
    places = try state.counted(places, from: operand, axes: [axis], isVector: false)
    if !broadcasts { operand = try state.leadingPart(of: operand, asIn: places, but: axis) }
    (operand, places) = (
      try state.movingAxisToLast(axis, of: operand), try state.movingAxisToLast(axis, of: places)
    )
    let (source, target) = (state.type(of: operand).shape.dims, state.type(of: places).shape.dims)
    let rows = try state.commonShape([Shape(source.dropLast()), Shape(target.dropLast())])
    operand = try state.broadcast(operand, to: Shape(rows.dims + source.suffix(1)))
    places = try state.column(state.broadcast(places, to: Shape(rows.dims + target.suffix(1))))
    let gather = GatherOp(axes: [rows.rank], batch: rows.rank)
    return try state.movingLastAxis(of: state.append(.gather(gather), [operand, places]), to: axis)
  }
}

/// The parts of a tensor at positions of several leading axes at once: TensorFlow's `gather_nd`.
///
/// - Parameters:
///   - indices: integers `[batch…, positions…, k]`: an index for each of the first `k` axes behind the batch. Below zero
///     they count from the end; outside even so they fail the run.
///   - batchAxes: how many leading axes the two share.
/// - Returns: `[batch…, positions…, the other axes of x…]`.
public func gatherND(
  _ x: some TensorConvertible, _ indices: some TensorOperand, batchAxes: Int = 0, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  let site = CallSite("gatherND", fileID, line)
  return build([x, indices], at: site, in: x.tensor.graph, roles: ["the operand", "the indices"]) {
    state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let (places, axes) = try state.positions(terms[1], into: operand, batchAxes: batchAxes)
    return try state.append(.gather(GatherOp(axes: axes, batch: batchAxes)), [operand, places])
  }
}

extension GraphState {
  /// The parts at some indices of one axis, in its place.
  mutating func taken(_ operand: Value, _ indices: Value, axis: Int) throws(BuildError) -> Value {
    let count = type(of: indices).rank
    let result = try append(.gather(GatherOp(axes: [axis])), [operand, column(indices)])
    let rest = Array(count..<type(of: result).rank)
    return try transposed(result, rest.prefix(axis) + Array(0..<count) + rest.dropFirst(axis))
  }

  /// Indices into the axes behind the batch, and these axes.
  mutating func positions(
    _ term: Term, into operand: Value, batchAxes: Int
  ) throws(BuildError) -> (indices: Value, axes: [Int]) {
    let places = try indices(term)
    let (type, operandType) = (type(of: places), type(of: operand))
    guard (0...operandType.rank).contains(batchAxes), batchAxes < type.rank else {
      throw BuildError(
        "index.batch", "\(operandType) and indices of \(type) do not share \(batchAxes) batch axes")
    }
    guard let count = type.shape[type.rank - 1].value, (0...operandType.rank - batchAxes).contains(count)
    else {
      throw BuildError(
        "index.entries",
        "the last axis of the indices \(type) must be a number from 0 to \(operandType.rank - batchAxes), an index "
          + "for each of so many axes of \(operandType)")
    }
    for axis in 0..<batchAxes where !unify(operandType.shape[axis], type.shape[axis]) {
      throw BuildError(
        "index.batch", "\(operandType) and indices of \(type) share axis \(axis) and differ there")
    }
    let axes = Array(batchAxes..<batchAxes + count)
    return (try counted(places, from: operand, axes: axes, isVector: true), axes)
  }

  /// The first elements along each axis but one, as many as there are indices.
  mutating func leadingPart(
    of operand: Value, asIn indices: Value, but axis: Int
  ) throws(BuildError) -> Value {
    var part = operand
    for other in 0..<type(of: operand).rank where other != axis {
      if let count = try leadingCount(other, of: operand, in: indices) {
        part = try self.part(part, other, from: 0, to: count)
      }
    }
    return part
  }

  /// How many of the elements along an axis have indices; nil where all of them have.
  mutating func leadingCount(_ axis: Int, of operand: Value, in indices: Value) throws(BuildError) -> Int? {
    let (extent, count) = (type(of: operand).shape[axis], type(of: indices).shape[axis])
    if unify(extent, count) { return nil }
    if let extent = extent.value, let count = count.value, count <= extent { return count }
    throw BuildError(
      "index.shape",
      "axis \(axis) of the indices \(type(of: indices)) must not be longer than that of \(type(of: operand))")
  }

  func requireSameRank(_ indices: Value, _ operand: Value) throws(BuildError) {
    let (places, type) = (type(of: indices), type(of: operand))
    if places.rank != type.rank {
      throw BuildError(
        "index.rank", "the indices are \(places) and need as many axes as the operand, \(type)")
    }
  }
}
