// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The p-norm of the differences between two tensors along an axis, `epsilon` added to each difference (PyTorch's
/// `pairwise_distance`). The tensors are broadcast.
public func pairwiseDistance(
  _ x: some TensorConvertible, _ y: some TensorConvertible, p: Double = 2, epsilon: Double = 1e-6,
  axis: Int = -1, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("pairwiseDistance", fileID, line).composing {
    (x.tensor - y + epsilon).norm(p: p, axes: [axis], keepDims: keepDims)
  }
}

/// The p-norm of the difference between each row of the left side and each of the right: `[…, m, d]` and `[…, n, d]` give
/// `[…, m, n]` (PyTorch's `cdist`).
public func distances(
  _ x: some TensorConvertible, _ y: some TensorConvertible, p: Double = 2, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("distances", fileID, line).composing {
    let rows = checked([x.tensor, y.tensor]) { state, values throws(BuildError) in
      let types = values.map(state.type(of:))
      if types.contains(where: { $0.rank < 2 }) {
        throw BuildError("distances.rank", "takes rows, [m, d] and [n, d], got \(types[0]) and \(types[1])")
      }
      if !state.unify(types[0].shape[types[0].rank - 1], types[1].shape[types[1].rank - 1]) {
        throw BuildError(
          "distances.extent", "the rows have different lengths in \(types[0]) and \(types[1])")
      }
    }
    return (rows.expandingDims(at: -2) - y.expandingDims(at: -3)).norm(p: p, axes: [-1])
  }
}

/// The cosine of the angle between two tensors along an axis: Σ x·y / (‖x‖·‖y‖), each norm at least `epsilon`. The tensors
/// are broadcast.
public func cosineSimilarity(
  _ x: some TensorConvertible, _ y: some TensorConvertible, axis: Int = -1, epsilon: Double = 1e-8,
  keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("cosineSimilarity", fileID, line).composing {
    // The vectors are those of the tensors broadcast: along the axis itself, too.
    let sides = broadcast([floating(x), floating(y)]).map { side in
      side / atLeast(epsilon, side.norm(axes: [axis], keepDims: true))
    }
    return (sides[0] * sides[1]).sum(axis: axis, keepDims: keepDims)
  }
}
