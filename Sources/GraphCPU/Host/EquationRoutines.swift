// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Systems of linear equations.
enum EquationRoutines {
  static func triangularSolve(_ rule: TriangularSolveOp, _ call: HostCall) throws -> HostRoutine {
    let matrices = try MatrixCall(call)
    let count = Int32(truncatingIfNeeded: call.operandTypes[1].shape.extents?.last ?? 0)
    return try MatrixCall.routine(
      call, float32: { triangularSolve(rule, matrices, count, $0, $1) },
      float64: { triangularSolve(rule, matrices, count, $0, $1) })
  }

  private static func triangularSolve<Element: LAPACKScalar>(
    _ rule: TriangularSolveOp, _ call: MatrixCall, _ count: Int32, _ buffers: MatrixBuffers<Element>,
    _ index: Int
  ) -> Bool {
    let n = call.height
    let a = buffers(0, index, size: n * n)
    let size = n * Int(count)
    let x = buffers(2, index, size: size)
    x.update(from: buffers(1, index, size: size), count: size)
    if !rule.unitDiagonal {
      for row in 0..<n where a[row * n + row] == 0 { return false }
    }
    if size > 0 {
      Element.solveTriangular(
        a, call.rows, x, count, lower: rule.lower, transpose: rule.transpose, unitDiagonal: rule.unitDiagonal)
    }
    return true
  }

  static func solve(_ rule: SolveOp, _ call: HostCall) throws -> HostRoutine {
    let matrices = try MatrixCall(call)
    let count = Int32(truncatingIfNeeded: call.operandTypes[1].shape.extents?.last ?? 0)
    return try MatrixCall.routine(
      call, float32: { solve(rule, matrices, count, $0, $1) },
      float64: { solve(rule, matrices, count, $0, $1) })
  }

  /// What LAPACK factors is the transpose of the row-major matrix, and it solves with the transpose of that.
  private static func solve<Element: LAPACKScalar>(
    _ rule: SolveOp, _ call: MatrixCall, _ count: Int32, _ buffers: MatrixBuffers<Element>, _ index: Int
  ) -> Bool {
    let n = call.height
    if n == 0 { return true }
    let columns = Int(count)
    let b = buffers(1, index, size: n * columns)
    let x = buffers(2, index, size: n * columns)
    return MatrixMemory.withRoom(n * n) { (factors: UnsafeMutablePointer<Element>) in
      MatrixMemory.withRoom(n) { (pivots: UnsafeMutablePointer<Int32>) in
        factors.update(from: buffers(0, index, size: n * n), count: n * n)
        if Element.factor(factors, call.rows, call.rows, pivots: pivots) > 0 { return false }
        let form: Character = rule.transpose ? "N" : "T"
        if columns == 1 {
          x.update(from: b, count: n)
          Element.solve(form, factors, call.rows, pivots: pivots, x, 1)
        } else if columns > 1 {
          MatrixMemory.withRoom(n * columns) { (room: UnsafeMutablePointer<Element>) in
            MatrixMemory.transpose(b, n, columns, to: room)
            Element.solve(form, factors, call.rows, pivots: pivots, room, count)
            MatrixMemory.transpose(room, columns, n, to: x)
          }
        }
        return true
      }
    }
  }
}
