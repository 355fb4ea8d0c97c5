// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let windows: [String: Build] = [
    "Conv": single { call in
      let (x, filter) = (try call.input(0), try call.input(1))
      let y = convolution(
        x, filter, strides: call.integers("strides") ?? [1], padding: try padding(call),
        dilations: call.integers("dilations") ?? [1], groups: call.integer("group", 1), layout: .channelsFirst
      )
      return withBias(call, y)
    },
    "ConvTranspose": single(transposedConvolution),
    "MaxPool": maxPool,
    "AveragePool": single { call in
      averagePool(
        try call.input(0), window: try window(call), strides: call.integers("strides") ?? [1],
        padding: try padding(call), dilations: call.integers("dilations") ?? [1], layout: .channelsFirst,
        roundsUp: call.flag("ceil_mode"), countsPadding: call.flag("count_include_pad"))
    },
    "Col2Im": single(overlapAdd),
    "Pad": single(pad),
  ]

  private static func window(_ call: ONNXCall) throws -> [Int] {
    guard let window = call.integers("kernel_shape") else {
      throw FixtureError("\(call.node.op) lacks its kernel_shape")
    }
    return window
  }

  private static func padding(_ call: ONNXCall) throws -> Padding {
    switch call.text("auto_pad", "NOTSET") {
    case "SAME_UPPER": return .same
    case "SAME_LOWER": return .sameLower
    case "VALID": return .valid
    default: return call.integers("pads").map { .explicit(pairs($0)) } ?? .valid
    }
  }

  /// All starts before all ends, as pairs.
  private static func pairs(_ pads: [Int]) -> [(low: Int, high: Int)] {
    let count = pads.count / 2
    return (0..<count).map { (pads[$0], pads[count + $0]) }
  }

  private static func withBias(_ call: ONNXCall, _ y: Tensor) -> Tensor {
    guard let bias = call.optional(2) else { return y }
    return y + bias.reshaped(to: [-1] + Array(repeating: 1, count: y.rank - 2))
  }

  private static func transposedConvolution(_ call: ONNXCall) throws -> Tensor {
    let (x, filter) = (try call.input(0), try call.input(1))
    let spatial = x.rank - 2
    let perAxis = { (name: String, standard: Int) in
      call.integers(name) ?? Array(repeating: standard, count: spatial)
    }
    let (strides, dilations) = (perAxis("strides", 1), perAxis("dilations", 1))
    let extra = perAxis("output_padding", 0)
    var padding = try padding(call)
    if let shape = call.integers("output_shape") {
      let (extents, sizes) = (try call.extents(x), try call.extents(filter))
      let isUpper = call.text("auto_pad", "NOTSET") == "SAME_UPPER"
      padding = .explicit(
        (0..<spatial).map { axis in
          let whole =
            strides[axis] * (extents[axis + 2] - 1) + extra[axis] + (sizes[axis + 2] - 1) * dilations[axis]
            + 1
          let total = whole - shape.suffix(spatial)[shape.count - spatial + axis]
          let first = isUpper ? total / 2 : total - total / 2
          return (first, total - first)
        })
    }
    let y = Graphc.transposedConvolution(
      x, filter, strides: strides, padding: padding, outputPadding: extra, dilations: dilations,
      groups: call.integer("group", 1), layout: .channelsFirst)
    return withBias(call, y)
  }

  private static func maxPool(_ call: ONNXCall) throws -> [Tensor?] {
    let x = try call.input(0)
    let (strides, dilations) = (call.integers("strides") ?? [1], call.integers("dilations") ?? [1])
    if !call.wants(1) {
      return [
        Graphc.maxPool(
          x, window: try window(call), strides: strides, padding: try padding(call), dilations: dilations,
          layout: .channelsFirst, roundsUp: call.flag("ceil_mode"))
      ]
    }
    try call.require(!call.flag("storage_order"), "columns first")
    let (values, places) = maxPoolWithIndices(
      x, window: try window(call), strides: strides, padding: try padding(call), dilations: dilations,
      layout: .channelsFirst, roundsUp: call.flag("ceil_mode"))
    // Counted in the whole tensor, not in a channel's image.
    let extents = try call.extents(x)
    let images = call.graph.range(Extent(extents[0] * extents[1]), dtype: .int64) * extents[2...].reduce(1, *)
    let starts = images.reshaped(to: extents.prefix(2) + Array(repeating: 1, count: x.rank - 2))
    return [values, places.converted(to: .int64) + starts]
  }

  /// Columns of windows, `[N, C · elements, places]`, laid back.
  private static func overlapAdd(_ call: ONNXCall) throws -> Tensor {
    let x = try call.input(0)
    let (image, block) = (try call.integers(1), try call.integers(2))
    let count = image.count
    let strides = call.integers("strides") ?? Array(repeating: 1, count: count)
    let dilations = call.integers("dilations") ?? Array(repeating: 1, count: count)
    let pads = call.integers("pads").map(pairs) ?? Array(repeating: (0, 0), count: count)
    let extents = (0..<count).map { (axis: Int) -> Int in image[axis] + pads[axis].low + pads[axis].high }
    let places = (0..<count).map { (axis: Int) -> Int in
      let span = (block[axis] - 1) * dilations[axis] + 1
      return (extents[axis] - span) / strides[axis] + 1
    }
    let source = try call.extents(x)
    let channels = source[1] / block.reduce(1, *)
    let windows = x.reshaped(to: [source[0], channels] + block + places)
    let order = [0, 1] + Array(2 + count..<2 + 2 * count) + Array(2..<2 + count)
    let sum = Graphc.overlapAdd(
      windows.transposed(permutation: order), axes: Array(2..<2 + count), strides: strides,
      dilations: dilations,
      extents: extents)
    let crops = pads.map { (low: -$0.low, high: -$0.high) }
    return sum.padded([(low: 0, high: 0), (low: 0, high: 0)] + crops, mode: .constant(0))
  }

  private static func pad(_ call: ONNXCall) throws -> Tensor {
    let x = try call.input(0)
    guard let pads = try call.integers("pads") ?? call.integers("paddings") ?? call.optionalIntegers(1) else {
      throw FixtureError("Pad lacks its pads")
    }
    let axes = try call.optionalIntegers(3).map { try $0.map { try call.axis($0, rank: x.rank) } }
    var widths = Array(repeating: (low: 0, high: 0), count: x.rank)
    for (axis, width) in zip(axes ?? Array(0..<x.rank), pairs(pads)) { widths[axis] = width }
    switch call.text("mode", "constant") {
    case "reflect": return x.padded(widths, mode: .reflect)
    case "edge": return x.padded(widths, mode: .edge)
    case "wrap": return x.padded(widths, mode: .circular)
    default:
      let value = try call.optionalArray(2)?.reshaped(to: []) ?? NDArray(scalar: Float(call.real("value", 0)))
      return x.padded(widths, mode: .constant(value))
    }
  }
}
