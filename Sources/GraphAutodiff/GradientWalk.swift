// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// One reverse walk: from a loss back to its targets, node by node in descending order, in time linear in the nodes
/// between the first target and the loss. Nothing recurses, so that deep graphs do not overflow a stack.
///
/// A cotangent that is absent is zero; zeros are made only for a target that the loss does not depend on.
struct GradientWalk {
  let builder: ModuleBuilder
  let loss: Value
  let targets: [Value]
  /// By node: whether a target is the node, or reaches it through operands that let a gradient pass.
  private var dependsOnTarget: [Bool] = []
  /// By node and result: what has been gathered of the gradient with respect to the result.
  private var cotangents: [[Value?]] = []

  init(builder: ModuleBuilder, loss: Value, targets: [Value]) {
    self.builder = builder
    self.loss = loss
    self.targets = targets
  }

  /// Appends the gradients of the sum of the loss's elements, one for each target, of its type.
  mutating func run(seedOrigin: Origin) throws -> [Value] {
    let outerOrigin = builder.currentOrigin
    defer { builder.currentOrigin = outerOrigin }
    builder.currentOrigin = seedOrigin
    builder.currentOrigin.name = nil

    let first = min(targets.map(\.nodeIndex).min() ?? loss.nodeIndex, loss.nodeIndex)
    markDependents(from: first)
    cotangents = builder.nodes[...loss.nodeIndex].map { Array(repeating: nil, count: $0.types.count) }
    self[loss] = try builder.full(1, like: loss)
    for index in (first...loss.nodeIndex).reversed() where dependsOnTarget[index] {
      if cotangents[index].contains(where: { $0 != nil }) { try propagate(from: index) }
    }

    builder.currentOrigin = seedOrigin
    builder.currentOrigin.name = nil
    return try targets.map { target in
      if target.nodeIndex <= loss.nodeIndex, let cotangent = self[target] { return cotangent }
      return try builder.full(0, like: target)
    }
  }

  private subscript(value: Value) -> Value? {
    get { cotangents[value.nodeIndex][Int(value.result)] }
    set { cotangents[value.nodeIndex][Int(value.result)] = newValue }
  }

  private mutating func markDependents(from first: Int) {
    dependsOnTarget = Array(repeating: false, count: loss.nodeIndex + 1)
    for target in targets where target.nodeIndex <= loss.nodeIndex {
      dependsOnTarget[target.nodeIndex] = true
    }
    for index in first...loss.nodeIndex where !dependsOnTarget[index] {
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
      self[operand] = try self[operand].map { try builder.add($0, contribution) } ?? contribution
    }
  }

  private func fault(in node: Node, _ message: String) -> Diagnostic {
    Diagnostic(
      .bug, code: "gradients.rule", "gradient of \(node.op.mnemonic): \(message)", at: node.origin.location,
      scope: node.origin.scope)
  }
}
