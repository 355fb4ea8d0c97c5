// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A norm of matrices.
public enum MatrixNorm: Sendable, Hashable {
  /// The root of the sum of squares.
  case frobenius
  /// The sum of the singular values.
  case nuclear
  /// The greatest singular value, the norm that is induced by the length of vectors.
  case spectral
  /// The least singular value.
  case leastSingular
  /// The greatest sum of magnitudes of a column, the norm 1.
  case greatestColumn
  /// The least sum of magnitudes of a column, the "norm" −1.
  case leastColumn
  /// The greatest sum of magnitudes of a row, the norm ∞.
  case greatestRow
  /// The least sum of magnitudes of a row, the "norm" −∞.
  case leastRow
}

/// A norm of the matrices in two axes, which go.
///
/// - Parameter axes: those of the rows and of the columns.
public func matrixNorm(
  _ x: some TensorConvertible, _ kind: MatrixNorm = .frobenius, axes: (rows: Int, columns: Int) = (-2, -1),
  keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("matrixNorm", fileID, line).composing {
    let matrices = build([x], at: .inner, in: x.tensor.graph) { state, terms throws(BuildError) in
      let x = try state.promoted(terms, .floating)[0]
      let (rows, columns) = (try state.axis(axes.rows, of: x), try state.axis(axes.columns, of: x))
      if rows == columns {
        throw BuildError("axis.repeated", "the rows and the columns of \(state.type(of: x)) are one axis")
      }
      let others = (0..<state.type(of: x).rank).filter { $0 != rows && $0 != columns }
      return try state.transposed(x, others + [rows, columns])
    }
    let norm =
      switch kind {
      case .frobenius: matrices.norm(axes: [-2, -1])
      case .nuclear: singularValues(matrices).sum(axis: -1)
      case .spectral: singularValues(matrices).max(axis: -1)
      case .leastSingular: singularValues(matrices).min(axis: -1)
      case .greatestColumn: abs(matrices).sum(axis: -2).max(axis: -1)
      case .leastColumn: abs(matrices).sum(axis: -2).min(axis: -1)
      case .greatestRow: abs(matrices).sum(axis: -1).max(axis: -1)
      case .leastRow: abs(matrices).sum(axis: -1).min(axis: -1)
      }
    if !keepDims { return norm }
    return build([norm, x], at: .inner, in: norm.graph) { state, terms throws(BuildError) in
      let (norm, x) = (try state.value(terms[0]), try state.value(terms[1]))
      let gone = [try state.axis(axes.rows, of: x), try state.axis(axes.columns, of: x)].sorted()
      var dims = state.type(of: norm).shape.dims
      for axis in gone { dims.insert(1, at: axis) }
      return try state.reshaped(norm, to: Shape(dims))
    }
  }
}

/// The sum of the singular values of matrices, `[…]` of `[…, m, n]`.
public func normNuclear(
  _ x: some TensorConvertible, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("normNuclear", fileID, line).composing { matrixNorm(x, .nuclear, keepDims: keepDims) }
}

/// The number of singular values above a tolerance, `i32[…]` of `[…, m, n]`.
///
/// - Parameter relativeTolerance: the tolerance by the greatest singular value; nil is ε·max(m, n).
public func matrixRank(
  _ x: some TensorConvertible, relativeTolerance: Double? = nil, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("matrixRank", fileID, line).composing {
    let s = singularValues(x)
    return (s .> tolerance(of: s, x, relativeTolerance)).converted(to: .int32).sum(axis: -1)
  }
}

/// The Moore–Penrose inverse of matrices, `[…, n, m]` of `[…, m, n]`; singular values below a tolerance count as zero.
///
/// Its gradient, which goes through the singular vectors, needs distinct singular values.
///
/// - Parameter relativeTolerance: the tolerance by the greatest singular value; nil is ε·max(m, n).
public func pseudoInverse(
  _ x: some TensorConvertible, relativeTolerance: Double? = nil, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("pseudoInverse", fileID, line).composing {
    let (u, s, vt) = svd(x)
    let counts = s .> tolerance(of: s, x, relativeTolerance)
    let inverses = select(counts, 1 / select(counts, s, 1), 0)
    return matmul(vt.swappingAxes(-2, -1) * inverses.expandingDims(at: -2), u.swappingAxes(-2, -1))
  }
}

/// The x of least |a·x − b|, and of those the shortest, for matrices of full rank; a matrix whose columns are exactly
/// dependent fails the run. For other matrices there is `pseudoInverse`.
///
/// - Parameters:
///   - a: `[…, m, n]`. An unknown m is taken to be no less than n.
///   - b: `[…, m, k]`, or vectors, `[m]` or in the shape of `a` without its last axis. Batches are broadcast.
public func leastSquares(
  _ a: some TensorConvertible, _ b: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("leastSquares", fileID, line).composing {
    let (a, sides) = (floating(a), floating(b))
    let columns = build([a, sides], at: .inner, in: a.graph) { state, terms throws(BuildError) in
      try state.columns(state.value(terms[1]), for: state.value(terms[0]))
    }
    let x: Tensor
    if let m = a.shape[-2], let n = a.shape[-1], m < n {
      let (q, r) = qr(a.swappingAxes(-2, -1))
      x = matmul(q, triangularSolve(r, columns, lower: false, transpose: true))
    } else {
      let (q, r) = qr(a)
      x = triangularSolve(r, matmul(q.swappingAxes(-2, -1), columns), lower: false)
    }
    return columns.rank == sides.rank ? x : x.squeezing(axes: [-1])
  }
}

/// The product of `exponent` copies of square matrices; for a negative exponent, of their inverses.
public func matrixPower(
  _ x: some TensorConvertible, _ exponent: Int, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("matrixPower", fileID, line).composing {
    if exponent < 0 { return power(inverse(x), exponent.magnitude) }
    if exponent > 0 {
      return power(
        checked([x]) { state, values throws(BuildError) in
          state.demandSquare(values[0])
          let type = state.type(of: values[0])
          if type.rank < 2 || type.shape[type.rank - 2] != type.shape[type.rank - 1] {
            throw BuildError("matrixPower.square", "takes square matrices, got \(type)")
          }
        }, exponent.magnitude)
    }
    return factored(x, at: .inner, count: 1) { state, x throws(BuildError) in
      state.demandSquare(x)
      if state.type(of: x).rank < 2 {
        throw BuildError("matrixPower.square", "takes square matrices, got \(state.type(of: x))")
      }
      return [try state.identity(like: x)]
    }[0]
  }
}

/// x to a positive power, by squaring.
private func power(_ x: Tensor, _ exponent: UInt) -> Tensor {
  var (base, rest) = (x, exponent)
  var result: Tensor?
  while rest > 0 {
    if rest & 1 == 1 { result = result.map { matmul($0, base) } ?? base }
    rest >>= 1
    if rest > 0 { base = matmul(base, base) }
  }
  return result ?? x
}

/// What a singular value of a matrix must exceed, `[…, 1]`.
private func tolerance(of s: Tensor, _ x: some TensorConvertible, _ relative: Double?) -> Tensor {
  let greatest = s.max(axis: -1, keepDims: true).stopGradient()
  if let relative { return relative * greatest }
  let epsilon = s.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
  let extents = build([x], at: .inner, in: s.graph) { state, terms throws(BuildError) in
    let x = try state.value(terms[0])
    let dtype: DType = state.type(of: x).dtype == .float64 ? .float64 : .float32
    return try state.pointwise(
      .maximum, state.elementCount(of: x, axes: [state.axis(-2, of: x)], as: dtype),
      state.elementCount(of: x, axes: [state.axis(-1, of: x)], as: dtype))
  }
  return epsilon * extents.converted(to: s.dtype) * greatest
}
