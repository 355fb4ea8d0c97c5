// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// What the gradients of factorizations are written with. Matrices lie in the last two axes, of known extents.
extension ModuleBuilder {
  /// Matrix products, pair by pair.
  func matmul(
    _ lhs: Value, _ rhs: Value, transposeLHS: Bool = false, transposeRHS: Bool = false
  ) throws(ConstraintViolation) -> Value {
    let rank = type(of: lhs).rank
    let batch = Array(0..<rank - 2)
    return try append(
      .dot(
        DotOp(
          lhsContract: [transposeLHS ? rank - 2 : rank - 1],
          rhsContract: [transposeRHS ? rank - 1 : rank - 2],
          lhsBatch: batch, rhsBatch: batch)), [lhs, rhs])
  }

  /// Each matrix with rows and columns exchanged.
  func matrixTranspose(_ x: Value) throws(ConstraintViolation) -> Value {
    let rank = type(of: x).rank
    return try transpose(x, Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// Where the place of an element fulfils a condition on its row and column.
  func places(
    of x: Value, _ comparison: ScalarFunction
  ) throws(ConstraintViolation) -> Value {
    let shape = type(of: x).shape
    let indices = TensorType(.int32, shape)
    let row = try append(.iota(IotaOp(type: indices, axis: shape.rank - 2)))
    let column = try append(.iota(IotaOp(type: indices, axis: shape.rank - 1)))
    return try apply(comparison, row, column)
  }

  /// The elements below the diagonal, on it where `strict` is false, and zeros elsewhere.
  func lowerTriangle(_ x: Value, strict: Bool = false) throws(ConstraintViolation) -> Value {
    try select(places(of: x, strict ? .greater : .greaterOrEqual), x, full(0, like: x))
  }

  /// The elements above the diagonal, on it where `strict` is false, and zeros elsewhere.
  func upperTriangle(_ x: Value, strict: Bool = false) throws(ConstraintViolation) -> Value {
    try select(places(of: x, strict ? .less : .lessOrEqual), x, full(0, like: x))
  }

  /// The diagonals, `[…, n]` of `[…, n, n]`.
  func diagonal(_ x: Value) throws(ConstraintViolation) -> Value {
    try sum(
      select(places(of: x, .equal), x, full(0, like: x)), axes: [type(of: x).rank - 1])
  }

  /// Matrices with these diagonals and zeros elsewhere, `[…, n, n]` of `[…, n]`.
  func diagonalMatrix(_ x: Value) throws(ConstraintViolation) -> Value {
    let rows = try alongRows(x, of: type(of: x).shape.dims.last ?? 1)
    return try select(places(of: rows, .equal), rows, full(0, like: rows))
  }

  /// `[…, n]` as the rows of `[…, count, n]`: element j stands everywhere in column j.
  func alongRows(_ x: Value, of count: Dim) throws(ConstraintViolation) -> Value {
    let dims = type(of: x).shape.dims
    let shape = Shape(dims.dropLast() + [count] + dims.suffix(1))
    return try broadcast(x, to: shape, axes: Array(0..<dims.count - 1) + [dims.count])
  }

  /// `[…, n]` as the columns of `[…, n, count]`: element i stands everywhere in row i.
  func alongColumns(_ x: Value, of count: Dim) throws(ConstraintViolation) -> Value {
    let dims = type(of: x).shape.dims
    return try broadcast(x, to: Shape(dims + [count]), axes: Array(dims.indices))
  }

  /// Solves op(a)·x = b for triangular a.
  func triangularSolve(
    _ a: Value, _ b: Value, lower: Bool, transpose: Bool = false, unitDiagonal: Bool = false
  ) throws(ConstraintViolation) -> Value {
    let op = TriangularSolveOp(lower: lower, transpose: transpose, unitDiagonal: unitDiagonal)
    return try append(.triangularSolve(op), [a, b])
  }

  /// x·r⁻ᵀ for upper triangular r.
  func dividedByTranspose(_ x: Value, _ r: Value) throws(ConstraintViolation) -> Value {
    try matrixTranspose(triangularSolve(r, matrixTranspose(x), lower: false))
  }

  /// A range of rows (axis −2) or columns (axis −1).
  func part(
    _ x: Value, axis: Int, from start: Int, to end: Int
  ) throws(ConstraintViolation) -> Value {
    let shape = type(of: x).shape
    guard let extents = shape.extents, start != 0 || end != extents[shape.rank + axis] else { return x }
    var (starts, limits) = (extents.map { _ in 0 }, extents)
    starts[shape.rank + axis] = start
    limits[shape.rank + axis] = end
    return try append(
      .slice(SliceOp(starts: starts, limits: limits, strides: extents.map { _ in 1 })), [x])
  }

  /// The gradient with respect to the lower triangle of a symmetric matrix, from that with respect to all of it: what
  /// meets an element above the diagonal counts for the one below.
  func foldedIntoLowerTriangle(_ x: Value) throws(ConstraintViolation) -> Value {
    let both = try add(x, matrixTranspose(x))
    return try select(places(of: x, .equal), x, lowerTriangle(both, strict: true))
  }
}
