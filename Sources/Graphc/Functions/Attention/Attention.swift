// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// softmax(q·kᵀ·scale)·v: each query's mean of the values, weighted by how well their keys match it (Vaswani and others,
/// Attention Is All You Need, 2017).
///
/// The axes before the last two are batches and heads, which are broadcast. Where a query has a multiple of the key's heads
/// in axis −3, each head of keys and values serves as many neighbouring heads of queries (Ainslie and others, 2023).
///
/// - Parameters:
///   - query: `[…, L, E]`.
///   - key: `[…, S, E]`.
///   - value: `[…, S, V]`.
///   - mask: broadcast against `[…, L, S]`: `bool`, true where a query may look, or numbers that are added to the scores.
///     A query that may look nowhere gets zeros.
///   - isCausal: whether query i may look at the keys up to i + `causalOffset` alone.
///   - scale: 1/√E unless another is given.
///   - softcap: bends the scores to ±softcap: softcap · tanh(score / softcap), before masks.
/// - Returns: `[…, L, V]`.
public func scaledDotProductAttention(
  query: some TensorConvertible, key: some TensorConvertible, value: some TensorConvertible,
  mask: (any TensorConvertible)? = nil, isCausal: Bool = false, causalOffset: Int = 0, scale: Double? = nil,
  softcap: Double? = nil, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("scaledDotProductAttention", fileID, line).composing {
    let heads = AttentionHeads(floating(query), floating(key), floating(value))
    let factor = { (q: Tensor) in scale.map { q * $0 } ?? q * rsqrt(elementCount(of: q, axes: [-1])) }
    var scores = heads.scores(factor(heads.query))
    if let softcap { scores = softcap * tanh(scores / softcap) }
    if isCausal { scores = select(causalMask(like: scores, offset: causalOffset), scores, -Double.infinity) }
    return heads.means(weights: softmaxOfMasked(scores, mask))
  }
}

/// The softmax along an axis over the places where a mask is true; zeros where it is true nowhere.
///
/// - Parameter mask: `bool`, broadcast against the scores; numbers are added to them, −∞ as false.
public func maskedSoftmax(
  _ scores: some TensorConvertible, mask: some TensorConvertible, axis: Int = -1, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("maskedSoftmax", fileID, line).composing { softmaxOfMasked(floating(scores), mask, axis: axis) }
}

/// Whether column − row of the last two axes is at most an offset.
private func causalMask(like scores: Tensor, offset: Int) -> Tensor {
  scores.graph.ones(like: scores, dtype: .bool).lowerTriangle(offset: offset)
}

private func softmaxOfMasked(_ scores: Tensor, _ mask: (any TensorConvertible)?, axis: Int = -1) -> Tensor {
  let open = mask.map { mask in
    mask.tensor.dtype == .bool ? select(mask.tensor, scores, -Double.infinity) : scores + mask.tensor
  }
  let scores = open ?? scores
  let maximum = scores.max(axis: axis, keepDims: true)
  // Where every score is −∞ all distances would be NaN: such a row has the weights 0 / 1.
  let shift = select(maximum .== -Double.infinity, 0, maximum).stopGradient()
  let weights = exp(scores - shift)
  let sum = weights.sum(axis: axis, keepDims: true)
  return weights / select(sum .== 0, 1, sum)
}

/// Queries, keys and values in the shapes in which they are multiplied.
private struct AttentionHeads {
  let query: Tensor
  private let key: Tensor
  private let value: Tensor
  /// How many heads of queries one head of keys serves.
  private let group: Int

  init(_ query: Tensor, _ key: Tensor, _ value: Tensor) {
    let roles = ["the query", "the key", "the value"]
    self.query = checked([query, key, value], roles: roles) { state, values throws(BuildError) in
      let types = values.map(state.type(of:))
      if let flat = types.firstIndex(where: { $0.rank < 2 }) {
        throw BuildError("attention.rank", "\(roles[flat]) is \(types[flat]); it needs at least two axes")
      }
      let ends = types.map { ($0.shape[$0.rank - 2], $0.shape[$0.rank - 1]) }
      if !state.unify(ends[0].1, ends[1].1) {
        throw BuildError(
          "attention.features",
          "queries and keys have different lengths: the query is \(types[0]), the key \(types[1])")
      }
      if !state.unify(ends[1].0, ends[2].0) {
        throw BuildError(
          "attention.keys",
          "there must be one value for each key: the key is \(types[1]), the value \(types[2])")
      }
    }
    self.key = key
    self.value = value
    let counts = [query, key, value].map { $0.rank > 2 ? $0.shape[-3] : 1 }
    if let queries = counts[0], let keys = counts[1], counts[2] == keys, keys > 1, queries != keys,
      queries % keys == 0
    {
      group = queries / keys
    } else {
      group = 1
    }
  }

  /// `[…, L, S]`
  func scores(_ query: Tensor) -> Tensor {
    split(einsum("...le,...se->...ls", merged(query), key), like: query)
  }

  /// `[…, L, V]`
  func means(weights: Tensor) -> Tensor {
    split(einsum("...ls,...sv->...lv", merged(weights), value), like: weights)
  }

  /// `[…, H, L, n]` as `[…, H / group, group · L, n]`: the queries of a group, one below the other.
  private func merged(_ x: Tensor) -> Tensor {
    if group == 1 { return x }
    let shape = x.shape
    let batch = (0..<shape.rank - 3).map(shape.extent)
    let heads = Extent((shape[-3] ?? group) / group)
    return x.reshaped(to: batch + [heads, Extent(group) * shape.extent(-2), shape.extent(-1)])
  }

  private func split(_ x: Tensor, like query: Tensor) -> Tensor {
    if group == 1 { return x }
    let batch = (0..<x.rank - 3).map(x.shape.extent)
    return x.reshaped(to: batch + [query.shape.extent(-3), query.shape.extent(-2), x.shape.extent(-1)])
  }
}
