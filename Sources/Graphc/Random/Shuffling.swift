// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The slices of a tensor along an axis, in random order; the slices themselves stay as they are.
///
/// Gradients flow back to where the slices came from.
///
/// - Parameter independently: whether each row along the axis gets an order of its own.
public func shuffled(
  _ x: some TensorConvertible, axis: Int = 0, independently: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([x], at: CallSite("shuffled", fileID, line), in: x.tensor.graph) { state, terms throws(BuildError) in
    let x = try state.value(terms[0])
    let axis = try state.axis(axis, of: x)
    let shape = state.type(of: x).shape
    if independently {
      let keys = try state.reshaped(state.wideWords(state.draw(shape)), to: shape)
      return try state.appendAll(.sort(SortOp(axis: axis)), [keys, x])[1]
    }
    return try state.taken(x, state.permutation(shape[axis], .int32), axis: axis)
  }
}

/// Slices of a tensor along an axis, drawn at random; see `Graph.randomChoice(of:count:)`.
///
/// - Parameters:
///   - count: how many slices; without replacement at most the extent of the axis.
///   - weights: a number for each slice, not negative.
public func randomChoice(
  from x: some TensorConvertible, count: Int, axis: Int = 0, replacing: Bool = true,
  weights: (any TensorConvertible)? = nil, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("randomChoice", fileID, line).composing {
    let places = x.tensor.graph.randomChoice(
      of: x.tensor.shape.extent(axis), count: count, replacing: replacing, weights: weights)
    return take(x, places, axis: axis)
  }
}
