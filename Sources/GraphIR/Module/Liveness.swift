// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Which nodes of a program are kept.
enum Liveness {
  /// The nodes that the roots need, and the parameters, which are a module's signature.
  ///
  /// A node whose own shape has a symbol (a broadcast, an iota) needs the node that introduces it, though it does not
  /// read that node's values: only there does the symbol become a number.
  ///
  /// - Parameters:
  ///   - parts: by node its part of a builder; only part 0 is the program. Empty where there are no others.
  ///   - declared: the types of the parameters and variables, which introduce the other symbols.
  static func neededNodes(
    _ nodes: [Node], parts: [Int32] = [], roots: [Value], declared: [TensorType]
  ) -> [Bool] {
    var needed = [Bool](repeating: false, count: nodes.count)
    for root in roots { needed[root.nodeIndex] = true }
    let isOfProgram = { (index: Int) in parts.isEmpty || parts[index] == 0 }
    let introducers = introducers(nodes, declared: declared, where: isOfProgram)
    for index in nodes.indices.reversed() {
      if case .parameter = nodes[index].op, isOfProgram(index) { needed[index] = true }
      if !needed[index] { continue }
      for operand in nodes[index].operands { needed[operand.nodeIndex] = true }
      if introducers.isEmpty { continue }
      let node = nodes[index]
      for symbol in node.types.flatMap(\.symbols) + Array(node.op.symbolsTakenByRegions) {
        if let introducer = introducers[symbol], introducer < index { needed[introducer] = true }
      }
    }
    return needed
  }

  /// By symbol the first node with an open extent that has it.
  private static func introducers(
    _ nodes: [Node], declared: [TensorType], where isOfProgram: (Int) -> Bool
  ) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() where node.op.leavesExtentsOpen && isOfProgram(index) {
      for type in node.types {
        for symbol in type.shape.dims.flatMap(\.symbols) where result[symbol] == nil {
          result[symbol] = index
        }
      }
    }
    if result.isEmpty { return [:] }
    for type in declared {
      for symbol in type.shape.dims.flatMap(\.symbols) { result[symbol] = nil }
    }
    return result
  }
}
