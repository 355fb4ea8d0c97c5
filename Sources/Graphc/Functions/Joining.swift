// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The tensors, one after the other along an axis; they agree on all the others.
public func concatenate(
  _ tensors: [any TensorConvertible], axis: Int = 0, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  join(tensors, at: CallSite("concatenate", fileID, line)) { state, values throws(BuildError) in
    let axis = try state.axis(axis, of: values[0])
    return try state.concatenated(values, axis: axis)
  }
}

/// The tensors, all of one shape, side by side along a new axis.
public func stack(
  _ tensors: [any TensorConvertible], axis: Int = 0, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  join(tensors, at: CallSite("stack", fileID, line)) { state, values throws(BuildError) in
    let type = state.type(of: values[0])
    let index = axis < 0 ? axis + type.rank + 1 : axis
    guard (0...type.rank).contains(index) else {
      throw BuildError("axis.range", "there is no place \(axis) for a new axis in \(type)")
    }
    if let other = values.first(where: { !state.unifyShapes(state.type(of: $0).shape, type.shape) }) {
      throw BuildError(
        "stack.shape", "takes tensors of one shape, got \(type) and \(state.type(of: other))")
    }
    let dims = state.type(of: values[0]).shape.dims
    let shape = Shape(dims.prefix(index) + [1] + dims.dropFirst(index))
    var expanded: [Value] = []
    for value in values { expanded.append(try state.reshaped(value, to: shape)) }
    return try state.concatenated(expanded, axis: index)
  }
}

/// Joins tensors of one element type, of which there must be at least one.
private func join(
  _ tensors: [any TensorConvertible], at site: CallSite,
  _ body: (inout GraphState, [Value]) throws(BuildError) -> Value
) -> Tensor {
  // Without a tensor there is no graph to complain in; the mistake travels in a graph of its own.
  let graph = tensors.first?.tensor.graph ?? Graph()
  return build(tensors, at: site, in: graph) { state, terms throws(BuildError) in
    if terms.isEmpty { throw BuildError("\(site.function).empty", "takes at least one tensor, got none") }
    return try body(&state, state.promoted(terms, .uniform))
  }
}

extension GraphState {
  fileprivate mutating func concatenated(_ values: [Value], axis: Int) throws(BuildError) -> Value {
    let first = type(of: values[0]).shape
    for value in values.dropFirst() {
      let shape = type(of: value).shape
      // Where the ranks differ the op itself says so.
      guard shape.rank == first.rank else { break }
      for other in 0..<first.rank where other != axis { _ = unify(first[other], shape[other]) }
    }
    return try append(.concatenate(ConcatenateOp(axis: axis)), values)
  }
}
