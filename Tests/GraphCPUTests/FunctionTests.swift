// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// Every pointwise function, on every type that it takes, in vectors of every width and in scalars.
struct FunctionTests {
  /// A function on some types.
  struct Row: Sendable {
    let function: ScalarFunction
    let operands: [DType]
    let result: DType

    static let all: [Row] = ScalarFunction.allCases.flatMap { function in
      DType.allCases.compactMap { dtype in
        guard dtype != .string else { return nil }
        var operands = [DType](repeating: dtype, count: function.arity)
        if function == .select { operands[0] = .bool }
        guard let result = function.typeRule.resultType(of: operands) else { return nil }
        return Row(function: function, operands: operands, result: result)
      }
    }

    func kernel(count: Int) -> Kernel {
      .pointwise(
        operands, result, count: count,
        [KernelInstruction(.function(function), result, Array(operands.indices))])
    }
  }

  /// Full vectors of 16 lanes and of 2, and a remainder.
  static let count = 77

  @Test(arguments: DType.allCases.filter { $0 != .string })
  func agreesWithTheProgram(_ dtype: DType) throws {
    let rows = Row.all.filter { $0.operands.last == dtype }
    var columns: [[[UInt64]]] = []
    var expected: [[UInt64]] = []
    var faults: [Int] = []
    for row in rows {
      let inputs = row.operands.enumerated().map { samples($1, count: Self.count, seed: UInt64($0 + 1)) }
      var fault = false
      let program = try #require(row.function.program(for: row.operands))
      expected.append(program.evaluate(columns: inputs, count: Self.count, fault: &fault)[0])
      columns.append(inputs)
      faults.append(fault ? 1 : 0)
    }
    let kernels = rows.map { $0.kernel(count: Self.count) }
    for backend in Backends.runnable {
      let compiled = try backend.compile(kernels)
      for (index, row) in rows.enumerated() {
        let output = [UInt64](repeating: 0, count: Self.count)
        let (buffers, fault) = run(
          index, of: compiled, kernels[index], on: columns[index] + [output])
        #expect(fault == faults[index], "\(row.function.name) of \(row.operands)")
        expectSame(
          buffers[row.operands.count], expected[index], row.result,
          "\(row.function.name) of \(row.operands) for \(backend.target)")
      }
    }
  }

  /// Extrema take fewer instructions where an operand is a constant; zeros keep their order and NaN comes through.
  @Test(arguments: [DType.float32, .float64])
  func extremaWithConstants(_ dtype: DType) throws {
    let constants: [Double] = [0, -0.0, 1.5, -2, .infinity, -.infinity, .nan, 0x1p-140]
    var cases: [(kernel: Kernel, buffers: [[UInt64]])] = []
    for count in [1, Self.count] {
      for function in [ScalarFunction.minimum, .maximum] {
        for constant in constants {
          for operands in [[0, 1], [1, 0]] {
            let body = [
              KernelInstruction(.constant(dtype.bits(rounding: constant)), dtype),
              KernelInstruction(.function(function), dtype, operands),
            ]
            cases.append(
              (
                .pointwise([dtype], dtype, count: count, body),
                [samples(dtype, count: count), [UInt64](repeating: 0, count: count)]
              ))
          }
        }
      }
    }
    try check(cases)
  }

  /// Every pair of two zeros, NaN and numbers, in vectors and alone.
  @Test(arguments: [DType.float32, .float64], [ScalarFunction.minimum, .maximum])
  func extremaOfSpecialValues(_ dtype: DType, _ function: ScalarFunction) throws {
    let values = [0, -0.0, .nan, -.nan, 1, -1, .infinity, -.infinity].map { dtype.bits(rounding: $0) }
    let left = values.flatMap { value in values.map { _ in value } }
    let right = values.flatMap { _ in values }
    let body = [KernelInstruction(.function(function), dtype, [0, 1])]
    let whole = Kernel.pointwise([dtype, dtype], dtype, count: left.count, body)
    let alone = Kernel.pointwise([dtype, dtype], dtype, count: 1, body)
    try check(
      [(whole, [left, right, [UInt64](repeating: 9, count: left.count)])]
        + left.indices.map { (alone, [[left[$0]], [right[$0]], [9]]) })
  }

  /// A kernel that wants both words of a random block computes the block once.
  @Test func randomWordsShareTheirBlock() throws {
    let types = [DType](repeating: .uint32, count: 4)
    let words = [ScalarFunction.threefryLow, .threefryHigh].map {
      KernelInstruction(.function($0), .uint32, Array(types.indices))
    }
    let kernels = [[words[0]], words + [KernelInstruction(.function(.subtract), .uint32, [4, 5])]].map {
      Kernel.pointwise(types, .uint32, count: Self.count, $0)
    }
    let counts = try kernels.map { try StageProgram(0, of: $0).instructions.count }
    #expect(counts[1] <= counts[0] + 10)
    let inputs = types.indices.map { samples(.uint32, count: Self.count, seed: UInt64($0 + 1)) }
    let backend = try Backends.host.get()
    let output = run(
      1, of: try backend.compile(kernels), kernels[1],
      on: inputs + [[UInt64](repeating: 0, count: Self.count)]
    ).buffers[4]
    for index in 0..<Self.count {
      let block = Threefry.block(
        key: inputs[1][index] << 32 | inputs[0][index], counter: inputs[3][index] << 32 | inputs[2][index])
      let difference = UInt32(truncatingIfNeeded: block) &- UInt32(truncatingIfNeeded: block >> 32)
      #expect(output[index] == UInt64(difference))
    }
  }
}
