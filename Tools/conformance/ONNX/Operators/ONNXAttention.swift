// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let attention: [String: Build] = [
    "Attention": { try AttentionNode($0).results() },
    "RotaryEmbedding": single(rotaryEmbedding),
  ]

  /// Turns pairs of features by angles that depend on the position.
  private static func rotaryEmbedding(_ call: ONNXCall) throws -> Tensor {
    let input = try call.input(0)
    let shape = try call.extents(input)
    // [batch, positions, heads, features]
    let heads = call.integer("num_heads", 0)
    let x =
      shape.count == 4
      ? input.transposed(permutation: [0, 2, 1, 3]) : input.reshaped(to: [shape[0], shape[1], heads, -1])
    let features = try call.extents(x)[3]
    let turned =
      call.integer("rotary_embedding_dim", 0) == 0 ? features : call.integer("rotary_embedding_dim", 0)
    let half = turned / 2
    let angles = { (index: Int) throws in
      let cache = try call.input(index)
      let rows = call.optional(3).map { take(cache, $0, axis: 0) } ?? cache
      return rows.sliced(axis: 2, to: half).expandingDims(at: 2)
    }
    let rotated = Graphc.rotaryEmbedding(
      x.sliced(axis: 3, to: turned), cosines: try angles(1), sines: try angles(2),
      isInterleaved: call.flag("interleaved"))
    let y = turned < features ? concatenate([rotated, x.sliced(axis: 3, from: turned)], axis: 3) : rotated
    return (shape.count == 4 ? y.transposed(permutation: [0, 2, 1, 3]) : y).reshaped(to: shape)
  }
}

/// softmax(Q·Kᵀ·scale + bias)·V for some heads, with ONNX's masks, windows and caches.
private struct AttentionNode {
  let call: ONNXCall
  let isFlat: Bool
  /// `[batch, heads, length, features]`.
  let query: Tensor
  let key: Tensor
  let value: Tensor
  /// How many keys come from the cache.
  let pastCount: Int
  let queryExtents: [Int]
  let keyExtents: [Int]

  init(_ call: ONNXCall) throws {
    self.call = call
    isFlat = try call.input(0).rank == 3
    let heads = { (index: Int, count: Int) throws in
      let x = try call.input(index)
      if x.rank == 4 { return x }
      let extents = try call.extents(x)
      return x.reshaped(to: [extents[0], extents[1], count, extents[2] / count])
        .transposed(permutation: [0, 2, 1, 3])
    }
    let (queryHeads, keyHeads) = (call.integer("q_num_heads", 1), call.integer("kv_num_heads", 1))
    query = try heads(0, queryHeads)
    let (newKey, newValue) = (try heads(1, keyHeads), try heads(2, keyHeads))
    if let pastKey = call.optional(4), let pastValue = call.optional(5) {
      pastCount = try call.extents(pastKey)[2]
      key = concatenate([pastKey, newKey], axis: 2)
      value = concatenate([pastValue, newValue], axis: 2)
    } else {
      (pastCount, key, value) = (0, newKey, newValue)
    }
    (queryExtents, keyExtents) = (try call.extents(query), try call.extents(key))
  }

  func results() throws -> [Tensor?] {
    let bias = try self.bias()
    let cap = call.real("softcap", 0) > 0 ? call.real("softcap") : nil
    var y = scaledDotProductAttention(
      query: query, key: key, value: value, mask: bias, scale: call.real("scale"), softcap: cap)
    if isFlat {
      y = y.transposed(permutation: [0, 2, 1, 3]).reshaped(to: [queryExtents[0], queryExtents[2], -1])
    }
    return [y, key, value] + (call.wants(3) ? [try weights(bias, cap)] : [])
  }

  /// The products of queries and keys on their way to weights.
  private func weights(_ bias: Tensor?, _ cap: Double?) throws -> Tensor {
    let count = queryExtents[1] / keyExtents[1]
    let keys = count == 1 ? key : key.repeating(count, axis: 1)
    let scale = call.real("scale") ?? 1 / Double(queryExtents[3]).squareRoot()
    let raw = matmul(query * scale, keys.swappingAxes(2, 3))
    let capped = cap.map { tanh(raw / $0) * $0 } ?? raw
    let biased = bias.map { capped + $0 } ?? capped
    switch call.integer("qk_matmul_output_mode", 0) {
    case 0: return raw
    case 1: return capped
    case 2: return biased
    default: return bias.map { maskedSoftmax(capped, mask: $0) } ?? softmax(capped)
    }
  }

  /// What is added to the products; nil for nothing.
  private func bias() throws -> Tensor? {
    var terms: [Tensor] = []
    if let mask = call.optional(3) { terms.append(try padded(mask)) }
    let length = call.optional(6).map { $0.reshaped(to: [-1, 1, 1, 1]) }
    let columns = call.graph.range(Extent(keyExtents[2]), dtype: .int64)
    var rows = call.graph.range(Extent(queryExtents[2]), dtype: .int64).expandingDims(at: 1)
    // The position of a query among the keys.
    rows = length.map { rows + ($0 - queryExtents[2]) } ?? rows + pastCount
    var isSeen: [Tensor] = []
    if call.flag("is_causal") { isSeen.append(rows .>= columns) }
    if let left = call.integer("left_window_size"), left >= 0 { isSeen.append(rows - columns .<= left) }
    if let right = call.integer("right_window_size"), right >= 0 { isSeen.append(columns - rows .<= right) }
    if let length { isSeen.append(columns .< length) }
    terms += isSeen.map(penalty)
    return terms.dropFirst().reduce(terms.first) { sum, term in sum.map { $0 + term } }
  }

  private func penalty(_ isSeen: Tensor) -> Tensor {
    let zero = call.graph.constant(0.0, dtype: query.dtype)
    return select(isSeen, zero, -Float.infinity)
  }

  /// A mask as something to add, with keys that it does not mention left out.
  private func padded(_ mask: Tensor) throws -> Tensor {
    let bias = mask.dtype == .bool ? penalty(mask) : mask
    let missing = try keyExtents[2] - call.extents(bias)[bias.rank - 1]
    if missing <= 0 { return bias }
    var widths = Array(repeating: (low: 0, high: 0), count: bias.rank)
    widths[bias.rank - 1].high = missing
    return bias.padded(widths, with: -Float.infinity)
  }
}
