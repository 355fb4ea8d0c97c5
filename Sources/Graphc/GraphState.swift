// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Runtime

/// Everything that a graph knows, reached under its lock only.
///
/// The nodes are the builder's; names, inputs, variables and assignments are tables beside them, so that equal
/// expressions stay one node.
///
/// Unchecked: the builder is a reference that no other owner has.
struct GraphState: @unchecked Sendable {
  struct Placeholder: Sendable {
    let value: Value
    let name: String
    let origin: Origin
  }

  struct Variable: Sendable {
    let value: Value
    let name: String
    /// Static.
    let type: TensorType
    let initializer: Initializer
    /// The stream of random numbers that initialises it.
    let stream: UInt64
    let origin: Origin
  }

  struct Assignment: Sendable {
    /// An `identity` of the new value, which is never merged.
    let value: Value
    /// An index into `variables`.
    let variable: Int
    let origin: Origin
    /// The earlier assignments to the same variable on which the new value depends: this one takes their place.
    let supersedes: [Int]
  }

  /// Why two extents must be equal.
  struct Equation: Sendable {
    let lhs: Dim
    let rhs: Dim
    /// What brought them together.
    let function: String
    let origin: Origin
  }

  /// What stands for the result of an invalid expression.
  struct Poison: Hashable, Sendable {
    /// Indices into `diagnostics`, ascending.
    let causes: [Int]
    /// The type that the result would have, where that is clear.
    let type: TensorType?
  }

  let builder = ModuleBuilder(name: "graph")
  private(set) var placeholders: [Placeholder] = []
  private(set) var variables: [Variable] = []
  private(set) var assignments: [Assignment] = []
  private(set) var equations: [Equation] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var poisons: [Poison] = []

  private(set) var placeholderIndex: [Value: Int] = [:]
  private(set) var variableIndex: [Value: Int] = [:]
  private(set) var assignmentIndex: [Value: Int] = [:]
  /// By variable the assignment made last.
  private(set) var lastAssignment: [Int: Int] = [:]

  /// The first name that a value was given.
  private(set) var names: [Value: String] = [:]
  private(set) var namedValues: [String: Value] = [:]
  private var usedNames: [String: Int] = [:]
  private var namedExtents: [String: Dim] = [:]
  private var streams: UInt64 = 0
  /// The parameter that a session feeds with the key of all draws of a run; nil while nothing draws.
  private(set) var randomKey: Value?
  /// The stacks of operators that can fail in a run.
  private(set) var traces: [Value: Backtrace] = [:]

  /// What is being built, for equations and nodes.
  private(set) var currentFunction = ""

  /// How many nodes the graph had when it was finalized; nil while it may grow.
  private(set) var finalNodeCount: Int?

  mutating func finalize() { finalNodeCount = finalNodeCount ?? builder.nodes.count }

  /// - Throws: where one of the values has come since the graph was finalized.
  func checkFinality(of values: [Value]) throws(BuildError) {
    guard let finalNodeCount, let new = values.first(where: { $0.nodeIndex >= finalNodeCount }) else {
      return
    }
    throw BuildError(
      "graph.final",
      "adds \(builder.node(new).op.mnemonic) \(builder.type(of: new)) to a graph that was finalized with \(finalNodeCount) "
        + "nodes; make it before finalize()")
  }

  /// A number for whatever draws random numbers, in building order.
  mutating func nextStream() -> UInt64 {
    defer { streams += 1 }
    return streams
  }

  static let randomKeyType = TensorType(.uint32, [2])

  /// The key of all draws of a run.
  mutating func runKey() -> Value {
    if let randomKey { return randomKey }
    // No name of the graph's own: a program may have a placeholder of this name.
    let key = builder.addParameter(name: "random", type: GraphState.randomKeyType, origin: .unknown)
    builder.suggestName("random", for: key)
    randomKey = key
    return key
  }

  /// What is to become regions, by part of the builder; the first stands for the program.
  var regions: [RegionFrame] = [RegionFrame(kind: .program, parent: 0, origin: .unknown)]
  /// The parts that a node of control flow was made of.
  var partsOfNode: [Int32: [Int32]] = [:]

  /// Sets what the nodes appended from here on come from, and which region they belong to.
  mutating func begin(_ site: CallSite, scope: String, region: Int32 = 0) {
    builder.part = region
    builder.currentOrigin = Origin(location: site.location, scope: scope)
    currentFunction = site.function
  }

  /// Keeps the stack that first made some values.
  mutating func keep(_ trace: Backtrace, for values: [Value]) {
    for value in values where traces[value] == nil { traces[value] = trace }
  }

  // MARK: Names

  /// The name itself, or with the first free number behind it, within a scope.
  mutating func uniqueName(_ name: String, in scope: String) -> String {
    let full = scope.isEmpty ? name : "\(scope)/\(name)"
    guard var number = usedNames[full] else {
      usedNames[full] = 1
      return full
    }
    while usedNames["\(full)_\(number)"] != nil { number += 1 }
    usedNames[full] = number + 1
    usedNames["\(full)_\(number)"] = 1
    return "\(full)_\(number)"
  }

  /// Names a value; a value that has a name already gets an identity of its own.
  mutating func named(_ value: Value, _ name: String?) throws(BuildError) -> Value {
    guard let name else { return value }
    let value = names[value] == nil ? value : try identity(of: value)
    setName(uniqueName(name, in: builder.currentOrigin.scope), of: value)
    return value
  }

  private mutating func setName(_ name: String, of value: Value) {
    names[value] = name
    namedValues[name] = value
    builder.suggestName(name, for: value)
  }

  /// A copy of a value that is never merged with another.
  mutating func identity(of value: Value) throws(BuildError) -> Value {
    try append(.identity(IdentityOp(id: builder.freshIdentity())), [value])
  }

  // MARK: Tables

  mutating func addPlaceholder(
    _ dtype: DType, _ extents: [Extent], name: String?
  ) throws(BuildError) -> Value {
    if builder.part != 0 {
      throw BuildError(
        "placeholder.region",
        "a placeholder is fed once for a run and has no place in \(currentRegionPhrase); make it outside and use it here"
      )
    }
    let type = TensorType(dtype, Shape(extents.map { dim(of: $0) }))
    if let flaw = type.flaw {
      let advice = extents.contains { ($0.value ?? 0) < 0 } ? "; write nil where a run decides" : ""
      throw BuildError("placeholder.extent", flaw + advice)
    }
    let name = uniqueName(name ?? "placeholder", in: builder.currentOrigin.scope)
    let value = builder.addParameter(name: name, type: type)
    setName(name, of: value)
    placeholderIndex[value] = placeholders.count
    placeholders.append(Placeholder(value: value, name: name, origin: builder.node(value).origin))
    return value
  }

  /// The extent in the graph's terms; an unknown one becomes a new symbol.
  mutating func dim(of extent: Extent) -> Dim {
    switch extent.content {
    case .dim(let dim): return dim
    case .unknown: return builder.freshSymbol()
    case .named(let name):
      if let dim = namedExtents[name] { return dim }
      let dim = builder.freshSymbol()
      namedExtents[name] = dim
      return dim
    }
  }

  mutating func addVariable(_ type: TensorType, _ initializer: Initializer, name: String?) -> Value {
    let name = uniqueName(name ?? "variable", in: builder.currentOrigin.scope)
    let value = builder.addVariable(name: name, type: type)
    setName(name, of: value)
    variableIndex[value] = variables.count
    variables.append(
      Variable(
        value: value, name: name, type: type, initializer: initializer, stream: nextStream(),
        origin: builder.node(value).origin))
    return value
  }

  /// Records an assignment of a value of the variable's type and returns the new value.
  mutating func addAssignment(to variable: Int, of newValue: Value) throws(BuildError) -> Value {
    if builder.part != 0 {
      throw BuildError(
        "assign.region",
        "a variable takes its value once, at the end of a run, and cannot be assigned to in \(currentRegionPhrase); carry "
          + "the value through the loop, or return it, and assign the result")
    }
    let value = try identity(of: newValue)
    let earlier = assignments.indices.filter { assignments[$0].variable == variable }
    let supersedes = earlier.isEmpty ? [] : earlier.filter { depends(value, on: assignments[$0].value) }
    assignmentIndex[value] = assignments.count
    lastAssignment[variable] = assignments.count
    assignments.append(
      Assignment(value: value, variable: variable, origin: builder.currentOrigin, supersedes: supersedes))
    return value
  }

  /// Whether a value is computed from another.
  func depends(_ value: Value, on source: Value) -> Bool {
    guard source.node <= value.node else { return false }
    var needed = [Bool](repeating: false, count: Int(value.node - source.node) + 1)
    needed[needed.count - 1] = true
    for node in (source.nodeIndex...value.nodeIndex).reversed() where needed[node - source.nodeIndex] {
      if node == source.nodeIndex { return true }
      for operand in builder.nodes[node].operands where operand.node >= source.node {
        needed[operand.nodeIndex - source.nodeIndex] = true
      }
    }
    return false
  }

  /// Demands that two extents are equal; false when they cannot be.
  mutating func unify(_ lhs: Dim, _ rhs: Dim) -> Bool {
    let known = builder.symbols
    guard builder.unify(lhs, rhs) else { return false }
    if builder.symbols != known {
      equations.append(
        Equation(lhs: lhs, rhs: rhs, function: currentFunction, origin: builder.currentOrigin))
    }
    return true
  }

  // MARK: Poison

  mutating func record(_ diagnostic: Diagnostic) -> Int {
    diagnostics.append(diagnostic)
    return diagnostics.count - 1
  }

  /// A diagnostic of another graph, once.
  mutating func adopt(_ diagnostic: Diagnostic) -> Int {
    diagnostics.firstIndex(of: diagnostic) ?? record(diagnostic)
  }

  mutating func poison(_ causes: [Int], type: TensorType? = nil) -> Value {
    let poison = Poison(causes: Array(Set(causes)).sorted(), type: type)
    if let index = poisons.firstIndex(of: poison) { return Value(poison: index) }
    poisons.append(poison)
    return Value(poison: poisons.count - 1)
  }

  /// The diagnostics behind a poison; none for a valid value.
  func causes(of value: Value) -> [Int] { value.poisonIndex.map { poisons[$0].causes } ?? [] }

  /// The type of a value; nil for a poison of which nothing is known.
  func knownType(of value: Value) -> TensorType? {
    if let index = value.poisonIndex { return poisons[index].type }
    return builder.type(of: value)
  }
}

extension Value {
  /// The stand-in for an invalid expression; it never reaches the builder.
  init(poison index: Int) { self.init(node: Int32(-1 - index)) }

  var poisonIndex: Int? { node < 0 ? -1 - Int(node) : nil }
}
