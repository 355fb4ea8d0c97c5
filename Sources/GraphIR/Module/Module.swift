// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A closed, printable program: what it takes, what it computes, what it fetches and what it updates.
///
/// A module is a value. Passes are functions `(Module) throws -> Module` that rebuild it through a `ModuleBuilder`, so
/// that equal expressions are one node and what no result needs is left behind.
public struct Module: Sendable {
  /// An input, fed at each run.
  public struct Parameter: Hashable, Sendable {
    public var name: String
    public var type: TensorType
    public init(name: String, type: TensorType) {
      self.name = name
      self.type = type
    }
  }

  /// State that lives between runs. Every read within a run sees the value from before it.
  public struct Variable: Hashable, Sendable {
    public var name: String
    public var type: TensorType
    public init(name: String, type: TensorType) {
      self.name = name
      self.type = type
    }
  }

  /// A value that the run returns.
  public struct Result: Hashable, Sendable {
    public var name: String
    public var value: Value
    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// A value that a variable takes at the end of the run.
  public struct Update: Hashable, Sendable {
    /// An index into `variables`.
    public var variable: Int
    public var value: Value
    public init(variable: Int, value: Value) {
      self.variable = variable
      self.value = value
    }
  }

  public var name: String
  public var parameters: [Parameter]
  public var variables: [Variable]
  /// In topological order: operands precede users.
  public var nodes: [Node]
  public var results: [Result]
  public var updates: [Update]

  public init(
    name: String, parameters: [Parameter] = [], variables: [Variable] = [], nodes: [Node] = [],
    results: [Result] = [], updates: [Update] = []
  ) {
    self.name = name
    self.parameters = parameters
    self.variables = variables
    self.nodes = nodes
    self.results = results
    self.updates = updates
  }

  public func type(of value: Value) -> TensorType { nodes[value.nodeIndex].types[Int(value.result)] }

  /// The values that keep others alive: results and updates.
  public var roots: [Value] { results.map(\.value) + updates.map(\.value) }

  public var isStatic: Bool {
    nodes.allSatisfy { $0.types.allSatisfy(\.isStatic) && $0.op.regions.allSatisfy(\.isStatic) }
  }
}

extension Module {
  /// Rebuilds the module node by node: interns equal expressions, drops what no root needs, and infers every type
  /// again. `rewrite` may answer with other values for a node's results; nil keeps the node.
  ///
  /// - Parameter rewrite: called with the node, its operands in the new module, and the builder.
  public func rebuilt(
    parameters newParameters: [Parameter]? = nil, variables newVariables: [Variable]? = nil,
    rewrite: (Node, [Value], ModuleBuilder) throws -> [Value]? = { _, _, _ in nil }
  ) throws -> Module {
    try rebuilt(
      parameters: newParameters, variables: newVariables,
      rewritingAt: { index, operands, builder in try rewrite(nodes[index], operands, builder) })
  }

  /// Rebuilds the module as above.
  ///
  /// - Parameter rewrite: called with the index of the node, its operands in the new module, and the builder.
  public func rebuilt(
    parameters newParameters: [Parameter]? = nil, variables newVariables: [Variable]? = nil,
    rewritingAt rewrite: (Int, [Value], ModuleBuilder) throws -> [Value]?
  ) throws -> Module {
    let builder = ModuleBuilder(name: name)
    builder.parameters = newParameters ?? parameters
    builder.variables = newVariables ?? variables
    // Nodes keep their symbols, and no node that `rewrite` adds may take one of theirs.
    builder.reserveSymbols(of: builder.parameters.map(\.type) + builder.variables.map(\.type))
    builder.reserveIdentities(of: nodes, areOwn: true)
    for node in nodes {
      builder.reserveSymbols(of: node.types)
      for region in node.op.regions { builder.reserve(region.allSymbols) }
    }
    let needed = Liveness.neededNodes(
      nodes, roots: roots, declared: parameters.map(\.type) + variables.map(\.type))
    var renamed = [[Value]](repeating: [], count: nodes.count)
    for index in nodes.indices where needed[index] {
      let node = nodes[index]
      let operands = node.operands.map { renamed[$0.nodeIndex][Int($0.result)] }
      renamed[index] =
        try rewrite(index, operands, builder)
        ?? builder.append(node, operands, of: self)
    }
    let newName = { (value: Value) in renamed[value.nodeIndex][Int(value.result)] }
    return try builder.module(
      results: results.map { Result(name: $0.name, value: newName($0.value)) },
      updates: updates.map { Update(variable: $0.variable, value: newName($0.value)) })
  }

  /// Rebuilds the module as above if `rewrite` answers for any node, or if nodes may have become equal: if there are
  /// regions. Otherwise it is the module itself, which is found out without building anything.
  public func rebuiltWhereRewritten(
    _ rewrite: (Int, [Value], ModuleBuilder) throws -> [Value]?
  ) throws -> Module {
    if nodes.contains(where: { !$0.op.regions.isEmpty }) { return try rebuilt(rewritingAt: rewrite) }
    let builder = ModuleBuilder(lookingAt: self)
    for index in nodes.indices where try rewrite(index, nodes[index].operands, builder) != nil {
      return try rebuilt(rewritingAt: rewrite)
    }
    return self
  }
}
