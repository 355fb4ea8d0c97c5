// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Pass {
  /// Makes one scan of several over the same operands whose carries go the same way, with the outputs of all.
  ///
  /// The gradient of a scan wants the carries of every step, and asks another scan for them; that one then takes the
  /// place of the first. What one scan becomes may make the operands of others equal, so the pass repeats itself.
  public static let mergeLoops = Pass("merge-loops") { module in
    var module = module
    for _ in 0..<64 {
      guard let merged = try LoopMerging(module).merged() else { return module }
      module = merged
    }
    return module
  }
}

/// One round of merging.
private struct LoopMerging {
  /// What scans must have in common, bodies aside.
  private struct Key: Hashable {
    let operands: [Value]
    let carries: Int
    let elements: Int
    let length: Dim
    let reverse: Bool
  }

  /// A scan that takes the place of several.
  private struct Merger {
    var scan: ScanOp
    /// By node that it stands for, its results that are the node's.
    var results: [Int: [Int]]
  }

  let module: Module

  init(_ module: Module) { self.module = module }

  /// Nil when there is nothing to merge.
  func merged() throws -> Module? {
    var groups: [[Int]] = []
    var groupOfKey: [Key: Int] = [:]
    for (index, node) in module.nodes.enumerated() {
      guard case .scan(let rule) = node.op else { continue }
      let key = Key(
        operands: node.operands, carries: rule.carries, elements: rule.elements, length: rule.length,
        reverse: rule.reverse)
      if let known = groupOfKey[key] {
        groups[known].append(index)
      } else {
        groupOfKey[key] = groups.count
        groups.append([index])
      }
    }
    var mergerOfNode: [Int: Merger] = [:]
    for group in groups {
      for merger in try mergers(of: group) {
        for node in merger.results.keys { mergerOfNode[node] = merger }
      }
    }
    if mergerOfNode.isEmpty { return nil }
    return try module.rebuilt(rewritingAt: { index, operands, builder in
      guard let merger = mergerOfNode[index], let results = merger.results[index] else { return nil }
      // The first of them makes the node, the others find it.
      let values = try builder.appendAll(
        .scan(merger.scan), operands, origin: module.nodes[index].origin)
      return results.map { values[$0] }
    })
  }

  /// The scans of a group that go together, each with one or more others.
  private func mergers(of group: [Int]) throws -> [Merger] {
    var rest = group
    var mergers: [Merger] = []
    while rest.count > 1, let first = rest.first, let rule = scan(first) {
      var results: [Int: [Int]] = [:]
      let body = try Region.build(rule.body.parameters) { builder, parameters in
        let carries = try builder.inline(rule.body, parameters).prefix(rule.carries)
        var outputs: [Value] = []
        for node in rest {
          guard let other = scan(node) else { continue }
          let values = try builder.inline(other.body, parameters)
          if values.prefix(rule.carries) != carries { continue }
          results[node] = Array(0..<rule.carries)
          for output in values.dropFirst(rule.carries) {
            let number = outputs.firstIndex(of: output) ?? outputs.count
            if number == outputs.count { outputs.append(output) }
            results[node]?.append(rule.carries + number)
          }
        }
        return carries + outputs
      }
      rest.removeAll { results[$0] != nil }
      if results.count < 2 { continue }
      let merged = ScanOp(
        carries: rule.carries, elements: rule.elements, length: rule.length, reverse: rule.reverse,
        body: body)
      mergers.append(Merger(scan: merged, results: results))
    }
    return mergers
  }

  private func scan(_ node: Int) -> ScanOp? {
    if case .scan(let rule) = module.nodes[node].op { rule } else { nil }
  }
}
