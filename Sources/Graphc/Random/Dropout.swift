// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// x with a share of its elements set to zero, and the others divided by what is left of 1, so that the mean stays
/// (inverted dropout, as in Keras and PyTorch). Only for training: leave it out of the graph of a prediction.
///
/// - Parameters:
///   - rate: the probability of a zero, from 0 to 1. With 0 the result is x, with 1 it is zero everywhere.
///   - noiseShape: the extents of the mask, each 1 or that of x (`nil`); one mask element decides for all
///     elements of x that it is repeated to. All of x's where it is left out.
public func dropout(
  _ x: some TensorConvertible, rate: Double, noiseShape: [Extent]? = nil, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  build([x], at: CallSite("dropout", fileID, line), in: x.tensor.graph) { state, terms throws(BuildError) in
    let operand = try state.promoted(terms, .floating)[0]
    let type = state.type(of: operand)
    if !(0...1).contains(rate) {
      throw BuildError("dropout.rate", "the rate \(rate) is no probability, which is from 0 to 1")
    }
    let shape = try state.noiseShape(noiseShape, for: type)
    if rate == 0 { return operand }
    let zero = try state.full(.integer(0), type.dtype, type.shape)
    if rate == 1 { return zero }
    let bits = try state.draw(shape)
    let isKept = try state.reshaped(state.bernoulli(bits, probability: 1 - rate), to: shape)
    let scaled = try state.scaled(operand, by: 1 / (1 - rate))
    return try state.pointwise(.select, state.broadcast(isKept, to: type.shape), scaled, zero)
  }
}

extension GraphState {
  /// The shape of a mask that is repeated over a tensor.
  fileprivate mutating func noiseShape(
    _ extents: [Extent]?, for type: TensorType
  ) throws(BuildError) -> Shape {
    guard let extents else { return type.shape }
    if extents.count != type.rank {
      throw BuildError("dropout.noise", "the noise shape \(extents) has not the \(type.rank) axes of \(type)")
    }
    var dims: [Dim] = []
    for (axis, extent) in extents.enumerated() {
      let dim = extent == .unknown ? type.shape[axis] : self.dim(of: extent)
      if dim != 1, !unify(dim, type.shape[axis]) {
        throw BuildError(
          "dropout.noise", "extent \(axis) of the noise shape \(extents) is neither 1 nor that of \(type)")
      }
      dims.append(dim)
    }
    return builder.symbols.canonical(Shape(dims))
  }
}
