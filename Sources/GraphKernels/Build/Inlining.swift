// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Decides which values get memory of their own and which are computed inside their only consumer.
///
/// A value is stored when a root or a step that reads memory needs it, when it is used more than once and is more than
/// an index calculation, when a broadcast would compute it again and again, or when the expression grows too long.
struct Inlining {
  /// Why a value is stored; shown to people who ask why two ops did not fuse.
  enum Reason: String, Sendable {
    case leaf = "it is there before any kernel runs"
    case root = "the run returns it or stores it in a variable"
    case reduction = "a reduction ends its kernel"
    case contraction = "a matrix product is a step of its own"
    case join = "pad and concatenate write their result in pieces"
    case libraryOperand = "a matrix product reads it from memory"
    case relabelled = "a reshape that merges axes reads it from memory"
    case shared = "several consumers read it"
    case repeated = "a broadcast would compute it again for every copy"
    case long = "the expression would be too long"
  }

  /// Instructions, weighted by cost, that one kernel body may hold.
  static let longestExpression = 64

  /// For each node why it is stored; nil for one that is computed inside its consumers.
  let stored: [Reason?]

  init(_ module: Module) {
    let nodes = module.nodes
    var useCounts = [Int](repeating: 0, count: nodes.count)
    for node in nodes { for operand in node.operands { useCounts[operand.nodeIndex] += 1 } }
    var stored = [Reason?](repeating: nil, count: nodes.count)
    for root in module.roots { stored[root.nodeIndex] = .root }
    // A reshape of stored memory is that memory: the node behind it is what must be stored.
    for index in nodes.indices.reversed() where stored[index] == .root {
      if let source = Inlining.aliasSource(nodes[index]) {
        stored[index] = nil
        stored[source.nodeIndex] = .root
      }
    }
    for index in nodes.indices {
      let node = nodes[index]
      switch node.op {
      case .parameter, .variable: stored[index] = .leaf
      case .constant(let constant) where constant.value.count != 1: stored[index] = .leaf
      case .reduce, .argReduce: stored[index] = stored[index] ?? .reduction
      case .pad, .concatenate: stored[index] = stored[index] ?? .join
      case .dot:
        stored[index] = stored[index] ?? .contraction
        if node.types[0].dtype.isFloatingPoint {
          for operand in node.operands {
            let source = Inlining.aliasRoot(operand, nodes)
            stored[source.nodeIndex] = stored[source.nodeIndex] ?? .libraryOperand
          }
        }
      default: break
      }
    }
    var weights = [Int](repeating: 0, count: nodes.count)
    for index in nodes.indices {
      let node = nodes[index]
      if case .reshape = node.op, stored[node.operands[0].nodeIndex] == nil,
        Inlining.reshapeAxes(from: module.type(of: node.operands[0]), to: node.types[0]) == nil
      {
        let source = Inlining.aliasRoot(node.operands[0], nodes)
        stored[source.nodeIndex] = stored[source.nodeIndex] ?? .relabelled
      }
      if case .broadcast = node.op {
        let operand = node.operands[0].nodeIndex
        let grows = node.types[0].shape.elementCount != module.type(of: node.operands[0]).shape.elementCount
        if grows, stored[operand] == nil, weights[operand] > 0 { stored[operand] = .repeated }
      }
      let inlined = { (operand: Value) in stored[operand.nodeIndex] == nil ? weights[operand.nodeIndex] : 0 }
      var weight = Inlining.ownWeight(node) + node.operands.reduce(0) { $0 + inlined($1) }
      while weight > Inlining.longestExpression,
        let heaviest = node.operands.filter({ inlined($0) > 1 }).max(by: { inlined($0) < inlined($1) })
      {
        stored[heaviest.nodeIndex] = .long
        weight = Inlining.ownWeight(node) + node.operands.reduce(0) { $0 + inlined($1) }
      }
      weights[index] = weight
      if stored[index] == nil, useCounts[index] > 1, Inlining.ownWeight(node) > 0 { stored[index] = .shared }
      if stored[index] != nil { weights[index] = 0 }
    }
    self.stored = stored
  }

  /// The operand whose memory this node shares: reshapes and markers move nothing.
  static func aliasSource(_ node: Node) -> Value? {
    switch node.op {
    case .reshape, .identity, .stopGradient: node.operands[0]
    default: nil
    }
  }

  static func aliasRoot(_ value: Value, _ nodes: [Node]) -> Value {
    var value = value
    while let source = aliasSource(nodes[value.nodeIndex]) { value = source }
    return value
  }

  /// Weighted instructions that computing one element takes; 0 for mere index calculations.
  private static func ownWeight(_ node: Node) -> Int {
    switch node.op {
    case .pointwise(let rule):
      switch rule.function.cost {
      case .free, .cheap: 1
      case .moderate: 2
      case .expensive: 8
      }
    case .convert: 1
    default: 0
    }
  }

  /// For each operand axis the result axes that make it up, with their strides, when a reshape only splits axes or
  /// adds and drops unit axes; nil when it merges.
  static func reshapeAxes(from operand: TensorType, to result: TensorType) -> [[(axis: Int, stride: Int)]]? {
    guard let source = operand.shape.extents, let target = result.shape.extents else { return nil }
    var parts: [[(axis: Int, stride: Int)]] = []
    var next = 0
    for extent in source {
      var group: [Int] = []
      var product = 1
      while product < extent, next < target.count {
        product *= target[next]
        group.append(next)
        next += 1
      }
      if product != extent { return nil }
      var stride = 1
      var part: [(axis: Int, stride: Int)] = []
      for axis in group.reversed() {
        part.append((axis, stride))
        stride *= target[axis]
      }
      parts.append(part)
      if extent == 0 { return nil }
    }
    return target[next...].allSatisfy { $0 == 1 } ? parts : nil
  }
}
