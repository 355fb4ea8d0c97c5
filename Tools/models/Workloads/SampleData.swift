// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// Synthetic arrays: the same numbers for the same seed.
public struct SampleData {
  private var random: NumPyRandomState

  public init(seed: UInt32 = 0) { random = NumPyRandomState(seed: seed) }

  /// f32, from 0 up to but not including 1.
  public mutating func uniform(_ shape: [Int]) -> NDArray { array(.float32, shape) { $0.unit() } }

  /// f32, near enough to a standard normal distribution for a benchmark: the sum of four uniforms, widened.
  public mutating func normal(_ shape: [Int]) -> NDArray {
    // Four uniforms have a variance of 4/12.
    let scale = Float(3).squareRoot()
    return array(.float32, shape) { ($0.unit() + $0.unit() + $0.unit() + $0.unit() - 2) * scale }
  }

  /// f32: zeros and ones.
  public mutating func flags(_ shape: [Int]) -> NDArray {
    array(.float32, shape) { Float($0.random.next() & 1) }
  }

  /// i32, from 0 up to but not including a bound.
  public mutating func integers(below bound: Int32, _ shape: [Int]) -> NDArray {
    array(.int32, shape) { Int32($0.random.next() % UInt32(bound)) }
  }

  /// The numbers from 0 up to but not including `count`, in a new order.
  public mutating func permutation(_ count: Int) -> [Int] { random.permutation(count) }

  private mutating func array<Element>(
    _ dtype: DType, _ shape: [Int], _ next: (inout SampleData) -> Element
  ) -> NDArray {
    NDArray(dtype: dtype, shape: shape) { bytes in
      for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<Element>.stride) {
        bytes.storeBytes(of: next(&self), toByteOffset: offset, as: Element.self)
      }
    }
  }

  private mutating func unit() -> Float { Float(random.next() >> 8) / 0x1p24 }
}
