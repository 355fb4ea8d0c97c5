// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// Loads that keep within bounds: 0 stands for what is not there, and memory beside the buffer stays untouched.
struct BoundedLoadTests {
  private static let rows = 3

  /// A window of `[rows + 2, columns]` onto a plane, `stride` elements a column, from one row and `shift` columns before
  /// its start.
  private static func kernel(
    _ dtype: DType, columns: Int, stride: Int, shift: Int, plane: Int
  ) -> (kernel: Kernel, buffers: [[UInt64]]) {
    let row = AffineMap(offset: -1, strides: [1, 0])
    let column = AffineMap(offset: shift, strides: [0, stride])
    let bounds = [KernelInstruction.Bound(row, below: rows), .init(column, below: plane)]
    // Where the column does not move its bound is the same for all lanes.
    let element = row * plane + column
    let body = [
      KernelInstruction(.loadWithin(buffer: 0, at: element, bounds), dtype),
      KernelInstruction(.isWithin(bounds), .bool),
    ]
    let store = { (value: Int, buffer: Int) in
      Stage(
        loop: [], body: body,
        sink: .store(value: value, buffer: buffer, at: AffineMap(strides: [columns, 1])))
    }
    let kernel = Kernel(
      buffers: [.init(dtype, .read), .init(dtype, .write), .init(.bool, .write)],
      domain: [rows + 2, columns],
      stages: [store(0, 1), store(1, 2)], vectorAxis: .domain)
    let nothing = [UInt64](repeating: 1, count: (rows + 2) * columns)
    return (kernel, [samples(dtype, count: rows * plane), nothing, nothing])
  }

  @Test(arguments: DType.allCases.filter { $0 != .string }) func everyType(_ dtype: DType) throws {
    try check(
      [5, 37].flatMap { columns in
        [1, -1, 0, 2, -3].flatMap { stride in
          [0, 4, -4].map { shift in
            // Lanes that go backwards start behind the plane's end.
            let start = stride < 0 ? shift - stride * (columns - 2) : shift
            return Self.kernel(dtype, columns: columns, stride: stride, shift: start, plane: 29)
          }
        }
      })
  }

  /// The lanes of a reduction along its loop, whose rows are no whole vectors.
  @Test func reductionsInLanes() throws {
    let cases = [[3, 7], [5, 16], [67]].map { loop -> (kernel: Kernel, buffers: [[UInt64]]) in
      let outer = [Int](repeating: 0, count: loop.count - 1)
      let index = AffineMap(offset: -2, strides: [1] + outer + [1])
      let plane = loop[loop.count - 1] - 3
      let body = [
        KernelInstruction(.loadWithin(buffer: 0, at: index, [.init(index, below: plane)]), .float32)
      ]
      let kernel = Kernel(
        buffers: [.init(.float32, .read), .init(.float32, .write)], domain: [4],
        stages: [
          Stage(loop: loop, body: body, sink: .reduce(.sum, value: 0, lanes: 32)),
          Stage(
            loop: [], body: [KernelInstruction(.stageResult(0), .float32)],
            sink: .store(value: 0, buffer: 1, at: AffineMap(strides: [1]))),
        ], vectorAxis: .loop)
      return (kernel, [ReductionTests.moderate(.float32, count: plane), [0, 0, 0, 0]])
    }
    try check(cases)
  }
}
