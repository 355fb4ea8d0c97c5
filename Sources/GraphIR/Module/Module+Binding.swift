// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Module {
  /// The module with symbols replaced by numbers, every type inferred again.
  ///
  /// A symbol that no feed decides stands for an extent that an op computes (a strided slice of an unknown axis): its
  /// number is learned from the node that has it, and later nodes are held against it.
  ///
  /// - Throws: `Diagnostic` of kind `run` when extents contradict what the graph was built for.
  public func bound(by bindings: [Int: Int]) throws -> Module {
    try DeepStack.run(levels: regionDepth) { try bound(by: bindings.mapValues { Dim($0) }) }
  }

  /// The module with symbols replaced by extents.
  func bound(by bindings: [Int: Dim]) throws -> Module {
    var known = bindings
    return try rebuilt(
      parameters: parameters.map { Parameter(name: $0.name, type: $0.type.bound(by: known)) },
      variables: variables.map { Variable(name: $0.name, type: $0.type.bound(by: known)) }
    ) { node, operands, builder in
      let results: [Value]
      let op = try boundRegions(of: node, by: known)
      do throws(ConstraintViolation) {
        results = try builder.appendAll(
          op, operands, origin: node.origin,
          annotated: node.types.map { $0.bound(by: known) })
      } catch {
        throw Diagnostic(
          .run, code: error.code(for: node.op.mnemonic), "\(node.op.mnemonic): \(error.message)",
          at: node.origin.location, scope: node.origin.scope,
          notes: [Diagnostic.Note("the feeds give the graph's unknown extents these values")])
      }
      for (type, result) in zip(node.types, results) {
        try learn(type, builder.type(of: result), at: node, &known)
      }
      return results
    }
  }

  /// The node's op with its own symbols and those of its regions replaced. What a region's results tell of extents that
  /// only it knows holds for the regions behind it too: a custom gradient takes the results.
  private func boundRegions(of node: Node, by known: [Int: Dim]) throws -> Op {
    let regions = node.op.regions
    if regions.isEmpty { return node.op.bound(by: known) }
    var known = known
    var bound: [Region] = []
    for region in regions {
      let next = try region.bound(by: known)
      for (symbolic, type) in zip(region.resultTypes, next.resultTypes) where symbolic.rank == type.rank {
        try learn(symbolic, type, at: node, &known)
      }
      bound.append(next)
    }
    return node.op.replacing(bound).bound(by: known)
  }

  /// Holds a symbolic type against the type that came out, and takes the symbols that only it has from there.
  private func learn(
    _ symbolic: TensorType, _ type: TensorType, at node: Node, _ known: inout [Int: Dim]
  ) throws {
    for (axis, (wanted, found)) in zip(symbolic.shape.dims, type.shape.dims).enumerated() {
      let expected = wanted.bound(by: known)
      if expected == found { continue }
      if found.value != nil, expected.coefficient == 1, expected.symbols.count == 1 {
        known[expected.symbols[0]] = found
      } else if let extent = found.value, let needed = expected.value {
        throw Diagnostic(
          .run, code: "\(node.op.mnemonic).extent",
          "\(node.op.mnemonic): axis \(axis) of the result is \(extent), where the graph needs \(needed)",
          at: node.origin.location, scope: node.origin.scope)
      }
    }
  }
}
