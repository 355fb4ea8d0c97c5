// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What a filter or a pooling window meets at the ends of the spatial axes.
public enum Padding: Sendable {
  /// No border: windows lie within.
  case valid
  /// As much border that there is a window for each `stride` elements, ⌈extent / stride⌉ of them; where it is odd, the
  /// end gets one more. Keras's `same` and ONNX's `SAME_UPPER`.
  case same
  /// The same with one more at the start: ONNX's `SAME_LOWER`.
  case sameLower
  /// All of a window's reach before the start, so that a window ends where its element is.
  case causal
  /// So many elements before the start and after the end of each spatial axis, or of all where one pair is given. A
  /// negative number crops.
  case explicit([(low: Int, high: Int)])
}

/// How windows go along some axes of a tensor.
struct Sliding {
  var geometry: WindowGeometry
  /// Border elements along each of the geometry's axes; negative ones crop.
  var borders: [(low: Int, high: Int)]

  var axes: [Int] { geometry.axes }

  /// A width for each axis of a tensor of this rank.
  func widths(rank: Int) -> [(low: Int, high: Int)] {
    var widths = [(low: Int, high: Int)](repeating: (0, 0), count: rank)
    for (position, axis) in axes.enumerated() { widths[axis] = borders[position] }
    return widths
  }
}

extension GraphState {
  /// The spatial axes of a batch of sequences, images or volumes.
  func spatialAxes(_ type: TensorType, _ layout: Layout) throws(BuildError) -> [Int] {
    guard (3...5).contains(type.rank) else {
      let shape = layout == .channelsLast ? "[batch, spatial…, channels]" : "[batch, channels, spatial…]"
      throw BuildError(
        "window.rank",
        "takes \(shape) with one to three spatial axes, got \(type); `expandingDims(at:)` adds a batch axis")
    }
    return Array(layout == .channelsLast ? 1..<type.rank - 1 : 2..<type.rank)
  }

  /// The axis of the channels.
  func channelAxis(_ type: TensorType, _ layout: Layout) -> Int {
    layout == .channelsLast ? type.rank - 1 : 1
  }

  /// One entry for each spatial axis, where a single one stands for all.
  func perAxis<Entry>(_ entries: [Entry], _ count: Int, _ name: String) throws(BuildError) -> [Entry] {
    if entries.count == count { return entries }
    guard entries.count == 1 else {
      throw BuildError(
        "window.C2", "\(name) must have one entry, or one for each of \(count) axes; got \(entries.count)")
    }
    return Array(repeating: entries[0], count: count)
  }

  /// Windows over axes of a value.
  ///
  /// - Parameter roundsUp: whether a last window may reach beyond the border, as long as it starts before its end.
  func sliding(
    over value: Value, axes: [Int], sizes: [Int], strides: [Int], dilations: [Int], padding: Padding,
    roundsUp: Bool = false
  ) throws(BuildError) -> Sliding {
    let type = type(of: value)
    let strides = try perAxis(strides, axes.count, "strides")
    let dilations = try perAxis(dilations, axes.count, "dilations")
    let range = 1...Int(Int32.max)
    for (name, list) in [("size", sizes), ("stride", strides), ("dilation", dilations)] {
      if let outside = list.first(where: { !range.contains($0) }) {
        throw BuildError("window.C2", "a \(name) of \(outside) is out of range")
      }
    }
    let geometry = WindowGeometry(axes: axes, sizes: sizes, strides: strides, dilations: dilations)
    var borders = try self.borders(padding, geometry, type)
    for position in axes.indices {
      if roundsUp { borders[position].high += try overhang(position, geometry, borders[position], type) }
      try requireFit(position, geometry, borders[position], type)
    }
    return Sliding(geometry: geometry, borders: borders)
  }

  private func borders(
    _ padding: Padding, _ geometry: WindowGeometry, _ type: TensorType
  ) throws(BuildError) -> [(low: Int, high: Int)] {
    let positions = geometry.axes.indices
    switch padding {
    case .valid: return positions.map { _ in (0, 0) }
    case .causal: return positions.map { (geometry.span($0) - 1, 0) }
    case .explicit(let pairs):
      let reach = GraphState.largestExtent
      if let pair = pairs.first(where: { max($0.low.magnitude, $0.high.magnitude) > reach }) {
        throw BuildError("pad.C2", "a padding of \(pair) is too large")
      }
      return try perAxis(pairs, positions.count, "the padding")
    case .same, .sameLower:
      var result: [(low: Int, high: Int)] = []
      for position in positions {
        let total = try totalForSame(position, geometry, type)
        let (less, more) = (total / 2, total - total / 2)
        if case .same = padding { result.append((less, more)) } else { result.append((more, less)) }
      }
      return result
    }
  }

  /// The border elements that give ⌈extent / stride⌉ windows.
  private func totalForSame(
    _ position: Int, _ geometry: WindowGeometry, _ type: TensorType
  ) throws(BuildError) -> Int {
    let axis = geometry.axes[position]
    let (span, stride) = (geometry.span(position), geometry.strides[position])
    if let extent = type.shape[axis].value {
      return max((max(extent - 1, 0) / stride) * stride + span - extent, 0)
    }
    if type.shape[axis].divided(by: Dim(stride)) != nil { return max(span - stride, 0) }
    throw BuildError(
      "window.same",
      "the border for `same` depends on axis \(axis) of \(type), which a run decides; give it as `.explicit`")
  }

  /// What a last window that starts within reaches beyond the border.
  private func overhang(
    _ position: Int, _ geometry: WindowGeometry, _ border: (low: Int, high: Int), _ type: TensorType
  ) throws(BuildError) -> Int {
    let axis = geometry.axes[position]
    let (span, stride) = (geometry.span(position), geometry.strides[position])
    if stride == 1 { return 0 }
    guard let extent = type.shape[axis].value else {
      // One more window always starts within where the others leave so little.
      if border.high + stride <= span { return stride - 1 }
      throw BuildError(
        "window.roundsUp",
        "the last window depends on axis \(axis) of \(type), which a run decides; give a border as `.explicit`"
      )
    }
    let rest = extent + border.low + border.high - span
    if rest < 0 { return 0 }
    var steps = (rest + stride - 1) / stride
    if steps * stride >= extent + border.low { steps -= 1 }
    return max(steps * stride - rest, 0)
  }

  private func requireFit(
    _ position: Int, _ geometry: WindowGeometry, _ border: (low: Int, high: Int), _ type: TensorType
  ) throws(BuildError) {
    let axis = geometry.axes[position]
    guard let extent = type.shape[axis].value, extent + border.low + border.high < geometry.span(position)
    else { return }
    let (size, dilation) = (geometry.sizes[position], geometry.dilations[position])
    let window = "a window of \(size)" + (dilation == 1 ? "" : ", \(dilation) apart,")
    let padded = extent + border.low + border.high
    throw BuildError(
      "window.C3",
      "axis \(axis) of \(type) is \(extent) long"
        + (padded == extent ? "" : ", \(padded) with its border (\(border.low), \(border.high))")
        + ", \(window) spans \(geometry.span(position)); pad it, or take a smaller window")
  }

  // MARK: Windows

  /// The windows of a value and its border, their own axes last.
  mutating func windows(
    of value: Value, _ sliding: Sliding, filling: Value
  ) throws(BuildError) -> Value {
    let source = type(of: value)
    let bordered = try bordered(value, sliding.widths(rank: source.rank), with: filling)
    let result = try window(bordered, sliding.geometry)
    // Where each run of `stride` elements has its window, the extent is known even of symbols.
    for (position, axis) in sliding.axes.enumerated() {
      let (span, stride) = (sliding.geometry.span(position), sliding.geometry.strides[position])
      let total = sliding.borders[position].low + sliding.borders[position].high
      if (-stride..<0).contains(total - span), let count = source.shape[axis].divided(by: Dim(stride)) {
        _ = unify(type(of: result).shape[axis], count)
      }
    }
    return result
  }

  /// The windows of a value, their own axes last.
  mutating func window(_ value: Value, _ geometry: WindowGeometry) throws(BuildError) -> Value {
    if geometry.sizes.allSatisfy({ $0 == 1 }), geometry.strides.allSatisfy({ $0 == 1 }) {
      let units = [Dim](repeating: 1, count: geometry.axes.count)
      return try reshaped(value, to: Shape(type(of: value).shape.dims + units))
    }
    return try append(.window(WindowOp(geometry)), [value])
  }

  /// A value with a border of one scalar along each axis; negative widths crop.
  mutating func bordered(
    _ value: Value, _ widths: [(low: Int, high: Int)], with filling: Value
  ) throws(BuildError) -> Value {
    let cropped = try cropped(value, widths.map { (max(-$0.low, 0), max(-$0.high, 0)) })
    if widths.allSatisfy({ $0.low <= 0 && $0.high <= 0 }) { return cropped }
    let pad = PadOp(
      low: widths.map { max($0.low, 0) }, high: widths.map { max($0.high, 0) },
      interior: widths.map { _ in 0 })
    return try append(.pad(pad), [cropped, filling])
  }

  /// Without so many elements at the start and at the end of each axis.
  mutating func cropped(
    _ value: Value, _ widths: [(low: Int, high: Int)]
  ) throws(BuildError) -> Value {
    if widths.allSatisfy({ $0.low == 0 && $0.high == 0 }) { return value }
    let type = type(of: value)
    var limits: [Int?] = []
    for (axis, width) in widths.enumerated() {
      guard let extent = type.shape[axis].value else {
        limits.append(nil)
        continue
      }
      if width.low + width.high > extent {
        throw BuildError(
          "slice.C3", "axis \(axis) of \(type) is \(extent) long; \(width) elements of it are cropped")
      }
      limits.append(extent - width.high)
    }
    let slice = SliceOp(starts: widths.map(\.low), limits: limits, strides: widths.map { _ in 1 })
    let front = try append(.slice(slice), [value])
    // From the end of an axis that a run decides one counts by turning it around.
    let open = widths.indices.filter { limits[$0] == nil && widths[$0].high > 0 }
    if open.isEmpty { return front }
    let back = SliceOp(
      starts: widths.indices.map { open.contains($0) ? widths[$0].high : 0 }, limits: widths.map { _ in nil },
      strides: widths.map { _ in 1 })
    return try reversed(append(.slice(back), [reversed(front, axes: open)]), axes: open)
  }
}
