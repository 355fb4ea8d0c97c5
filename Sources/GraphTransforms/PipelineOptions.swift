// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What happens beside the passes.
public struct PipelineOptions: Sendable {
  /// Whether every pass's result is held against the specification's constraints, so that the pass that breaks one is
  /// named and not the one that stumbles over it.
  public var verify: Bool
  /// Called after each pass.
  public var log: (@Sendable (PassLog) -> Void)?
  /// Arguments with which the interpreter checks that each pass leaves every value as it was; slow.
  public var semanticCheck: SemanticCheck?

  public init(
    verify: Bool = false, log: (@Sendable (PassLog) -> Void)? = nil, semanticCheck: SemanticCheck? = nil
  ) {
    self.verify = verify
    self.log = log
    self.semanticCheck = semanticCheck
  }

  func run(_ pass: Pass, on module: Module) throws -> Module {
    let clock = ContinuousClock()
    let start = clock.now
    let result: Module
    if let log {
      var firings: [String: Int] = [:]
      result = try pass.run(module) { firings[$0.name, default: 0] += 1 }
      let duration = start.duration(to: clock.now)
      let counts = pass.rules.compactMap { rule in firings[rule.name].map { (rule.name, $0) } }
      log(PassLog(pass: pass.name, duration: duration, before: module, after: result, firings: counts))
    } else {
      result = try pass.run(module)
    }
    if verify {
      do {
        try Verifier.verify(result)
      } catch {
        var diagnostic = error
        diagnostic.notes.append(Diagnostic.Note("the pass \(pass.name) made this module"))
        throw diagnostic
      }
    }
    try semanticCheck?.compare(module, result, after: pass)
    return result
  }
}

/// What one pass did.
public struct PassLog: Sendable {
  public let pass: String
  public let duration: Duration
  public let before: Module
  public let after: Module
  /// How often each rule was applied that was, in the order of the pass's rules.
  public let firings: [(rule: String, count: Int)]

  public var isUnchanged: Bool { after.hasSameNodes(as: before) }

  /// The module after the pass, or `(unchanged)`.
  public var text: String { isUnchanged ? "(unchanged)\n" : after.description }
}

extension Module {
  /// Whether two modules compute the same things in the same way: equal but for names and origins.
  public func hasSameNodes(as other: Module) -> Bool {
    nodes.count == other.nodes.count && results == other.results && updates == other.updates
      && zip(nodes, other.nodes).allSatisfy { $0.op == $1.op && $0.operands == $1.operands }
  }
}
