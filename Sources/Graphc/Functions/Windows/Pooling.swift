// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The greatest element of every window, channel by channel; NaN where there is one.
///
/// The gradient goes to the first of the greatest, as in PyTorch and TensorFlow. Nothing of the border is ever greatest,
/// but where a window has nothing else: there the result is −∞, or the least integer.
///
/// - Parameters:
///   - x: `[N, spatial…, C]` with channels last, `[N, C, spatial…]` with channels first; one to three spatial axes.
///   - window: its size along each spatial axis; one number stands for all.
///   - strides: the distance between windows; as much as their size by default.
///   - padding: what borders `x`.
///   - dilations: the distance between the elements of a window; one number stands for all spatial axes.
///   - roundsUp: whether a last window may reach beyond the border, as long as it starts before its end (ONNX's and
///     PyTorch's `ceil_mode`).
public func maxPool(
  _ x: some TensorConvertible, window: [Int], strides: [Int]? = nil, padding: Padding = .valid,
  dilations: [Int] = [1], layout: Layout = .channelsLast, roundsUp: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([x], at: CallSite("maxPool", fileID, line), in: x.tensor.graph) { state, terms throws(BuildError) in
    let value = try state.promoted(terms, .arithmetic)[0]
    let pool = try state.pool(
      over: value, window, strides, padding, dilations, layout, roundsUp: roundsUp)
    let windows = try state.windows(of: value, pool, layout, for: .firstMax)
    return try state.pooled(.firstMax, windows, pool, layout)
  }
}

/// The greatest element of every window, and where it is: its number among the spatial positions of `x` without the
/// border, in row-major order, as `i32`. Of several it is the first, of NaNs the first of those.
///
/// The parameters are those of `maxPool`.
public func maxPoolWithIndices(
  _ x: some TensorConvertible, window: [Int], strides: [Int]? = nil, padding: Padding = .valid,
  dilations: [Int] = [1], layout: Layout = .channelsLast, roundsUp: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> (values: Tensor, indices: Tensor) {
  let results = x.tensor.graph.buildAll(
    [x], at: CallSite("maxPoolWithIndices", fileID, line), poisonTypes: [nil, nil]
  ) { state, terms throws(BuildError) in
    let value = try state.promoted(terms, .arithmetic)[0]
    let pool = try state.pool(
      over: value, window, strides, padding, dilations, layout, roundsUp: roundsUp)
    let windows = try state.windows(of: value, pool, layout, for: .firstMax)
    let greatest = try state.pooled(.firstMax, windows, pool, layout)
    return [greatest, try state.positions(of: greatest, in: windows, over: value, pool, layout)]
  }
  return (results[0], results[1])
}

/// The mean of every window, channel by channel. Integers become `float32`.
///
/// - Parameters:
///   - countsPadding: whether the zeros of the border count as elements, as PyTorch has it by default. Keras, and ONNX by
///     default, divide by the number of elements that are there. What `roundsUp` lets a window reach beyond the border
///     never counts.
///   - divisor: what the sum is divided by instead.
///
/// The other parameters are those of `maxPool`.
public func averagePool(
  _ x: some TensorConvertible, window: [Int], strides: [Int]? = nil, padding: Padding = .valid,
  dilations: [Int] = [1], layout: Layout = .channelsLast, roundsUp: Bool = false, countsPadding: Bool = false,
  divisor: Int? = nil, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x], at: CallSite("averagePool", fileID, line), in: x.tensor.graph) {
    state, terms throws(BuildError) in
    let value = try state.promoted(terms, .floating)[0]
    let pool = try state.pool(
      over: value, window, strides, padding, dilations, layout, roundsUp: roundsUp)
    let windows = try state.windows(of: value, pool, layout, for: .sum)
    let sum = try state.pooled(.sum, windows, pool, layout)
    let type = state.type(of: sum)
    if let divisor {
      if divisor == 0 { throw BuildError("averagePool.divisor", "a divisor of 0") }
      let count = try state.constant(.integer(divisor), as: type.dtype)
      return try state.pointwise(.divide, sum, state.broadcast(count, to: type.shape))
    }
    let border = try state.pool(over: value, window, strides, padding, dilations, layout, roundsUp: false)
    let counts = try state.counts(of: value, pool, countsPadding ? border.borders : nil)
    return try state.divided(sum, by: counts, along: pool.axes)
  }
}

/// (Σ |x|^p)^(1/p) over every window, channel by channel; the greatest |x| for an infinite p. Integers become `float32`.
///
/// The gradient is 0 where every element of a window is 0, as in PyTorch: there the root has no derivative.
///
/// The other parameters are those of `maxPool`.
public func lpPool(
  _ x: some TensorConvertible, window: [Int], strides: [Int]? = nil, p: Double = 2,
  padding: Padding = .valid, dilations: [Int] = [1], layout: Layout = .channelsLast, roundsUp: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("lpPool", fileID, line).composing {
    let x = floating(x)
    if p == .infinity {
      let greatest = maxPool(
        abs(x), window: window, strides: strides, padding: padding, dilations: dilations, layout: layout,
        roundsUp: roundsUp)
      // Of a window that holds nothing but border it is −∞.
      return nonNegativePart(greatest)
    }
    let powers = p == 1 ? abs(x) : p == 2 ? square(x) : powers(of: x, p)
    let sums = sumPool(powers, window, strides, padding, dilations, layout, roundsUp, p)
    return p == 1 ? sums : flatRoot(sums, p)
  }
}

private func sumPool(
  _ x: Tensor, _ window: [Int], _ strides: [Int]?, _ padding: Padding, _ dilations: [Int], _ layout: Layout,
  _ roundsUp: Bool, _ p: Double
) -> Tensor {
  build([x], at: .inner, in: x.graph) { state, terms throws(BuildError) in
    if !(p > 0) { throw BuildError("lpPool.p", "p is \(p); it must be positive") }
    let value = try state.promoted(terms, .floating)[0]
    let pool = try state.pool(
      over: value, window, strides, padding, dilations, layout, roundsUp: roundsUp)
    return try state.pooled(.sum, state.windows(of: value, pool, layout, for: .sum), pool, layout)
  }
}

/// The mean over all spatial positions: `[N, C]`, or the axes with an extent of 1.
public func globalAveragePool(
  _ x: some TensorConvertible, layout: Layout = .channelsLast, keepDims: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("globalAveragePool", fileID, line).composing {
    withSpatialAxes(x, layout) { $0.mean(axes: $1, keepDims: keepDims) }
  }
}

/// The greatest element over all spatial positions: `[N, C]`, or the axes with an extent of 1. Equal ones share the
/// gradient.
public func globalMaxPool(
  _ x: some TensorConvertible, layout: Layout = .channelsLast, keepDims: Bool = false,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("globalMaxPool", fileID, line).composing {
    withSpatialAxes(x, layout) { $0.max(axes: $1, keepDims: keepDims) }
  }
}

private func withSpatialAxes(
  _ x: some TensorConvertible, _ layout: Layout, _ reduce: (Tensor, [Int]) -> Tensor
) -> Tensor {
  let checked = build([x], at: .inner, in: x.tensor.graph) {
    state, terms throws(BuildError) in
    let value = try state.value(terms[0])
    _ = try state.spatialAxes(state.type(of: value), layout)
    return value
  }
  // A stand-in for what is invalid has no axes and reduces to another.
  let rank = Swift.max(checked.shape.rank, 3)
  return reduce(checked, Array(layout == .channelsLast ? 1..<rank - 1 : 2..<rank))
}

// MARK: - Windows and what becomes of them

extension GraphState {
  fileprivate func pool(
    over value: Value, _ window: [Int], _ strides: [Int]?, _ padding: Padding, _ dilations: [Int],
    _ layout: Layout, roundsUp: Bool
  ) throws(BuildError) -> Sliding {
    let axes = try spatialAxes(type(of: value), layout)
    let sizes = try perAxis(window, axes.count, "the window")
    return try sliding(
      over: value, axes: axes, sizes: sizes, strides: strides ?? sizes, dilations: dilations,
      padding: padding, roundsUp: roundsUp)
  }

  /// The windows' own axes once they are moved from behind the last axis of `x`, so that neighbouring results are
  /// reduced side by side.
  func elementAxes(_ pool: Sliding, _ layout: Layout) -> [Int] {
    let count = pool.axes.count
    return Array(layout == .channelsLast ? count + 1..<2 * count + 1 : 2..<count + 2)
  }

  private mutating func moved(_ windows: Value, _ pool: Sliding, _ layout: Layout) throws(BuildError) -> Value
  {
    let count = pool.axes.count
    let elements = Array(count + 2..<2 * count + 2)
    let order =
      layout == .channelsLast ? Array(0...count) + elements + [count + 1] : [0, 1] + elements + pool.axes
    return try transposed(windows, order)
  }

  /// The windows, bordered by the identity of what they are reduced by.
  fileprivate mutating func windows(
    of value: Value, _ pool: Sliding, _ layout: Layout, for kind: ReduceOp.Kind
  ) throws(BuildError) -> Value {
    let dtype = type(of: value).dtype
    let identity = NDArray(dtype: dtype, shape: [], bits: [kind.identity(dtype)])
    return try moved(windows(of: value, pool, filling: constant(identity)), pool, layout)
  }

  fileprivate mutating func pooled(
    _ kind: ReduceOp.Kind, _ windows: Value, _ pool: Sliding, _ layout: Layout
  ) throws(BuildError) -> Value {
    try append(.reduce(ReduceOp(kind, axes: elementAxes(pool, layout))), [windows])
  }

  /// For each window the least row-major number, among the positions of `value`, of an element equal to the greatest.
  fileprivate mutating func positions(
    of greatest: Value, in windows: Value, over value: Value, _ pool: Sliding, _ layout: Layout
  ) throws(BuildError) -> Value {
    let shape = type(of: windows).shape
    let elements = elementAxes(pool, layout)
    let kept = (0..<shape.rank).filter { !elements.contains($0) }
    let spread = try append(.broadcast(BroadcastOp(shape: shape, axes: kept)), [greatest])
    let isEqual = try pointwise(.equal, windows, spread)
    var isChosen = try pointwise(.or, isEqual, pointwise(.notEqual, windows, windows))
    var number = try broadcast(constant(.integer(0), as: .int32), to: shape)
    for (position, axis) in pool.axes.enumerated() {
      // Where the window lies and the element in it, from the start of the axis without its border.
      let window = try scaledIndex(shape, elementsBefore(axis, layout, pool), pool.geometry.strides[position])
      let element = try scaledIndex(shape, elements[position], pool.geometry.dilations[position])
      let low = try broadcast(constant(.integer(pool.borders[position].low), as: .int32), to: shape)
      let place = try pointwise(.subtract, pointwise(.add, window, element), low)
      let extent = try broadcast(elementCount(of: value, axes: [axis], as: .int32), to: shape)
      let zero = try broadcast(constant(.integer(0), as: .int32), to: shape)
      let isInside = try pointwise(
        .and, pointwise(.greaterOrEqual, place, zero), pointwise(.less, place, extent))
      isChosen = try pointwise(.and, isChosen, isInside)
      number = try pointwise(.add, pointwise(.multiply, number, extent), place)
    }
    let none = try broadcast(constant(.integer(Int(Int32.max)), as: .int32), to: shape)
    let first = try pointwise(.select, isChosen, number, none)
    return try append(.reduce(ReduceOp(.min, axes: elements)), [first])
  }

  /// Where a spatial axis of `x` is among the windows' axes once they are moved.
  private func elementsBefore(_ axis: Int, _ layout: Layout, _ pool: Sliding) -> Int {
    layout == .channelsLast ? axis : axis + pool.axes.count
  }

  private mutating func scaledIndex(
    _ shape: Shape, _ axis: Int, _ factor: Int
  ) throws(BuildError) -> Value {
    let index = try iota(.int32, shape, axis: axis)
    if factor == 1 { return index }
    return try pointwise(
      .multiply, index, broadcast(constant(.integer(factor), as: .int32), to: shape))
  }

  // MARK: Averages

  /// For each spatial axis how many elements each window has along it, or one number where all have as many.
  ///
  /// - Parameter border: the border whose elements count too.
  fileprivate mutating func counts(
    of value: Value, _ pool: Sliding, _ border: [(low: Int, high: Int)]?
  ) throws(BuildError) -> [Value] {
    let type = type(of: value)
    var counts: [Value] = []
    for (position, axis) in pool.axes.enumerated() {
      let geometry = pool.geometry
      let (low, high) = pool.borders[position]
      let counted = border?[position] ?? (low: 0, high: 0)
      let isUniform = low <= max(counted.low, 0) && high <= max(counted.high, 0)
      if isUniform {
        counts.append(try constant(.integer(geometry.sizes[position]), as: type.dtype))
      } else if let extent = type.shape[axis].value {
        let windows = geometry.count(position, in: extent + low + high) ?? 0
        let numbers = (0..<windows).map { window in
          (0..<geometry.sizes[position]).count { element in
            let place = window * geometry.strides[position] + element * geometry.dilations[position] - low
            return place >= -max(counted.low, 0) && place < extent + max(counted.high, 0)
          }
        }
        counts.append(try constant(NDArray(numbers.map { Float($0) }), as: type.dtype))
      } else {
        counts.append(try openCount(position, type, pool, counted))
      }
    }
    return counts
  }

  /// The same for an axis whose extent a run decides: ones, counted as they are summed.
  private mutating func openCount(
    _ position: Int, _ type: TensorType, _ pool: Sliding, _ counted: (low: Int, high: Int)
  ) throws(BuildError) -> Value {
    let (low, high) = pool.borders[position]
    let zero = try constant(.integer(0), as: type.dtype)
    let one = try constant(.integer(1), as: type.dtype)
    let line = try broadcast(one, to: Shape([type.shape[pool.axes[position]]]))
    let inner = (low: min(low, max(counted.low, 0)), high: min(high, max(counted.high, 0)))
    let ones = try bordered(line, [inner], with: one)
    let all = try bordered(ones, [(low - inner.low, high - inner.high)], with: zero)
    let geometry = WindowGeometry(
      axes: [0], sizes: [pool.geometry.sizes[position]], strides: [pool.geometry.strides[position]],
      dilations: [pool.geometry.dilations[position]])
    return try reduced(.sum, window(all, geometry), [1], keepDims: false)
  }

  /// A value divided by the product of a number or a vector for each of some axes.
  mutating func divided(
    _ value: Value, by counts: [Value], along axes: [Int]
  ) throws(BuildError) -> Value {
    let shape = type(of: value).shape
    var product: Value?
    // Plane by plane, so that a constant one is folded and is small.
    let plane = Shape(axes.map { shape[$0] })
    for (position, count) in counts.enumerated() {
      if type(of: count).rank == 1 { _ = unify(type(of: count).shape[0], plane[position]) }
      let isScalar = type(of: count).rank == 0
      let spread = try append(
        .broadcast(
          BroadcastOp(shape: builder.symbols.canonical(plane), axes: isScalar ? [] : [position])), [count])
      if let known = product { product = try pointwise(.multiply, known, spread) } else { product = spread }
    }
    guard let product else { return value }
    let divisor = try append(
      .broadcast(BroadcastOp(shape: type(of: value).shape, axes: axes)), [product])
    return try pointwise(.divide, value, divisor)
  }
}
