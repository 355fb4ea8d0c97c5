// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What a convolution's gradient does to its cotangent: each element of `x` adds the filter, scaled, to a window of the
/// result.
///
/// - Parameters:
///   - x: `[N, spatial…, C]` with channels last, `[N, C, spatial…]` with channels first; one to three spatial axes.
///   - filter: `[spatial…, O / groups, C]` with channels last, `[C, O / groups, spatial…]` with channels first.
///   - strides: the distance between windows of the result; one number stands for all spatial axes.
///   - padding: what is cut off the ends of the result. `same` makes it `stride` times as long as `x`, as does `causal`,
///     which cuts off its end alone; where windows lie apart they add zeros there instead.
///   - outputPadding: so much more of the result at its end, since a convolution with a stride takes several extents
///     to one.
///   - dilations: the distance between the elements of a window; one number stands for all spatial axes.
///   - groups: channels and results fall into so many groups, each of which sees its own channels only.
/// - Returns: `[N, spatial…, O]` or `[N, O, spatial…]`, along each spatial axis
///   (extent − 1) · stride + (size − 1) · dilation + 1 + output padding − padding. Keras, for windows that lie apart, has
///   `stride − size` more without padding. Integers wrap.
public func transposedConvolution(
  _ x: some TensorConvertible, _ filter: some TensorConvertible, strides: [Int] = [1],
  padding: Padding = .valid, outputPadding: [Int] = [0], dilations: [Int] = [1], groups: Int = 1,
  layout: Layout = .channelsLast, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build(
    [x, filter], at: CallSite("transposedConvolution", fileID, line), in: x.tensor.graph,
    roles: ["x", "the filter"]
  ) { state, terms throws(BuildError) in
    let operands = try state.promoted(terms, .arithmetic)
    let filter = try Filter(operands[1], for: operands[0], groups, layout, transposed: true, &state)
    let count = filter.sizes.count
    // Windows go over the result; their number is known.
    let geometry = WindowGeometry(
      axes: filter.spatial, sizes: filter.sizes, strides: try state.perAxis(strides, count, "strides"),
      dilations: try state.perAxis(dilations, count, "dilations"))
    let extra = try state.perAxis(outputPadding, count, "the output padding")
    if let outside = extra.first(where: { $0 < 0 || $0 > Int(Int32.max) }) {
      throw BuildError("convolution.outputPadding", "an output padding of \(outside) is out of range")
    }
    return try state.transposedConvolution(operands[0], filter, geometry, padding, extra)
  }
}

extension GraphState {
  fileprivate mutating func transposedConvolution(
    _ x: Value, _ filter: Filter, _ geometry: WindowGeometry, _ padding: Padding, _ extra: [Int]
  ) throws(BuildError) -> Value {
    let source = type(of: x)
    // An axis of groups stands before the results until they are laid back.
    let shift = filter.groups > 1 && filter.layout == .channelsFirst ? 1 : 0
    let laid = WindowGeometry(
      axes: geometry.axes.map { $0 + shift }, sizes: geometry.sizes, strides: geometry.strides,
      dilations: geometry.dilations)
    let folded = try append(
      .fold(FoldOp(laid, extents: laid.axes.map { _ in nil })), [scaledFilters(x, filter)])
    let joined = try joinedGroups(folded, filter)
    var widths = [(low: Int, high: Int)](repeating: (0, 0), count: source.rank)
    let cuts = try cuts(padding, geometry)
    for (position, axis) in geometry.axes.enumerated() {
      widths[axis] = (-cuts[position].low, extra[position] - cuts[position].high)
    }
    let result = try bordered(joined, widths, with: constant(.integer(0), as: source.dtype))
    // Of symbols too the result is a multiple, where as much is cut off as windows overlap.
    for (position, axis) in geometry.axes.enumerated() {
      let stride = geometry.strides[position]
      let rest = geometry.span(position) - stride + widths[axis].low + widths[axis].high
      if rest == 0, source.shape[axis].value == nil {
        _ = unify(type(of: result).shape[axis], source.shape[axis] * Dim(stride))
      }
    }
    return result
  }

  /// The filter times each element of `x`: `[N, places…, O, elements…]` or `[N, O, places…, elements…]`, with an axis of
  /// groups before O where there are several.
  private mutating func scaledFilters(_ x: Value, _ filter: Filter) throws(BuildError) -> Value {
    let count = filter.sizes.count
    let sizes = filter.sizes.map { Dim($0) }
    let dims = type(of: x).shape.dims
    let groups = Dim(filter.groups)
    switch (filter.layout, filter.groups) {
    case (.channelsLast, 1):
      // [N, places…, C] · [elements…, O, C]
      let dot = DotOp(lhsContract: [count + 1], rhsContract: [count + 1])
      let product = try append(.dot(dot), [x, filter.value])
      let elements = Array(count + 1..<2 * count + 1)
      return try transposed(product, Array(0...count) + [2 * count + 1] + elements)
    case (.channelsFirst, 1):
      // [C, O, elements…] · [N, C, places…]
      let dot = DotOp(lhsContract: [0], rhsContract: [1])
      let product = try append(.dot(dot), [filter.value, x])
      let (elements, places) = (Array(1...count), Array(count + 2..<2 * count + 2))
      return try transposed(product, [count + 1, 0] + places + elements)
    case (.channelsLast, _):
      // [N, places…, G, C] · [elements…, O, G, C] is [G, N, places…, elements…, O].
      let split = try reshaped(x, to: Shape(dims[...count] + [groups, filter.inputs]))
      let kernel = try reshaped(
        filter.value, to: Shape(sizes + [filter.outputs, groups, filter.inputs]))
      let dot = DotOp(
        lhsContract: [count + 2], rhsContract: [count + 2], lhsBatch: [count + 1], rhsBatch: [count + 1])
      let product = try append(.dot(dot), [split, kernel])
      let elements = Array(count + 2..<2 * count + 2)
      return try transposed(product, Array(1...count + 1) + [0, 2 * count + 2] + elements)
    case (.channelsFirst, _):
      // [G, C, O, elements…] · [N, G, C, places…] is [G, O, elements…, N, places…].
      let split = try reshaped(x, to: Shape([dims[0], groups, filter.inputs] + dims[2...]))
      let kernel = try reshaped(
        filter.value, to: Shape([groups, filter.inputs, filter.outputs] + sizes))
      let dot = DotOp(lhsContract: [1], rhsContract: [2], lhsBatch: [0], rhsBatch: [1])
      let product = try append(.dot(dot), [kernel, split])
      let (elements, places) = (Array(2..<count + 2), Array(count + 3..<2 * count + 3))
      return try transposed(product, [count + 2, 0, 1] + places + elements)
    }
  }

  private mutating func joinedGroups(_ value: Value, _ filter: Filter) throws(BuildError) -> Value {
    if filter.groups == 1 { return value }
    let dims = type(of: value).shape.dims
    let outputs = Dim(filter.groups) * filter.outputs
    switch filter.layout {
    case .channelsLast: return try reshaped(value, to: Shape(dims.dropLast(2) + [outputs]))
    case .channelsFirst: return try reshaped(value, to: Shape([dims[0], outputs] + dims[3...]))
    }
  }

  /// What a padding cuts off each end of the whole result.
  private func cuts(
    _ padding: Padding, _ geometry: WindowGeometry
  ) throws(BuildError) -> [(low: Int, high: Int)] {
    let overlaps = geometry.axes.indices.map { geometry.span($0) - geometry.strides[$0] }
    switch padding {
    case .valid: return overlaps.map { _ in (0, 0) }
    case .same: return overlaps.map { $0 < 0 ? (0, $0) : ($0 / 2, $0 - $0 / 2) }
    case .sameLower: return overlaps.map { $0 < 0 ? (0, $0) : ($0 - $0 / 2, $0 / 2) }
    case .causal: return overlaps.map { (0, $0) }
    case .explicit(let pairs):
      let reach = GraphState.largestExtent
      if let pair = pairs.first(where: { max($0.low.magnitude, $0.high.magnitude) > reach }) {
        throw BuildError("pad.C2", "a padding of \(pair) is too large")
      }
      return try perAxis(pairs, overlaps.count, "the padding")
    }
  }
}
