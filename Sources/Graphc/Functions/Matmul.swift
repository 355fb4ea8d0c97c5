// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The product of matrices, with NumPy's rules: more axes than two are a batch, which is broadcast, and a tensor of one
/// axis is a row on the left and a column on the right.
///
/// `[…, M, K] · […, K, N]` gives `[…, M, N]`. Integers wrap; `bool` counts as `i32`.
public func matmul(
  _ lhs: some TensorConvertible, _ rhs: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([lhs, rhs], at: CallSite("matmul", fileID, line), in: lhs.tensor.graph) {
    state, terms throws(BuildError) in
    try state.matmul(state.value(terms[0]), state.value(terms[1]))
  }
}

extension GraphState {
  fileprivate mutating func matmul(_ lhs: Value, _ rhs: Value) throws(BuildError) -> Value {
    let (left, right) = (type(of: lhs), type(of: rhs))
    if left.rank == 0 || right.rank == 0 {
      throw BuildError(
        "matmul.rank", "takes tensors with axes, got \(left) and \(right); `*` scales by a number")
    }
    let leftInner = left.rank - 1
    let rightInner = max(right.rank - 2, 0)
    if !unify(left.shape[leftInner], right.shape[rightInner]) {
      throw BuildError(
        "dot.C2",
        "inner dimensions differ: lhs \(left) axis \(leftInner) is \(left.shape[leftInner]), "
          + "rhs \(right) axis \(rightInner) is \(right.shape[rightInner])")
    }
    let values = try promoted([.value(lhs), .value(rhs)], .arithmetic)
    if right.rank <= 2 {
      // The axes before the last two of the left side are just more rows.
      return try append(.dot(DotOp(lhsContract: [leftInner], rhsContract: [rightInner])), values)
    }
    return try batchedMatmul(values[0], values[1])
  }

  /// The right side has at least three axes.
  private mutating func batchedMatmul(_ lhs: Value, _ rhs: Value) throws(BuildError) -> Value {
    let row = type(of: lhs).rank == 1
    let matrix = row ? try reshaped(lhs, to: Shape([1] + type(of: lhs).shape.dims)) : lhs
    let (left, right) = (type(of: matrix).shape, type(of: rhs).shape)
    let batches = [left, right].map { Shape(Array($0.dims.dropLast(2))) }
    let batch: Shape
    do {
      batch = try commonShape(batches)
    } catch {
      throw BuildError(
        "dot.C3", "batch dimensions differ: lhs \(type(of: lhs)) and rhs \(type(of: rhs)) do not broadcast")
    }
    let spreadLeft = try broadcast(matrix, to: Shape(batch.dims + type(of: matrix).shape.dims.suffix(2)))
    let spreadRight = try broadcast(rhs, to: Shape(batch.dims + type(of: rhs).shape.dims.suffix(2)))
    let axes = Array(0..<batch.rank)
    let dot = DotOp(
      lhsContract: [batch.rank + 1], rhsContract: [batch.rank], lhsBatch: axes, rhsBatch: axes)
    let product = try append(.dot(dot), [spreadLeft, spreadRight])
    if !row { return product }
    return try reshaped(product, to: type(of: product).shape.removing(axes: [batch.rank]))
  }
}
