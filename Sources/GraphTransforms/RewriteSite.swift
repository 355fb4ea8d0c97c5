// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A node that rules are tried on: not yet in the new module, its operands already.
struct RewriteSite {
  let builder: ModuleBuilder
  let op: Op
  let operands: [Value]
  let type: TensorType
  /// Nil where there are no gradient nodes left.
  var targets: GradientTargets?

  /// Whether a gradient is taken with respect to a value: an expression that goes through it must go on to do so.
  func isTarget(_ values: Value...) -> Bool { targets.map { values.contains(where: $0.contains) } ?? false }

  subscript(position: Int) -> Value { operands[position] }

  func type(of value: Value) -> TensorType { builder.type(of: value) }
  func op(of value: Value) -> Op { builder.nodes[value.nodeIndex].op }
  /// The first operand of the node that made a value.
  func source(of value: Value) -> Value { builder.nodes[value.nodeIndex].operands[0] }
}

// MARK: - Pointwise functions

extension RewriteSite {
  /// What `rewrite` gives for the two operands, in one order or the other.
  func commuting(_ rewrite: (Value, Value) throws -> Value?) rethrows -> Value? {
    try rewrite(operands[0], operands[1]) ?? rewrite(operands[1], operands[0])
  }

  /// `x`, where `value` is `function(x)`.
  func operand(of value: Value, _ function: ScalarFunction) -> Value? {
    op(of: value) == .pointwise(PointwiseOp(function)) ? source(of: value) : nil
  }

  /// `x` and `y`, where `value` is `function(x, y)`.
  func operands(of value: Value, _ function: ScalarFunction) -> (Value, Value)? {
    guard op(of: value) == .pointwise(PointwiseOp(function)) else { return nil }
    let operands = builder.nodes[value.nodeIndex].operands
    return (operands[0], operands[1])
  }

  func apply(_ function: ScalarFunction, _ operands: Value...) throws -> Value {
    try builder.append(.pointwise(PointwiseOp(function)), operands)
  }
}

// MARK: - Constants and repeats

extension RewriteSite {
  /// The scalar that is everywhere in a value, where that is a constant.
  func constant(_ value: Value) -> NDArray? {
    var value = value
    while case .broadcast = op(of: value) { value = source(of: value) }
    guard case .constant(let rule) = op(of: value), rule.value.count == 1 else { return nil }
    return rule.value.reshaped(to: [])
  }

  /// Whether a value is this number everywhere; 0 and −0 differ.
  func `is`(_ value: Value, _ number: Double) -> Bool {
    guard let constant = constant(value), constant.dtype != .string else { return false }
    return constant.scalar == number && constant.scalar.sign == number.sign
  }

  /// Whether a value is a constant bool.
  func `is`(_ value: Value, _ truth: Bool) -> Bool {
    constant(value).map { $0.dtype == .bool && ($0.scalar != 0) == truth } ?? false
  }

  /// The operand and the axes, where a value repeats another.
  func repeated(_ value: Value) -> (Value, BroadcastOp)? {
    guard case .broadcast(let rule) = op(of: value) else { return nil }
    return (source(of: value), rule)
  }

  /// The scalar that a value repeats.
  func repeatedScalar(_ value: Value) -> Value? {
    guard let (source, _) = repeated(value), type(of: source).rank == 0 else { return nil }
    return source
  }

  /// A scalar, everywhere in a tensor of the site's type.
  func everywhere(_ scalar: Value) throws -> Value {
    try builder.broadcast(scalar, to: type.shape, axes: [])
  }

  /// A number, everywhere in a tensor of the site's type.
  func everywhere(_ number: Double) throws -> Value { try builder.full(number, type) }
}
