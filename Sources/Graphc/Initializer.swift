// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// How a variable gets its first value.
///
/// The numbers depend on the session's seed, the variable's place in the building order and the shape, and on nothing
/// else.
public enum Initializer: Hashable, Sendable {
  case zeros
  case ones
  case constant(Double)
  /// Between two bounds.
  case uniform(Double, Double)
  case normal(mean: Double, stddev: Double)
  /// Normal, with what is further than two standard deviations from the mean drawn again; `stddev` is that before the
  /// cut.
  case truncatedNormal(mean: Double, stddev: Double)
  /// Draws whose variance is `scale` divided by the number of inputs or outputs of a unit, as in Keras.
  case varianceScaling(scale: Double, mode: FanMode, distribution: Distribution)
  /// The given elements.
  case value(NDArray)

  /// What a variance is divided by.
  public enum FanMode: Hashable, Sendable {
    case fanIn, fanOut, fanAverage
  }

  public enum Distribution: Hashable, Sendable {
    case uniform
    /// Truncated at two standard deviations and widened by what the cut takes away, as in Keras.
    case truncatedNormal
  }

  /// ±√(6 / (inputs + outputs)); Glorot and Bengio 2010.
  public static let glorotUniform = varianceScaling(scale: 1, mode: .fanAverage, distribution: .uniform)
  /// Standard deviation √(2 / (inputs + outputs)); Glorot and Bengio 2010.
  public static let glorotNormal = varianceScaling(
    scale: 1, mode: .fanAverage, distribution: .truncatedNormal)
  /// ±√(6 / inputs), for units that rectify; He et al. 2015.
  public static let heUniform = varianceScaling(scale: 2, mode: .fanIn, distribution: .uniform)
  /// Standard deviation √(2 / inputs), for units that rectify; He et al. 2015.
  public static let heNormal = varianceScaling(scale: 2, mode: .fanIn, distribution: .truncatedNormal)
}

extension Initializer {
  /// Why this cannot initialise a variable of the given type; nil when it can.
  func problem(shape: [Int], dtype: DType) -> String? {
    if dtype == .string { return "a variable cannot hold text" }
    if case .value(let array) = self, let flaw = array.flaw { return flaw }
    switch self {
    case .zeros, .ones: return nil
    case .constant(let number):
      return NDArray.scalar(number, dtype) != nil ? nil : "\(number) is no \(dtype)"
    case .uniform(let low, let high):
      if !(low <= high) { return "the bounds \(low) and \(high) are not in order" }
    case .normal(_, let stddev), .truncatedNormal(_, let stddev):
      if !(stddev >= 0) { return "a standard deviation of \(stddev) is negative" }
    case .varianceScaling(let scale, _, _):
      if !(scale > 0) { return "a variance of \(scale) is not positive" }
    case .value(let array):
      if array.shape != shape {
        return "the value's shape is \(Shape(array.shape)), the variable's \(Shape(shape))"
      }
      if array.dtype == dtype || array.literalConverted(to: dtype) != nil { return nil }
      return "the value is \(array.type), the variable \(TensorType(dtype, Shape(shape)))"
    }
    if dtype.isFloatingPoint { return nil }
    return "random numbers are floating-point, the variable is \(dtype); give it `initializer: .zeros` or an "
      + "initialValue"
  }

  /// The number of inputs and outputs of a unit, as Keras counts them: a matrix is `[inputs, outputs]`, and before those
  /// two a convolution's kernel has the extents of its window.
  static func fans(_ shape: [Int]) -> (in: Int, out: Int) {
    switch shape.count {
    case 0: return (1, 1)
    case 1: return (shape[0], shape[0])
    default:
      let window = shape.dropLast(2).reduce(1, *)
      return (window * shape[shape.count - 2], window * shape[shape.count - 1])
    }
  }

  /// The first value of a variable.
  ///
  /// - Parameters:
  ///   - seed: the session's.
  ///   - stream: the variable's, so that no two draw the same numbers.
  func makeValue(shape: [Int], dtype: DType, seed: UInt64, stream: UInt64) -> NDArray {
    let generator = CounterGenerator(seed: seed, step: 0, stream: stream)
    switch self {
    case .zeros: return .filled(0, shape: shape, dtype: dtype)
    case .ones: return .filled(1, shape: shape, dtype: dtype)
    case .constant(let number): return .filled(number, shape: shape, dtype: dtype)
    case .uniform(let low, let high):
      return .drawn(shape: shape, dtype: dtype) { low + (high - low) * generator.uniformFloat64(at: $0) }
    case .normal(let mean, let stddev):
      return .drawn(shape: shape, dtype: dtype) { mean + stddev * generator.standardNormalFloat64(at: $0) }
    case .truncatedNormal(let mean, let stddev):
      return .drawn(shape: shape, dtype: dtype) { mean + stddev * generator.truncatedNormalFloat64(at: $0) }
    case .varianceScaling(let scale, let mode, let distribution):
      let fans = Initializer.fans(shape)
      let fan =
        switch mode {
        case .fanIn: Double(fans.in)
        case .fanOut: Double(fans.out)
        case .fanAverage: Double(fans.in + fans.out) / 2
        }
      let variance = scale / max(fan, 1)
      let equivalent: Initializer
      switch distribution {
      case .uniform:
        let limit = (3 * variance).squareRoot()
        equivalent = .uniform(-limit, limit)
      case .truncatedNormal:
        let stddev = variance.squareRoot() / CounterGenerator.truncatedNormalStandardDeviation
        equivalent = .truncatedNormal(mean: 0, stddev: stddev)
      }
      return equivalent.makeValue(shape: shape, dtype: dtype, seed: seed, stream: stream)
    case .value(let array):
      if array.dtype == dtype { return NDArray(dtype: dtype, shape: shape, storage: array.storage) }
      return array.literalConverted(to: dtype) ?? array
    }
  }
}

extension NDArray {
  /// One number everywhere.
  fileprivate static func filled(_ number: Double, shape: [Int], dtype: DType) -> NDArray {
    let bits = scalar(number, dtype)?.bits(at: 0) ?? 0
    return NDArray(dtype: dtype, shape: shape) { _ in bits }
  }

  /// A floating-point array of draws by row-major index.
  fileprivate static func drawn(shape: [Int], dtype: DType, _ draw: (UInt64) -> Double) -> NDArray {
    NDArray(dtype: dtype, shape: shape) { index in
      dtype.bits(rounding: draw(UInt64(index)))
    }
  }
}
