// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension CondOp {
  /// Values for the results, or nil where there is nothing to do.
  func simplified(at site: ControlSite) throws -> [Value]? {
    let values = Array(site.operands.dropFirst())
    if let truth = site.constantTruth(of: site.operands[0]) {
      return try site.builder.inline(truth ? then : otherwise, values)
    }
    if then == otherwise { return try site.builder.inline(then, values) }
    var kept = site.needed.indices.filter { site.needed[$0] }
    var passed: [(result: Int, value: Value)] = []
    kept.removeAll { result in
      guard let parameter = then.parameter(ofResult: result),
        parameter == otherwise.parameter(ofResult: result)
      else { return false }
      passed.append((result, values[parameter]))
      return true
    }
    let isKept = site.needed.indices.map(kept.contains)
    let branches = regions.map { $0.parametersNeeded(for: isKept) }
    var wiring = Wiring(groupCount: 1)
    for (index, value) in values.enumerated() {
      wiring.capture(value, then.parameters[index].name, branches.contains { $0[index] }, group: 0, site)
    }
    if !wiring.isChanged, kept.count == site.types.count { return nil }
    var results = passed
    if !kept.isEmpty {
      let types = wiring.operands.map(site.builder.type(of:))
      let new = CondOp(
        then: try wiring.region(then, keeping: kept, types: types),
        else: try wiring.region(otherwise, keeping: kept, types: types))
      let values = try site.builder.appendAll(.cond(new), [site.operands[0]] + wiring.operands)
      results += zip(kept, values).map { ($0, $1) }
    }
    return try site.spread(results.map(\.value), over: results.map(\.result))
  }
}

extension CallOp {
  /// Values for the results, or nil where there is nothing to do. Gradients are expanded by now, so that a gradient of
  /// its own is of no use to a call, and only a checkpoint stays one.
  func simplified(at site: ControlSite) throws -> [Value]? {
    if !isCheckpoint { return try site.builder.inline(body, site.operands) }
    let kept = site.needed.indices.filter { site.needed[$0] }
    let isNeeded = body.parametersNeeded(for: site.needed)
    var wiring = Wiring(groupCount: 1)
    for (index, value) in site.operands.enumerated() {
      wiring.capture(value, body.parameters[index].name, isNeeded[index], group: 0, site)
    }
    if !wiring.isChanged, kept.count == site.types.count, gradient == nil { return nil }
    let types = wiring.operands.map(site.builder.type(of:))
    let new = CallOp(body: try wiring.region(body, keeping: kept, types: types), isCheckpoint: true)
    return try site.spread(site.builder.appendAll(.call(new), wiring.operands), over: kept)
  }
}

extension Wiring {
  /// Hands the next parameter to the regions as a value that stays the same in them, if they need it and cannot make it
  /// themselves.
  mutating func capture(_ value: Value, _ name: String, _ isNeeded: Bool, group: Int, _ site: ControlSite) {
    if !isNeeded {
      replace(with: .nowhere)
    } else if let maker = site.maker(of: value) {
      replace(with: .made(maker))
    } else {
      keep(value, name, in: group, isShared: true)
    }
  }
}
