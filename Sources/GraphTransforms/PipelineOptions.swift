// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What happens beside the passes.
public struct PipelineOptions: Sendable {
  /// Called after each pass.
  public var log: (@Sendable (PassLog) -> Void)?
  /// Arguments with which the interpreter checks that each pass leaves every value as it was; slow.
  public var semanticCheck: SemanticCheck?

  public init(log: (@Sendable (PassLog) -> Void)? = nil, semanticCheck: SemanticCheck? = nil) {
    self.log = log
    self.semanticCheck = semanticCheck
  }

  func run(_ pass: Pass, on module: Module) throws -> Module {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try pass.run(module)
    let duration = start.duration(to: clock.now)
    log?(PassLog(pass: pass.name, duration: duration, before: module, after: result))
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

  public var isUnchanged: Bool { after.hasSameNodes(as: before) }
}

extension Module {
  /// Whether two modules compute the same things in the same way: equal but for names and origins.
  func hasSameNodes(as other: Module) -> Bool {
    nodes.count == other.nodes.count && results == other.results && updates == other.updates
      && zip(nodes, other.nodes).allSatisfy { $0.op == $1.op && $0.operands == $1.operands }
  }
}
