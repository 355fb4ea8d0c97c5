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

  static let matrixProduct: MatrixProductFunction = { product, a, b, c in
    let product = product.assumingMemoryBound(to: MatrixProduct.self).pointee
    switch product.dtype {
    case .float32:
      BLAS.multiply(product, a, b, c, gemm: cblas_sgemm, gemv: cblas_sgemv, zero: Float(0), one: 1)
    case .float64:
      BLAS.multiply(product, a, b, c, gemm: cblas_dgemm, gemv: cblas_dgemv, zero: Double(0), one: 1)
    case .bool, .uint8, .int8, .int32, .int64, .uint32, .float16, .bfloat16, .string:
      preconditionFailure("matrix products of \(product.dtype) are kernels")
    }
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
    _ product: MatrixProduct, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer,
    gemm: GEMM<T>, gemv: GEMV<T>, zero: T, one: T
  ) {
    let (m, n, k) = (product.m, product.n, product.k)
    guard product.batch > 0, m > 0, n > 0 else { return }
    let a = a.assumingMemoryBound(to: T.self)
    let b = b.assumingMemoryBound(to: T.self)
    let c = c.assumingMemoryBound(to: T.self)
    guard k > 0 else { return c.update(repeating: zero, count: product.batch * m * n) }
    guard let m32 = Int32(exactly: m), let n32 = Int32(exactly: n), let k32 = Int32(exactly: k) else {
      return multiplyPlainly(product, a, b, c)
    }
    let (rowA, rowB) = (product.transposeA ? m32 : k32, product.transposeB ? k32 : n32)
    let (turnA, turnB) = (transposition(product.transposeA), transposition(product.transposeB))
    for index in 0..<product.batch {
      let (a, b, c) = (a + index * m * k, b + index * k * n, c + index * m * n)
      if m == 1 {
        // c = op(b)ᵀ · a, whose matrix gemm would pack for one use: measured 4 times as slow.
        gemv(
          CblasRowMajor, transposition(!product.transposeB), product.transposeB ? n32 : k32, rowB, one, b,
          rowB,
          a, 1, zero, c, 1)
      } else if n == 1 {
        gemv(
          CblasRowMajor, turnA, product.transposeA ? k32 : m32, rowA, one, a, rowA, b, 1, zero, c, 1)
      } else {
        gemm(CblasRowMajor, turnA, turnB, m32, n32, k32, one, a, rowA, b, rowB, zero, c, n32)
      }
    }
  }

  private static func transposition(_ isTransposed: Bool) -> CBLAS_TRANSPOSE {
    isTransposed ? CblasTrans : CblasNoTrans
  }

  /// For extents that the library's 32-bit integers cannot hold.
  private static func multiplyPlainly<T: FloatingPoint>(
    _ product: MatrixProduct, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ c: UnsafeMutablePointer<T>
  ) {
    let (m, n, k) = (product.m, product.n, product.k)
    for index in 0..<product.batch {
      let (a, b, c) = (a + index * m * k, b + index * k * n, c + index * m * n)
      for row in 0..<m {
        for column in 0..<n {
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
}
