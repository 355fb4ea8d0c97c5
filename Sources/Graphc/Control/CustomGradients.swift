// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// A function with a gradient of the program's own.
  ///
  /// Both closures run once, when the graph is built. `gradient` gets the inputs, what `forward` returned, and the
  /// gradients with respect to its floating-point results; it returns a gradient for each floating-point input, of the
  /// input's type. No gradient flows to other tensors that `forward` uses.
  public func customGradient(
    _ inputs: [any TensorOperand], forward: ([Tensor]) throws -> [Tensor],
    gradient: (_ inputs: [Tensor], _ outputs: [Tensor], _ cotangents: [Tensor]) throws -> [Tensor],
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> [Tensor] {
    let site = CallSite("customGradient", fileID, line)
    let given = operands(inputs, at: site)
    // The op wants the inputs that have gradients first.
    let order = given.tensors.indices.filter { given.tensors[$0].dtype.isFloatingPoint }
    let places = order + given.tensors.indices.filter { !given.tensors[$0].dtype.isFloatingPoint }
    let operands = RegionOperands(
      tensors: places.map { given.tensors[$0] }, types: given.types.map { types in places.map { types[$0] } })
    let inputsOfProgram = { (parameters: [Tensor]) in
      zip(places, parameters).sorted { $0.0 < $1.0 }.map(\.1)
    }
    let body = try part(.call, operands.types, standingFor: operands.tensors, at: site) {
      try forward(inputsOfProgram($0))
    }
    let back = try gradientPart(of: body, operands, at: site) { parameters, outputs, cotangents in
      try gradient(inputsOfProgram(parameters), outputs, cotangents)
    }
    let all = operands.tensors + body.results + back.results
    return buildControl(all, at: site, resultCount: body.results.count) { state throws(BuildError) in
      let (outputs, gradients) = (try state.results(of: body), try state.results(of: back))
      try state.requireGradients(gradients, for: operands.tensors.prefix(order.count).map(\.value))
      // Each region takes what either of them captures.
      let captures = state.sharedCaptures([(body.part, outputs), (back.part, gradients)])
      let own = state.regions[Int(body.part)].parameters
      let given = state.regions[Int(back.part)].parameters
      let op = CallOp(
        body: try state.region(own + captures.inner[0], outputs),
        gradient: try state.region(
          given.prefix(own.count) + captures.inner[1] + given.dropFirst(own.count), gradients))
      return try state.appendControl(
        .call(op), operands.tensors.map(\.value) + captures.outer, of: [body.part, back.part])
    }
  }

  /// A function of one tensor with a gradient of the program's own.
  ///
  ///     // Clips the gradient, not the value.
  ///     let y = graph.customGradient(x, forward: { $0 }, gradient: { _, _, dy in dy.clipped(min: -1, max: 1) })
  public func customGradient(
    _ input: some TensorOperand, forward: (Tensor) throws -> Tensor,
    gradient: (_ input: Tensor, _ output: Tensor, _ cotangent: Tensor) throws -> Tensor,
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> Tensor {
    try customGradient(
      [input], forward: { [try forward($0[0])] },
      gradient: { inputs, outputs, cotangents in
        [try gradient(inputs[0], outputs[0], cotangents.first ?? outputs[0])]
      }, fileID: fileID, line: line)[0]
  }

  /// The part that makes gradients of the operands from those of a body's results.
  private func gradientPart(
    of body: BuiltPart, _ operands: RegionOperands, at site: CallSite,
    _ gradient: ([Tensor], [Tensor], [Tensor]) throws -> [Tensor]
  ) rethrows -> BuiltPart {
    let floats = body.results.filter { $0.graph === self && $0.dtype.isFloatingPoint }
    let models = operands.tensors + body.results + floats
    var types: [TensorType]?
    if let given = operands.types, body.results.allSatisfy({ $0.isValid && $0.graph === self }) {
      types = given + (body.results + floats).map(\.type)
    }
    let (inputCount, outputCount) = (operands.tensors.count, body.results.count)
    return try part(.call, types, standingFor: models, at: site) { values in
      let rest = values.dropFirst(inputCount)
      return try gradient(
        Array(values.prefix(inputCount)), Array(rest.prefix(outputCount)),
        Array(rest.dropFirst(outputCount)))
    }
  }

  /// What a body makes of some inputs, computed again where its gradient is taken instead of being kept until then. It
  /// saves memory and takes time.
  public func checkpoint(
    _ inputs: [any TensorOperand], _ body: ([Tensor]) throws -> [Tensor], fileID: String = #fileID,
    line: Int = #line
  ) rethrows -> [Tensor] {
    let site = CallSite("checkpoint", fileID, line)
    let operands = self.operands(inputs, at: site)
    let built = try part(.call, operands.types, standingFor: operands.tensors, at: site, body)
    return buildControl(operands.tensors + built.results, at: site, resultCount: built.results.count) {
      state throws(BuildError) in
      let outputs = try state.results(of: built)
      let captures = state.sharedCaptures([(built.part, outputs)])
      let parameters = state.regions[Int(built.part)].parameters + captures.inner[0]
      let op = CallOp(body: try state.region(parameters, outputs), isCheckpoint: true)
      return try state.appendControl(
        .call(op), operands.tensors.map(\.value) + captures.outer, of: [built.part])
    }
  }

  /// As above, for one tensor.
  public func checkpoint(
    _ input: some TensorOperand, _ body: (Tensor) throws -> Tensor, fileID: String = #fileID,
    line: Int = #line
  ) rethrows -> Tensor {
    try checkpoint([input], { [try body($0[0])] }, fileID: fileID, line: line)[0]
  }
}

extension GraphState {
  /// Demands a gradient of each operand's type.
  fileprivate mutating func requireGradients(
    _ gradients: [Value], for operands: [Value]
  ) throws(BuildError) {
    if operands.isEmpty {
      throw BuildError("call.C4", "none of the inputs is floating-point, so that none has a gradient")
    }
    if gradients.count != operands.count {
      throw BuildError(
        "call.C4",
        "the gradient returns \(gradients.count) tensors for \(operands.count) floating-point inputs")
    }
    for (index, (gradient, operand)) in zip(gradients, operands).enumerated() {
      let (found, needed) = (type(of: gradient), type(of: operand))
      if found.dtype != needed.dtype || !unifyShapes(found.shape, needed.shape) {
        throw BuildError(
          "call.C4",
          "the gradient returns \(found) for floating-point input \(index), which is \(needed); it must be of the "
            + "same type", notes: [note("the gradient", gradient)])
      }
    }
  }
}
