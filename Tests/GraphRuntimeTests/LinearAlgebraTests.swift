// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import TestSupport
import Testing

@testable import GraphRuntime

/// The library's factorizations against the textbook's, and against what factorizations must fulfil.
@Suite struct LinearAlgebraTests {
  typealias Build = @Sendable (ModuleBuilder, [Value]) throws -> [Value]

  private func run(_ operands: [NDArray], _ build: Build) throws -> (native: [NDArray], reference: [NDArray])
  {
    let b = ModuleBuilder()
    let parameters = operands.enumerated().map {
      b.addParameter(name: "p\($0.offset)", type: $0.element.type)
    }
    let module = try b.module(results: build(b, parameters).map { Module.Result(name: "", value: $0) })
    return (
      try Native.executable(module).run(parameters: operands, variables: []).results,
      try Interpreter.run(module, parameters: operands).results
    )
  }

  /// Expects results to agree but for roundings, which the problems' conditions magnify a little.
  private func expectClose(_ operands: [NDArray], _ title: String, _ build: Build) throws {
    let (native, reference) = try run(operands, build)
    for (index, (left, right)) in zip(native, reference).enumerated() {
      #expect(left.type == right.type)
      if !left.dtype.isFloatingPoint {
        #expect(left == right, "\(title), result \(index)")
        continue
      }
      let epsilon = left.dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
      let scale = right.doubles.map(\.magnitude).max() ?? 0
      let error = zip(left.doubles, right.doubles).map { abs($0 - $1) }.max() ?? 0
      #expect(error <= 500 * epsilon * max(scale, 1), "\(title), result \(index): \(error) of \(scale)")
    }
  }

  private static let batches: [[Int]] = [[], [3], [2, 2], [0]]

  @Test(arguments: [DType.float32, .float64]) func factorizationsAgree(_ dtype: DType) throws {
    for batch in Self.batches {
      for (m, n) in [(1, 1), (5, 5), (6, 3), (3, 6), (0, 3), (3, 0), (0, 0)] {
        let a = SampleArray.make(dtype, batch + [m, n], .finite, seed: m * 10 + n)
        try expectClose([a], "factors of \(a.type)") { b, x in
          let svd = try b.appendAll(.svd(SVDOp(full: true)), x)
          // Of full factors only the vectors that belong to singular values are determined.
          let part = { (value: Value, axis: Int) in
            let zeros = [Int](repeating: 0, count: a.rank)
            var limits: [Int?] = zeros.map { _ in nil }
            limits[a.rank + axis] = min(m, n)
            let slice = SliceOp(starts: zeros, limits: limits, strides: zeros.map { _ in 1 })
            return try b.append(.slice(slice), [value])
          }
          return try b.appendAll(.lu(LUOp()), x) + b.appendAll(.qr(QROp()), x)
            + b.appendAll(.qr(QROp(full: true)), x) + b.appendAll(.svd(SVDOp()), x)
            + [part(svd[0], -1), svd[1], part(svd[2], -2)]
        }
      }
      for n in [0, 1, 5] {
        let a = SampleArray.make(dtype, batch + [n, n], .finite, seed: n)
        try expectClose([a], "symmetric \(a.type)") { b, x in
          try b.appendAll(.eigh(EighOp()), x)
            + [false, true].map { try b.append(.cholesky(CholeskyOp(lower: $0)), [positive(b, x[0])]) }
        }
      }
    }
  }

  @Test(arguments: [DType.float32, .float64]) func equationsAgree(_ dtype: DType) throws {
    for batch in Self.batches {
      for (n, k) in [(1, 1), (5, 1), (5, 3), (5, 0), (0, 2), (19, 20)] {
        let a = SampleArray.make(dtype, batch + [n, n], .finite, seed: n)
        let right = SampleArray.make(dtype, batch + [n, k], .finite, seed: k + 100)
        try expectClose([a, right], "solutions of \(right.type)") { b, x in
          // Rows of a sum below one, so that unit diagonals rule them too.
          let small = try b.multiply(x[0], b.full(0.2 / Double(max(n, 1)), like: x[0]))
          return try [false, true].flatMap { transpose in
            let solution = try b.append(
              .solve(SolveOp(transpose: transpose)), [positive(b, x[0]), x[1]])
            return try [(false, false), (false, true), (true, false), (true, true)].map { lower, unit in
              let op = TriangularSolveOp(lower: lower, transpose: transpose, unitDiagonal: unit)
              return try b.append(.triangularSolve(op), [lifted(b, small), x[1]])
            } + [solution]
          }
        }
      }
    }
  }

  /// a plus the identity.
  private func lifted(_ b: ModuleBuilder, _ a: Value) throws -> Value {
    let type = b.type(of: a)
    let extents = type.shape.extents ?? []
    let indices = TensorType(.int32, Shape(extents))
    let row = try b.append(.iota(IotaOp(type: indices, axis: extents.count - 2)))
    let column = try b.append(.iota(IotaOp(type: indices, axis: extents.count - 1)))
    return try b.add(a, b.convert(b.apply(.equal, row, column), to: type.dtype))
  }

  /// a·aᵀ plus the identity, in sums of one order.
  private func positive(_ b: ModuleBuilder, _ a: Value) throws -> Value {
    let rank = b.type(of: a).rank
    let shape = b.type(of: a).shape
    let wide = Shape(shape.dims + [shape.dims[rank - 1]])
    let axes = Array(0..<rank - 2)
    let left = try b.broadcast(a, to: wide, axes: axes + [rank - 2, rank])
    let right = try b.broadcast(a, to: wide, axes: axes + [rank - 1, rank])
    return try lifted(b, b.sum(b.multiply(left, right), axes: [rank]))
  }

  // MARK: Larger matrices

  /// Matrices beyond the blocks of the library, by what their factors must fulfil.
  @Test func factorsMultiplyBack() throws {
    let (m, n) = (90, 70)
    let a = SampleArray.make(.float64, [m, n], .finite, seed: 3)
    let matrix = a.doubles
    let b = ModuleBuilder()
    let x = b.addParameter(name: "a", type: a.type)
    let values =
      try b.appendAll(.qr(QROp()), [x]) + b.appendAll(.svd(SVDOp()), [x]) + b.appendAll(.lu(LUOp()), [x])
    let module = try b.module(results: values.map { Module.Result(name: "", value: $0) })
    let results = try Native.executable(module).run(parameters: [a], variables: []).results.map(\.doubles)
    let (q, r, u, s, vt) = (results[0], results[1], results[2], results[3], results[4])
    let (packed, permutation) = (results[5], results[7].map { Int($0) })
    var worst = [0.0, 0.0, 0.0]
    for i in 0..<m {
      for j in 0..<n {
        let qr = (0...j).reduce(0) { $0 + q[i * n + $1] * r[$1 * n + j] }
        let svd = (0..<n).reduce(0) { $0 + u[i * n + $1] * s[$1] * vt[$1 * n + j] }
        let lu = (0...min(i, j)).reduce(0) { $0 + (i == $1 ? 1 : packed[i * n + $1]) * packed[$1 * n + j] }
        worst[0] = max(worst[0], abs(qr - matrix[i * n + j]))
        worst[1] = max(worst[1], abs(svd - matrix[i * n + j]))
        worst[2] = max(worst[2], abs(lu - matrix[permutation[i] * n + j]))
      }
    }
    #expect(worst.allSatisfy { $0 < 1e-12 }, "\(worst)")
    #expect((0..<n).allSatisfy { r[$0 * n + $0] > 0 })
    #expect(zip(s, s.dropFirst()).allSatisfy { $0 >= $1 })
    for (columns, name) in [(q, "q"), (u, "u")] {
      for i in 0..<n {
        let norm = (0..<m).reduce(0) { $0 + columns[$1 * n + i] * columns[$1 * n + i] }
        let product = (0..<m).reduce(0) { $0 + columns[$1 * n + i] * columns[$1 * n + (i + 1) % n] }
        #expect(abs(norm - 1) < 1e-13 && abs(product) < 1e-13, "\(name) \(i)")
      }
    }
  }

  @Test func eigenvectorsFulfilTheirEquation() throws {
    let n = 60
    let a = SampleArray.make(.float32, [n, n], .finite, seed: 8)
    let b = ModuleBuilder()
    let values = try b.appendAll(.eigh(EighOp()), [b.addParameter(name: "a", type: a.type)])
    let module = try b.module(results: values.map { Module.Result(name: "", value: $0) })
    let results = try Native.executable(module).run(parameters: [a], variables: []).results.map(\.doubles)
    let (matrix, w, v) = (a.doubles, results[0], results[1])
    #expect(zip(w, w.dropFirst()).allSatisfy { $0 <= $1 })
    for i in 0..<n {
      for j in 0..<n {
        let product = (0..<n).reduce(0) { $0 + matrix[max(i, $1) * n + min(i, $1)] * v[$1 * n + j] }
        #expect(abs(product - w[j] * v[i * n + j]) < 1e-4)
      }
    }
  }

  // MARK: Failures

  @Test func failuresNameTheNodeAndTheMatrix() throws {
    let fails = { (a: NDArray, op: Op) throws -> String in
      let b = ModuleBuilder()
      let x = b.addParameter(name: "a", type: a.type)
      let isEquation = op.mnemonic == "solve" || op.mnemonic == "triangularSolve"
      let values = try b.appendAll(
        op, isEquation ? [x, x] : [x],
        origin: Origin(location: SourceLocation(file: "M.swift", line: 7), scope: "head"))
      let module = try b.module(results: values.map { Module.Result(name: "", value: $0) })
      do {
        _ = try Native.executable(module).run(parameters: [a], variables: [])
        return "no failure"
      } catch let error as Diagnostic {
        let reference = Result { try Interpreter.run(module, parameters: [a]) }
        guard case .failure(let other as Diagnostic) = reference else {
          return "the interpreter does not fail"
        }
        #expect(other == error)
        return "\(error.code) \(error.message) at \(error.location?.description ?? "")"
      }
    }
    let batch = NDArray([Float(1), 0, 0, 1, 1, 2, 2, 1], shape: [2, 2, 2])
    #expect(
      try fails(batch, .cholesky(CholeskyOp(lower: true)))
        == "cholesky.value cholesky: matrix 1 of the batch is not positive definite at M.swift:7")
    #expect(
      try fails(NDArray([Double.nan], shape: [1, 1]), .cholesky(CholeskyOp(lower: false))).contains(
        "matrix 0"))
    let singular = NDArray([1.0, 2, 2, 4], shape: [2, 2])
    #expect(try fails(singular, .solve(SolveOp())).contains("matrix 0 of the batch is singular"))
    let triangular = NDArray([1.0, 2, 3, 0], shape: [2, 2])
    #expect(
      try fails(triangular, .triangularSolve(TriangularSolveOp(lower: false))).contains(
        "zero on its diagonal"))
    let infinite = NDArray([1.0, 0, .infinity, 1], shape: [2, 2])
    #expect(try fails(infinite, .eigh(EighOp())).contains("no eigenvalues"))
    #expect(try fails(infinite, .svd(SVDOp())).contains("no singular values"))
    // Nobody reads the other triangle.
    #expect(try fails(NDArray([1.0, .nan, 0, 1], shape: [2, 2]), .eigh(EighOp())) == "no failure")
  }

  // MARK: Numbers that are none

  /// Wherever the NaN or the infinity stands, a routine ends, says so or passes it on, and names rows that there are.
  @Test(arguments: [DType.float32, .float64]) func routinesEndForEveryInput(_ dtype: DType) throws {
    let b = ModuleBuilder()
    let a = b.addParameter(name: "a", type: TensorType(dtype, [5, 4]))
    let lu = try b.appendAll(.lu(LUOp()), [a])
    let qr = try b.appendAll(.qr(QROp(full: true)), [a])
    let executable = try Native.executable(
      b.module(results: (lu + qr).map { Module.Result(name: "", value: $0) }))
    for special in [Double.nan, .infinity] {
      for place in -1..<20 {
        // Before the first: everywhere.
        let numbers = (0..<20).map { place < 0 || $0 == place ? special : Double($0 * 7 % 11) - 4 }
        let fed = NDArray(
          dtype: dtype, shape: [5, 4],
          bits: numbers.map { dtype == .float32 ? UInt64(Float($0).bitPattern) : $0.bitPattern })
        let results = try executable.run(parameters: [fed], variables: []).results
        #expect(results[1].ints.enumerated().allSatisfy { $0.offset <= $0.element && $0.element < 5 })
        #expect(results[2].ints.sorted() == [0, 1, 2, 3, 4])
        let isFinite = (results[3].doubles + results[4].doubles).allSatisfy { $0.isFinite }
        #expect(!isFinite)
      }
    }
  }

  @Test func equationsEndForEveryInput() throws {
    let b = ModuleBuilder()
    let a = b.addParameter(name: "a", type: TensorType(.float64, [4, 4]))
    let right = b.addParameter(name: "b", type: TensorType(.float64, [4, 2]))
    let op = TriangularSolveOp(lower: true, transpose: true, unitDiagonal: false)
    let values = [
      try b.append(.solve(SolveOp()), [a, right]), try b.append(.triangularSolve(op), [a, right]),
    ]
    let executable = try Native.executable(
      b.module(results: values.map { Module.Result(name: "", value: $0) }))
    let sides = NDArray((0..<8).map { Double($0 + 1) }, shape: [4, 2])
    for place in -1..<16 {
      let numbers = (0..<16).map { place < 0 || $0 == place ? Double.nan : Double($0 * 7 % 11) - 4.5 }
      let solutions = try executable.run(
        parameters: [NDArray(numbers, shape: [4, 4]), sides], variables: []
      ).results.map(\.doubles)
      let areFinite = solutions.map { numbers in numbers.allSatisfy { $0.isFinite } }
      #expect(!areFinite[0])
      // The triangle above is not read.
      let isRead = place < 0 || place / 4 >= place % 4
      #expect(areFinite[1] != isRead, "\(place)")
    }
  }

  // MARK: Threads

  /// The bits depend neither on the number of threads, nor on what stands beside a matrix.
  @Test func threadsAndNeighboursChangeNothing() throws {
    for dtype in [DType.float32, .float64] {
      let a = SampleArray.make(dtype, [6, 40, 40], .finite, seed: 5)
      let build = { (extents: [Int]) in
        let b = ModuleBuilder()
        let x = b.addParameter(name: "a", type: TensorType(dtype, Shape(extents)))
        var values = try [
          Op.lu(LUOp()), .qr(QROp()), .svd(SVDOp()), .eigh(EighOp()),
        ].flatMap { try b.appendAll($0, [x]) }
        let regular = try self.positive(b, x)
        values.append(try b.append(.cholesky(CholeskyOp(lower: true)), [regular]))
        values.append(try b.append(.solve(SolveOp()), [regular, x]))
        let op = TriangularSolveOp(lower: false, transpose: false, unitDiagonal: false)
        values.append(try b.append(.triangularSolve(op), [regular, x]))
        return try Native.executable(b.module(results: values.map { Module.Result(name: "", value: $0) }))
      }
      let executable = try build([6, 40, 40])
      let alone = try executable.run(parameters: [a], variables: []).results
      for threads in [2, 3] {
        let pool = ThreadPool(threadCount: threads)
        #expect(try executable.run(parameters: [a], variables: [], pool: pool).results == alone)
      }
      let last = NDArray(
        dtype: dtype, shape: [1, 40, 40], bits: (5 * 1600..<6 * 1600).map { a.bits(at: $0) })
      let single = try build([1, 40, 40]).run(parameters: [last], variables: []).results
      for (part, whole) in zip(single, alone) {
        let start = whole.count - part.count
        #expect((0..<part.count).allSatisfy { part.bits(at: $0) == whole.bits(at: start + $0) })
      }
    }
  }
}
