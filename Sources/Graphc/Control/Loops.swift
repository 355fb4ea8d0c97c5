// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// Runs a body as long as a condition holds, from some values to their next ones.
  ///
  /// Both closures run once, when the graph is built, and may use any tensor of the graph. How many steps there are is
  /// known only in a run, so there is no gradient: a `scan` or a `fori` has one.
  public func whileLoop(
    from initial: [any TensorOperand], while condition: ([Tensor]) throws -> Tensor,
    body: ([Tensor]) throws -> [Tensor], fileID: String = #fileID, line: Int = #line
  ) rethrows -> [Tensor] {
    let site = CallSite("whileLoop", fileID, line)
    let starts = operands(initial, at: site)
    let test = try part(.condition, starts.types, standingFor: starts.tensors, at: site) {
      [try condition($0)]
    }
    let step = try part(.loop, starts.types, standingFor: starts.tensors, at: site, body)
    let all = starts.tensors + test.results + step.results
    return buildControl(all, at: site, resultCount: initial.count) { state throws(BuildError) in
      if initial.isEmpty { throw BuildError("while.C1", "a loop needs a value that changes") }
      var values = starts.tensors.map(\.value)
      let decision = try state.results(of: test)
      var results = try state.results(of: step)
      let type = state.type(of: decision[0])
      if type.dtype != .bool || type.rank != 0 {
        throw BuildError(
          "while.C3", "the condition is \(type); it must be a bool scalar, for example `x.sum() .> 0`")
      }
      try state.requireCarries(results, values)
      var parameters = [test.part, step.part].map { state.regions[Int($0)].parameters }
      // The number of the iteration is a carry of its own, where something asks for it.
      if [test.part, step.part].contains(where: { state.regions[Int($0)].index != nil }) {
        for (position, part) in [test.part, step.part].enumerated() {
          parameters[position].append(state.index(of: part))
        }
        values.append(try state.constant(.integer(0), as: .int32))
        results.append(try state.successor(of: state.index(of: step.part), in: step.part))
      }
      let captures = state.sharedCaptures([(test.part, decision), (step.part, results)])
      let op = WhileOp(
        carries: values.count, condition: try state.region(parameters[0] + captures.inner[0], decision),
        body: try state.region(parameters[1] + captures.inner[1], results))
      let all = try state.appendControl(
        .while(op), values + captures.outer, of: [test.part, step.part])
      return Array(all.prefix(initial.count))
    }
  }

  /// As above, for one value.
  public func whileLoop(
    from initial: some TensorOperand, while condition: (Tensor) throws -> Tensor,
    body: (Tensor) throws -> Tensor, fileID: String = #fileID, line: Int = #line
  ) rethrows -> Tensor {
    try whileLoop(
      from: [initial], while: { try condition($0[0]) }, body: { [try body($0[0])] }, fileID: fileID,
      line: line)[0]
  }
}

extension GraphState {
  /// The number behind an `i32` scalar of a part, as a value of that part.
  fileprivate mutating func successor(of index: Value, in part: Int32) throws(BuildError) -> Value {
    let outer = builder.part
    defer { builder.part = outer }
    builder.part = part
    return try pointwise(.add, index, constant(.integer(1), as: .int32))
  }
}
