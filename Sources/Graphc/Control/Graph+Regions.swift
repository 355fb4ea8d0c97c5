// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A part that a closure has built.
struct BuiltPart {
  let part: Int32
  let results: [Tensor]
}

/// What a region's parameters stand for: values of the part around.
struct RegionOperands {
  let tensors: [Tensor]
  /// Nil where one is invalid.
  let types: [TensorType]?
  /// What stands for anything of the region then.
  var standIn: Tensor?
}

extension Graph {
  /// Runs a closure that builds a region, once.
  ///
  /// - Parameters:
  ///   - types: those of the parameters; nil where what they stand for is invalid. The closure then runs to no other end
  ///     than to tell how many results there are.
  ///   - models: what the parameters stand for.
  func part(
    _ kind: RegionFrame.Kind, _ types: [TensorType]?, standingFor models: [Tensor], at site: CallSite,
    _ body: ([Tensor]) throws -> [Tensor]
  ) rethrows -> BuiltPart {
    guard let types else { return BuiltPart(part: 0, results: try body(models)) }
    let context = BuildContext.current
    let site = site.resolved
    let (part, parameters) = withState { state in
      state.begin(site, scope: context.scope(of: self), region: context.region(of: self))
      let part = state.openRegion(kind, types, models: models.map(\.value))
      return (part, state.regions[Int(part)].parameters)
    }
    let inner = context.entering(region: part, of: self)
    let results = try BuildContext.$current.withValue(inner) {
      try body(parameters.map { Tensor(graph: self, value: $0) })
    }
    return BuiltPart(part: part, results: results)
  }

  /// The operands as values of the part that is being built.
  ///
  /// - Parameter check: throws where they do not fit; they are invalid then, all of them.
  func operands(
    _ operands: [any TensorOperand], at site: CallSite,
    check: (inout GraphState, [Value]) throws(BuildError) -> Void = { (_, _) throws(BuildError) in }
  ) -> RegionOperands {
    // One stand-in more, so that a check without operands can fail too.
    let poisonTypes = [TensorType?](repeating: nil, count: operands.count + 1)
    var tensors = buildAll(operands, at: site, poisonTypes: poisonTypes) { state, terms throws(BuildError) in
      var values: [Value] = []
      for term in terms { values.append(try state.value(term)) }
      try check(&state, values)
      return values
    }
    if tensors.count > operands.count {
      let standIn = tensors.removeLast()
      return RegionOperands(tensors: tensors, types: nil, standIn: standIn)
    }
    return RegionOperands(
      tensors: tensors, types: withState { state in tensors.map { state.type(of: $0.value) } })
  }

  /// Appends an op that runs parts.
  ///
  /// - Parameter tensors: what the op takes and what its parts return; where one is invalid, so are the results.
  func buildControl(
    _ tensors: [Tensor], at site: CallSite, resultCount: Int,
    _ body: (inout GraphState) throws(BuildError) -> [Value]
  ) -> [Tensor] {
    // Values of parts within the current one are no operands of the op.
    let outsiders = tensors.filter { !$0.isValid || $0.graph !== self }
    let types = [TensorType?](repeating: nil, count: max(resultCount, 1))
    return buildAll(outsiders, at: site, poisonTypes: types) { state, _ throws(BuildError) in
      try body(&state)
    }
  }
}

extension GraphState {
  /// The results of a part, as values of it.
  mutating func results(of part: BuiltPart) throws(BuildError) -> [Value] {
    var values: [Value] = []
    for result in part.results { values.append(try local(result.value, in: part.part)) }
    return values
  }

  /// Demands that a body gives values of the types that it began with; extents that only a run knows become equal.
  mutating func requireCarries(_ results: [Value], _ starts: [Value]) throws(BuildError) {
    if results.count != starts.count {
      throw BuildError(
        "carry.count", "starts from \(starts.count) values, and its body returns \(results.count) of them")
    }
    for (index, (result, start)) in zip(results, starts).enumerated() {
      let (found, needed) = (type(of: result), type(of: start))
      if found.dtype != needed.dtype || !unifyShapes(found.shape, needed.shape) {
        throw BuildError(
          "carry.type",
          "value \(index) starts as \(needed), and the body makes it \(found); convert or broadcast one of them, so that "
            + "every step has the same type", notes: [note("the body's value", result)])
      }
    }
  }

  /// The parts that some nodes of the program run, those within parts included.
  func parts(within isNeeded: (Int) -> Bool) -> Set<Int32> {
    var found: Set<Int32> = []
    // A part's own nodes come before the node that runs it.
    for node in partsOfNode.keys.sorted(by: >) {
      let part = builder.parts[Int(node)]
      if part == 0 ? isNeeded(Int(node)) : found.contains(part) {
        found.formUnion(partsOfNode[node] ?? [])
      }
    }
    return found
  }

  /// Appends an op that runs parts, and remembers them.
  mutating func appendControl(_ op: Op, _ operands: [Value], of parts: [Int32]) throws(BuildError) -> [Value]
  {
    let results = try appendAll(op, operands)
    if let node = results.first?.node { partsOfNode[node, default: []] += parts }
    return results
  }
}
