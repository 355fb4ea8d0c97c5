// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RandomModuleWriter {
  /// A factorization, or equations solved with a matrix.
  mutating func factorization(_ mnemonic: String, of x: Value) throws -> [Value] {
    if isWild { throw NothingFits() }
    let isSquare = !["lu", "qr", "svd"].contains(mnemonic)
    let a = textOnly ? try anyMatrix(isSquare: isSquare) : try tameMatrix(x, isSquare: isSquare)
    let type = type(a)
    let (lower, flag) = (random.isOne(in: 2), random.isOne(in: 2))
    // Which vectors are added to a basis is nobody's business: no program that runs asks for them.
    let isFull = flag && (textOnly || type.shape[type.rank - 2] == type.shape[type.rank - 1])
    switch mnemonic {
    case "lu": return try append(.lu(LUOp()), [a])
    case "qr": return try append(.qr(QROp(full: isFull)), [a])
    case "svd": return try append(.svd(SVDOp(full: isFull)), [a])
    case "eigh": return try append(.eigh(EighOp()), [a])
    case "cholesky": return try append(.cholesky(CholeskyOp(lower: lower)), [a])
    default:
      let columns = Dim(random.below(4))
      let b = try operand(type.with(shape: Shape(type.shape.dims.dropLast() + [columns])))
      if mnemonic == "solve" { return try append(.solve(SolveOp(transpose: flag)), [a, b]) }
      let op = TriangularSolveOp(lower: lower, transpose: flag, unitDiagonal: random.isOne(in: 2))
      return try append(.triangularSolve(op), [a, b])
    }
  }

  /// Matrices of which nothing is known, for programs that nobody runs: they may be singular.
  private mutating func anyMatrix(isSquare: Bool) throws -> Value {
    let batch = try type(operand()).shape.dims.prefix(random.below(2))
    let rows = random.below(4)
    let columns = isSquare ? rows : random.below(4)
    return try operand(
      TensorType(random.pick([.float32, .float64]), Shape(batch + [Dim(rows), Dim(columns)])))
  }

  /// Matrices that two libraries factorize alike: 2, 4, 6, … on the diagonal and, all of it, less than an eighth in any
  /// row or column beside. No pivot is off the diagonal, no two eigenvalues or singular values are near each other, and
  /// no vector's sign hangs on a rounding.
  private mutating func tameMatrix(_ x: Value, isSquare: Bool) throws -> Value {
    var x = x
    guard type(x).dtype == .float32 || type(x).dtype == .float64, type(x).isStatic, type(x).rank >= 2 else {
      throw NothingFits()
    }
    let rank = type(x).rank
    if isSquare {
      let least = min(type(x).shape[rank - 2].value ?? 0, type(x).shape[rank - 1].value ?? 0)
      let limits = type(x).shape.dims.dropLast(2).map(\.value) + [least, least]
      let ones = Array(repeating: 1, count: rank)
      x = try builder.append(
        .slice(SliceOp(starts: ones.map { _ in 0 }, limits: limits, strides: ones)), [x])
    }
    let matrix = type(x)
    let (rows, columns) = (matrix.shape[rank - 2].value ?? 0, matrix.shape[rank - 1].value ?? 0)
    let one = try builder.full(1, matrix)
    let number = try builder.select(builder.apply(.equal, x, x), x, one)
    let small = try builder.divide(
      builder.apply(.clamp, number, builder.negate(one), one),
      builder.full(Double(8 * max(rows, columns)), matrix))
    let diagonal = NDArray(dtype: matrix.dtype, shape: [rows, columns]) { index in
      let (row, column) = (index / columns, index % columns)
      return matrix.dtype.bits(rounding: row == column ? Double(2 + 2 * row) : 0)
    }
    return try builder.add(
      small,
      builder.broadcast(
        builder.append(.constant(ConstantOp(diagonal))), to: matrix.shape, axes: [rank - 2, rank - 1]))
  }
}
