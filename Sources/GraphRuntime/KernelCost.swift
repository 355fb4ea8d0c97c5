// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// A rough estimate of a kernel's time, which decides how it is cut for threads.
///
/// From the kernel alone, never from the machine or the number of threads. The numbers are picoseconds for an element of
/// four bytes in vectors of eight, measured on one processor with arrays in its caches: half a megabyte is read, added to
/// and written in 6.4 µs.
extension Kernel {
  var estimatedPicoseconds: Int {
    var total = 0
    for stage in stages {
      var cost = 50  // What becomes of the value.
      for instruction in stage.body { cost = Kernel.sum(cost, instruction.estimatedPicoseconds) }
      total = Kernel.sum(total, stage.loop.reduce(cost, Kernel.product))
    }
    return domain.reduce(total, Kernel.product)
  }

  /// What is worth the way to a second thread: 10 µs.
  private static let chunkPicoseconds = 10_000_000

  /// How much of the kernel's range one thread takes at a time; all of it where less than two chunks are worth it.
  var chunkLength: Int {
    let count = max(rangeCount, 1)
    let perItem = max(estimatedPicoseconds / count, 1)
    let length = max(Kernel.chunkPicoseconds / perItem, smallestChunk, 1)
    // Whole cache lines of any type.
    let aligned = length < 64 ? length : length / 64 * 64
    return aligned * 2 > count ? count : aligned
  }

  // No estimate is worth a trap.
  private static func sum(_ a: Int, _ b: Int) -> Int { a.addingReportingOverflow(b).overflow ? .max : a + b }
  private static func product(_ a: Int, _ b: Int) -> Int {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : result
  }
}

extension KernelInstruction {
  fileprivate var estimatedPicoseconds: Int {
    let width = max(dtype.byteCount, 1)
    switch operation {
    case .load: return 12 * width
    case .loadWithin: return 25 * width
    case .isWithin: return 50
    case .gather, .check: return 500
    case .constant, .index, .stageResult: return 5
    case .convert: return 30
    case .function(let function): return function.estimatedPicoseconds(of: dtype) * width / 4
    }
  }
}

extension ScalarFunction {
  fileprivate func estimatedPicoseconds(of dtype: DType) -> Int {
    switch cost {
    case .free: 5
    case .cheap: 15
    // No processor divides integers in vectors.
    case .moderate: dtype.isInteger ? 1500 : 150
    case .expensive: dtype.isInteger ? 1500 : 350
    }
  }
}
