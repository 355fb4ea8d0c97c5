// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Cluster.Form {
  /// The type in which a small product adds up: sums of `f32` products in `f64`, as the reference does.
  static func sumType(ofProducts dtype: DType) -> DType { dtype == .float32 ? .float64 : dtype }
}

extension ExpressionBuilder {
  /// Instructions for what a member of a cluster stores or reduces at each point of the kernel's indices.
  mutating func expression(
    of value: Value, as form: Cluster.Form, domainRank: Int
  ) throws -> Int {
    let node = module.nodes[value.nodeIndex]
    switch form {
    case .point, .row:
      let axes = form.axes(of: module.type(of: value).shape.extents ?? [], domainRank: domainRank)
      return try element(definitionOf: value, at: axes)
    case .reduction(let layout, _):
      return try element(of: node.operands[0], at: layout.dimensions.map { .index($0, of: dimensions) })
    case .contraction:
      guard case .dot(let rule) = node.op else { throw Lowering.bug("no product", module) }
      return try product(node, rule, domainRank: domainRank)
    }
  }

  private mutating func product(_ node: Node, _ rule: DotOp, domainRank: Int) throws -> Int {
    let (lhs, rhs) = (module.type(of: node.operands[0]).rank, module.type(of: node.operands[1]).rank)
    let lhsFree = rule.lhsFree(rank: lhs)
    var lhsMaps = [AffineMap](repeating: .constant(0, dimensions: dimensions), count: lhs)
    var rhsMaps = [AffineMap](repeating: .constant(0, dimensions: dimensions), count: rhs)
    let shape = node.types[0].shape.extents ?? []
    let results = Cluster.Form.contraction(loop: Array(repeating: 0, count: rule.lhsContract.count))
      .axes(of: shape, domainRank: domainRank)
    for (position, axis) in (rule.lhsBatch + lhsFree).enumerated() { lhsMaps[axis] = results[position] }
    for (position, axis) in rule.rhsBatch.enumerated() { rhsMaps[axis] = results[position] }
    for (position, axis) in rule.rhsFree(rank: rhs).enumerated() {
      rhsMaps[axis] = results[rule.lhsBatch.count + lhsFree.count + position]
    }
    for (position, (left, right)) in zip(rule.lhsContract, rule.rhsContract).enumerated() {
      lhsMaps[left] = .index(domainRank + position, of: dimensions)
      rhsMaps[right] = lhsMaps[left]
    }
    let left = try element(of: node.operands[0], at: lhsMaps)
    let right = try element(of: node.operands[1], at: rhsMaps)
    let type = Cluster.Form.sumType(ofProducts: node.types[0].dtype)
    let factors = [left, right].map { operand in
      body[operand].dtype == type
        ? operand : append(KernelInstruction(.convert, type, [operand]), from: node)
    }
    return append(KernelInstruction(.function(.multiply), type, factors), from: node)
  }

  /// The element that an earlier stage has for a member.
  mutating func append(_ result: KernelInstruction, of member: Value) -> Int {
    let node = module.nodes[member.nodeIndex]
    let position = append(result, from: node)
    let dtype = module.type(of: member).dtype
    return result.dtype == dtype
      ? position : append(KernelInstruction(.convert, dtype, [position]), from: node)
  }
}
