// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The distinct elements of a tensor in ascending order, where a NaN equals itself and comes last.
///
/// How many there are is known only in a run, so the results have room for `limit`, zeros behind the last; elements
/// beyond are left out.
///
/// - Returns:
///   - values: `[limit]`.
///   - firstIndices: `i32[limit]`, where each stands first in the flattened tensor.
///   - inverse: `i32` in the shape of `x`, the place of each element among the distinct ones.
///   - counts: `i32[limit]`, how often each occurs.
///   - count: `i32[]`, how many distinct elements there are, `limit` or not.
public func unique(
  _ x: some TensorConvertible, limit: Int, fileID: String = #fileID, line: Int = #line
) -> (values: Tensor, firstIndices: Tensor, inverse: Tensor, counts: Tensor, count: Tensor) {
  unique(x, limit, at: CallSite("unique", fileID, line)) { state, x throws(BuildError) in
    let shape = state.type(of: x).shape
    let flat = try state.reshaped(x, to: Shape([shape.elementCount]))
    var results = try state.unique(flat, ranks: state.denseRanks(flat), limit: limit)
    results[2] = try state.reshaped(results[2], to: shape)
    return results
  }
}

/// The distinct slices of a tensor along an axis, in lexicographic order; see `unique(_:limit:)`.
///
/// - Returns: values with `limit` slices along the axis, `inverse` of one element for each slice of `x`, the others as
///   for single elements.
public func unique(
  _ x: some TensorConvertible, axis: Int, limit: Int, fileID: String = #fileID, line: Int = #line
) -> (values: Tensor, firstIndices: Tensor, inverse: Tensor, counts: Tensor, count: Tensor) {
  unique(x, limit, at: CallSite("unique", fileID, line)) { state, x throws(BuildError) in
    let type = state.type(of: x)
    let axis = try state.axis(axis, of: x)
    let rest = (0..<type.rank).filter { $0 != axis }
    guard let width = rest.reduce(Dim(1), { $0 * type.shape[$1] }).value else {
      throw BuildError("unique.extents", "the slices of \(type) along axis \(axis) need known extents")
    }
    let order = [axis] + rest
    let rows = try state.transposed(x, order)
    let flat = try state.reshaped(rows, to: Shape([type.shape[axis], Dim(width)]))
    var results = try state.unique(flat, ranks: state.lexicographicRanks(flat, width: width), limit: limit)
    let dims = state.type(of: rows).shape.dims.dropFirst()
    let slices = try state.reshaped(results[0], to: Shape([Dim(limit)] + dims))
    results[0] = try state.transposed(slices, TransposeOp(permutation: order).inverse)
    return results
  }
}

private func unique(
  _ x: some TensorConvertible, _ limit: Int, at site: CallSite,
  _ body: (inout GraphState, Value) throws(BuildError) -> [Value]
) -> (values: Tensor, firstIndices: Tensor, inverse: Tensor, counts: Tensor, count: Tensor) {
  let results = x.tensor.graph.buildAll([x], at: site, poisonTypes: Array(repeating: nil, count: 5)) {
    state, terms throws(BuildError) in
    if limit < 0 || limit > GraphState.largestExtent {
      throw BuildError("unique.limit", "there is no room for \(limit) elements")
    }
    return try body(&state, state.value(terms[0]))
  }
  return (results[0], results[1], results[2], results[3], results[4])
}

extension GraphState {
  /// For each element along the first axis its place among the distinct ones, `i32`.
  fileprivate mutating func denseRanks(_ x: Value) throws(BuildError) -> Value {
    let ordered = try sortedWithOrigins(x, axis: 0)
    let ranks = try subtractingOne(cumulative(.sum, isFirst(ordered[0]), axis: 0))
    return try unsorted(ranks, origins: ordered[1])
  }

  /// For each row of `[n, width]` its place among the distinct ones in lexicographic order, `i32[n]`: the ranks of
  /// neighbouring columns become one, until one column is left.
  fileprivate mutating func lexicographicRanks(_ x: Value, width: Int) throws(BuildError) -> Value {
    let rows = type(of: x).shape[0]
    guard width > 0 else { return try zeros(.int32, Shape([rows])) }
    var ranks = try denseRanks(x)
    var width = width
    while width > 1 {
      let half = (width + 1) / 2
      // A column of equal elements changes no order.
      let even = try padded(ranks, axis: 1, to: 2 * half, from: width)
      let paired = try converted(reshaped(even, to: Shape([rows, Dim(half), 2])), to: .int64)
      let shape = Shape([rows, Dim(half)])
      let high = try reshaped(sliced(paired, axis: 2, from: 0, to: 1), to: shape)
      let low = try reshaped(sliced(paired, axis: 2, from: 1, to: 2), to: shape)
      let count = try broadcast(elementCount(of: x, axes: [0], as: .int64), to: shape)
      ranks = try denseRanks(pointwise(.add, pointwise(.multiply, high, count), low))
      width = half
    }
    return try reshaped(ranks, to: Shape([rows]))
  }

  /// The results of `unique` for the elements along the first axis, from their ranks.
  fileprivate mutating func unique(
    _ x: Value, ranks: Value, limit: Int
  ) throws(BuildError) -> [Value] {
    let ordered = try sortedWithOrigins(ranks, axis: 0)
    let isFirst = try isFirst(ordered[0])
    let count = try reduced(.sum, isFirst, nil, keepDims: false)
    // The first of each kind in order, all others behind them.
    let last = try broadcast(
      constant(NDArray(scalar: Int32.max)), to: type(of: ranks).shape)
    let chosen = try pointwise(.select, pointwise(.equal, isFirst, ones(like: isFirst)), ordered[0], last)
    let keys = try unsorted(chosen, origins: ordered[1])
    let spread = try append(
      .broadcast(BroadcastOp(shape: type(of: x).shape, axes: [0])), [keys])
    let kinds = try appendAll(.sort(SortOp(axis: 0)), [spread, x])[1]
    let firsts = try sortedWithOrigins(keys, axis: 0)[1]
    let bounds = try append(.iota(IotaOp(type: TensorType(.int32, Shape([limit + 1])), axis: 0)))
    let starts = try searchSorted(ordered[0], bounds, side: .left)
    let counts = try pointwise(
      .subtract, sliced(starts, axis: 0, from: 1, to: nil), sliced(starts, axis: 0, from: 0, to: limit))
    return [
      try kept(kinds, count: count, limit: limit), try kept(firsts, count: count, limit: limit), ranks,
      counts,
      count,
    ]
  }

  /// 1 where an element of the ordered first axis differs from the one before, else 0.
  private mutating func isFirst(_ ordered: Value) throws(BuildError) -> Value {
    let type = type(of: ordered)
    let before = try shifted(ordered, axis: 0, towardsStart: false, filling: 0)
    var differs = try pointwise(.notEqual, ordered, before)
    if type.dtype.isFloatingPoint {
      let areNaN = try pointwise(
        .and, pointwise(.notEqual, ordered, ordered), pointwise(.notEqual, before, before))
      differs = try pointwise(.and, differs, pointwise(.not, areNaN))
    }
    let places = try positions(along: 0, of: ordered)
    let isStart = try pointwise(.equal, places, zeros(.int32, type.shape))
    return try converted(pointwise(.or, isStart, differs), to: .int32)
  }

  /// Values in the order of an axis, back at the places that they came from.
  private mutating func unsorted(_ values: Value, origins: Value) throws(BuildError) -> Value {
    try appendAll(.sort(SortOp(axis: 0)), [origins, values])[1]
  }

  /// The first `limit` along the first axis, of which only `count` are meant; zeros in place of the others.
  private mutating func kept(_ x: Value, count: Value, limit: Int) throws(BuildError) -> Value {
    let roomy = try padded(x, axis: 0, to: limit, from: 0)
    let part = try sliced(roomy, axis: 0, from: 0, to: limit)
    let shape = type(of: part).shape
    let isMeant = try pointwise(.less, positions(along: 0, of: part), broadcast(count, to: shape))
    return try pointwise(.select, isMeant, part, zeros(type(of: part).dtype, shape))
  }

  /// Zeros behind an axis.
  private mutating func padded(
    _ x: Value, axis: Int, to end: Int, from start: Int
  ) throws(BuildError) -> Value {
    if start == end { return x }
    let zeros = [Int](repeating: 0, count: type(of: x).rank)
    var high = zeros
    high[axis] = end - start
    let zero = try constant(.integer(0), as: type(of: x).dtype)
    return try append(.pad(PadOp(low: zeros, high: high, interior: zeros)), [x, zero])
  }

  private mutating func zeros(_ dtype: DType, _ shape: Shape) throws(BuildError) -> Value {
    try broadcast(constant(.integer(0), as: dtype), to: shape)
  }

  private mutating func ones(like x: Value) throws(BuildError) -> Value {
    try broadcast(constant(.integer(1), as: type(of: x).dtype), to: type(of: x).shape)
  }

  private mutating func subtractingOne(_ x: Value) throws(BuildError) -> Value {
    try pointwise(.subtract, x, ones(like: x))
  }
}
