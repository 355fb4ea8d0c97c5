// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RandomModuleWriter {
  /// Ops that accumulate or order along an axis.
  mutating func ordering(_ mnemonic: String, _ x: Value) throws -> [Value] {
    let type = type(x)
    guard type.rank > 0 else { throw NothingFits() }
    let axis = random.below(type.rank)
    switch mnemonic {
    case "cumulative":
      guard type.dtype.isNumeric else { throw NothingFits() }
      let kind = random.pick(CumulativeOp.Kind.allCases)
      let isSelection = kind == .max || kind == .min
      // The greatest of nothing is an infinity, of which no smooth function is tame.
      let exclusive = isSelection ? false : random.isOne(in: 2)
      let op = CumulativeOp(kind, axis: axis, exclusive: exclusive, reverse: random.isOne(in: 2))
      return try append(.cumulative(op), [x], additions: isSelection ? 0 : 9)
    case "linearRecurrence":
      guard type.dtype.isFloatingPoint else { throw NothingFits() }
      let op = LinearRecurrenceOp(axis: axis, reverse: random.isOne(in: 2))
      return try append(.linearRecurrence(op), [operand(type), x], additions: 9)
    case "sort":
      if exact[x] == nil { throw NothingFits() }
      var operands = [x]
      for _ in 0..<random.below(3) { operands.append(try operand { $0.shape == type.shape }) }
      return try append(.sort(SortOp(axis: axis, descending: random.isOne(in: 2))), operands)
    case "searchSorted":
      guard type.dtype.isNumeric, exact[x] != nil else { throw NothingFits() }
      let wanted = try operand {
        $0.dtype == type.dtype && $0.rank == type.rank
          && $0.shape.dims.dropLast() == type.shape.dims.dropLast()
      }
      if exact[wanted] == nil { throw NothingFits() }
      let rows = try append(.sort(SortOp(axis: type.rank - 1)), [x])
      let side = random.pick(SearchSortedOp.Side.allCases)
      return rows + (try append(.searchSorted(SearchSortedOp(side: side)), [rows[0], wanted]))
    default: throw NothingFits()
    }
  }

  /// Ops on matrices, in programs that nobody runs: a library's roundings are its own, and matrices may be singular.
  mutating func factorization(_ mnemonic: String) throws -> [Value] {
    guard textOnly else { throw NothingFits() }
    let batch = try type(operand()).shape.dims.prefix(random.below(2))
    let dtype = random.pick([DType.float32, .float64])
    let (m, n) = (random.below(4), random.below(4))
    let matrices = { (rows: Int, columns: Int) in TensorType(dtype, Shape(batch + [Dim(rows), Dim(columns)]))
    }
    let (lower, flag) = (random.isOne(in: 2), random.isOne(in: 2))
    switch mnemonic {
    case "lu": return try append(.lu(LUOp()), [operand(matrices(m, n))])
    case "qr": return try append(.qr(QROp(full: flag)), [operand(matrices(m, n))])
    case "svd": return try append(.svd(SVDOp(full: flag)), [operand(matrices(m, n))])
    case "eigh": return try append(.eigh(EighOp()), [operand(matrices(n, n))])
    case "cholesky": return try append(.cholesky(CholeskyOp(lower: lower)), [operand(matrices(n, n))])
    case "solve":
      return try append(.solve(SolveOp(transpose: flag)), [operand(matrices(n, n)), operand(matrices(n, m))])
    default:
      let op = TriangularSolveOp(lower: lower, transpose: flag, unitDiagonal: random.isOne(in: 2))
      return try append(.triangularSolve(op), [operand(matrices(n, n)), operand(matrices(n, m))])
    }
  }
}
