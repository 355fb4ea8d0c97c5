// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// Numbers of a normal distribution: mean + standardDeviation · √2 · erf⁻¹(v), for v uniform in (−1, 1) and symmetric
  /// about 0.
  ///
  /// v has 23 bits, in `float64` 52, so that none is farther from the mean than 5.3 or 8.3 standard deviations.
  public func randomNormal(
    _ shape: [Extent], mean: Double = 0, standardDeviation: Double = 1, dtype: DType = .float32,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    draw(shape, dtype, at: CallSite("randomNormal", fileID, line)) { state, bits throws(BuildError) in
      try requireScale(mean, standardDeviation)
      return try state.scaled(state.normal(bits, dtype), by: standardDeviation, plus: mean)
    }
  }

  /// Numbers of a normal distribution, given that they lie within bounds: mean + standardDeviation · z for a standard
  /// normal z in `bounds`, by inversion.
  ///
  /// Their own standard deviation is less: 0.8796 · `standardDeviation` for the bounds ±2. Bounds far out on one side,
  /// where the distribution has little to tell apart, leave few different numbers.
  ///
  /// - Parameter bounds: in standard deviations from the mean.
  public func randomTruncatedNormal(
    _ shape: [Extent], mean: Double = 0, standardDeviation: Double = 1,
    in bounds: ClosedRange<Double> = -2...2,
    dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = CallSite("randomTruncatedNormal", fileID, line)
    return draw(shape, dtype, at: site) { state, bits throws(BuildError) in
      try requireScale(mean, standardDeviation)
      let number = try state.truncatedNormal(bits, in: bounds, dtype)
      return try state.scaled(number, by: standardDeviation, plus: mean)
    }
  }

  @_disfavoredOverload
  public func randomNormal(
    _ shape: some ShapeConvertible, mean: Double = 0, standardDeviation: Double = 1, dtype: DType = .float32,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    randomNormal(
      shape.extentList, mean: mean, standardDeviation: standardDeviation, dtype: dtype, fileID: fileID,
      line: line)
  }

  @_disfavoredOverload
  public func randomTruncatedNormal(
    _ shape: some ShapeConvertible, mean: Double = 0, standardDeviation: Double = 1,
    in bounds: ClosedRange<Double> = -2...2, dtype: DType = .float32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    randomTruncatedNormal(
      shape.extentList, mean: mean, standardDeviation: standardDeviation, in: bounds, dtype: dtype,
      fileID: fileID, line: line)
  }
}

private func requireScale(_ mean: Double, _ standardDeviation: Double) throws(BuildError) {
  if !(standardDeviation >= 0 && standardDeviation.isFinite && mean.isFinite) {
    throw BuildError(
      "random.scale",
      "a normal distribution has a finite mean and a standard deviation that is not negative, not \(mean) and "
        + "\(standardDeviation)")
  }
}

extension GraphState {
  /// Of mean 0 and standard deviation 1, in a row.
  mutating func normal(_ bits: RandomBits, _ dtype: DType) throws(BuildError) -> Value {
    try scaled(pointwise(.erfInverse, symmetric(bits, dtype)), by: 2.0.squareRoot())
  }

  /// The same, given that they lie in `bounds`.
  fileprivate mutating func truncatedNormal(
    _ bits: RandomBits, in bounds: ClosedRange<Double>, _ dtype: DType
  ) throws(BuildError) -> Value {
    let v = try symmetric(bits, dtype)
    let type = type(of: v)
    // v moves from erf(low / √2) to erf(high / √2).
    let low = try pointwise(.erf, constant(.real(bounds.lowerBound * 0.5.squareRoot()), as: type.dtype))
    let high = try pointwise(.erf, constant(.real(bounds.upperBound * 0.5.squareRoot()), as: type.dtype))
    let half = try constant(.real(0.5), as: type.dtype)
    let middle = try pointwise(.multiply, half, pointwise(.add, low, high))
    let width = try pointwise(.multiply, half, pointwise(.subtract, high, low))
    let place = try pointwise(
      .add, broadcast(middle, to: bits.row), pointwise(.multiply, v, broadcast(width, to: bits.row)))
    let number = try scaled(pointwise(.erfInverse, place), by: 2.0.squareRoot())
    // Roundings could step over the bounds.
    let least = try full(.real(bounds.lowerBound), type.dtype, bits.row)
    let greatest = try full(.real(bounds.upperBound), type.dtype, bits.row)
    return try pointwise(.minimum, pointwise(.maximum, number, least), greatest)
  }
}
