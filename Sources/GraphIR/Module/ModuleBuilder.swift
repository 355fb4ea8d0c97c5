// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A growing graph that interns its nodes: the same op on the same operands is the same node.
///
/// Not thread-safe: whoever shares a builder guards it.
public final class ModuleBuilder {
  public var name: String
  public var parameters: [Module.Parameter] = []
  public var variables: [Module.Variable] = []
  public private(set) var nodes: [Node] = []
  /// What `origin: nil` means in `append`; a pass sets it while it derives nodes.
  public var currentOrigin = Origin.unknown

  /// The part of the graph that nodes are appended to: 0 for the program, another number for what is to become a region.
  /// Equal nodes of different parts are different, and no node reads one of another part.
  public var part: Int32 = 0
  /// By node its part.
  public private(set) var parts: [Int32] = []

  private var interned = NodeTable()
  private let isInterning: Bool
  private var nextSymbol = 0
  private var nextIdentity = 0
  /// The ids of the `identity` nodes.
  private var identities: Set<Int> = []
  /// What is known of symbols that have met; every type is shown, and every op appended, in its terms.
  public private(set) var symbols = SymbolEquations()

  public init(name: String = "module") {
    self.name = name
    isInterning = true
  }

  /// A builder with a module's nodes, in their places, for a look at what could be made of them: what is appended is not
  /// compared with what is there, and makes no module.
  init(lookingAt module: Module) {
    name = module.name
    parameters = module.parameters
    variables = module.variables
    nodes = module.nodes
    isInterning = false
  }

  /// The node that applies an op to operands, if it is there.
  private func existing(_ op: Op, _ operands: [Value], _ part: Int32, hash: Int) -> Int32? {
    interned.find(hash) { index in
      let node = nodes[Int(index)]
      return node.operands == operands && parts[Int(index)] == part && node.op == op
    }
  }

  public func type(of value: Value) -> TensorType {
    symbols.canonical(nodes[value.nodeIndex].types[Int(value.result)])
  }
  public func node(_ value: Value) -> Node { nodes[value.nodeIndex] }

  /// A symbol that nothing in this graph uses yet.
  public func freshSymbol() -> Dim {
    defer { nextSymbol += 1 }
    return .symbol(nextSymbol)
  }

  /// A number that no `identity` of this graph has yet.
  public func freshIdentity() -> Int {
    defer { nextIdentity += 1 }
    return nextIdentity
  }

  /// Keeps `freshIdentity` above those of these nodes.
  ///
  /// - Parameter areOwn: whether the nodes will be this builder's, so that others must not take their ids.
  func reserveIdentities(of nodes: [Node], areOwn: Bool) {
    for case .identity(let rule) in nodes.lazy.map(\.op) {
      nextIdentity = max(nextIdentity, rule.id &+ 1)
      if areOwn { identities.insert(rule.id) }
    }
  }

  /// The op itself, but for an `identity` whose id another value has by now: it gets an id of its own.
  func distinct(_ op: Op, _ operands: [Value]) -> Op {
    guard case .identity(let rule) = op, identities.contains(rule.id),
      existing(op, operands, part, hash: NodeTable.hash(op, operands, part)) == nil
    else { return op }
    return .identity(IdentityOp(id: freshIdentity()))
  }

  /// Takes two extents for the same from now on, if that is possible.
  ///
  /// Nodes keep the types they were made with; `type(of:)`, inference and `module(results:)` read them in canonical
  /// form, where two placeholders that met share a symbol.
  ///
  /// - Returns: false, and nothing is changed, when no values of the symbols make them equal.
  public func unify(_ lhs: Dim, _ rhs: Dim) -> Bool { symbols.unify(lhs, rhs) }

  /// Types without unknown extents: each takes the extent that the annotation has in its place, or a fresh symbol.
  private func named(_ types: [TensorType], _ annotated: [TensorType]) -> [TensorType] {
    var types = types
    for index in types.indices where types[index].shape.hasUnknown {
      let hints = annotated.indices.contains(index) ? annotated[index].shape.dims : []
      for axis in 0..<types[index].rank where types[index].shape[axis].isUnknown {
        let hint = hints.count == types[index].rank ? hints[axis] : nil
        types[index].shape.dims[axis] = hint.flatMap { $0.isUnknown ? nil : $0 } ?? freshSymbol()
      }
    }
    return types
  }

  /// Keeps `freshSymbol` above these types' symbols.
  public func reserveSymbols(of types: [TensorType]) {
    for type in types { reserveSymbols(of: type.shape) }
  }

  private func reserveSymbols(of shape: Shape) {
    for dim in shape.dims { reserve(dim.symbols) }
  }

  /// Keeps `freshSymbol` above these symbols.
  func reserve(_ symbols: some Sequence<Int>) {
    for symbol in symbols where symbol <= TensorType.greatestSymbol {
      nextSymbol = max(nextSymbol, symbol + 1)
    }
  }

  /// Lets two builders of one program give fresh symbols in turns.
  func continueSymbols(of other: ModuleBuilder) { nextSymbol = max(nextSymbol, other.nextSymbol) }

  // MARK: Appending

  /// Appends a node, or finds the equal one, and returns its results.
  ///
  /// - Parameter annotated: the types that the results had elsewhere, in a text or before a pass. Where the operands
  ///   leave an extent open, it is taken from here; otherwise it becomes a fresh symbol.
  /// - Throws: `ConstraintViolation` when the operands do not fit; the graph is then unchanged.
  public func appendAll(
    _ op: Op, _ operands: [Value], origin: Origin? = nil, annotated: [TensorType] = []
  ) throws(ConstraintViolation) -> [Value] {
    try appendAll(op, operands, origin: origin, annotated: annotated, known: nil)
  }

  /// - Parameter known: the types of the results, where they are known to be those that would be inferred.
  private func appendAll(
    _ op: Op, _ operands: [Value], origin: Origin?, annotated: [TensorType], known: [TensorType]?
  ) throws(ConstraintViolation) -> [Value] {
    let op = symbols.canonical(op)
    let hash = isInterning ? NodeTable.hash(op, operands, part) : 0
    if isInterning, let node = existing(op, operands, part, hash: hash) { return results(of: node) }
    let types: [TensorType]
    switch op {
    case .parameter(let rule): types = [try rule.type(in: parameters)]
    case .variable(let rule): types = [try rule.type(in: variables)]
    case _ where known != nil: types = known ?? []
    default:
      let operandTypes = operands.map(type(of:))
      try op.requireTexts(operandTypes)
      let inferred = try op.rule.inferTypes(operandTypes)
      types = op.leavesExtentsOpen ? named(inferred, annotated) : inferred
    }
    for type in types {
      if let flaw = type.flaw { throw ConstraintViolation(.types, flaw) }
    }
    reserveSymbols(of: types)
    for region in op.regions { reserve(region.allSymbols) }
    if case .identity(let rule) = op {
      nextIdentity = max(nextIdentity, rule.id &+ 1)
      identities.insert(rule.id)
    }
    let index = Int32(nodes.count)
    nodes.append(Node(op: op, operands: operands, types: types, origin: origin ?? currentOrigin))
    if isInterning {
      parts.append(part)
      interned.insert(index, hash: hash)
    }
    return results(of: index)
  }

  private func results(of node: Int32) -> [Value] {
    let count = nodes[Int(node)].types.count
    return count == 1 ? [Value(node: node)] : (0..<count).map { Value(node: node, result: Int32($0)) }
  }

  /// Appends a node of a module that is rebuilt. Its types are what they were where those of the operands are, and need
  /// not be inferred again.
  func append(_ node: Node, _ operands: [Value], of module: Module) throws(ConstraintViolation) -> [Value] {
    let isKnown =
      symbols.isEmpty && node.op.regions.isEmpty && !node.op.leavesExtentsOpen
      && operands.indices.allSatisfy { position in
        nodes.type(of: operands[position]) == module.type(of: node.operands[position])
      }
    return try appendAll(
      node.op, operands, origin: node.origin, annotated: node.types, known: isKnown ? node.types : nil)
  }

  /// Appends a node that has one result.
  public func append(
    _ op: Op, _ operands: [Value] = [], origin: Origin? = nil
  ) throws(ConstraintViolation) -> Value {
    try appendAll(op, operands, origin: origin)[0]
  }

  /// Declares an input and returns its value.
  public func addParameter(name: String, type: TensorType, origin: Origin? = nil) -> Value {
    parameters.append(Module.Parameter(name: name, type: type))
    return leaf(.parameter(ParameterOp(index: parameters.count - 1)), type, origin)
  }

  /// Declares a variable and returns its value at the start of a run.
  public func addVariable(name: String, type: TensorType, origin: Origin? = nil) -> Value {
    variables.append(Module.Variable(name: name, type: type))
    return leaf(.variable(VariableOp(index: variables.count - 1)), type, origin)
  }

  private func leaf(_ op: Op, _ type: TensorType, _ origin: Origin?) -> Value {
    reserveSymbols(of: type.shape)
    let index = Int32(nodes.count)
    nodes.append(Node(op: op, operands: [], types: [type], origin: origin ?? currentOrigin))
    parts.append(0)
    interned.insert(index, hash: NodeTable.hash(op, [], 0))
    return Value(node: index)
  }

  /// A parameter of a part that is to become a region; it is none of the program's.
  public func addPartParameter(_ type: TensorType, part: Int32) -> Value {
    let index = nodes.count
    let value = leaf(.parameter(ParameterOp(index: -1 - index)), type, nil)
    parts[index] = part
    return value
  }

  /// Sets the name that a node is shown under, when it has none yet.
  public func suggestName(_ name: String, for value: Value) {
    if nodes[value.nodeIndex].origin.name == nil { nodes[value.nodeIndex].origin.name = name }
  }

  // MARK: Finishing

  /// The closed module with these roots. Nodes that no root needs are dropped, parameters and variables are kept.
  public func module(results: [Module.Result], updates: [Module.Update] = []) throws -> Module {
    let needed = try neededNodes(results.map(\.value) + updates.map(\.value))
    var newIndex = [Int32](repeating: -1, count: nodes.count)
    var kept: [Node] = []
    let rename = { (value: Value) in Value(node: newIndex[value.nodeIndex], result: value.result) }
    for index in nodes.indices where needed[index] {
      let node = nodes[index]
      newIndex[index] = Int32(kept.count)
      kept.append(
        Node(
          op: symbols.canonical(node.op), operands: node.operands.map(rename),
          types: node.types.map(symbols.canonical), origin: node.origin))
    }
    return Module(
      name: name,
      parameters: parameters.map { Module.Parameter(name: $0.name, type: symbols.canonical($0.type)) },
      variables: variables, nodes: kept,
      results: results.map { Module.Result(name: $0.name, value: rename($0.value)) },
      updates: updates.map { Module.Update(variable: $0.variable, value: rename($0.value)) })
  }

  private func neededNodes(_ roots: [Value]) throws -> [Bool] {
    let declared = parameters.map(\.type) + variables.map(\.type)
    let needed = Liveness.neededNodes(nodes, parts: parts, roots: roots, declared: declared)
    if symbols.isEmpty { return needed }
    try settleOpenExtents(needed)
    // Again, with the symbols that are left.
    let settled = nodes.map { node in
      Node(
        op: node.op, operands: node.operands, types: node.types.map(symbols.canonical), origin: node.origin)
    }
    return Liveness.neededNodes(
      settled, parts: parts, roots: roots, declared: declared.map(symbols.canonical))
  }

  /// Infers extents that operands left open again, now that symbols have met: what is known by now becomes equations.
  private func settleOpenExtents(_ needed: [Bool]) throws {
    var settled = symbols
    repeat {
      settled = symbols
      for index in nodes.indices where needed[index] && nodes[index].op.leavesExtentsOpen {
        let node = nodes[index]
        let op = symbols.canonical(node.op)
        do throws(ConstraintViolation) {
          let inferred = try op.rule.inferTypes(node.operands.map(type(of:)))
          for (type, old) in zip(inferred, node.types) {
            for (dim, extent) in zip(type.shape.dims, old.shape.dims) where !dim.isUnknown {
              if !unify(dim, extent) { throw SymbolScope.mismatch([type], [symbols.canonical(old)]) }
            }
          }
        } catch {
          throw error.diagnostic(for: op.mnemonic, at: node.origin.location, scope: node.origin.scope)
        }
      }
    } while settled != symbols
  }
}
