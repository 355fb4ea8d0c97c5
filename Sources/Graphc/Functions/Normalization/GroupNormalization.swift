// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// (x − mean) / √(variance + `epsilon`) with the statistics of each example over a group of channels and all that lies
/// beside them, then scaled and shifted (Wu and He, 2018). Axis 0 is the batch.
///
/// - Parameters:
///   - groups: divides the number of channels.
///   - axis: that of the channels.
///   - scale: `[channels]`, as `offset` is.
public func groupNormalization(
  _ x: some TensorConvertible, groups: Int, axis: Int = -1, scale: (any TensorConvertible)? = nil,
  offset: (any TensorConvertible)? = nil, epsilon: Double = 1e-5, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("groupNormalization", fileID, line).composing {
    let x = floating(x)
    let parts = build([x], at: .inner, in: x.graph) { state, terms throws(BuildError) in
      let value = try state.value(terms[0])
      let type = state.type(of: value)
      let place = try state.channelAxis(axis, of: value)
      guard groups > 0, let size = type.shape[place].divided(by: Dim(groups)) else {
        throw BuildError(
          "groups.extent", "the \(type.shape[place]) channels of \(type) do not make \(groups) equal groups")
      }
      var dims = type.shape.dims
      dims.replaceSubrange(place...place, with: [Dim(groups), size])
      return try state.reshaped(value, to: Shape(dims))
    }
    // The groups are in the place of the channels; the axes after it have moved up by one.
    let place = axis < 0 ? axis + parts.rank - 1 : axis
    let axes = axesBeside([0, place], of: parts)
    let (variance, mean) = parts.varianceAndMean(axes: axes, keepDims: true)
    let normal = ((parts - mean) * rsqrt(variance + epsilon)).reshaped(to: x.shape)
    return normal.scaled(scale, offset, along: axis)
  }
}

/// (x − mean) / √(variance + `epsilon`) with the statistics of each channel of each example, then scaled and shifted
/// (Ulyanov and others, 2016). Axis 0 is the batch.
///
/// - Parameters:
///   - axis: that of the channels.
///   - scale: `[channels]`, as `offset` is.
public func instanceNormalization(
  _ x: some TensorConvertible, axis: Int = -1, scale: (any TensorConvertible)? = nil,
  offset: (any TensorConvertible)? = nil, epsilon: Double = 1e-5, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("instanceNormalization", fileID, line).composing {
    let x = floating(x)
    let rows = build([x], at: .inner, in: x.graph) { state, terms throws(BuildError) in
      let value = try state.value(terms[0])
      _ = try state.channelAxis(axis, of: value)
      return value
    }
    let axes = axesBeside([0, axis], of: rows)
    let (variance, mean) = rows.varianceAndMean(axes: axes, keepDims: true)
    return ((rows - mean) * rsqrt(variance + epsilon)).scaled(scale, offset, along: axis)
  }
}

extension GraphState {
  /// The axis of the channels, behind that of the batch.
  fileprivate func channelAxis(_ axis: Int, of value: Value) throws(BuildError) -> Int {
    let place = try self.axis(axis, of: value)
    if place == 0 {
      throw BuildError("channels.axis", "axis 0 of \(type(of: value)) is the batch, not the channels")
    }
    return place
  }
}
