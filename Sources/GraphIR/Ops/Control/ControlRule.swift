// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A rule of an op that runs regions.
public protocol ControlRule: OpRule {
  /// In the order of the documentation.
  var regions: [Region] { get }

  /// The same op with other regions, as many.
  func replacing(_ regions: [Region]) -> Self
}

extension ControlRule {
  public var lowering: LoweringClass { .control }

  public var leavesExtentsOpen: Bool { regions.contains { !$0.ownSymbols.isEmpty } }

  public func bound(by bindings: [Int: Dim]) -> Self {
    replacing(regions.map { $0.substituted(by: bindings) })
  }

  /// Demands at least one result, and regions that are sound.
  func requireRegions(_ names: [String], resultCount: Int) throws(ConstraintViolation) {
    for (name, region) in zip(names, regions) { try region.requireRegion(name) }
    if resultCount < 1 { throw ConstraintViolation("C1", "has no result") }
  }
}

extension Op {
  /// The regions that the op runs.
  public var regions: [Region] {
    switch self {
    case .cond(let rule): rule.regions
    case .while(let rule): rule.regions
    case .scan(let rule): rule.regions
    case .call(let rule): rule.regions
    default: []
    }
  }

  /// The same op with other regions, as many.
  public func replacing(_ regions: [Region]) -> Op {
    switch self {
    case .cond(let rule): .cond(rule.replacing(regions))
    case .while(let rule): .while(rule.replacing(regions))
    case .scan(let rule): .scan(rule.replacing(regions))
    case .call(let rule): .call(rule.replacing(regions))
    default: self
    }
  }

  /// The types of all values in the op's regions, those within regions included.
  public var typesInRegions: [TensorType] {
    regions.flatMap { region in region.module.nodes.flatMap { $0.types + $0.op.typesInRegions } }
  }

  /// The symbols that the op's regions, and the number of its steps, take from the program around it.
  public var symbolsTakenByRegions: Set<Int> {
    regions.reduce(into: Set(symbols)) { $0.formUnion($1.freeSymbols) }
  }

  /// Symbols of an op's own that no type of its node need have.
  var symbols: [Int] {
    if case .scan(let rule) = self { return rule.length.symbols }
    return []
  }
}

extension Module {
  /// The same program with every region replaced, the innermost first.
  ///
  /// - Parameter change: called once for each distinct region, with a module whose own regions are replaced already.
  public func mappingRegions(_ change: (Module) throws -> Module) throws -> Module {
    var known: [Region: Region] = [:]
    return try mappingRegions(change, &known)
  }

  private func mappingRegions(
    _ change: (Module) throws -> Module, _ known: inout [Region: Region]
  ) throws -> Module {
    guard nodes.contains(where: { !$0.op.regions.isEmpty }) else { return self }
    var module = self
    for index in nodes.indices {
      let regions = nodes[index].op.regions
      if regions.isEmpty { continue }
      var changed: [Region] = []
      for region in regions {
        if known[region] == nil {
          known[region] = Region(try change(region.module.mappingRegions(change, &known)))
        }
        changed.append(known[region] ?? region)
      }
      let node = nodes[index]
      module.nodes[index] = Node(
        op: node.op.replacing(changed), operands: node.operands, types: node.types, origin: node.origin)
    }
    return module
  }

  /// Whether a node of the module, or of a region at any depth, is of this kind.
  public func containsAnywhere(_ isWanted: (Op) -> Bool) -> Bool {
    nodes.contains { node in
      isWanted(node.op) || node.op.regions.contains { $0.module.containsAnywhere(isWanted) }
    }
  }
}

extension Interpreter {
  /// What a region gives for these arrays.
  static func run(_ region: Region, _ arguments: [NDArray]) throws(EvaluationFault) -> [NDArray] {
    do {
      return try run(region.module, parameters: arguments).results
    } catch let diagnostic as Diagnostic {
      throw EvaluationFault(within: diagnostic)
    } catch {
      throw EvaluationFault("\(error)")
    }
  }
}

extension NDArray {
  /// The part of the array at one index of its first axis.
  func slice(at index: Int) -> NDArray {
    let count = shape.dropFirst().reduce(1, *)
    return NDArray(dtype: dtype, shape: Array(shape.dropFirst())) { bits(at: index * count + $0) }
  }

  /// Arrays of one type, one behind the other along a new first axis.
  static func stacked(_ parts: [NDArray], _ type: TensorType) throws(EvaluationFault) -> NDArray {
    let extents = try staticExtents(type)
    let count = extents.dropFirst().reduce(1, *)
    return NDArray(dtype: type.dtype, shape: extents) { parts[$0 / count].bits(at: $0 % count) }
  }
}
