// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Synchronization

/// A program within an op: a branch, or what a loop does in one step.
///
/// A region is isolated: it reads its own parameters, to which its op hands values, and nothing else of the program
/// around it. It has no variables and no updates. Regions are compared by content; names and origins are no part of it.
public struct Region: Sendable {
  /// Regions stand in one another up to here, so that whatever walks them may recurse.
  public static let greatestDepth = 256

  private let content: Content

  /// Shared, so that copies of an op are cheap and the hash is made once.
  private final class Content: Sendable {
    let module: Module
    let digest: Int
    let depth: Int
    let symbols: SymbolUse
    /// By result which parameters a gradient reaches; made when it is first asked for.
    let reach = Mutex<[[Bool]]?>(nil)
    /// By result which parameters it is computed from; likewise.
    let needs = Mutex<[[Bool]]?>(nil)

    init(_ module: Module) {
      self.module = module
      var hasher = Hasher()
      for parameter in module.parameters { hasher.combine(parameter.type) }
      for node in module.nodes {
        hasher.combine(node.op)
        hasher.combine(node.operands)
      }
      for result in module.results { hasher.combine(result.value) }
      digest = hasher.finalize()
      depth = 1 + (module.nodes.lazy.flatMap(\.op.regions).map(\.depth).max() ?? 0)
      symbols = SymbolUse(module)
    }
  }

  /// - Parameter module: without variables and updates; what else a region must be is up to its op.
  public init(_ module: Module) { content = Content(module) }

  public var module: Module { content.module }

  /// 1 for a region without regions in it.
  public var depth: Int { content.depth }

  /// Symbols of the program around it that the region's types have.
  var freeSymbols: Set<Int> { content.symbols.free }
  /// Symbols of extents that ops within leave open.
  var ownSymbols: Set<Int> { content.symbols.own }
  /// All of these, and those of regions within.
  var allSymbols: Set<Int> { content.symbols.all }

  public var parameterTypes: [TensorType] { module.parameters.map(\.type) }
  public var resultTypes: [TensorType] { module.results.map { module.type(of: $0.value) } }

  /// The result types as the program around it can know them: extents that only the region knows are unknown.
  var visibleResultTypes: [TensorType] {
    if ownSymbols.isEmpty { return resultTypes }
    return resultTypes.map { type in
      type.with(
        shape: Shape(
          type.shape.dims.map { $0.symbols.contains(where: ownSymbols.contains) ? .unknown : $0 }))
    }
  }

  /// Whether the region's types are all numbers.
  public var isStatic: Bool { allSymbols.isEmpty }
}

extension Region: Hashable {
  public static func == (lhs: Region, rhs: Region) -> Bool {
    if lhs.content === rhs.content { return true }
    let (left, right) = (lhs.module, rhs.module)
    return lhs.content.digest == rhs.content.digest && left.nodes.count == right.nodes.count
      && lhs.parameterTypes == rhs.parameterTypes
      && left.results.map(\.value) == right.results.map(\.value)
      && zip(left.nodes, right.nodes).allSatisfy {
        $0.operands == $1.operands && $0.types == $1.types && $0.op == $1.op
      }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(content.digest) }
}

/// The symbols in a region's types.
private struct SymbolUse {
  var free: Set<Int> = []
  var own: Set<Int> = []
  var all: Set<Int> = []

  init(_ module: Module) {
    for parameter in module.parameters { all.formUnion(parameter.type.symbols) }
    for node in module.nodes {
      let used = node.types.flatMap(\.symbols) + node.op.regions.flatMap(\.freeSymbols) + node.op.symbols
      if used.contains(where: { !all.contains($0) }), node.op.leavesExtentsOpen {
        let inferred = try? node.op.rule.inferTypes(node.operands.map(module.type(of:)))
        for (type, open) in zip(node.types, inferred ?? []) where type.rank == open.rank {
          for (dim, inferredDim) in zip(type.shape.dims, open.shape.dims) where inferredDim.isUnknown {
            own.formUnion(dim.symbols.filter { !all.contains($0) })
          }
        }
      }
      all.formUnion(used)
    }
    free = all.subtracting(own)
    for node in module.nodes { for region in node.op.regions { all.formUnion(region.allSymbols) } }
  }
}

extension TensorType {
  var symbols: [Int] { shape.dims.flatMap(\.symbols) }
}

extension Region {
  /// By result which parameters it is computed from.
  var needs: [[Bool]] {
    content.needs.withLock { known in
      if let known { return known }
      let needs = module.results.indices.map(parametersNeeded(forResult:))
      known = needs
      return needs
    }
  }
}

// MARK: - Gradients

extension Region {
  /// Which parameters a gradient of some results reaches.
  func parametersReached(from results: [Bool]) -> [Bool] {
    let reach = content.reach.withLock { known in
      if let known { return known }
      let reach = module.results.map { result in
        let flow = GradientFlow(in: module.nodes, from: [result.value])
        return parameterValues.map { $0.map(flow.reaches) ?? false }
      }
      known = reach
      return reach
    }
    return module.parameters.indices.map { parameter in
      results.indices.contains { results[$0] && reach[$0][parameter] }
    }
  }

  /// Why no gradient of some results reaches a parameter: a clause that follows the op's name.
  func reason(forParameter index: Int, from results: [Bool]) -> String {
    let seeds = zip(module.results, results).filter(\.1).map(\.0.value)
    guard let parameter = parameterValues[index] else { return "its region does not use it" }
    let flow = GradientFlow(in: module.nodes, from: seeds)
    guard flow.depends(on: parameter), let cut = flow.cuts(from: parameter).first else {
      return "its results do not depend on it"
    }
    let place = cut.origin.location.map { " at \($0)" } ?? ""
    return "in its region, at \(cut.mnemonic)\(place): \(cut.reason)"
  }

  /// By parameter its value in the region's module.
  private var parameterValues: [Value?] {
    var values = [Value?](repeating: nil, count: module.parameters.count)
    for (index, node) in module.nodes.enumerated() {
      if case .parameter(let rule) = node.op, values.indices.contains(rule.index) {
        values[rule.index] = Value(node: Int32(index))
      }
    }
    return values
  }
}

// MARK: - Binding

extension Region {
  /// The region with symbols replaced, every type inferred again.
  /// - Throws: `Diagnostic` of kind `run` when extents contradict what the region was built for.
  func bound(by known: [Int: Dim]) throws -> Region {
    isUntouched(by: known) ? self : Region(try module.bound(by: known))
  }

  /// The region with symbols replaced. Where types no longer fit, which its op then finds, they are as they were but
  /// for the symbols.
  func substituted(by known: [Int: Dim]) -> Region {
    if isUntouched(by: known) { return self }
    if let region = try? bound(by: known) { return region }
    var module = module
    for index in module.parameters.indices {
      module.parameters[index].type = module.parameters[index].type.bound(by: known)
    }
    module.nodes = module.nodes.map { node in
      Node(
        op: node.op.bound(by: known), operands: node.operands, types: node.types.map { $0.bound(by: known) },
        origin: node.origin)
    }
    return Region(module)
  }

  private func isUntouched(by known: [Int: Dim]) -> Bool {
    allSymbols.isEmpty || !allSymbols.contains { known[$0] != nil }
  }
}

// MARK: - Checks

extension Region {
  /// Demands that the region is one: isolated, and not nested too deep.
  func requireRegion(_ name: String) throws(ConstraintViolation) {
    let hasVariables = module.nodes.contains { if case .variable = $0.op { true } else { false } }
    if !module.variables.isEmpty || !module.updates.isEmpty || hasVariables {
      throw ConstraintViolation(.isolation, "the region '\(name)' has variables or updates of its own")
    }
    if depth > Region.greatestDepth {
      throw ConstraintViolation(
        .nesting, "regions stand in one another more than \(Region.greatestDepth) deep")
    }
  }

  /// Demands that the parameters are of these types. `role` says what value each takes.
  func requireParameters(
    _ types: [TensorType], _ name: String, _ constraint: String, role: (Int) -> String
  ) throws(ConstraintViolation) {
    let own = parameterTypes
    if own.count != types.count {
      throw ConstraintViolation(
        constraint, "the region '\(name)' takes \(counted(own.count, "value")), it is given \(types.count)")
    }
    for (index, (parameter, type)) in zip(own, types).enumerated() where parameter != type {
      throw ConstraintViolation(
        constraint, "parameter \(index) of '\(name)' is \(parameter), \(role(index)) is \(type)")
    }
  }
}
