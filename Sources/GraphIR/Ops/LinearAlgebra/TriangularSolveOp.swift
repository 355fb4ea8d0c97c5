// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Solves equations with triangular matrices.
public struct TriangularSolveOp: SingleResultRule {
  public let lower: Bool
  public let transpose: Bool
  public let unitDiagonal: Bool

  public init(lower: Bool, transpose: Bool = false, unitDiagonal: Bool = false) {
    self.lower = lower
    self.transpose = transpose
    self.unitDiagonal = unitDiagonal
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    self.init(
      lower: try reader.boolean("lower"), transpose: try reader.boolean("transpose"),
      unitDiagonal: try reader.boolean("unitDiagonal"))
  }

  static let complaint = "is singular: it has a zero on its diagonal"

  public static let doc = OpDoc(
    name: "triangularSolve",
    semantics: """
      For each pair of a triangular matrix a and right sides b the x with a·x = b, or with `transpose` aᵀ·x = b. Only the \
      lower or the upper triangle of a is read, and with `unitDiagonal` its diagonal is taken to be 1. A zero on the \
      diagonal fails the run.
      """,
    inputs: ["a: f32 or f64 [batch…, n, n]", "b: a's element type, [batch…, n, k]"],
    attributes: ["lower: true or false", "transpose: true or false", "unitDiagonal: true or false"],
    outputs: ["b's type"],
    constraints: [
      "There are two operands; the first is of square matrices of f32 or f64.",
      "The second agrees with it in element type and in all axes but the last.",
    ],
    examples: [
      "param %a: f32[?0,4,4]",
      "param %b: f32[?0,4,2]",
      "%0 = triangularSolve %a, %b {lower = true, transpose = false, unitDiagonal = false} : f32[?0,4,2]",
    ],
    gradient:
      "b: h, the solution for g with the transposed matrix. a: the triangle of −h·xᵀ, or −x·hᵀ if transposed."
  )

  public var mnemonic: String { "triangularSolve" }
  public var attributes: [Attribute] {
    [
      Attribute("lower", flag: lower), Attribute("transpose", flag: transpose),
      Attribute("unitDiagonal", flag: unitDiagonal),
    ]
  }
  public var lowering: LoweringClass { .library }
  public func faultMessage(_ code: Int32) -> String {
    MatrixRule.faultMessage(code, TriangularSolveOp.complaint)
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try MatrixRule.requireEquations(operands)
    return [operands[1]]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    var parts: [[Double]] = []
    for (index, (a, b)) in zip(operands[0].matrices, operands[1].matrices).enumerated() {
      guard unitDiagonal || (0..<a.rows).allSatisfy({ a[$0, $0] != 0 }) else {
        throw MatrixRule.fault(matrix: index, TriangularSolveOp.complaint)
      }
      let system = transpose ? a.transposed : a
      let solution = system.triangularSolution(
        b, lower: lower != transpose, unitDiagonal: unitDiagonal)
      parts.append(solution.elements)
    }
    return try NDArray(type, joining: parts)
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let a = context.operands[0]
    let back = TriangularSolveOp(lower: lower, transpose: !transpose, unitDiagonal: unitDiagonal)
    let h = try builder.append(.triangularSolve(back), [a, context.cotangent])
    let (left, right) = transpose ? (context.result, h) : (h, context.result)
    let product = try builder.negate(builder.matmul(left, right, transposeRHS: true))
    let triangle =
      try lower
      ? builder.lowerTriangle(product, strict: unitDiagonal)
      : builder.upperTriangle(product, strict: unitDiagonal)
    return [triangle, h]
  }
}

extension Matrix {
  /// x with self·x = b by substitution, reading one triangle.
  func triangularSolution(_ b: Matrix, lower: Bool, unitDiagonal: Bool) -> Matrix {
    var x = b
    for step in 0..<rows {
      let i = lower ? step : rows - 1 - step
      let known = lower ? 0..<i : (i + 1)..<rows
      for column in 0..<b.columns {
        let rest = known.reduce(x[i, column]) { $0 - self[i, $1] * x[$1, column] }
        x[i, column] = unitDiagonal ? rest : rest / self[i, i]
      }
    }
    return x
  }
}
