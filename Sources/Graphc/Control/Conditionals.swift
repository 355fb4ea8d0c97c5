// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// What one of two closures builds, as a `bool` scalar decides in each run. Only the branch that is chosen is computed.
  ///
  /// Both closures run once, when the graph is built. They may use any tensor of the graph, and return as many tensors,
  /// of the same shapes and element types.
  public func cond(
    _ predicate: some TensorConvertible, then: () throws -> [Tensor], else otherwise: () throws -> [Tensor],
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> [Tensor] {
    let site = CallSite("cond", fileID, line)
    let decision = operands([predicate], at: site) { state, values throws(BuildError) in
      let type = state.type(of: values[0])
      if type.dtype != .bool || type.rank != 0 {
        throw BuildError(
          "cond.C2", "the predicate is \(type); it must be a bool scalar, for example `x.sum() .> 0`")
      }
    }
    let yes = try part(.branch, [], standingFor: [], at: site) { _ in try then() }
    let no = try part(.branch, [], standingFor: [], at: site) { _ in try otherwise() }
    let count = max(yes.results.count, no.results.count)
    return buildControl(decision.tensors + yes.results + no.results, at: site, resultCount: count) {
      state throws(BuildError) in
      let (left, right) = (try state.results(of: yes), try state.results(of: no))
      if left.count != right.count || left.isEmpty {
        throw BuildError(
          "cond.C4",
          "the branches return \(left.count) and \(right.count) tensors; they must return as many, at least one"
        )
      }
      for (index, (x, y)) in zip(left, right).enumerated() {
        let (a, b) = (state.type(of: x), state.type(of: y))
        if a.dtype != b.dtype || !state.unifyShapes(a.shape, b.shape) {
          throw BuildError(
            "cond.C4", "result \(index) is \(a) in one branch and \(b) in the other",
            notes: [state.note("one branch's result", x), state.note("the other's", y)])
        }
      }
      let captures = state.sharedCaptures([(yes.part, left), (no.part, right)])
      let op = CondOp(
        then: try state.region(captures.inner[0], left), else: try state.region(captures.inner[1], right))
      return try state.appendControl(
        .cond(op), [decision.tensors[0].value] + captures.outer, of: [yes.part, no.part])
    }
  }

  /// What one of two closures builds, as a `bool` scalar decides in each run.
  public func cond(
    _ predicate: some TensorConvertible, then: () throws -> Tensor, else otherwise: () throws -> Tensor,
    fileID: String = #fileID, line: Int = #line
  ) rethrows -> Tensor {
    try cond(predicate, then: { [try then()] }, else: { [try otherwise()] }, fileID: fileID, line: line)[0]
  }
}
