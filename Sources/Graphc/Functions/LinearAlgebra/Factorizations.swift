// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Matrices lie in the last two axes, the others are a batch. They are computed in `f64` or `f32`: integers and narrower
// types count as `f32`. Where a matrix has no such factors the run fails, and says which matrix of the batch it was.

/// The lower triangular l with l·lᵀ = x for symmetric positive definite matrices, or the upper triangular u with uᵀ·u = x.
///
/// A matrix that is not symmetric counts as (x + xᵀ) / 2, so that its gradient is symmetric.
///
/// - Parameter x: `[…, n, n]`.
public func cholesky(
  _ x: some TensorConvertible, upper: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  factored(x, at: CallSite("cholesky", fileID, line), count: 1) { state, x throws(BuildError) in
    try [state.append(.cholesky(CholeskyOp(lower: !upper)), [state.symmetric(x)])]
  }[0]
}

/// Gaussian elimination with partial pivoting: l·u is x with its rows in another order.
///
/// - Parameter x: `[…, m, n]`.
/// - Returns:
///   - permutation: `i32[…, m]`, the row of `x` that each row of l·u is.
///   - lower: `[…, m, k]` with ones on the diagonal, where k is the smaller of m and n.
///   - upper: `[…, k, n]`.
public func lu(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> (permutation: Tensor, lower: Tensor, upper: Tensor) {
  let results = factored(x, at: CallSite("lu", fileID, line), count: 3) { state, x throws(BuildError) in
    let results = try state.appendAll(.lu(LUOp()), [x])
    let shape = state.type(of: x).shape
    let (rows, columns) = (shape.rank - 2, shape.rank - 1)
    var (lower, upper) = (results[0], results[0])
    if shape[rows] != shape[columns] {
      guard let m = shape[rows].value, let n = shape[columns].value else {
        throw BuildError(
          "lu.extents", "the matrices of \(state.type(of: x)) must be square or of known extents")
      }
      lower = try state.sliced(lower, axis: columns, from: 0, to: min(m, n))
      upper = try state.sliced(upper, axis: rows, from: 0, to: min(m, n))
    }
    let unit = try state.identity(like: lower)
    lower = try state.pointwise(.add, unit, state.triangle(.less, of: lower))
    return [results[2], lower, try state.triangle(.greaterOrEqual, of: upper)]
  }
  return (results[0], results[1], results[2])
}

/// Orthonormal columns q and the upper triangular r with q·r = x; the diagonal of r is not negative.
///
/// - Parameters:
///   - x: `[…, m, n]`.
///   - full: whether q is square.
/// - Returns: q, `[…, m, k]`, and r, `[…, k, n]`, where k is the smaller of m and n; with `full` `[…, m, m]` and
///   `[…, m, n]`. The gradient needs matrices of full column rank, and a q that is not completed.
public func qr(
  _ x: some TensorConvertible, full: Bool = false, fileID: String = #fileID, line: Int = #line
) -> (q: Tensor, r: Tensor) {
  let results = factored(x, at: CallSite("qr", fileID, line), count: 2) { state, x throws(BuildError) in
    let dims = state.type(of: x).shape.dims.suffix(2)
    var isSquare = dims.first == dims.last
    if let m = dims.first?.value, let n = dims.last?.value, m <= n { isSquare = true }
    return try state.appendAll(.qr(QROp(full: full && !isSquare)), [x])
  }
  return (results[0], results[1])
}

/// The singular value decomposition u·diag(s)·vᵀ = x.
///
/// The singular values descend. Of the two signs that a pair of singular vectors has, the one where the first element of
/// u's column of at least nine tenths of the greatest magnitude is positive.
///
/// - Parameters:
///   - x: `[…, m, n]`.
///   - full: whether u and vᵀ are square.
/// - Returns: u, `[…, m, k]`, s, `[…, k]`, and vᵀ, `[…, k, n]`, where k is the smaller of m and n; with `full`
///   `[…, m, m]`, `[…, k]` and `[…, n, n]`. A gradient through u or vᵀ needs distinct singular values, and vectors that
///   are not completed.
public func svd(
  _ x: some TensorConvertible, full: Bool = false, fileID: String = #fileID, line: Int = #line
) -> (u: Tensor, s: Tensor, vt: Tensor) {
  let results = factored(x, at: CallSite("svd", fileID, line), count: 3) { state, x throws(BuildError) in
    let dims = state.type(of: x).shape.dims.suffix(2)
    return try state.appendAll(.svd(SVDOp(full: full && dims.first != dims.last)), [x])
  }
  return (results[0], results[1], results[2])
}

/// The singular values in descending order, `[…, k]` of `[…, m, n]`; their gradient allows equal ones.
public func singularValues(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("singularValues", fileID, line).composing { svd(x).s }
}

/// The eigenvalues of symmetric matrices in ascending order, `[…, n]`, and their orthonormal eigenvectors, one a column,
/// `[…, n, n]`.
///
/// A matrix that is not symmetric counts as (x + xᵀ) / 2. Of the two signs that an eigenvector has, the one where its first
/// element of at least nine tenths of the greatest magnitude is positive. A gradient through the vectors needs distinct
/// eigenvalues.
///
/// - Parameter x: `[…, n, n]`.
public func eigh(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> (values: Tensor, vectors: Tensor) {
  let results = factored(x, at: CallSite("eigh", fileID, line), count: 2) { state, x throws(BuildError) in
    try state.appendAll(.eigh(EighOp()), [state.symmetric(x)])
  }
  return (results[0], results[1])
}

/// Builds the factors of matrices in the precision that there are routines for; floating-point results are of the type
/// of the matrices again.
func factored(
  _ x: some TensorConvertible, at site: CallSite, count: Int,
  _ body: (inout GraphState, Value) throws(BuildError) -> [Value]
) -> [Tensor] {
  x.tensor.graph.buildAll([x], at: site, poisonTypes: Array(repeating: nil, count: count)) {
    state, terms throws(BuildError) in
    let x = try state.promoted(terms, .floating)[0]
    let dtype = state.type(of: x).dtype
    let precise = try state.converted(x, to: dtype == .float64 ? .float64 : .float32)
    var results: [Value] = []
    for result in try body(&state, precise) {
      let isNumber = state.type(of: result).dtype.isFloatingPoint
      results.append(isNumber ? try state.converted(result, to: dtype) : result)
    }
    return results
  }
}

extension GraphState {
  /// Takes the last two extents for the same, if that is possible.
  mutating func demandSquare(_ x: Value) {
    let shape = type(of: x).shape
    if shape.rank >= 2 { _ = unify(shape[shape.rank - 2], shape[shape.rank - 1]) }
  }

  /// (x + xᵀ) / 2.
  fileprivate mutating func symmetric(_ x: Value) throws(BuildError) -> Value {
    demandSquare(x)
    let type = type(of: x)
    // What is no square matrix the op refuses.
    guard type.rank >= 2, type.shape[type.rank - 2] == type.shape[type.rank - 1] else { return x }
    let sum = try pointwise(.add, x, matrixTranspose(x))
    return try pointwise(.multiply, sum, full(0.5, like: sum))
  }

  mutating func matrixTranspose(_ x: Value) throws(BuildError) -> Value {
    let rank = type(of: x).rank
    return try transposed(x, Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// The elements where column − row is in a relation to 0, zeros elsewhere.
  mutating func triangle(_ relation: ScalarFunction, of x: Value) throws(BuildError) -> Value {
    try pointwise(.select, diagonalBand(relation, of: x), x, full(0, like: x))
  }

  /// Identity matrices of the type of `x`.
  mutating func identity(like x: Value) throws(BuildError) -> Value {
    try converted(diagonalBand(.equal, of: x), to: type(of: x).dtype)
  }

  private mutating func diagonalBand(_ relation: ScalarFunction, of x: Value) throws(BuildError) -> Value {
    let shape = type(of: x).shape
    let band = try band(relation, rows: shape[shape.rank - 2], columns: shape[shape.rank - 1], offset: 0)
    return try broadcast(band, to: shape)
  }
}
