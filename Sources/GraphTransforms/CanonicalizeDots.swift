// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// One operand of a dot and the part that each of its axes plays.
private struct DotSide {
  var value: Value
  /// In the order of the pairs.
  var batch: [Int]
  /// In the order of the result.
  var free: [Int]
  /// In the order of the pairs.
  var contract: [Int]

  /// The same operand read through the transposes that made it.
  func lookingThrough(_ builder: ModuleBuilder) -> DotSide {
    var side = self
    while case .transpose(let rule) = builder.node(side.value).op {
      side.value = builder.node(side.value).operands[0]
      side.batch = side.batch.map { rule.permutation[$0] }
      side.free = side.free.map { rule.permutation[$0] }
      side.contract = side.contract.map { rule.permutation[$0] }
    }
    return side
  }

  /// Whether the batch axes lead and the others form two groups, each in its order.
  func isCanonical(contracting order: [Int]) -> Bool {
    let inner = order.map { contract[$0] }
    let axes = Array(0..<batch.count + free.count + contract.count)
    return batch + free + inner == axes || batch + inner + free == axes
  }

  /// The positions of the pairs in the order in which this side has their axes.
  var contractOrder: [Int] { contract.indices.sorted { contract[$0] < contract[$1] } }
}

extension Pass {
  /// Gives every dot operands that a matrix product with transpose flags reads where they lie: batch axes first and in
  /// order, then the free axes and the contracted axes, either group first, and the contracted axes in one order on
  /// both sides. A transpose of an operand is read through where the result still is of that form; otherwise the
  /// operand is transposed, `[batch, free, contracted]` on the left and `[batch, contracted, free]` on the right.
  ///
  /// A transpose that swaps the two free groups of a dot which nothing else reads becomes the dot of the swapped
  /// operands.
  ///
  /// What that leads to is simplified: an inserted transpose may meet another, or a constant; one that a broadcast
  /// kept from its dot may reach it.
  public static let canonicalizeDots = canonicalizeDots(RewriteOptions())
  public static func canonicalizeDots(_ options: RewriteOptions) -> Pass {
    let rules = foldConstants(options).rules
    return Pass("canonicalize-dots", rules: rules) { module, observe in
      var module = module
      if module.hasRegions {
        module = try module.rewritten(by: rules, in: "canonicalize-dots", observe: observe)
      }
      // One round settles nearly every program; the limit bounds the time of the others.
      for _ in 0..<8 {
        let canonical = try canonicalizeDotsOnce(module)
        if canonical.hasSameNodes(as: module) { return module }
        module = try canonical.rewritten(by: rules, in: "canonicalize-dots", observe: observe)
      }
      return module
    }
  }

  /// What `canonicalizeDots` does for dots, and nothing else: no transpose that it leads to is simplified.
  public static let layOutDots = Pass("lay-out-dots") { try canonicalizeDotsOnce($0) }

  private static func canonicalizeDotsOnce(_ module: Module) throws -> Module {
    if !module.nodes.contains(where: { if case .dot = $0.op { true } else { false } }) { return module }
    var uses = [Int](repeating: 0, count: module.nodes.count)
    for node in module.nodes { for operand in node.operands { uses[operand.nodeIndex] += 1 } }
    for root in module.roots { uses[root.nodeIndex] += 1 }
    return try module.rebuiltWhereRewritten { index, operands, builder in
      let node = module.nodes[index]
      switch node.op {
      case .dot(let rule):
        builder.currentOrigin = node.origin
        return try canonicalDot(rule, operands, builder).map { [$0] }
      case .transpose(let rule):
        guard uses[node.operands[0].nodeIndex] == 1 else { return nil }
        builder.currentOrigin = node.origin
        return try swappedDot(rule, operands[0], builder).map { [$0] }
      default: return nil
      }
    }
  }

  /// Nil where the dot is canonical as it is.
  private static func canonicalDot(
    _ rule: DotOp, _ operands: [Value], _ builder: ModuleBuilder
  ) throws -> Value? {
    let (lhsRank, rhsRank) = (builder.type(of: operands[0]).rank, builder.type(of: operands[1]).rank)
    let lhs = DotSide(
      value: operands[0], batch: rule.lhsBatch, free: rule.lhsFree(rank: lhsRank),
      contract: rule.lhsContract)
    let rhs = DotSide(
      value: operands[1], batch: rule.rhsBatch, free: rule.rhsFree(rank: rhsRank),
      contract: rule.rhsContract)
    let (lhsForms, rhsForms) = ([lhs.lookingThrough(builder), lhs], [rhs.lookingThrough(builder), rhs])

    // The order of the pairs is ours to choose: the one that copies least.
    var best: (cost: Int, lhs: DotSide?, rhs: DotSide?, order: [Int])?
    for order in (lhsForms + rhsForms).map(\.contractOrder) {
      let left = lhsForms.first { $0.isCanonical(contracting: order) }
      let right = rhsForms.first { $0.isCanonical(contracting: order) }
      let cost =
        (left == nil ? builder.elementCount(of: lhs.value) : 0)
        + (right == nil ? builder.elementCount(of: rhs.value) : 0)
      if cost < best?.cost ?? .max { best = (cost, left, right, order) }
    }
    let order = best?.order ?? lhs.contractOrder
    let left = try best?.lhs ?? transposed(lhsForms[0], contracting: order, contractFirst: false, builder)
    let right = try best?.rhs ?? transposed(rhsForms[0], contracting: order, contractFirst: true, builder)
    let canonical = DotOp(
      lhsContract: order.map { left.contract[$0] }, rhsContract: order.map { right.contract[$0] },
      lhsBatch: left.batch, rhsBatch: right.batch)
    if canonical == rule, [left.value, right.value] == operands { return nil }
    return try builder.append(.dot(canonical), [left.value, right.value])
  }

  private static func transposed(
    _ side: DotSide, contracting order: [Int], contractFirst: Bool, _ builder: ModuleBuilder
  ) throws -> DotSide {
    let inner = order.map { side.contract[$0] }
    let permutation = side.batch + (contractFirst ? inner + side.free : side.free + inner)
    var place = permutation
    for (position, axis) in permutation.enumerated() { place[axis] = position }
    return DotSide(
      value: try builder.transpose(side.value, permutation), batch: side.batch.map { place[$0] },
      free: side.free.map { place[$0] }, contract: side.contract.map { place[$0] })
  }

  /// The dot with its operands swapped, when the transpose of its result asks for just that.
  private static func swappedDot(
    _ transpose: TransposeOp, _ value: Value, _ builder: ModuleBuilder
  ) throws -> Value? {
    let node = builder.node(value)
    guard case .dot(let rule) = node.op else { return nil }
    let batch = rule.lhsBatch.count
    let left = rule.lhsFree(rank: builder.type(of: node.operands[0]).rank).count
    let result = Array(transpose.permutation.indices)
    let swapped = result[..<batch] + result[(batch + left)...] + result[batch..<(batch + left)]
    guard transpose.permutation == Array(swapped) else { return nil }
    let dot = DotOp(
      lhsContract: rule.rhsContract, rhsContract: rule.lhsContract, lhsBatch: rule.rhsBatch,
      rhsBatch: rule.lhsBatch)
    return try builder.append(.dot(dot), [node.operands[1], node.operands[0]])
  }
}

extension ModuleBuilder {
  /// The elements of a value; a symbol counts as one.
  fileprivate func elementCount(of value: Value) -> Int { type(of: value).shape.elementCount.coefficient }
}
