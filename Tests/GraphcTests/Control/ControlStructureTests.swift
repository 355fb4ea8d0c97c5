// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import GraphTransforms
import Testing

@testable import Graphc

/// What control flow becomes: programs, kernels and steps.
@Suite("Structure of control flow")
struct ControlStructureTests {
  /// The plan of a run, every pass verified.
  private func plan(_ fetches: [Tensor], feeding feeds: [Tensor: NDArray] = [:]) throws -> Plan {
    let inspection = try Inspection(fetches[0].graph, fetches: fetches, feeding: feeds)
    let module = try Pipeline.standard.run(
      inspection.numbered(for: .optimized), options: PipelineOptions(verify: true))
    return try Lowering.plan(for: module)
  }

  @Test("A loop is compiled once, whatever the number of its steps, and so is its gradient")
  func tripCounts() throws {
    var counts: Set<[Int]> = []
    for steps in [10, 100, 1000] {
      let graph = Graph()
      let x = graph.placeholder(.float32, [steps, 8])
      let w = graph.variable([8, 8])
      let last = graph.scan(over: x, from: graph.zeros([8])) { h, row in
        let next = tanh(matmul(h, w) + row)
        return (carry: next, output: next * row)
      }
      let gradients = graph.gradients(of: last.carry.sum() + last.outputs.sum(), withRespectTo: [w.value, x])
      let plan = try plan([last.carry] + gradients, feeding: [x: singles([steps, 8])])
      counts.insert([plan.kernels.count, plan.allSteps.count, plan.nodeCount])
    }
    #expect(counts.count == 1, "\(counts)")
  }

  @Test(
    "Every program with control flow prints, parses and verifies at each stage", arguments: ControlCase.all)
  func texts(controlCase: ControlCase) throws {
    let graph = Graph()
    let x = controlCase.shapes.map { graph.placeholder(.float64, TensorShape($0), name: "x") }
    let feeds = Dictionary(uniqueKeysWithValues: zip(x, controlCase.inputs))
    let y = controlCase.build(graph, x)
    let first = graph.gradients(of: square(y).sum(), withRespectTo: x)
    let sum = first.map { sin($0).sum() }.reduce(graph.constant(0.0, dtype: .float64), +)
    let second = graph.gradients(of: sum, withRespectTo: x)
    let inspection = try Inspection(graph, fetches: [y] + first + second, feeding: feeds)
    let bound = try inspection.numbered(for: .optimized)
    let options = PipelineOptions(verify: true)
    let stages = [
      inspection.module, bound, try Pass.gradients.run(bound),
      try Pipeline.standard.run(bound, options: options),
    ]
    for (number, module) in stages.enumerated() {
      let text = ModulePrinter(module, options: .canonical).text
      let parsed = try ModuleParser.parse(text, file: "test.gir")
      try Verifier.verify(parsed, isStatic: number > 1)
      #expect(ModulePrinter(parsed, options: .canonical).text == text)
      #expect(parsed.nodes.map(\.op) == module.nodes.map(\.op))
    }
    #expect(!(try inspection.text(of: .plan)).isEmpty)
  }

  @Test("A value from outside is an operand by its name, and what a region does not use is none")
  func captures() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, ["n", 3], name: "x")
    let w = graph.scope("layer") { graph.variable([3], name: "w") }
    let y = graph.map(over: x) { row in
      _ = exp(w * 3)
      return row * w
    }
    let module = try Inspection(graph, fetches: [y], feeding: [x: singles([2, 3])]).module
    #expect(
      ModulePrinter(module, options: .canonical).text == """
        module @run {
          param %x: f32[?0,3]  "x"
          var @layer.w: f32[3]  "layer/w"
          %0 = variable @layer.w : f32[3]
          %1 = scan %x, %0 {carries = 0, elements = 1, length = ?0, reverse = false, body = {
            param %x: f32[3]
            param %w: f32[3]
            %0 = multiply %x, %w : f32[3]
            result %0 : f32[3]
          }} : f32[?0,3]
          result %1 : f32[?0,3]  "result"
        }

        """)
  }

  @Test("A new number of steps or batch is another plan, by feeding alone")
  func newExtents() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, nil])
    let sums = graph.scan(over: x, from: graph.zeros([x.shape.extent(1)])) { sum, row in
      (carry: sum + row, output: sum * row)
    }
    let session = try Session(graph, threads: 1)
    for (length, width) in [(2, 3), (5, 3), (2, 7)] {
      let feed = singles([length, width])
      let values = try session.run([sums.carry, sums.outputs], feeding: [x: feed])
      var sum = [Float](repeating: 0, count: width)
      var outputs: [Float] = []
      for row in 0..<length {
        let parts = feed.floats[row * width..<(row + 1) * width]
        outputs += zip(sum, parts).map { $0 * $1 }
        sum = zip(sum, parts).map { $0 + $1 }
      }
      #expect(values == [NDArray(sum), NDArray(outputs, shape: [length, width])])
    }
    #expect(session.report.compilations.count == 3)
  }
}
