// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Factorizations into triangular and orthogonal matrices.
///
/// To LAPACK, whose matrices are column-major, a row-major matrix is its transpose.
enum FactorizationRoutines {
  static func cholesky(_ rule: CholeskyOp, _ call: HostCall) throws -> HostRoutine {
    let matrices = try MatrixCall(call)
    return try MatrixCall.routine(
      call, float32: { cholesky(rule.lower, matrices, $0, $1) },
      float64: { cholesky(rule.lower, matrices, $0, $1) })
  }

  private static func cholesky<Element: LAPACKScalar>(
    _ lower: Bool, _ call: MatrixCall, _ buffers: MatrixBuffers<Element>, _ index: Int
  ) -> Bool {
    let n = call.height
    let source = buffers(0, index, size: n * n)
    let target = buffers(1, index, size: n * n)
    target.update(from: source, count: n * n)
    if n > 0, Element.factorSymmetric(lower ? "U" : "L", target, call.rows) != 0 { return false }
    for row in 0..<n {
      // A NaN is no positive pivot.
      if !(target[row * n + row] > 0) { return false }
      for column in lower ? (row + 1)..<n : 0..<row { target[row * n + column] = 0 }
    }
    return true
  }

  static func lu(_ call: HostCall) throws -> HostRoutine {
    let matrices = try MatrixCall(call)
    return try MatrixCall.routine(
      call, float32: { lu(matrices, $0, $1) }, float64: { lu(matrices, $0, $1) })
  }

  private static func lu<Element: LAPACKScalar>(
    _ call: MatrixCall, _ buffers: MatrixBuffers<Element>, _ index: Int
  ) -> Bool {
    let (m, n, k) = (call.height, call.width, call.rank)
    let source = buffers(0, index, size: m * n)
    let packed = buffers(1, index, size: m * n)
    let pivots = buffers(2, index, size: k, as: Int32.self)
    let permutation = buffers(3, index, size: m, as: Int32.self)
    if k > 0 {
      MatrixMemory.withRoom(m * n) { (room: UnsafeMutablePointer<Element>) in
        MatrixMemory.transpose(source, m, n, to: room)
        // A pivot of zero is no failure: the factors are right.
        _ = Element.factor(room, call.rows, call.columns, pivots: pivots)
        MatrixMemory.transpose(room, n, m, to: packed)
      }
    }
    for row in 0..<m { permutation[row] = Int32(truncatingIfNeeded: row) }
    for step in 0..<k {
      // Where all is NaN the library may name a row that there is not.
      let other = min(max(Int(pivots[step]) - 1, step), m - 1)
      pivots[step] = Int32(truncatingIfNeeded: other)
      (permutation[step], permutation[other]) = (permutation[other], permutation[step])
    }
    return true
  }

  static func qr(_ rule: QROp, _ call: HostCall) throws -> HostRoutine {
    let matrices = try MatrixCall(call)
    return try MatrixCall.routine(
      call, float32: { qr(rule.full, matrices, $0, $1) }, float64: { qr(rule.full, matrices, $0, $1) })
  }

  /// The transpose a = rᵀ·qᵀ is an LQ factorization, whose factors lie in memory as r and q do.
  private static func qr<Element: LAPACKScalar>(
    _ full: Bool, _ call: MatrixCall, _ buffers: MatrixBuffers<Element>, _ index: Int
  ) -> Bool {
    let (m, n, k) = (call.height, call.width, call.rank)
    let count = full ? m : k
    let source = buffers(0, index, size: m * n)
    let q = buffers(1, index, size: m * count)
    let r = buffers(2, index, size: count * n)
    if k == 0 {
      if full { MatrixMemory.setIdentity(q, m) }
      r.update(repeating: 0, count: count * n)
      return true
    }
    MatrixMemory.withRoom(m * n) { (room: UnsafeMutablePointer<Element>) in
      MatrixMemory.withRoom(k) { (tau: UnsafeMutablePointer<Element>) in
        room.update(from: source, count: m * n)
        Element.orthogonalize(room, call.columns, call.rows, tau)
        for row in 0..<count {
          for column in 0..<n { r[row * n + column] = row < k && column >= row ? room[row * n + column] : 0 }
        }
        for row in 0..<m {
          for column in 0..<k { q[row * count + column] = room[row * n + column] }
        }
        Element.expandRows(q, Int32(truncatingIfNeeded: count), call.rows, Int32(truncatingIfNeeded: k), tau)
      }
    }
    for index in 0..<k where r[index * n + index] < 0 {
      MatrixMemory.negate(r + index * n, n, stride: 1)
      MatrixMemory.negate(q + index, m, stride: count)
    }
    return true
  }
}
