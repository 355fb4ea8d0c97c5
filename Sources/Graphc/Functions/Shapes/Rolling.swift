// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension TensorConvertible {
  /// Shifted along some axes; what leaves at one end comes back at the other. A positive shift moves towards the end.
  ///
  /// On an axis of unknown extent a run fails where the shift is longer than the axis.
  public func rolled(
    by shifts: [Int], axes: [Int], fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = CallSite("rolled", fileID, line)
    return build([self], at: site, in: tensor.graph) { state, terms throws(BuildError) in
      var value = try state.value(terms[0])
      if shifts.count != axes.count {
        throw BuildError("axis.pairs", "the shifts \(shifts) and the axes \(axes) do not pair up")
      }
      for (shift, axis) in zip(shifts, axes) {
        value = try state.rolled(value, by: shift, axis: state.axis(axis, of: value))
      }
      return value
    }
  }

  /// Shifted along one axis; what leaves at one end comes back at the other.
  public func rolled(
    by shift: Int, axis: Int, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    rolled(by: [shift], axes: [axis], fileID: fileID, line: line)
  }

  /// Shifted in row-major order, as if there were one axis.
  public func rolled(by shift: Int, fileID: String = #fileID, line: Int = #line) -> Tensor {
    CallSite("rolled", fileID, line).composing {
      flattened().rolled(by: [shift], axes: [0]).reshaped(to: tensor.shape)
    }
  }
}

extension GraphState {
  fileprivate mutating func rolled(
    _ operand: Value, by shift: Int, axis: Int
  ) throws(BuildError) -> Value {
    let extent = type(of: operand).shape[axis]
    guard let length = extent.value else {
      if shift == 0 { return operand }
      if shift.magnitude > Int32.max {
        throw BuildError("roll.shift", "a shift of \(shift) is too far for an axis of unknown extent")
      }
      // The end of the axis is counted from behind: the parts are cut from the tensor turned around.
      let turned = shift > 0 ? try reversed(operand, axes: [axis]) : operand
      let wrapped = try sliced(turned, axis: axis, from: 0, to: abs(shift))
      let rest = try sliced(turned, axis: axis, from: abs(shift), to: nil)
      let result = try append(.concatenate(ConcatenateOp(axis: axis)), [rest, wrapped])
      _ = unify(extent, type(of: result).shape[axis])
      return shift > 0 ? try reversed(result, axes: [axis]) : result
    }
    if length == 0 { return operand }
    let cut = length - (shift % length + length) % length
    if cut == length { return operand }
    return try append(
      .concatenate(ConcatenateOp(axis: axis)),
      [sliced(operand, axis: axis, from: cut, to: length), sliced(operand, axis: axis, from: 0, to: cut)])
  }
}
