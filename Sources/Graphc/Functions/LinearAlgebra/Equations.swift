// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The x with a·x = b for square matrices; batches are broadcast. A singular matrix fails the run.
///
/// - Parameters:
///   - a: `[…, n, n]`.
///   - b: right sides `[…, n, k]`; or one for each matrix, `[n]` or in the shape of `a` without its last axis.
/// - Returns: the shape of `b`, with the batch of both.
public func solve(
  _ a: some TensorConvertible, _ b: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  solved(a, b, .solve(SolveOp()), at: CallSite("solve", fileID, line))
}

/// The x with a·x = b, or aᵀ·x = b, for triangular matrices; batches are broadcast. Only one triangle of `a` is read. A zero
/// on the diagonal fails the run.
///
/// - Parameters:
///   - a: `[…, n, n]`.
///   - b: right sides as for `solve`.
///   - unitDiagonal: whether the diagonal counts as ones, whatever stands there.
public func triangularSolve(
  _ a: some TensorConvertible, _ b: some TensorConvertible, lower: Bool = true, transpose: Bool = false,
  unitDiagonal: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  let op = TriangularSolveOp(lower: lower, transpose: transpose, unitDiagonal: unitDiagonal)
  return solved(a, b, .triangularSolve(op), at: CallSite("triangularSolve", fileID, line))
}

/// The inverse of square matrices, `[…, n, n]`. A singular matrix fails the run; where there are right sides, `solve` is
/// faster and more accurate.
public func inverse(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  factored(x, at: CallSite("inverse", fileID, line), count: 1) { state, x throws(BuildError) in
    state.demandSquare(x)
    let isMatrix = state.type(of: x).rank >= 2
    return [try state.append(.solve(SolveOp()), [x, isMatrix ? state.identity(like: x) : x])]
  }[0]
}

/// The determinant of square matrices, `[…]` of `[…, n, n]`; 0 for a singular one, whose gradient is the matrix of its
/// cofactors too.
public func determinant(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  factored(x, at: CallSite("determinant", fileID, line), count: 1) { state, x throws(BuildError) in
    let (diagonal, sign) = try state.pivots(of: x)
    let safe = try state.withoutZeros(diagonal)
    let axis = state.type(of: diagonal).rank - 1
    let product = try state.pointwise(
      .multiply, sign, state.append(.reduce(ReduceOp(.product, axes: [axis])), [safe]))
    // Zeros were replaced for the gradient's sake alone.
    let zeros = try state.pointwise(.equal, diagonal, state.full(0, like: diagonal))
    let isSingular = try state.append(.reduce(ReduceOp(.any, axes: [axis])), [zeros])
    let excess = try state.pointwise(
      .select, isSingular, state.pointwise(.negate, product), state.full(0, like: product))
    return [try state.pointwise(.add, product, state.append(.stopGradient(StopGradientOp()), [excess]))]
  }[0]
}

/// The sign of the determinant of square matrices and the logarithm of its magnitude, both `[…]` of `[…, n, n]`; 0 and −∞
/// for a singular one, whose gradient is not finite.
public func logDeterminant(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> (sign: Tensor, logarithm: Tensor) {
  let results = factored(x, at: CallSite("logDeterminant", fileID, line), count: 2) {
    state, x throws(BuildError) in
    let (diagonal, sign) = try state.pivots(of: x)
    let axis = state.type(of: diagonal).rank - 1
    let signs = try state.append(
      .reduce(ReduceOp(.product, axes: [axis])), [state.pointwise(.sign, diagonal)])
    let logarithms = try state.pointwise(.log, state.pointwise(.abs, diagonal))
    return [
      try state.pointwise(.multiply, sign, signs),
      try state.append(.reduce(ReduceOp(.sum, axes: [axis])), [logarithms]),
    ]
  }
  return (results[0], results[1])
}

private func solved(
  _ a: some TensorConvertible, _ b: some TensorConvertible, _ op: Op, at site: CallSite
) -> Tensor {
  build([a, b], at: site, in: a.tensor.graph, roles: ["the matrices", "the right sides"]) {
    state, terms throws(BuildError) in
    let operands = try state.promoted(terms, .floating)
    let dtype = state.type(of: operands[0]).dtype
    let precise: DType = dtype == .float64 ? .float64 : .float32
    let matrices = try state.converted(operands[0], to: precise)
    let sides = try state.converted(operands[1], to: precise)
    return try state.converted(state.solved(matrices, sides, op), to: dtype)
  }
}

extension GraphState {
  fileprivate mutating func solved(_ a: Value, _ b: Value, _ op: Op) throws(BuildError) -> Value {
    demandSquare(a)
    let columns = try columns(b, for: a)
    let batch = try commonShape(
      [a, columns].map { Shape(Array(type(of: $0).shape.dims.dropLast(2))) })
    var spread: [Value] = []
    for value in [a, columns] {
      spread.append(try broadcast(value, to: Shape(batch.dims + type(of: value).shape.dims.suffix(2))))
    }
    let x = try append(op, spread)
    let isVector = type(of: columns).rank != type(of: b).rank
    return isVector ? try reshaped(x, to: Shape(Array(type(of: x).shape.dims.dropLast()))) : x
  }

  /// The right sides of equations as matrices, where they are one for each matrix; as many rows as the matrices have.
  mutating func columns(_ b: Value, for a: Value) throws(BuildError) -> Value {
    let (matrices, sides) = (type(of: a), type(of: b))
    if matrices.rank < 2 || sides.rank < 1 {
      throw BuildError("solve.rank", "takes matrices and right sides, got \(matrices) and \(sides)")
    }
    let rows = Shape(Array(matrices.shape.dims.dropLast()))
    let isVector = sides.rank == 1 || sides.rank == rows.rank && unifyShapes(sides.shape, rows)
    let columns = isVector ? try reshaped(b, to: Shape(sides.shape.dims + [1])) : b
    let dims = type(of: columns).shape.dims
    if !unify(dims[dims.count - 2], rows[rows.rank - 1]) {
      throw BuildError("solve.rows", "the matrices are \(matrices), the right sides \(sides)")
    }
    return columns
  }

  /// The diagonal that elimination leaves, `[…, n]`, and the sign that exchanging rows gives the determinant, `[…]`.
  fileprivate mutating func pivots(of x: Value) throws(BuildError) -> (diagonal: Value, sign: Value) {
    demandSquare(x)
    let type = type(of: x)
    if type.rank < 2 || type.shape[type.rank - 2] != type.shape[type.rank - 1] {
      throw BuildError("determinant.square", "takes square matrices, got \(type)")
    }
    let results = try appendAll(.lu(LUOp()), [x])
    let diagonal = try append(
      .reduce(ReduceOp(.sum, axes: [type.rank - 1])), [triangle(.equal, of: results[0])])
    let axis = type.rank - 2
    let isExchange = try pointwise(.notEqual, results[1], positions(along: axis, of: results[1]))
    let signs = try pointwise(
      .select, isExchange, full(-1, like: diagonal), full(1, like: diagonal))
    return (diagonal, try append(.reduce(ReduceOp(.product, axes: [axis])), [signs]))
  }

  /// Pivots with the least sensible number in place of zeros, which is what the gradient of `lu` takes them for.
  fileprivate mutating func withoutZeros(_ diagonal: Value) throws(BuildError) -> Value {
    let type = type(of: diagonal)
    let axis = type.rank - 1
    let greatest = try append(.reduce(ReduceOp(.max, axes: [axis])), [pointwise(.abs, diagonal)])
    let isPositive = try pointwise(.greater, greatest, full(0, like: greatest))
    let scale = try pointwise(.select, isPositive, greatest, full(1, like: greatest))
    let epsilon = type.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
    let least = try pointwise(.multiply, scale, full(epsilon, like: scale))
    let spread = try append(.broadcast(BroadcastOp(shape: type.shape, axes: Array(0..<axis))), [least])
    let zero = try full(0, like: diagonal)
    let fill = try pointwise(.select, pointwise(.equal, diagonal, zero), spread, zero)
    return try pointwise(.add, diagonal, append(.stopGradient(StopGradientOp()), [fill]))
  }
}
