// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A named equation, read from left to right: what an expression may be replaced by.
///
/// Rules are exact. The replacement has the same bits for every input, NaN payloads and signs apart, which no
/// processor keeps.
public struct RewriteRule: Sendable {
  /// The equation, `x · 1 = x`.
  public let name: String
  let apply: @Sendable (RewriteSite) throws -> Value?

  /// - Parameter apply: the replacement for the node at a site, of the same type, or nil where the rule does not fit.
  init(_ name: String, _ apply: @escaping @Sendable (RewriteSite) throws -> Value?) {
    self.name = name
    self.apply = apply
  }
}

extension Module {
  /// How often a module is gone through, and how often one node is rewritten, before the rules are taken to run in a
  /// circle.
  private static var rewriteLimit: Int { 64 }

  /// The module with rules applied until none fires.
  ///
  /// A rule's result is tried again at once; what a rule made below its result, in the next round.
  ///
  /// - Parameter observe: called for each application.
  /// - Throws: `Diagnostic` of kind `bug`: for a module with gradient nodes, whose value depends on how expressions
  ///   are written; and for rules that change a type or never end.
  func rewritten(
    by rules: [RewriteRule], in pass: String, observe: (RewriteRule) -> Void = { _ in }
  ) throws -> Module {
    if nodes.contains(where: { if case .gradient = $0.op { true } else { false } }) {
      throw Diagnostic(.bug, code: "\(pass).order", "\(pass) runs before the gradients are expanded")
    }
    var module = self
    for _ in 0..<Module.rewriteLimit {
      var changed = false
      module = try module.rebuilt { node, operands, builder in
        guard
          let value = try Module.rewrite(
            node, operands, builder, by: rules, in: pass,
            observe: {
              changed = true
              observe($0)
            })
        else { return nil }
        return [value]
      }
      if !changed { return module }
    }
    throw Diagnostic(.bug, code: "\(pass).circle", "the rules of \(pass) never come to rest")
  }

  private static func rewrite(
    _ node: Node, _ operands: [Value], _ builder: ModuleBuilder, by rules: [RewriteRule], in pass: String,
    observe: (RewriteRule) -> Void
  ) throws -> Value? {
    guard node.types.count == 1 else { return nil }
    builder.currentOrigin = node.origin
    builder.currentOrigin.name = nil
    var result: Value?
    var site = RewriteSite(builder: builder, op: node.op, operands: operands, type: node.types[0])
    for _ in 0..<rewriteLimit {
      guard let (rule, value) = try firstMatch(site, rules) else {
        if let name = node.origin.name, let result, !builder.node(result).operands.isEmpty {
          builder.suggestName(name, for: result)
        }
        return result
      }
      if builder.type(of: value) != site.type {
        throw Diagnostic(
          .bug, code: "\(pass).type", "'\(rule.name)' turns \(site.type) into \(builder.type(of: value))",
          at: node.origin.location, scope: node.origin.scope)
      }
      observe(rule)
      result = value
      let replacement = builder.node(value)
      site = RewriteSite(
        builder: builder, op: replacement.op, operands: replacement.operands, type: site.type)
    }
    throw Diagnostic(
      .bug, code: "\(pass).circle", "the rules of \(pass) never come to rest at \(node.op.mnemonic)",
      at: node.origin.location, scope: node.origin.scope)
  }

  private static func firstMatch(
    _ site: RewriteSite, _ rules: [RewriteRule]
  ) throws -> (RewriteRule, Value)? {
    for rule in rules {
      if let value = try rule.apply(site) { return (rule, value) }
    }
    return nil
  }
}
