// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The numbers that a run's feeds give the symbols of a graph.
struct ExtentBinding {
  /// An axis of a fed value.
  private struct Axis {
    let feed: Value
    let axis: Int
    let dim: Dim
    let extent: Int
  }

  private(set) var numbers: [Int: Int] = [:]
  /// Who gave a symbol its number.
  private var owners: [Int: Axis] = [:]
  private let state: GraphState

  /// - Parameter needed: the nodes that the run computes.
  /// - Throws: `DiagnosticList` where feeds contradict one another, or leave an extent open.
  init(_ request: Extraction.Request, needed: NeededNodes, from state: GraphState) throws {
    self.state = state
    var open = request.feeds.flatMap { feed in
      zip(state.type(of: feed.value).shape.dims, feed.type.shape.dims).enumerated().compactMap { axis, pair in
        pair.1.value.map { Axis(feed: feed.value, axis: axis, dim: pair.0, extent: $0) }
      }
    }
    try settle(&open)
    while let product = open.firstIndex(where: { isUsedAsAWhole($0, request, needed) }) {
      try divide(open.remove(at: product))
      try settle(&open)
    }
    try requireAll(request, needed)
  }

  private func rest(_ axis: Axis) -> Dim { axis.dim.bound(by: numbers.mapValues { Dim($0) }) }

  /// Takes what the axes say, those with a product of symbols when all but one factor are known.
  private mutating func settle(_ open: inout [Axis]) throws {
    var count: Int
    repeat {
      count = open.count
      var waiting: [Axis] = []
      for axis in open {
        let rest = rest(axis)
        if rest.value == axis.extent { continue }
        if rest.value != nil { throw DiagnosticList([contradiction(axis)]) }
        if rest.symbols.count == 1 {
          try divide(axis)
        } else {
          waiting.append(axis)
        }
      }
      open = waiting
    } while open.count < count
  }

  /// Gives the whole quotient to the first open symbol, and 1 to the others.
  private mutating func divide(_ axis: Axis) throws {
    let rest = rest(axis)
    if axis.extent % rest.coefficient != 0 {
      throw DiagnosticList([
        problem(axis, "which is no multiple of \(rest.coefficient), where the graph needs \(axis.dim)")
      ])
    }
    for (position, symbol) in rest.symbols.enumerated() {
      numbers[symbol] = position == 0 ? axis.extent / rest.coefficient : 1
      owners[symbol] = axis
    }
  }

  /// Whether the run uses the open symbols of an axis as this product alone, as behind a fed `[B·T, D]` it may. Then
  /// the factors do not matter.
  private func isUsedAsAWhole(_ axis: Axis, _ request: Extraction.Request, _ needed: NeededNodes) -> Bool {
    let symbols = rest(axis).symbols
    if Set(symbols).count < symbols.count { return false }
    let product = Dim(coefficient: 1, symbols: symbols)
    let isWhole = { (dim: Dim) in
      let quotient = dim.divided(by: product) ?? dim
      return !quotient.symbols.contains(where: symbols.contains)
    }
    let computed = state.builder.nodes.indices.lazy.filter { needed[$0] }.flatMap {
      needed.types(of: $0).lazy.map(state.builder.symbols.canonical)
    }
    let inRegions = state.builder.nodes.indices.lazy.filter { needed[$0] }.flatMap {
      state.builder.symbols.canonical(state.builder.nodes[$0].op).typesInRegions
    }
    return request.feeds.allSatisfy { state.type(of: $0.value).shape.dims.allSatisfy(isWhole) }
      && computed.allSatisfy { $0.shape.dims.allSatisfy(isWhole) }
      && inRegions.allSatisfy { $0.shape.dims.allSatisfy(isWhole) }
  }

  // MARK: Problems

  /// Demands that no op writes an extent that nobody has given or computed.
  private func requireAll(_ request: Extraction.Request, _ needed: NeededNodes) throws {
    var known = Set(numbers.keys)
    for feed in request.feeds { try require(feed.value, in: known, request) }
    for (index, node) in state.builder.nodes.enumerated() where needed[index] {
      switch node.op {
      case .broadcast, .iota, .reshape: try require(Value(node: Int32(index)), in: known, request)
      default:
        try requireRegions(of: node, in: known, request)
        // A strided slice and its like compute an extent.
        for type in needed.types(of: index) {
          known.formUnion(state.builder.symbols.canonical(type).shape.dims.flatMap(\.symbols))
        }
      }
    }
  }

  private func require(_ value: Value, in known: Set<Int>, _ request: Extraction.Request) throws {
    let type = state.type(of: value)
    for (axis, dim) in type.shape.dims.enumerated() {
      guard let symbol = dim.symbols.first(where: { !known.contains($0) }) else { continue }
      throw open(
        symbol, "axis \(axis) of \(state.describe(value)) \(type)", state.builder.node(value).origin, request)
    }
  }

  /// Demands the extents that a node's regions take from the program around them.
  private func requireRegions(
    of node: Node, in known: Set<Int>, _ request: Extraction.Request
  ) throws {
    let wanted = state.builder.symbols.canonical(node.op).symbolsTakenByRegions.sorted()
    guard let symbol = wanted.first(where: { !known.contains($0) }) else { return }
    throw open(symbol, "what \(node.op.mnemonic) runs", node.origin, request)
  }

  private func open(
    _ symbol: Int, _ subject: String, _ origin: Origin, _ request: Extraction.Request
  ) -> DiagnosticList {
    let fed = Set(request.feeds.map(\.value))
    let owner = state.placeholders.first { placeholder in
      !fed.contains(placeholder.value)
        && state.type(of: placeholder.value).shape.dims.contains { $0.symbols.contains(symbol) }
    }
    let advice =
      owner.map { "feed \(state.describe($0.value)) \(state.type(of: $0.value)) too" }
      ?? "feed a tensor that has it"
    return DiagnosticList([
      Diagnostic(
        .run, code: "feed.extent",
        "\(subject) depends on \(Dim.symbol(symbol)), which no feed of this run decides; \(advice)",
        at: origin.location, scope: origin.scope)
    ])
  }

  private func problem(_ axis: Axis, _ clause: String, notes: [Diagnostic.Note] = []) -> Diagnostic {
    let origin = state.builder.node(axis.feed).origin
    return Diagnostic(
      .run, code: "feed.extent",
      "axis \(axis.axis) of \(state.describe(axis.feed)) is fed with \(axis.extent) element\(axis.extent == 1 ? "" : "s"), "
        + clause,
      at: origin.location, scope: origin.scope, notes: notes)
  }

  private func contradiction(_ axis: Axis) -> Diagnostic {
    guard let owner = axis.dim.symbols.lazy.compactMap({ owners[$0] }).first, let needed = rest(axis).value
    else { return problem(axis, "where the graph needs \(rest(axis))") }
    let other = state.builder.node(owner.feed).origin
    let notes = [Diagnostic.Note("the other is \(state.describe(owner.feed))", at: other.location)]
    if axis.dim == owner.dim {
      return problem(
        axis,
        "axis \(owner.axis) of \(state.describe(owner.feed)) with \(owner.extent); the graph needs them equal",
        notes: notes + meeting(of: axis, and: owner))
    }
    return problem(
      axis,
      "where the graph needs \(axis.dim) = \(needed), since axis \(owner.axis) of "
        + "\(state.describe(owner.feed)) is fed with \(owner.extent)", notes: notes)
  }

  /// What made two extents one.
  private func meeting(of first: Axis, and second: Axis) -> [Diagnostic.Note] {
    let symbols = Set(
      [first, second].flatMap { axis in
        state.builder.node(axis.feed).types[Int(axis.feed.result)].shape[axis.axis].symbols
      })
    let equation = state.equations.first { !symbols.isDisjoint(with: $0.lhs.symbols + $0.rhs.symbols) }
    guard symbols.count > 1, let equation else { return [] }
    let scope = equation.origin.scope.isEmpty ? "" : " in scope \"\(equation.origin.scope)\""
    return [Diagnostic.Note("they meet in \(equation.function)\(scope)", at: equation.origin.location)]
  }
}
