// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What becomes of the bits of a draw. All are numbers in a row, of `f64` where that is wanted and of `f32` otherwise.
extension GraphState {
  /// True with a probability.
  mutating func bernoulli(_ bits: RandomBits, probability: Double) throws(BuildError) -> Value {
    if !(0...1).contains(probability) {
      throw BuildError("random.probability", "\(probability) is no probability, which is from 0 to 1")
    }
    // The words below it are true; all of them where it is one too many for 32 bits.
    let threshold = Int((probability * 0x1p32).rounded())
    if threshold == 1 << 32 { return try full(.array(NDArray(scalar: true)), .bool, bits.row) }
    return try pointwise(.less, lowWords(bits), full(.integer(threshold), .uint32, bits.row))
  }

  /// Of mean 1.
  mutating func exponential(_ bits: RandomBits, _ dtype: DType) throws(BuildError) -> Value {
    try pointwise(.negate, pointwise(.log1p, pointwise(.negate, uniform(bits, dtype))))
  }

  mutating func gumbel(_ bits: RandomBits, _ dtype: DType) throws(BuildError) -> Value {
    // (v + 1) / 2 is in (0, 1), exactly.
    let number = try scaled(symmetric(bits, dtype), by: 0.5, plus: 0.5)
    return try pointwise(.negate, pointwise(.log, pointwise(.negate, pointwise(.log, number))))
  }

  // MARK: Integers

  mutating func integers(
    _ bits: RandomBits, in range: ClosedRange<Int>, _ dtype: DType
  ) throws(BuildError) -> Value {
    let isHeld = [range.lowerBound, range.upperBound].allSatisfy { NDArray.scalar($0, dtype) != nil }
    if !dtype.isInteger || !isHeld {
      throw BuildError("random.range", "the numbers \(range) do not all fit \(dtype)")
    }
    let offset = try below(UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound)) &+ 1, bits)
    let type = type(of: offset)
    if range.lowerBound == 0 { return try converted(offset, to: dtype) }
    let sum = try pointwise(.add, offset, full(.integer(range.lowerBound), type.dtype, type.shape))
    return try converted(sum, to: dtype)
  }

  /// ⌊bits · count / 2⁶⁴⌋ in an `i64`, as bits where that is beyond its numbers; 0 stands for a count of 2⁶⁴.
  private mutating func below(_ count: UInt64, _ bits: RandomBits) throws(BuildError) -> Value {
    let low = try converted(lowWords(bits), to: .int64)
    let high = try converted(highWords(bits), to: .int64)
    if count == 0 { return try pointwise(.add, low, scaled(high, by: 1 << 32)) }
    // Products of 32-bit halves, schoolbook; each sum fits 64 bits without a sign.
    let (lowCount, highCount) = (Int(count & 0xFFFF_FFFF), Int(count >> 32))
    let carry = try upperHalf(scaled(low, by: lowCount), isNonnegative: lowCount <= 1 << 31)
    let middle = try pointwise(.add, scaled(high, by: lowCount), carry)
    let top = try upperHalf(middle, isNonnegative: lowCount <= 1 << 31)
    if highCount == 0 { return top }
    let other = try pointwise(.add, scaled(low, by: highCount), lowerHalf(middle))
    let product = try pointwise(.add, scaled(high, by: highCount), top)
    return try pointwise(.add, product, upperHalf(other, isNonnegative: false))
  }

  /// ⌊bits · count / 2⁶⁴⌋ for a count that a run decides, an `i64` below 2³¹.
  mutating func below(_ count: Value, _ bits: RandomBits) throws(BuildError) -> Value {
    let counts = try broadcast(count, to: bits.row)
    let low = try pointwise(.multiply, converted(lowWords(bits), to: .int64), counts)
    let high = try pointwise(.multiply, converted(highWords(bits), to: .int64), counts)
    return try shifted(pointwise(.add, high, shifted(low, rightBy: 32)), rightBy: 32)
  }

  private mutating func scaled(_ number: Value, by factor: Int) throws(BuildError) -> Value {
    let type = type(of: number)
    return try pointwise(.multiply, number, full(.integer(factor), type.dtype, type.shape))
  }

  private mutating func lowerHalf(_ number: Value) throws(BuildError) -> Value {
    let type = type(of: number)
    return try pointwise(.and, number, full(.integer(0xFFFF_FFFF), type.dtype, type.shape))
  }

  /// The upper 32 of 64 bits.
  private mutating func upperHalf(_ number: Value, isNonnegative: Bool) throws(BuildError) -> Value {
    let shifted = try shifted(number, rightBy: 32)
    return isNonnegative ? shifted : try lowerHalf(shifted)
  }
}
