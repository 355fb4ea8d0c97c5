// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Pass {
  /// Moves reshapes that merge axes from the results of pointwise functions to their operands, where they are another
  /// name of what lies in memory: a kernel cannot compute what such a reshape reads, so that it would cut the expression
  /// in two.
  ///
  /// A reshape moves where nothing else reads the function's result, and every operand takes it: one that lies in memory,
  /// a repeat along whole groups of merged axes, or a function that takes it to its own operands.
  public static let pushReshapes = pushReshapes(RewriteOptions())
  public static func pushReshapes(_ options: RewriteOptions) -> Pass {
    let rules = foldConstants(options).rules
    return Pass("push-reshapes", rules: rules) { module, observe in
      var module = module
      for _ in 0..<8 {
        var motion = ReshapeMotion(module)
        guard let moved = try motion.moved() else { return module }
        module = try moved.rewritten(by: rules, in: "push-reshapes", observe: observe)
      }
      return module
    }
  }
}

/// One round of moving reshapes.
private struct ReshapeMotion {
  /// Functions that one reshape passes. A kernel has few more.
  private static let greatestCount = 64

  private let module: Module
  private var uses: [Int]
  /// By node of the old module its operands in the new one.
  private var operands: [[Value]]

  init(_ module: Module) {
    self.module = module
    uses = Array(repeating: 0, count: module.nodes.count)
    operands = Array(repeating: [], count: module.nodes.count)
    for node in module.nodes { for operand in node.operands { uses[operand.nodeIndex] += 1 } }
    for root in module.roots { uses[root.nodeIndex] += 1 }
  }

  /// Nil when no reshape moves.
  mutating func moved() throws -> Module? {
    let movable = Set(module.nodes.indices.filter(isMovable))
    if movable.isEmpty { return nil }
    return try module.rebuilt(rewritingAt: { index, newOperands, builder in
      operands[index] = newOperands
      let node = module.nodes[index]
      guard movable.contains(index), case .reshape(let rule) = node.op else { return nil }
      builder.currentOrigin = node.origin
      return [try value(node.operands[0], newOperands[0], reshapedTo: rule.shape, builder)]
    })
  }

  private func isMovable(_ index: Int) -> Bool {
    let node = module.nodes[index]
    guard case .reshape(let rule) = node.op, let operand = function(node.operands[0]),
      ReshapeMotion.merges(module.type(of: node.operands[0]).shape, rule.shape)
    else { return false }
    var pending = operand.operands
    var count = 1
    while let value = pending.popLast() {
      if let function = function(value) {
        pending += function.operands
        count += 1
        if count > ReshapeMotion.greatestCount { return false }
      } else if !takesReshape(value, to: rule.shape) {
        return false
      }
    }
    return true
  }

  /// The node of a value, if it is a function of elements that is computed where it is read.
  private func function(_ value: Value) -> Node? {
    let node = module.nodes[value.nodeIndex]
    guard uses[value.nodeIndex] == 1 else { return nil }
    switch node.op {
    case .pointwise, .convert: return node
    default: return nil
    }
  }

  /// Whether a reshape costs an operand nothing.
  private func takesReshape(_ value: Value, to shape: Shape) -> Bool {
    let node = module.nodes[value.nodeIndex]
    switch node.op {
    case .broadcast(let rule):
      return repeated(rule, module.type(of: node.operands[0]).shape, as: shape) != nil
    case .reshape, .parameter, .variable, .constant, .reduce, .argReduce, .fold, .dot, .pad, .concatenate:
      return true
    // What several read lies in memory.
    case .pointwise, .convert: return true
    default: return node.op.lowering == .library || node.op.lowering == .control
    }
  }

  /// A value of the old module in the new one, reshaped. Recursion is as deep as `greatestCount`.
  private func value(
    _ old: Value, _ new: Value, reshapedTo shape: Shape, _ builder: ModuleBuilder
  ) throws -> Value {
    let node = module.nodes[old.nodeIndex]
    if let function = function(old) {
      let values = try zip(function.operands, operands[old.nodeIndex]).map {
        try value($0, $1, reshapedTo: shape, builder)
      }
      return try builder.append(function.op, values, origin: function.origin)
    }
    if case .broadcast(let rule) = node.op,
      let (source, broadcast) = repeated(rule, module.type(of: node.operands[0]).shape, as: shape)
    {
      let reshaped = try builder.reshape(operands[old.nodeIndex][0], to: source)
      return try builder.broadcast(reshaped, to: shape, axes: broadcast.axes)
    }
    return try builder.reshape(new, to: shape)
  }

  /// A repeat that is reshaped, as a repeat of its reshaped operand: possible where all axes that are merged with one
  /// another are repeated, or none.
  private func repeated(
    _ rule: BroadcastOp, _ source: Shape, as shape: Shape
  ) -> (source: Shape, rule: BroadcastOp)? {
    guard let groups = ReshapeMotion.groups(rule.shape, shape) else { return nil }
    var dims: [Dim] = []
    var axes: [Int] = []
    for (old, new) in groups {
      let kept = old.filter { axis in
        rule.axes.firstIndex(of: axis).map { source[$0] == rule.shape[axis] } ?? false
      }
      let isUnit = { (axis: Int) in rule.shape[axis] == 1 }
      if kept.allSatisfy(isUnit) { continue }
      guard old.allSatisfy({ kept.contains($0) || isUnit($0) }) else { return nil }
      dims += new.map { shape[$0] }
      axes += new
    }
    return (Shape(dims), BroadcastOp(shape: shape, axes: axes))
  }

  /// The least groups of neighbouring axes that hold the same elements in two shapes.
  static func groups(_ old: Shape, _ new: Shape) -> [(old: [Int], new: [Int])]? {
    guard let source = old.extents, let target = new.extents, !source.contains(0) else { return nil }
    var groups: [(old: [Int], new: [Int])] = []
    var (i, j) = (0, 0)
    while i < source.count || j < target.count {
      var group: (old: [Int], new: [Int]) = ([], [])
      var (left, right) = (1, 1)
      repeat {
        if left <= right, i < source.count {
          left *= source[i]
          group.old.append(i)
          i += 1
        } else if j < target.count {
          right *= target[j]
          group.new.append(j)
          j += 1
        } else if i < source.count {
          left *= source[i]
          group.old.append(i)
          i += 1
        }
      } while left != right || group.new.isEmpty && j < target.count
        || group.old.isEmpty && i < source.count
      groups.append(group)
    }
    return groups
  }

  /// Whether a reshape makes one axis of several with more than one element.
  static func merges(_ old: Shape, _ new: Shape) -> Bool {
    guard let groups = groups(old, new), let extents = old.extents else { return false }
    return groups.contains { $0.old.filter { extents[$0] != 1 }.count > 1 }
  }
}
