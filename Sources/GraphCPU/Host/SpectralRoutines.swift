// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Singular values and eigenvalues.
enum SpectralRoutines {
  static func svd(_ rule: SVDOp, _ call: HostCall) throws -> HostRoutine {
    let matrices = try MatrixCall(call)
    return try MatrixCall.routine(
      call, float32: { svd(rule.full, matrices, $0, $1) }, float64: { svd(rule.full, matrices, $0, $1) })
  }

  /// The transpose, which LAPACK sees, is v·s·uᵀ; its factors lie in memory as vᵀ and u do.
  private static func svd<Element: LAPACKScalar>(
    _ full: Bool, _ call: MatrixCall, _ buffers: MatrixBuffers<Element>, _ index: Int
  ) -> Bool {
    let (m, n, k) = (call.height, call.width, call.rank)
    let (uCount, vCount) = full ? (m, n) : (k, k)
    let source = buffers(0, index, size: m * n)
    let u = buffers(1, index, size: m * uCount)
    let s = buffers(2, index, size: k)
    let vt = buffers(3, index, size: vCount * n)
    if k == 0 {
      if full {
        MatrixMemory.setIdentity(u, m)
        MatrixMemory.setIdentity(vt, n)
      }
      return true
    }
    for position in 0..<m * n where !source[position].isFinite { return false }
    let info = MatrixMemory.withRoom(m * n) { (room: UnsafeMutablePointer<Element>) in
      room.update(from: source, count: m * n)
      return Element.decompose(
        full ? "A" : "S", room, call.columns, call.rows, s, vt, u, Int32(truncatingIfNeeded: uCount))
    }
    for column in 0..<uCount where MatrixMemory.isNegative(u + column, m, stride: uCount) {
      MatrixMemory.negate(u + column, m, stride: uCount)
      if column < k { MatrixMemory.negate(vt + column * n, n, stride: 1) }
    }
    for row in k..<max(vCount, k) where MatrixMemory.isNegative(vt + row * n, n, stride: 1) {
      MatrixMemory.negate(vt + row * n, n, stride: 1)
    }
    return info == 0
  }

  static func eigh(_ call: HostCall) throws -> HostRoutine {
    let matrices = try MatrixCall(call)
    return try MatrixCall.routine(
      call, float32: { eigh(matrices, $0, $1) }, float64: { eigh(matrices, $0, $1) })
  }

  private static func eigh<Element: LAPACKScalar>(
    _ call: MatrixCall, _ buffers: MatrixBuffers<Element>, _ index: Int
  ) -> Bool {
    let n = call.height
    if n == 0 { return true }
    let source = buffers(0, index, size: n * n)
    let w = buffers(1, index, size: n)
    let v = buffers(2, index, size: n * n)
    for row in 0..<n {
      for column in 0...row where !source[row * n + column].isFinite { return false }
    }
    return MatrixMemory.withRoom(n * n) { (room: UnsafeMutablePointer<Element>) in
      room.update(from: source, count: n * n)
      let info = Element.diagonalize(room, call.rows, w)
      for row in 0..<n where MatrixMemory.isNegative(room + row * n, n, stride: 1) {
        MatrixMemory.negate(room + row * n, n, stride: 1)
      }
      MatrixMemory.transpose(room, n, n, to: v)
      return info == 0
    }
  }
}
