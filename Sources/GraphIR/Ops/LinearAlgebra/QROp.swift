// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// An orthonormal basis of a matrix's columns.
public struct QROp: OpRule {
  /// Whether q is square.
  public let full: Bool

  public init(full: Bool = false) { self.full = full }
  init(_ reader: inout AttributeReader) throws(AttributeError) { full = try reader.boolean("full") }

  public static let doc = OpDoc(
    name: "qr",
    semantics: """
      For each m×n matrix a the factors q, of orthonormal columns, and r, upper triangular with a diagonal that is not \
      negative, with q·r = a. With k = min(m, n), q is m×k and r is k×n; with `full` they are m×m and m×n. For a of full \
      column rank q and r are the only such factors, but for the columns that `full` adds.
      """,
    inputs: ["a: f32 or f64 [batch…, m, n]"], attributes: ["full: true or false"],
    outputs: [
      "q: a's element type, [batch…, m, k] or [batch…, m, m]",
      "r: a's element type, [batch…, k, n] or [batch…, m, n]",
    ],
    constraints: ["There is one operand, of matrices of f32 or f64."],
    examples: [
      "param %x: f32[?0,4,3]",
      "%0:2 = qr %x {full = false} : f32[?0,4,3], f32[?0,3,3]",
      "%1:2 = qr %x {full = true} : f32[?0,4,4], f32[?0,4,3]",
    ],
    gradient: """
      For a of full column rank (g_q + q·C)·r⁻ᵀ, where C is symmetric with the lower triangle of r·g_rᵀ − g_qᵀ·q; for \
      m < n the same for the first m columns, in blocks. (Walter, Lehmann 2018, arXiv:1009.6112.) With `full` none: the \
      added columns are not determined.
      """)

  public var mnemonic: String { "qr" }
  public var attributes: [Attribute] { [Attribute("full", flag: full)] }
  public var lowering: LoweringClass { .library }
  public var leavesExtentsOpen: Bool { true }

  public func differentiability(of index: Int) -> Differentiability {
    full ? .cut("the columns that complete a square factor are not determined") : .differentiable
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let a = operands[0]
    try MatrixRule.requireMatrices(a, "C1")
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let k = full ? m : MatrixRule.smaller(m, n)
    return [MatrixRule.replacing(a, with: [m, k]), MatrixRule.replacing(a, with: [k, n])]
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    let factors = operands[0].matrices.map { $0.orthogonalized(full: full) }
    return [
      try NDArray(types[0], joining: factors.map(\.q.elements)),
      try NDArray(types[1], joining: factors.map(\.r.elements)),
    ]
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let (q, r) = (context.results[0], context.results[1])
    guard let rExtents = b.type(of: r).shape.extents else { return [nil] }
    let (k, n) = (rExtents[rExtents.count - 2], rExtents[rExtents.count - 1])
    let gr = try context.cotangent(ofResult: 1)
    guard n > k else {
      return [try tallGradient(b, q, r, context.cotangents[0], gr)]
    }
    // a = (x, y) with x = q·u and y = q·v.
    let y = try b.part(context.operands[0], axis: -1, from: k, to: n)
    let gv = try b.part(gr, axis: -1, from: k, to: n)
    var gq = try b.matmul(y, gv, transposeRHS: true)
    if let own = context.cotangents[0] { gq = try b.add(own, gq) }
    let gx = try tallGradient(
      b, q, b.part(r, axis: -1, from: 0, to: k), gq, b.part(gr, axis: -1, from: 0, to: k))
    let gy = try b.matmul(q, gv)
    return [try b.append(.concatenate(ConcatenateOp(axis: rExtents.count - 1)), [gx, gy])]
  }

  /// The gradient for a of at least as many rows as columns.
  private func tallGradient(
    _ b: ModuleBuilder, _ q: Value, _ r: Value, _ gq: Value?, _ gr: Value
  ) throws -> Value {
    var m = try b.matmul(r, gr, transposeRHS: true)
    if let gq { m = try b.subtract(m, b.matmul(gq, q, transposeLHS: true)) }
    let below = try b.lowerTriangle(m, strict: true)
    let symmetric = try b.add(b.lowerTriangle(m), b.matrixTranspose(below))
    var sum = try b.matmul(q, symmetric)
    if let gq { sum = try b.add(gq, sum) }
    return try b.dividedByTranspose(sum, r)
  }
}

extension Matrix {
  /// QR by Householder's reflections.
  func orthogonalized(full: Bool) -> (q: Matrix, r: Matrix) {
    let k = min(rows, columns)
    var r = self
    var q = Matrix.identity(rows)
    for step in 0..<k {
      // The vector whose reflection moves column `step` onto the axis.
      var v = [Double](repeating: 0, count: rows)
      for row in step..<rows { v[row] = r[row, step] }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if v[(step + 1)...].allSatisfy({ $0 == 0 }) { continue }
      v[step] += v[step] < 0 ? -norm : norm
      let square = v.reduce(0) { $0 + $1 * $1 }
      for column in 0..<columns {
        let factor = 2 * (step..<rows).reduce(0) { $0 + v[$1] * r[$1, column] } / square
        for row in step..<rows { r[row, column] -= factor * v[row] }
      }
      for row in 0..<rows {
        let factor = 2 * (step..<rows).reduce(0) { $0 + q[row, $1] * v[$1] } / square
        for column in step..<rows { q[row, column] -= factor * v[column] }
      }
      for row in (step + 1)..<rows { r[row, step] = 0 }
    }
    for index in 0..<k where r[index, index] < 0 {
      r.negateRow(index)
      q.negateColumn(index)
    }
    let count = full ? rows : k
    return (q.prefix(columns: count), Matrix(rows: count, columns: columns) { r[$0, $1] })
  }
}
