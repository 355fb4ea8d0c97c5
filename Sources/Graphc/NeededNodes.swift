// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The part of a graph that some values need.
///
/// A gradient node has a result for each target, and a result needs no target but its own: whoever fetches the gradient
/// of one target feeds nothing for the others.
struct NeededNodes {
  private let nodes: [Node]
  private var isNeeded: [Bool]
  /// By gradient node which of its results are needed.
  private var gradients: [Int: Set<Int>] = [:]

  /// - Parameter fed: values that are given, so that nothing behind them is needed.
  init(_ roots: [Value], fed: Set<Value>, in nodes: [Node]) {
    self.nodes = nodes
    isNeeded = [Bool](repeating: false, count: nodes.count)
    for root in roots where !fed.contains(root) { add(root) }
    for index in nodes.indices.reversed() where isNeeded[index] {
      for operand in operands(of: index) where !fed.contains(operand) { add(operand) }
    }
  }

  private mutating func add(_ value: Value) {
    isNeeded[value.nodeIndex] = true
    if case .gradient = nodes[value.nodeIndex].op {
      gradients[value.nodeIndex, default: []].insert(Int(value.result))
    }
  }

  subscript(index: Int) -> Bool { isNeeded[index] }

  /// The results that a needed node has to compute, ascending.
  func results(of index: Int) -> [Int] {
    gradients[index].map { $0.sorted() } ?? Array(nodes[index].types.indices)
  }

  func types(of index: Int) -> [TensorType] { results(of: index).map { nodes[index].types[$0] } }

  /// The operands from which a needed node computes them.
  func operands(of index: Int) -> [Value] {
    let node = nodes[index]
    guard case .gradient(let rule) = node.op else { return node.operands }
    let offset = rule.targetOffset
    return node.operands[..<offset] + results(of: index).map { node.operands[offset + $0] }
  }
}
