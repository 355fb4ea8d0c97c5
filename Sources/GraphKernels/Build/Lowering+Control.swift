// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleLowering {
  /// One step for an op that runs regions. The regions' plans share kernels and constants with this one, and their
  /// temporaries lie in a buffer that only this step uses.
  mutating func lowerControl(_ value: Value, _ node: Node) throws {
    let results = node.types.indices.map { Value(node: value.node, result: Int32($0)) }
    var bodies: [Plan.Body] = []
    var spares: [Int] = []
    var flag: Int?
    let kind: Plan.ControlStep.Kind
    let spare = { (lowering: inout ModuleLowering, index: Int) -> Int in
      spares.append(lowering.addBuffer(node.types[index], .arena(offset: 0)))
      return spares.count - 1
    }
    switch node.op {
    case .cond(let rule):
      kind = .cond
      bodies = try rule.regions.map { try body($0) }
    case .call(let rule):
      kind = .call
      bodies = [try body(rule.body)]
    case .while(let rule):
      kind = .loop(carries: rule.carries)
      bodies = try rule.regions.map { try body($0) }
      for index in 0..<rule.carries { _ = spare(&self, index) }
      flag = addBuffer(TensorType(.bool, .scalar), .arena(offset: 0))
    case .scan(let rule):
      guard let length = rule.length.value else { throw Lowering.bug("a scan's length is open", module) }
      var region = try ModuleLowering(try rule.body.module.wideningHalves(), tables: tables)
      let outputs = region.sharedOutputs(of: rule)
      let places = (0..<rule.carries).map { carry -> Plan.ControlStep.CarryPlace in
        outputs[carry] ?? .turns(spare: spare(&self, carry))
      }
      let skipped = outputs.values.map { place -> Int in
        switch place {
        case .history(let output), .output(let output): rule.carries + output
        case .turns: 0
        }
      }
      bodies = [try region.body(skipping: Set(skipped))]
      kind = .scan(
        Plan.ControlStep.Scan(
          carries: rule.carries, elements: rule.elements, length: length, reverse: rule.reverse,
          places: places))
    default: throw Lowering.bug("\(node.op.mnemonic) runs no regions", module)
    }
    let scratch = TensorType(.uint8, [Dim(bodies.map(\.arenaByteCount).max() ?? 0)])
    steps.append(
      .control(
        Plan.ControlStep(
          kind: kind, bodies: bodies, operands: try node.operands.map { try buffer(of: $0) },
          results: try results.map { try buffer(of: $0) }, spares: spares, flag: flag,
          scratch: addBuffer(scratch, .arena(offset: 0)), mnemonic: node.op.mnemonic, origin: node.origin)))
  }

  private func body(_ region: Region) throws -> Plan.Body {
    var lowering = try ModuleLowering(try region.module.wideningHalves(), tables: tables)
    return try lowering.body(skipping: [])
  }

  /// The plan of a region. Each result is computed where it is wanted; only one that is a parameter, a constant or
  /// another result is copied there.
  ///
  /// - Parameter skipped: results that the step around the region finds elsewhere.
  private mutating func body(skipping skipped: Set<Int>) throws -> Plan.Body {
    let values = module.results.map { inlining.memory(of: $0.value) }
    for (number, value) in values.enumerated()
    where !skipped.contains(number) && outputNumbers[value] == nil && !isLeaf(value) {
      outputNumbers[value] = number
    }
    try lowerNodes()
    for (number, value) in values.enumerated()
    where !skipped.contains(number) && outputNumbers[value] != .some(number) {
      let target = addBuffer(module.type(of: module.results[number].value), .output(number))
      steps.append(.copy(from: try buffer(of: value), to: target))
    }
    let arenaByteCount = placeTemporaries()
    return Plan.Body(
      parameters: module.parameters.map(\.type),
      results: module.results.map { module.type(of: $0.value) }, buffers: buffers, steps: steps,
      arenaByteCount: arenaByteCount)
  }

  private func isLeaf(_ value: Value) -> Bool {
    switch module.nodes[value.nodeIndex].op {
    case .parameter, .constant: true
    default: false
    }
  }

  /// The carries whose values some output holds anyway, the carry with which steps begin or that with which they end:
  /// then it is written there and nowhere else. Called on the lowering of a scan's body.
  private func sharedOutputs(of rule: ScanOp) -> [Int: Plan.ControlStep.CarryPlace] {
    let values = module.results.map { inlining.memory(of: $0.value) }
    var parameters: [Value: Int] = [:]
    for (index, node) in module.nodes.enumerated() {
      if case .parameter(let leaf) = node.op { parameters[Value(node: Int32(index))] = leaf.index }
    }
    var places: [Int: Plan.ControlStep.CarryPlace] = [:]
    for output in rule.carries..<values.count {
      if let carry = parameters[values[output]], carry < rule.carries, places[carry] == nil {
        places[carry] = .history(output: output - rule.carries)
      }
    }
    for output in rule.carries..<values.count where !isLeaf(values[output]) {
      if let carry = values[..<rule.carries].firstIndex(of: values[output]), places[carry] == nil {
        places[carry] = .output(output - rule.carries)
      }
    }
    return places
  }
}
