// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Random numbers as tensors. Each call is a draw of its own: two calls give different numbers, each use of one call's
// result sees the same ones, and every run that draws sees new ones. `Session.randomState` decides them all. Extents may
// be unknown, as in `graph.randomNormal(x.shape)`. A number depends on its row-major index and not on the shape: a
// larger batch begins with the numbers of the smaller one. In a loop each step has numbers of its own, which depend on its
// index: the gradient of a step sees those that the step saw.

extension Graph {
  /// Uniform numbers of a range, its end excluded: low + (high − low) · u, for multiples u of 2⁻²⁴ in [0, 1), in
  /// `float64` of 2⁻⁵³. In the types of 16 bits they are the numbers of `float32`, rounded; what would become the end is
  /// the number below it.
  public func randomUniform(
    _ shape: [Extent], in range: Range<Double> = 0..<1, dtype: DType = .float32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    draw(shape, dtype, at: CallSite("randomUniform", fileID, line)) { state, bits throws(BuildError) in
      let number = try state.uniform(bits, dtype)
      guard let bounds = FloatRange(range, dtype) else {
        throw BuildError("random.range", "the range \(range) has no numbers in \(dtype), or too many")
      }
      if range == 0..<1, dtype == .float32 || dtype == .float64 { return number }
      let scaled = try state.scaled(number, by: bounds.width, plus: bounds.low)
      // Rounding could reach the end.
      let type = state.type(of: scaled)
      return try state.pointwise(.minimum, scaled, state.full(.real(bounds.last), type.dtype, type.shape))
    }
  }

  /// Whole numbers of a range, each equally likely up to 2⁻⁶⁴: ⌊bits · n / 2⁶⁴⌋ more than the lowest, for 64 bits and n
  /// numbers.
  public func randomInteger(
    _ shape: [Extent], in range: ClosedRange<Int>, dtype: DType = .int32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    draw(shape, nil, at: CallSite("randomInteger", fileID, line)) { state, bits throws(BuildError) in
      try state.integers(bits, in: range, dtype)
    }
  }

  /// Whole numbers of a range, its end excluded.
  public func randomInteger(
    _ shape: [Extent], in range: Range<Int>, dtype: DType = .int32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    draw(shape, nil, at: CallSite("randomInteger", fileID, line)) { state, bits throws(BuildError) in
      if range.isEmpty { throw BuildError("random.range", "the range \(range) has no numbers") }
      return try state.integers(bits, in: ClosedRange(range), dtype)
    }
  }

  /// True with a probability: where the low word of the bits is below `probability` · 2³², rounded.
  public func randomBernoulli(
    _ shape: [Extent], probability: Double = 0.5, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    draw(shape, nil, at: CallSite("randomBernoulli", fileID, line)) { state, bits throws(BuildError) in
      try state.bernoulli(bits, probability: probability)
    }
  }

  /// True with a probability that a tensor has for each element, in the tensor's shape.
  public func randomBernoulli(
    probability: some TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = CallSite("randomBernoulli", fileID, line)
    return build([probability], at: site) { state, terms throws(BuildError) in
      let probability = try state.promoted(terms, .floating)[0]
      let type = state.type(of: probability)
      let bits = try state.draw(type.shape)
      let dtype: DType = type.dtype == .float64 ? .float64 : .float32
      let number = try state.reshaped(state.uniform(bits, dtype), to: type.shape)
      return try state.pointwise(.less, number, state.converted(probability, to: dtype))
    }
  }

  /// Numbers of the exponential distribution of mean 1 / `rate`: −log(1 − u) / rate for a uniform u.
  public func randomExponential(
    _ shape: [Extent], rate: Double = 1, dtype: DType = .float32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    draw(shape, dtype, at: CallSite("randomExponential", fileID, line)) { state, bits throws(BuildError) in
      if !(rate > 0 && rate.isFinite) { throw BuildError("random.rate", "the rate \(rate) is not positive") }
      return try state.scaled(state.exponential(bits, dtype), by: 1 / rate)
    }
  }

  /// Numbers of the standard Gumbel distribution, of mean 0.5772: −log(−log u) for a uniform u.
  public func randomGumbel(
    _ shape: [Extent], dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    draw(shape, dtype, at: CallSite("randomGumbel", fileID, line)) { state, bits throws(BuildError) in
      try state.gumbel(bits, dtype)
    }
  }

  /// A draw whose numbers `body` makes in a row.
  ///
  /// - Parameter dtype: floating-point, the type to convert the numbers to; nil leaves them as they are.
  func draw(
    _ shape: [Extent], _ dtype: DType?, at site: CallSite,
    _ body: (inout GraphState, RandomBits) throws(BuildError) -> Value
  ) -> Tensor {
    build([], at: site) { state, _ throws(BuildError) in
      if let dtype, !dtype.isFloatingPoint {
        throw BuildError("random.type", "these numbers are floating-point, \(dtype) is not")
      }
      let bits = try state.draw(state.filled(shape))
      let row = try body(&state, bits)
      return try state.reshaped(
        dtype.map { dtype throws(BuildError) in try state.converted(row, to: dtype) } ?? row, to: bits.shape)
    }
  }
}

/// A range of floating-point numbers in the terms of an element type.
private struct FloatRange {
  let low: Double
  let width: Double
  /// The largest number below the end.
  let last: Double

  /// Nil where the range is empty, or wider than the type reaches.
  init?(_ range: Range<Double>, _ dtype: DType) {
    switch dtype {
    case .float64:
      (low, width, last) = (range.lowerBound, range.upperBound - range.lowerBound, range.upperBound.nextDown)
    case .float16:
      let (start, end) = (Float16(range.lowerBound), Float16(range.upperBound))
      (low, width, last) = (Double(start), Double(Float(end) - Float(start)), Double(end.nextDown))
    case .bfloat16:
      let (start, end) = (Float(BFloat16(range.lowerBound)), Float(BFloat16(range.upperBound)))
      // The next `Float` below is cut down to the next number of the upper half, or rounded up in magnitude.
      let below = end.nextDown.bitPattern
      let last = Float(bitPattern: (end > 0 ? below : below + 0xFFFF) & 0xFFFF_0000)
      (low, width, self.last) = (Double(start), Double(end - start), Double(last))
    default:
      let (start, end) = (Float(range.lowerBound), Float(range.upperBound))
      (low, width, last) = (Double(start), Double(end - start), Double(end.nextDown))
    }
    if !(low <= last && width.isFinite) { return nil }
  }
}
