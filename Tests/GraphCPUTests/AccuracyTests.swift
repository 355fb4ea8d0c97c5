// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphIR
import GraphKernels
import Testing

@testable import GraphCPU

/// The error of machine code against the C library's functions of twice the precision.
///
/// The operands are floats in the order of their bits, every `stride`-th one; all 2^32 of them if the environment
/// variable GRAPHC_EXHAUSTIVE is 1, which takes minutes in an optimized build.
struct AccuracyTests {
  typealias Exact = @convention(c) (Double) -> Double

  static let functions: [ScalarFunction: Exact] = [
    .exp: { exp($0) }, .expm1: { expm1($0) }, .log: { log($0) }, .log1p: { log1p($0) }, .sqrt: { sqrt($0) },
    .rsqrt: { 1 / sqrt($0) }, .sin: { sin($0) }, .cos: { cos($0) }, .tan: { tan($0) }, .tanh: { tanh($0) },
    .sigmoid: { 1 / (1 + exp(-$0)) }, .erf: { erf($0) },
  ]

  private static let isExhaustive = getenv("GRAPHC_EXHAUSTIVE").map { String(cString: $0) } == "1"
  /// A prime, so that no low bits are favoured.
  private static let stride: UInt64 = isExhaustive ? 1 : 4_001
  private static let batch = 1 << 16

  @Test(arguments: functions.keys.sorted { $0.name < $1.name })
  func errorIsWithinTheBound(_ function: ScalarFunction) throws {
    let exact = try #require(Self.functions[function])
    let bound = Double(try #require(function.ulpBound(for: .float32)))
    let backend = try Backends.host.get()
    let kernel = Kernel.pointwise(
      [.float32], .float32, count: Self.batch, [KernelInstruction(.function(function), .float32, [0])])
    let compiled = try backend.compile([kernel])
    let operands = UnsafeMutablePointer<Float>.allocate(capacity: Self.batch)
    let results = UnsafeMutablePointer<Float>.allocate(capacity: Self.batch)
    defer {
      operands.deallocate()
      results.deallocate()
    }
    var worst = 0.0
    var place: Float = 0
    var bits: UInt64 = 0
    while bits < 1 << 32 {
      var count = 0
      while count < Self.batch, bits < 1 << 32 {
        operands[count] = Float(bitPattern: UInt32(bits))
        count += 1
        bits += Self.stride
      }
      withExtendedLifetime(compiled) {
        let table: [UnsafeMutableRawPointer?] = [.init(operands), .init(results)]
        _ = compiled.functions[0](table, 0, count)
      }
      var position = 0
      while position < count {
        let error = Self.error(results[position], exact(Double(operands[position])))
        if !(error <= worst) { (worst, place) = (error, operands[position]) }
        position += 1
      }
    }
    #expect(worst <= bound, "\(function.name)(\(place)) is \(worst) units in the last place off")
  }

  /// In units in the last place of the exact value; infinite for a value of another kind.
  private static func error(_ value: Float, _ exact: Double) -> Double {
    let rounded = Float(exact)
    if value == rounded { return rounded.isFinite ? abs(Double(value) - exact) / Double(rounded.ulp) : 0 }
    if value.isNaN || rounded.isNaN { return value.isNaN && rounded.isNaN ? 0 : .infinity }
    if exact.isInfinite || value.isInfinite && abs(exact) < 0x1.fffffep127 { return .infinity }
    return abs((value.isInfinite ? Double(value.sign == .minus ? -0x1p128 : 0x1p128) : Double(value)) - exact)
      / (rounded.isInfinite ? 0x1p104 : Double(rounded.ulp))
  }
}
