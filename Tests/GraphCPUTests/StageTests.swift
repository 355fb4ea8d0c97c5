// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import TestSupport
import Testing

/// Kernels of several stages, with several sinks each, against their meaning.
@Suite struct StageTests {
  @Test(arguments: 0..<12) func randomKernels(of group: Int) throws {
    let cases = (group * 25..<(group + 1) * 25).map { seed -> (kernel: Kernel, buffers: [[UInt64]]) in
      let sample = KernelCase(seed: seed)
      let buffers = zip(sample.kernel.buffers, sample.elementCounts).enumerated().map { index, entry in
        let array = SampleArray.make(entry.0.dtype, [entry.1], .whole, seed: index)
        return (0..<array.count).map { array.bits(at: $0) }
      }
      return (sample.kernel, buffers)
    }
    try check(cases)
  }

  /// A matrix's column sums, the columns scaled by them, and their greatest elements: long enough for blocks.
  @Test(arguments: [[200, 96], [130, 141], [256, 64], [7, 30, 90], [1, 300, 70], [5, 26, 129]])
  func columns(_ shape: [Int]) throws {
    let loop = Array(shape.dropLast())
    let (rows, columns) = (loop.reduce(1, *), shape[shape.count - 1])
    let element = AffineMap(strides: [1] + rowMajorStrides(shape).dropLast())
    let column = AffineMap(strides: [1])
    let f32 = DType.float32
    let load = KernelInstruction(.load(buffer: 0, at: element), f32)
    let stages = [
      Stage(
        loop: loop, body: [load, KernelInstruction(.function(.multiply), f32, [0, 0])],
        sinks: [
          .reduce(.sum, value: 0, lanes: 1), .reduce(.max, value: 1, lanes: 1), .keep(value: 1),
          .store(value: 1, buffer: 1, at: element),
        ]),
      Stage(
        loop: [],
        body: [
          KernelInstruction(.stageResult(0), f32), KernelInstruction(.stageResult(0, sink: 1), f32),
          KernelInstruction(.function(.add), f32, [0, 1]),
        ], sinks: [.keep(value: 2), .store(value: 0, buffer: 2, at: column)]),
      Stage(
        loop: loop,
        body: [
          KernelInstruction(.stageResult(1), f32), KernelInstruction(.stageResult(0, sink: 2), f32),
          KernelInstruction(.function(.multiply), f32, [0, 1]),
        ],
        sinks: [.store(value: 2, buffer: 3, at: element), .reduce(.min, value: 2, lanes: 1)]),
      Stage(
        loop: [], body: [KernelInstruction(.stageResult(2, sink: 1), f32)],
        sink: .store(value: 0, buffer: 4, at: column)),
    ]
    let kernel = Kernel(
      buffers: [
        .init(f32, .read), .init(f32, .write), .init(f32, .write), .init(f32, .write), .init(f32, .write),
      ],
      domain: [columns], stages: stages, vectorAxis: .domain)
    let zeros = { (count: Int) in [UInt64](repeating: 0, count: count) }
    try check([
      (
        kernel,
        [
          samples(rows * columns, seed: rows), zeros(rows * columns), zeros(columns), zeros(rows * columns),
          zeros(columns),
        ]
      )
    ])
  }

  /// A pointwise expression in two pieces.
  @Test(arguments: [512, 1000, 1029, 4096]) func pieces(_ count: Int) throws {
    let map = AffineMap(strides: [1])
    let f32 = DType.float32
    let load = KernelInstruction(.load(buffer: 0, at: map), f32)
    let kernel = Kernel(
      buffers: [.init(f32, .read), .init(f32, .write)], domain: [count],
      stages: [
        Stage(
          loop: [], body: [load, KernelInstruction(.function(.tanh), f32, [0])],
          sinks: [.keep(value: 1), .keep(value: 0)]),
        Stage(
          loop: [],
          body: [
            KernelInstruction(.stageResult(0), f32), KernelInstruction(.stageResult(0, sink: 1), f32),
            KernelInstruction(.function(.exp), f32, [0]), KernelInstruction(.function(.add), f32, [1, 2]),
          ], sink: .store(value: 3, buffer: 1, at: map)),
      ], vectorAxis: .domain)
    try check([(kernel, [samples(count, seed: 3), [UInt64](repeating: 0, count: count)])])
  }

  /// Rows that keep their exponentials and are scaled by their sum.
  @Test(arguments: [1, 5, 33, 100, 4200]) func rows(_ length: Int) throws {
    let element = AffineMap(strides: [length, 1])
    let f32 = DType.float32
    let load = KernelInstruction(.load(buffer: 0, at: element), f32)
    let kernel = Kernel(
      buffers: [.init(f32, .read), .init(f32, .write)], domain: [3],
      stages: [
        Stage(loop: [length], body: [load], sink: .reduce(.max, value: 0, lanes: ReductionOrder.laneCount)),
        Stage(
          loop: [length],
          body: [
            load, KernelInstruction(.stageResult(0), f32),
            KernelInstruction(.function(.subtract), f32, [0, 1]),
            KernelInstruction(.function(.exp), f32, [2]),
          ], sinks: [.keep(value: 3), .reduce(.sum, value: 3, lanes: ReductionOrder.laneCount)]),
        Stage(
          loop: [length],
          body: [
            KernelInstruction(.stageResult(1), f32), KernelInstruction(.stageResult(1, sink: 1), f32),
            KernelInstruction(.function(.divide), f32, [0, 1]),
          ], sink: .store(value: 2, buffer: 1, at: element)),
      ], vectorAxis: .loop)
    try check([(kernel, [samples(3 * length, seed: length), [UInt64](repeating: 0, count: 3 * length)])])
  }

  /// Sums and extrema of rows side by side, four and what is left, with lengths that end in the middle of a vector.
  @Test(arguments: [[4, 256], [7, 300], [13, 4200], [2, 5, 261]]) func sideBySide(_ shape: [Int]) throws {
    let (rows, length) = (shape.dropLast().reduce(1, *), shape[shape.count - 1])
    let f32 = DType.float32
    // The axes of the domain do not merge.
    let outer = Array(rowMajorStrides(shape).dropLast())
    let place = Array(rowMajorStrides(Array(shape.dropLast().reversed())).reversed())
    let load = KernelInstruction(.load(buffer: 0, at: AffineMap(strides: outer + [1])), f32)
    let store = { (buffer: Int) in
      Stage.Sink.store(value: 2, buffer: buffer, at: AffineMap(strides: place))
    }
    let lanes = ReductionOrder.laneCount
    let kernel = Kernel(
      buffers: [.init(f32, .read), .init(f32, .write)], domain: Array(shape.dropLast()),
      stages: [
        Stage(loop: [length], body: [load], sinks: [.reduce(.sum, value: 0, lanes: lanes)]),
        Stage(
          loop: [length],
          body: [
            load, KernelInstruction(.stageResult(0), f32),
            KernelInstruction(.function(.subtract), f32, [0, 1]),
          ], sinks: [.reduce(.max, value: 2, lanes: lanes)]),
        Stage(
          loop: [],
          body: [
            KernelInstruction(.stageResult(0), f32), KernelInstruction(.stageResult(1), f32),
            KernelInstruction(.function(.add), f32, [0, 1]),
          ], sinks: [store(1)]),
      ], vectorAxis: .loop)
    try check([(kernel, [samples(rows * length, seed: length), [UInt64](repeating: 0, count: rows)])])
  }

  private func samples(_ count: Int, seed: Int) -> [UInt64] {
    let array = SampleArray.make(.float32, [count], .finite, seed: seed)
    return (0..<count).map { array.bits(at: $0) }
  }
}
