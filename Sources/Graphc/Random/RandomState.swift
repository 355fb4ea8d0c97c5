// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Where the random numbers of a session stand: two numbers, from which all that it draws from here on follows.
///
/// A program that saves it beside its variables, and sets it when it goes on, draws what it would have drawn without
/// the stop.
public struct RandomState: Hashable, Codable, Sendable {
  /// Sets one session's numbers apart from another's.
  public var seed: UInt64
  /// How many runs have drawn. A run that draws nothing, or that fails, does not count.
  public var step: UInt64

  public init(seed: UInt64, step: UInt64 = 0) {
    self.seed = seed
    self.step = step
  }

  /// The key of a run that draws.
  var runKey: UInt64 { CounterGenerator.runKey(seed: seed, step: step) }

  /// A key as a program takes it, low word first.
  static func array(of key: UInt64) -> NDArray {
    NDArray(dtype: .uint32, shape: [2], bits: [key & 0xFFFF_FFFF, key >> 32])
  }
}
