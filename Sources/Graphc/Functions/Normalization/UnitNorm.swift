// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// x divided by its p-norm over some axes, or by `epsilon` where that is more: what is 0 stays 0 (PyTorch's `normalize`,
/// ONNX's LpNormalization).
public func normalized(
  _ x: some TensorConvertible, p: Double = 2, axes: [Int] = [-1], epsilon: Double = 1e-12,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("normalized", fileID, line).composing {
    let x = floating(x)
    return x / atLeast(epsilon, x.norm(p: p, axes: axes, keepDims: true))
  }
}

/// x divided by its Euclidean norm over some axes, or by `epsilon` where that is more.
public func l2Normalized(
  _ x: some TensorConvertible, axes: [Int] = [-1], epsilon: Double = 1e-12, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("l2Normalized", fileID, line).composing { normalized(x, axes: axes, epsilon: epsilon) }
}

/// x scaled down to a p-norm of `limit` over some axes (all for nil) where it has more; the rest stays as it is.
public func clippedByNorm(
  _ x: some TensorConvertible, _ limit: Double, p: Double = 2, axes: [Int]? = nil, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("clippedByNorm", fileID, line).composing {
    let x = floating(x)
    let norm = x.norm(p: p, axes: axes, keepDims: true)
    let isLong = norm .> limit
    return select(isLong, x * (limit / select(isLong, norm, 1)), x)
  }
}
