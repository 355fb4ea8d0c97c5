// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Variable {
  /// Gives the variable a new value at the end of each run that reaches the result, which is the new value.
  ///
  /// Shape and element type must be the variable's; a number fills it. Two assignments that one run reaches are an
  /// error, unless one is computed from the other.
  public func assign(
    _ newValue: some TensorOperand, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    assign(newValue, at: CallSite("assign", fileID, line))
  }

  /// Assigns the value before the run plus `delta`, which is broadcast.
  public func assignAdd(
    _ delta: some TensorOperand, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = CallSite("assignAdd", fileID, line)
    return site.composing { assign(elementwise(.add, self, delta, at: site), at: site) }
  }

  /// Assigns the value before the run less `delta`, which is broadcast.
  public func assignSubtract(
    _ delta: some TensorOperand, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = CallSite("assignSubtract", fileID, line)
    return site.composing { assign(elementwise(.subtract, self, delta, at: site), at: site) }
  }

  private func assign(_ newValue: some TensorOperand, at site: CallSite) -> Tensor {
    let type = TensorType(dtype, value.shape.dims ?? .scalar)
    return graph.buildAll(
      [self, newValue], at: site, roles: ["the target", "the new value"], poisonTypes: [type]
    ) { state, terms throws(BuildError) in
      guard let variable = state.variableIndex[value.value] else {
        throw BuildError("assign.target", "only a variable can be assigned to")
      }
      return [try state.addAssignment(to: variable, of: state.fitted(terms[1], to: type))]
    }[0]
  }
}

extension GraphState {
  /// The term as a value of exactly this type; a number is spread.
  fileprivate mutating func fitted(_ term: Term, to type: TensorType) throws(BuildError) -> Value {
    guard case .value(let value) = term else {
      let number = try constant(term, as: type.dtype)
      if self.type(of: number).rank == 0 { return try broadcast(number, to: type.shape) }
      return try checked(number, fits: type)
    }
    return try checked(value, fits: type)
  }

  private mutating func checked(_ value: Value, fits type: TensorType) throws(BuildError) -> Value {
    let found = self.type(of: value)
    if found.dtype != type.dtype {
      throw BuildError(
        "assign.type", "the variable is \(type), the new value is \(found); convert it with `converted(to:)`")
    }
    if !unifyShapes(found.shape, type.shape) {
      throw BuildError("assign.type", "the variable is \(type), the new value is \(found)")
    }
    return value
  }
}
