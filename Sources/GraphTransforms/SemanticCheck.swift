// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Runs a module before and after a pass in the interpreter and compares what they give.
public struct SemanticCheck: Sendable {
  public let parameters: [NDArray]
  public let variables: [NDArray]
  /// The error that a floating-point value may have, relative to the largest of its array, in a module with dots, whose
  /// sums have no fixed order. Everything else must agree in every bit.
  public let dotTolerance: Double
  /// The same for a pass with rules that round differently. What was no finite number may have become one.
  public let roundingTolerance: Double

  public init(
    parameters: [NDArray] = [], variables: [NDArray] = [], dotTolerance: Double = 1e-5,
    roundingTolerance: Double = 1e-4
  ) {
    self.parameters = parameters
    self.variables = variables
    self.dotTolerance = dotTolerance
    self.roundingTolerance = roundingTolerance
  }

  /// A check with numbers that are made up: small ones of both signs, small indices, both truths.
  ///
  /// - Parameter module: static.
  public init(madeUpFor module: Module) {
    let array = { (type: TensorType, seed: Int) in
      NDArray(dtype: type.dtype, shape: type.shape.extents ?? []) { index in
        // The golden ratio's multiples fill an interval evenly.
        let fraction = (Double(index + 31 * seed + 1) * 0.618_033_988_749_894_9)
          .truncatingRemainder(dividingBy: 1)
        switch type.dtype {
        case .bool: return fraction < 0.5 ? 0 : 1
        case _ where type.dtype.isFloatingPoint: return type.dtype.bits(rounding: 3 * fraction - 1)
        default: return UInt64(fraction * 2)
        }
      }
    }
    self.init(
      parameters: module.parameters.enumerated().map { array($1.type, $0) },
      variables: module.variables.enumerated().map { array($1.type, $0 + module.parameters.count) })
  }

  /// - Throws: `Diagnostic` of kind `bug` that names the pass, and the rule where the pass consists of rules.
  func compare(_ before: Module, _ after: Module, after pass: Pass) throws {
    // A program that fails, for these numbers, gives nothing to compare.
    guard let expected = try? outcome(before) else { return }
    let rounds = pass.rules.contains { $0.exactness == .rounding }
    guard let difference = firstDifference(expected, try outcome(after), in: after, rounds) else { return }
    var culprit = ""
    for rule in pass.rules {
      let rewrite = { (module: Module) in
        try module.rewritten(by: [rule], in: pass.name, keepsTargets: true)
      }
      let rewritten = try rewrite(before.mappingRegions(rewrite))
      let rounds = rule.exactness == .rounding
      if firstDifference(expected, try outcome(rewritten), in: rewritten, rounds) != nil {
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
    _ expected: Interpreter.Outcome, _ given: Interpreter.Outcome?, in module: Module, _ rounds: Bool
  ) -> String? {
    guard let given else { return "the program: gradient nodes appeared" }
    let hasDots = module.containsAnywhere { if case .dot = $0 { true } else { false } }
    let tolerance = max(hasDots ? dotTolerance : 0, rounds ? roundingTolerance : 0)
    for (index, result) in module.results.enumerated()
    where !agree(expected.results[index], given.results[index], tolerance, rounds) {
      return "the result \"\(result.name)\""
    }
    for update in module.updates {
      guard
        let (old, new) = expected.updates[update.variable].flatMap({ old in
          given.updates[update.variable].map { (old, $0) }
        }), agree(old, new, tolerance, rounds)
      else {
        return "the update of @\(module.variables[update.variable].name)"
      }
    }
    return nil
  }

  private func agree(_ lhs: NDArray, _ rhs: NDArray, _ tolerance: Double, _ rounds: Bool) -> Bool {
    guard lhs.type == rhs.type else { return false }
    if lhs.dtype == .string { return lhs == rhs }
    let scale = lhs.doubles.lazy.map(\.magnitude).filter(\.isFinite).max() ?? 0
    return (0..<lhs.count).allSatisfy { index in
      let (x, y) = (lhs.number(at: index), rhs.number(at: index))
      if lhs.bits(at: index) == rhs.bits(at: index) || x.isNaN && y.isNaN { return true }
      guard lhs.dtype.isFloatingPoint, tolerance > 0 else { return false }
      return (x - y).magnitude <= tolerance * scale || rounds && !x.isFinite
    }
  }
}
