// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A tensor resampled to other extents along some axes: images made larger or smaller.
///
///     resize(images, axes: [1, 2], to: [224, 224])                                   // bilinear
///     resize(images, axes: [2, 3], scales: [2, 2], mode: .nearest)                   // each element four times
///
/// - Parameters:
///   - axes: the axes that are resampled, one after the other.
///   - sizes: the extents along them; by default ⌊extent · scale⌋.
///   - scales: the scales that places are computed with; by default the sizes divided by the extents.
///   - mode: what an element is made of. `nearest` keeps the element type; the others make `float32` of integers.
///   - coordinates: which place of `x` an element stands for.
///   - antialias: whether a smaller result's elements, linear or cubic, see all of `x` that they cover.
///   - excludesOutside: whether weights beyond the ends are dropped and the others scaled up, instead of repeating the
///     outermost elements.
///   - aspectRatio: what becomes of sizes with differing scales.
///
/// The extents must be known when the graph is built, but for `nearest` by a whole number.
public func resize(
  _ x: some TensorConvertible, axes: [Int], to sizes: [Int]? = nil, scales: [Double]? = nil,
  mode: ResizeMode = .linear, coordinates: ResizeCoordinates = .halfPixel, antialias: Bool = false,
  excludesOutside: Bool = false, aspectRatio: AspectRatio = .stretched, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([x], at: CallSite("resize", fileID, line), in: x.tensor.graph) { state, terms throws(BuildError) in
    let isNearest = if case .nearest = mode.kind { true } else { false }
    let value = try isNearest ? state.value(terms[0]) : state.promoted(terms, .floating)[0]
    let axes = try state.distinctAxes(axes, of: value)
    if let scales, sizes == nil, let repeated = try state.repeated(value, axes, scales, mode, coordinates) {
      return repeated
    }
    let plan = try state.resizing(value, axes, sizes, scales, coordinates, aspectRatio)
    if mode.kind == .area { return try state.adaptiveMean(value, axes, plan.map(\.count)) }
    return try state.resized(value, axes, plan, mode.kind, antialias, excludesOutside)
  }
}

extension GraphState {
  // MARK: Sizes

  fileprivate func resizing(
    _ value: Value, _ axes: [Int], _ sizes: [Int]?, _ scales: [Double]?, _ coordinates: ResizeCoordinates,
    _ aspectRatio: AspectRatio
  ) throws(BuildError) -> [ResizeAxis] {
    let type = type(of: value)
    if sizes == nil && scales == nil {
      throw BuildError("resize.sizes", "takes sizes or scales for the axes \(axes), got neither")
    }
    let scales = try scales.map { scales throws(BuildError) in try perAxis(scales, axes.count, "the scales") }
    if let scale = scales?.first(where: { !($0 > 0 && $0 < 1e6) }) {
      throw BuildError("resize.scales", "a scale of \(scale) is out of range")
    }
    var extents: [Int] = []
    for axis in axes {
      guard let extent = type.shape[axis].value else {
        throw BuildError(
          "resize.extent",
          "axis \(axis) of \(type) must be known when the graph is built; only `.nearest` by a whole `scales` "
            + "takes any extent")
      }
      if extent == 0 { throw BuildError("resize.empty", "axis \(axis) of \(type) is empty") }
      extents.append(extent)
    }
    var counts = try sizes.map { sizes throws(BuildError) in try perAxis(sizes, axes.count, "the sizes") }
    if let count = counts?.first(where: { !(1...1 << 24).contains($0) }) {
      throw BuildError("resize.sizes", "a size of \(count) is out of range")
    }
    var given: [Double?] = scales ?? axes.map { _ in nil }
    if let wanted = counts, aspectRatio != .stretched {
      let ratios = zip(wanted, extents).map { Double($0) / Double($1) }
      let scale = (aspectRatio == .notLarger ? ratios.min() : ratios.max()) ?? 1
      given = axes.map { _ in scale }
      counts = extents.map { max(Int((scale * Double($0)).rounded(.toNearestOrAwayFromZero)), 1) }
    }
    let regions = try regions(coordinates, axes.count)
    var plan: [ResizeAxis] = []
    for (position, axis) in axes.enumerated() {
      let scale = given[position] ?? 1
      let count = counts?[position] ?? Int((scale * Double(extents[position])).rounded(.down))
      if count == 0 {
        throw BuildError("resize.scales", "a scale of \(scale) leaves nothing of axis \(axis) of \(type)")
      }
      plan.append(
        ResizeAxis(
          extent: extents[position], count: count, given: given[position], coordinates: coordinates,
          region: regions[position]))
    }
    return plan
  }

  private func regions(
    _ coordinates: ResizeCoordinates, _ count: Int
  ) throws(BuildError) -> [(start: Double, end: Double)] {
    guard case .crop(let regions, _) = coordinates else { return Array(repeating: (0, 1), count: count) }
    if let region = regions.first(where: { !($0.start.magnitude < 1e6 && $0.end.magnitude < 1e6) }) {
      throw BuildError("resize.region", "a region of \(region) is out of range")
    }
    return try perAxis(regions, count, "the regions")
  }

  // MARK: Elements

  fileprivate mutating func resized(
    _ value: Value, _ axes: [Int], _ plan: [ResizeAxis], _ kind: ResizeMode.Kind, _ antialias: Bool,
    _ excludesOutside: Bool
  ) throws(BuildError) -> Value {
    var result = value
    // What becomes smaller goes first, so that less is left to do.
    for position in axes.indices.sorted(by: { plan[$0].scale < plan[$1].scale }) {
      let axis = plan[position]
      if case .nearest(let rounding) = kind {
        result = try picked(result, axis.nearest(rounding), axis: axes[position])
      } else {
        let taps = axis.taps(kind, antialias: antialias, excludesOutside: excludesOutside)
        result = try mixed(result, axes[position], axis, taps, excludesOutside)
      }
    }
    return try replacingOutside(result, axes, plan)
  }

  /// Sums of elements of an axis, each by its weight.
  private mutating func mixed(
    _ value: Value, _ axis: Int, _ plan: ResizeAxis, _ taps: [ResizeAxis.Taps], _ excludesOutside: Bool
  ) throws(BuildError) -> Value {
    if taps.allSatisfy({ $0.count == 1 && $0[0].weight == 1 }) {
      return try picked(value, taps.map { plan.clamped($0[0].index) }, axis: axis)
    }
    if !excludesOutside, let period = plan.period, period.elements < plan.extent {
      let once = taps[..<period.results]
      let indices = once.flatMap { $0.map(\.index) }
      if let first = indices.min(), let last = indices.max(), 2 * (last - first + 1) <= plan.extent {
        return try mixedByPeriod(value, axis, plan, Array(once), first...last, period.elements)
      }
    }
    let matrix = weights(taps, 0..<plan.extent, plan)
    let dot = DotOp(lhsContract: [axis], rhsContract: [0])
    let type = type(of: value)
    let product = try append(.dot(dot), [value, constant(matrix, as: type.dtype)])
    let last = type.rank - 1
    return try transposed(product, Array(0..<axis) + [last] + Array(axis..<last))
  }

  /// The same where the weights recur: each period's results from a window of `reach` around its start.
  private mutating func mixedByPeriod(
    _ value: Value, _ axis: Int, _ plan: ResizeAxis, _ taps: [ResizeAxis.Taps], _ reach: ClosedRange<Int>,
    _ period: Int
  ) throws(BuildError) -> Value {
    let dims = type(of: value).shape.dims
    let all = (reach.lowerBound...plan.extent - period + reach.upperBound).map(plan.clamped)
    let geometry = WindowGeometry(axes: [axis], sizes: [reach.count], strides: [period], dilations: [1])
    let windows = try window(picked(value, all, axis: axis), geometry)
    let matrix = weights(taps, Range(reach), nil)
    let dot = DotOp(lhsContract: [dims.count], rhsContract: [0])
    let product = try append(.dot(dot), [windows, constant(matrix, as: type(of: value).dtype)])
    let moved = try transposed(
      product, Array(0...axis) + [dims.count] + Array(axis + 1..<dims.count))
    return try reshaped(moved, to: Shape(dims[..<axis] + [Dim(plan.count)] + dims[(axis + 1)...]))
  }

  /// A column of weights for each result, over some elements.
  ///
  /// - Parameter plan: an axis beyond whose ends the outermost elements repeat.
  private func weights(_ taps: [ResizeAxis.Taps], _ elements: Range<Int>, _ plan: ResizeAxis?) -> NDArray {
    let columns = taps.count
    var weights = [Double](repeating: 0, count: elements.count * columns)
    for (column, taps) in taps.enumerated() {
      for tap in taps {
        let row = (plan?.clamped(tap.index) ?? tap.index) - elements.lowerBound
        weights[row * columns + column] += tap.weight
      }
    }
    return NDArray(weights, shape: [elements.count, columns])
  }

  /// The number of a crop where an element's place is outside of `x` along any axis.
  private mutating func replacingOutside(
    _ value: Value, _ axes: [Int], _ plan: [ResizeAxis]
  ) throws(BuildError) -> Value {
    guard case .crop(_, let number)? = plan.first?.coordinates else { return value }
    let type = type(of: value)
    var isOutside: Value?
    for (position, axis) in axes.enumerated() {
      let places = (0..<plan[position].count).map { plan[position].isOutside(plan[position].place(of: $0)) }
      if !places.contains(true) { continue }
      let mask = try append(
        .broadcast(BroadcastOp(shape: type.shape, axes: [axis])), [constant(NDArray(places))])
      if let known = isOutside { isOutside = try pointwise(.or, known, mask) } else { isOutside = mask }
    }
    guard let isOutside else { return value }
    let filling = try broadcast(constant(.real(number), as: type.dtype), to: type.shape)
    return try pointwise(.select, isOutside, filling, value)
  }

  /// Each element several times, which needs no extent to be known; nil where that is not what is asked for.
  fileprivate mutating func repeated(
    _ value: Value, _ axes: [Int], _ scales: [Double], _ mode: ResizeMode, _ coordinates: ResizeCoordinates
  ) throws(BuildError) -> Value? {
    switch (mode.kind, coordinates) {
    case (.nearest(.halfDown), .halfPixel), (.nearest(.halfUp), .halfPixel), (.nearest(.down), .asymmetric):
      break
    default: return nil
    }
    let factors = try perAxis(scales, axes.count, "the scales").map { Int(exactly: $0) ?? 0 }
    guard factors.allSatisfy({ (1...1 << 20).contains($0) }) else { return nil }
    var result = value
    for (axis, factor) in zip(axes, factors) where factor > 1 {
      let dims = type(of: result).shape.dims
      let wide = Shape(dims[...axis] + [Dim(factor)] + dims[(axis + 1)...])
      let old = (0..<wide.rank).filter { $0 != axis + 1 }
      let copies = try append(.broadcast(BroadcastOp(shape: wide, axes: old)), [result])
      result = try reshaped(
        copies, to: Shape(dims[..<axis] + [dims[axis] * Dim(factor)] + dims[(axis + 1)...]))
    }
    return result
  }
}
