// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Linear algebra; the values are NumPy's, up to the signs that are fixed here.
@Suite("Linear algebra")
struct LinearAlgebraTests {
  let graph = Graph()

  private func matrix(_ rows: [[Double]]) -> Tensor {
    graph.constant(NDArray(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0]))
  }

  private func expect(
    _ tensor: Tensor, _ numbers: [Double], feeding feeds: [Tensor: NDArray] = [:],
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let values = try tensor.numbers(feeding: feeds)
    #expect(isClose(values, numbers, within: 1e-13), "\(values)", sourceLocation: sourceLocation)
  }

  @Test("Factors of matrices")
  func factors() throws {
    let a = matrix([[4, 2, -2], [2, 5, 1], [-2, 1, 6]])
    try expect(cholesky(a), [2, 0, 0, 1, 2, 0, -1, 1, 2])
    try expect(cholesky(a, upper: true), [2, 1, -1, 0, 2, 1, 0, 0, 2])
    let (permutation, lower, upper) = lu(matrix([[2, 1, 1], [4, 3, 3], [8, 7, 9]]))
    #expect(try permutation.numbers() == [2, 0, 1])
    try expect(lower, [1, 0, 0, 0.25, 1, 0, 0.5, 2.0 / 3, 1])
    try expect(upper, [8, 7, 9, 0, -0.75, -1.25, 0, 0, -2.0 / 3])
    let tall = lu(matrix([[1, 2], [2, 2], [4, 4]]))
    #expect(tall.lower.shape == [3, 2] && tall.upper.shape == [2, 2])
    try expect(matmul(tall.lower, tall.upper), [4, 4, 1, 2, 2, 2])
    let (q, r) = qr(matrix([[3, -1], [4, 2], [0, 5]]))
    try expect(matmul(q, r), [3, -1, 4, 2, 0, 5])
    #expect(qr(matrix([[3, -1], [4, 2], [0, 5]]), full: true).q.shape == [3, 3])
    let (u, s, vt) = svd(matrix([[3, 1, 1], [-1, 3, 1]]))
    try expect(s, [Double(12).squareRoot(), Double(10).squareRoot()])
    try expect(matmul(u * s, vt), [3, 1, 1, -1, 3, 1])
    let (values, vectors) = eigh(a)
    try expect(values, [1.388_141_290_195_956_2, 6.341_324_689_288_878, 7.270_534_020_515_166])
    try expect(matmul(a, vectors) - vectors * values, [Double](repeating: 0, count: 9))
    // Integers count as f32.
    #expect(cholesky(graph.constant([[4, 2], [2, 2]])).dtype == .float32)
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("What is not symmetric counts as its symmetric part")
  func symmetry() throws {
    try expect(cholesky(matrix([[4, 0], [4, 2]])), [2, 0, 1, 1])
    let x = graph.placeholder(.float64, [2, 2])
    let gradient = graph.gradients(of: cholesky(x).sum(), withRespectTo: [x])[0]
    let values = try gradient.numbers(feeding: [x: NDArray([4.0, 2, 2, 2], shape: [2, 2])])
    #expect(values[1] == values[2])
  }

  @Test("Equations")
  func equations() throws {
    let a = matrix([[2, 1, 1], [4, 3, 3], [8, 7, 9]])
    try expect(solve(a, matrix([[4, 1], [10, 3], [24, 9]])), [1, 0, 1, 0, 1, 1])
    try expect(solve(a, graph.constant(NDArray([4.0, 10, 24]))), [1, 1, 1])
    #expect(solve(a, graph.constant(NDArray([4.0, 10, 24]))).shape == [3])
    try expect(inverse(matrix([[2, 1], [1, 1]])), [1, -1, -1, 2])
    let t = matrix([[2, 9], [3, 4]])
    try expect(triangularSolve(t, graph.constant(NDArray([2.0, 7]))), [1, 1])
    try expect(triangularSolve(t, graph.constant(NDArray([2.0, 7])), transpose: true), [-1.625, 1.75])
    // A batch of vectors, and a batch that is broadcast.
    let batch = stack([matrix([[2, 0], [0, 4]]), matrix([[1, 0], [1, 1]])])
    try expect(solve(batch, matrix([[2, 4], [3, 5]])), [1, 1, 3, 2])
    let spread = solve(batch, matrix([[2, 4], [4, 8]]).reshaped(to: [1, 2, 2]))
    #expect(spread.shape == [2, 2, 2])
    try expect(spread, [1, 2, 1, 2, 2, 4, 2, 4])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Determinants")
  func determinants() throws {
    let a = matrix([[2, 1, 1], [4, 3, 3], [8, 7, 9]])
    try expect(determinant(a), [4])
    let (sign, logarithm) = logDeterminant(-a)
    #expect(try sign.numbers() == [-1])
    try expect(logarithm, [1.386_294_361_119_890_6])
    #expect(try determinant(matrix([[1, 2], [2, 4]])).numbers() == [0])
    let singular = logDeterminant(matrix([[1, 2], [2, 4]]))
    #expect(try singular.sign.numbers() == [0] && singular.logarithm.numbers() == [-.infinity])
    #expect(try determinant(graph.zeros([2, 0, 0])).numbers() == [1, 1])
  }

  @Test(
    "The gradient of a determinant is the matrix of cofactors, of singular matrices too",
    arguments: [
      ([2, 1, 1, 3], [3, -1, -1, 2]), ([1, 2, 2, 4], [4, -2, -2, 1]), ([0, 1, 0, 0], [0, 0, -1, 0]),
      ([0, 0, 0, 0], [0, 0, 0, 0]), ([0, 0, 5, 3], [3, -5, 0, 0]),
      ([0, 0, 0, 0, 1, 0, 0, 0, 2], [2, 0, 0, 0, 0, 0, 0, 0, 0]),
      ([1, 2, 3, 4, 5, 6, 7, 8, 9], [-3, 6, -3, 6, -12, 6, -3, 6, -3]),
    ] as [([Double], [Double])])
  func cofactors(elements: [Double], cofactors: [Double]) throws {
    let n = elements.count == 4 ? 2 : 3
    let x = graph.placeholder(.float64, [nil, nil])
    let gradient = graph.gradients(of: determinant(x), withRespectTo: [x])[0]
    try expect(gradient, cofactors, feeding: [x: NDArray(elements, shape: [n, n])])
  }

  @Test("Least squares, pseudoinverses, ranks and powers")
  func functions() throws {
    let a = matrix([[1, 2], [3, 4], [5, 6.5]])
    let pinv = pseudoInverse(a)
    try expect(
      pinv,
      [
        -1.863_636_363_636_364_6, 0.045_454_545_454_546_02, 0.545_454_545_454_545_3, 1.424_242_424_242_425_2,
        0.030_303_030_303_029_89, -0.303_030_303_030_302_9,
      ])
    let b = graph.constant(NDArray([1.0, 0, 2]))
    let x = leastSquares(a, b)
    #expect(x.shape == [2])
    try expect(x, [-0.772_727_272_727_273_2, 0.818_181_818_181_818_1])
    let shortest = leastSquares(a.transposed(), graph.constant(NDArray([1.0, 2])))
    try expect(shortest, [0.984_848_484_848_484_4, 0.106_060_606_060_605_92, -0.060_606_060_606_060_344])
    #expect(try matrixRank(matrix([[1, 2], [2, 4]])).numbers() == [1])
    #expect(
      try matrixRank(stack([matrix([[1, 0], [0, 1]]), matrix([[0, 0], [0, 0]])])).numbers() == [2, 0])
    #expect(try matrixRank(matrix([[1, 0], [0, 1e-3]]), relativeTolerance: 0.01).numbers() == [1])
    let m = matrix([[2, 1], [1, 3]])
    try expect(matrixPower(m, 5), [175, 275, 275, 450])
    try expect(matrixPower(m, -2), [0.4, -0.2, -0.2, 0.2])
    #expect(try matrixPower(m, 0).numbers() == [1, 0, 0, 1])
    #expect(matrixPower(m, 1) == m)
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Norms of matrices")
  func norms() throws {
    let m = matrix([[1, -2, 3], [4, 0, -1.5]])
    let expected: [(MatrixNorm, Double)] = [
      (.frobenius, 5.678_908_345_800_274), (.nuclear, 8.012_683_109_754_242),
      (.spectral, 4.278_788_514_237_603), (.leastSingular, 3.733_894_595_516_639_4),
      (.greatestColumn, 5), (.leastColumn, 2), (.greatestRow, 6), (.leastRow, 5.5),
    ]
    for (kind, value) in expected {
      let norm = try matrixNorm(m, kind).numbers()[0]
      #expect(abs(norm - value) < 1e-13, "\(kind): \(norm)")
    }
    let batch = stack([m, 2 * m], axis: 1)
    try expect(matrixNorm(batch, .greatestRow, axes: (0, 2)), [6, 12])
    #expect(matrixNorm(batch, .nuclear, axes: (0, 2), keepDims: true).shape == [1, 2, 1])
    #expect(try matrixNorm(graph.zeros([0, 0]), .nuclear).numbers() == [0])
    let x = graph.placeholder(.float64, [2, 3])
    let gradient = graph.gradients(of: normNuclear(x), withRespectTo: [x])[0]
    let feed = NDArray([1, -2, 3, 4, 0, -1.5], shape: [2, 3])
    try expect(
      gradient,
      [
        0.282_986_734_329_553_07, -0.534_727_129_057_209_6, 0.796_232_004_910_460_8,
        0.940_563_107_256_595_4, -0.007_811_584_900_474_133_5, -0.339_529_115_701_672_93,
      ], feeding: [x: feed])
    let zero = graph.gradients(of: matrixNorm(x), withRespectTo: [x])[0]
    #expect(
      try zero.numbers(feeding: [x: NDArray([Double](repeating: 0, count: 6), shape: [2, 3])]).allSatisfy {
        $0 == 0
      })
  }

  @Test("Unknown extents")
  func openExtents() throws {
    let a = graph.placeholder(.float64, [nil, nil, 2], name: "a")
    let b = graph.placeholder(.float64, [nil, 2], name: "b")
    let x = solve(a, b)
    #expect(x.shape == b.shape)
    let feeds: [Tensor: NDArray] = [
      a: NDArray([2.0, 0, 0, 4, 1, 0, 1, 1], shape: [2, 2, 2]), b: NDArray([2.0, 4, 3, 5], shape: [2, 2]),
    ]
    try expect(x, [1, 1, 3, 2], feeding: feeds)
    let (q, r) = qr(graph.placeholder(.float64, [nil, nil], name: "c"))
    #expect(matmul(q, r).shape == [nil, nil])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Mistakes are named, and failures of a run name the line and the matrix")
  func mistakes() throws {
    let x = graph.counting([2, 3])
    #expect(cholesky(x).complaint == "[cholesky.C1] cholesky: takes square matrices, got f32[2,3]")
    #expect(
      cholesky(graph.counting([3])).complaint.hasPrefix(
        "[cholesky.C1] cholesky: takes matrices of f32 or f64"))
    #expect(solve(x, x).complaint.hasPrefix("[solve.rows]") || solve(x, x).complaint.hasPrefix("[solve.C1]"))
    #expect(inverse(graph.counting([2])).complaint.hasPrefix("[solve.C1] inverse:"))
    #expect(
      determinant(x).complaint == "[determinant.square] determinant: takes square matrices, got f32[2,3]")
    #expect(
      matrixPower(x, 2).complaint == "[matrixPower.square] matrixPower: takes square matrices, got f32[2,3]")
    #expect(matrixNorm(x, axes: (0, 0)).complaint.hasPrefix("[axis.repeated] matrixNorm:"))
    #expect(svd(graph.counting([3])).s.complaint.hasPrefix("[svd.C1]"))
    let full = graph.placeholder(.float64, [3, 2])
    let gradient = graph.gradients(of: svd(full, full: true).s.sum(), withRespectTo: [full])[0]
    #expect(gradient.complaint.contains("not determined"))
    let session = try Session(graph)
    let singular = solve(matrix([[1, 2], [2, 4]]), matrix([[1], [2]]))
    do {
      _ = try session.run(singular)
      Issue.record("a singular matrix is inverted")
    } catch {
      #expect("\(error)".contains("solve: matrix 0 of the batch is singular"))
      #expect("\(error)".contains("LinearAlgebraTests.swift"))
    }
  }

  @Test("A session runs the library's routines")
  func native() throws {
    let a = graph.placeholder(.float32, [nil, 3, 3], name: "a")
    let loss = logDeterminant(matmul(a, a.swappingAxes(-2, -1)) + graph.eye(3)).logarithm.sum()
    let gradient = graph.gradients(of: loss, withRespectTo: [a])[0]
    let feed = NDArray((0..<18).map { Float(($0 * 7) % 11) / 4 - 1 }, shape: [2, 3, 3])
    let session = try Session(graph)
    let values = try session.run([loss, gradient], feeding: [a: feed])
    let reference = try graph.evaluate([loss, gradient], feeding: [a: feed])
    for (x, y) in zip(values, reference) { #expect(isClose(x.doubles, y.doubles, within: 1e-5)) }
  }
}
