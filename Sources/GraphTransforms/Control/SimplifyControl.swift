// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Pass {
  /// Leaves of control flow what is needed: drops results, carries and operands that nothing reads, hands on what no step
  /// changes, takes constants into regions, and puts in line what runs just once: a branch whose predicate is a constant,
  /// a loop of one step, a call that is no checkpoint.
  public static let simplifyControl = Pass("simplify-control") { try $0.withSimpleControl() }
}

extension Module {
  var hasRegions: Bool { nodes.contains { !$0.op.regions.isEmpty } }

  /// The module with its control flow simplified until nothing changes. Regions that lose results are simplified anew.
  func withSimpleControl() throws -> Module {
    if !hasRegions { return self }
    var module = self
    // Every round but the last makes the program smaller, or puts something in line.
    for _ in 0..<64 {
      let usage = ControlUsage(module)
      var isChanged = false
      module = try module.rebuilt(rewritingAt: { index, operands, builder in
        let node = module.nodes[index]
        if node.op.regions.isEmpty { return nil }
        builder.currentOrigin = node.origin
        let site = ControlSite(
          builder: builder, operands: operands, types: node.types, needed: usage.needed[index])
        let results: [Value]?
        switch node.op {
        // What read it is a result or a carry that goes in this round.
        case _ where !site.needed.contains(true): results = try site.spread([], over: [])
        case .cond(let rule): results = try rule.simplified(at: site)
        case .call(let rule): results = try rule.simplified(at: site)
        case .scan(let rule): results = try rule.simplified(at: site)
        case .while(let rule): results = try rule.simplified(at: site)
        default: results = nil
        }
        if results != nil { isChanged = true }
        return results
      })
      if !isChanged { return module }
    }
    return module
  }
}

/// Which results of each node something needs, given what control flow needs of its operands.
struct ControlUsage {
  /// By node and result.
  private(set) var needed: [[Bool]]

  init(_ module: Module) {
    needed = module.nodes.map { Array(repeating: false, count: $0.types.count) }
    for root in module.roots { needed[root.nodeIndex][Int(root.result)] = true }
    for index in module.nodes.indices.reversed() where needed[index].contains(true) {
      let node = module.nodes[index]
      let used = node.op.operandsNeeded(for: needed[index], count: node.operands.count)
      for (operand, isUsed) in zip(node.operands, used) where isUsed {
        needed[operand.nodeIndex][Int(operand.result)] = true
      }
    }
  }
}
