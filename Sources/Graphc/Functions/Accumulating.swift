// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Running totals along an axis: at each place the combination of all elements up to it. `exclusive` leaves out the
// place's own element, `reverse` starts at the end of the axis. Negative axes count from the end.

/// The running sum along an axis; `bool` counts as `i32`, integers wrap.
///
/// - Parameters:
///   - exclusive: whether the result begins with 0 and leaves out the last element.
///   - reverse: whether to sum from the end of the axis.
/// - Returns: the shape of `x`. Floating-point sums run in `f64` and are rounded at each place.
public func cumulativeSum(
  _ x: some TensorConvertible, axis: Int, exclusive: Bool = false, reverse: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  cumulative(.sum, x, axis, exclusive, reverse, CallSite("cumulativeSum", fileID, line))
}

/// The running product along an axis; see `cumulativeSum`. Its gradient divides nothing, so zeros are no special case.
public func cumulativeProduct(
  _ x: some TensorConvertible, axis: Int, exclusive: Bool = false, reverse: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  cumulative(.product, x, axis, exclusive, reverse, CallSite("cumulativeProduct", fileID, line))
}

/// The greatest element so far along an axis; NaN from the first NaN on. With `exclusive` the first place has the least
/// value of the type.
///
/// The gradient flows to the element that holds the record, the last of several equal ones.
public func cumulativeMax(
  _ x: some TensorConvertible, axis: Int, exclusive: Bool = false, reverse: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  cumulative(.max, x, axis, exclusive, reverse, CallSite("cumulativeMax", fileID, line))
}

/// The least element so far along an axis; see `cumulativeMax`.
public func cumulativeMin(
  _ x: some TensorConvertible, axis: Int, exclusive: Bool = false, reverse: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  cumulative(.min, x, axis, exclusive, reverse, CallSite("cumulativeMin", fileID, line))
}

/// The greatest element so far along an axis and its `i32` index: the last one in order where several are equal, and
/// of a NaN that of the last NaN.
public func cumulativeMaxWithIndices(
  _ x: some TensorConvertible, axis: Int, reverse: Bool = false, fileID: String = #fileID, line: Int = #line
) -> (values: Tensor, indices: Tensor) {
  records(.max, x, axis, reverse, CallSite("cumulativeMaxWithIndices", fileID, line))
}

/// The least element so far along an axis and its `i32` index; see `cumulativeMaxWithIndices`.
public func cumulativeMinWithIndices(
  _ x: some TensorConvertible, axis: Int, reverse: Bool = false, fileID: String = #fileID, line: Int = #line
) -> (values: Tensor, indices: Tensor) {
  records(.min, x, axis, reverse, CallSite("cumulativeMinWithIndices", fileID, line))
}

/// log(Σ exp(x)) of the elements so far along an axis, without overflow; −∞ where there are none.
///
/// - Returns: the shape of `x`, in a floating-point type.
public func cumulativeLogSumExp(
  _ x: some TensorConvertible, axis: Int, exclusive: Bool = false, reverse: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x], at: CallSite("cumulativeLogSumExp", fileID, line), in: x.tensor.graph) {
    state, terms throws(BuildError) in
    let x = try state.promoted(terms, .floating)[0]
    let axis = try state.axis(axis, of: x)
    return try state.cumulativeLogSumExp(x, axis: axis, exclusive: exclusive, reverse: reverse)
  }
}

/// `s[0] = b[0]` and `s[i] = a[i] · s[i − 1] + b[i]` along an axis: discounted sums, moving averages, recurrences of the
/// first order. `a[0]` counts for nothing.
///
/// - Parameters:
///   - a: the factors; broadcast against `b`.
///   - b: the terms.
///   - reverse: whether the recurrence starts at the end of the axis.
/// - Returns: the shape that both broadcast to, in a floating-point type.
public func linearRecurrence(
  _ a: some TensorConvertible, _ b: some TensorConvertible, axis: Int, reverse: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build(
    [a, b], at: CallSite("linearRecurrence", fileID, line), in: a.tensor.graph,
    roles: ["the factors", "the terms"]
  ) { state, terms throws(BuildError) in
    let operands = try state.broadcast(state.promoted(terms, .floating))
    let axis = try state.axis(axis, of: operands[0])
    return try state.append(.linearRecurrence(LinearRecurrenceOp(axis: axis, reverse: reverse)), operands)
  }
}

private func cumulative(
  _ kind: CumulativeOp.Kind, _ x: some TensorConvertible, _ axis: Int, _ exclusive: Bool, _ reverse: Bool,
  _ site: CallSite
) -> Tensor {
  build([x], at: site, in: x.tensor.graph) { state, terms throws(BuildError) in
    let x = try state.promoted(terms, .arithmetic)[0]
    let axis = try state.axis(axis, of: x)
    return try state.cumulative(kind, x, axis: axis, exclusive: exclusive, reverse: reverse)
  }
}

private func records(
  _ kind: CumulativeOp.Kind, _ x: some TensorConvertible, _ axis: Int, _ reverse: Bool, _ site: CallSite
) -> (values: Tensor, indices: Tensor) {
  let results = x.tensor.graph.buildAll([x], at: site, poisonTypes: [nil, nil]) {
    state, terms throws(BuildError) in
    let x = try state.promoted(terms, .arithmetic)[0]
    let axis = try state.axis(axis, of: x)
    let values = try state.cumulative(kind, x, axis: axis, reverse: reverse)
    let isRecord = try state.pointwise(
      .or, state.pointwise(.equal, x, values), state.pointwise(.notEqual, x, x))
    // The newest record is the one furthest along, and the first place is one.
    let none = NDArray(scalar: reverse ? Int32.max : 0)
    let shape = state.type(of: x).shape
    let candidates = try state.pointwise(
      .select, isRecord, state.positions(along: axis, of: x), state.broadcast(state.constant(none), to: shape)
    )
    return [values, try state.cumulative(reverse ? .min : .max, candidates, axis: axis, reverse: reverse)]
  }
  return (results[0], results[1])
}

extension GraphState {
  mutating func cumulative(
    _ kind: CumulativeOp.Kind, _ x: Value, axis: Int, exclusive: Bool = false, reverse: Bool = false
  ) throws(BuildError) -> Value {
    try append(.cumulative(CumulativeOp(kind, axis: axis, exclusive: exclusive, reverse: reverse)), [x])
  }

  /// For each element of a value its index along an axis.
  mutating func positions(
    along axis: Int, of value: Value, dtype: DType = .int32
  ) throws(BuildError) -> Value {
    try append(.iota(IotaOp(type: TensorType(dtype, type(of: value).shape), axis: axis)))
  }

  /// A number, everywhere in a tensor of a value's type.
  mutating func full(_ number: Double, like value: Value) throws(BuildError) -> Value {
    let type = type(of: value)
    return try broadcast(constant(.real(number), as: type.dtype), to: type.shape)
  }

  /// The sum of exp(x − m) for the greatest element m so far, as a recurrence that rescales whenever m grows.
  fileprivate mutating func cumulativeLogSumExp(
    _ x: Value, axis: Int, exclusive: Bool, reverse: Bool
  ) throws(BuildError) -> Value {
    // What m is cancels in the result, so its gradient is not wanted.
    let fixed = try append(.stopGradient(StopGradientOp()), [x])
    let top = try cumulative(.max, fixed, axis: axis, reverse: reverse)
    let before = try cumulative(.max, fixed, axis: axis, exclusive: true, reverse: reverse)
    let (zero, one) = (try full(0, like: x), try full(1, like: x))
    let isInfinite = try pointwise(.equal, pointwise(.abs, top), full(.infinity, like: x))
    let center = try pointwise(.select, isInfinite, zero, top)
    // Infinities of one sign are not subtracted.
    let growth = try pointwise(
      .select, pointwise(.equal, before, top), zero, pointwise(.subtract, before, top))
    let sum = try append(
      .linearRecurrence(LinearRecurrenceOp(axis: axis, reverse: reverse)),
      [pointwise(.exp, growth), pointwise(.exp, pointwise(.subtract, x, center))])
    let isNothing = try pointwise(.equal, sum, zero)
    let logarithm = try pointwise(.log, pointwise(.select, isNothing, one, sum))
    let result = try pointwise(.select, isNothing, top, pointwise(.add, center, logarithm))
    return exclusive
      ? try shifted(result, axis: axis, towardsStart: reverse, filling: -.infinity) : result
  }

  /// The elements moved by one place along an axis, away from its start or towards it; a number fills the gap.
  mutating func shifted(
    _ value: Value, axis: Int, towardsStart: Bool, filling number: Double
  ) throws(BuildError) -> Value {
    let type = type(of: value)
    if type.shape[axis] == 0 { return value }
    // Turned around, the end of an axis of unknown extent is at a known place.
    let flip = Op.reverse(ReverseOp(axes: [axis]))
    let zeros = [Int](repeating: 0, count: type.rank)
    var starts = zeros
    starts[axis] = 1
    let slice = SliceOp(
      starts: starts, limits: Array(repeating: nil, count: type.rank), strides: zeros.map { _ in 1 })
    let part = try append(
      .slice(slice), [towardsStart ? value : append(flip, [value])])
    let pad = PadOp(low: zeros, high: starts, interior: zeros)
    let moved = try append(
      .pad(pad), [part, constant(number == 0 ? .integer(0) : .real(number), as: type.dtype)])
    _ = unify(self.type(of: moved).shape[axis], type.shape[axis])
    return towardsStart ? moved : try append(flip, [moved])
  }
}
