// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What stands in the border that `padded` adds.
public enum PaddingMode: Sendable {
  /// One number.
  case constant(any ConstantOperand)
  /// The elements mirrored at the outermost one, which is not repeated: `c b | a b c | b a`. NumPy's and PyTorch's
  /// `reflect`.
  case reflect
  /// The elements mirrored at the end, so that the outermost one is repeated: `b a | a b c | c b`.
  case symmetric
  /// The outermost element: `a a | a b c | c c`. PyTorch's `replicate`.
  case edge
  /// The elements from the other end: `b c | a b c | a b`. NumPy's and ONNX's `wrap`.
  case circular
}

extension TensorConvertible {
  /// With a border: for each axis the number of elements before and after it. A negative number crops.
  ///
  /// A border may be wider than the tensor, which then goes on being mirrored or repeated, unless only a run decides the
  /// axis.
  public func padded(
    _ widths: [(low: Int, high: Int)], mode: PaddingMode, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = CallSite("padded", fileID, line)
    if case .constant(let value) = mode {
      return build([self, value], at: site, in: tensor.graph) { state, terms throws(BuildError) in
        let operand = try state.value(terms[0])
        try state.requireWidths(widths, of: operand)
        let filling = try state.constant(terms[1], as: state.type(of: operand).dtype)
        return try state.bordered(operand, widths, with: filling)
      }
    }
    return build([self], at: site, in: tensor.graph) { state, terms throws(BuildError) in
      var value = try state.value(terms[0])
      try state.requireWidths(widths, of: value)
      for (axis, width) in widths.enumerated() where width.low != 0 || width.high != 0 {
        value = try state.extended(value, axis, width, mode)
      }
      return value
    }
  }
}

extension GraphState {
  func requireWidths(_ widths: [(low: Int, high: Int)], of value: Value) throws(BuildError) {
    let type = type(of: value)
    if widths.count != type.rank {
      throw BuildError("pad.C2", "needs a pair of widths for each axis of \(type), got \(widths.count)")
    }
    if let huge = widths.first(where: {
      max($0.low.magnitude, $0.high.magnitude) > GraphState.largestExtent
    }) {
      throw BuildError("pad.C2", "a padding of \(huge) is too large")
    }
  }

  /// A border along one axis, made of what is there.
  fileprivate mutating func extended(
    _ value: Value, _ axis: Int, _ width: (low: Int, high: Int), _ mode: PaddingMode
  ) throws(BuildError) -> Value {
    let type = type(of: value)
    guard let extent = type.shape[axis].value else { return try extendedOpen(value, axis, width, mode) }
    let isCropped = extent + min(width.low, 0) + min(width.high, 0) < 0
    let length = extent + width.low + width.high
    if isCropped || length < 0 {
      throw BuildError("pad.crop", "axis \(axis) of \(type) is \(extent) long, \(width) crops more")
    }
    if max(width.low, width.high) > 1 << 24 {
      throw BuildError("pad.C2", "a padding of \(width) is too large")
    }
    if extent == 0, length > 0 {
      throw BuildError("pad.empty", "axis \(axis) of \(type) is empty: there is nothing to repeat")
    }
    let indices = (0..<length).map { place -> Int in
      let index = place - width.low
      switch mode {
      case .constant: return index
      case .edge: return min(max(index, 0), extent - 1)
      case .reflect: return mirrored(index, extent, period: 2 * max(extent - 1, 1))
      case .symmetric:
        let folded = positiveRemainder(index, 2 * extent)
        return min(folded, 2 * extent - 1 - folded)
      case .circular:
        // What is cropped is gone before the rest is repeated.
        let first = max(-width.low, 0)
        let rest = extent - first - max(-width.high, 0)
        return first + positiveRemainder(index - first, rest)
      }
    }
    return try picked(value, indices, axis: axis)
  }

  private func mirrored(_ index: Int, _ extent: Int, period: Int) -> Int {
    let folded = positiveRemainder(index, period)
    return extent == 1 ? 0 : min(folded, period - folded)
  }

  private func positiveRemainder(_ number: Int, _ divisor: Int) -> Int {
    let rest = number % max(divisor, 1)
    return rest < 0 ? rest + divisor : rest
  }

  /// The same on an axis whose extent a run decides; it must be long enough for the border.
  private mutating func extendedOpen(
    _ value: Value, _ axis: Int, _ width: (low: Int, high: Int), _ mode: PaddingMode
  ) throws(BuildError) -> Value {
    var crops = [(low: Int, high: Int)](repeating: (0, 0), count: type(of: value).rank)
    crops[axis] = (max(-width.low, 0), max(-width.high, 0))
    let middle = try cropped(value, crops)
    let (low, high) = (max(width.low, 0), max(width.high, 0))
    // Elements of the border are taken from the whole, only those of a circle from what is left.
    let isCircular = if case .circular = mode { true } else { false }
    let front = isCircular ? middle : value
    let back = try reversed(front, axes: [axis])
    var pieces: [Value] = []
    if low > 0 {
      switch mode {
      case .edge: pieces.append(try repeated(part(front, axis, from: 0, to: 1), axis, low))
      case .circular: pieces.append(try reversed(part(back, axis, from: 0, to: low), axes: [axis]))
      case .symmetric, .constant:
        pieces.append(try reversed(part(front, axis, from: 0, to: low), axes: [axis]))
      case .reflect: pieces.append(try reversed(part(front, axis, from: 1, to: low + 1), axes: [axis]))
      }
    }
    pieces.append(middle)
    if high > 0 {
      switch mode {
      case .edge: pieces.append(try repeated(part(back, axis, from: 0, to: 1), axis, high))
      case .circular: pieces.append(try part(front, axis, from: 0, to: high))
      case .symmetric, .constant: pieces.append(try part(back, axis, from: 0, to: high))
      case .reflect: pieces.append(try part(back, axis, from: 1, to: high + 1))
      }
    }
    return pieces.count == 1 ? middle : try append(.concatenate(ConcatenateOp(axis: axis)), pieces)
  }

  // MARK: Parts of an axis

  /// Every `stride`th element of an axis, up to `limit` or its end.
  mutating func part(
    _ value: Value, _ axis: Int, from start: Int, to limit: Int?, by stride: Int = 1
  ) throws(BuildError) -> Value {
    let dims = type(of: value).shape.dims
    if start == 0, stride == 1, limit == nil || limit.map({ Dim($0) }) == dims[axis] { return value }
    let slice = SliceOp(
      starts: dims.indices.map { $0 == axis ? start : 0 },
      limits: dims.indices.map { $0 == axis ? limit : dims[$0].value },
      strides: dims.indices.map { $0 == axis ? stride : 1 })
    return try append(.slice(slice), [value])
  }

  /// An axis of extent 1 stretched.
  mutating func repeated(_ value: Value, _ axis: Int, _ count: Int) throws(BuildError) -> Value {
    var shape = type(of: value).shape
    shape.dims[axis] = Dim(count)
    return try append(.broadcast(BroadcastOp(shape: shape, axes: Array(0..<shape.rank))), [value])
  }

  /// The elements at constant positions of an axis: in runs of equal steps, or one by one where those are many.
  mutating func picked(_ value: Value, _ indices: [Int], axis: Int) throws(BuildError) -> Value {
    let runs = GraphState.runs(indices)
    if runs.count > 8 {
      return try taken(value, constant(NDArray(indices.map { Int32(clamping: $0) })), axis: axis)
    }
    var pieces: [Value] = []
    for (first, step, count) in runs {
      let last = first + step * (count - 1)
      if step == 0 {
        pieces.append(try repeated(part(value, axis, from: first, to: first + 1), axis, count))
      } else {
        let run = try part(value, axis, from: min(first, last), to: max(first, last) + 1, by: abs(step))
        pieces.append(step < 0 && count > 1 ? try reversed(run, axes: [axis]) : run)
      }
    }
    if pieces.isEmpty { return try part(value, axis, from: 0, to: 0) }
    return pieces.count == 1 ? pieces[0] : try append(.concatenate(ConcatenateOp(axis: axis)), pieces)
  }

  /// A list cut where the step from one number to the next changes.
  private static func runs(_ indices: [Int]) -> [(first: Int, step: Int, count: Int)] {
    var runs: [(first: Int, step: Int, count: Int)] = []
    var first = 0
    while first < indices.count {
      let step = first + 1 < indices.count ? indices[first + 1] - indices[first] : 1
      var last = first
      while last + 1 < indices.count, indices[last + 1] - indices[last] == step { last += 1 }
      runs.append((indices[first], step, last - first + 1))
      first = last + 1
    }
    return runs
  }
}
