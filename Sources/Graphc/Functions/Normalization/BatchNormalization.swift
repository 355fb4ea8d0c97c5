// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// (x − mean) / √(variance + `epsilon`) with statistics that are given for each channel, then scaled and shifted: what a
/// trained network does (Ioffe and Szegedy, 2015).
///
/// - Parameters:
///   - mean: `[channels]`, as `variance`, `scale` and `offset` are.
///   - axis: that of the channels.
///   - epsilon: Keras has 1e-3, PyTorch and ONNX have 1e-5.
public func batchNormalization(
  _ x: some TensorConvertible, mean: some TensorConvertible, variance: some TensorConvertible,
  scale: (any TensorConvertible)? = nil, offset: (any TensorConvertible)? = nil, axis: Int = -1,
  epsilon: Double = 1e-3, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("batchNormalization", fileID, line).composing {
    let x = floating(x)
    let deviation = rsqrt(aligned(variance, with: axis, of: x) + epsilon)
    return ((x - aligned(mean, with: axis, of: x)) * deviation).scaled(scale, offset, along: axis)
  }
}

/// (x − mean) / √(variance + `epsilon`) with the statistics of each channel in the batch itself, then scaled and shifted:
/// what a network does while it is trained (Ioffe and Szegedy, 2015).
///
/// - Parameters:
///   - scale: `[channels]`, as `offset` is.
///   - axis: that of the channels.
///   - epsilon: Keras has 1e-3, PyTorch and ONNX have 1e-5.
/// - Returns: the result, and `[channels]` each the mean and the variance of the batch, which a moving average takes up.
///   The variance is that of a population; PyTorch's running one is n / (n − 1) times it.
public func batchNormalization(
  _ x: some TensorConvertible, scale: (any TensorConvertible)? = nil, offset: (any TensorConvertible)? = nil,
  axis: Int = -1, epsilon: Double = 1e-3, fileID: String = #fileID, line: Int = #line
) -> (output: Tensor, mean: Tensor, variance: Tensor) {
  CallSite("batchNormalization", fileID, line).composing {
    let x = floating(x)
    let axes = axesBeside([axis], of: x)
    let (variance, mean) = x.varianceAndMean(axes: axes, keepDims: true)
    let normal = (x - mean) * rsqrt(variance + epsilon)
    return (
      normal.scaled(scale, offset, along: axis), mean.squeezing(axes: axes), variance.squeezing(axes: axes)
    )
  }
}

/// The axes of a tensor that are not named, from the front; what is named must be axes of it.
func axesBeside(_ axes: [Int], of x: Tensor) -> [Int] {
  let rank = x.rank
  let named = axes.map { $0 < 0 ? $0 + rank : $0 }
  // An axis that is not there is left for the reduction to complain of.
  if x.isValid, let outside = axes.first(where: { !(-rank..<rank).contains($0) }) { return [outside] }
  return (0..<rank).filter { !named.contains($0) }
}
