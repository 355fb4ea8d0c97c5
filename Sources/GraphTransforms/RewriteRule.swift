// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A named equation, read from left to right: what an expression may be replaced by.
public struct RewriteRule: Sendable {
  /// How far an equation holds.
  public enum Exactness: String, Sendable {
    /// The replacement has the same bits for every input, NaN payloads and signs apart, which no processor keeps. Sums of
    /// products have no fixed order (`IR/SPEC.md`), and count as the same where they are.
    case exact
    /// The replacement rounds differently: no worse, but for a rounding or two, and where the expression overflows or
    /// cancels far better.
    case rounding
  }

  /// The equation, `x · 1 = x`.
  public let name: String
  public let exactness: Exactness
  /// The ops on the left side of the equation.
  let ops: [RewriteKey]
  let apply: @Sendable (RewriteSite) throws -> Value?

  /// - Parameters:
  ///   - ops: the only ones that the rule is tried on.
  ///   - apply: the replacement for the node at a site, of the same type, or nil where the rule does not fit.
  init(
    _ name: String, _ exactness: Exactness = .exact, on ops: RewriteKey...,
    apply: @escaping @Sendable (RewriteSite) throws -> Value?
  ) {
    self.name = name
    self.exactness = exactness
    self.ops = ops
    self.apply = apply
  }
}

/// What rules are filed under, so that a node meets only those that may fit.
enum RewriteKey: Hashable {
  case any, anyFunction
  case function(ScalarFunction)
  case constant, convert, reshape, transpose, broadcast, slice, pad, reverse, concatenate, window, reduce
  case gather, scatter, dynamicSlice, dynamicUpdate, dot
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
    case .dot: self = .dot
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
struct RuleBook {
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
