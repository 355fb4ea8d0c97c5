// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Random programs with control flow, each of them built twice: with regions, and written out.
private struct RandomControlProgram {
  let graph: Graph
  let isWrittenOut: Bool
  private var state: UInt64

  init(_ graph: Graph, seed: UInt64, isWrittenOut: Bool) {
    self.graph = graph
    self.isWrittenOut = isWrittenOut
    state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  private mutating func draw(_ count: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % count
  }

  private mutating func pick(_ values: [Tensor]) -> Tensor {
    // Late ones more often.
    values[max(draw(values.count), draw(values.count))]
  }

  /// A value of the shape of all the others, between −2 and 2.
  mutating func grow(_ values: [Tensor], depth: Int) -> Tensor {
    var values = values
    for _ in 0..<2 + draw(2) {
      let isSimple = depth == 0 || draw(3) == 0
      values.append(isSimple ? simple(values) : sin(control(values, depth: depth - 1)))
    }
    return pick(Array(values.suffix(2)))
  }

  private mutating func simple(_ values: [Tensor]) -> Tensor {
    let (a, b) = (pick(values), pick(values))
    switch draw(5) {
    case 0: return sin(a * b)
    case 1: return tanh(a - 2 * b)
    case 2: return cos(a) * b / (1 + square(b))
    case 3: return sin(a + b.sum())
    default: return tanh(a * 0.5 + b * b)
    }
  }

  private mutating func control(_ values: [Tensor], depth: Int) -> Tensor {
    switch draw(6) {
    case 0: return branch(values, depth)
    case 1: return map(values, depth)
    case 2: return count(values, depth)
    case 3: return scan(values, depth)
    case 4:
      let inputs = [pick(values), pick(values)]
      if isWrittenOut { return grow(values + inputs, depth: depth) }
      return graph.checkpoint(inputs) { [grow(values + $0, depth: depth)] }[0]
    default: return ownGradient(pick(values), pick(values))
    }
  }

  private mutating func branch(_ values: [Tensor], _ depth: Int) -> Tensor {
    let decision = pick(values).sum() .> Double(draw(5)) * 0.3 - 0.6
    if isWrittenOut {
      let (yes, no) = (grow(values, depth: depth), grow(values, depth: depth))
      return select(decision, yes, no)
    }
    return graph.cond(decision, then: { grow(values, depth: depth) }, else: { grow(values, depth: depth) })
  }

  /// Written out, a body is built for every step, from the same choices.
  private mutating func eachStep(_ steps: [Int], _ body: (inout Self, Int) -> Void) {
    let start = state
    var end = start
    for step in steps {
      state = start
      body(&self, step)
      end = state
    }
    state = end
  }

  private mutating func map(_ values: [Tensor], _ depth: Int) -> Tensor {
    let rows = stack([pick(values), pick(values), pick(values)])
    if isWrittenOut {
      var results: [Tensor] = []
      eachStep([0, 1, 2]) { program, step in
        results.append(program.grow(values + [rows[step]], depth: depth))
      }
      return stack(results).sum(axis: 0)
    }
    return graph.map(over: rows) { grow(values + [$0], depth: depth) }.sum(axis: 0)
  }

  private mutating func count(_ values: [Tensor], _ depth: Int) -> Tensor {
    let (steps, start) = (1 + draw(3), pick(values))
    if isWrittenOut {
      var value = start
      eachStep(Array(0..<steps)) { program, step in
        value = program.grow(values + [value * (Double(step) * 0.25)], depth: depth)
      }
      return value
    }
    return graph.fori(steps, from: start) { step, value in
      grow(values + [value * (step.converted(to: .float64) * 0.25)], depth: depth)
    }
  }

  private mutating func scan(_ values: [Tensor], _ depth: Int) -> Tensor {
    let rows = stack([pick(values), pick(values)])
    let (isReversed, start) = (draw(2) == 0, pick(values))
    if isWrittenOut {
      var (carry, outputs) = (start, [start, start])
      eachStep(isReversed ? [1, 0] : [0, 1]) { program, step in
        let next = program.grow(values + [carry, rows[step]], depth: depth)
        outputs[step] = next * carry
        carry = next
      }
      return carry + stack(outputs).sum(axis: 0)
    }
    let (carry, outputs) = graph.scan(over: rows, from: start, reversed: isReversed) { carry, row in
      let next = grow(values + [carry, row], depth: depth)
      return (carry: next, output: next * carry)
    }
    return carry + outputs.sum(axis: 0)
  }

  /// A function whose gradient is taken by the program itself.
  private func ownGradient(_ x: Tensor, _ y: Tensor) -> Tensor {
    let function = { (x: [Tensor]) in sin(x[0]) * x[1] }
    if isWrittenOut { return function([x, y]) }
    return graph.customGradient([x, y]) {
      [function($0)]
    } gradient: { inputs, _, cotangents in
      graph.vectorJacobianProduct(of: [function(inputs)], withRespectTo: inputs, vectors: cotangents)
    }[0]
  }
}

@Suite("Random programs with control flow")
struct RandomControlTests {
  @Test(
    "The same values and gradients as written out, in both engines", arguments: 1...10 as ClosedRange<UInt64>)
  func programs(seed: UInt64) throws {
    let graph = Graph()
    let x = graph.placeholder(.float64, [3], name: "x")
    let y = graph.placeholder(.float64, [3], name: "y")
    let results = [false, true].map { isWrittenOut in
      var program = RandomControlProgram(graph, seed: seed, isWrittenOut: isWrittenOut)
      let value = (0..<2).map { _ in program.grow([x, y], depth: 2) }.reduce(x * y, +)
      return [value] + graph.gradients(of: value.sum(), withRespectTo: [x, y], cuts: .areZero)
    }
    #expect(graph.diagnostics.isEmpty, "\(graph.diagnostics)")
    let values = try bothEngines(
      results[0] + results[1], feeding: [x: [0.3, -0.8, 0.9], y: [-0.2, 0.5, 1.1]])
    for (looped, writtenOut) in zip(values, values.dropFirst(3)) {
      #expect(isClose(looped.doubles, writtenOut.doubles, within: 1e-10))
    }
  }
}
