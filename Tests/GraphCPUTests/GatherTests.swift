// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// Loads from places that are computed, against the reference, for every width of vector.
@Suite struct GatherTests {
  static let dtypes = DType.allCases.filter { $0 != .string }

  /// `table[index[…]]`, where indices move along the axes for which `indexStrides` is not 0, and the place besides along
  /// those of `placeStrides`.
  private func lookup(
    _ dtype: DType, domain: [Int], loop: [Int] = [], indexStrides: [Int], placeStrides: [Int], rows: Int,
    row: Int,
    vectorAxis: Kernel.VectorAxis = .domain, sink: ReduceOp.Kind? = nil
  ) -> Kernel {
    let body = [
      KernelInstruction(.load(buffer: 0, at: AffineMap(strides: indexStrides)), .int32),
      KernelInstruction(.convert, .int64, [0]),
      KernelInstruction(.check(extent: rows), .int64, [1]),
      KernelInstruction(.constant(UInt64(row)), .int64),
      KernelInstruction(.function(.multiply), .int64, [2, 3]),
      KernelInstruction(.gather(buffer: 1, at: AffineMap(strides: placeStrides)), dtype, [4]),
    ]
    let buffers = [Kernel.Buffer(.int32, .read), .init(dtype, .read), .init(dtype, .write)]
    guard let sink else {
      let store = Stage.Sink.store(
        value: 5, buffer: 2, at: AffineMap(strides: rowMajorStrides(domain + loop)))
      return Kernel(
        buffers: buffers, domain: domain, stages: [Stage(loop: loop, body: body, sink: store)],
        vectorAxis: vectorAxis)
    }
    let lanes = vectorAxis == .loop ? ReductionOrder.laneCount : 1
    let store = Stage.Sink.store(value: 0, buffer: 2, at: AffineMap(strides: rowMajorStrides(domain)))
    return Kernel(
      buffers: buffers, domain: domain,
      stages: [
        Stage(loop: loop, body: body, sink: .reduce(sink, value: 5, lanes: lanes)),
        Stage(loop: [], body: [KernelInstruction(.stageResult(0), dtype)], sink: store),
      ], vectorAxis: vectorAxis)
  }

  /// Indices within `rows`, a table, and room for the result.
  private func buffers(_ kernel: Kernel, rows: Int, row: Int, indices: Int, results: Int) -> [[UInt64]] {
    var generator = SplitMix(state: 3)
    let dtype = kernel.buffers[1].dtype
    return [
      (0..<indices).map { _ in generator.next() % UInt64(max(rows, 1)) }, samples(dtype, count: rows * row),
      [UInt64](repeating: 0, count: results),
    ]
  }

  /// Rows that are contiguous, elements one by one, and columns, whose lanes have places of their own.
  @Test(arguments: dtypes) func reads(_ dtype: DType) throws {
    var cases: [(kernel: Kernel, buffers: [[UInt64]])] = []
    for (count, row) in [(1, 1), (5, 1), (3, 67), (67, 3), (2, 16)] {
      let rows = lookup(
        dtype, domain: [count, row], indexStrides: [1, 0], placeStrides: [0, 1], rows: 11, row: row)
      cases.append((rows, buffers(rows, rows: 11, row: row, indices: count, results: count * row)))
      let columns = lookup(
        dtype, domain: [row, count], indexStrides: [0, 1], placeStrides: [1, 0], rows: 11, row: row)
      cases.append((columns, buffers(columns, rows: 11, row: row, indices: count, results: count * row)))
      // Both move along the vector: a step of the place on top of each lane's own.
      let both = lookup(dtype, domain: [count], indexStrides: [1], placeStrides: [1], rows: 11, row: count)
      cases.append((both, buffers(both, rows: 11, row: count, indices: count, results: count)))
      let loop = lookup(
        dtype, domain: [count], loop: [row], indexStrides: [1, 0], placeStrides: [0, 1], rows: 11, row: row,
        vectorAxis: .loop)
      cases.append((loop, buffers(loop, rows: 11, row: row, indices: count, results: count * row)))
    }
    try check(cases)
  }

  @Test(arguments: [DType.float32, .int64]) func reduces(_ dtype: DType) throws {
    var cases: [(kernel: Kernel, buffers: [[UInt64]])] = []
    for (count, length) in [(3, 70), (40, 9), (1, 5_000)] {
      for vectorAxis in [Kernel.VectorAxis.domain, .loop] {
        // Sums of rows, and of elements that are all over the table.
        let rows = lookup(
          dtype, domain: [count], loop: [length], indexStrides: [1, 0], placeStrides: [0, 1], rows: 7,
          row: length,
          vectorAxis: vectorAxis, sink: .max)
        cases.append((rows, buffers(rows, rows: 7, row: length, indices: count, results: count)))
        let spread = lookup(
          dtype, domain: [count], loop: [length], indexStrides: [length, 1], placeStrides: [0, 0], rows: 7,
          row: 1,
          vectorAxis: vectorAxis, sink: .sum)
        cases.append((spread, buffers(spread, rows: 7, row: 1, indices: count * length, results: count)))
      }
    }
    try check(cases)
  }

  /// Whichever lane an index out of range is in, the kernel says so, and reads nothing outside: the table ends at a page
  /// that nobody may touch.
  @Test(arguments: [-1, 11, Int(Int32.min), Int(Int32.max)]) func indicesOutOfRangeFail(_ index: Int) throws {
    var cases: [(kernel: Kernel, buffers: [[UInt64]])] = []
    for place in [0, 1, 15, 16, 66] {
      for (domain, indexStrides, placeStrides) in [
        ([67, 3], [1, 0], [0, 1]), ([3, 67], [0, 1], [1, 0]),
      ] {
        let kernel = lookup(
          .float32, domain: domain, indexStrides: indexStrides, placeStrides: placeStrides, rows: 11, row: 3)
        var contents = buffers(kernel, rows: 11, row: 3, indices: 67, results: 201)
        contents[0][place] = Int32(truncatingIfNeeded: index).bits
        cases.append((kernel, contents))
      }
    }
    for (kernel, contents) in cases {
      var reference = KernelReference(kernel, contents)
      try reference.run()
      #expect(reference.fault == 1)
    }
    try check(cases)
  }

  /// Of a table without rows there is nothing to read, and any index fails.
  @Test func emptyTablesFail() throws {
    let body = [
      KernelInstruction(.index(AffineMap(strides: [1])), .int64),
      KernelInstruction(.check(extent: 0), .int64, [0]), KernelInstruction(.convert, .int32, [1]),
    ]
    let store = Stage.Sink.store(value: 2, buffer: 0, at: AffineMap(strides: [1]))
    let kernel = Kernel(
      buffers: [.init(.int32, .write)], domain: [5], stages: [Stage(loop: [], body: body, sink: store)],
      vectorAxis: .domain)
    var reference = KernelReference(kernel, [[9, 9, 9, 9, 9]])
    try reference.run()
    #expect(reference.fault == 1 && reference.buffers == [[0, 0, 0, 0, 0]])
    try check([(kernel, [[9, 9, 9, 9, 9]])])
  }

  /// A check and a division in one kernel have a code each; the least is reported.
  @Test func faultsAreTold() throws {
    let element = AffineMap(strides: [1])
    let body = [
      KernelInstruction(.load(buffer: 0, at: element), .int32),
      KernelInstruction(.load(buffer: 1, at: element), .int64),
      KernelInstruction(.function(.divide), .int32, [0, 0]),
      KernelInstruction(.check(extent: 4), .int64, [1]),
      KernelInstruction(.gather(buffer: 0, at: .constant(0, dimensions: 1)), .int32, [3]),
      KernelInstruction(.function(.add), .int32, [2, 4]),
    ]
    let kernel = Kernel(
      buffers: [.init(.int32, .read), .init(.int64, .read), .init(.int32, .write)], domain: [40],
      stages: [Stage(loop: [], body: body, sink: .store(value: 5, buffer: 2, at: element))],
      vectorAxis: .domain)
    #expect(kernel.faultSites.map(\.instruction) == [2, 3])
    let cases = [(false, false, 0), (true, false, 1), (false, true, 2), (true, true, 1)].map {
      divides, indexes, code in
      var numbers = [UInt64](repeating: 3, count: 40)
      var places = (0..<40).map { UInt64($0 % 4) }
      if divides { numbers[33] = 0 }
      if indexes { places[5] = 4 }
      return (contents: [numbers, places, [UInt64](repeating: 0, count: 40)], code: code)
    }
    for (contents, code) in cases {
      var reference = KernelReference(kernel, contents)
      try reference.run()
      #expect(reference.fault == code)
    }
    try check(cases.map { (kernel, $0.contents) })
  }

  /// A row is one load: its index is computed and checked outside of the loop over the row.
  @Test func rowsAreLoadedAsVectors() throws {
    let kernel = lookup(
      .float32, domain: [9, 64], indexStrides: [1, 0], placeStrides: [0, 1], rows: 100, row: 64)
    let text = try CPUBackend(cpu: "x86-64-v3").text(of: kernel, as: .llvm)
    #expect(text.contains("load <8 x float>") && !text.contains("masked.gather"))
    let columns = lookup(
      .float32, domain: [64, 9], indexStrides: [0, 1], placeStrides: [1, 0], rows: 100, row: 64)
    #expect(try CPUBackend(cpu: "x86-64-v3").text(of: columns, as: .llvm).contains("masked.gather"))
  }

  @Test func malformedKernelsAreRefused() throws {
    let map = AffineMap(strides: [1])
    let flawed: [[KernelInstruction]] = [
      [
        KernelInstruction(.load(buffer: 0, at: map), .int32), .init(.gather(buffer: 0, at: map), .int32, [0]),
      ],
      [KernelInstruction(.load(buffer: 0, at: map), .int32), .init(.check(extent: 3), .int64, [0])],
      [KernelInstruction(.index(map), .int64), .init(.gather(buffer: 0, at: map), .int32)],
      [KernelInstruction(.index(map), .int64), .init(.gather(buffer: 0, at: map), .float32, [0])],
    ]
    for body in flawed {
      let dtype = body[1].dtype
      let kernel = Kernel(
        buffers: [.init(.int32, .read), .init(dtype, .write)], domain: [4],
        stages: [Stage(loop: [], body: body, sink: .store(value: 1, buffer: 1, at: map))], vectorAxis: .domain
      )
      #expect(throws: Diagnostic.self) { try Backends.host.get().compile([kernel]) }
    }
  }
}
