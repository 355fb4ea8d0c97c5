// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Evaluates modules node by node with the ops' references: slow, obvious, and the yardstick for everything else.
public enum Interpreter {
  /// What a run of a module gives.
  public struct Outcome: Sendable {
    /// In the order of the module's results.
    public let results: [NDArray]
    /// By variable index; only variables that the module updates.
    public let updates: [Int: NDArray]

    public init(results: [NDArray], updates: [Int: NDArray]) {
      self.results = results
      self.updates = updates
    }
  }

  /// Runs a static module.
  ///
  /// - Parameters:
  ///   - parameters: one array a parameter, of exactly its type.
  ///   - variables: one array a variable, likewise.
  /// - Throws: `Diagnostic` for a wrong argument or for a node that has no value (an integer division by zero).
  public static func run(
    _ module: Module, parameters: [NDArray] = [], variables: [NDArray] = []
  ) throws -> Outcome {
    try DeepStack.run(levels: module.regionDepth) {
      try evaluate(module, parameters: parameters, variables: variables)
    }
  }

  private static func evaluate(
    _ module: Module, parameters: [NDArray], variables: [NDArray]
  ) throws -> Outcome {
    try check(parameters, against: module.parameters.map { ("parameter %\($0.name)", $0.type) })
    try check(variables, against: module.variables.map { ("variable @\($0.name)", $0.type) })
    var values: [[NDArray]] = []
    values.reserveCapacity(module.nodes.count)
    let value = { (value: Value) in values[value.nodeIndex][Int(value.result)] }
    for node in module.nodes {
      switch node.op {
      case .parameter(let rule): values.append([parameters[rule.index]])
      case .variable(let rule): values.append([variables[rule.index]])
      default:
        do {
          values.append(
            try node.op.evaluate(node.operands.map(value), types: node.types))
        } catch let fault {
          if let inner = fault.inner { throw inner }
          throw Diagnostic(
            .run, code: "\(node.op.mnemonic).value", "\(node.op.mnemonic): \(fault.message)",
            at: node.origin.location, scope: node.origin.scope)
        }
      }
    }
    return Outcome(
      results: module.results.map { value($0.value) },
      updates: Dictionary(
        module.updates.map { ($0.variable, value($0.value)) }, uniquingKeysWith: { $1 }))
  }

  private static func check(_ arrays: [NDArray], against types: [(String, TensorType)]) throws {
    guard arrays.count == types.count else {
      throw Diagnostic(.run, code: "run.arity", "\(types.count) values are needed, \(arrays.count) are given")
    }
    for (array, (name, type)) in zip(arrays, types) where array.type != type {
      throw Diagnostic(.run, code: "run.type", "\(name) is \(type), the value given is \(array.type)")
    }
  }
}
