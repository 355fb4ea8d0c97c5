// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// One reverse walk: from outputs back to targets, node by node in descending order, in time linear in the nodes between
/// the first target and the last output. Nothing recurses, so that deep graphs do not overflow a stack.
///
/// A cotangent that is absent is zero; zeros are made only for a target that no output depends on.
struct GradientWalk {
  let builder: ModuleBuilder
  /// Each with the gradient that the walk starts from, of its type.
  let outputs: [(value: Value, cotangent: Value)]
  let targets: [Value]
  /// The last node that the walk looks at.
  private let last: Int
  /// By node: whether a target is the node, or reaches it through operands that let a gradient pass.
  private var dependsOnTarget: [Bool] = []
  /// By node and result: what has been gathered of the gradient with respect to the result.
  private var cotangents: [[Value?]] = []

  init(builder: ModuleBuilder, outputs: [(value: Value, cotangent: Value)], targets: [Value]) {
    self.builder = builder
    self.outputs = outputs
    self.targets = targets
    last = outputs.map(\.value.nodeIndex).max() ?? 0
  }

  /// Appends the gradients of the sum over the outputs of output times cotangent, one for each target, of its type.
  mutating func run(seedOrigin: Origin) throws -> [Value] {
    let outerOrigin = builder.currentOrigin
    defer { builder.currentOrigin = outerOrigin }
    builder.currentOrigin = seedOrigin
    builder.currentOrigin.name = nil

    let first = min(targets.map(\.nodeIndex).min() ?? last, last)
    markDependents(from: first)
    cotangents = builder.nodes[...last].map { Array(repeating: nil, count: $0.types.count) }
    for (output, cotangent) in outputs { try gather(cotangent, for: output) }
    for index in (first...last).reversed() where dependsOnTarget[index] {
      if cotangents[index].contains(where: { $0 != nil }) { try propagate(from: index) }
    }

    builder.currentOrigin = seedOrigin
    builder.currentOrigin.name = nil
    return try targets.map { target in
      if target.nodeIndex <= last, let cotangent = self[target] { return cotangent }
      return try builder.full(0, like: target)
    }
  }

  private mutating func gather(_ cotangent: Value, for value: Value) throws {
    self[value] = try self[value].map { try builder.add($0, cotangent) } ?? cotangent
  }

  private subscript(value: Value) -> Value? {
    get { cotangents[value.nodeIndex][Int(value.result)] }
    set { cotangents[value.nodeIndex][Int(value.result)] = newValue }
  }

  private mutating func markDependents(from first: Int) {
    dependsOnTarget = Array(repeating: false, count: last + 1)
    for target in targets where target.nodeIndex <= last { dependsOnTarget[target.nodeIndex] = true }
    for index in first...last where !dependsOnTarget[index] {
      dependsOnTarget[index] = !openOperands(of: builder.nodes[index]).isEmpty
    }
  }

  /// The positions of the operands that a gradient reaches and that depend on a target.
  private func openOperands(of node: Node) -> [Int] {
    node.operands.indices.filter { position in
      dependsOnTarget[node.operands[position].nodeIndex]
        && node.block(ofOperand: position, type: builder.type(of:)) == nil
    }
  }

  /// Hands a node's cotangents on to those operands that depend on a target, in the order of the operands.
  private mutating func propagate(from index: Int) throws {
    let node = builder.nodes[index]
    let open = openOperands(of: node)
    if open.isEmpty { return }
    builder.currentOrigin = Origin(
      location: node.origin.location, scope: node.origin.scope,
      derivation: "gradient of \(node.op.mnemonic)")
    let results = node.types.indices.map { Value(node: Int32(index), result: Int32($0)) }
    guard
      let context = GradientContext(
        builder: builder, operands: node.operands, results: results, cotangents: cotangents[index])
    else { return }
    let contributions: [Value?]
    do {
      contributions = try node.op.rule.gradient(context)
    } catch let violation as ConstraintViolation {
      throw fault(in: node, "the rule makes an invalid node: \(violation.message)")
    }
    guard contributions.count == node.operands.count else {
      throw fault(in: node, "\(contributions.count) gradients for \(node.operands.count) operands")
    }
    for position in open {
      guard let contribution = contributions[position] else { continue }
      let operand = node.operands[position]
      let (needed, given) = (builder.type(of: operand), builder.type(of: contribution))
      if needed != given {
        throw fault(in: node, "the gradient of operand \(position), \(needed), is \(given)")
      }
      try gather(contribution, for: operand)
    }
  }

  private func fault(in node: Node, _ message: String) -> Diagnostic {
    Diagnostic(
      .bug, code: "gradients.rule", "gradient of \(node.op.mnemonic): \(message)", at: node.origin.location,
      scope: node.origin.scope)
  }
}
