// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// Matrix products against sums in twice the precision.
struct MatrixProductTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let batch, m, n, k: Int
    var testDescription: String { "\(batch) x [\(m), \(k)] [\(k), \(n)]" }
  }
  static let cases: [Case] = [
    Case(batch: 1, m: 1, n: 1, k: 1), Case(batch: 1, m: 5, n: 7, k: 9), Case(batch: 3, m: 17, n: 4, k: 33),
    Case(batch: 2, m: 1, n: 20, k: 30), Case(batch: 2, m: 20, n: 1, k: 30),
    Case(batch: 1, m: 1, n: 1, k: 500),
    Case(batch: 1, m: 33, n: 40, k: 130),
    Case(batch: 2, m: 3, n: 4, k: 0), Case(batch: 2, m: 0, n: 4, k: 5),
    Case(batch: 2, m: 3, n: 0, k: 5), Case(batch: 0, m: 3, n: 4, k: 5), Case(batch: 1, m: 1, n: 3, k: 0),
  ]

  @Test(arguments: cases, [DType.float32, .float64])
  func agreesWithASum(_ shape: Case, _ dtype: DType) throws {
    let multiply = try Backends.host.get().matrixProduct
    for (turnA, turnB) in [(false, false), (true, false), (false, true), (true, true)] {
      let (batch, m, n, k) = (shape.batch, shape.m, shape.n, shape.k)
      let a = ReductionTests.moderate(dtype, count: batch * m * k, seed: 1)
      let b = ReductionTests.moderate(dtype, count: batch * k * n, seed: 2)
      let product = MatrixProduct(
        dtype: dtype, batch: batch, m: m, n: n, k: k, transposeA: turnA, transposeB: turnB)
      let (x, y) = (GuardedMemory(dtype, a), GuardedMemory(dtype, b))
      // What is overwritten must not matter.
      let z = GuardedMemory(dtype, [UInt64](repeating: Float.nan.bits, count: batch * m * n))
      Self.perform(product, with: multiply, x.base, y.base, z.base)
      let results = NDArray(
        dtype: dtype, shape: [batch * m * n], bits: z.elements(dtype, count: batch * m * n)
      ).doubles
      let left = NDArray(dtype: dtype, shape: [a.count], bits: a).doubles
      let right = NDArray(dtype: dtype, shape: [b.count], bits: b).doubles
      let epsilon = dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
      for index in results.indices {
        let (part, row, column) = (index / (m * n), index / n % m, index % n)
        var (sum, size) = (0.0, 0.0)
        for step in 0..<k {
          let l = left[part * m * k + (turnA ? step * m + row : row * k + step)]
          let r = right[part * k * n + (turnB ? column * k + step : step * n + column)]
          sum += l * r
          size += abs(l * r)
        }
        // The bound of any order of summation, for the product and for this sum.
        #expect(abs(results[index] - sum) <= 2 * Double(k) * epsilon * size, "\(turnA) \(turnB) at \(index)")
      }
    }
  }

  /// All parts of a product.
  private static func perform(
    _ product: MatrixProduct, with multiply: MatrixProductFunction, _ a: UnsafeMutableRawPointer,
    _ b: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer
  ) {
    var product = product
    let parts = product.partCount
    withUnsafeMutablePointer(to: &product) { product in
      #expect(multiply([a, b, c, UnsafeMutableRawPointer(product)], 0, parts) == 0)
    }
  }

  /// Products of several parts, with small whole numbers, whose sums are exact in any order: a[i, s] = i % 5 + 1,
  /// b[s, j] = j % 7 − 2, so that c[i, j] is their product times k.
  @Test(arguments: [
    (1, 150, 90, 160), (1, 70, 260, 120), (1, 300, 130, 70), (1, 1, 1100, 2000), (1, 1100, 1, 2000),
  ])
  func largeProducts(_ batch: Int, _ m: Int, _ n: Int, _ k: Int) throws {
    let multiply = try Backends.host.get().matrixProduct
    let a = UnsafeMutableBufferPointer<Float>.allocate(capacity: batch * m * k)
    let b = UnsafeMutableBufferPointer<Float>.allocate(capacity: batch * k * n)
    let c = UnsafeMutableBufferPointer<Float>.allocate(capacity: batch * m * n)
    defer {
      a.deallocate()
      b.deallocate()
      c.deallocate()
    }
    for (turnA, turnB) in [(false, false), (true, false), (false, true), (true, true)] {
      for index in a.indices { a[index] = Float((turnA ? index % m : index / k % m) % 5 + 1) }
      for index in b.indices { b[index] = Float((turnB ? index / k % n : index % n) % 7 - 2) }
      c.initialize(repeating: .nan)
      let product = MatrixProduct(
        dtype: .float32, batch: batch, m: m, n: n, k: k, transposeA: turnA, transposeB: turnB)
      #expect(product.partCount > batch)
      guard let x = a.baseAddress, let y = b.baseAddress, let z = c.baseAddress else { return }
      Self.perform(
        product, with: multiply, UnsafeMutableRawPointer(x), UnsafeMutableRawPointer(y),
        UnsafeMutableRawPointer(z))
      let wrong = c.indices.filter { index in
        c[index] != Float((index / n % m % 5 + 1) * (index % n % 7 - 2) * k)
      }
      #expect(wrong.isEmpty, "\(turnA) \(turnB): \(wrong.prefix(5))")
    }
  }

  /// Parts cover each product of the batch once, and their number does not depend on anything but the shape.
  @Test(arguments: [
    (1, 1024, 1024, 1024, 16), (1, 32, 784, 512, 12), (1, 784, 512, 32, 12), (3, 32, 256, 96, 3),
    (40, 4, 4, 4, 40), (2, 300, 300, 300, 16), (1, 1, 4096, 4096, 16), (1, 4096, 1, 4096, 16),
    (1, 5000, 40, 70, 13), (0, 8, 8, 8, 0),
  ])
  func parts(_ batch: Int, _ m: Int, _ n: Int, _ k: Int, _ count: Int) {
    let product = MatrixProduct(
      dtype: .float32, batch: batch, m: m, n: n, k: k, transposeA: false, transposeB: false)
    #expect(product.partCount == count)
    #expect(product.partsPerChunk >= 1)
    var covered = [Int](repeating: 0, count: batch)
    for part in (0..<product.partCount).map(product.part) {
      #expect(part.rows.upperBound <= m && part.columns.upperBound <= n)
      #expect(!part.rows.isEmpty && !part.columns.isEmpty)
      covered[part.batch] += part.rows.count * part.columns.count
    }
    // Blocks along one axis that add up to the whole.
    #expect(covered.allSatisfy { $0 == m * n })
  }

  /// The same bits for the same product, whoever else is multiplying.
  @Test func bitsDoNotDependOnOtherThreads() async throws {
    let backend = try Backends.host.get()
    let product = MatrixProduct(
      dtype: .float32, batch: 1, m: 70, n: 90, k: 110, transposeA: false, transposeB: true)
    let a = ReductionTests.moderate(.float32, count: 70 * 110, seed: 1)
    let b = ReductionTests.moderate(.float32, count: 110 * 90, seed: 2)
    @Sendable func once() -> [UInt64] {
      let (x, y) = (GuardedMemory(.float32, a), GuardedMemory(.float32, b))
      let z = GuardedMemory(byteCount: 70 * 90 * 4)
      Self.perform(product, with: backend.matrixProduct, x.base, y.base, z.base)
      return z.elements(.float32, count: 70 * 90)
    }
    let alone = once()
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { once() == alone } }
      for await same in group { #expect(same) }
    }
  }
}
