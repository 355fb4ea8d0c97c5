// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension TensorConvertible {
  /// The same elements in the same order under another shape. One extent may be `-1` (or `nil`): whatever is left.
  ///
  ///     x.reshaped(to: [-1, 784])
  ///     x.reshaped(to: [x.shape.extent(0), 28, 28])
  public func reshaped(
    to shape: [Extent], fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reshaped(at: CallSite("reshaped", fileID, line)) { state, operand throws(BuildError) in
      try state.completed(shape, for: operand)
    }
  }

  @_disfavoredOverload
  public func reshaped(to shape: [Int], fileID: String = #fileID, line: Int = #line) -> Tensor {
    reshaped(to: shape.map { Extent($0) }, fileID: fileID, line: line)
  }

  /// The same elements under the shape of another tensor, unknown extents included.
  public func reshaped(to shape: TensorShape, fileID: String = #fileID, line: Int = #line) -> Tensor {
    reshaped(to: (0..<shape.rank).map(shape.extent), fileID: fileID, line: line)
  }

  /// The axes from `axis` through `last` as one: `[?0, 28, 28]` becomes `[?0, 784]` from axis 1. A scalar becomes a vector
  /// of one element.
  ///
  ///     x.flattened(fromAxis: 1, throughAxis: 2)              // [N, 28, 28, C] to [N, 784, C]
  public func flattened(
    fromAxis axis: Int = 0, throughAxis last: Int = -1, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reshaped(at: CallSite("flattened", fileID, line)) { state, operand throws(BuildError) in
      let type = state.type(of: operand)
      let shape = type.shape
      if shape.rank == 0, axis == 0, [0, -1].contains(last) { return Shape([1]) }
      let (first, end) = (try state.axis(axis, of: operand), try state.axis(last, of: operand))
      if first > end {
        throw BuildError("flatten.axes", "axis \(axis) of \(type) comes behind axis \(last)")
      }
      let flat = Shape(Array(shape.dims[first...end])).elementCount
      return Shape(shape.dims[..<first] + [flat] + shape.dims[(end + 1)...])
    }
  }

  /// A new axis of extent 1 before `axis` of the operand; `-1` puts it last.
  public func expandingDims(at axis: Int, fileID: String = #fileID, line: Int = #line) -> Tensor {
    reshaped(at: CallSite("expandingDims", fileID, line)) { state, operand throws(BuildError) in
      let type = state.type(of: operand)
      let index = axis < 0 ? axis + type.rank + 1 : axis
      guard (0...type.rank).contains(index) else {
        throw BuildError("axis.range", "there is no place \(axis) for a new axis in \(type)")
      }
      return Shape(type.shape.dims.prefix(index) + [1] + type.shape.dims.dropFirst(index))
    }
  }

  /// Without the named axes, which must have extent 1; without all such axes when none are named.
  public func squeezing(axes: [Int]? = nil, fileID: String = #fileID, line: Int = #line) -> Tensor {
    reshaped(at: CallSite("squeezing", fileID, line)) { state, operand throws(BuildError) in
      let type = state.type(of: operand)
      guard let axes else { return Shape(type.shape.dims.filter { $0 != 1 }) }
      let removed = try state.axes(axes, of: operand)
      for axis in removed where !state.unify(type.shape[axis], 1) {
        throw BuildError("squeeze.extent", "axis \(axis) of \(type) is \(type.shape[axis]), not 1")
      }
      return type.shape.removing(axes: removed)
    }
  }

  private func reshaped(
    at site: CallSite, _ shape: (inout GraphState, Value) throws(BuildError) -> Shape
  ) -> Tensor {
    build([self], at: site, in: tensor.graph) { state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      let target = try shape(&state, operand)
      // Counts that differ by an unknown extent alone are made equal, as where two shapes meet.
      _ = state.unify(state.type(of: operand).shape.elementCount, target.elementCount)
      return try state.reshaped(operand, to: state.builder.symbols.canonical(target))
    }
  }

  /// The axes in reverse order.
  public func transposed(fileID: String = #fileID, line: Int = #line) -> Tensor {
    build([self], at: CallSite("transposed", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      return try state.transposed(operand, Array((0..<state.type(of: operand).rank).reversed()))
    }
  }

  /// Axis `k` of the result is axis `permutation[k]` of the operand.
  public func transposed(
    permutation: [Int], fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([self], at: CallSite("transposed", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      var axes: [Int] = []
      for axis in permutation { axes.append(try state.axis(axis, of: operand)) }
      // Not through `transposed`, which takes a short list of axes in order for the identity.
      if axes == Array(0..<state.type(of: operand).rank) { return operand }
      return try state.append(.transpose(TransposeOp(permutation: axes)), [operand])
    }
  }

  /// With two axes exchanged.
  public func swappingAxes(
    _ first: Int, _ second: Int, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([self], at: CallSite("swappingAxes", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      var axes = Array(0..<state.type(of: operand).rank)
      axes.swapAt(try state.axis(first, of: operand), try state.axis(second, of: operand))
      return try state.transposed(operand, axes)
    }
  }

  /// Repeated to a shape by NumPy's rules: new axes come first, and axes of extent 1 are stretched. `-1` (or `nil`)
  /// keeps an extent.
  public func broadcast(to shape: [Extent], fileID: String = #fileID, line: Int = #line) -> Tensor {
    build([self], at: CallSite("broadcast", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      let type = state.type(of: operand)
      var dims: [Dim] = []
      for (position, extent) in shape.enumerated() {
        let axis = position - (shape.count - type.rank)
        if extent.isOpen {
          if axis < 0 {
            throw BuildError("broadcast.extent", "axis \(position) is new, so its extent must be given")
          }
          dims.append(type.shape[axis])
        } else {
          dims.append(state.dim(of: extent))
        }
      }
      let target = Shape(dims)
      let common = try state.commonShape([type.shape, target])
      if common != state.builder.symbols.canonical(target) {
        throw BuildError("broadcast.mismatch", "\(type) does not broadcast to \(target)")
      }
      return try state.broadcast(operand, to: common)
    }
  }

  @_disfavoredOverload
  public func broadcast(to shape: [Int], fileID: String = #fileID, line: Int = #line) -> Tensor {
    broadcast(to: shape.map { Extent($0) }, fileID: fileID, line: line)
  }

  /// Repeated to the shape of another tensor, unknown extents included.
  public func broadcast(to shape: TensorShape, fileID: String = #fileID, line: Int = #line) -> Tensor {
    broadcast(to: (0..<shape.rank).map(shape.extent), fileID: fileID, line: line)
  }

  /// The elements in reverse order along some axes.
  public func reversed(axes: [Int], fileID: String = #fileID, line: Int = #line) -> Tensor {
    build([self], at: CallSite("reversed", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      return try state.reversed(operand, axes: state.axes(axes, of: operand))
    }
  }

  /// With a border of one value: for each axis the number of elements before and after it. A negative number crops.
  public func padded(
    _ widths: [(low: Int, high: Int)], with value: some ConstantOperand = 0, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    build([self, value], at: CallSite("padded", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      try state.requireWidths(widths, of: operand)
      let filling = try state.constant(terms[1], as: state.type(of: operand).dtype)
      return try state.bordered(operand, widths, with: filling)
    }
  }

  /// In another element type. Floating-point to integer drops the fraction and saturates, NaN becomes 0; an integer in a
  /// narrower type wraps; to `bool` asks whether an element differs from zero.
  public func converted(to dtype: DType, fileID: String = #fileID, line: Int = #line) -> Tensor {
    build([self], at: CallSite("converted", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      try state.converted(state.value(terms[0]), to: dtype)
    }
  }

  /// The same value, through which no gradient flows.
  public func stopGradient(fileID: String = #fileID, line: Int = #line) -> Tensor {
    build([self], at: CallSite("stopGradient", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      try state.append(.stopGradient(StopGradientOp()), [state.value(terms[0])])
    }
  }
}

/// In another element type; see `converted(to:)`.
///
/// - Parameter saturating: whether an integer that the type does not have becomes the nearest one that it has; else it
///   wraps. A floating-point number always does.
public func cast(
  _ x: some TensorConvertible, to dtype: DType, saturating: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  guard saturating, let source = x.tensor.dtype.integerRange, let target = dtype.integerRange else {
    return x.converted(to: dtype, fileID: fileID, line: line)
  }
  return CallSite("cast", fileID, line).composing {
    let bounds = source.clamped(to: target)
    let clamped = bounds == source ? x.tensor : clamp(x, bounds.lowerBound, bounds.upperBound)
    return clamped.converted(to: dtype)
  }
}

/// The same value, through which no gradient flows.
public func stopGradient(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  x.stopGradient(fileID: fileID, line: line)
}

extension Extent {
  /// Whether this is `nil` or -1.
  fileprivate var isOpen: Bool { self == .unknown || value == -1 }
}

extension GraphState {
  mutating func reversed(_ operand: Value, axes: [Int]) throws(BuildError) -> Value {
    axes.isEmpty ? operand : try append(.reverse(ReverseOp(axes: axes)), [operand])
  }

  /// The shape with its open extent computed from the operand's element count.
  fileprivate mutating func completed(
    _ extents: [Extent], for operand: Value
  ) throws(BuildError) -> Shape {
    let type = type(of: operand)
    if let negative = extents.compactMap(\.value).first(where: { $0 < -1 }) {
      throw BuildError("reshape.extent", "an extent of \(negative) in \(extents) is negative")
    }
    let open = extents.indices.filter { extents[$0].isOpen }
    if open.count > 1 {
      throw BuildError("reshape.extent", "only one extent of \(extents) can be left open")
    }
    var dims = extents.map { $0.isOpen ? Dim(1) : dim(of: $0) }
    if let axis = open.first {
      let known = builder.symbols.canonical(Shape(dims).elementCount)
      guard let rest = type.shape.elementCount.divided(by: known) else {
        throw BuildError(
          "reshape.C2",
          "cannot give \(type) (\(type.shape.elementCount) elements) the shape \(extents): "
            + "\(type.shape.elementCount) is no multiple of \(known)")
      }
      dims[axis] = rest
    }
    return Shape(dims)
  }
}
