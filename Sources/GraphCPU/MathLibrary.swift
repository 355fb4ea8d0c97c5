// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc

/// The C functions that LLVM's code generator calls where a processor lacks an instruction, and `fmod`.
enum MathLibrary {
  private typealias Float1 = @convention(c) (Float) -> Float
  private typealias Float2 = @convention(c) (Float, Float) -> Float
  private typealias Float3 = @convention(c) (Float, Float, Float) -> Float
  private typealias Double1 = @convention(c) (Double) -> Double
  private typealias Double2 = @convention(c) (Double, Double) -> Double
  private typealias Double3 = @convention(c) (Double, Double, Double) -> Double

  /// Names and addresses.
  static var functions: [(name: String, address: UInt)] {
    float1.map { ($0, unsafeBitCast($1, to: UInt.self)) }
      + float2.map { ($0, unsafeBitCast($1, to: UInt.self)) }
      + float3.map { ($0, unsafeBitCast($1, to: UInt.self)) }
      + double1.map { ($0, unsafeBitCast($1, to: UInt.self)) }
      + double2.map { ($0, unsafeBitCast($1, to: UInt.self)) }
      + double3.map { ($0, unsafeBitCast($1, to: UInt.self)) }
  }

  // roundeven is rint in the rounding mode that every thread has.
  private static let float1: [(String, Float1)] = [
    ("floorf", floorf), ("ceilf", ceilf), ("truncf", truncf), ("roundevenf", rintf), ("rintf", rintf),
  ]
  private static let double1: [(String, Double1)] = [
    ("floor", floor), ("ceil", ceil), ("trunc", trunc), ("roundeven", rint), ("rint", rint),
  ]
  private static let float2: [(String, Float2)] = [("fmodf", fmodf)]
  private static let double2: [(String, Double2)] = [("fmod", fmod)]
  private static let float3: [(String, Float3)] = [("fmaf", fmaf)]
  private static let double3: [(String, Double3)] = [("fma", fma)]
}
