// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Functions that bend or cut a line. Where they have no derivative they take PyTorch's; NaN stays NaN.

/// The larger of x and 0; NaN stays NaN. Its derivative at 0 is 0, as in PyTorch and Keras: a `maximum`, which shares the
/// gradient of a tie, would give one half.
public func relu(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  let site = CallSite("relu", fileID, line)
  return build([x], at: site, in: x.tensor.graph) { state, terms throws(BuildError) in
    let operands = try state.broadcast(state.promoted(terms + [.integer(0)], .arithmetic))
    let isCut = try state.pointwise(.lessOrEqual, operands[0], operands[1])
    return try state.pointwise(.select, isCut, operands[1], operands[0])
  }
}

/// x held between 0 and 6; the derivative is 0 at both.
public func relu6(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("relu6", fileID, line).composing { hardTanh(x, min: 0, max: 6) }
}

/// x above 0, `slope` · x up to 0.
public func leakyRelu(
  _ x: some TensorConvertible, slope: Double = 0.01, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("leakyRelu", fileID, line).composing {
    let x = floating(x)
    return select(x .> 0, x, slope * x)
  }
}

/// x above 0, slope · x up to 0, with a slope that is learned.
///
/// - Parameters:
///   - slope: broadcast against x; a vector lies along `axis` where one is given.
///   - axis: that of the channels, for instance.
public func prelu(
  _ x: some TensorConvertible, slope: some TensorConvertible, axis: Int? = nil, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("prelu", fileID, line).composing {
    let x = floating(x)
    let slope = axis.map { aligned(slope, with: $0, of: x) } ?? slope.tensor
    return select(x .> 0, x, slope * x)
  }
}

/// x held between two bounds; the derivative is 0 at both. See `clamp`, whose derivative at its bounds is 1.
public func hardTanh(
  _ x: some TensorConvertible, min low: Double = -1, max high: Double = 1, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("hardTanh", fileID, line).composing {
    let x = checked([numeric(x)]) { _, _ throws(BuildError) in
      if !(low <= high) { throw BuildError("hardTanh.bounds", "the bounds \(low) and \(high) cross") }
    }
    return select(x .<= low, low, select(x .>= high, high, x))
  }
}

/// `slope` · x + `offset`, held between 0 and 1: a sigmoid of straight lines. PyTorch and Keras have a slope of 1/6, ONNX
/// of 0.2.
public func hardSigmoid(
  _ x: some TensorConvertible, slope: Double = 1.0 / 6, offset: Double = 0.5, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("hardSigmoid", fileID, line).composing { hardTanh(slope * floating(x) + offset, min: 0, max: 1) }
}

/// x · `hardSigmoid`(x) (Howard and others, Searching for MobileNetV3, 2019).
public func hardSilu(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("hardSilu", fileID, line).composing { floating(x) * hardSigmoid(x) }
}

/// x where it is above a limit, else a number.
public func threshold(
  _ x: some TensorConvertible, above limit: Double, otherwise value: Double, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("threshold", fileID, line).composing {
    let x = floating(x)
    return select(x .<= limit, value, x)
  }
}

/// 0 where |x| is at most `threshold`, elsewhere x moved towards 0 by `bias`.
public func shrink(
  _ x: some TensorConvertible, threshold: Double = 0.5, bias: Double = 0, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("shrink", fileID, line).composing {
    let x = floating(x)
    let isSmall = (x .<= threshold) .& (x .>= -threshold)
    return select(isSmall, 0, bias == 0 ? x : select(x .> 0, x - bias, x + bias))
  }
}

/// 0 where |x| is at most `threshold`, elsewhere x.
public func hardShrink(
  _ x: some TensorConvertible, threshold: Double = 0.5, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("hardShrink", fileID, line).composing { shrink(x, threshold: threshold) }
}

/// 0 where |x| is at most `threshold`, elsewhere x moved towards 0 by it.
public func softShrink(
  _ x: some TensorConvertible, threshold: Double = 0.5, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("softShrink", fileID, line).composing { shrink(x, threshold: threshold, bias: threshold) }
}

/// 0 below 0, 1 above, and at 0 what the program says: 0, 1 and 1/2 are all in use. NaN stays NaN.
public func unitStep(
  _ x: some TensorConvertible, atZero value: Double, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("unitStep", fileID, line).composing {
    let x = floating(x)
    return select(x .> 0, 1, select(x .< 0, 0, select(x .== 0, value, Double.nan))).converted(to: x.dtype)
  }
}
