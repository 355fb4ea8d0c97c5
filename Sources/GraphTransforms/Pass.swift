// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR

/// A named function from modules to modules. A pass changes how a module computes, never what. It is carried out in the
/// regions of a module too, the innermost first.
public struct Pass: Sendable {
  public let name: String
  /// The rewrite rules that the pass applies, alone or beside other work.
  public let rules: [RewriteRule]
  private let body: @Sendable (Module) throws -> Module

  /// - Parameter rules: those that `body` applies, so that a check can tell which one went wrong.
  public init(
    _ name: String, rules: [RewriteRule] = [], _ body: @escaping @Sendable (Module) throws -> Module
  ) {
    self.name = name
    self.rules = rules
    self.body = body
  }

  /// A pass that applies rewrite rules until none fires.
  public init(_ name: String, rules: [RewriteRule]) {
    self.init(name, rules: rules) { try $0.rewritten(by: rules, in: name) }
  }

  public func run(_ module: Module) throws -> Module { try body(module.mappingRegions(body)) }
}

extension Pass {
  /// Expands gradient nodes; see `Autodiff`.
  public static let gradients = Pass("gradients") { try Autodiff.expandGradients($0) }
  /// Exact algebra; see `RewriteRule.simplify`.
  public static let simplify = Pass("simplify", rules: RewriteRule.simplify)
  /// Evaluates what depends on constants alone, and simplifies what that leads to.
  public static let foldConstants = Pass(
    "fold-constants", rules: RewriteRule.folding + RewriteRule.simplify)
}
