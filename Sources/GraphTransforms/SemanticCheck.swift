// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Runs a module before and after a pass in the interpreter and compares what they give.
public struct SemanticCheck: Sendable {
  public let parameters: [NDArray]
  public let variables: [NDArray]
  /// The error that a floating-point value may have, relative to the largest of its array, in a module with dots, whose
  /// sums have no fixed order. Everything else must agree in every bit.
  public let dotTolerance: Double

  public init(parameters: [NDArray] = [], variables: [NDArray] = [], dotTolerance: Double = 1e-5) {
    self.parameters = parameters
    self.variables = variables
    self.dotTolerance = dotTolerance
  }

  /// - Throws: `Diagnostic` of kind `bug` that names the pass, and the rule where the pass consists of rules.
  func compare(_ before: Module, _ after: Module, after pass: Pass) throws {
    guard let expected = try outcome(before),
      let difference = firstDifference(expected, try outcome(after), in: after)
    else { return }
    var culprit = ""
    for rule in pass.rules {
      let rewrite = { (module: Module) in try module.rewritten(by: [rule], in: pass.name) }
      let rewritten = try rewrite(before.mappingRegions(rewrite))
      if firstDifference(expected, try outcome(rewritten), in: rewritten) != nil {
        culprit = ", by its rule '\(rule.name)'"
        break
      }
    }
    throw Diagnostic(
      .bug, code: "\(pass.name).value", "the pass \(pass.name) changes \(difference)\(culprit)")
  }

  /// What a module gives, or nil while it has gradient nodes, which have no value yet.
  private func outcome(_ module: Module) throws -> Interpreter.Outcome? {
    if module.containsAnywhere({ if case .gradient = $0 { true } else { false } }) { return nil }
    return try Interpreter.run(module, parameters: parameters, variables: variables)
  }

  private func firstDifference(
    _ expected: Interpreter.Outcome, _ given: Interpreter.Outcome?, in module: Module
  ) -> String? {
    guard let given else { return "the program: gradient nodes appeared" }
    let hasDots = module.containsAnywhere { if case .dot = $0 { true } else { false } }
    for (index, result) in module.results.enumerated()
    where !agree(expected.results[index], given.results[index], hasDots) {
      return "the result \"\(result.name)\""
    }
    for update in module.updates {
      guard
        let (old, new) = expected.updates[update.variable].flatMap({ old in
          given.updates[update.variable].map { (old, $0) }
        }), agree(old, new, hasDots)
      else {
        return "the update of @\(module.variables[update.variable].name)"
      }
    }
    return nil
  }

  private func agree(_ lhs: NDArray, _ rhs: NDArray, _ hasDots: Bool) -> Bool {
    guard lhs.type == rhs.type else { return false }
    if lhs.dtype == .string { return lhs == rhs }
    let scale = lhs.doubles.lazy.map(\.magnitude).filter(\.isFinite).max() ?? 0
    return (0..<lhs.count).allSatisfy { index in
      let (x, y) = (lhs.number(at: index), rhs.number(at: index))
      if lhs.bits(at: index) == rhs.bits(at: index) || x.isNaN && y.isNaN { return true }
      return hasDots && lhs.dtype.isFloatingPoint && (x - y).magnitude <= dotTolerance * scale
    }
  }
}
