// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// One draw of a graph: blocks of random bits by row-major index, the numbers that `CounterGenerator` documents.
///
/// A draw is no op. It is an expression of the run's key, the draw's own stream number and an `iota`, so that it becomes
/// part of the kernels that use it and no array of random numbers need be stored.
struct RandomBits {
  /// The draw's key, scalars of `u32`.
  let key: (low: Value, high: Value)
  /// The shape of the numbers.
  let shape: Shape
  /// The words of the counter, `u32` of one axis: all numbers of the shape in a row.
  let counter: (low: Value, high: Value)

  /// One axis as long as the shape has elements. Numbers are made along it, and take their shape last.
  var row: Shape { Shape([shape.elementCount]) }
}

extension GraphState {
  /// A new draw, which is no other draw's equal: it takes the next stream number.
  mutating func draw(_ shape: Shape) throws(BuildError) -> RandomBits {
    let type = TensorType(.uint32, shape)
    if let flaw = type.flaw { throw BuildError("random.extent", flaw) }
    let runKey = runKey()
    let run = (low: try word(0, of: runKey), high: try word(1, of: runKey))
    var key = try encrypted(nextStream(), under: run)
    for index in try loopIndices() { key = try encrypted(index, under: key) }
    let row = Shape([shape.elementCount])
    return RandomBits(key: key, shape: shape, counter: try counter(row))
  }

  private mutating func word(_ index: Int, of key: Value) throws(BuildError) -> Value {
    let slice = SliceOp(starts: [index], limits: [index + 1], strides: [1])
    return try reshaped(append(.slice(slice), [key]), to: .scalar)
  }

  /// Both words of a block, as scalars.
  private mutating func encrypted(
    _ counter: UInt64, under key: (low: Value, high: Value)
  ) throws(BuildError) -> (low: Value, high: Value) {
    let low = try constant(.integer(Int(counter & 0xFFFF_FFFF)), as: .uint32)
    let high = try constant(.integer(Int(counter >> 32)), as: .uint32)
    return try encrypted(low, high, under: key)
  }

  /// The same for the number of an iteration, an `i32` scalar.
  private mutating func encrypted(
    _ index: Value, under key: (low: Value, high: Value)
  ) throws(BuildError) -> (low: Value, high: Value) {
    try encrypted(converted(index, to: .uint32), constant(.integer(0), as: .uint32), under: key)
  }

  private mutating func encrypted(
    _ low: Value, _ high: Value, under key: (low: Value, high: Value)
  ) throws(BuildError) -> (low: Value, high: Value) {
    (
      try pointwise(.threefryLow, key.low, key.high, low, high),
      try pointwise(.threefryHigh, key.low, key.high, low, high)
    )
  }

  /// The numbers from 0 on, as 64 bits in two words.
  private mutating func counter(_ row: Shape) throws(BuildError) -> (low: Value, high: Value) {
    if let count = row[0].value, count <= 1 << 32 {
      let low = try append(.iota(IotaOp(type: TensorType(.uint32, row), axis: 0)))
      return (low, try full(.integer(0), .uint32, row))
    }
    // While the count is open it may be beyond 32 bits; `simplify` knows better once it is bound.
    let index = try append(.iota(IotaOp(type: TensorType(.int64, row), axis: 0)))
    let high = try pointwise(.divide, index, full(.integer(1 << 32), .int64, row))
    return (try converted(index, to: .uint32), try converted(high, to: .uint32))
  }

  /// A number everywhere.
  mutating func full(_ number: Term, _ dtype: DType, _ shape: Shape) throws(BuildError) -> Value {
    try broadcast(constant(number, as: dtype), to: shape)
  }

  // MARK: Words

  /// Word 0 of each block, `bits32`.
  mutating func lowWords(_ bits: RandomBits) throws(BuildError) -> Value { try words(.threefryLow, bits) }

  /// Word 1 of each block.
  mutating func highWords(_ bits: RandomBits) throws(BuildError) -> Value { try words(.threefryHigh, bits) }

  private mutating func words(_ function: ScalarFunction, _ bits: RandomBits) throws(BuildError) -> Value {
    let (low, high) = (try broadcast(bits.key.low, to: bits.row), try broadcast(bits.key.high, to: bits.row))
    return try pointwise(function, low, high, bits.counter.low, bits.counter.high)
  }

  /// The words less their `count` lowest bits.
  mutating func shifted(_ words: Value, rightBy count: Int) throws(BuildError) -> Value {
    let type = type(of: words)
    return try pointwise(.divide, words, full(.integer(1 << count), type.dtype, type.shape))
  }

  /// The top `count` of 64 bits as an `f64`, which holds them exactly; `count` is 33 to 53.
  mutating func topBits(_ count: Int, _ bits: RandomBits) throws(BuildError) -> Value {
    let high = try converted(highWords(bits), to: .float64)
    let low = try converted(shifted(lowWords(bits), rightBy: 64 - count), to: .float64)
    let weight = try full(.real(Double(UInt64(1) << UInt64(count - 32))), .float64, bits.row)
    return try pointwise(.add, pointwise(.multiply, high, weight), low)
  }

  // MARK: Uniform numbers

  /// Multiples of 2⁻²⁴ or 2⁻⁵³ in [0, 1), in a row.
  mutating func uniform(_ bits: RandomBits, _ dtype: DType) throws(BuildError) -> Value {
    let number: Value
    let unit: Double
    if dtype == .float64 {
      (number, unit) = (try topBits(53, bits), 0x1p-53)
    } else {
      (number, unit) = (try converted(shifted(lowWords(bits), rightBy: 8), to: .float32), 0x1p-24)
    }
    return try scaled(number, by: unit)
  }

  /// Odd multiples of 2⁻²³ or 2⁻⁵² in (−1, 1), symmetric about 0 and never 0 or ±1, in a row: 2 · (k + ½) · 2⁻²³ − 1,
  /// where k is the top 23 of 32 bits, or 52 of 64.
  mutating func symmetric(_ bits: RandomBits, _ dtype: DType) throws(BuildError) -> Value {
    let number: Value
    let step: Double
    if dtype == .float64 {
      (number, step) = (try topBits(52, bits), 0x1p-51)
    } else {
      (number, step) = (try converted(shifted(lowWords(bits), rightBy: 9), to: .float32), 0x1p-22)
    }
    // Both operations are exact.
    return try scaled(number, by: step, plus: step / 2 - 1)
  }

  /// number · factor + offset, without what changes nothing.
  mutating func scaled(
    _ number: Value, by factor: Double, plus offset: Double = 0
  ) throws(BuildError) -> Value {
    let type = type(of: number)
    var result = number
    if factor != 1 {
      result = try pointwise(.multiply, result, full(.real(factor), type.dtype, type.shape))
    }
    // Numbers here are never −0, to which adding 0 would matter.
    if offset != 0 {
      result = try pointwise(.add, result, full(.real(offset), type.dtype, type.shape))
    }
    return result
  }

  /// Numbers in a row in the shape and element type of a draw.
  mutating func finished(_ row: Value, _ bits: RandomBits, _ dtype: DType) throws(BuildError) -> Value {
    try reshaped(converted(row, to: dtype), to: bits.shape)
  }
}
