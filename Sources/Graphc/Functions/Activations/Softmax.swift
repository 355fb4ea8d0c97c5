// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// exp(x) scaled to a sum of 1 along an axis; computed from the distance to the maximum, so that nothing overflows.
public func softmax(
  _ x: some TensorConvertible, axis: Int = -1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  softmax(x, axes: [axis], fileID: fileID, line: line)
}

/// exp(x) scaled to a sum of 1 over several axes together.
public func softmax(
  _ x: some TensorConvertible, axes: [Int], fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("softmax", fileID, line).composing {
    let weights = exp(distanceToMaximum(x, axes: axes))
    return weights / weights.sum(axes: axes, keepDims: true)
  }
}

/// The softmax of −x.
public func softmin(
  _ x: some TensorConvertible, axis: Int = -1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("softmin", fileID, line).composing { softmax(-x.tensor, axis: axis) }
}

/// The logarithm of `softmax`, without its rounding to 0.
public func logSoftmax(
  _ x: some TensorConvertible, axis: Int = -1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  logSoftmax(x, axes: [axis], fileID: fileID, line: line)
}

/// The logarithm of `softmax` over several axes together.
public func logSoftmax(
  _ x: some TensorConvertible, axes: [Int], fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("logSoftmax", fileID, line).composing {
    let distance = distanceToMaximum(x, axes: axes)
    return distance - log(exp(distance).sum(axes: axes, keepDims: true))
  }
}

/// 1 for the largest element along an axis, the first of several, and 0 for the others.
public func hardmax(
  _ x: some TensorConvertible, axis: Int = -1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("hardmax", fileID, line).composing {
    let x = x.tensor
    let places = aligned(indices(along: axis, of: x), with: axis, of: x)
    return (places .== x.argMax(axis: axis, keepDims: true)).converted(to: x.dtype)
  }
}

/// log(Σ exp(x)) along an axis; see the form with `axes:`.
public func logSumExp(
  _ x: some TensorConvertible, axis: Int = -1, keepDims: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  logSumExp(x, axes: [axis], keepDims: keepDims, fileID: fileID, line: line)
}

/// log(Σ exp(x)) over some axes, all for nil, without overflow.
///
/// It is −∞ where every element is, and ∞ where one is. The gradient is the softmax; among elements that are ∞ it is
/// shared evenly, and where all are −∞ it is 0.
public func logSumExp(
  _ x: some TensorConvertible, axes: [Int]?, keepDims: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("logSumExp", fileID, line).composing {
    let x = floating(x)
    let maximum = x.max(axes: axes, keepDims: true)
    // The distance to an infinite maximum is NaN: such rows are put aside before anything is computed from them.
    let isInfinite = abs(maximum) .== Double.infinity
    let shift = select(isInfinite, 0, maximum).stopGradient()
    let sum = exp(select(isInfinite, 0, x) - shift).sum(axes: axes, keepDims: true)
    let limit = select(maximum .> 0, maximum, maximum.stopGradient())
    let result = select(isInfinite, limit, log(sum) + shift)
    return keepDims ? result : result.squeezing(axes: axes ?? Array(0..<x.rank))
  }
}

/// x less its maximum. The maximum cancels in what is made of the result, so its gradient is not wanted.
func distanceToMaximum(_ x: some TensorConvertible, axes: [Int]) -> Tensor {
  x.tensor - x.max(axes: axes, keepDims: true).stopGradient()
}
