// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension ModuleBuilder {
  /// Appends what a region computes from these values, and returns its results.
  public func inline(_ region: Region, _ arguments: [Value]) throws(ConstraintViolation) -> [Value] {
    let module = region.module
    var renamed: [[Value]] = []
    renamed.reserveCapacity(module.nodes.count)
    reserveIdentities(of: module.nodes, areOwn: false)
    for node in module.nodes {
      if case .parameter(let rule) = node.op {
        renamed.append([arguments[rule.index]])
      } else {
        let operands = node.operands.map { renamed[$0.nodeIndex][Int($0.result)] }
        // A region that runs on other values is another use of its identities.
        renamed.append(
          try appendAll(
            distinct(node.op, operands), operands, origin: node.origin, annotated: node.types))
      }
    }
    return module.results.map { renamed[$0.value.nodeIndex][Int($0.value.result)] }
  }
}

extension Region {
  /// A region whose results `body` makes of its parameters.
  ///
  /// - Parameter parameters: their names, which are made different, and types.
  public static func build(
    _ parameters: [Module.Parameter], _ body: (ModuleBuilder, [Value]) throws -> [Value]
  ) throws -> Region {
    let builder = ModuleBuilder(name: "region")
    let names = ValueNames.identifiers(parameters.map(\.name))
    let values = zip(parameters, names).map { parameter, name in
      builder.addParameter(name: name, type: parameter.type)
    }
    return Region(try builder.module(results: try body(builder, values)))
  }

  /// A module's results as those of a region have them, without names.
  static func results(_ values: [Value]) -> [Module.Result] {
    values.map { Module.Result(name: "", value: $0) }
  }

  /// The parameters with their names, for a region that takes the same values and others.
  public var parameters: [Module.Parameter] { module.parameters }
}

extension ModuleBuilder {
  /// The closed module with these results, which need no names.
  public func module(results: [Value]) throws -> Module { try module(results: Region.results(results)) }
}
