// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import COpenBLAS
import GraphIR

/// The element types of LAPACK, with its routines under one name. Matrices are column-major; what is returned is LAPACK's
/// `info`: 0 when all is well.
protocol LAPACKScalar: BinaryFloatingPoint, ArrayElement {
  typealias Pointer = UnsafeMutablePointer<Self>

  /// Replaces the lower ("L") or upper ("U") triangle of a symmetric matrix by its Cholesky factor.
  static func factorSymmetric(_ triangle: Character, _ a: Pointer, _ n: Int32) -> Int32
  /// Replaces an m×n matrix by its triangular factors; positive where a pivot is 0.
  static func factor(_ a: Pointer, _ m: Int32, _ n: Int32, pivots: UnsafeMutablePointer<Int32>) -> Int32
  /// Replaces right sides, n×count, by the solutions of equations with a factored matrix ("N") or its transpose ("T").
  static func solve(
    _ form: Character, _ a: Pointer, _ n: Int32, pivots: UnsafeMutablePointer<Int32>, _ b: Pointer,
    _ count: Int32
  )
  /// Solves equations with a row-major triangular matrix in the place of the right sides, row-major n×count.
  static func solveTriangular(
    _ a: Pointer, _ n: Int32, _ b: Pointer, _ count: Int32, lower: Bool, transpose: Bool, unitDiagonal: Bool)
  /// Replaces an m×n matrix by the factor l and the reflections of an LQ factorization.
  static func orthogonalize(_ a: Pointer, _ m: Int32, _ n: Int32, _ tau: Pointer)
  /// Replaces the first k rows, reflections, by m rows of the orthogonal matrix, m×n.
  static func expandRows(_ a: Pointer, _ m: Int32, _ n: Int32, _ k: Int32, _ tau: Pointer)
  /// The singular values of an m×n matrix, which is destroyed, and its singular vectors: min(m, n) of each ("S") or all
  /// ("A").
  static func decompose(
    _ job: Character, _ a: Pointer, _ m: Int32, _ n: Int32, _ s: Pointer, _ u: Pointer, _ vt: Pointer,
    _ vtRows: Int32
  ) -> Int32
  /// Replaces a symmetric matrix, given by its upper triangle, by its eigenvectors.
  static func diagonalize(_ a: Pointer, _ n: Int32, _ w: Pointer) -> Int32
}

extension LAPACKScalar {
  /// Calls a routine twice: to ask for the workspace that it wants, and with it.
  fileprivate static func withWorkspace(_ call: (_ work: Pointer, _ count: Int32) -> Void) {
    var wanted: Self = 0
    call(&wanted, -1)
    // Large counts are rounded in f32, perhaps down.
    let count = Int(wanted) + Int(wanted) / 1_000_000 + 1
    withUnsafeTemporaryAllocation(of: Self.self, capacity: count) { work in
      if let base = work.baseAddress { call(base, Int32(clamping: count)) }
    }
  }
}

/// A letter as Fortran takes it.
private func letter(_ character: Character) -> CChar { CChar(truncatingIfNeeded: character.asciiValue ?? 0) }

extension Float: LAPACKScalar {
  static func factorSymmetric(_ triangle: Character, _ a: Pointer, _ n: Int32) -> Int32 {
    var (triangle, n, info) = (letter(triangle), n, Int32(0))
    spotrf_(&triangle, &n, a, &n, &info, 1)
    return info
  }

  static func factor(_ a: Pointer, _ m: Int32, _ n: Int32, pivots: UnsafeMutablePointer<Int32>) -> Int32 {
    var (m, n, info) = (m, n, Int32(0))
    sgetrf_(&m, &n, a, &m, pivots, &info)
    return info
  }

  static func solve(
    _ form: Character, _ a: Pointer, _ n: Int32, pivots: UnsafeMutablePointer<Int32>, _ b: Pointer,
    _ count: Int32
  ) {
    var (form, n, count, info) = (letter(form), n, count, Int32(0))
    sgetrs_(&form, &n, &count, a, &n, pivots, b, &n, &info, 1)
  }

  static func solveTriangular(
    _ a: Pointer, _ n: Int32, _ b: Pointer, _ count: Int32, lower: Bool, transpose: Bool, unitDiagonal: Bool
  ) {
    cblas_strsm(
      CblasRowMajor, CblasLeft, lower ? CblasLower : CblasUpper, transpose ? CblasTrans : CblasNoTrans,
      unitDiagonal ? CblasUnit : CblasNonUnit, n, count, 1, a, n, b, count)
  }

  static func orthogonalize(_ a: Pointer, _ m: Int32, _ n: Int32, _ tau: Pointer) {
    var (m, n, info) = (m, n, Int32(0))
    withWorkspace { work, count in
      var count = count
      sgelqf_(&m, &n, a, &m, tau, work, &count, &info)
    }
  }

  static func expandRows(_ a: Pointer, _ m: Int32, _ n: Int32, _ k: Int32, _ tau: Pointer) {
    var (m, n, k, info) = (m, n, k, Int32(0))
    withWorkspace { work, count in
      var count = count
      sorglq_(&m, &n, &k, a, &m, tau, work, &count, &info)
    }
  }

  static func decompose(
    _ job: Character, _ a: Pointer, _ m: Int32, _ n: Int32, _ s: Pointer, _ u: Pointer, _ vt: Pointer,
    _ vtRows: Int32
  ) -> Int32 {
    var (job, m, n, vtRows, info) = (letter(job), m, n, vtRows, Int32(0))
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 8 * Int(min(m, n))) { integers in
      withWorkspace { work, count in
        var count = count
        sgesdd_(
          &job, &m, &n, a, &m, s, u, &m, vt, &vtRows, work, &count, integers.baseAddress, &info, 1)
      }
    }
    return info
  }

  static func diagonalize(_ a: Pointer, _ n: Int32, _ w: Pointer) -> Int32 {
    var (job, triangle, n, info) = (letter("V"), letter("U"), n, Int32(0))
    var integerCount = 3 + 5 * n
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: Int(integerCount)) { integers in
      withWorkspace { work, count in
        var count = count
        ssyevd_(
          &job, &triangle, &n, a, &n, w, work, &count, integers.baseAddress, &integerCount, &info, 1, 1)
      }
    }
    return info
  }
}

extension Double: LAPACKScalar {
  static func factorSymmetric(_ triangle: Character, _ a: Pointer, _ n: Int32) -> Int32 {
    var (triangle, n, info) = (letter(triangle), n, Int32(0))
    dpotrf_(&triangle, &n, a, &n, &info, 1)
    return info
  }

  static func factor(_ a: Pointer, _ m: Int32, _ n: Int32, pivots: UnsafeMutablePointer<Int32>) -> Int32 {
    var (m, n, info) = (m, n, Int32(0))
    dgetrf_(&m, &n, a, &m, pivots, &info)
    return info
  }

  static func solve(
    _ form: Character, _ a: Pointer, _ n: Int32, pivots: UnsafeMutablePointer<Int32>, _ b: Pointer,
    _ count: Int32
  ) {
    var (form, n, count, info) = (letter(form), n, count, Int32(0))
    dgetrs_(&form, &n, &count, a, &n, pivots, b, &n, &info, 1)
  }

  static func solveTriangular(
    _ a: Pointer, _ n: Int32, _ b: Pointer, _ count: Int32, lower: Bool, transpose: Bool, unitDiagonal: Bool
  ) {
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, lower ? CblasLower : CblasUpper, transpose ? CblasTrans : CblasNoTrans,
      unitDiagonal ? CblasUnit : CblasNonUnit, n, count, 1, a, n, b, count)
  }

  static func orthogonalize(_ a: Pointer, _ m: Int32, _ n: Int32, _ tau: Pointer) {
    var (m, n, info) = (m, n, Int32(0))
    withWorkspace { work, count in
      var count = count
      dgelqf_(&m, &n, a, &m, tau, work, &count, &info)
    }
  }

  static func expandRows(_ a: Pointer, _ m: Int32, _ n: Int32, _ k: Int32, _ tau: Pointer) {
    var (m, n, k, info) = (m, n, k, Int32(0))
    withWorkspace { work, count in
      var count = count
      dorglq_(&m, &n, &k, a, &m, tau, work, &count, &info)
    }
  }

  static func decompose(
    _ job: Character, _ a: Pointer, _ m: Int32, _ n: Int32, _ s: Pointer, _ u: Pointer, _ vt: Pointer,
    _ vtRows: Int32
  ) -> Int32 {
    var (job, m, n, vtRows, info) = (letter(job), m, n, vtRows, Int32(0))
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 8 * Int(min(m, n))) { integers in
      withWorkspace { work, count in
        var count = count
        dgesdd_(
          &job, &m, &n, a, &m, s, u, &m, vt, &vtRows, work, &count, integers.baseAddress, &info, 1)
      }
    }
    return info
  }

  static func diagonalize(_ a: Pointer, _ n: Int32, _ w: Pointer) -> Int32 {
    var (job, triangle, n, info) = (letter("V"), letter("U"), n, Int32(0))
    var integerCount = 3 + 5 * n
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: Int(integerCount)) { integers in
      withWorkspace { work, count in
        var count = count
        dsyevd_(
          &job, &triangle, &n, a, &n, w, work, &count, integers.baseAddress, &integerCount, &info, 1, 1)
      }
    }
    return info
  }
}
