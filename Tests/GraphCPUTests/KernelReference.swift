// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import TestSupport

/// The meaning of a kernel on elements as bit patterns: what compiled code is held against.
struct KernelReference {
  let kernel: Kernel
  /// The elements of each buffer as bit patterns.
  var buffers: [[UInt64]]
  /// 0, or the least fault code.
  private(set) var fault = 0

  init(_ kernel: Kernel, _ buffers: [[UInt64]]) {
    self.kernel = kernel
    self.buffers = buffers
  }

  /// Runs the whole domain.
  mutating func run() throws {
    let arrays = zip(kernel.buffers, buffers).map { buffer, bits in
      NDArray(dtype: buffer.dtype, shape: [bits.count], bits: bits)
    }
    let bytes = arrays.map {
      UnsafeMutableRawBufferPointer(start: $0.storage.base, count: $0.storage.byteCount)
    }
    fault = try withExtendedLifetime(arrays) { try KernelEvaluator(kernel).run(bytes) }
    buffers = arrays.map { array in (0..<array.count).map { array.bits(at: $0) } }
  }
}

extension IndexSpace {
  /// All points in row-major order.
  var points: [[Int]] { (0..<count).map { point(at: $0) } }
}
