// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The singular value decomposition.
public struct SVDOp: OpRule {
  /// Whether u and v are square.
  public let full: Bool

  public init(full: Bool = false) { self.full = full }
  init(_ reader: inout AttributeReader) throws(AttributeError) { full = try reader.boolean("full") }

  static let complaint =
    "has no singular values: its elements are not finite, or the iteration did not converge"

  public static let doc = OpDoc(
    name: "svd",
    semantics: """
      For each m×n matrix a the singular values s, in descending order and not negative, and u and vᵀ of orthonormal \
      columns and rows, with u·diag(s)·vᵀ = a. With k = min(m, n), u is m×k and vᵀ is k×n; with `full` they are m×m and \
      n×n. Of the two signs that a pair of singular vectors has, the one where the first element of u's column of at \
      least nine tenths of the greatest magnitude is positive. A matrix whose elements are not finite fails the run.
      """,
    inputs: ["a: f32 or f64 [batch…, m, n]"], attributes: ["full: true or false"],
    outputs: [
      "u: a's element type, [batch…, m, k] or [batch…, m, m]", "s: a's element type, [batch…, k]",
      "vᵀ: a's element type, [batch…, k, n] or [batch…, n, n]",
    ],
    constraints: ["There is one operand, of matrices of f32 or f64."],
    examples: [
      "param %x: f32[?0,4,3]",
      "%0:3 = svd %x {full = false} : f32[?0,4,3], f32[?0,3], f32[?0,3,3]",
      "%1:3 = svd %x {full = true} : f32[?0,4,4], f32[?0,3], f32[?0,3,3]",
    ],
    gradient: """
      u·((X / E)·S + S·(Y / E) + diag(g_s))·vᵀ, with E_ij = s_j² − s_i², X and Y the antisymmetric parts, doubled, of \
      uᵀ·g_u and vᵀ·g_v; for m > k plus the part of g_u·S⁻¹·vᵀ outside u's columns, for n > k that of u·S⁻¹·g_vᵀ outside \
      vᵀ's rows. A gradient through u or v needs distinct singular values. (Townsend 2016.) With `full` none: the added \
      vectors are not determined.
      """)

  public var mnemonic: String { "svd" }
  public var attributes: [Attribute] { [Attribute("full", flag: full)] }
  public var lowering: LoweringClass { .library }
  public var leavesExtentsOpen: Bool { true }
  public func faultMessage(_ code: Int32) -> String { MatrixRule.faultMessage(code, SVDOp.complaint) }

  public func differentiability(of index: Int) -> Differentiability {
    full ? .cut("the vectors that complete a square factor are not determined") : .differentiable
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let a = operands[0]
    try MatrixRule.requireMatrices(a, "C1")
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let k = MatrixRule.smaller(m, n)
    return [
      MatrixRule.replacing(a, with: [m, full ? m : k]), MatrixRule.replacing(a, with: [k]),
      MatrixRule.replacing(a, with: [full ? n : k, n]),
    ]
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    var (left, values, right): ([[Double]], [[Double]], [[Double]]) = ([], [], [])
    for (index, matrix) in operands[0].matrices.enumerated() {
      guard matrix.isFinite else { throw MatrixRule.fault(matrix: index, SVDOp.complaint) }
      let (u, s, v) = matrix.singularDecomposition(full: full)
      left.append(u.elements)
      values.append(s)
      right.append(v.transposed.elements)
    }
    return [
      try NDArray(types[0], joining: left), try NDArray(types[1], joining: values),
      try NDArray(types[2], joining: right),
    ]
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let (u, s, vt) = (context.results[0], context.results[1], context.results[2])
    let (gu, gvt) = (context.cotangents[0], context.cotangents[2])
    guard let extents = context.type(ofOperand: 0).shape.extents else { return [nil] }
    let (m, n) = (extents[extents.count - 2], extents[extents.count - 1])
    let k = min(m, n)
    let columns = try b.alongRows(s, of: Dim(k))
    let rows = try b.alongColumns(s, of: Dim(k))
    var terms: [Value] = []
    if let gs = context.cotangents[1] { terms.append(try b.diagonalMatrix(gs)) }
    if let gu {
      let rotation = try rotation(b, b.matmul(u, gu, transposeLHS: true), rows, columns)
      terms.append(try b.multiply(rotation, columns))
    }
    if let gvt {
      let rotation = try rotation(b, b.matmul(vt, gvt, transposeRHS: true), rows, columns)
      terms.append(try b.multiply(rows, rotation))
    }
    guard var core = terms.first else { return [nil] }
    for term in terms.dropFirst() { core = try b.add(core, term) }
    var gradient = try b.matmul(u, b.matmul(core, vt))
    if let gu, m > k {
      let outside = try b.subtract(gu, b.matmul(u, b.matmul(u, gu, transposeLHS: true)))
      let scaled = try b.divide(outside, b.alongRows(s, of: Dim(m)))
      gradient = try b.add(gradient, b.matmul(scaled, vt))
    }
    if let gvt, n > k {
      let outside = try b.subtract(gvt, b.matmul(b.matmul(gvt, vt, transposeRHS: true), vt))
      let scaled = try b.divide(outside, b.alongColumns(s, of: Dim(n)))
      gradient = try b.add(gradient, b.matmul(u, scaled))
    }
    return [gradient]
  }

  /// (x − xᵀ) / E, zero on the diagonal.
  private func rotation(_ b: ModuleBuilder, _ x: Value, _ rows: Value, _ columns: Value) throws -> Value {
    let isDiagonal = try b.places(of: x, .equal)
    // s_j² − s_i² without the cancellation of squares.
    let gaps = try b.multiply(b.subtract(columns, rows), b.add(columns, rows))
    return try b.divide(
      b.subtract(x, b.matrixTranspose(x)), b.select(isDiagonal, b.full(1, like: gaps), gaps))
  }
}

extension Matrix {
  /// u, s and v with u·diag(s)·vᵀ = self, by one-sided Jacobi rotations (Hestenes 1958).
  func singularDecomposition(full: Bool) -> (u: Matrix, s: [Double], v: Matrix) {
    if rows < columns {
      var (v, s, u) = transposed.singularDecomposition(full: full)
      u.makeCanonical(with: &v, pairs: s.count)
      return (u, s, v)
    }
    var (w, v) = (self, Matrix.identity(columns))
    var isOrthogonal = false
    for _ in 0..<60 where !isOrthogonal {
      isOrthogonal = true
      for p in 0..<columns {
        for q in (p + 1)..<columns where w.orthogonalize(p, q, &v) { isOrthogonal = false }
      }
    }
    let norms = (0..<columns).map { w.column($0).reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let order = (0..<columns).sorted { norms[$0] > norms[$1] }
    var u = Matrix(rows: rows, columns: full ? rows : columns)
    var known = 0
    let bound = 0x1p-52 * (norms.max() ?? 0)
    for index in order where norms[index] > bound {
      u.setColumn(known, w.column(index).map { $0 / norms[index] })
      known += 1
    }
    u.completeColumns(from: known)
    v = Matrix(rows: columns, columns: columns) { v[$0, order[$1]] }
    u.makeCanonical(with: &v, pairs: columns)
    return (u, order.map { norms[$0] }, v)
  }

  /// Rotates two columns so that they are orthogonal, and those of another matrix likewise; false if they were.
  private mutating func orthogonalize(_ p: Int, _ q: Int, _ other: inout Matrix) -> Bool {
    let (x, y) = (column(p), column(q))
    let alpha = x.reduce(0) { $0 + $1 * $1 }
    let beta = y.reduce(0) { $0 + $1 * $1 }
    let gamma = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    if gamma.magnitude <= 0x1p-53 * (alpha * beta).squareRoot() { return false }
    let zeta = (beta - alpha) / (2 * gamma)
    let t = (zeta < 0 ? -1 : 1) / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
    let c = 1 / (1 + t * t).squareRoot()
    rotateColumns(p, q, c, c * t)
    other.rotateColumns(p, q, c, c * t)
    return true
  }

  private mutating func rotateColumns(_ p: Int, _ q: Int, _ c: Double, _ s: Double) {
    for row in 0..<rows {
      let (x, y) = (self[row, p], self[row, q])
      (self[row, p], self[row, q]) = (c * x - s * y, s * x + c * y)
    }
  }

  /// Fills the columns from an index on so that all are orthonormal.
  private mutating func completeColumns(from start: Int) {
    for index in start..<columns {
      // The axis that the columns so far say least about, less what they say.
      var weights = [Double](repeating: 0, count: rows)
      for row in 0..<rows { weights[row] = (0..<index).reduce(0) { $0 + self[row, $1] * self[row, $1] } }
      let axis = weights.indices.min { weights[$0] < weights[$1] }
      var candidate = (0..<rows).map { $0 == axis ? 1.0 : 0 }
      for _ in 0..<2 {
        for known in 0..<index {
          let other = column(known)
          let product = zip(candidate, other).reduce(0) { $0 + $1.0 * $1.1 }
          candidate = zip(candidate, other).map { $0 - product * $1 }
        }
      }
      let norm = candidate.reduce(0) { $0 + $1 * $1 }.squareRoot()
      setColumn(index, candidate.map { $0 / norm })
    }
  }

  /// Gives each column its canonical sign, and the first of another matrix the same ones, so that products stay.
  private mutating func makeCanonical(with other: inout Matrix, pairs: Int) {
    for index in 0..<columns where isNegative(column: index) {
      negateColumn(index)
      if index < pairs { other.negateColumn(index) }
    }
    for index in pairs..<max(other.columns, pairs) where other.isNegative(column: index) {
      other.negateColumn(index)
    }
  }
}
