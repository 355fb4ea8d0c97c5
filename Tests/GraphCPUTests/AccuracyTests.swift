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
    .sigmoid: { 1 / (1 + exp(-$0)) }, .erf: { erf($0) }, .exp2: { exp2($0) }, .log2: { log2($0) },
    .log10: { log10($0) }, .cbrt: { cbrt($0) }, .asin: { asin($0) }, .acos: { acos($0) }, .atan: { atan($0) },
    .sinh: { sinh($0) }, .cosh: { cosh($0) }, .asinh: { asinh($0) }, .acosh: { acosh($0) },
    .atanh: { atanh($0) }, .erfc: { erfc($0) }, .erfInverse: { AccuracyTests.erfInverse($0) },
    .logGamma: { AccuracyTests.logGamma($0) }, .digamma: { AccuracyTests.digamma($0) },
  ]

  private static func logGamma(_ x: Double) -> Double {
    let (value, _): (Double, Int) = lgamma(x)
    return value
  }

  /// By the quantile of the normal distribution and a step of Newton's method.
  private static func erfInverse(_ x: Double) -> Double {
    guard x.magnitude < 1 else { return x.magnitude == 1 ? x * .infinity : .nan }
    if x.magnitude < 0x1p-30 { return x * 0.886226925452758 }
    let tail = 1 - x.magnitude
    let start = NormalQuantile.value(at: tail / 2) * -(0.5).squareRoot()
    let value = start + (erfc(start) - tail) * 0.886226925452758 * exp(start * start)
    return x < 0 ? -value : value
  }

  /// By reflection, recurrence and the asymptotic series.
  private static func digamma(_ x: Double) -> Double {
    if x == 0 { return x.sign == .minus ? .infinity : -.infinity }
    if x == .infinity { return x }
    if x < 0 {
      let offset = x - x.rounded(.toNearestOrEven)
      return offset == 0 || x == -.infinity ? .nan : digamma(1 - x) - .pi / tan(.pi * offset)
    }
    if x < 20 { return digamma(x + 1) - 1 / x }
    let square = 1 / (x * x)
    let series =
      square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square / 132))))
    return log(x) - 0.5 / x - series
  }

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
