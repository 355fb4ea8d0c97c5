// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The triangular factor of a symmetric positive definite matrix.
public struct CholeskyOp: SingleResultRule {
  public let lower: Bool

  public init(lower: Bool) { self.lower = lower }
  init(_ reader: inout AttributeReader) throws(AttributeError) { lower = try reader.boolean("lower") }

  static let complaint = "is not positive definite"

  public static let doc = OpDoc(
    name: "cholesky",
    semantics: """
      For each symmetric positive definite matrix a the lower triangular l with l·lᵀ = a, or the upper triangular u with \
      uᵀ·u = a, of positive diagonal. Only that triangle of a is read. A matrix that is not positive definite fails the \
      run.
      """,
    inputs: ["a: f32 or f64 [batch…, n, n]"], attributes: ["lower: true or false"],
    outputs: ["a's type; zeros in the other triangle"],
    constraints: ["There is one operand, of square matrices of f32 or f64."],
    examples: [
      "param %x: f32[?0,4,4]",
      "%0 = cholesky %x {lower = true} : f32[?0,4,4]",
    ],
    gradient: """
      With P the lower triangle of lᵀ·g, its diagonal halved, and S = l⁻ᵀ·P·l⁻¹: the lower triangle of S + Sᵀ with the \
      diagonal of S. (Murray 2016, arXiv:1602.07527.)
      """)

  public var mnemonic: String { "cholesky" }
  public var attributes: [Attribute] { [Attribute("lower", flag: lower)] }
  public var lowering: LoweringClass { .library }
  public func faultMessage(_ code: Int32) -> String { MatrixRule.faultMessage(code, CholeskyOp.complaint) }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    try MatrixRule.requireSquareMatrices(operands[0], "C1")
    return operands
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    var parts: [[Double]] = []
    for (index, matrix) in operands[0].matrices.enumerated() {
      // The upper triangle of a is the lower one of its transpose.
      guard let factor = (lower ? matrix : matrix.transposed).choleskyFactor else {
        throw MatrixRule.fault(matrix: index, CholeskyOp.complaint)
      }
      parts.append((lower ? factor : factor.transposed).elements)
    }
    return try NDArray(type, joining: parts)
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let l = lower ? context.result : try b.matrixTranspose(context.result)
    let g = lower ? context.cotangent : try b.matrixTranspose(context.cotangent)
    let product = try b.matmul(l, g, transposeLHS: true)
    let half = try b.multiply(product, b.full(0.5, like: product))
    let phi = try b.select(b.places(of: product, .equal), half, b.lowerTriangle(product, strict: true))
    let left = try b.triangularSolve(l, phi, lower: true, transpose: true)
    let both = try b.triangularSolve(l, b.matrixTranspose(left), lower: true, transpose: true)
    let folded = try b.foldedIntoLowerTriangle(b.matrixTranspose(both))
    return [lower ? folded : try b.matrixTranspose(folded)]
  }
}

extension Matrix {
  /// The lower Cholesky factor by columns, from the lower triangle; nil where a pivot is not positive.
  var choleskyFactor: Matrix? {
    var factor = Matrix(rows: rows, columns: rows)
    for j in 0..<rows {
      let pivot = (0..<j).reduce(self[j, j]) { $0 - factor[j, $1] * factor[j, $1] }
      guard pivot > 0 else { return nil }
      factor[j, j] = pivot.squareRoot()
      for i in (j + 1)..<rows {
        factor[i, j] = (0..<j).reduce(self[i, j]) { $0 - factor[i, $1] * factor[j, $1] } / factor[j, j]
      }
    }
    return factor
  }
}
