// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A tensor cut into parts of the given extents along an axis, which they fill.
public func split(
  _ x: some TensorConvertible, sizes: [Int], axis: Int = 0, fileID: String = #fileID, line: Int = #line
) -> [Tensor] {
  let site = CallSite("split", fileID, line)
  if sizes.isEmpty { return [] }
  return x.tensor.graph.buildAll([x], at: site, poisonTypes: sizes.map { _ in nil }) {
    state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let type = state.type(of: operand)
    let axis = try state.axis(axis, of: operand)
    let isSane = sizes.allSatisfy { (0...GraphState.largestExtent).contains($0) }
    if !isSane || !state.unify(type.shape[axis], Dim(sizes.reduce(0, +))) {
      throw BuildError("split.sizes", "the sizes \(sizes) do not fill axis \(axis) of \(type)")
    }
    return try state.parts(of: operand, axis, sizes: sizes)
  }
}

/// A tensor cut into a number of equal parts along an axis of known extent.
public func split(
  _ x: some TensorConvertible, into count: Int, axis: Int = 0, fileID: String = #fileID, line: Int = #line
) -> [Tensor] {
  let site = CallSite("split", fileID, line)
  // A count that no list can have is a mistake as well.
  let results = (1...1 << 20).contains(count) ? count : 1
  return x.tensor.graph.buildAll([x], at: site, poisonTypes: Array(repeating: nil, count: results)) {
    state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let type = state.type(of: operand)
    let axis = try state.axis(axis, of: operand)
    if results != count { throw BuildError("split.count", "\(type) cannot be split into \(count) parts") }
    guard let extent = type.shape[axis].value else {
      throw BuildError(
        "split.extent", "axis \(axis) of \(type) must have a known extent to be split into equal parts")
    }
    if extent % count != 0 {
      throw BuildError(
        "split.extent",
        "axis \(axis) of \(type) is \(extent) long, which \(count) equal parts do not fill; give `sizes:`")
    }
    return try state.parts(of: operand, axis, sizes: Array(repeating: extent / count, count: count))
  }
}

/// The slices of a tensor along an axis of known extent, without that axis; `stack` joins them again.
///
/// An invalid tensor gives one invalid slice.
public func unstack(
  _ x: some TensorConvertible, axis: Int = 0, fileID: String = #fileID, line: Int = #line
) -> [Tensor] {
  let tensor = x.tensor
  let count = tensor.isValid ? Swift.min(tensor.shape[axis] ?? 1, 1 << 20) : 1
  if count == 0 { return [] }
  return tensor.graph.buildAll(
    [x], at: CallSite("unstack", fileID, line), poisonTypes: Array(repeating: nil, count: count)
  ) { state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let type = state.type(of: operand)
    let axis = try state.axis(axis, of: operand)
    guard type.shape[axis].value == count else {
      throw BuildError("split.extent", "axis \(axis) of \(type) must have a known extent to be taken apart")
    }
    let shape = type.shape.removing(axes: [axis])
    var slices: [Value] = []
    for part in try state.parts(of: operand, axis, sizes: Array(repeating: 1, count: count)) {
      slices.append(try state.reshaped(part, to: shape))
    }
    return slices
  }
}

extension GraphState {
  /// Parts that follow one another along an axis.
  fileprivate mutating func parts(
    of operand: Value, _ axis: Int, sizes: [Int]
  ) throws(BuildError) -> [Value] {
    var start = 0
    var parts: [Value] = []
    for size in sizes {
      parts.append(try sliced(operand, axis: axis, from: start, to: start + size))
      start += size
    }
    return parts
  }
}
