// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The eigenvalues and eigenvectors of symmetric matrices.
public struct EighOp: OpRule {
  public init() {}

  static let complaint = "has no eigenvalues: its elements are not finite, or the iteration did not converge"

  public static let doc = OpDoc(
    name: "eigh",
    semantics: """
      For each symmetric matrix a the eigenvalues w in ascending order and the orthonormal eigenvectors v, one a column, \
      with a·v = v·diag(w). Only the lower triangle of a is read. Of the two signs that an eigenvector has, the one where \
      its first element of at least nine tenths of the greatest magnitude is positive. A matrix whose elements are not \
      finite fails the run.
      """,
    inputs: ["a: f32 or f64 [batch…, n, n]"],
    outputs: ["w: a's element type, [batch…, n]", "v: a's type"],
    constraints: ["There is one operand, of square matrices of f32 or f64."],
    examples: [
      "param %x: f32[?0,4,4]",
      "%0:2 = eigh %x : f32[?0,4], f32[?0,4,4]",
    ],
    gradient: """
      S = v·(diag(g_w) + (vᵀ·g_v) / E)·vᵀ with E_ij = w_j − w_i: the lower triangle of S + Sᵀ with the diagonal of S. A \
      gradient through v needs distinct eigenvalues. (Giles 2008.)
      """)

  public var mnemonic: String { "eigh" }
  public var attributes: [Attribute] { [] }
  public var lowering: LoweringClass { .library }
  public func faultMessage(_ code: Int32) -> String { MatrixRule.faultMessage(code, EighOp.complaint) }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    try MatrixRule.requireSquareMatrices(operands[0], "C1")
    let a = operands[0]
    return [MatrixRule.replacing(a, with: [a.shape[a.rank - 1]]), a]
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    var values: [[Double]] = []
    var vectors: [[Double]] = []
    for (index, matrix) in operands[0].matrices.enumerated() {
      let symmetric = Matrix(rows: matrix.rows, columns: matrix.columns) { matrix[max($0, $1), min($0, $1)] }
      guard symmetric.isFinite else { throw MatrixRule.fault(matrix: index, EighOp.complaint) }
      let (w, v) = symmetric.diagonalized
      values.append(w)
      vectors.append(v.elements)
    }
    return [try NDArray(types[0], joining: values), try NDArray(types[1], joining: vectors)]
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let (w, v) = (context.results[0], context.results[1])
    var core = try context.cotangents[0].map { try b.diagonalMatrix($0) }
    if let gv = context.cotangents[1] {
      let n = b.type(of: w).shape.dims.last ?? 0
      let products = try b.matmul(v, gv, transposeLHS: true)
      let isDiagonal = try b.places(of: products, .equal)
      let gaps = try b.subtract(b.alongRows(w, of: n), b.alongColumns(w, of: n))
      let quotients = try b.divide(products, b.select(isDiagonal, b.full(1, like: gaps), gaps))
      let rotation = try b.select(isDiagonal, b.full(0, like: quotients), quotients)
      core = try core.map { try b.add($0, rotation) } ?? rotation
    }
    guard let core else { return [nil] }
    return [try b.foldedIntoLowerTriangle(b.matmul(v, b.matmul(core, v, transposeRHS: true)))]
  }
}

extension Matrix {
  /// The eigenvalues of a symmetric matrix, ascending, and its eigenvectors, by Jacobi's rotations.
  var diagonalized: (values: [Double], vectors: Matrix) {
    var a = self
    var v = Matrix.identity(rows)
    let norm = elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var isDiagonal = false
    // Convergence is quadratic: ten sweeps are many.
    for _ in 0..<60 where !isDiagonal {
      isDiagonal = true
      for p in 0..<rows {
        for q in (p + 1)..<rows where a[p, q].magnitude > 0x1p-70 * norm {
          isDiagonal = false
          a.rotate(&v, p, q)
        }
      }
    }
    let order = (0..<rows).sorted { a[$0, $0] < a[$1, $1] }
    var vectors = Matrix(rows: rows, columns: rows) { v[$0, order[$1]] }
    for index in 0..<rows where vectors.isNegative(column: index) { vectors.negateColumn(index) }
    return (order.map { a[$0, $0] }, vectors)
  }

  /// The rotation that makes element (p, q) of a symmetric matrix zero.
  private mutating func rotate(_ vectors: inout Matrix, _ p: Int, _ q: Int) {
    let theta = (self[q, q] - self[p, p]) / (2 * self[p, q])
    let t = (theta < 0 ? -1 : 1) / (theta.magnitude + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<rows {
      let (x, y) = (self[k, p], self[k, q])
      (self[k, p], self[k, q]) = (c * x - s * y, s * x + c * y)
    }
    for k in 0..<rows {
      let (x, y) = (self[p, k], self[q, k])
      (self[p, k], self[q, k]) = (c * x - s * y, s * x + c * y)
    }
    (self[p, q], self[q, p]) = (0, 0)
    for k in 0..<rows {
      let (x, y) = (vectors[k, p], vectors[k, q])
      (vectors[k, p], vectors[k, q]) = (c * x - s * y, s * x + c * y)
    }
  }
}
