// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// Domains, ranges and access maps of kernels that only store.
struct PointwiseTests {
  private static func increment(_ dtype: DType) -> [KernelInstruction] {
    [
      KernelInstruction(.constant(ReduceOp.Kind.product.identity(dtype)), dtype),
      KernelInstruction(.function(.add), dtype, [0, 1]),
    ]
  }

  @Test func everyCountAndRange() throws {
    let counts = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 32, 33, 64, 100]
    for dtype in [DType.float32, .uint8, .float16, .float64] {
      try check(
        counts.map { count in
          (
            .pointwise([dtype], dtype, count: count, Self.increment(dtype)),
            [samples(dtype, count: count), [UInt64](repeating: 9, count: count)]
          )
        })
    }
  }

  /// Elements outside of a range keep their value.
  @Test func rangesAreIndependent() throws {
    let kernel = Kernel.pointwise([.int32], .int32, count: 50, Self.increment(.int32))
    let input = samples(.int32, count: 50)
    for backend in Backends.runnable {
      let compiled = try backend.compile([kernel])
      for range in [0..<50, 0..<0, 3..<3, 5..<6, 7..<40, 16..<32, 17..<33, 49..<50, 0..<16] {
        let output = run(
          0, of: compiled, kernel, on: [input, [UInt64](repeating: 77, count: 50)], ranges: [range]
        ).buffers[1]
        for index in 0..<50 {
          let expected = range.contains(index) ? UInt64(UInt32(truncatingIfNeeded: input[index] &+ 1)) : 77
          #expect(output[index] == expected, "\(range) at \(index)")
        }
      }
    }
  }

  /// Axes that merge, so that a range of the outermost becomes a longer one, with the same independence.
  @Test(arguments: [[6, 16], [6, 5], [1, 40], [7, 1], [3, 4, 8], [2, 1, 3, 1]])
  func rangesOfMergedAxes(_ domain: [Int]) throws {
    let space = IndexSpace(domain)
    let map = AffineMap(strides: space.strides)
    let kernel = Kernel(
      buffers: [.init(.float32, .read), .init(.float32, .write)], domain: domain,
      stages: [
        Stage(
          loop: [], body: [KernelInstruction(.load(buffer: 0, at: map), .float32)] + Self.increment(.float32),
          sink: .store(value: 2, buffer: 1, at: map))
      ], vectorAxis: .domain)
    let input = samples(.float32, count: space.count)
    let row = space.count / domain[0]
    for backend in Backends.runnable {
      let compiled = try backend.compile([kernel])
      for begin in 0..<domain[0] {
        let output = run(
          0, of: compiled, kernel, on: [input, [UInt64](repeating: 77, count: space.count)],
          ranges: [begin..<begin + 1]
        ).buffers[1]
        for index in 0..<space.count {
          let sum = (Float(bits: input[index]) + 1).bits
          #expect(same(output[index], index / row == begin ? sum : 77, .float32))
        }
      }
    }
  }

  /// Elements from `source` to `target`, for maps of one domain.
  private static func copy(
    _ dtype: DType, _ domain: [Int], from source: AffineMap, to target: AffineMap, loop: [Int] = [],
    vectorAxis: Kernel.VectorAxis = .domain, inputCount: Int, outputCount: Int
  ) -> (kernel: Kernel, buffers: [[UInt64]]) {
    let kernel = Kernel(
      buffers: [.init(dtype, .read), .init(dtype, .write)], domain: domain,
      stages: [
        Stage(
          loop: loop, body: [KernelInstruction(.load(buffer: 0, at: source), dtype)],
          sink: .store(value: 0, buffer: 1, at: target))
      ], vectorAxis: vectorAxis)
    return (kernel, [samples(dtype, count: inputCount), samples(dtype, count: outputCount, seed: 2)])
  }

  @Test(arguments: [Kernel.VectorAxis.domain, .loop])
  func strides(_ axis: Kernel.VectorAxis) throws {
    var cases: [(kernel: Kernel, buffers: [[UInt64]])] = []
    for dtype in [DType.float32, .bool, .int64] {
      for stride in [1, -1, 2, -3, 5] {
        for count in [5, 37] {
          let span = (count - 1) * abs(stride) + 1
          let map = AffineMap(offset: stride < 0 ? span - 1 : 0, strides: [stride])
          let plain = AffineMap(strides: [1])
          for (source, target) in [(map, plain), (plain, map)] {
            // Along the domain, or along a loop of one point.
            let inLoop = axis == .loop
            cases.append(
              Self.copy(
                dtype, inLoop ? [1] : [count],
                from: AffineMap(
                  offset: source.offset, strides: inLoop ? [0] + source.strides : source.strides),
                to: AffineMap(offset: target.offset, strides: inLoop ? [0] + target.strides : target.strides),
                loop: inLoop ? [count] : [], vectorAxis: axis, inputCount: span, outputCount: span))
          }
        }
      }
    }
    try check(cases)
  }

  @Test func broadcastsAndTransposes() throws {
    try check([
      // A scalar to all, a row to all rows, a column to all columns.
      Self.copy(
        .float32, [5, 21], from: .constant(0, dimensions: 2), to: AffineMap(strides: [21, 1]), inputCount: 1,
        outputCount: 105),
      Self.copy(
        .float32, [5, 21], from: AffineMap(strides: [0, 1]), to: AffineMap(strides: [21, 1]), inputCount: 21,
        outputCount: 105),
      Self.copy(
        .float32, [5, 21], from: AffineMap(strides: [1, 0]), to: AffineMap(strides: [21, 1]), inputCount: 5,
        outputCount: 105),
      // Transposes of two and of three axes.
      Self.copy(
        .float32, [21, 5], from: AffineMap(strides: [1, 21]), to: AffineMap(strides: [5, 1]), inputCount: 105,
        outputCount: 105),
      Self.copy(
        .uint8, [3, 4, 19], from: AffineMap(strides: [19, 57, 1]), to: AffineMap(strides: [76, 19, 1]),
        inputCount: 228, outputCount: 228),
      // No axis at all; an empty inner axis.
      Self.copy(
        .float64, [], from: AffineMap(offset: 2, strides: []), to: AffineMap(offset: 1, strides: []),
        inputCount: 3, outputCount: 2),
      Self.copy(
        .float64, [3, 0], from: AffineMap(strides: [0, 1]), to: AffineMap(strides: [0, 1]), inputCount: 0,
        outputCount: 0),
      // Everything to one element: the last wins.
      Self.copy(
        .float32, [37], from: AffineMap(strides: [1]), to: AffineMap(strides: [0]), inputCount: 37,
        outputCount: 1),
      // Diagonal: both axes move the same buffer.
      Self.copy(
        .int32, [7], from: AffineMap(strides: [8]), to: AffineMap(strides: [1]), inputCount: 49,
        outputCount: 7),
      // Two indices of one stride (a window), with a loop.
      Self.copy(
        .int32, [9], from: AffineMap(strides: [1, 1]), to: AffineMap(strides: [3, 1]), loop: [3],
        inputCount: 11, outputCount: 27),
    ])
  }

  @Test func indicesAsNumbers() throws {
    let map = AffineMap(strides: [23, 1])
    var cases: [(kernel: Kernel, buffers: [[UInt64]])] = []
    for dtype in [
      DType.int32, .int64, .uint8, .int8, .uint32, .float16, .bfloat16, .float32, .float64, .bool,
    ] {
      for index in [
        AffineMap(offset: -7, strides: [100, 3]), AffineMap(strides: [0, -1]), .init(strides: [1, 0]),
      ] {
        let kernel = Kernel(
          buffers: [.init(dtype, .write)], domain: [4, 23],
          stages: [
            Stage(
              loop: [], body: [KernelInstruction(.index(index), dtype)],
              sink: .store(value: 0, buffer: 0, at: map))
          ], vectorAxis: .domain)
        cases.append((kernel, [[UInt64](repeating: 0, count: 92)]))
      }
    }
    try check(cases)
  }

  @Test func conversions() throws {
    let types = DType.allCases.filter { $0 != .string }
    try check(
      types.flatMap { source in
        types.map { target in
          (
            .pointwise([source], target, count: 45, [KernelInstruction(.convert, target, [0])]),
            [samples(source, count: 45), [UInt64](repeating: 0, count: 45)]
          )
        }
      })
  }

  /// Several stores, and a value that an earlier stage stored.
  @Test func stagesRunInOrder() throws {
    let map = AffineMap(strides: [1])
    let load = KernelInstruction(.load(buffer: 0, at: map), .float32)
    let again = KernelInstruction(.load(buffer: 1, at: map), .float32)
    let double = KernelInstruction(.function(.add), .float32, [0, 0])
    let kernel = Kernel(
      buffers: [.init(.float32, .read), .init(.float32, .write), .init(.float32, .write)], domain: [50],
      stages: [
        Stage(loop: [], body: [load, double], sink: .store(value: 1, buffer: 1, at: map)),
        Stage(loop: [], body: [again, double], sink: .store(value: 1, buffer: 2, at: map)),
      ], vectorAxis: .domain)
    let zeros = [UInt64](repeating: 0, count: 50)
    try check([(kernel, [samples(.float32, count: 50), zeros, zeros])])
  }

  @Test func divisionsByZeroAreFaults() throws {
    let map = AffineMap(strides: [1])
    // Two divisions and a remainder, of which each input lets others fail.
    let body = [
      KernelInstruction(.load(buffer: 0, at: map), .int32),
      KernelInstruction(.load(buffer: 1, at: map), .int32),
      KernelInstruction(.load(buffer: 2, at: map), .int32),
      KernelInstruction(.function(.divide), .int32, [0, 1]),
      KernelInstruction(.function(.remainder), .int32, [0, 2]),
      KernelInstruction(.function(.add), .int32, [3, 4]),
    ]
    let kernel = Kernel(
      buffers: [.init(.int32, .read), .init(.int32, .read), .init(.int32, .read), .init(.int32, .write)],
      domain: [40], stages: [Stage(loop: [], body: body, sink: .store(value: 5, buffer: 3, at: map))],
      vectorAxis: .domain)
    let ones = [UInt64](repeating: 1, count: 40)
    func zero(at index: Int) -> [UInt64] { ones.indices.map { $0 == index ? 0 : 1 } }
    let dividends = samples(.int32, count: 40)
    try check(
      [
        (ones, ones), (zero(at: 3), ones), (ones, zero(at: 39)), (zero(at: 38), zero(at: 0)),
        (zero(at: 16), ones),
      ]
      .map { (kernel, [dividends, $0.0, $0.1, ones]) })
  }
}
