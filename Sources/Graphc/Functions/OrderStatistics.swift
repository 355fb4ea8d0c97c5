// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// What is found by sorting: medians, quantiles, histograms. Gradients flow to the elements that a result is made of.

/// What a quantile between two elements is.
public enum QuantileInterpolation: Sendable, Hashable, CaseIterable {
  /// In proportion to the distances from both.
  case linear
  /// The element below.
  case lower
  /// The element above.
  case higher
  /// Their mean.
  case midpoint
  /// The nearer of both, the one of even rank when they are equally near.
  case nearest
}

/// The value below which a fraction `q` of the elements lies: of n elements in order the one at rank q·(n − 1), counted
/// from 0.
///
/// NaN where there is a NaN among the elements, where there are none, and for a q outside 0…1.
///
/// - Parameters:
///   - q: fractions, `[]` or `[k]`: a number, an array or a tensor.
///   - axis: the axis that goes; nil for all of them.
/// - Returns: the rest of the shape, behind an axis for several fractions.
public func quantile(
  _ x: some TensorConvertible, _ q: some TensorOperand, axis: Int? = nil, keepDims: Bool = false,
  interpolation: QuantileInterpolation = .linear, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  quantile(x, q, axis, keepDims, interpolation, ignoringNaN: false, at: CallSite("quantile", fileID, line))
}

/// The quantile of the elements that are not NaN; see `quantile`. NaN where there are none.
public func nanQuantile(
  _ x: some TensorConvertible, _ q: some TensorOperand, axis: Int? = nil, keepDims: Bool = false,
  interpolation: QuantileInterpolation = .linear, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  quantile(x, q, axis, keepDims, interpolation, ignoringNaN: true, at: CallSite("nanQuantile", fileID, line))
}

/// The middle element in order, of an even number the mean of the middle two; NaN where there is one.
///
/// - Parameter axis: the axis that goes; nil for all of them.
public func median(
  _ x: some TensorConvertible, axis: Int? = nil, keepDims: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  quantile(x, 0.5, axis, keepDims, .midpoint, ignoringNaN: false, at: CallSite("median", fileID, line))
}

/// The median of the elements that are not NaN; see `median`. NaN where there are none.
public func nanMedian(
  _ x: some TensorConvertible, axis: Int? = nil, keepDims: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  quantile(x, 0.5, axis, keepDims, .midpoint, ignoringNaN: true, at: CallSite("nanMedian", fileID, line))
}

/// The middle element in order along an axis, which goes, of an even number the lower of the middle two, and its `i32`
/// index; the first NaN where there is one.
///
/// - Parameter axis: nil for the flattened tensor.
public func lowerMedian(
  _ x: some TensorConvertible, axis: Int? = nil, keepDims: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> (values: Tensor, indices: Tensor) {
  let results = x.tensor.graph.buildAll(
    [x], at: CallSite("lowerMedian", fileID, line), poisonTypes: [nil, nil]
  ) { state, terms throws(BuildError) in
    let whole = try state.promoted(terms, .arithmetic)[0]
    let (x, axis) = try state.lane(of: whole, axis)
    if state.type(of: x).shape[axis] == 0 {
      throw BuildError("median.empty", "\(state.type(of: x)) has no elements along axis \(axis)")
    }
    let rest = state.type(of: x).shape.removing(axes: [axis])
    let numbers = try state.broadcast(state.numberCount(of: x, axis: axis, as: .int32), to: rest)
    let count = try state.broadcast(state.elementCount(of: x, axes: [axis], as: .int32), to: rest)
    let one = try state.broadcast(state.constant(.integer(1), as: .int32), to: rest)
    let two = try state.pointwise(.add, one, one)
    let middle = try state.pointwise(.divide, state.pointwise(.subtract, count, one), two)
    let hasNaN = try state.pointwise(.less, numbers, count)
    let rank = try state.pointwise(.select, hasNaN, numbers, middle)
    var results: [Value] = []
    for ordered in try state.sortedWithOrigins(x, axis: axis) {
      let element = try state.element(of: ordered, axis: axis, rank: rank)
      results.append(keepDims ? try state.restoringLane(element, of: whole, axis, rank: 0) : element)
    }
    return results
  }
  return (results[0], results[1])
}

/// How often each of the integers `0 ..< count` occurs, `i32[count]`; others are left out.
///
/// - Parameter x: integers of any shape.
public func bincount(
  _ x: some TensorConvertible, count: Int, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x], at: CallSite("bincount", fileID, line), in: x.tensor.graph) { state, terms throws(BuildError) in
    let x = try state.value(terms[0])
    try state.requireCountable(x, count)
    let wide = try state.converted(x, to: .int64)
    let flat = try state.reshaped(wide, to: Shape([state.type(of: x).shape.elementCount]))
    let ordered = try state.append(.sort(SortOp(axis: 0)), [flat])
    let bounds = try state.iota(.int64, Shape([count + 1]), axis: 0)
    let starts = try state.searchSorted(ordered, bounds, side: .left)
    return try state.pointwise(
      .subtract, state.sliced(starts, axis: 0, from: 1, to: nil),
      state.sliced(starts, axis: 0, from: 0, to: count))
  }
}

/// The sum of the weights that stand with each of the integers `0 ..< count`, `[count]`; others are left out.
///
/// - Parameters:
///   - x: integers of any shape.
///   - weights: numbers in the shape of `x`; a gradient flows to them.
public func bincount(
  _ x: some TensorConvertible, count: Int, weights: some TensorConvertible, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("bincount", fileID, line).composing {
    let (x, weights) = (x.tensor, sameShape(weights, x, roles: ["the weights", "the integers"]))
    let places = checked([x]) { state, values throws(BuildError) in
      try state.requireCountable(values[0], count)
    }
    // What counts for nothing goes behind the last.
    let isInside = (places .>= 0) .& (places .< count)
    let slots = select(isInside, places, Swift.max(count, 0)).flattened().expandingDims(at: -1)
    let sums = build([weights], at: .inner, in: x.graph) { state, terms throws(BuildError) in
      let dtype = try state.promotedType(terms, .arithmetic)
      return try state.broadcast(
        state.constant(.integer(0), as: dtype), to: Shape([Swift.max(count, 0) + 1]))
    }
    let terms = weights.converted(to: sums.dtype).flattened()
    return scatter(into: sums, at: slots, terms, mode: .add).sliced(axis: 0, to: Swift.max(count, 0))
  }
}

/// How many elements lie in each of some bins of equal width. A bin includes its lower edge, the last one its upper edge
/// too; elements outside and NaN are left out.
///
/// - Parameters:
///   - range: from the lower edge of the first bin to the upper edge of the last; nil for the least and the greatest
///     element, or half a unit on each side where they are equal.
/// - Returns: the counts, `i32[bins]`, and the edges, `[bins + 1]`.
public func histogram(
  _ x: some TensorConvertible, bins: Int, range: ClosedRange<Double>? = nil, fileID: String = #fileID,
  line: Int = #line
) -> (counts: Tensor, edges: Tensor) {
  let results = x.tensor.graph.buildAll(
    [x], at: CallSite("histogram", fileID, line), poisonTypes: [nil, nil]
  ) { state, terms throws(BuildError) in
    if bins < 1 || bins > GraphState.largestExtent {
      throw BuildError("histogram.bins", "takes at least one bin, got \(bins)")
    }
    let x = try state.promoted(terms, .floating)[0]
    let flat = try state.reshaped(x, to: Shape([state.type(of: x).shape.elementCount]))
    let edges = try state.edges(of: flat, bins: bins, range: range)
    let ordered = try state.append(.sort(SortOp(axis: 0)), [flat])
    let starts = try state.searchSorted(ordered, edges, side: .left)
    let end = try state.searchSorted(ordered, state.sliced(edges, axis: 0, from: bins, to: nil), side: .right)
    let ends = try state.append(
      .concatenate(ConcatenateOp(axis: 0)), [state.sliced(starts, axis: 0, from: 1, to: bins), end])
    return [try state.pointwise(.subtract, ends, state.sliced(starts, axis: 0, from: 0, to: bins)), edges]
  }
  return (results[0], results[1])
}

private func quantile(
  _ x: some TensorConvertible, _ q: some TensorOperand, _ axis: Int?, _ keepDims: Bool,
  _ interpolation: QuantileInterpolation, ignoringNaN: Bool, at site: CallSite
) -> Tensor {
  build([x, q], at: site, in: x.tensor.graph, roles: ["the elements", "the fractions"]) {
    state, terms throws(BuildError) in
    let promoted = try state.promoted(terms, .floating)
    let dtype = state.type(of: promoted[0]).dtype
    // Narrow types cannot count.
    var values: [Value] = []
    for value in promoted {
      values.append(try state.converted(value, to: dtype == .float64 ? dtype : .float32))
    }
    let fractions = state.type(of: values[1])
    if fractions.rank > 1 {
      throw BuildError("quantile.q", "takes one fraction or a list of them, got \(fractions)")
    }
    let (lane, index) = try state.lane(of: values[0], axis)
    let result = try state.quantile(
      lane, values[1], axis: index, interpolation, ignoringNaN: ignoringNaN)
    let shaped =
      keepDims ? try state.restoringLane(result, of: values[0], axis, rank: fractions.rank) : result
    return try state.converted(shaped, to: dtype)
  }
}

extension GraphState {
  fileprivate func requireCountable(_ x: Value, _ count: Int) throws(BuildError) {
    let type = type(of: x)
    if !type.dtype.isInteger { throw BuildError("bincount.type", "takes integers, got \(type)") }
    if count < 0 || count > GraphState.largestExtent {
      throw BuildError("bincount.count", "there are no \(count) integers to count")
    }
  }

  /// A value and one of its axes, or the flattened value and its only one.
  fileprivate mutating func lane(of x: Value, _ axis: Int?) throws(BuildError) -> (x: Value, axis: Int) {
    if let axis { return (x, try self.axis(axis, of: x)) }
    return (try reshaped(x, to: Shape([type(of: x).shape.elementCount])), 0)
  }

  /// A result with the axis back that went, or all of them, behind `rank` axes of its own.
  fileprivate mutating func restoringLane(
    _ result: Value, of x: Value, _ axis: Int?, rank: Int
  ) throws(BuildError) -> Value {
    let own = type(of: result).shape.dims.prefix(rank)
    var dims = type(of: x).shape.dims
    let gone = try axes(axis.map { [$0] }, of: x)
    for index in gone { dims[index] = 1 }
    return try reshaped(result, to: Shape(own + dims))
  }

  /// The number of elements along an axis that are not NaN.
  fileprivate mutating func numberCount(
    of x: Value, axis: Int, as dtype: DType
  ) throws(BuildError) -> Value {
    let isNumber = try converted(pointwise(.equal, x, x), to: dtype)
    return try append(.reduce(ReduceOp(.sum, axes: [axis])), [isNumber])
  }

  /// The elements at some ranks, `i32[…, rest]`, of an ordered axis of `[rest with the axis]`; 0 for ranks outside.
  fileprivate mutating func element(
    of ordered: Value, axis: Int, rank: Value
  ) throws(BuildError) -> Value {
    let (shape, ranks) = (type(of: ordered).shape, type(of: rank).shape)
    let leading = ranks.rank - (shape.rank - 1)
    let space = Shape(ranks.dims.prefix(leading) + shape.dims)
    let position = leading + axis
    let spread = try append(
      .broadcast(BroadcastOp(shape: space, axes: (0..<space.rank).filter { $0 != position })), [rank])
    let elements = try broadcast(ordered, to: space)
    let isWanted = try pointwise(.equal, iota(.int32, space, axis: position), spread)
    let none = try broadcast(constant(.integer(0), as: type(of: ordered).dtype), to: space)
    return try append(
      .reduce(ReduceOp(.sum, axes: [position])), [pointwise(.select, isWanted, elements, none)])
  }

  fileprivate mutating func quantile(
    _ x: Value, _ q: Value, axis: Int, _ interpolation: QuantileInterpolation, ignoringNaN: Bool
  ) throws(BuildError) -> Value {
    let dtype = type(of: x).dtype
    let fractions = type(of: q).shape.dims
    let rest = type(of: x).shape.removing(axes: [axis])
    let shape = Shape(fractions + rest.dims)
    let all = try broadcast(elementCount(of: x, axes: [axis], as: dtype), to: shape)
    let numbers = try broadcast(numberCount(of: x, axis: axis, as: dtype), to: shape)
    let count = ignoringNaN ? numbers : all
    let fraction = try append(
      .broadcast(BroadcastOp(shape: shape, axes: Array(fractions.indices))), [q])
    let (zero, one) = (try full(0, like: all), try full(1, like: all))
    // A comparison with NaN is false.
    var isSound = try pointwise(
      .and, pointwise(.greaterOrEqual, fraction, zero), pointwise(.lessOrEqual, fraction, one))
    isSound = try pointwise(.and, isSound, pointwise(.greater, count, zero))
    if !ignoringNaN { isSound = try pointwise(.and, isSound, pointwise(.equal, numbers, all)) }
    let rank = try pointwise(.multiply, fraction, pointwise(.subtract, count, one))
    let ordered = try append(.sort(SortOp(axis: axis)), [x])
    let result = try between(ordered, axis: axis, rank, interpolation)
    return try pointwise(.select, isSound, result, full(.nan, like: result))
  }

  /// What an ordered axis has at ranks between its elements.
  private mutating func between(
    _ ordered: Value, axis: Int, _ rank: Value, _ interpolation: QuantileInterpolation
  ) throws(BuildError) -> Value {
    let floor = try pointwise(.floor, rank)
    let single: Value? =
      switch interpolation {
      case .lower: floor
      case .higher: try pointwise(.ceil, rank)
      case .nearest: try pointwise(.round, rank)
      case .linear, .midpoint: nil
      }
    if let single { return try element(of: ordered, axis: axis, rank: converted(single, to: .int32)) }
    let below = try element(of: ordered, axis: axis, rank: converted(floor, to: .int32))
    let above = try element(of: ordered, axis: axis, rank: converted(pointwise(.ceil, rank), to: .int32))
    var weight = try pointwise(.subtract, rank, floor)
    let zero = try full(0, like: weight)
    let isExact = try pointwise(.equal, weight, zero)
    let half = try full(0.5, like: weight)
    if interpolation == .midpoint { weight = half }
    // The distance of an infinity from itself is not wanted. From the nearer end, so that the ends are met exactly.
    let distance = try pointwise(.select, isExact, zero, pointwise(.subtract, above, below))
    let fromBelow = try pointwise(.add, below, pointwise(.multiply, distance, weight))
    let rest = try pointwise(.subtract, full(1, like: weight), weight)
    let fromAbove = try pointwise(.subtract, above, pointwise(.multiply, distance, rest))
    let isNearer = try pointwise(.less, weight, half)
    return try pointwise(.select, pointwise(.or, isExact, isNearer), fromBelow, fromAbove)
  }

  /// The edges of bins of equal width.
  fileprivate mutating func edges(
    of x: Value, bins: Int, range: ClosedRange<Double>?
  ) throws(BuildError) -> Value {
    let shape = Shape([bins + 1])
    let dtype = type(of: x).dtype
    var (low, high): (Value, Value)
    if let range {
      low = try constant(.real(range.lowerBound), as: dtype)
      high = try constant(.real(range.upperBound), as: dtype)
    } else {
      low = try reduced(.min, x, nil, keepDims: false)
      high = try reduced(.max, x, nil, keepDims: false)
      // Of no elements the least is above the greatest.
      let isEmpty = try pointwise(.greater, low, high)
      low = try pointwise(.select, isEmpty, full(0, like: low), low)
      high = try pointwise(.select, isEmpty, full(1, like: high), high)
    }
    let isPoint = try pointwise(.equal, low, high)
    let half = try full(0.5, like: low)
    low = try pointwise(.select, isPoint, pointwise(.subtract, low, half), low)
    high = try pointwise(.select, isPoint, pointwise(.add, high, half), high)
    let places = try iota(dtype, shape, axis: 0)
    let last = try broadcast(constant(.integer(bins), as: dtype), to: shape)
    let width = try pointwise(.divide, broadcast(pointwise(.subtract, high, low), to: shape), last)
    let edges = try pointwise(.add, broadcast(low, to: shape), pointwise(.multiply, places, width))
    return try pointwise(.select, pointwise(.equal, places, last), broadcast(high, to: shape), edges)
  }
}
