// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The part of a graph that one kind of run needs, as a module.
struct Extraction {
  /// What the run is about. Feeds are in ascending order of their values.
  struct Request {
    var fetches: [Value]
    var targets: [Value]
    var feeds: [(value: Value, type: TensorType)]
  }

  /// With the graph's symbols in its types.
  let module: Module
  /// The numbers that the feeds give the symbols.
  let bindings: [Int: Int]
  /// For each variable of the module its index in the graph.
  let variables: [Int]
  /// The variables of the module whose values from before the run are not read.
  let unreadVariables: Set<Int>
  /// Whether the module draws random numbers. Then its last parameter is the run's key.
  let drawsNumbers: Bool

  /// - Throws: `DiagnosticList` naming what is missing or does not fit: feeds, extents, assignments.
  init(_ request: Request, from state: GraphState) throws {
    let strays = Extraction.strays(
      request.fetches, request.targets, feeds: request.feeds.map(\.value), in: state)
    if !strays.isEmpty { throw DiagnosticList(strays) }
    let nodes = state.builder.nodes
    let symbols = state.builder.symbols
    let fed = Set(request.feeds.map(\.value))
    let needed = NeededNodes(request.fetches + request.targets, fed: fed, in: nodes)
    let missing = Extraction.missingFeeds(needed, state)
    if !missing.isEmpty { throw DiagnosticList(missing) }
    let updates = try Extraction.updates(needed, state)
    bindings = try ExtentBinding(request, needed: needed, from: state).numbers

    var module = Module(name: "run")
    var renamed: [Value: Value] = [:]
    var names = NameList()
    for (index, feed) in request.feeds.enumerated() {
      let node = nodes[feed.value.nodeIndex]
      let type = symbols.canonical(node.types[Int(feed.value.result)])
      let name = names.unique(state.names[feed.value] ?? "p")
      module.parameters.append(Module.Parameter(name: name, type: type))
      renamed[feed.value] = Value(node: Int32(module.nodes.count))
      module.nodes.append(
        Node(op: .parameter(ParameterOp(index: index)), operands: [], types: [type], origin: node.origin))
    }
    drawsNumbers = state.randomKey.map { needed[$0.nodeIndex] } ?? false
    if drawsNumbers {
      module.parameters.append(Module.Parameter(name: names.unique("random"), type: GraphState.randomKeyType))
    }
    var variables: [Int] = []
    var unread: Set<Int> = []
    var moduleIndex: [Int: Int] = [:]
    let variable = { (index: Int) -> Int in
      if let known = moduleIndex[index] { return known }
      let declared = state.variables[index]
      module.variables.append(Module.Variable(name: declared.name, type: declared.type))
      variables.append(index)
      moduleIndex[index] = variables.count - 1
      return variables.count - 1
    }
    for index in nodes.indices where needed[index] {
      let node = nodes[index]
      var op = symbols.canonical(node.op)
      switch node.op {
      case .variable(let rule): op = .variable(VariableOp(index: variable(rule.index)))
      case .parameter: op = .parameter(ParameterOp(index: module.parameters.count - 1))
      default: break
      }
      let position = Int32(module.nodes.count)
      module.nodes.append(
        Node(
          op: op, operands: needed.operands(of: index).compactMap { renamed[$0] },
          types: needed.types(of: index).map(symbols.canonical), origin: node.origin))
      for (place, result) in needed.results(of: index).enumerated() {
        let old = Value(node: Int32(index), result: Int32(result))
        renamed[old] = renamed[old] ?? Value(node: position, result: Int32(place))
      }
    }
    var resultNames = NameList()
    module.results = request.fetches.compactMap { fetch in
      renamed[fetch].map {
        Module.Result(name: resultNames.unique(state.names[fetch] ?? "result"), value: $0)
      }
    }
    module.updates = updates.compactMap { update in
      guard let value = renamed[update.value] else { return nil }
      if moduleIndex[update.variable] == nil { unread.insert(variable(update.variable)) }
      return Module.Update(variable: variable(update.variable), value: value)
    }
    self.module = module
    self.variables = variables
    unreadVariables = unread
  }

  /// The module with a number for every extent.
  /// - Throws: `Diagnostic` when the feeds leave an extent open, or do not fit together.
  func boundModule() throws -> Module {
    let module = try self.module.bound(by: bindings)
    guard let node = module.nodes.first(where: { !$0.types.allSatisfy(\.isStatic) }) else { return module }
    throw Diagnostic(
      .run, code: "feed.open",
      "\(node.op.mnemonic): nothing that is fed gives the extents of \(node.types[0]) their numbers; feed a tensor that "
        + "shares them", at: node.origin.location, scope: node.origin.scope)
  }

  // MARK: Steps

  /// A diagnostic for each value that exists in a region only: it has no one value in a run.
  static func strays(
    _ fetches: [Value], _ targets: [Value], feeds: [Value], in state: GraphState
  ) -> [Diagnostic] {
    let roles = [(fetches, "fetched"), (targets, "a target"), (feeds, "fed")]
    return roles.flatMap { values, role in
      values.filter { state.part(of: $0) != 0 }.map { value in
        let origin = state.builder.node(value).origin
        let place = state.regions[Int(state.part(of: value))].kind.rawValue
        return Diagnostic(
          .run, code: "run.region",
          "\(state.describe(value)) is \(role), and exists only in \(place); return it from there, and take the result",
          at: origin.location, scope: origin.scope)
      }
    }
  }

  /// A diagnostic for each placeholder that these fetches and targets want and these feeds lack.
  static func missingFeeds(_ roots: [Value], fed: Set<Value>, in state: GraphState) -> [Diagnostic] {
    missingFeeds(NeededNodes(roots, fed: fed, in: state.builder.nodes), state)
  }

  private static func missingFeeds(_ needed: NeededNodes, _ state: GraphState) -> [Diagnostic] {
    state.placeholders.filter { needed[$0.value.nodeIndex] }.map { placeholder in
      Diagnostic(
        .run, code: "feed.missing",
        "placeholder \"\(placeholder.name)\" \(state.type(of: placeholder.value)) is needed by this run and is "
          + "not fed; pass it in feeding:", at: placeholder.origin.location, scope: placeholder.origin.scope)
    }
  }

  /// The assignment that decides each variable's next value. Of several the last counts, if it builds on the others;
  /// otherwise they contradict each other.
  private static func updates(
    _ needed: NeededNodes, _ state: GraphState
  ) throws -> [(variable: Int, value: Value)] {
    let assignments = state.assignments
    let reached = assignments.indices.filter { needed[assignments[$0].value.nodeIndex] }
    var chosen: [Int: Int] = [:]
    var conflicts: [Diagnostic] = []
    for index in reached {
      let assignment = assignments[index]
      if let earlier = chosen[assignment.variable], !assignment.supersedes.contains(earlier) {
        conflicts.append(
          Diagnostic(
            .graph, code: "assign.twice",
            "variable \"\(state.variables[assignment.variable].name)\" is assigned twice in one run; run the "
              + "assignments one after the other, or build the second on pending(_:)",
            at: assignment.origin.location, scope: assignment.origin.scope,
            notes: [Diagnostic.Note("the other assignment", at: assignments[earlier].origin.location)]))
      }
      chosen[assignment.variable] = index
    }
    if !conflicts.isEmpty { throw DiagnosticList(conflicts) }
    return chosen.sorted { $0.key < $1.key }.map { ($0.key, assignments[$0.value].value) }
  }
}

/// Names that are made different by a number.
private struct NameList {
  private var used: Set<String> = []
  /// By name the number to go on with, so that a thousand equal names take a thousand steps.
  private var next: [String: Int] = [:]

  mutating func unique(_ name: String) -> String {
    if used.insert(name).inserted { return name }
    var number = next[name] ?? 1
    while !used.insert("\(name)_\(number)").inserted { number += 1 }
    next[name] = number + 1
    return "\(name)_\(number)"
  }
}
