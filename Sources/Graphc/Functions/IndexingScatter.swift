// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What an update does to the element at its place.
public enum ScatterMode: String, CaseIterable, Hashable, Sendable {
  /// Replaces it. Of several updates to one place the last stays.
  case set
  /// Is added to it.
  case add
  case multiply
  /// Replaces it when it is greater; NaN wins.
  case max
  /// Replaces it when it is smaller; NaN wins.
  case min

  var kind: ScatterOp.Kind {
    switch self {
    case .set: .set
    case .add: .add
    case .multiply: .multiply
    case .max: .max
    case .min: .min
    }
  }
}

/// A tensor with parts changed at positions of its leading axes: the inverse of `gatherND`. `x` itself stays as it is.
///
///     scatter(into: counts, at: labels.expandingDims(at: -1), 1, mode: .add)
///
/// Updates come in row-major order, so that results have the same bits in every run.
///
/// - Parameters:
///   - indices: integers `[batch…, positions…, k]`: an index for each of the first `k` axes behind the batch. Below zero
///     they count from the end; outside even so they fail the run.
///   - updates: a number, or a tensor of the element type of `x` that broadcasts to
///     `[batch…, positions…, the other axes of x…]`.
///   - batchAxes: how many leading axes `x` and the indices share.
/// - Returns: the shape of `x`.
public func scatter(
  into x: some TensorConvertible, at indices: some TensorOperand, _ updates: some TensorOperand,
  mode: ScatterMode = .set, batchAxes: Int = 0, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  let site = CallSite("scatter", fileID, line)
  let roles = ["the operand", "the indices", "the updates"]
  return build([x, indices, updates], at: site, in: x.tensor.graph, roles: roles) {
    state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let (places, axes) = try state.positions(terms[1], into: operand, batchAxes: batchAxes)
    let rest = state.type(of: operand).shape.dims.dropFirst(batchAxes + axes.count)
    let windows = Shape(state.type(of: places).shape.dims.dropLast() + rest)
    let updates = try state.fitted(terms[2], into: operand, windows, role: "the updates")
    let op = ScatterOp(mode.kind, axes: axes, batch: batchAxes)
    return try state.append(.scatter(op), [operand, places, updates])
  }
}

/// A tensor changed at one index along an axis for each position of the others: the inverse of `takeAlong`, NumPy's
/// `put_along_axis`. `x` itself stays as it is.
///
/// - Parameters:
///   - indices: integers, of the rank of `x`; along the other axes of its extents, or 1. Below zero they count from the
///     end; outside even so they fail the run.
///   - updates: a number, or a tensor of the element type of `x` that broadcasts to the indices.
///   - broadcasts: whether an extent of 1 stands for that of `x`. Otherwise the indices stand for the first elements of
///     `x` along each of the other axes and may be fewer, and of updates that are more the first are taken: PyTorch's
///     `scatter`, ONNX's `ScatterElements`.
/// - Returns: the shape of `x`.
public func scatterAlong(
  into x: some TensorConvertible, _ indices: some TensorOperand, _ updates: some TensorOperand, axis: Int,
  mode: ScatterMode = .set, broadcasts: Bool = true, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  let site = CallSite("scatterAlong", fileID, line)
  let roles = ["the operand", "the indices", "the updates"]
  return build([x, indices, updates], at: site, in: x.tensor.graph, roles: roles) {
    state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    var places = try state.indices(terms[1])
    let axis = try state.axis(axis, of: operand)
    try state.requireSameRank(places, operand)
    places = try state.counted(places, from: operand, axes: [axis], isVector: false)
    if !broadcasts {
      let updates = try state.leadingUpdates(terms[2], for: places)
      return try state.scatteredAlong(operand, places, updates, axis, mode)
    }
    var dims = state.type(of: operand).shape.dims
    dims[axis] = state.type(of: places).shape[axis]
    let shape = Shape(dims)
    if try state.commonShape([state.type(of: places).shape, shape]) != state.builder.symbols.canonical(shape)
    {
      throw BuildError(
        "index.shape",
        "the indices are \(state.type(of: places)); but for axis \(axis) their extents must be those of "
          + "\(state.type(of: operand)), or 1")
    }
    places = try state.broadcast(places, to: state.builder.symbols.canonical(shape))
    return try state.scatteredAlong(operand, places, terms[2], axis, mode)
  }
}

extension GraphState {
  /// Updates, cut to as many elements as there are indices.
  fileprivate mutating func leadingUpdates(_ term: Term, for indices: Value) throws(BuildError) -> Term {
    guard case .value(var updates) = term, type(of: updates).rank == type(of: indices).rank else {
      return term
    }
    for axis in 0..<type(of: indices).rank {
      if let count = try leadingCount(axis, of: updates, in: indices) {
        updates = try part(updates, axis, from: 0, to: count)
      }
    }
    return .value(updates)
  }

  /// - Parameter places: not below zero; along the other axes as long as the operand, or shorter.
  fileprivate mutating func scatteredAlong(
    _ operand: Value, _ places: Value, _ updates: Term, _ axis: Int, _ mode: ScatterMode
  ) throws(BuildError) -> Value {
    let rank = type(of: operand).rank
    let shape = type(of: places).shape
    let updates = try fitted(updates, into: operand, shape, role: "the updates")
    var isPart = false
    for other in 0..<rank where other != axis {
      if try leadingCount(other, of: operand, in: places) != nil { isPart = true }
    }
    if isPart {
      // An index for each axis.
      var columns: [Value] = []
      for other in 0..<rank {
        let index = other == axis ? places : try iota(type(of: places).dtype, shape, axis: other)
        columns.append(try column(index))
      }
      let vectors = try append(.concatenate(ConcatenateOp(axis: rank)), columns)
      return try append(
        .scatter(ScatterOp(mode.kind, axes: Array(0..<rank))), [operand, vectors, updates])
    }
    let scatter = ScatterOp(mode.kind, axes: [rank - 1], batch: rank - 1)
    let operands = [
      try movingAxisToLast(axis, of: operand), try column(movingAxisToLast(axis, of: places)),
      try movingAxisToLast(axis, of: updates),
    ]
    return try movingLastAxis(of: append(.scatter(scatter), operands), to: axis)
  }
}
