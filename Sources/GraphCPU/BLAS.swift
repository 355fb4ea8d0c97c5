// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import COpenBLAS
import GraphIR
import GraphKernels

/// Matrix products by OpenBLAS, in the calling thread.
///
/// The library's own threads would split by their number, and the bits of a product follow from the split.
enum BLAS {
  /// Sets the library up, once for the process.
  static let isSingleThreaded: Bool = {
    openblas_set_num_threads(1)
    return true
  }()

  static let matrixProduct: MatrixProductFunction = { buffers, begin, end in
    guard let a = buffers[0], let b = buffers[1], let c = buffers[2], let product = buffers[3] else {
      return 0
    }
    let shape = product.assumingMemoryBound(to: MatrixProduct.self).pointee
    for part in begin..<end {
      switch shape.dtype {
      case .float32:
        BLAS.multiply(
          shape, shape.part(part), a, b, c, gemm: cblas_sgemm, gemv: cblas_sgemv, zero: Float(0), one: 1)
      case .float64:
        BLAS.multiply(
          shape, shape.part(part), a, b, c, gemm: cblas_dgemm, gemv: cblas_dgemv, zero: Double(0), one: 1)
      case .bool, .uint8, .int8, .int32, .int64, .uint32, .float16, .bfloat16, .string:
        preconditionFailure("matrix products of \(shape.dtype) are kernels")
      }
    }
    return 0
  }

  private typealias Pointer<T> = UnsafePointer<T>
  private typealias GEMM<T> = (
    CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, Int32, Int32, Int32, T, UnsafePointer<T>?, Int32,
    UnsafePointer<T>?, Int32, T, UnsafeMutablePointer<T>?, Int32
  ) -> Void
  private typealias GEMV<T> = (
    CBLAS_LAYOUT, CBLAS_TRANSPOSE, Int32, Int32, T, UnsafePointer<T>?, Int32, UnsafePointer<T>?, Int32, T,
    UnsafeMutablePointer<T>?, Int32
  ) -> Void

  private static func multiply<T: FloatingPoint>(
    _ product: MatrixProduct, _ part: MatrixProduct.Part, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeMutableRawPointer, gemm: GEMM<T>, gemv: GEMV<T>, zero: T, one: T
  ) {
    let (m, n, k) = (product.m, product.n, product.k)
    let (rows, columns) = (part.rows, part.columns)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let a = a.assumingMemoryBound(to: T.self) + part.batch * m * k
    let b = b.assumingMemoryBound(to: T.self) + part.batch * k * n
    let c = c.assumingMemoryBound(to: T.self) + part.batch * m * n
    guard k > 0 else { return c.update(repeating: zero, count: m * n) }
    guard let m32 = Int32(exactly: m), let n32 = Int32(exactly: n), let k32 = Int32(exactly: k) else {
      return multiplyPlainly(product, part, a, b, c)
    }
    let (rowA, rowB) = (product.transposeA ? m32 : k32, product.transposeB ? k32 : n32)
    let (turnA, turnB) = (transposition(product.transposeA), transposition(product.transposeB))
    let (height, width) = (Int32(rows.count), Int32(columns.count))
    let left = a + (product.transposeA ? rows.lowerBound : rows.lowerBound * k)
    let right = b + (product.transposeB ? columns.lowerBound * k : columns.lowerBound)
    let result = c + rows.lowerBound * n + columns.lowerBound
    if m == 1 {
      // c = op(b)ᵀ · a, whose matrix gemm would pack for one use: measured 4 times as slow.
      gemv(
        CblasRowMajor, transposition(!product.transposeB), product.transposeB ? width : k32,
        product.transposeB ? k32 : width, one, right, rowB, left, 1, zero, result, 1)
    } else if n == 1 {
      gemv(
        CblasRowMajor, turnA, product.transposeA ? k32 : height, product.transposeA ? height : k32, one, left,
        rowA, right, 1, zero, result, 1)
    } else {
      gemm(
        CblasRowMajor, turnA, turnB, height, width, k32, one, left, rowA, right, rowB, zero, result, n32)
    }
  }

  private static func transposition(_ isTransposed: Bool) -> CBLAS_TRANSPOSE {
    isTransposed ? CblasTrans : CblasNoTrans
  }

  /// For extents that the library's 32-bit integers cannot hold.
  private static func multiplyPlainly<T: FloatingPoint>(
    _ product: MatrixProduct, _ part: MatrixProduct.Part, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>,
    _ c: UnsafeMutablePointer<T>
  ) {
    let (m, n, k) = (product.m, product.n, product.k)
    for row in part.rows {
      for column in part.columns {
        var sum: T = 0
        for step in 0..<k {
          let x = a[product.transposeA ? step * m + row : row * k + step]
          sum.addProduct(x, b[product.transposeB ? column * k + step : step * n + column])
        }
        c[row * n + column] = sum
      }
    }
  }
}
