// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// `0, 1, …` up to `count` in random order: sorted by 64 random bits each, so that an order is as likely as any other
  /// up to count² · 2⁻⁶⁵, for numbers whose bits are equal keep their places.
  public func randomPermutation(
    _ count: Extent, dtype: DType = .int32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("randomPermutation", fileID, line)) { state, _ throws(BuildError) in
      let row = try state.filled([count])
      if !dtype.isNumeric { throw BuildError("random.type", "counts in a numeric type, not in \(dtype)") }
      return try state.permutation(row[0], dtype)
    }
  }

  @_disfavoredOverload
  public func randomPermutation(
    _ count: Int, dtype: DType = .int32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    randomPermutation(Extent(count), dtype: dtype, fileID: fileID, line: line)
  }

  /// Random numbers below `population`, each equally likely, all different where nothing is replaced.
  ///
  /// - Parameters:
  ///   - population: how many numbers there are.
  ///   - count: how many to draw; without replacement at most `population`.
  ///   - weights: `[population]`, not negative: each draw takes a number with a probability that is proportional to its
  ///     weight. Without replacement numbers of weight 0 come last. Computed in `float64`.
  /// - Returns: `i32`, in the order of the draws.
  public func randomChoice(
    of population: Extent, count: Int, replacing: Bool = true, weights: (any TensorConvertible)? = nil,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = CallSite("randomChoice", fileID, line)
    return build(weights.map { [$0] } ?? [], at: site) { state, terms throws(BuildError) in
      let row = try state.filled([population])
      if count < 0 || count > GraphState.largestExtent {
        throw BuildError("choice.count", "\(count) numbers cannot be drawn")
      }
      if let size = row[0].value, size < (replacing ? min(count, 1) : count) {
        throw BuildError(
          "choice.count",
          "\(count) numbers cannot be drawn of \(size)" + (replacing ? "" : " without replacement"))
      }
      guard let term = terms.first else {
        if replacing { return try state.choice(of: row, count) }
        return try state.sliced(state.permutation(row[0], .int32), axis: 0, from: 0, to: count)
      }
      var weights = try state.value(term)
      let type = state.type(of: weights)
      if !type.dtype.isNumeric || !state.unifyShapes(type.shape, row) {
        throw BuildError("choice.weights", "the weights are \(type); a number for each of \(row) is needed")
      }
      weights = try state.converted(weights, to: .float64)
      return replacing ? try state.choice(by: weights, count) : try state.ranking(by: weights, count)
    }
  }

  @_disfavoredOverload
  public func randomChoice(
    of population: Int, count: Int, replacing: Bool = true, weights: (any TensorConvertible)? = nil,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    randomChoice(
      of: Extent(population), count: count, replacing: replacing, weights: weights, fileID: fileID, line: line
    )
  }
}

/// A class for each row of scores, with probabilities softmax(logits): the class of the greatest sum of score and Gumbel
/// noise. A class of score −∞ is not drawn, unless all are.
///
/// - Parameters:
///   - logits: unnormalised log-probabilities.
///   - axis: the axis of the classes.
///   - sampleCount: how many classes to draw for each row; nil for one, without an axis for it.
/// - Returns: `i32`, of the shape of `logits` without the axis; samples are along a new last axis.
public func randomCategorical(
  _ logits: some TensorConvertible, axis: Int = -1, sampleCount: Int? = nil, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  let site = CallSite("randomCategorical", fileID, line)
  return build([logits], at: site, in: logits.tensor.graph) { state, terms throws(BuildError) in
    var scores = try state.promoted(terms, .floating)[0]
    let axis = try state.axis(axis, of: scores)
    guard let sampleCount else { return try state.category(of: scores, axis: axis) }
    if sampleCount < 0 || sampleCount > GraphState.largestExtent {
      throw BuildError("categorical.samples", "\(sampleCount) samples cannot be drawn")
    }
    // The classes last, the samples before them.
    let shape = state.type(of: scores).shape
    let others = (0..<shape.rank).filter { $0 != axis }
    scores = try state.transposed(scores, others + [axis])
    let dims = others.map { shape[$0] }
    let spread = Shape(dims + [Dim(sampleCount), shape[axis]])
    let op = BroadcastOp(shape: spread, axes: Array(0..<others.count) + [others.count + 1])
    return try state.category(of: state.append(.broadcast(op), [scores]), axis: others.count + 1)
  }
}

extension GraphState {
  /// 64 bits for each number, as an `i64`, in a row.
  mutating func wideWords(_ bits: RandomBits) throws(BuildError) -> Value {
    let high = try converted(highWords(bits), to: .int64)
    let shifted = try pointwise(.multiply, high, full(.integer(1 << 32), .int64, bits.row))
    return try pointwise(.add, shifted, converted(lowWords(bits), to: .int64))
  }

  /// The numbers below `count`, sorted by random keys.
  mutating func permutation(_ count: Dim, _ dtype: DType) throws(BuildError) -> Value {
    let row = Shape([count])
    let keys = try wideWords(draw(row))
    let numbers = try append(.iota(IotaOp(type: TensorType(dtype, row), axis: 0)))
    return try appendAll(.sort(SortOp(axis: 0)), [keys, numbers])[1]
  }

  /// Numbers below an extent, with replacement.
  fileprivate mutating func choice(of row: Shape, _ count: Int) throws(BuildError) -> Value {
    let bits = try draw(Shape([count]))
    if let size = row[0].value { return try integers(bits, in: 0...max(size - 1, 0), .int32) }
    let ones = try full(.integer(1), .int64, row)
    let size = try append(.reduce(ReduceOp(.sum, axes: [0])), [ones])
    return try converted(below(size, bits), to: .int32)
  }

  /// Numbers in proportion to their weights, with replacement, by inversion: of a running total of the weights the place
  /// where a uniform share of the whole falls.
  fileprivate mutating func choice(by weights: Value, _ count: Int) throws(BuildError) -> Value {
    let bits = try draw(Shape([count]))
    let totals = try cumulative(.sum, weights, axis: 0)
    let whole = try append(.reduce(ReduceOp(.max, axes: [0])), [totals])
    let shares = try pointwise(.multiply, uniform(bits, .float64), broadcast(whole, to: bits.row))
    return try searchSorted(totals, shares, side: .right)
  }

  /// Numbers in proportion to their weights, without replacement: those that come first when each waits for an
  /// exponential time at a rate of its weight (Efraimidis and Spirakis 2006).
  fileprivate mutating func ranking(by weights: Value, _ count: Int) throws(BuildError) -> Value {
    let bits = try draw(type(of: weights).shape)
    let times = try pointwise(.divide, exponential(bits, .float64), weights)
    return try sliced(sortedWithOrigins(times, axis: 0)[1], axis: 0, from: 0, to: count)
  }

  /// The class of the greatest sum of score and Gumbel noise.
  fileprivate mutating func category(of scores: Value, axis: Int) throws(BuildError) -> Value {
    let type = type(of: scores)
    let bits = try draw(type.shape)
    let noise = try finished(gumbel(bits, type.dtype), bits, type.dtype)
    return try append(.argReduce(ArgReduceOp(.max, axis: axis)), [pointwise(.add, scores, noise)])
  }
}
