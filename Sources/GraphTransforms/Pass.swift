// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR

/// A named function from modules to modules. A pass changes how a module computes, never what. It is carried out in the
/// regions of a module too, the innermost first.
public struct Pass: Sendable {
  public let name: String
  /// The rewrite rules that the pass applies, alone or beside other work.
  public let rules: [RewriteRule]
  /// Called for each application of a rule.
  typealias Observer = (RewriteRule) -> Void
  private let body: @Sendable (Module, Observer) throws -> Module

  public init(_ name: String, _ body: @escaping @Sendable (Module) throws -> Module) {
    self.init(name, rules: []) { module, _ in try body(module) }
  }

  /// - Parameter rules: those that `body` applies, so that a check can tell which one went wrong.
  init(
    _ name: String, rules: [RewriteRule], _ body: @escaping @Sendable (Module, Observer) throws -> Module
  ) {
    self.name = name
    self.rules = rules
    self.body = body
  }

  /// A pass that applies rewrite rules until none fires.
  public init(_ name: String, rules: [RewriteRule]) {
    self.init(name, rules: rules) { try $0.rewritten(by: rules, in: name, observe: $1) }
  }

  public func run(_ module: Module) throws -> Module { try run(module, observe: { _ in }) }

  func run(_ module: Module, observe: Observer) throws -> Module {
    try body(module.mappingRegions { try body($0, observe) }, observe)
  }
}

extension Pass {
  /// Rewrites logarithms and exponentials that lose precision on their way; see `RewriteRule.stabilizing`.
  public static let stabilize = Pass("stabilize", rules: RewriteRule.stabilizing) { module, observe in
    try module.rewritten(
      by: RewriteRule.stabilizing, in: "stabilize", keepsTargets: true, observe: observe)
  }
  /// Expands gradient nodes; see `Autodiff`.
  public static let gradients = Pass("gradients") { try Autodiff.expandOuterGradients($0) }
  /// Algebra; see `RewriteRule.simplify`.
  public static let simplify = simplify(RewriteOptions())
  public static func simplify(_ options: RewriteOptions) -> Pass {
    Pass("simplify", rules: RewriteRule.simplifying(options))
  }
  /// Evaluates what depends on constants alone, and simplifies what that leads to.
  public static let foldConstants = foldConstants(RewriteOptions())
  public static func foldConstants(_ options: RewriteOptions) -> Pass {
    let rules = RewriteRule.folding + RewriteRule.simplifying(options)
    return Pass("fold-constants", rules: rules) { module, observe in
      // Few programs have constants to fold; regions may have changed since they were simplified.
      var folds = module.hasRegions
      let folded = try module.rewritten(by: RewriteRule.folding, in: "fold-constants") { rule in
        folds = true
        observe(rule)
      }
      return folds ? try folded.rewritten(by: rules, in: "fold-constants", observe: observe) : folded
    }
  }
}
