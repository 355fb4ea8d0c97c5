// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A named equation, read from left to right: what an expression may be replaced by.
///
/// Rules are exact. The replacement has the same bits for every input, NaN payloads and signs apart, which no
/// processor keeps.
public struct RewriteRule: Sendable {
  /// The equation, `x · 1 = x`.
  public let name: String
  /// The ops on the left side of the equation.
  let ops: [RewriteKey]
  let apply: @Sendable (RewriteSite) throws -> Value?

  /// - Parameters:
  ///   - ops: the only ones that the rule is tried on.
  ///   - apply: the replacement for the node at a site, of the same type, or nil where the rule does not fit.
  init(
    _ name: String, on ops: RewriteKey..., apply: @escaping @Sendable (RewriteSite) throws -> Value?
  ) {
    self.name = name
    self.ops = ops
    self.apply = apply
  }
}

/// What rules are filed under, so that a node meets only those that may fit.
enum RewriteKey: Hashable {
  case any, anyFunction
  case function(ScalarFunction)
  case constant, convert, reshape, transpose, broadcast, slice, pad, reverse, concatenate, window, reduce
  case gather, scatter, dynamicSlice, dynamicUpdate
  case identity, stopGradient
  /// No rule is about this op.
  case other

  init(_ op: Op) {
    switch op {
    case .pointwise(let rule): self = .function(rule.function)
    case .constant: self = .constant
    case .convert: self = .convert
    case .reshape: self = .reshape
    case .transpose: self = .transpose
    case .broadcast: self = .broadcast
    case .slice: self = .slice
    case .pad: self = .pad
    case .reverse: self = .reverse
    case .concatenate: self = .concatenate
    case .window: self = .window
    case .gather: self = .gather
    case .scatter: self = .scatter
    case .dynamicSlice: self = .dynamicSlice
    case .dynamicUpdate: self = .dynamicUpdate
    case .reduce: self = .reduce
    case .identity: self = .identity
    case .stopGradient: self = .stopGradient
    default: self = .other
    }
  }

  /// Whether a rule on `self` is tried on a node of this key.
  func covers(_ key: RewriteKey) -> Bool {
    if self == .any || self == key { return true }
    if case .function = key { return self == .anyFunction }
    return false
  }
}

/// Rules by what they are tried on, in their order.
private struct RuleBook {
  let rules: [RewriteRule]
  private var filed: [RewriteKey: [RewriteRule]] = [:]

  init(_ rules: [RewriteRule]) { self.rules = rules }

  mutating func rules(for op: Op) -> [RewriteRule] {
    let key = RewriteKey(op)
    if let known = filed[key] { return known }
    let fitting = rules.filter { $0.ops.contains { $0.covers(key) } }
    filed[key] = fitting
    return fitting
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
    var book = RuleBook(rules)
    for _ in 0..<Module.rewriteLimit {
      var changed = false
      module = try module.rebuilt { node, operands, builder in
        guard
          let value = try Module.rewrite(
            node, operands, builder, by: &book, in: pass,
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
    _ node: Node, _ operands: [Value], _ builder: ModuleBuilder, by book: inout RuleBook,
    in pass: String, observe: (RewriteRule) -> Void
  ) throws -> Value? {
    guard node.types.count == 1 else { return nil }
    builder.currentOrigin = node.origin
    builder.currentOrigin.name = nil
    var result: Value?
    var site = RewriteSite(builder: builder, op: node.op, operands: operands, type: node.types[0])
    for _ in 0..<rewriteLimit {
      // Nothing is known of one result of several: what fits the op may stand for another of them.
      let isWhole = result.map { builder.node($0).types.count == 1 } ?? true
      guard isWhole, let (rule, value) = try firstMatch(site, book.rules(for: site.op)) else {
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
