// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Checks a module against the numbered constraints of the specification.
///
/// The builder makes no module that violates one, so what this finds is an error of this compiler: the diagnostics are
/// of the kind `bug` and show the program around the place.
public enum Verifier {
  /// - Parameter isStatic: whether the module is past the passes that bind shapes and expand gradients.
  /// - Throws: the first violation.
  public static func verify(_ module: Module, isStatic: Bool = false) throws(Diagnostic) {
    try DeepStack.run(levels: module.regionDepth) { () throws(Diagnostic) in
      var verification = Verification(module: module)
      try verification.run(isStatic: isStatic)
    }
  }
}

private struct Verification {
  enum Place {
    case header
    case node(Int)
    case root(line: Int)
  }

  let module: Module
  var place = Place.header
  var scope = SymbolScope()
  var identities: Set<Int> = []
  var parameterNodes: Set<Int> = []

  /// - Parameter scope: what a region knows of the symbols around it.
  init(module: Module, scope: SymbolScope = SymbolScope()) {
    self.module = module
    self.scope = scope
  }

  mutating func run(isStatic: Bool) throws(Diagnostic) {
    do {
      try checkHeader()
    } catch {
      throw diagnostic(for: error)
    }
    for index in module.nodes.indices {
      place = .node(index)
      try checkRegions(of: module.nodes[index], isStatic: isStatic)
      do {
        try checkNode(index)
        if isStatic { try checkStage(index) }
      } catch {
        throw diagnostic(for: error)
      }
    }
    do {
      try checkRoots()
    } catch {
      throw diagnostic(for: error)
    }
  }

  /// Regions are programs of their own, which see the symbols around them.
  private func checkRegions(of node: Node, isStatic: Bool) throws(Diagnostic) {
    for region in node.op.regions {
      // Deeper ones are refused with their op; the walk must not follow them.
      if region.depth > Region.greatestDepth { continue }
      var inner = Verification(module: region.module, scope: scope)
      do {
        try inner.run(isStatic: isStatic)
      } catch {
        var diagnostic = error
        diagnostic.notes.append(
          Diagnostic.Note("this stands in a region of \(node.op.mnemonic)", at: node.origin.location))
        throw diagnostic
      }
    }
  }

  // MARK: Header

  mutating func checkHeader() throws(ConstraintViolation) {
    try requireDistinct(module.parameters.map(\.name), "parameters")
    try requireDistinct(module.variables.map(\.name), "variables")
    let types = module.parameters.map(\.type) + module.variables.map(\.type)
    for type in types {
      if let flaw = type.flaw { throw ConstraintViolation(.types, flaw) }
      scope.introduce(type)
    }
    if let variable = module.variables.first(where: { $0.type.dtype == .string }) {
      throw ConstraintViolation(.types, "the variable '\(variable.name)' holds texts: \(variable.type)")
    }
  }

  private func requireDistinct(_ names: [String], _ noun: String) throws(ConstraintViolation) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw ConstraintViolation(.names, "two \(noun) have the name '\(name)'")
    }
  }

  // MARK: Nodes

  private func exists(_ value: Value, before limit: Int) -> Bool {
    value.nodeIndex >= 0 && value.nodeIndex < limit
      && module.nodes[value.nodeIndex].types.indices.contains(Int(value.result))
  }

  mutating func checkNode(_ index: Int) throws(ConstraintViolation) {
    let node = module.nodes[index]
    for operand in node.operands where !exists(operand, before: index) {
      let name = ValueNames(module).name(of: operand)
      throw ConstraintViolation(.references, "the operand \(name) is no result of an earlier node")
    }
    let operands = node.operands.map(module.type(of:))
    switch node.op {
    case .parameter(let rule):
      try checkLeaf(
        node,
        declared: module.parameters.indices.contains(rule.index) ? module.parameters[rule.index].type : nil)
      if !parameterNodes.insert(rule.index).inserted {
        throw ConstraintViolation(.leaves, "parameter \(rule.index) has two nodes")
      }
    case .variable(let rule):
      try checkLeaf(
        node,
        declared: module.variables.indices.contains(rule.index) ? module.variables[rule.index].type : nil)
    default:
      try node.op.requireTexts(operands)
      try scope.admit(node.op, operands, types: node.types)
    }
    for type in node.types {
      if let flaw = type.flaw { throw ConstraintViolation(.types, flaw) }
    }
    if case .identity(let rule) = node.op {
      if rule.id < 0 { throw ConstraintViolation(.identities, "the id \(rule.id) is negative") }
      if !identities.insert(rule.id).inserted {
        throw ConstraintViolation(.identities, "another identity has the id \(rule.id) too")
      }
    }
  }

  private func checkLeaf(_ node: Node, declared: TensorType?) throws(ConstraintViolation) {
    guard let declared else { throw ConstraintViolation(.leaves, "names no declaration of the module") }
    if !node.operands.isEmpty { throw ConstraintViolation(.leaves, "takes no operands") }
    if node.types != [declared] {
      let types = node.types.map(\.description).joined(separator: ", ")
      throw ConstraintViolation(.leaves, "is declared as \(declared), the node has \(types)")
    }
  }

  func checkStage(_ index: Int) throws(ConstraintViolation) {
    let node = module.nodes[index]
    if let type = node.types.first(where: { !$0.isStatic }) {
      throw ConstraintViolation(.staticTypes, "\(type) has a symbol in the static stage")
    }
    if case .gradient = node.op {
      throw ConstraintViolation(.staticOps, "a gradient is not expanded in the static stage")
    }
  }

  // MARK: Roots

  mutating func checkRoots() throws(ConstraintViolation) {
    let firstLine =
      1 + module.parameters.count + module.variables.count + module.nodes.count - parameterNodes.count
    for (index, result) in module.results.enumerated() {
      place = .root(line: firstLine + index)
      if !exists(result.value, before: module.nodes.count) {
        throw ConstraintViolation(.references, "the result '\(result.name)' is no result of a node")
      }
    }
    var updated: Set<Int> = []
    for (index, update) in module.updates.enumerated() {
      place = .root(line: firstLine + module.results.count + index)
      try Verifier.check(
        update, of: module.variables,
        type: exists(update.value, before: module.nodes.count) ? module.type(of: update.value) : nil, &updated
      )
    }
  }

  // MARK: Reporting

  func diagnostic(for violation: ConstraintViolation) -> Diagnostic {
    let lines = ModulePrinter(module, options: .init(comments: false, elementLimit: 16)).lines
    var mnemonic: String?
    var origin = Origin.unknown
    let line: Int
    switch place {
    case .header: line = 0
    case .root(let root): line = root
    case .node(let index):
      mnemonic = module.nodes[index].op.mnemonic
      origin = module.nodes[index].origin
      line = lines.firstIndex { $0.node == index } ?? 0
    }
    var diagnostic = violation.diagnostic(
      for: mnemonic, at: origin.location, scope: origin.scope,
      excerpt: Verifier.excerpt(lines.map(\.text), around: line))
    diagnostic.kind = .bug
    return diagnostic
  }
}

extension Verifier {
  /// Five lines before and after the marked one.
  static func excerpt(_ lines: [String], around marked: Int) -> String {
    let first = max(marked - 5, 0)
    let last = min(marked + 5, lines.count - 1)
    guard first <= last else { return "" }
    return (first...last).map { ($0 == marked ? "  --> " : "      ") + lines[$0] }.joined(separator: "\n")
  }

  /// Checks an update whose value has the given type, nil where the value is not there.
  static func check(
    _ update: Module.Update, of variables: [Module.Variable], type: TensorType?, _ updated: inout Set<Int>
  ) throws(ConstraintViolation) {
    guard variables.indices.contains(update.variable) else {
      throw ConstraintViolation(.updateTypes, "there is no variable \(update.variable) to update")
    }
    let variable = variables[update.variable]
    guard let type else {
      throw ConstraintViolation(.references, "the update of '\(variable.name)' is no result of a node")
    }
    if type != variable.type {
      throw ConstraintViolation(
        .updateTypes, "the variable '\(variable.name)' is \(variable.type), its update is \(type)")
    }
    if !updated.insert(update.variable).inserted {
      throw ConstraintViolation(.updateOnce, "the variable '\(variable.name)' is updated twice")
    }
  }
}

/// The symbols that a program has introduced so far.
struct SymbolScope {
  private var known: Set<Int> = []

  mutating func introduce(_ type: TensorType) {
    for dim in type.shape.dims { known.formUnion(dim.symbols) }
  }

  /// Checks a node's types against those that its op infers. Symbols of extents that the operands leave open are known
  /// from there on.
  mutating func admit(
    _ op: Op, _ operands: [TensorType], types: [TensorType]
  ) throws(ConstraintViolation) {
    let inferred = try op.rule.inferTypes(operands)
    let agrees =
      inferred.count == types.count
      && zip(inferred, types).allSatisfy { $0.dtype == $1.dtype && $0.shape.matches($1.shape) }
    if !agrees { throw SymbolScope.mismatch(inferred, types) }
    for (inferredType, type) in zip(inferred, types) {
      for (inferredDim, dim) in zip(inferredType.shape.dims, type.shape.dims) {
        if inferredDim.isUnknown, op.leavesExtentsOpen {
          known.formUnion(dim.symbols)
        } else if inferredDim != dim {
          throw SymbolScope.mismatch(inferred, types)
        } else if let symbol = dim.symbols.first(where: { !known.contains($0) }) {
          throw SymbolScope.unknown(symbol)
        }
      }
    }
    for region in op.regions {
      if let symbol = region.freeSymbols.sorted().first(where: { !known.contains($0) }) {
        throw SymbolScope.unknown(symbol)
      }
    }
  }

  private static func unknown(_ symbol: Int) -> ConstraintViolation {
    ConstraintViolation(.symbols, "nothing introduces the symbol ?\(symbol) before")
  }

  static func mismatch(_ inferred: [TensorType], _ written: [TensorType]) -> ConstraintViolation {
    let list = { (types: [TensorType]) in types.map(\.description).joined(separator: ", ") }
    return ConstraintViolation(.inference, "gives \(list(inferred)), not \(list(written)) as written")
  }
}
