// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// What gradients of the public functions on matrices say, at both orders and by both engines, against finite differences.
@Suite("Gradients of linear algebra")
struct LinearAlgebraGradientTests {
  /// Matrices far from singular ones, whose singular values and eigenvalues differ.
  private static func matrices(_ batch: [Int], _ m: Int, _ n: Int) -> NDArray {
    let count = batch.reduce(1, *)
    let numbers = (0..<count * m * n).map { (index: Int) -> Double in
      let (row, column) = (index / n % m, index % n)
      let noise = (Double(index + 1) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) - 0.5
      return (row == column ? 2 + Double(row) : 0) + noise
    }
    return NDArray(numbers, shape: batch + [m, n])
  }

  private static let squareMatrices = [matrices([], 3, 3), matrices([2], 2, 2)]

  /// Everything in a row.
  private static func joined(_ parts: Tensor...) -> Tensor {
    concatenate(parts.map { $0.flattened() }, axis: 0)
  }

  @Test("Equations, inverses, determinants", arguments: squareMatrices)
  func equations(a: NDArray) throws {
    let sides = spread(a.shape)
    try expectGradients([a, sides]) { solve($0[0], $0[1]) }
    try expectGradients([a, spread([a.shape[a.rank - 1]])]) { solve($0[0], $0[1]) }
    for (lower, transpose) in [(true, false), (false, true)] {
      try expectGradients([a, sides]) { triangularSolve($0[0], $0[1], lower: lower, transpose: transpose) }
    }
    try expectGradients([a]) { inverse($0[0]) }
    try expectGradients([a]) { determinant($0[0]) }
    try expectGradients([a]) { logDeterminant($0[0]).logarithm }
    try expectGradients([a]) { matrixPower($0[0], 3) }
    try expectGradients([a]) { matrixPower($0[0], -2) }
  }

  @Test("Factors of square matrices", arguments: squareMatrices)
  func factors(a: NDArray) throws {
    try expectGradients([a]) { cholesky($0[0]) }
    try expectGradients([a]) { cholesky($0[0], upper: true) }
    try expectGradients([a]) {
      let (values, vectors) = eigh($0[0])
      return Self.joined(values, vectors)
    }
    try expectGradients([a]) {
      let (_, lower, upper) = lu($0[0])
      return Self.joined(lower, upper)
    }
  }

  @Test("Factors and functions of tall, wide and square matrices", arguments: [(3, 3), (4, 2), (2, 3)])
  func rectangular(m: Int, n: Int) throws {
    let a = Self.matrices([], m, n)
    try expectGradients([a]) {
      let (q, r) = qr($0[0])
      return Self.joined(q, r)
    }
    try expectGradients([a]) {
      let (u, s, vt) = svd($0[0])
      return Self.joined(u, s, vt)
    }
    try expectGradients([a]) { pseudoInverse($0[0]) }
    try expectGradients([a, spread([m, 2])]) { leastSquares($0[0], $0[1]) }
    for kind in [MatrixNorm.frobenius, .nuclear, .spectral, .leastSingular, .greatestColumn, .greatestRow] {
      try expectGradients([a]) { matrixNorm($0[0], kind) }
    }
  }

  @Test("Quantiles and medians")
  func quantiles() throws {
    let x = spread([3, 5])
    try expectGradients([x, NDArray([0.3, 0.8])]) { square(quantile($0[0], $0[1], axis: 1)) }
    try expectGradients([x]) { square(median($0[0], axis: 0)) }
    try expectGradients([x]) { square(lowerMedian($0[0], axis: 1).values) }
    try expectGradients([spread([6])]) { weights in
      square(bincount(weights[0].graph.constant([0, 2, 2, 1, 7, 0]), count: 3, weights: weights[0]))
    }
  }
}
