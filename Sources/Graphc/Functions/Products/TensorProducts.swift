// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The product of two tensors summed over pairs of axes: axis `axes.0[k]` of the left side with axis `axes.1[k]` of the
/// right one. The result has the left side's other axes, then the right side's.
public func tensordot(
  _ lhs: some TensorConvertible, _ rhs: some TensorConvertible, axes: ([Int], [Int]),
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([lhs, rhs], at: CallSite("tensordot", fileID, line), in: lhs.tensor.graph) {
    state, terms throws(BuildError) in
    let values = try state.promoted(terms, .arithmetic)
    var pairs: (left: [Int], right: [Int]) = ([], [])
    for axis in axes.0 { pairs.left.append(try state.axis(axis, of: values[0])) }
    for axis in axes.1 { pairs.right.append(try state.axis(axis, of: values[1])) }
    return try state.dot(values[0], values[1], contracting: pairs)
  }
}

/// The product of two tensors summed over the last `axes` axes of the left side and the first of the right side.
public func tensordot(
  _ lhs: some TensorConvertible, _ rhs: some TensorConvertible, axes count: Int = 2, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([lhs, rhs], at: CallSite("tensordot", fileID, line), in: lhs.tensor.graph) {
    state, terms throws(BuildError) in
    let values = try state.promoted(terms, .arithmetic)
    let ranks = values.map { state.type(of: $0).rank }
    if count < 0 || count > (ranks.min() ?? 0) {
      throw BuildError("tensordot.axes", "cannot sum over \(count) axes of \(state.words(for: terms))")
    }
    return try state.dot(
      values[0], values[1], contracting: (Array(ranks[0] - count..<ranks[0]), Array(0..<count)))
  }
}

/// The sum of products over the last axis of the left side and the last but one of the right side, or its only one: of
/// two vectors a number, of two matrices their product (NumPy's `dot`; `matmul` has batches). A scalar scales.
public func dot(
  _ lhs: some TensorConvertible, _ rhs: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([lhs, rhs], at: CallSite("dot", fileID, line), in: lhs.tensor.graph) {
    state, terms throws(BuildError) in
    let values = try state.promoted(terms, .arithmetic)
    let ranks = values.map { state.type(of: $0).rank }
    if ranks.contains(0) { return try state.elementwise(.multiply, terms) }
    return try state.dot(
      values[0], values[1], contracting: ([ranks[0] - 1], [Swift.max(ranks[1] - 2, 0)]))
  }
}

/// The sums of products over the last axes of both: `[…, n]` and `[*, n]` give `[…, *]`. A scalar scales.
public func inner(
  _ lhs: some TensorConvertible, _ rhs: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([lhs, rhs], at: CallSite("inner", fileID, line), in: lhs.tensor.graph) {
    state, terms throws(BuildError) in
    let values = try state.promoted(terms, .arithmetic)
    let ranks = values.map { state.type(of: $0).rank }
    if ranks.contains(0) { return try state.elementwise(.multiply, terms) }
    return try state.dot(values[0], values[1], contracting: ([ranks[0] - 1], [ranks[1] - 1]))
  }
}

/// Every product of an element of the left side and one of the right: `[m]` and `[n]` give `[m, n]`; tensors of more axes
/// count as flat.
public func outer(
  _ lhs: some TensorConvertible, _ rhs: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("outer", fileID, line).composing {
    lhs.flattened().expandingDims(at: 1) * rhs.flattened()
  }
}

/// The cross products of vectors of three elements along an axis; all other axes are broadcast.
public func cross(
  _ lhs: some TensorConvertible, _ rhs: some TensorConvertible, axis: Int = -1, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([lhs, rhs], at: CallSite("cross", fileID, line), in: lhs.tensor.graph) {
    state, terms throws(BuildError) in
    let promoted = try state.promoted(terms, .arithmetic)
    let axes = (try state.axis(axis, of: promoted[0]), try state.axis(axis, of: promoted[1]))
    let extents = (state.type(of: promoted[0]).shape[axes.0], state.type(of: promoted[1]).shape[axes.1])
    if !state.unify(extents.0, 3) || !state.unify(extents.1, 3) {
      throw BuildError(
        "cross.extent", "axis \(axis) must have extent 3 in both, got \(state.words(for: terms))")
    }
    let values = try state.broadcast(promoted)
    let place = try state.axis(axis, of: values[0])
    // a₁b₂ − a₂b₁ and so on round: both sides turned by one and by two.
    let next = { (state: inout GraphState, value: Value, step: Int) throws(BuildError) -> Value in
      let front = try state.sliced(value, axis: place, from: 0, to: step)
      let back = try state.sliced(value, axis: place, from: step, to: 3)
      return try state.append(.concatenate(ConcatenateOp(axis: place)), [back, front])
    }
    let forward = try state.pointwise(.multiply, next(&state, values[0], 1), next(&state, values[1], 2))
    let backward = try state.pointwise(.multiply, next(&state, values[0], 2), next(&state, values[1], 1))
    return try state.pointwise(.subtract, forward, backward)
  }
}

/// The Kronecker product: each element of the left side replaced by its product with the whole right side. `[a, b]` and
/// `[c, d]` give `[a·c, b·d]`; missing axes count as 1.
public func kron(
  _ lhs: some TensorConvertible, _ rhs: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([lhs, rhs], at: CallSite("kron", fileID, line), in: lhs.tensor.graph) {
    state, terms throws(BuildError) in
    let values = try state.promoted(terms, .arithmetic)
    let shapes = values.map { state.type(of: $0).shape }
    let rank = Swift.max(shapes[0].rank, shapes[1].rank)
    let dims = shapes.map { Array(repeating: Dim(1), count: rank - $0.rank) + $0.dims }
    let left = try state.reshaped(values[0], to: Shape(dims[0].flatMap { [$0, 1] }))
    let right = try state.reshaped(values[1], to: Shape(dims[1].flatMap { [1, $0] }))
    let spread = try state.broadcast([left, right])
    let products = try state.pointwise(.multiply, spread[0], spread[1])
    return try state.reshaped(products, to: Shape(zip(dims[0], dims[1]).map { $0 * $1 }))
  }
}

extension GraphState {
  /// The sum of products over pairs of axes that agree in extent.
  fileprivate mutating func dot(
    _ lhs: Value, _ rhs: Value, contracting axes: (left: [Int], right: [Int])
  ) throws(BuildError) -> Value {
    let (left, right) = (type(of: lhs), type(of: rhs))
    for (first, second) in zip(axes.left, axes.right) where !unify(left.shape[first], right.shape[second]) {
      throw BuildError(
        "dot.C2",
        "inner dimensions differ: lhs \(left) axis \(first) is \(left.shape[first]), "
          + "rhs \(right) axis \(second) is \(right.shape[second])")
    }
    if axes.left.isEmpty, axes.right.isEmpty {
      // No sums: a product of all pairs, element by element.
      let shape = Shape(left.shape.dims + right.shape.dims)
      let spread = try append(
        .broadcast(BroadcastOp(shape: shape, axes: Array(left.shape.dims.indices))), [lhs])
      return try pointwise(.multiply, spread, broadcast(rhs, to: shape))
    }
    return try append(.dot(DotOp(lhsContract: axes.left, rhsContract: axes.right)), [lhs, rhs])
  }
}
