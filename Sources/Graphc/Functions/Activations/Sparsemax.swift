// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The probabilities nearest to x along an axis: like a softmax, but exactly 0 for what is far below the maximum (Martins
/// and Astudillo, From Softmax to Sparsemax, 2016).
public func sparsemax(
  _ x: some TensorConvertible, axis: Int = -1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("sparsemax", fileID, line).composing {
    let x = floating(x)
    // Which elements stay is found in order: the k greatest do as long as 1 + k·zₖ is above their sum.
    let z = sorted(x, axis: axis, descending: true).stopGradient()
    let rank = (aligned(indices(along: axis, of: x), with: axis, of: x) + 1).converted(to: x.dtype)
    let isAmongFirst = 1 + rank * z .> cumulativeSum(z, axis: axis)
    let least = select(isAmongFirst, z, Double.infinity).min(axis: axis, keepDims: true)
    let stays = x .>= least
    let count = stays.converted(to: x.dtype).sum(axis: axis, keepDims: true)
    let excess = (select(stays, x, 0).sum(axis: axis, keepDims: true) - 1) / count
    return select(stays, x - excess, 0)
  }
}
