// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Op {
  /// Which operands some results need.
  public func operandsNeeded(for results: [Bool], count: Int) -> [Bool] {
    switch self {
    case .cond(let rule):
      let branches = rule.regions.map { $0.parametersNeeded(for: results) }
      return [true] + branches[0].indices.map { branches[0][$0] || branches[1][$0] }
    case .call(let rule): return rule.body.parametersNeeded(for: results)
    case .scan(let rule): return rule.needed(for: results).parameters
    case .while(let rule): return rule.needed(for: results)
    default: return Array(repeating: true, count: count)
    }
  }
}

extension Region {
  /// Which parameters some results are computed from.
  public func parametersNeeded(for results: [Bool]) -> [Bool] {
    let needs = self.needs
    return module.parameters.indices.map { parameter in
      results.indices.contains { results[$0] && needs[$0][parameter] }
    }
  }

  /// Which parameters one result is computed from.
  func parametersNeeded(forResult result: Int) -> [Bool] {
    var needed = [Bool](repeating: false, count: module.parameters.count)
    var isReached = module.nodes.map { Array(repeating: false, count: $0.types.count) }
    let value = module.results[result].value
    isReached[value.nodeIndex][Int(value.result)] = true
    for index in module.nodes.indices.reversed() where isReached[index].contains(true) {
      let node = module.nodes[index]
      if case .parameter(let rule) = node.op {
        needed[rule.index] = true
        continue
      }
      let used = node.op.operandsNeeded(for: isReached[index], count: node.operands.count)
      for (operand, isUsed) in zip(node.operands, used) where isUsed {
        isReached[operand.nodeIndex][Int(operand.result)] = true
      }
    }
    return needed
  }
}

extension ScanOp {
  /// The carries and outputs, among the results, and the parameters that some results need.
  public func needed(for results: [Bool]) -> (results: [Bool], parameters: [Bool]) {
    var results = results
    while true {
      let parameters = body.parametersNeeded(for: results)
      let new = (0..<carries).filter { parameters[$0] && !results[$0] }
      if new.isEmpty {
        // What a carry starts from is a result of no steps.
        return (results, parameters.indices.map { parameters[$0] || $0 < carries && results[$0] })
      }
      for carry in new { results[carry] = true }
    }
  }
}

extension WhileOp {
  /// The operands that some results need; the condition is always needed.
  public func needed(for results: [Bool]) -> [Bool] {
    let decisive = condition.parametersNeeded(for: [true])
    var kept = (0..<carries).map { results[$0] || decisive[$0] }
    while true {
      let parameters = body.parametersNeeded(for: kept)
      let new = (0..<carries).filter { parameters[$0] && !kept[$0] }
      if new.isEmpty {
        return parameters.indices.map { parameters[$0] || decisive[$0] || $0 < carries && kept[$0] }
      }
      for carry in new { kept[carry] = true }
    }
  }
}
