// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Every window that slides along some axes, as PyTorch's `unfold` and NumPy's `sliding_window_view` give them.
///
///     windows(of: series, axes: [1], sizes: [30])            // [N, T] to [N, T − 29, 30]
///
/// - Parameters:
///   - axes: the axes along which windows slide.
///   - sizes: the elements of a window along each.
///   - strides: the distance between windows; one number stands for all axes.
///   - dilations: the distance between the elements of a window; one number stands for all axes.
/// - Returns: along `axes` an entry a window; the windows' own axes come last. A view: nothing is copied where an
///   expression reads it.
public func windows(
  of x: some TensorConvertible, axes: [Int], sizes: [Int], strides: [Int] = [1], dilations: [Int] = [1],
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x], at: CallSite("windows", fileID, line), in: x.tensor.graph) { state, terms throws(BuildError) in
    let value = try state.value(terms[0])
    let axes = try state.distinctAxes(axes, of: value)
    let sliding = try state.sliding(
      over: value, axes: axes, sizes: state.perAxis(sizes, axes.count, "sizes"), strides: strides,
      dilations: dilations, padding: .valid)
    return try state.window(value, sliding.geometry)
  }
}

/// Windows laid back to where `windows(of:)` takes them from, and summed where they overlap: PyTorch's `fold`, ONNX's
/// `Col2Im`, the second half of an inverse short-time Fourier transform.
///
/// - Parameters:
///   - x: an entry a window along `axes`, the windows' own axes last.
///   - axes: the axes of the result along which windows lie.
///   - strides: the distance between windows; one number stands for all axes.
///   - dilations: the distance between the elements of a window; one number stands for all axes.
///   - extents: the result's extents along `axes`, into which as many windows must fit as there are; by default the
///     least that hold them.
public func overlapAdd(
  _ x: some TensorConvertible, axes: [Int], strides: [Int] = [1], dilations: [Int] = [1],
  extents: [Int]? = nil, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x], at: CallSite("overlapAdd", fileID, line), in: x.tensor.graph) {
    state, terms throws(BuildError) in
    let value = try state.promoted(terms, .arithmetic)[0]
    let type = state.type(of: value)
    let rank = type.rank - axes.count
    if rank < axes.count {
      throw BuildError(
        "fold.C2", "\(type) has not an axis of windows and one of their elements for each of the axes \(axes)"
      )
    }
    var counted: [Int] = []
    for axis in axes {
      let index = axis < 0 ? axis + rank : axis
      if !(0..<rank).contains(index) || counted.contains(index) {
        throw BuildError("fold.C2", "\(axes) are no distinct axes of a result of \(rank)")
      }
      counted.append(index)
    }
    var sizes: [Int] = []
    for axis in rank..<type.rank {
      guard let size = type.shape[axis].value else {
        throw BuildError(
          "fold.C3", "axis \(axis) of \(type), a window's, must be known when the graph is built")
      }
      sizes.append(size)
    }
    let geometry = WindowGeometry(
      axes: counted, sizes: sizes, strides: try state.perAxis(strides, axes.count, "strides"),
      dilations: try state.perAxis(dilations, axes.count, "dilations"))
    let fold = FoldOp(geometry, extents: extents ?? counted.map { _ in nil })
    return try state.append(.fold(fold), [value])
  }
}

extension GraphState {
  /// Axes counted from the front, in their order.
  func distinctAxes(_ axes: [Int], of value: Value) throws(BuildError) -> [Int] {
    _ = try self.axes(axes, of: value)
    var result: [Int] = []
    for axis in axes { result.append(try self.axis(axis, of: value)) }
    return result
  }
}
