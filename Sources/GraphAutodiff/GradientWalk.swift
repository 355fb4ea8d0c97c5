// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// One reverse walk: from some values back to its targets, node by node in descending order, in time linear in the nodes
/// between the first target and the last value. Nothing recurses but into regions, so that deep graphs do not overflow
/// a stack.
///
/// A cotangent that is absent is zero.
struct GradientWalk {
  let builder: ModuleBuilder
  let targets: [Value]
  private let last: Int
  /// By node: whether a target is the node, or reaches it through operands that let a gradient pass.
  private var dependsOnTarget: [Bool] = []
  /// By node and result: what has been gathered of the gradient with respect to the result.
  private var cotangents: [[Value?]] = []

  /// The gradients with respect to the targets, from the cotangents of some values; nil where none flows.
  static func run(
    _ builder: ModuleBuilder, _ seeds: [(value: Value, cotangent: Value)], _ targets: [Value]
  ) throws -> [Value?] {
    guard let last = seeds.map(\.value.nodeIndex).max() else { return targets.map { _ in nil } }
    var walk = GradientWalk(builder: builder, targets: targets, last: last)
    return try walk.run(seeds)
  }

  private init(builder: ModuleBuilder, targets: [Value], last: Int) {
    self.builder = builder
    self.targets = targets
    self.last = last
  }

  private mutating func run(_ seeds: [(value: Value, cotangent: Value)]) throws -> [Value?] {
    let origin = builder.currentOrigin
    defer { builder.currentOrigin = origin }
    let first = min(targets.map(\.nodeIndex).min() ?? last, last)
    markDependents(from: first)
    cotangents = builder.nodes[...last].map { Array(repeating: nil, count: $0.types.count) }
    for (value, cotangent) in seeds { try add(cotangent, to: value) }
    for index in (first...last).reversed() where dependsOnTarget[index] {
      if cotangents[index].contains(where: { $0 != nil }) { try propagate(from: index) }
    }
    return targets.map { $0.nodeIndex <= last ? self[$0] : nil }
  }

  private subscript(value: Value) -> Value? {
    get { cotangents[value.nodeIndex][Int(value.result)] }
    set { cotangents[value.nodeIndex][Int(value.result)] = newValue }
  }

  private mutating func add(_ cotangent: Value, to value: Value) throws {
    self[value] = try self[value].map { try builder.add($0, cotangent) } ?? cotangent
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
        builder: builder, operands: node.operands, results: results, cotangents: cotangents[index],
        wanted: Set(open), differentiate: GradientWalk.run)
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
      try add(contribution, to: operand)
    }
  }

  private func fault(in node: Node, _ message: String) -> Diagnostic {
    Diagnostic(
      .bug, code: "gradients.rule", "gradient of \(node.op.mnemonic): \(message)", at: node.origin.location,
      scope: node.origin.scope)
  }
}
