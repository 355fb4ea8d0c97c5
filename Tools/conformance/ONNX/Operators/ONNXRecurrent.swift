// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let recurrent: [String: Build] = [
    "RNN": { call in
      let activation = try activations(call, 1)
      return try recurrence(call, gates: 1) { cell, x, states in
        [activation[0](cell.input(x, 0) + cell.recurrent(states[0], 0))]
      }
    },
    "GRU": { call in
      let activation = try activations(call, 2)
      let isLinear = call.flag("linear_before_reset")
      return try recurrence(call, gates: 3) { cell, x, states in
        let h = states[0]
        let update = activation[0](cell.input(x, 0) + cell.recurrent(h, 0))
        let reset = activation[0](cell.input(x, 1) + cell.recurrent(h, 1))
        let candidate = isLinear ? reset * cell.recurrent(h, 2) : cell.recurrent(reset * h, 2)
        return [(1 - update) * activation[1](cell.input(x, 2) + candidate) + update * h]
      }
    },
    "LSTM": { call in
      let activation = try activations(call, 3)
      return try recurrence(call, gates: 4, stateCount: 2) { cell, x, states in
        let (h, c) = (states[0], states[1])
        // Gates lie in the order input, output, forget, cell; peepholes in the order input, output, forget.
        let input = activation[0](cell.input(x, 0) + cell.recurrent(h, 0) + cell.peephole(c, 0))
        let forget = activation[0](cell.input(x, 2) + cell.recurrent(h, 2) + cell.peephole(c, 2))
        let next = forget * c + input * activation[1](cell.input(x, 3) + cell.recurrent(h, 3))
        let output = activation[0](cell.input(x, 1) + cell.recurrent(h, 1) + cell.peephole(next, 1))
        return [output * activation[2](next), next]
      }
    },
  ]

  private typealias Step = (RecurrentCell, Tensor, [Tensor]) -> [Tensor]

  private static func activations(_ call: ONNXCall, _ count: Int) throws -> [@Sendable (Tensor) -> Tensor] {
    let standard = count == 1 ? ["Tanh"] : count == 2 ? ["Sigmoid", "Tanh"] : ["Sigmoid", "Tanh", "Tanh"]
    return try (call.texts("activations") ?? standard).prefix(count).map { name in
      switch name.lowercased() {
      case "tanh": { tanh($0) }
      case "sigmoid": { sigmoid($0) }
      case "relu": { relu($0) }
      default: throw NotCovered("the activation \(name) of \(call.node.op)")
      }
    }
  }

  /// Runs a cell along the sequence, once a direction.
  ///
  /// - Returns: all states `[length, directions, batch, size]`, then the last of each kind `[directions, batch, size]`.
  private static func recurrence(
    _ call: ONNXCall, gates: Int, stateCount: Int = 1, _ step: Step
  ) throws -> [Tensor?] {
    try call.require(call.optional(4) == nil, "lengths of sequences")
    try call.require(!call.has("clip"), "clipping")
    let isBatchFirst = call.flag("layout")
    let x = isBatchFirst ? try call.input(0).swappingAxes(0, 1) : try call.input(0)
    let extents = try call.extents(x)
    let direction = call.text("direction", "forward")
    let size = try call.extents(call.input(2))[2]
    var outputs: [Tensor] = []
    var finals = Array(repeating: [Tensor](), count: stateCount)
    for index in 0..<(direction == "bidirectional" ? 2 : 1) {
      let cell = try RecurrentCell(call, direction: index, size: size, gates: gates)
      var states = (0..<stateCount).map { kind in
        let initial = call.optional(5 + kind).map { isBatchFirst ? $0.swappingAxes(0, 1) : $0 }
        return initial.map { $0[index] }
          ?? call.graph.zeros([Extent(extents[1]), Extent(size)], dtype: x.dtype)
      }
      let isReversed = direction == "reverse" || index == 1
      var steps: [Tensor] = []
      for position in 0..<extents[0] {
        states = step(cell, x[isReversed ? extents[0] - 1 - position : position], states)
        steps.append(states[0])
      }
      outputs.append(stack(isReversed ? steps.reversed() : steps))
      for kind in 0..<stateCount { finals[kind].append(states[kind]) }
    }
    let all = stack(outputs, axis: 1)
    let last = finals.map { stack($0) }
    if !isBatchFirst { return [all] + last }
    return [all.transposed(permutation: [2, 0, 1, 3])] + last.map { $0.swappingAxes(0, 1) }
  }
}

/// The weights of one direction, gate by gate.
private struct RecurrentCell {
  private let inputs: [Tensor]
  private let recurrents: [Tensor]
  private let inputBiases: [Tensor]
  private let recurrentBiases: [Tensor]
  private let peepholes: [Tensor]

  init(_ call: ONNXCall, direction: Int, size: Int, gates: Int) throws {
    let parts = { (x: Tensor?, count: Int) in
      x.map { split($0[direction], sizes: Array(repeating: size, count: count)) } ?? []
    }
    inputs = parts(try call.input(1), gates).map { $0.transposed() }
    recurrents = parts(try call.input(2), gates).map { $0.transposed() }
    let biases = parts(call.optional(3), 2 * gates)
    inputBiases = Array(biases.prefix(gates))
    recurrentBiases = Array(biases.dropFirst(gates))
    peepholes = parts(call.optional(7), 3)
  }

  func input(_ x: Tensor, _ gate: Int) -> Tensor {
    let product = matmul(x, inputs[gate])
    return inputBiases.isEmpty ? product : product + inputBiases[gate]
  }

  func recurrent(_ h: Tensor, _ gate: Int) -> Tensor {
    let product = matmul(h, recurrents[gate])
    return recurrentBiases.isEmpty ? product : product + recurrentBiases[gate]
  }

  func peephole(_ c: Tensor, _ gate: Int) -> Tensor { peepholes.isEmpty ? c * 0.0 : c * peepholes[gate] }
}
