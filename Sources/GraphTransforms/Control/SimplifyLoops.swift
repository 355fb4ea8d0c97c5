// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ScanOp {
  /// Values for the results, or nil where there is nothing to do.
  func simplified(at site: ControlSite) throws -> [Value]? {
    if length == 0 {
      return try site.operands.prefix(carries)
        + site.types.dropFirst(carries).map { try site.builder.full(0, $0) }
    }
    if length == 1 { return try inlined(at: site) }
    let needed = needed(for: site.needed)
    var results: [(result: Int, value: Value)] = []
    var kept = needed.results.indices.filter { needed.results[$0] }
    // Outputs that need no loop.
    kept.removeAll { result in
      guard result >= carries, let parameter = body.parameter(ofResult: result),
        (carries..<firstCapture).contains(parameter)
      else { return false }
      results.append((result, site.operands[parameter]))
      return true
    }
    for result in kept where result >= carries {
      guard let parameter = body.parameter(ofResult: result), parameter >= firstCapture else { continue }
      let type = site.types[result]
      let value = try site.builder.broadcast(
        site.operands[parameter], to: type.shape, axes: Array(1..<type.rank))
      results.append((result, value))
    }
    // Carries that no step changes.
    for carry in 0..<carries where needed.results[carry] && body.parameter(ofResult: carry) == carry {
      results.append((carry, site.operands[carry]))
    }
    let done = Set(results.map(\.result))
    kept.removeAll(where: done.contains)

    // What the results that are left need.
    let rest = self.needed(for: site.types.indices.map { kept.contains($0) && site.needed[$0] })
    kept.removeAll { !rest.results[$0] }
    let keptCarries = kept.filter { $0 < carries }
    let wiring = wiring(at: site, keptCarries, rest.parameters)
    if !wiring.isChanged, kept.count == site.types.count { return nil }
    if !kept.isEmpty {
      var types = wiring.operands.map(site.builder.type(of:))
      for index in keptCarries.count..<keptCarries.count + wiring.groups[1].count {
        types[index] = types[index].with(shape: Shape(Array(types[index].shape.dims.dropFirst())))
      }
      let scan = ScanOp(
        carries: keptCarries.count, elements: wiring.groups[1].count, length: length, reverse: reverse,
        body: try wiring.region(body, keeping: kept, types: types))
      let values = try site.builder.appendAll(.scan(scan), wiring.operands)
      results += zip(kept, values).map { ($0, $1) }
    }
    return try site.spread(results.map(\.value), over: results.map(\.result))
  }

  /// Groups: carries, elements, captures.
  private func wiring(at site: ControlSite, _ keptCarries: [Int], _ isNeeded: [Bool]) -> Wiring {
    var wiring = Wiring(groupCount: 3)
    for (index, value) in site.operands.enumerated() {
      let name = body.parameters[index].name
      switch index {
      case ..<carries where keptCarries.contains(index):
        wiring.keep(value, name, in: 0, isShared: false)
      case ..<carries:
        // No step changes it, or nothing needs it.
        if isNeeded[index] {
          if let maker = site.maker(of: value) {
            wiring.replace(with: .made(maker))
          } else {
            wiring.move(value, name, to: 2)
          }
        } else {
          wiring.replace(with: .nowhere)
        }
      case ..<firstCapture:
        if !isNeeded[index] {
          wiring.replace(with: .nowhere)
        } else if let (source, rule) = repeatedElement(value, site.builder) {
          if let maker = site.maker(of: source) {
            wiring.replace(with: .made { try $0.append(.broadcast(rule), [maker($0)]) })
          } else {
            wiring.move(source, name, to: 2, repeatedBy: rule)
          }
        } else {
          wiring.keep(value, name, in: 1, isShared: true)
        }
      default: wiring.capture(value, name, isNeeded[index], group: 2, site)
      }
    }
    return wiring
  }

  /// What an element array repeats along its first axis, and how each step's part is made of it.
  private func repeatedElement(_ value: Value, _ builder: ModuleBuilder) -> (Value, BroadcastOp)? {
    let node = builder.node(value)
    guard case .broadcast(let rule) = node.op, !rule.axes.contains(0) else { return nil }
    let shape = Shape(Array(rule.shape.dims.dropFirst()))
    return (node.operands[0], BroadcastOp(shape: shape, axes: rule.axes.map { $0 - 1 }))
  }

  /// The only step.
  private func inlined(at site: ControlSite) throws -> [Value] {
    let builder = site.builder
    var values = site.operands
    for index in carries..<firstCapture {
      let shape = builder.type(of: values[index]).shape
      values[index] = try builder.reshape(values[index], to: Shape(Array(shape.dims.dropFirst())))
    }
    let results = try builder.inline(body, values)
    return try zip(results, site.types).map { try builder.reshape($0, to: $1.shape) }
  }
}

extension WhileOp {
  /// Values for the results, or nil where there is nothing to do.
  func simplified(at site: ControlSite) throws -> [Value]? {
    if case .constant(let rule) = condition.module.nodes[condition.module.results[0].value.nodeIndex].op,
      rule.value.bits(at: 0) == 0
    {
      return Array(site.operands.prefix(carries))
    }
    let isNeeded = needed(for: site.needed)
    let isConstant = (0..<carries).map { body.parameter(ofResult: $0) == $0 }
    var results = (0..<carries).filter { isConstant[$0] }.map { (result: $0, value: site.operands[$0]) }
    let kept = (0..<carries).filter { isNeeded[$0] && !isConstant[$0] }
    if kept.isEmpty {
      // A loop that changes nothing ends at once, or never; either way its results are what it starts from.
      return Array(site.operands.prefix(carries))
    }
    var wiring = Wiring(groupCount: 2)
    for (index, value) in site.operands.enumerated() {
      let name = body.parameters[index].name
      if kept.contains(index) {
        wiring.keep(value, name, in: 0, isShared: false)
      } else if index < carries, isNeeded[index] {
        wiring.move(value, name, to: 1)
      } else {
        wiring.capture(value, name, isNeeded[index], group: 1, site)
      }
    }
    if !wiring.isChanged { return nil }
    let types = wiring.operands.map(site.builder.type(of:))
    let loop = WhileOp(
      carries: kept.count, condition: try wiring.region(condition, keeping: [0], types: types),
      body: try wiring.region(body, keeping: kept, types: types))
    let values = try site.builder.appendAll(.while(loop), wiring.operands)
    results += zip(kept, values).map { (result: $0, value: $1) }
    return try site.spread(results.map(\.value), over: results.map(\.result))
  }
}
