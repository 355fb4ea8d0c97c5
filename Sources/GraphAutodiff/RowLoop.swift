// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GradientExpansion {
  /// Up to here, rows of stacked cotangents get a walk each, which later passes can simplify one by one; more are a loop,
  /// so that the program does not grow with their number.
  static let greatestUnrolledCount = 16

  /// One walk, from stand-ins for a row of the cotangents; what depends on them becomes the body of a scan over the rows.
  ///
  /// - Parameter element: a row of a stack.
  func loop(
    over stacks: [Value], count: Int, element: (Value) throws -> Value,
    walk: ([Value]) throws -> [Value]
  ) throws -> [Value] {
    let first = builder.nodes.count
    // Nothing else is these values, and so what the walk makes of them is found by following them.
    let standIns = try stacks.map { stack in
      try builder.append(.identity(IdentityOp(id: builder.freshIdentity())), [element(stack)])
    }
    let gradients = try walk(standIns)
    let needed = nodes(from: first, neededFor: gradients, dependingOn: standIns)
    var known = Set(standIns)
    for index in needed {
      known.formUnion(builder.nodes[index].types.indices.map { Value(node: Int32(index), result: Int32($0)) })
    }
    var captures: [Value] = []
    let use = { (value: Value) in
      if known.insert(value).inserted { captures.append(value) }
    }
    for index in needed { builder.nodes[index].operands.forEach(use) }
    gradients.forEach(use)

    let parameters = (standIns + captures).map { value in
      Module.Parameter(name: builder.node(value).origin.name ?? "p", type: builder.type(of: value))
    }
    let body = try Region.build(parameters) { region, values in
      var renamed: [Value: Value] = [:]
      for (value, parameter) in zip(standIns + captures, values) { renamed[value] = parameter }
      for index in needed {
        let node = builder.nodes[index]
        let results = try region.appendAll(
          node.op, node.operands.compactMap { renamed[$0] }, origin: node.origin, annotated: node.types)
        for (result, value) in results.enumerated() {
          renamed[Value(node: Int32(index), result: Int32(result))] = value
        }
      }
      return gradients.compactMap { renamed[$0] }
    }
    let scan = ScanOp(carries: 0, elements: stacks.count, length: Dim(count), body: body)
    return try builder.appendAll(.scan(scan), stacks + captures)
  }

  /// The nodes on the way from some values to others, in order, the former left out.
  private func nodes(from first: Int, neededFor goals: [Value], dependingOn sources: [Value]) -> [Int] {
    var depends = [Bool](repeating: false, count: builder.nodes.count - first)
    for source in sources { depends[source.nodeIndex - first] = true }
    for index in first..<builder.nodes.count where !depends[index - first] {
      depends[index - first] = builder.nodes[index].operands.contains {
        $0.nodeIndex >= first && depends[$0.nodeIndex - first]
      }
    }
    for source in sources { depends[source.nodeIndex - first] = false }
    var isNeeded = [Bool](repeating: false, count: depends.count)
    for goal in goals where goal.nodeIndex >= first { isNeeded[goal.nodeIndex - first] = true }
    var found: [Int] = []
    for index in (first..<builder.nodes.count).reversed()
    where isNeeded[index - first] && depends[index - first] {
      found.append(index)
      for operand in builder.nodes[index].operands where operand.nodeIndex >= first {
        isNeeded[operand.nodeIndex - first] = true
      }
    }
    return found.reversed()
  }
}
