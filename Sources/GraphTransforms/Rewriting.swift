// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Module {
  /// How often a module is gone through, and how often one node is rewritten, before the rules are taken to run in a
  /// circle.
  private static var rewriteLimit: Int { 64 }

  /// The module with rules applied until none fires.
  ///
  /// A rule's result is tried again at once; what a rule made below its result, in the next round.
  ///
  /// - Parameters:
  ///   - keepsTargets: whether there may be gradient nodes, whose value depends on how expressions are written: the
  ///     rules then spare what a gradient is taken with respect to (`RewriteSite.isTarget`).
  ///   - observe: called for each application.
  /// - Throws: `Diagnostic` of kind `bug`: for a module with gradient nodes, unless targets are kept; and for rules that
  ///   change a type or never end.
  func rewritten(
    by rules: [RewriteRule], in pass: String, keepsTargets: Bool = false,
    observe: (RewriteRule) -> Void = { _ in }
  ) throws -> Module {
    let hasGradients = nodes.contains { if case .gradient = $0.op { true } else { false } }
    if hasGradients && !keepsTargets {
      throw Diagnostic(.bug, code: "\(pass).order", "\(pass) runs before the gradients are expanded")
    }
    var module = self
    var book = RuleBook(rules)
    for _ in 0..<Module.rewriteLimit {
      var fired: [RewriteRule] = []
      var last = -1
      let targets = hasGradients ? GradientTargets(module) : nil
      let before = module
      module = try before.rebuiltWhereRewritten { index, operands, builder in
        // A look that finds something is followed by a rebuild from the start.
        if index <= last { fired = [] }
        last = index
        let node = before.nodes[index]
        targets?.note(operands, of: index)
        return try Module.rewrite(
          node, operands, builder, targets, by: &book, in: pass, observe: { fired.append($0) }
        ).map { [$0] }
      }
      fired.forEach(observe)
      if fired.isEmpty { return module }
    }
    throw Diagnostic(.bug, code: "\(pass).circle", "the rules of \(pass) never come to rest")
  }

  private static func rewrite(
    _ node: Node, _ operands: [Value], _ builder: ModuleBuilder, _ targets: GradientTargets?,
    by book: inout RuleBook, in pass: String, observe: (RewriteRule) -> Void
  ) throws -> Value? {
    guard node.types.count == 1 else { return nil }
    builder.currentOrigin = node.origin
    builder.currentOrigin.name = nil
    var result: Value?
    var site = RewriteSite(
      builder: builder, op: node.op, operands: operands, type: node.types[0], targets: targets)
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
        builder: builder, op: replacement.op, operands: replacement.operands, type: site.type,
        targets: targets)
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

/// What gradients are taken with respect to, in a program that is being rebuilt.
final class GradientTargets {
  /// The nodes of the old program whose results are targets.
  private let nodes: Set<Int>
  private let module: Module
  /// In the new program.
  private var values: Set<Value> = []

  init(_ module: Module) {
    var nodes: Set<Int> = []
    for node in module.nodes {
      guard case .gradient(let rule) = node.op else { continue }
      for target in node.operands.dropFirst(rule.targetOffset) { nodes.insert(target.nodeIndex) }
    }
    self.module = module
    self.nodes = nodes
  }

  /// Takes note of the operands that a node has in the new program.
  func note(_ operands: [Value], of index: Int) {
    for (old, new) in zip(module.nodes[index].operands, operands) where nodes.contains(old.nodeIndex) {
      values.insert(new)
    }
  }

  func contains(_ value: Value) -> Bool { values.contains(value) }
}
