// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Elements at places that are computed.
extension ExpressionBuilder {
  mutating func gathered(_ rule: GatherOp, _ node: Node, at axes: [ElementIndex]) throws -> Int {
    let (operand, indices) = (node.operands[0], node.operands[1])
    let type = module.type(of: operand)
    let extents = type.shape.extents ?? []
    let positions = module.type(of: indices).rank - 1
    var source = Array(axes[..<rule.indexed.batch])
    source += extents[rule.indexed.batch...].map { _ in constantIndex(0) }
    for (place, axis) in rule.indexed.remaining(rank: type.rank).enumerated() {
      source[axis] = axes[positions + place]
    }
    for (entry, axis) in rule.indexed.axes.enumerated() {
      let index = try element(of: indices, at: axes[..<positions] + [constantIndex(entry)])
      let check = append(
        KernelInstruction(.check(extent: extents[axis]), .int64, [widened(index, node)]), from: node,
        fault: rule.indexed.fault(entry, type))
      source[axis].offset = check
    }
    // Where there is nothing to read, the checks fail.
    if extents.contains(0) { return append(KernelInstruction(.constant(0), type.dtype), from: node) }
    return try element(of: operand, at: source)
  }

  mutating func windowed(_ node: Node, at axes: [ElementIndex]) throws -> Int {
    let extents = module.type(of: node.operands[0]).shape.extents ?? []
    let sizes = node.types[0].shape.extents ?? []
    var source = axes
    for axis in axes.indices where sizes[axis] < extents[axis] {
      let start = try start(node.operands[1 + axis], upTo: extents[axis] - sizes[axis], node)
      source[axis] = sum(axes[axis], ElementIndex(constantIndex(0).map, offset: start), for: node)
    }
    return try element(of: node.operands[0], at: source)
  }

  mutating func updated(_ node: Node, at axes: [ElementIndex]) throws -> Int {
    let (operand, update) = (node.operands[0], node.operands[1])
    let extents = module.type(of: operand).shape.extents ?? []
    let sizes = module.type(of: update).shape.extents ?? []
    if sizes.contains(0) { return try element(of: operand, at: axes) }
    var source = axes
    var isInside: Int?
    for axis in axes.indices where sizes[axis] < extents[axis] {
      let start = try start(node.operands[2 + axis], upTo: extents[axis] - sizes[axis], node)
      let distance = integer(.subtract, number(axes[axis], for: node), start, for: node)
      // Outside of the window its nearest element is read, for nothing.
      let nearest = clamped(distance, 0, sizes[axis] - 1, for: node)
      source[axis] = sizes[axis] == 1 ? constantIndex(0) : ElementIndex(constantIndex(0).map, offset: nearest)
      let isNearest = truth(.equal, distance, nearest, for: node)
      isInside = isInside.map { truth(.and, $0, isNearest, for: node) } ?? isNearest
    }
    let new = try element(of: update, at: source)
    guard let isInside else { return new }
    let old = try element(of: operand, at: axes)
    return append(
      KernelInstruction(.function(.select), node.types[0].dtype, [isInside, new, old]), from: node)
  }

  /// Where a window begins along one axis.
  private mutating func start(_ value: Value, upTo last: Int, _ node: Node) throws -> Int {
    clamped(widened(try element(of: value, at: [ElementIndex]()), node), 0, last, for: node)
  }

  /// An index as `i64`.
  private mutating func widened(_ index: Int, _ node: Node) -> Int {
    body[index].dtype == .int64
      ? index : append(KernelInstruction(.convert, .int64, [index]), from: node)
  }
}
