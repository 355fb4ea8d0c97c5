// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The mean of each of a given number of windows that cover the spatial axes: window `i` of `n` goes from ⌊i · extent / n⌋
/// to ⌈(i + 1) · extent / n⌉, as in PyTorch. Integers become `float32`.
///
/// - Parameters:
///   - x: `[N, spatial…, C]` with channels last, `[N, C, spatial…]` with channels first; one to three spatial axes.
///   - sizes: the number of windows along each spatial axis, nil for as many as there are elements; one entry stands for
///     all axes.
public func adaptiveAveragePool(
  _ x: some TensorConvertible, to sizes: [Int?], layout: Layout = .channelsLast, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([x], at: CallSite("adaptiveAveragePool", fileID, line), in: x.tensor.graph) {
    state, terms throws(BuildError) in
    let value = try state.promoted(terms, .floating)[0]
    let axes = try state.spatialAxes(state.type(of: value), layout)
    return try state.adaptiveMean(value, axes, state.perAxis(sizes, axes.count, "the sizes"))
  }
}

/// The greatest element of each of a given number of windows that cover the spatial axes; see `adaptiveAveragePool`.
/// The gradient goes to the first of the greatest.
public func adaptiveMaxPool(
  _ x: some TensorConvertible, to sizes: [Int?], layout: Layout = .channelsLast, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([x], at: CallSite("adaptiveMaxPool", fileID, line), in: x.tensor.graph) {
    state, terms throws(BuildError) in
    var value = try state.promoted(terms, .arithmetic)[0]
    let axes = try state.spatialAxes(state.type(of: value), layout)
    let sizes = try state.perAxis(sizes, axes.count, "the sizes")
    // The innermost axis first: then the first row that has the greatest element has it at its first place.
    for (axis, size) in zip(axes, sizes).reversed() {
      value = try state.segmented([value], axis, size) { state, parts, axis throws(BuildError) in
        [try state.append(.reduce(ReduceOp(.firstMax, axes: [axis])), parts)]
      }[0]
    }
    return value
  }
}

/// The greatest element of each window of `adaptiveMaxPool`, and its number among the spatial positions of `x` in
/// row-major order, as `i32`.
public func adaptiveMaxPoolWithIndices(
  _ x: some TensorConvertible, to sizes: [Int?], layout: Layout = .channelsLast, fileID: String = #fileID,
  line: Int = #line
) -> (values: Tensor, indices: Tensor) {
  let results = x.tensor.graph.buildAll(
    [x], at: CallSite("adaptiveMaxPoolWithIndices", fileID, line), poisonTypes: [nil, nil]
  ) { state, terms throws(BuildError) in
    let value = try state.promoted(terms, .arithmetic)[0]
    let axes = try state.spatialAxes(state.type(of: value), layout)
    let sizes = try state.perAxis(sizes, axes.count, "the sizes")
    var pair = [value, try state.numbers(of: value, axes)]
    for (axis, size) in zip(axes, sizes).reversed() {
      pair = try state.segmented(pair, axis, size) { state, parts, axis throws(BuildError) in
        try state.greatest(parts[0], and: parts[1], axis)
      }
    }
    return pair
  }
  return (results[0], results[1])
}

extension GraphState {
  /// The mean of each of some windows along axes that they cover.
  mutating func adaptiveMean(
    _ value: Value, _ axes: [Int], _ sizes: [Int?]
  ) throws(BuildError) -> Value {
    var sum = value
    let source = type(of: value)
    for (axis, size) in zip(axes, sizes).reversed() {
      sum = try segmented([sum], axis, size) { state, parts, axis throws(BuildError) in
        [try state.append(.reduce(ReduceOp(.sum, axes: [axis])), parts)]
      }[0]
    }
    var counts: [Value] = []
    for (axis, size) in zip(axes, sizes) {
      if let size, let extent = source.shape[axis].value {
        let lengths = GraphState.segments(extent, size).map { Float($0.count) }
        let isUniform = lengths.allSatisfy { $0 == lengths.first }
        let array = isUniform ? NDArray(scalar: lengths.first ?? 1) : NDArray(lengths)
        counts.append(try constant(array, as: source.dtype))
      } else if size == nil {
        counts.append(try constant(.integer(1), as: source.dtype))
      } else {
        counts.append(try elementCount(of: value, axes: [axis], as: source.dtype))
      }
    }
    return try divided(sum, by: counts, along: axes)
  }

  /// The windows that cover an axis.
  static func segments(_ extent: Int, _ count: Int) -> [Range<Int>] {
    (0..<count).map { $0 * extent / count..<(($0 + 1) * extent + count - 1) / count }
  }

  /// Reduces each of some windows that cover an axis.
  ///
  /// - Parameters:
  ///   - count: the number of windows; nil for one an element.
  ///   - reduce: takes the axis away from tensors of one shape.
  fileprivate mutating func segmented(
    _ values: [Value], _ axis: Int, _ count: Int?,
    _ reduce: (inout GraphState, [Value], Int) throws(BuildError) -> [Value]
  ) throws(BuildError) -> [Value] {
    guard let count else { return values }
    let type = type(of: values[0])
    guard (1...1 << 20).contains(count) else {
      throw BuildError("adaptivePool.size", "a size of \(count) is out of range")
    }
    let dims = type.shape.dims
    if count == 1 {
      var results: [Value] = []
      for result in try reduce(&self, values, axis) {
        results.append(try reshaped(result, to: Shape(dims[..<axis] + [1] + dims[(axis + 1)...])))
      }
      return results
    }
    guard let extent = dims[axis].value else {
      throw BuildError(
        "adaptivePool.extent",
        "axis \(axis) of \(type) must be known when the graph is built, to be covered by \(count) windows")
    }
    if extent == 0 { throw BuildError("adaptivePool.empty", "axis \(axis) of \(type) is empty") }
    // What repeats along the axis is reduced at once.
    let blocks = GraphState.greatestCommonDivisor(extent, count)
    let block = [Dim(blocks), Dim(extent / blocks)]
    var split: [Value] = []
    for value in values {
      split.append(try reshaped(value, to: Shape(dims[..<axis] + block + dims[(axis + 1)...])))
    }
    var pieces = values.map { _ in [Value]() }
    for segment in GraphState.segments(extent / blocks, count / blocks) {
      var parts: [Value] = []
      for value in split {
        parts.append(try part(value, axis + 1, from: segment.lowerBound, to: segment.upperBound))
      }
      for (index, result) in try reduce(&self, parts, axis + 1).enumerated() {
        let unit = Shape(dims[..<axis] + [Dim(blocks), 1] + dims[(axis + 1)...])
        pieces[index].append(try reshaped(result, to: unit))
      }
    }
    var results: [Value] = []
    for parts in pieces {
      let joined =
        parts.count == 1 ? parts[0] : try append(.concatenate(ConcatenateOp(axis: axis + 1)), parts)
      results.append(
        try reshaped(joined, to: Shape(dims[..<axis] + [Dim(count)] + dims[(axis + 1)...])))
    }
    return results
  }

  static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }

  /// For each element its number among the positions along some axes, in row-major order.
  fileprivate mutating func numbers(of value: Value, _ axes: [Int]) throws(BuildError) -> Value {
    let shape = type(of: value).shape
    var number = try broadcast(constant(.integer(0), as: .int32), to: shape)
    for axis in axes {
      let extent = try broadcast(elementCount(of: value, axes: [axis], as: .int32), to: shape)
      number = try pointwise(
        .add, pointwise(.multiply, number, extent), iota(.int32, shape, axis: axis))
    }
    return number
  }

  /// The greatest element along an axis, and what a second tensor has where the first of them is.
  fileprivate mutating func greatest(
    _ value: Value, and other: Value, _ axis: Int
  ) throws(BuildError) -> [Value] {
    let shape = type(of: value).shape
    let kept = (0..<shape.rank).filter { $0 != axis }
    let greatest = try append(.reduce(ReduceOp(.firstMax, axes: [axis])), [value])
    let spread = try append(.broadcast(BroadcastOp(shape: shape, axes: kept)), [greatest])
    let isChosen = try pointwise(
      .or, pointwise(.equal, value, spread), pointwise(.notEqual, value, value))
    let place = try iota(.int32, shape, axis: axis)
    let none = try broadcast(constant(.integer(Int(Int32.max)), as: .int32), to: shape)
    let first = try append(
      .reduce(ReduceOp(.min, axes: [axis])), [pointwise(.select, isChosen, place, none)])
    let isFirst = try pointwise(
      .equal, place, append(.broadcast(BroadcastOp(shape: shape, axes: kept)), [first]))
    let zero = try broadcast(constant(.integer(0), as: type(of: other).dtype), to: shape)
    let found = try append(
      .reduce(ReduceOp(.sum, axes: [axis])), [pointwise(.select, isFirst, other, zero)])
    return [greatest, found]
  }
}
