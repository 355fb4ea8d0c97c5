// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Gaussian elimination with partial pivoting.
public struct LUOp: OpRule {
  public init() {}

  public static let doc = OpDoc(
    name: "lu",
    semantics: """
      For each matrix a the factors l, lower triangular with a diagonal of ones, and u, upper triangular, with l·u equal \
      to the rows of a in another order; both in one matrix, without the ones. In step i row i is exchanged with the row \
      below or at i that has the element of greatest magnitude in column i. No matrix is refused: a singular one has a \
      zero on the diagonal of u.
      """,
    inputs: ["a: f32 or f64 [batch…, m, n]"],
    outputs: [
      "the factors: a's type", "pivots: i32[batch…, min(m, n)], the row that row i was exchanged with",
      "permutation: i32[batch…, m], the row of a that row i of l·u is",
    ],
    constraints: ["There is one operand, of matrices of f32 or f64."],
    examples: [
      "param %x: f32[?0,4,3]",
      "%0:3 = lu %x : f32[?0,4,3], i32[?0,3], i32[?0,4]",
    ],
    gradient: """
      For square matrices l⁻ᵀ·M·u⁻ᵀ, its rows put back, where M is lᵀ·g below the diagonal and g·uᵀ on and above it; \
      others in blocks. A zero on the diagonal of u counts as ε times the greatest element there, so that determinants \
      have their gradient at singular matrices too.
      """)

  public var mnemonic: String { "lu" }
  public var attributes: [Attribute] { [] }
  public var lowering: LoweringClass { .library }
  public var leavesExtentsOpen: Bool { true }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let a = operands[0]
    try MatrixRule.requireMatrices(a, "C1")
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    return [
      a, MatrixRule.replacing(a, with: [MatrixRule.smaller(m, n)], dtype: .int32),
      MatrixRule.replacing(a, with: [m], dtype: .int32),
    ]
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    let results = operands[0].matrices.map(\.eliminated)
    return [
      try NDArray(types[0], joining: results.map(\.packed.elements)),
      try NDArray(types[1], joining: results.map(\.pivots)),
      try NDArray(types[2], joining: results.map(\.permutation)),
    ]
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let packed = context.results[0]
    let shape = b.type(of: packed).shape
    guard let g = context.cotangents[0], let extents = shape.extents else { return [nil] }
    let (m, n) = (extents[extents.count - 2], extents[extents.count - 1])
    let k = min(m, n)
    let core = try b.part(b.part(packed, axis: -2, from: 0, to: k), axis: -1, from: 0, to: k)
    let coreCotangent = try b.part(b.part(g, axis: -2, from: 0, to: k), axis: -1, from: 0, to: k)
    let u = try b.withoutZerosOnDiagonal(b.upperTriangle(core))
    // lᵀ·g below the diagonal, with l's ones.
    let below = try b.lowerTriangle(coreCotangent, strict: true)
    var lower = try b.add(below, b.matmul(b.lowerTriangle(core, strict: true), below, transposeLHS: true))
    var upperCotangent = try b.upperTriangle(coreCotangent)
    var others: Value?
    if m > n {
      // The rows below are l₂ = a₂·u⁻¹.
      let g2 = try b.part(g, axis: -2, from: k, to: m)
      let a2 = try b.dividedByTranspose(g2, u)
      let l2 = try b.part(packed, axis: -2, from: k, to: m)
      upperCotangent = try b.subtract(upperCotangent, b.matmul(l2, a2, transposeLHS: true))
      others = a2
    } else if n > m {
      // The columns behind are u₂ = l⁻¹·a₂.
      let g2 = try b.part(g, axis: -1, from: k, to: n)
      let u2 = try b.part(packed, axis: -1, from: k, to: n)
      lower = try b.subtract(lower, b.matmul(g2, u2, transposeRHS: true))
      others = try b.triangularSolve(core, g2, lower: true, transpose: true, unitDiagonal: true)
    }
    let middle = try b.add(
      b.lowerTriangle(lower, strict: true), b.upperTriangle(b.matmul(upperCotangent, u, transposeRHS: true)))
    let left = try b.triangularSolve(core, middle, lower: true, transpose: true, unitDiagonal: true)
    var result = try b.dividedByTranspose(left, u)
    if let others {
      result = try b.append(
        .concatenate(ConcatenateOp(axis: m > n ? shape.rank - 2 : shape.rank - 1)), [result, others])
    }
    // Sorted by the rows of a that they are.
    let rows = try b.broadcast(context.results[2], to: shape, axes: Array(0..<shape.rank - 1))
    return [try b.appendAll(.sort(SortOp(axis: shape.rank - 2)), [rows, result])[1]]
  }
}

extension ModuleBuilder {
  /// A triangular matrix with the smallest sensible number in place of zeros on its diagonal.
  fileprivate func withoutZerosOnDiagonal(_ u: Value) throws(ConstraintViolation) -> Value {
    let dtype = type(of: u).dtype
    let d = try diagonal(u)
    let rank = type(of: d).rank
    let greatest = try reduce(.max, apply(.abs, d), axes: [rank - 1])
    let epsilon = dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
    let zero = try full(0, like: greatest)
    let scale = try select(
      apply(.greater, greatest, zero), greatest, full(1, like: greatest))
    let tiny = try spread(
      multiply(scale, full(epsilon, like: scale)), over: type(of: d).shape, axes: [rank - 1])
    let fill = try select(apply(.equal, d, full(0, like: d)), tiny, full(0, like: d))
    return try add(u, diagonalMatrix(append(.stopGradient(StopGradientOp()), [fill])))
  }
}

extension Matrix {
  /// Elimination with partial pivoting: both factors in one matrix, the exchanges and the order of the rows.
  var eliminated: (packed: Matrix, pivots: [Int], permutation: [Int]) {
    var packed = self
    var pivots: [Int] = []
    var permutation = Array(0..<rows)
    for step in 0..<min(rows, columns) {
      var pivot = step
      for row in step..<rows where packed[row, step].magnitude > packed[pivot, step].magnitude { pivot = row }
      pivots.append(pivot)
      packed.swapRows(step, pivot)
      permutation.swapAt(step, pivot)
      guard packed[step, step] != 0 else { continue }
      for row in (step + 1)..<rows {
        packed[row, step] /= packed[step, step]
        for column in (step + 1)..<columns {
          packed[row, column] -= packed[row, step] * packed[step, column]
        }
      }
    }
    return (packed, pivots, permutation)
  }
}
