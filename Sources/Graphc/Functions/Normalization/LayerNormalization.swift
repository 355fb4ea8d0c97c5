// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// (x − mean) / √(variance + `epsilon`), both taken over some axes, then scaled and shifted (Ba and others, 2016).
///
/// - Parameters:
///   - axes: the last one unless others are named. The variance is that of a population.
///   - scale: broadcast against x; a vector lies along the axis where one axis is named.
///   - offset: likewise.
public func layerNormalization(
  _ x: some TensorConvertible, axes: [Int] = [-1], scale: (any TensorConvertible)? = nil,
  offset: (any TensorConvertible)? = nil, epsilon: Double = 1e-5, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("layerNormalization", fileID, line).composing {
    let x = floating(x)
    let (variance, mean) = x.varianceAndMean(axes: axes, keepDims: true)
    let normal = (x - mean) * rsqrt(variance + epsilon)
    return normal.scaled(scale, offset, along: axes.count == 1 ? axes[0] : nil)
  }
}

/// x / √(mean of x² + `epsilon`), the mean taken over some axes, then scaled (Zhang and Sennrich, 2019).
///
/// - Parameters:
///   - axes: the last one unless others are named.
///   - scale: broadcast against x; a vector lies along the axis where one axis is named.
public func rmsNormalization(
  _ x: some TensorConvertible, axes: [Int] = [-1], scale: (any TensorConvertible)? = nil,
  epsilon: Double = 1e-5, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("rmsNormalization", fileID, line).composing {
    let x = floating(x)
    let normal = x * rsqrt(square(x).mean(axes: axes, keepDims: true) + epsilon)
    return normal.scaled(scale, nil, along: axes.count == 1 ? axes[0] : nil)
  }
}

extension Tensor {
  /// Times a scale and plus an offset where they are given; vectors lie along an axis where one is named.
  func scaled(
    _ scale: (any TensorConvertible)?, _ offset: (any TensorConvertible)?, along axis: Int?
  ) -> Tensor {
    let placed = { (factor: any TensorConvertible) in
      axis.map { aligned(factor.tensor, with: $0, of: self) } ?? factor.tensor
    }
    let product = scale.map { self * placed($0) } ?? self
    return offset.map { product + placed($0) } ?? product
  }
}
