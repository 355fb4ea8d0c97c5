// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Solves equations with square matrices.
public struct SolveOp: SingleResultRule {
  public let transpose: Bool

  public init(transpose: Bool = false) { self.transpose = transpose }
  init(_ reader: inout AttributeReader) throws(AttributeError) { transpose = try reader.boolean("transpose") }

  static let complaint = "is singular"

  public static let doc = OpDoc(
    name: "solve",
    semantics: """
      For each pair of a square matrix a and right sides b the x with a·x = b, or with `transpose` aᵀ·x = b, by \
      elimination with partial pivoting. A matrix that turns out exactly singular, with a pivot of zero, fails the run.
      """,
    inputs: ["a: f32 or f64 [batch…, n, n]", "b: a's element type, [batch…, n, k]"],
    attributes: ["transpose: true or false"], outputs: ["b's type"],
    constraints: [
      "There are two operands; the first is of square matrices of f32 or f64.",
      "The second agrees with it in element type and in all axes but the last.",
    ],
    examples: [
      "param %a: f32[?0,4,4]",
      "param %b: f32[?0,4,2]",
      "%0 = solve %a, %b {transpose = false} : f32[?0,4,2]",
    ],
    gradient: "b: h, the solution for g with the transposed matrix. a: −h·xᵀ, or −x·hᵀ if transposed.")

  public var mnemonic: String { "solve" }
  public var attributes: [Attribute] { [Attribute("transpose", flag: transpose)] }
  public var lowering: LoweringClass { .library }
  public func faultMessage(_ code: Int32) -> String { MatrixRule.faultMessage(code, SolveOp.complaint) }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try MatrixRule.requireEquations(operands)
    return [operands[1]]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    var parts: [[Double]] = []
    for (index, (a, b)) in zip(operands[0].matrices, operands[1].matrices).enumerated() {
      let (packed, _, permutation) = (transpose ? a.transposed : a).eliminated
      guard (0..<a.rows).allSatisfy({ packed[$0, $0] != 0 }) else {
        throw MatrixRule.fault(matrix: index, SolveOp.complaint)
      }
      let permuted = Matrix(rows: b.rows, columns: b.columns) { b[permutation[$0], $1] }
      let y = packed.triangularSolution(permuted, lower: true, unitDiagonal: true)
      parts.append(packed.triangularSolution(y, lower: false, unitDiagonal: false).elements)
    }
    return try NDArray(type, joining: parts)
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let back = SolveOp(transpose: !transpose)
    let h = try b.append(.solve(back), [context.operands[0], context.cotangent])
    let (left, right) = transpose ? (context.result, h) : (h, context.result)
    return [try b.negate(b.matmul(left, right, transposeRHS: true)), h]
  }
}
