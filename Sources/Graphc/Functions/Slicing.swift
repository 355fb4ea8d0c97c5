// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What may stand in a tensor's subscript: a number, which removes the axis, a range, which keeps it, or a tensor of
/// integers, whose shape takes its place.
///
/// Negative numbers count from the end. `.all` keeps an axis, `.ellipsis` all the axes that are not mentioned, `.newAxis`
/// adds one of extent 1.
public protocol TensorIndex: Sendable {
  var indexComponent: IndexComponent { get }
}

/// One entry of a subscript.
public struct IndexComponent: Sendable, TensorIndex {
  enum Content: Sendable {
    case position(Int)
    case range(from: Int, to: Int?, by: Int)
    case newAxis
    case ellipsis
    case tensor(any TensorOperand)
  }

  let content: Content

  public var indexComponent: IndexComponent { self }

  static func range(from lower: Int, to upper: Int?, by stride: Int = 1) -> IndexComponent {
    IndexComponent(content: .range(from: lower, to: upper, by: stride))
  }
}

extension TensorIndex where Self == IndexComponent {
  /// The whole axis.
  public static var all: IndexComponent { .range(from: 0, to: nil) }
  /// Every axis that the subscript does not mention.
  public static var ellipsis: IndexComponent { IndexComponent(content: .ellipsis) }
  /// A new axis of extent 1.
  public static var newAxis: IndexComponent { IndexComponent(content: .newAxis) }
}

extension Tensor: TensorIndex {
  public var indexComponent: IndexComponent { IndexComponent(content: .tensor(self)) }
}
extension Variable: TensorIndex {
  public var indexComponent: IndexComponent { IndexComponent(content: .tensor(self)) }
}
extension NDArray: TensorIndex {
  public var indexComponent: IndexComponent { IndexComponent(content: .tensor(self)) }
}
extension Int: TensorIndex {
  public var indexComponent: IndexComponent { IndexComponent(content: .position(self)) }
}
extension Range: TensorIndex where Bound == Int {
  public var indexComponent: IndexComponent { .range(from: lowerBound, to: upperBound) }
}
extension ClosedRange: TensorIndex where Bound == Int {
  public var indexComponent: IndexComponent { (...upperBound).component(from: lowerBound) }
}
extension PartialRangeFrom: TensorIndex where Bound == Int {
  public var indexComponent: IndexComponent { .range(from: lowerBound, to: nil) }
}
extension PartialRangeUpTo: TensorIndex where Bound == Int {
  public var indexComponent: IndexComponent { .range(from: 0, to: upperBound) }
}
extension PartialRangeThrough: TensorIndex where Bound == Int {
  public var indexComponent: IndexComponent { component(from: 0) }

  fileprivate func component(from lower: Int) -> IndexComponent {
    // Through the last element is up to the end.
    let (next, overflow) = upperBound.addingReportingOverflow(1)
    return .range(from: lower, to: upperBound == -1 ? nil : overflow ? .max : next)
  }
}

extension TensorConvertible {
  /// A part of the tensor: `x[0]`, `x[1..<3]`, `x[0..., 2]`, `x[.ellipsis, -1]`, `x[.all, indices]`.
  ///
  /// Tensors of integers broadcast together: `x[rows, columns]` has an element for each pair. Their shape stands in the
  /// place of the first of them, or in front of all axes where others lie between them, as in NumPy and PyTorch.
  ///
  /// A position or range outside an axis is an error, on an axis of unknown extent once a run decides it; so is an index
  /// that a run computes.
  public subscript(
    indices: any TensorIndex..., fileID fileID: String = #fileID, line line: Int = #line
  ) -> Tensor {
    let components = indices.map(\.indexComponent)
    let tensors = components.compactMap { component -> (any TensorOperand)? in
      if case .tensor(let tensor) = component.content { tensor } else { nil }
    }
    return build([self] + tensors, at: CallSite("subscript", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let part = try state.sliced(state.value(terms[0]), components)
      return try state.taken(part, Array(terms.dropFirst()), components)
    }
  }

  /// Every `stride`th element along an axis, from a position up to another, both counted from the end when negative.
  public func sliced(
    axis: Int, from start: Int = 0, to end: Int? = nil, by stride: Int = 1, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    build([self], at: CallSite("sliced", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      let index = try state.axis(axis, of: operand)
      let components = (0...index).map {
        $0 == index ? IndexComponent.range(from: start, to: end, by: stride) : .all
      }
      return try state.sliced(operand, components)
    }
  }
}

extension GraphState {
  fileprivate mutating func sliced(
    _ operand: Value, _ components: [IndexComponent]
  ) throws(BuildError) -> Value {
    let contents = try spelledOut(components, rank: type(of: operand).rank, of: type(of: operand))
    var value = operand
    var slice = (starts: [Int](), limits: [Int?](), strides: [Int]())
    var turnedBack: [Int] = []
    var axis = 0
    for content in contents {
      let part: (from: Int, to: Int?, by: Int)
      switch content {
      case .newAxis, .ellipsis: continue
      case .position(let index):
        let from = try counted(index, axis, &value, turned: &turnedBack)
        // A position needs no turning back: its axis goes.
        turnedBack.removeAll { $0 == axis }
        part = (from, from + 1, 1)
      case .range(let from, let to, let stride):
        part = try counted(from, to, stride, axis, &value, turned: &turnedBack)
      case .tensor: part = (0, nil, 1)
      }
      slice.starts.append(part.from)
      slice.limits.append(part.to)
      slice.strides.append(part.by)
      axis += 1
    }
    let shape = type(of: value).shape
    let isWhole = (0..<shape.rank).allSatisfy { axis in
      slice.starts[axis] == 0 && slice.strides[axis] == 1
        && (slice.limits[axis].map { Dim($0) == shape[axis] } ?? true)
    }
    if !isWhole {
      value = try append(
        .slice(SliceOp(starts: slice.starts, limits: slice.limits, strides: slice.strides)), [value])
    }
    value = try reversed(value, axes: turnedBack)
    return try reshaped(value, to: indexed(type(of: value).shape, contents))
  }

  /// One entry for each axis, and the new axes between them.
  private func spelledOut(
    _ components: [IndexComponent], rank: Int, of type: TensorType
  ) throws(BuildError) -> [IndexComponent.Content] {
    var result: [IndexComponent.Content] = []
    var mentioned = 0
    var ellipsis: Int?
    for component in components {
      switch component.content {
      case .ellipsis:
        if ellipsis != nil { throw BuildError("slice.rank", "a subscript has at most one ellipsis") }
        ellipsis = result.count
        continue
      case .newAxis: break
      case .position, .range, .tensor: mentioned += 1
      }
      result.append(component.content)
    }
    if mentioned > rank {
      throw BuildError("slice.rank", "\(mentioned) axes are indexed in \(type), which has \(rank)")
    }
    let rest = Array(
      repeating: IndexComponent.Content.range(from: 0, to: nil, by: 1), count: rank - mentioned)
    result.insert(contentsOf: rest, at: ellipsis ?? result.count)
    return result
  }

  /// A position counted from the front; on an axis of unknown extent the value is turned around to count from its end.
  private mutating func counted(
    _ position: Int, _ axis: Int, _ value: inout Value, turned: inout [Int]
  ) throws(BuildError) -> Int {
    let type = type(of: value)
    if let extent = type.shape[axis].value {
      let index = position < 0 ? position + extent : position
      guard (0..<extent).contains(index) else {
        throw BuildError("slice.C3", "position \(position) is outside axis \(axis) of \(type)")
      }
      return index
    }
    try requireSane([position], axis, type)
    if position >= 0 { return position }
    value = try reversed(value, axes: [axis])
    turned.append(axis)
    return -1 - position
  }

  /// A range in terms of the front; on an axis of unknown extent the value is turned around where both ends count from
  /// its end, and cut where only the upper one does.
  private mutating func counted(
    _ from: Int, _ to: Int?, _ stride: Int, _ axis: Int, _ value: inout Value, turned: inout [Int]
  ) throws(BuildError) -> (from: Int, to: Int?, by: Int) {
    let type = type(of: value)
    if stride < 1 {
      throw BuildError("slice.C3", "a stride of \(stride) is not positive; see `reversed(axes:)`")
    }
    if let extent = type.shape[axis].value {
      let (start, end) = (from < 0 ? from + extent : from, to.map { $0 < 0 ? $0 + extent : $0 })
      guard 0 <= start, start <= end ?? extent, end ?? extent <= extent else {
        throw BuildError(
          "slice.C3",
          "axis \(axis) of \(type) is \(extent) long, sliced from \(from) to \(to.map(String.init) ?? "end")")
      }
      return (start, end, Swift.min(stride, Swift.max(extent, 1)))
    }
    try requireSane([from, to ?? 0, stride], axis, type)
    if from >= 0 {
      guard let to, to < 0 else { return (from, to, stride) }
      value = try slicedFromEnd(value, axis, from: -to, to: nil)
      return (from, nil, stride)
    }
    if let to, to >= 0 {
      throw BuildError(
        "slice.C3",
        "a range from \(from) to \(to) has no meaning on axis \(axis) of \(type), whose extent is open"
      )
    }
    if stride == 1 {
      value = try reversed(value, axes: [axis])
      turned.append(axis)
      return (-(to ?? 0), -from, 1)
    }
    // The last -from elements first, so that strides count from their front.
    value = try slicedFromEnd(value, axis, from: 0, to: -from)
    if let to { value = try slicedFromEnd(value, axis, from: -to, to: nil) }
    return (0, nil, stride)
  }

  private func requireSane(_ numbers: [Int], _ axis: Int, _ type: TensorType) throws(BuildError) {
    if let huge = numbers.first(where: { $0.magnitude > GraphState.largestExtent }) {
      throw BuildError("slice.C3", "\(huge) is outside axis \(axis) of \(type), whatever its extent")
    }
  }

  /// A slice along an axis, its bounds counted from the end.
  private mutating func slicedFromEnd(
    _ value: Value, _ axis: Int, from: Int, to: Int?
  ) throws(BuildError) -> Value {
    let rank = type(of: value).rank
    var starts = [Int](repeating: 0, count: rank)
    var limits = [Int?](repeating: nil, count: rank)
    starts[axis] = from
    limits[axis] = to
    let slice = SliceOp(starts: starts, limits: limits, strides: starts.map { _ in 1 })
    let part = try append(.slice(slice), [reversed(value, axes: [axis])])
    return try reversed(part, axes: [axis])
  }

  /// The shape without the axes of positions and with new axes.
  private func indexed(_ shape: Shape, _ contents: [IndexComponent.Content]) -> Shape {
    var dims: [Dim] = []
    var axis = 0
    for content in contents {
      switch content {
      case .position: axis += 1
      case .range, .tensor:
        dims.append(shape[axis])
        axis += 1
      case .newAxis: dims.append(1)
      case .ellipsis: break
      }
    }
    return Shape(dims)
  }
}
