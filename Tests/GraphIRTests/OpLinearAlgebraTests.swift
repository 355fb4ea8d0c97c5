// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// Factorizations and equations; the values are those of NumPy and SciPy, up to the signs that the ops fix.
@Suite struct OpLinearAlgebraTests {
  private func results(of expression: String, _ operands: [NDArray], count: Int) throws -> [NDArray] {
    let names = ["a", "b"]
    let parameters = zip(names, operands).map { "  param %\($0): \($1.type)\n" }.joined()
    let statement = count == 1 ? "%0" : "%0:\(count)"
    let values = count == 1 ? ["%0"] : (0..<count).map { "%0#\($0)" }
    let text =
      "module @m {\n\(parameters)  \(statement) = \(expression)\n"
      + values.map { "  result \($0)\n" }.joined() + "}"
    return try Interpreter.run(ModuleParser.parse(text), parameters: operands).results
  }

  private func expect(
    _ actual: NDArray, _ expected: [[Double]], sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let wanted = expected.flatMap { $0 }
    #expect(actual.count == wanted.count, sourceLocation: sourceLocation)
    for (x, y) in zip(actual.doubles, wanted) {
      #expect(abs(x - y) < 4e-15 * max(1, abs(y)), "\(actual)", sourceLocation: sourceLocation)
    }
  }

  private func matrix(_ rows: [[Double]]) -> NDArray {
    NDArray(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
  }

  @Test func choleskyOfEitherTriangle() throws {
    // Ones where nobody reads.
    let a = matrix([[4, 1, 1], [2, 5, 1], [-2, 1, 6]])
    let factor: [[Double]] = [[2, 0, 0], [1, 2, 0], [-1, 1, 2]]
    expect(try results(of: "cholesky %a {lower = true}", [a], count: 1)[0], factor)
    let upper = matrix([[4, 2, -2], [1, 5, 1], [1, 1, 6]])
    expect(
      try results(of: "cholesky %a {lower = false}", [upper], count: 1)[0],
      [[2, 1, -1], [0, 2, 1], [0, 0, 2]])
    let single = NDArray([Float(4), 2, 2, 2], shape: [2, 2])
    #expect(try results(of: "cholesky %a {lower = true}", [single], count: 1)[0].floats == [2, 0, 1, 1])
  }

  @Test func triangularEquations() throws {
    let a = matrix([[2, 9, 9], [3, 4, 9], [1, -1, 0.5]])
    let b = matrix([[2], [7], [1]])
    let solve = { (transpose: Bool, unit: Bool) in
      try results(
        of: "triangularSolve %a, %b {lower = true, transpose = \(transpose), unitDiagonal = \(unit)}",
        [a, b],
        count: 1)[0]
    }
    expect(try solve(false, false), [[1], [1], [2]])
    expect(try solve(true, false), [[-3.375], [2.25], [2]])
    expect(try solve(false, true), [[2], [1], [0]])
    let upper = try results(
      of: "triangularSolve %a, %b {lower = false, transpose = false, unitDiagonal = false}",
      [matrix([[2, 1], [9, 4]]), matrix([[4, 2], [8, 4]])], count: 1)[0]
    expect(upper, [[1, 0.5], [2, 1]])
  }

  @Test func equationsAndElimination() throws {
    let a = matrix([[2, 1, 1], [4, 3, 3], [8, 7, 9]])
    expect(
      try results(
        of: "solve %a, %b {transpose = false}", [a, matrix([[4, 1], [10, 3], [24, 9]])], count: 1)[0],
      [[1, 0], [1, 0], [1, 1]])
    expect(
      try results(of: "solve %a, %b {transpose = true}", [a, matrix([[1], [2], [3]])], count: 1)[0],
      [[-1.5], [0], [0.5]])
    let lu = try results(of: "lu %a", [a], count: 3)
    expect(lu[0], [[8, 7, 9], [0.25, -0.75, -1.25], [0.5, 2.0 / 3, -2.0 / 3]])
    #expect(lu[1] == [2, 2, 2] && lu[2] == [2, 0, 1])
    // A singular matrix, a tall one and a wide one.
    let singular = try results(of: "lu %a", [matrix([[0, 1], [0, 2]])], count: 3)
    expect(singular[0], [[0, 1], [0, 2]])
    #expect(singular[1] == [0, 1])
    let tall = try results(of: "lu %a", [matrix([[1, 2], [2, 2], [4, 4]])], count: 3)
    expect(tall[0], [[4, 4], [0.25, 1], [0.5, 0]])
    #expect(tall[1] == [2, 2] && tall[2] == [2, 0, 1])
    #expect(try results(of: "lu %a", [matrix([[1, 2, 3]])], count: 3).map(\.shape) == [[1, 3], [1], [1]])
  }

  @Test func orthogonalFactors() throws {
    let a = matrix([[3, -1], [4, 2], [0, 5]])
    let reduced = try results(of: "qr %a {full = false}", [a], count: 2)
    expect(
      reduced[0],
      [[0.6, -0.297_112_541_083_282_96], [0.8, 0.222_834_405_812_462_2], [0, 0.928_476_690_885_259_3]])
    expect(reduced[1], [[5, 1], [0, 5.385_164_807_134_505]])
    let full = try results(of: "qr %a {full = true}", [a], count: 2)
    #expect(full.map(\.shape) == [[3, 3], [3, 2]])
    let q = full[0].doubles
    for i in 0..<3 {
      for j in 0..<3 {
        let product = (0..<3).reduce(0) { $0 + q[$1 * 3 + i] * q[$1 * 3 + j] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-15)
      }
    }
    let wide = try results(of: "qr %a {full = false}", [matrix([[0, -2, 1], [3, 0, 0]])], count: 2)
    expect(wide[0], [[0, -1], [1, 0]])
    expect(wide[1], [[3, 0, 0], [0, 2, -1]])
  }

  @Test func singularValues() throws {
    let half = Double(0.5).squareRoot()
    let svd = try results(of: "svd %a {full = false}", [matrix([[3, 1, 1], [-1, 3, 1]])], count: 3)
    expect(svd[0], [[half, half], [half, -half]])
    expect(svd[1], [[Double(12).squareRoot(), Double(10).squareRoot()]])
    expect(
      svd[2],
      [
        [0.408_248_290_463_863, 0.816_496_580_927_726, 0.408_248_290_463_863],
        [0.894_427_190_999_916, -0.447_213_595_499_958, 0],
      ])
    // Rank one: the other vectors complete a basis.
    let low = try results(of: "svd %a {full = true}", [matrix([[2, 0], [0, 0], [0, 0]])], count: 3)
    #expect(low.map(\.shape) == [[3, 3], [2], [2, 2]])
    expect(low[1], [[2, 0]])
    expect(low[0], [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
  }

  @Test func eigenvalues() throws {
    let half = Double(0.5).squareRoot()
    // Nines where nobody reads.
    let a = matrix([[2, 9, 9], [-1, 2, 9], [0, -1, 2]])
    let eigh = try results(of: "eigh %a", [a], count: 2)
    expect(eigh[0], [[2 - Double(2).squareRoot(), 2, 2 + Double(2).squareRoot()]])
    expect(eigh[1], [[0.5, half, -0.5], [half, 0, half], [0.5, -half, -0.5]])
    #expect(try results(of: "eigh %a", [matrix([[7]])], count: 2)[1].doubles == [1])
  }

  @Test func failuresNameTheMatrix() throws {
    let message = { (expression: String, operands: [NDArray], count: Int) -> String in
      do {
        _ = try results(of: expression, operands, count: count)
        return "no failure"
      } catch let error as Diagnostic {
        return error.message
      }
    }
    let batch = NDArray([1, 0, 0, 1, 1, 2, 2, 1.0], shape: [2, 2, 2])
    #expect(
      try message("cholesky %a {lower = true}", [batch], 1)
        == "cholesky: matrix 1 of the batch is not positive definite")
    let singular = matrix([[1, 2], [2, 4]])
    #expect(
      try message("solve %a, %b {transpose = false}", [singular, matrix([[1], [2]])], 1)
        == "solve: matrix 0 of the batch is singular")
    #expect(
      try message(
        "triangularSolve %a, %b {lower = true, transpose = false, unitDiagonal = false}",
        [matrix([[1, 0], [2, 0]]), matrix([[1], [2]])], 1)
        == "triangularSolve: matrix 0 of the batch is singular: it has a zero on its diagonal")
    let infinite = matrix([[1, 0], [.infinity, 1]])
    #expect(try message("eigh %a", [infinite], 2).hasPrefix("eigh: matrix 0 of the batch has no eigenvalues"))
    #expect(
      try message("svd %a {full = false}", [infinite], 3)
        .hasPrefix("svd: matrix 0 of the batch has no singular values"))
    #expect(
      try message("cholesky %a {lower = true}", [matrix([[.nan]])], 1).hasSuffix("not positive definite"))
  }

  @Test func nothingIsFactoredToo() throws {
    let empty = { (shape: [Int]) in NDArray(dtype: .float64, shape: shape, bits: []) }
    #expect(
      try results(of: "cholesky %a {lower = true}", [empty([0, 3, 3])], count: 1)[0].shape == [0, 3, 3])
    #expect(try results(of: "svd %a {full = true}", [empty([2, 0])], count: 3)[0].doubles == [1, 0, 0, 1])
    #expect(try results(of: "qr %a {full = true}", [empty([2, 0])], count: 2)[0].doubles == [1, 0, 0, 1])
    #expect(try results(of: "lu %a", [empty([2, 0])], count: 3)[2] == [0, 1])
    #expect(try results(of: "eigh %a", [empty([2, 0, 0])], count: 2).map(\.shape) == [[2, 0], [2, 0, 0]])
    #expect(
      try results(of: "solve %a, %b {transpose = false}", [empty([0, 0]), empty([0, 2])], count: 1)[0].shape
        == [0, 2])
  }

  @Test func unknownExtents() throws {
    let text = """
      module @m {
        param %x: f32[?0,?1,?1]
        param %y: f32[?0,?1,4]
        %0:2 = qr %y {full = false} : f32[?0,?1,?2], f32[?0,?3,4]
        %1:3 = svd %x {full = false} : f32[?0,?1,?1], f32[?0,?1], f32[?0,?1,?1]
        %2 = solve %x, %y {transpose = true} : f32[?0,?1,4]
        result %0#0
        result %0#1
        result %1#0
        result %2
      }
      """
    let module = try ModuleParser.parse(text)
    let bound = try module.bound(by: [0: 2, 1: 3])
    #expect(
      bound.results.map { bound.type(of: $0.value).shape } == [
        [2, 3, 3], [2, 3, 4], [2, 3, 3], [2, 3, 4],
      ])
  }
}
