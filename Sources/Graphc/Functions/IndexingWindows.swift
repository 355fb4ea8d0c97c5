// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A window of known size at a place that a run computes.
///
/// - Parameters:
///   - starts: for each axis where the window begins, an integer scalar; below zero it counts from the end. A start from
///     which the window would reach beyond `x` is moved until it does not.
///   - sizes: the window's extents; `nil` or -1 for a whole axis.
public func dynamicSlice(
  _ x: some TensorConvertible, starts: [any TensorOperand], sizes: [Extent], fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  let site = CallSite("dynamicSlice", fileID, line)
  return build([x] + starts, at: site, in: x.tensor.graph) { state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let starts = try state.starts(Array(terms.dropFirst()), in: operand)
    return try state.append(
      .dynamicSlice(DynamicSliceOp(sizes: state.window(sizes, of: operand))), [operand] + starts)
  }
}

/// A window of known size at a place that a run computes; `starts` has one integer for each axis.
public func dynamicSlice(
  _ x: some TensorConvertible, starts: some TensorConvertible, sizes: [Extent], fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  let site = CallSite("dynamicSlice", fileID, line)
  return build([x, starts], at: site, in: x.tensor.graph, roles: ["the operand", "the starts"]) {
    state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let starts = try state.unstackedStarts(terms[1], in: operand)
    return try state.append(
      .dynamicSlice(DynamicSliceOp(sizes: state.window(sizes, of: operand))), [operand] + starts)
  }
}

/// A tensor with a window of it replaced, at a place that a run computes. `x` itself stays as it is.
///
/// - Parameters:
///   - update: of the element type and the rank of `x`, along no axis longer.
///   - starts: for each axis where the window begins, an integer scalar; below zero it counts from the end. A start from
///     which the update would reach beyond `x` is moved until it does not.
public func dynamicUpdate(
  _ x: some TensorConvertible, with update: some TensorOperand, starts: [any TensorOperand],
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  let site = CallSite("dynamicUpdate", fileID, line)
  return build([x, update] + starts, at: site, in: x.tensor.graph) { state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let update = try state.update(terms[1], of: operand)
    let starts = try state.starts(Array(terms.dropFirst(2)), in: operand)
    return try state.append(.dynamicUpdate(DynamicUpdateOp()), [operand, update] + starts)
  }
}

/// A tensor with a window of it replaced, at a place that a run computes; `starts` has one integer for each axis.
public func dynamicUpdate(
  _ x: some TensorConvertible, with update: some TensorOperand, starts: some TensorConvertible,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  let site = CallSite("dynamicUpdate", fileID, line)
  let roles = ["the operand", "the update", "the starts"]
  return build([x, update, starts], at: site, in: x.tensor.graph, roles: roles) {
    state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let update = try state.update(terms[1], of: operand)
    let starts = try state.unstackedStarts(terms[2], in: operand)
    return try state.append(.dynamicUpdate(DynamicUpdateOp()), [operand, update] + starts)
  }
}

extension GraphState {
  /// A scalar index for each axis.
  fileprivate mutating func starts(_ terms: [Term], in operand: Value) throws(BuildError) -> [Value] {
    let type = type(of: operand)
    if terms.count != type.rank {
      throw BuildError("index.starts", "\(type) has \(type.rank) axes, got \(terms.count) starts")
    }
    var result: [Value] = []
    for (axis, term) in terms.enumerated() {
      result.append(try start(indices(term, role: "the starts"), in: operand, axis))
    }
    return result
  }

  /// The entries of a tensor `[rank]`.
  fileprivate mutating func unstackedStarts(_ term: Term, in operand: Value) throws(BuildError) -> [Value] {
    let type = type(of: operand)
    let vector = try indices(term, role: "the starts")
    if self.type(of: vector).rank != 1 || !unify(self.type(of: vector).shape[0], Dim(type.rank)) {
      throw BuildError(
        "index.starts", "\(type) has \(type.rank) axes, the starts are \(self.type(of: vector))")
    }
    var result: [Value] = []
    for axis in 0..<type.rank {
      let entry = try append(.slice(SliceOp(starts: [axis], limits: [axis + 1], strides: [1])), [vector])
      result.append(try start(reshaped(entry, to: .scalar), in: operand, axis))
    }
    return result
  }

  private mutating func start(_ place: Value, in operand: Value, _ axis: Int) throws(BuildError) -> Value {
    if type(of: place).rank != 0 {
      throw BuildError("index.starts", "a start is a scalar, got \(type(of: place))")
    }
    if case .constant(let constant) = builder.node(place).op, constant.value.ints.allSatisfy({ $0 >= 0 }) {
      return place
    }
    // What is known is not held against the extent: a start beyond it is moved.
    let end = try elementCount(of: operand, axes: [axis], as: type(of: place).dtype)
    let isBelow = try pointwise(.less, place, constant(.integer(0), as: type(of: place).dtype))
    return try pointwise(.select, isBelow, pointwise(.add, place, end), place)
  }

  fileprivate mutating func window(_ sizes: [Extent], of operand: Value) throws(BuildError) -> Shape {
    let type = type(of: operand)
    if sizes.count != type.rank {
      throw BuildError("dynamicSlice.C2", "\(type) has \(type.rank) axes, got \(sizes.count) sizes")
    }
    var dims: [Dim] = []
    for (axis, size) in sizes.enumerated() {
      dims.append(size == .unknown || size.value == -1 ? type.shape[axis] : dim(of: size))
    }
    return Shape(dims)
  }

  fileprivate mutating func update(_ term: Term, of operand: Value) throws(BuildError) -> Value {
    let dtype = type(of: operand).dtype
    guard case .value(let update) = term else { return try constant(term, as: dtype) }
    if type(of: update).dtype != dtype {
      throw BuildError(
        "index.updates",
        "the update is \(type(of: update)) and goes into \(type(of: operand)); convert it to \(dtype)")
    }
    return update
  }
}
