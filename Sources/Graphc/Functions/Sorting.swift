// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Orders are stable: equal elements keep theirs, in either direction. NaN counts as greater than every number, so it is
// last in an ascending order and first in a descending one. Gradients flow back through the permutation.

/// The elements in order along an axis.
public func sorted(
  _ x: some TensorConvertible, axis: Int = -1, descending: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([x], at: CallSite("sorted", fileID, line), in: x.tensor.graph) { state, terms throws(BuildError) in
    let x = try state.value(terms[0])
    let axis = try state.axis(axis, of: x)
    return try state.append(.sort(SortOp(axis: axis, descending: descending)), [x])
  }
}

/// The elements in order along an axis, and the `i32` index that each had.
public func sortedWithIndices(
  _ x: some TensorConvertible, axis: Int = -1, descending: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> (values: Tensor, indices: Tensor) {
  pair(x, at: CallSite("sortedWithIndices", fileID, line)) { state, x throws(BuildError) in
    try state.sortedWithOrigins(x, axis: state.axis(axis, of: x), descending: descending)
  }
}

/// The `i32` indices that put the elements in order along an axis.
public func argSort(
  _ x: some TensorConvertible, axis: Int = -1, descending: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([x], at: CallSite("argSort", fileID, line), in: x.tensor.graph) { state, terms throws(BuildError) in
    let x = try state.value(terms[0])
    return try state.sortedWithOrigins(x, axis: state.axis(axis, of: x), descending: descending)[1]
  }
}

/// The `count` greatest or least elements along an axis, in order, the first of equal ones first, and their `i32`
/// indices.
///
/// - Parameters:
///   - count: at most the extent of the axis.
///   - largest: whether to take the greatest; NaN counts as greater than every number.
public func topK(
  _ x: some TensorConvertible, count: Int, axis: Int = -1, largest: Bool = true, fileID: String = #fileID,
  line: Int = #line
) -> (values: Tensor, indices: Tensor) {
  pair(x, at: CallSite("topK", fileID, line)) { state, x throws(BuildError) in
    let axis = try state.axis(axis, of: x)
    let type = state.type(of: x)
    if count < 0 || count > type.shape[axis].value ?? GraphState.largestExtent {
      throw BuildError("topK.count", "there are no \(count) elements along axis \(axis) of \(type)")
    }
    var results: [Value] = []
    for value in try state.sortedWithOrigins(x, axis: axis, descending: largest) {
      results.append(try state.sliced(value, axis: axis, from: 0, to: count))
    }
    return results
  }
}

/// The k-th least element along an axis, which goes, and its `i32` index; `k = 1` is the least.
///
/// NaN counts as greater than every number.
public func kthValue(
  _ x: some TensorConvertible, k: Int, axis: Int = -1, keepDims: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> (values: Tensor, indices: Tensor) {
  pair(x, at: CallSite("kthValue", fileID, line)) { state, x throws(BuildError) in
    let axis = try state.axis(axis, of: x)
    let type = state.type(of: x)
    if k < 1 || k > type.shape[axis].value ?? GraphState.largestExtent {
      throw BuildError("kthValue.k", "there is no \(k)th element along axis \(axis) of \(type)")
    }
    var results: [Value] = []
    for value in try state.sortedWithOrigins(x, axis: axis) {
      let part = try state.sliced(value, axis: axis, from: k - 1, to: k)
      let shape = state.type(of: part).shape
      results.append(keepDims ? part : try state.reshaped(part, to: shape.removing(axes: [axis])))
    }
    return results
  }
}

/// On which side of equal elements a value is inserted.
public enum SearchSide: Sendable {
  case left, right
}

/// The places, `i32`, where values belong in sorted rows: the number of elements that are less, or with `.right` of those
/// that are not greater.
///
/// - Parameters:
///   - sorted: `[n]`, or a batch of rows `[…, n]`; ascending, NaN last.
///   - values: of any shape for one row; `[…, m]` for a batch, with the same leading axes.
/// - Returns: the shape of `values`.
public func searchSorted(
  _ sorted: some TensorConvertible, _ values: some TensorOperand, side: SearchSide = .left,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build(
    [sorted, values], at: CallSite("searchSorted", fileID, line), in: sorted.tensor.graph,
    roles: ["the sorted rows", "the values"]
  ) { state, terms throws(BuildError) in
    let operands = try state.promoted(terms, .arithmetic)
    return try state.searchSorted(operands[0], operands[1], side: side)
  }
}

/// Builds two results from one operand.
private func pair(
  _ x: some TensorConvertible, at site: CallSite,
  _ body: (inout GraphState, Value) throws(BuildError) -> [Value]
) -> (values: Tensor, indices: Tensor) {
  let results = x.tensor.graph.buildAll([x], at: site, poisonTypes: [nil, nil]) {
    state, terms throws(BuildError) in
    try body(&state, state.value(terms[0]))
  }
  return (results[0], results[1])
}

extension GraphState {
  /// The elements in order along an axis, and the index that each had.
  mutating func sortedWithOrigins(
    _ x: Value, axis: Int, descending: Bool = false
  ) throws(BuildError) -> [Value] {
    try appendAll(.sort(SortOp(axis: axis, descending: descending)), [x, positions(along: axis, of: x)])
  }

  /// A range of an axis, its bounds counted from the front.
  mutating func sliced(_ x: Value, axis: Int, from start: Int, to end: Int?) throws(BuildError) -> Value {
    let rank = type(of: x).rank
    var (starts, limits) = ([Int](repeating: 0, count: rank), [Int?](repeating: nil, count: rank))
    starts[axis] = start
    limits[axis] = end
    return try append(
      .slice(SliceOp(starts: starts, limits: limits, strides: starts.map { _ in 1 })), [x])
  }

  mutating func searchSorted(
    _ sorted: Value, _ values: Value, side: SearchSide
  ) throws(BuildError) -> Value {
    let op = Op.searchSorted(SearchSortedOp(side: side == .left ? .left : .right))
    let (rows, wanted) = (type(of: sorted).shape, type(of: values).shape)
    if rows.rank == 1 {
      let places = try append(op, [sorted, reshaped(values, to: Shape([wanted.elementCount]))])
      return try reshaped(places, to: wanted)
    }
    // Where the ranks differ the op itself says so.
    if rows.rank == wanted.rank {
      for (row, value) in zip(rows.dims.dropLast(), wanted.dims.dropLast()) { _ = unify(row, value) }
    }
    return try append(op, [sorted, values])
  }
}
