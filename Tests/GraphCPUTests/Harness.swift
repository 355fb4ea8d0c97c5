// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// The processors whose code this machine may be able to run, narrowest vectors first.
let processorLevels = ["x86-64", "x86-64-v3", "x86-64-v4"]

/// Backends for the levels that this machine can run, made once.
enum Backends {
  static let runnable: [CPUBackend] = processorLevels.compactMap { name in
    guard let target = try? Target(cpu: name), target.isRunnable else { return nil }
    return try? CPUBackend(cpu: name)
  }
  static let host = Result { try CPUBackend() }
}

/// Memory that ends at a page that nobody may touch, so that an access beyond the end stops the test.
final class GuardedMemory {
  let base: UnsafeMutableRawPointer
  private let mapping: UnsafeMutableRawPointer
  private let byteCount: Int

  init(byteCount: Int) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let pages = (byteCount + page - 1) / page
    self.byteCount = (pages + 1) * page
    mapping = mmap(nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    mprotect(mapping + pages * page, page, PROT_NONE)
    base = mapping + (pages * page - byteCount)
  }

  deinit { munmap(mapping, byteCount) }

  /// Memory that holds elements by their bit patterns.
  convenience init(_ dtype: DType, _ elements: [UInt64]) {
    self.init(byteCount: elements.count * dtype.byteCount)
    for (index, bits) in elements.enumerated() {
      switch dtype.byteCount {
      case 1: base.storeBytes(of: UInt8(truncatingIfNeeded: bits), toByteOffset: index, as: UInt8.self)
      case 2: base.storeBytes(of: UInt16(truncatingIfNeeded: bits), toByteOffset: index * 2, as: UInt16.self)
      case 4: base.storeBytes(of: UInt32(truncatingIfNeeded: bits), toByteOffset: index * 4, as: UInt32.self)
      default: base.storeBytes(of: bits, toByteOffset: index * 8, as: UInt64.self)
      }
    }
  }

  func elements(_ dtype: DType, count: Int) -> [UInt64] {
    (0..<count).map { index in
      switch dtype.byteCount {
      case 1: UInt64(base.load(fromByteOffset: index, as: UInt8.self))
      case 2: UInt64(base.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
      case 4: UInt64(base.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
      default: base.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
      }
    }
  }
}

/// What a kernel makes of buffers with these elements, and its fault code. Runs `ranges` one after another, by
/// default the whole domain at once.
func run(
  _ number: Int, of compiled: any CompiledKernels, _ kernel: Kernel, on buffers: [[UInt64]],
  ranges: [Range<Int>]? = nil
) -> (buffers: [[UInt64]], fault: Int) {
  let memory = zip(kernel.buffers, buffers).map { GuardedMemory($0.dtype, $1) }
  let table: [UnsafeMutableRawPointer?] = memory.map(\.base)
  var fault = 0
  for range in ranges ?? [0..<kernel.rangeCount] {
    let code = withExtendedLifetime(compiled) {
      compiled.functions[number](table, range.lowerBound, range.upperBound)
    }
    if code != 0 { fault = fault == 0 ? Int(code) : min(fault, Int(code)) }
  }
  let results = zip(kernel.buffers, zip(memory, buffers)).map { buffer, contents in
    contents.0.elements(buffer.dtype, count: contents.1.count)
  }
  return (results, fault)
}

/// Whether bit patterns are the same value; all NaNs are.
func same(_ a: UInt64, _ b: UInt64, _ dtype: DType) -> Bool {
  switch dtype {
  case .float16, .bfloat16, .float32, .float64:
    a == b || (dtype.number(bits: a).isNaN && dtype.number(bits: b).isNaN)
  default: a == b
  }
}

/// Says where compiled code differs from the reference, if anywhere.
func expectSame(
  _ actual: [UInt64], _ expected: [UInt64], _ dtype: DType, _ what: @autoclosure () -> String,
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
  #expect(actual.count == expected.count, sourceLocation: sourceLocation)
  let wrong = zip(actual, expected).enumerated().filter { !same($1.0, $1.1, dtype) }
  guard let (index, (got, wanted)) = wrong.first else { return }
  Issue.record(
    """
    \(what()): \(wrong.count) elements differ, the first at \(index): \
    \(text(got, dtype)) is not \(text(wanted, dtype))
    """, sourceLocation: sourceLocation)
}

func text(_ bits: UInt64, _ dtype: DType) -> String {
  "\(NDArray(dtype: dtype, shape: [], bits: [bits]).number(at: 0)) (0x\(String(bits, radix: 16)))"
}

/// Compiles kernels for every level that this machine can run, and holds each against the reference.
func check(
  _ cases: [(kernel: Kernel, buffers: [[UInt64]])], sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
  let references = try cases.map { kernel, buffers in
    var reference = KernelReference(kernel, buffers)
    try reference.run()
    return reference
  }
  for backend in Backends.runnable {
    let compiled = try backend.compile(cases.map(\.kernel))
    for (index, (kernel, buffers)) in cases.enumerated() {
      let (results, fault) = run(index, of: compiled, kernel, on: buffers)
      #expect(
        fault == references[index].fault, "\(backend.target)\n\(kernel)", sourceLocation: sourceLocation)
      for (buffer, result) in results.enumerated() {
        expectSame(
          result, references[index].buffers[buffer], kernel.buffers[buffer].dtype,
          "\(backend.target), buffer \(buffer) of\n\(kernel)", sourceLocation: sourceLocation)
      }
    }
  }
}

/// Values that are hard for some instruction, then random ones.
func samples(_ dtype: DType, count: Int, seed: UInt64 = 1) -> [UInt64] {
  var generator = SplitMix(state: seed &* 0x9e37_79b9_7f4a_7c15)
  let special: [UInt64] =
    switch dtype {
    case .float32:
      [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
        -.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        0x1p31, -0x1p31, 0x1p32, 0x1p63, -0x1p63, 255.5, -0.75, 88.5, -103.5, 8_388_609, 3e9,
      ].map { (value: Float) in value.bits }
    case .float64:
      [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
        -.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        0x1p31, -0x1p31, 0x1p32, 0x1p63, -0x1p63, 0x1p53, 255.5, -0.75, 709.5, -745, 1e300, 0x1.0000001p0,
      ].map { (value: Double) in value.bits }
    case .int32: [0, 1, -1, 2, -2, 7, .max, .min, .min + 1, 31, 32, 33].map { (value: Int32) in value.bits }
    case .int64: [0, 1, -1, 2, -2, 7, .max, .min, .min + 1, 63, 64].map { (value: Int64) in value.bits }
    case .uint32: [0, 1, 2, 7, .max, .max - 1, 1 << 31, 31, 32].map { (value: UInt32) in value.bits }
    case .float16, .bfloat16:
      [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, .infinity, -.infinity, .nan, dtype.leastNormal,
        -dtype.leastNormal, dtype.greatestFinite, -dtype.greatestFinite, 0x1p31, -0x1p31, 0x1p63, 255.5,
        -0.75, 88.5,
        -103.5, 3e9, 0x1p-24, 0x1p-133,
      ].map { (value: Double) in dtype.bits(rounding: value) }
    case .int8: [0, 1, -1, 2, -2, 7, .max, .min, .min + 1, 8, 9].map { (value: Int8) in value.bits }
    case .uint8: [0, 1, 2, 7, .max, 128, 127].map { (value: UInt8) in value.bits }
    case .bool, .string: [0, 1]
    }
  return (0..<count).map { index in
    if index < special.count { return special[index] }
    let bits = generator.next()
    if index % 3 == 0 { return special[Int(bits % UInt64(special.count))] }
    switch dtype {
    case .float32:
      // Any bits, or something near 1.
      return index % 3 == 1 ? bits >> 32 : Float(Double(Int64(bitPattern: bits)) * 0x1p-60).bits
    case .float16, .bfloat16:
      return index % 3 == 1
        ? bits & dtype.bitMask : dtype.bits(rounding: Double(Int64(bitPattern: bits)) * 0x1p-60)
    case .float64: return index % 3 == 1 ? bits : (Double(Int64(bitPattern: bits)) * 0x1p-60).bits
    case .bool: return bits & 1
    default: return (index % 3 == 1 ? bits : bits & 7) & dtype.bitMask
    }
  }
}

/// A small generator with a known sequence.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension Kernel {
  /// A kernel that applies `body` to elements of contiguous buffers, the last of which it writes.
  static func pointwise(
    _ inputs: [DType], _ output: DType, count: Int, _ body: [KernelInstruction]
  ) -> Kernel {
    let map = AffineMap(strides: [1])
    let loads = inputs.enumerated().map { KernelInstruction(.load(buffer: $0, at: map), $1) }
    let stage = Stage(
      loop: [], body: loads + body,
      sink: .store(value: loads.count + body.count - 1, buffer: inputs.count, at: map))
    return Kernel(
      buffers: inputs.map { .init($0, .read) } + [.init(output, .write)], domain: [count], stages: [stage],
      vectorAxis: .domain)
  }
}
