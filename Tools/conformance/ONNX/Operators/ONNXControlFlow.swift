// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  /// A branch is taken while the graph is built where the condition is known then. A `Loop`, whose results may grow
  /// with each turn, is unrolled.
  static let controlFlow: [String: Build] = [
    "If": { call in
      let branch = { (isTrue: Bool) throws in
        var scope = call.scope
        return try call.builder.run(call.nested(isTrue ? "then_branch" : "else_branch"), &scope).map(\.tensor)
      }
      if call.builder.isUnrolling || call.inputs[0]?.sources.isEmpty ?? true {
        return try branch(call.array(0).bools.first ?? false)
      }
      return try call.builder.withinRegion {
        try call.graph.cond(
          call.input(0).reshaped(to: []), then: { try branch(true) }, else: { try branch(false) })
      }
    },
    "Loop": loop,
    "Scan": scan,
  ]

  private static func loop(_ call: ONNXCall) throws -> [Tensor?] {
    let body = try call.nested("body")
    let limit = try call.optionalIntegers(0)?.first ?? Int.max
    var condition = try call.optionalArray(1)?.bools.first ?? true
    var carried = Array(call.inputs.dropFirst(2))
    var collected = Array(repeating: [Tensor](), count: body.outputs.count - 1 - carried.count)
    var position = 0
    while condition, position < limit {
      var scope = call.scope
      let constants = [
        ONNXValue(tensor: call.builder.constant(NDArray(scalar: Int64(position))), sources: []),
        ONNXValue(tensor: call.builder.constant(NDArray(scalar: true)), sources: []),
      ]
      for (name, value) in zip(body.inputs, constants + carried) { scope[name] = value }
      let results = try call.builder.run(body, &scope)
      condition = try call.builder.array(of: results[0]).bools.first ?? false
      carried = Array(results[1..<1 + carried.count])
      for (index, value) in results[(1 + carried.count)...].enumerated() {
        collected[index].append(value.tensor)
      }
      position += 1
    }
    try call.require(collected.allSatisfy { !$0.isEmpty }, "no iterations")
    return carried.map { $0?.tensor } + collected.map { stack($0) }
  }

  /// Before opset 9 there is a batch in front, and an input for the lengths of its sequences.
  private static func scan(_ call: ONNXCall) throws -> [Tensor?] {
    let body = try call.nested("body")
    guard let elementCount = call.integer("num_scan_inputs") else {
      throw FixtureError("Scan without inputs")
    }
    for attribute in [
      "scan_input_axes", "scan_output_axes", "scan_input_directions", "scan_output_directions",
    ] {
      try call.require(call.integers(attribute)?.allSatisfy { $0 == 0 } ?? true, attribute)
    }
    let isBatched = call.opset < 9
    try call.require(!isBatched || call.optional(0) == nil, "lengths of sequences")
    let inputs = try call.inputs.indices.dropFirst(isBatched ? 1 : 0).map { try call.input($0) }
    let batch = isBatched ? try call.extents(inputs[0])[0] : 1
    var rows: [[Tensor]] = []
    for index in 0..<batch {
      let row = isBatched ? inputs.map { $0[index] } : inputs
      let (states, elements) = (row.dropLast(elementCount), row.suffix(elementCount))
      rows.append(try scanned(call, body, Array(states), Array(elements)))
    }
    return isBatched ? rows[0].indices.map { position in stack(rows.map { $0[position] }) } : rows[0]
  }

  private static func scanned(
    _ call: ONNXCall, _ body: ONNXGraph, _ states: [Tensor], _ elements: [Tensor]
  ) throws -> [Tensor] {
    if call.builder.isUnrolling { return try unrolled(call, body, states, elements) }
    // What a step works on is not known while the graph is built.
    let sources = call.sources.union([ONNXBuilder.unrolling])
    let results = try call.builder.withinRegion {
      try call.graph.scan(over: elements, from: states) { states, parts in
        var scope = call.scope
        for (name, tensor) in zip(body.inputs, states + parts) {
          scope[name] = ONNXValue(tensor: tensor, sources: sources)
        }
        let results = try call.builder.run(body, &scope).map(\.tensor)
        return (Array(results.prefix(states.count)), Array(results.dropFirst(states.count)))
      }
    }
    return results.carries + results.outputs
  }

  /// The steps one by one.
  private static func unrolled(
    _ call: ONNXCall, _ body: ONNXGraph, _ states: [Tensor], _ elements: [Tensor]
  ) throws -> [Tensor] {
    var states = states
    var collected = Array(repeating: [Tensor](), count: body.outputs.count - states.count)
    for position in 0..<(try call.extents(elements[0])[0]) {
      var scope = call.scope
      for (name, tensor) in zip(body.inputs, states + elements.map { $0[position] }) {
        scope[name] = ONNXValue(tensor: tensor, sources: call.sources)
      }
      let results = try call.builder.run(body, &scope).map(\.tensor)
      states = Array(results.prefix(states.count))
      for (index, tensor) in results.dropFirst(states.count).enumerated() { collected[index].append(tensor) }
    }
    return states + collected.map { stack($0) }
  }
}
