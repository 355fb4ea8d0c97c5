// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The sums of products of a filter with every window of a batch of sequences, images or volumes; the filter is not
/// flipped, as in every library of neural networks.
///
/// - Parameters:
///   - x: `[N, spatial…, C]` with channels last, `[N, C, spatial…]` with channels first; one to three spatial axes.
///   - filter: `[spatial…, C / groups, O]` with channels last, `[O, C / groups, spatial…]` with channels first.
///   - strides: the distance between windows along each spatial axis; one number stands for all.
///   - padding: what borders `x`, of zeros.
///   - dilations: the distance between a window's elements along each spatial axis; one number stands for all.
///   - groups: channels and results fall into so many groups, each of which sees its own channels only.
/// - Returns: `[N, spatial…, O]` or `[N, O, spatial…]`, along each spatial axis
///   ⌊(extent + border − (size − 1) · dilation − 1) / stride⌋ + 1. Integers wrap.
public func convolution(
  _ x: some TensorConvertible, _ filter: some TensorConvertible, strides: [Int] = [1],
  padding: Padding = .valid, dilations: [Int] = [1], groups: Int = 1, layout: Layout = .channelsLast,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build(
    [x, filter], at: CallSite("convolution", fileID, line), in: x.tensor.graph, roles: ["x", "the filter"]
  ) { state, terms throws(BuildError) in
    let operands = try state.promoted(terms, .arithmetic)
    let filter = try Filter(operands[1], for: operands[0], groups, layout, transposed: false, &state)
    let sliding = try state.sliding(
      over: operands[0], axes: filter.spatial, sizes: filter.sizes, strides: strides, dilations: dilations,
      padding: padding)
    return try state.convolution(operands[0], filter, sliding)
  }
}

/// A convolution of each channel with filters of its own.
///
/// - Parameters:
///   - filter: `[spatial…, C, multiplier]` with channels last, `[C · multiplier, 1, spatial…]` with channels first.
/// - Returns: `[N, spatial…, C · multiplier]` or `[N, C · multiplier, spatial…]`: the results of a channel lie side by
///   side.
public func depthwiseConvolution(
  _ x: some TensorConvertible, _ filter: some TensorConvertible, strides: [Int] = [1],
  padding: Padding = .valid, dilations: [Int] = [1], layout: Layout = .channelsLast,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build(
    [x, filter], at: CallSite("depthwiseConvolution", fileID, line), in: x.tensor.graph,
    roles: ["x", "the filter"]
  ) { state, terms throws(BuildError) in
    let operands = try state.promoted(terms, .arithmetic)
    return try state.depthwise(operands[0], operands[1], strides, padding, dilations, layout)
  }
}

/// A depthwise convolution, then one of single elements that mixes the channels.
///
/// - Parameters:
///   - depthwise: `[spatial…, C, multiplier]`, or `[C · multiplier, 1, spatial…]` with channels first.
///   - pointwise: `[1…, C · multiplier, O]`, or `[O, C · multiplier, 1…]` with channels first.
public func separableConvolution(
  _ x: some TensorConvertible, depthwise: some TensorConvertible, pointwise: some TensorConvertible,
  strides: [Int] = [1], padding: Padding = .valid, dilations: [Int] = [1], layout: Layout = .channelsLast,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("separableConvolution", fileID, line).composing {
    let each = depthwiseConvolution(
      x, depthwise, strides: strides, padding: padding, dilations: dilations, layout: layout)
    return convolution(each, pointwise, layout: layout)
  }
}

/// The filter of a convolution, held against what it is applied to.
struct Filter {
  var value: Value
  let layout: Layout
  let groups: Int
  /// The spatial axes of what it is applied to.
  let spatial: [Int]
  /// Its own extents along them.
  let sizes: [Int]
  /// Channels that one group takes.
  var inputs: Dim
  /// Channels that one group gives.
  var outputs: Dim

  /// - Parameter transposed: whether the axis that a convolution sums over is the one of the results.
  init(
    _ value: Value, for x: Value, _ groups: Int, _ layout: Layout, transposed: Bool,
    _ state: inout GraphState
  ) throws(BuildError) {
    let (type, source) = (state.type(of: value), state.type(of: x))
    spatial = try state.spatialAxes(source, layout)
    guard type.rank == source.rank else {
      throw BuildError(
        "convolution.rank", "x \(source) and the filter \(type) must have the same number of axes")
    }
    // What a forward convolution calls its input and its output.
    let (near, far) = layout == .channelsLast ? (type.rank - 2, type.rank - 1) : (1, 0)
    let own = layout == .channelsLast ? Array(0..<type.rank - 2) : Array(2..<type.rank)
    var sizes: [Int] = []
    for axis in own {
      guard let size = type.shape[axis].value else {
        throw BuildError(
          "convolution.filter", "axis \(axis) of the filter \(type) must be known when the graph is built")
      }
      sizes.append(size)
    }
    guard groups >= 1, let group = type.shape[far].divided(by: Dim(groups)) else {
      let what = transposed ? "channels" : "results"
      throw BuildError(
        "convolution.groups",
        "axis \(far) of the filter \(type), its \(what), does not divide into \(groups) groups")
    }
    let channels = state.channelAxis(source, layout)
    let wanted = transposed ? type.shape[far] : type.shape[near] * Dim(groups)
    if !state.unify(source.shape[channels], wanted) {
      let times = groups == 1 || transposed ? "" : " in each of \(groups) groups"
      throw BuildError(
        "convolution.channels",
        "axis \(channels) of x \(source) has \(source.shape[channels]) channels, axis "
          + "\(transposed ? far : near) of the filter \(type) wants "
          + "\(transposed ? type.shape[far] : type.shape[near])\(times)")
    }
    self.value = value
    self.layout = layout
    self.groups = groups
    self.sizes = sizes
    let canonical = state.builder.symbols.canonical(Shape([type.shape[near], group]))
    (inputs, outputs) = transposed ? (canonical[1], canonical[0]) : (canonical[0], canonical[1])
  }

  /// Whether a group has a single channel on either side.
  var isDepthwise: Bool { groups > 1 && inputs == 1 }
}

extension GraphState {
  /// Pads, takes the windows and multiplies: what the product reads is written once, in the order in which a matrix
  /// product reads it.
  mutating func convolution(
    _ x: Value, _ filter: Filter, _ sliding: Sliding
  ) throws(BuildError) -> Value {
    let zero = try constant(.integer(0), as: type(of: x).dtype)
    if filter.isDepthwise { return try depthwise(x, filter, sliding, zero) }
    let windows = try windows(of: x, sliding, filling: zero)
    if filter.groups > 1 { return try grouped(windows, filter) }
    let count = filter.sizes.count
    let (places, elements) = (Array(filter.spatial), Array(count + 2..<2 * count + 2))
    switch filter.layout {
    case .channelsLast:
      // [N, places…, elements…, C] · [elements…, C, O]
      let rows = try transposed(windows, [0] + places + elements + [count + 1])
      let dot = DotOp(
        lhsContract: Array(count + 1...2 * count + 1), rhsContract: Array(0...count))
      return try append(.dot(dot), [rows, filter.value])
    case .channelsFirst:
      // [O, C, elements…] · [C, elements…, N, places…]
      let columns = try transposed(windows, [1] + elements + [0] + places)
      let dot = DotOp(lhsContract: Array(1...count + 1), rhsContract: Array(0...count))
      let product = try append(.dot(dot), [filter.value, columns])
      return try transposed(product, [1, 0] + Array(2..<count + 2))
    }
  }

  /// A product for each group.
  private mutating func grouped(_ windows: Value, _ filter: Filter) throws(BuildError) -> Value {
    let count = filter.sizes.count
    let (groups, dims) = (Dim(filter.groups), type(of: windows).shape.dims)
    let sizes = filter.sizes.map { Dim($0) }
    let dot = DotOp(
      lhsContract: Array(0...count).map { $0 + (filter.layout == .channelsLast ? count + 2 : 2) },
      rhsContract: Array(1...count + 1), lhsBatch: [0], rhsBatch: [0])
    switch filter.layout {
    case .channelsLast:
      // [N, places…, G, C, elements…] becomes [G, N, places…, elements…, C].
      let split = try reshaped(
        windows, to: Shape(dims[...count] + [groups, filter.inputs] + sizes))
      let elements = Array(count + 3..<2 * count + 3)
      let rows = try transposed(split, [count + 1] + Array(0...count) + elements + [count + 2])
      // [elements…, C, G, O] becomes [G, elements…, C, O].
      let parts = try reshaped(
        filter.value, to: Shape(sizes + [filter.inputs, groups, filter.outputs]))
      let matrices = try transposed(parts, [count + 1] + Array(0...count) + [count + 2])
      let product = try append(.dot(dot), [rows, matrices])
      let joined = try transposed(product, Array(1...count + 1) + [0, count + 2])
      let places = type(of: joined).shape.dims[...count]
      return try reshaped(joined, to: Shape(places + [groups * filter.outputs]))
    case .channelsFirst:
      // [N, G, C, places…, elements…] becomes [G, C, elements…, N, places…].
      let split = try reshaped(
        windows, to: Shape([dims[0], groups, filter.inputs] + dims[2...]))
      let places = Array(3..<count + 3)
      let columns = try transposed(split, [1, 2] + places.map { $0 + count } + [0] + places)
      let matrices = try reshaped(
        filter.value, to: Shape([groups, filter.outputs, filter.inputs] + sizes))
      let product = try append(.dot(dot), [matrices, columns])
      let joined = try transposed(product, [2, 0, 1] + places)
      let rest = type(of: joined).shape.dims[3...]
      return try reshaped(joined, to: Shape([dims[0], groups * filter.outputs] + rest))
    }
  }

  // MARK: Depthwise

  mutating func depthwise(
    _ x: Value, _ value: Value, _ strides: [Int], _ padding: Padding, _ dilations: [Int], _ layout: Layout
  ) throws(BuildError) -> Value {
    let (source, type) = (type(of: x), type(of: value))
    _ = try spatialAxes(source, layout)
    let channels = source.shape[channelAxis(source, layout)]
    guard type.rank == source.rank, let groups = channels.value else {
      throw BuildError(
        "convolution.filter",
        "takes a filter of as many axes as x and a known number of channels, got x \(source) and \(type)")
    }
    var kernel = value
    if layout == .channelsLast {
      // [spatial…, C, multiplier] is [spatial…, 1, C · multiplier] of a group for each channel.
      let dims = type.shape.dims
      if !unify(dims[type.rank - 2], channels) {
        throw BuildError(
          "convolution.channels",
          "axis \(source.rank - 1) of x \(source) has \(channels) channels, axis \(type.rank - 2) of the "
            + "filter \(type) wants \(dims[type.rank - 2])")
      }
      kernel = try reshaped(
        value, to: Shape(dims.dropLast(2) + [1, channels * dims[type.rank - 1]]))
    }
    let filter = try Filter(kernel, for: x, groups, layout, transposed: false, &self)
    let sliding = try sliding(
      over: x, axes: filter.spatial, sizes: filter.sizes, strides: strides, dilations: dilations,
      padding: padding)
    return try convolution(x, filter, sliding)
  }

  /// Products and sums in one pass over what `x` has in memory: nothing is gained by a matrix product of one column.
  private mutating func depthwise(
    _ x: Value, _ filter: Filter, _ sliding: Sliding, _ zero: Value
  ) throws(BuildError) -> Value {
    let count = filter.sizes.count
    let windows = try windows(of: x, sliding, filling: zero)
    let sizes = filter.sizes.map { Dim($0) }
    let groups = Dim(filter.groups)
    let places = Array(filter.spatial)
    let elements = Array(count + 2..<2 * count + 2)
    // The elements of a window do not come last, so that neighbouring results are summed side by side.
    switch filter.layout {
    case .channelsLast:
      // [N, places…, elements…, C, multiplier]
      let rows = try transposed(windows, [0] + places + elements + [count + 1])
      let dims = type(of: rows).shape.dims
      let kernel = try reshaped(filter.value, to: Shape(sizes + [groups, filter.outputs]))
      let all = Shape(dims + [filter.outputs])
      let left = try append(
        .broadcast(BroadcastOp(shape: all, axes: Array(dims.indices))), [rows])
      let right = try append(
        .broadcast(BroadcastOp(shape: all, axes: Array(count + 1...2 * count + 2))), [kernel])
      let sum = try reduced(
        .sum, pointwise(.multiply, left, right), Array(count + 1...2 * count), keepDims: false)
      return try reshaped(sum, to: Shape(dims[...count] + [groups * filter.outputs]))
    case .channelsFirst:
      // [N, C, multiplier, elements…, places…]
      let rows = try transposed(windows, [0, 1] + elements + places)
      let dims = type(of: rows).shape.dims
      let kernel = try reshaped(filter.value, to: Shape([groups, filter.outputs] + sizes))
      let all = Shape(dims[..<2] + [filter.outputs] + dims[2...])
      let left = try append(
        .broadcast(BroadcastOp(shape: all, axes: [0, 1] + Array(3...2 * count + 2))), [rows])
      let right = try append(
        .broadcast(BroadcastOp(shape: all, axes: Array(1...count + 2))), [kernel])
      let sum = try reduced(
        .sum, pointwise(.multiply, left, right), Array(3..<count + 3), keepDims: false)
      return try reshaped(sum, to: Shape([dims[0], groups * filter.outputs] + dims[(count + 2)...]))
    }
  }
}
