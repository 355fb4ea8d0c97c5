// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Gradients of the program's own, and checkpoints")
struct CustomGradientTests {
  let graph = Graph()

  @Test("The gradient given takes the place of the function's own: a rounding that lets gradients pass")
  func straightThrough() throws {
    let x = graph.placeholder(.float32, [4], name: "x")
    var runs = (forward: 0, gradient: 0)
    let y = graph.customGradient(x) { x in
      runs.forward += 1
      return round(x)
    } gradient: { _, _, dy in
      runs.gradient += 1
      return dy
    }
    let gradient = graph.gradients(of: square(y).sum(), withRespectTo: [x])[0]
    let values = try bothEngines([y, gradient], feeding: [x: [0.4, 0.6, -1.7, 2.5]])
    #expect(values[0].doubles == [0, 1, -2, 2])
    #expect(values[1].doubles == [0, 2, -4, 4])
    // However often it is run or differentiated.
    #expect(runs == (1, 1))
  }

  @Test("Inputs of any type in any order; the gradient names those that have one")
  func mixedInputs() throws {
    let x = graph.placeholder(.float64, [3], name: "x")
    let picks = graph.placeholder(.int32, [2], name: "picks")
    let y = graph.customGradient([picks, x, 2.0]) { inputs in
      [take(inputs[1], inputs[0], axis: 0) * inputs[2], inputs[0]]
    } gradient: { inputs, outputs, cotangents in
      // Twice the true one for x, and a made-up one for the factor.
      #expect(inputs.map(\.dtype) == [.int32, .float64, .float32])
      #expect(outputs.map(\.dtype) == [.float64, .int32] && cotangents.map(\.dtype) == [.float64])
      let zeros = graph.zeros([3], dtype: .float64)
      let dx = scatter(into: zeros, at: inputs[0].reshaped(to: [2, 1]), 4 * cotangents[0], mode: .add)
      return [dx, graph.constant(7.0)]
    }
    let gradient = graph.gradients(of: y[0].sum(), withRespectTo: [x])[0]
    let values: [NDArray] = try bothEngines(y + [gradient], feeding: [x: [1.0, 2, 3], picks: [2, 0]])
    #expect(values.map(\.doubles) == [[6, 2], [2, 0], [4, 0, 4]])
  }

  @Test("Tensors that the function uses without being inputs get no gradient, and the diagnostic says so")
  func captures() throws {
    let x = graph.placeholder(.float64, [3], name: "x")
    let w = graph.variable([3], initializer: .ones, dtype: .float64, name: "w")
    let y = graph.customGradient(x, forward: { $0 * w }, gradient: { x, _, dy in dy * w * x })
    let gradient = graph.gradients(of: y.sum(), withRespectTo: [w])[0]
    #expect(
      gradient.complaint.contains("the gradient that the program gives for it has none for this operand"),
      "\(gradient.complaint)")
    let own = graph.gradients(of: y.sum(), withRespectTo: [x])[0]
    #expect(try own.values(feeding: [x: [1.0, 2, 3]]) == [1, 2, 3])
  }

  @Test("A stable log(1 + eˣ), whose own gradient overflows")
  func stable() throws {
    let x = graph.placeholder(.float64, [3])
    let y = graph.customGradient(
      x, forward: { log(1 + exp($0)) }, gradient: { x, _, dy in dy * (1 - 1 / (1 + exp(x))) })
    let gradient = graph.gradients(of: y.sum(), withRespectTo: [x])[0]
    let second = graph.gradients(of: gradient.sum(), withRespectTo: [x])[0]
    let values = try bothEngines([gradient, second], feeding: [x: [0, 2, 1000]])
    let sigmoid = 1 / (1 + 0.1353352832366127)
    #expect(isClose(values[0].doubles, [0.5, sigmoid, 1], within: 1e-14))
    #expect(isClose(Array(values[1].doubles.prefix(2)), [0.25, sigmoid * (1 - sigmoid)], within: 1e-14))
  }

  @Test("Two losses through one function: its gradient is taken once for each")
  func severalLosses() throws {
    let x = graph.placeholder(.float64, [2])
    let y = graph.customGradient(
      x, forward: { square($0) }, gradient: { x, _, dy in graph.identity(3 * x * dy) })
    let gradients = [y.sum(), square(y).sum()].map { graph.gradients(of: $0, withRespectTo: [x])[0] }
    let inspection = try Inspection(graph, fetches: gradients, feeding: [x: [1.0, 2.0]])
    _ = try inspection.text(of: .optimized)
    let values = try bothEngines(gradients, feeding: [x: [1.0, 2.0]])
    #expect(values.map(\.doubles) == [[3, 6], [6, 48]])
  }

  @Test("A checkpoint keeps nothing of its body for the gradient")
  func checkpointMemory() throws {
    func arena(_ isCheckpointed: Bool) throws -> Int {
      let graph = Graph()
      let x = graph.placeholder(.float32, [64, 64])
      let w = graph.variable([64, 64])
      let layer = { (x: Tensor) in (0..<6).reduce(x) { y, _ in tanh(matmul(y, w)) } }
      var y = x as Tensor
      for _ in 0..<4 { y = isCheckpointed ? graph.checkpoint(y, layer) : layer(y) }
      let gradient = graph.gradients(of: y.sum(), withRespectTo: [w])[0]
      let session = try Session(graph, threads: 1)
      _ = try session.run(gradient, feeding: [x: singles([64, 64])])
      return session.report.compilations[0].arenaByteCount
    }
    let (kept, recomputed) = (try arena(false), try arena(true))
    #expect(recomputed * 3 < kept * 2, "\(recomputed) bytes, \(kept) without checkpoints")
  }

  @Test("A gradient in a region of what is computed outside is refused, not silently short")
  func gradientsWithin() throws {
    let x = graph.placeholder(.float64, [3], name: "x")
    let h = sin(x)
    let partial = graph.map(over: x) { part in
      graph.gradients(of: (h * x).sum() * part, withRespectTo: [x])[0]
    }
    #expect(
      partial.complaint.hasPrefix(
        "[gradient.region] gradients: depends on placeholder \"x\" through %1 sin too, which comes from outside the body "
          + "of a scan and is a constant there"), "\(partial.complaint)")
    #expect(graph.explainGradient(of: h, withRespectTo: x).contains("flows to"))
    var explanations: [String] = []
    let whole = graph.map(over: x) { part in
      explanations.append(graph.explainGradient(of: part * x, withRespectTo: x))
      explanations.append(graph.explainGradient(of: exp(x), withRespectTo: x))
      explanations.append(graph.explainGradient(of: graph.constant(1.0), withRespectTo: x))
      return graph.gradients(of: (sin(x) * x).sum() * part.stopGradient(), withRespectTo: [x])[0]
    }
    #expect(explanations[0].contains("depends on placeholder \"x\" through a parameter \"x\" too"))
    #expect(explanations[1].contains("gradient of %"), "\(explanations[1])")
    #expect(explanations[2].contains("the gradient is zero"), "\(explanations[2])")
    let outside = graph.map(over: x) { part in
      graph.gradients(of: (h * part).sum(), withRespectTo: [h])[0]
    }
    let values = try bothEngines([whole, outside], feeding: [x: [0.5, 1.0, 2.0]])
    // x cos x + sin x
    let derivative = [0.9182168, 1.3817733, 0.0770038]
    #expect(isClose(values[0].doubles, [0.5, 1, 2].flatMap { s in derivative.map { s * $0 } }, within: 1e-6))
    #expect(values[1].doubles == [0.5, 0.5, 0.5, 1, 1, 1, 2, 2, 2])
  }

  @Test("Gradients within a loop: gradient descent as a scan, and the gradient of the whole descent")
  func descent() throws {
    let start = graph.placeholder(.float64, [2], name: "start")
    let rate = graph.placeholder(.float64, [], name: "rate")
    let end = graph.fori(5, from: start) { _, w in
      let loss = square(w - graph.doubles([1, -2])).sum() + exp(w).sum()
      return w - rate * graph.gradients(of: loss, withRespectTo: [w])[0]
    }
    let slope = graph.gradients(of: end.sum(), withRespectTo: [rate])[0]
    let along = { (rate0: Double) in
      try end.values(feeding: [start: [0.5, 0.25], rate: NDArray(scalar: rate0)]).reduce(0, +)
    }
    let h = 1e-4
    let numeric = try (along(0.1 + h) - along(0.1 - h)) / (2 * h)
    let value = try slope.values(feeding: [start: [0.5, 0.25], rate: NDArray(scalar: 0.1)])[0]
    #expect(abs(value - numeric) < 1e-5 * abs(numeric))
  }
}
