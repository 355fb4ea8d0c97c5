// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Draws in control flow")
struct ControlRandomTests {
  let graph = Graph()

  /// The generator of a draw in an iteration of the loops around it, the outermost first.
  private func generator(seed: UInt64, step: UInt64 = 0, stream: UInt64 = 0, _ loops: UInt64...)
    -> CounterGenerator
  {
    loops.reduce(CounterGenerator(seed: seed, step: step, stream: stream)) {
      CounterGenerator(key: Threefry.block(key: $0.key, counter: $1))
    }
  }

  @Test("Each iteration of each loop draws other numbers, as the specification says")
  func iterations() throws {
    let draws = graph.scan(over: [], from: [], length: 3) { _, _ in
      let inner = graph.map(over: graph.range(2).converted(to: .float32)) {
        $0 * 0 + graph.randomUniform([4])
      }
      return ([], [inner, graph.randomUniform([2])])
    }.outputs
    for engine in RandomDrawTests.engines {
      let session = try Session(graph, seed: 5, engine: engine)
      for step in 0..<2 as Range<UInt64> {
        let values = try session.run(draws)
        let inner = (0..<3 as Range<UInt64>).flatMap { i in
          (0..<2 as Range<UInt64>).flatMap { j in
            (0..<4).map { generator(seed: 5, step: step, i, j).uniformFloat32(at: UInt64($0)) }
          }
        }
        #expect(values[0] == NDArray(inner, shape: [3, 2, 4]))
        let outer = (0..<3 as Range<UInt64>).flatMap { i in
          (0..<2).map { generator(seed: 5, step: step, stream: 1, i).uniformFloat32(at: UInt64($0)) }
        }
        #expect(values[1] == NDArray(outer, shape: [3, 2]))
      }
    }
  }

  @Test("In a while loop, in its condition and in a branch")
  func whileLoop() throws {
    let results = graph.whileLoop(from: [graph.zeros([3]), 0]) {
      ($0[1] .< 4) .& (graph.randomUniform([]) .< 2)
    } body: { values in
      let draw = graph.cond(
        values[1] % 2 .== 0, then: { graph.randomUniform([3]) }, else: { -graph.randomUniform([3]) })
      return [values[0] * 10 + draw, values[1] + 1]
    }
    let values = try RandomDrawTests.engines.map { try Session(graph, seed: 8, engine: $0).run(results[0]) }
    #expect(values[0] == values[1])
    let expected = (0..<3).map { (index: Int) -> Float in
      (0..<4 as Range<UInt64>).reduce(0) { (sum: Float, step: UInt64) in
        let draw = generator(seed: 8, stream: step % 2 == 0 ? 1 : 2, step).uniformFloat32(at: UInt64(index))
        return sum * 10 + (step % 2 == 0 ? draw : -draw)
      }
    }
    #expect(values[0] == NDArray(expected))
  }

  @Test("The gradient of a dropout in a scan sees the mask of its own step")
  func dropoutMasks() throws {
    let x = graph.placeholder(.float64, [5, 6])
    let (_, outputs) = graph.scan(over: x, from: graph.doubles([Double](repeating: 1, count: 6))) { h, row in
      let kept = dropout(row * row, rate: 0.5)
      return (carry: h * 0.5 + kept, output: kept)
    }
    let gradient = graph.gradients(of: outputs.sum(), withRespectTo: [x])[0]
    let feed = spread([5, 6], 0.5, 2)
    for engine in RandomDrawTests.engines {
      let session = try Session(graph, seed: 2, engine: engine)
      var masks: Set<[Bool]> = []
      for _ in 0..<3 {
        let values = try session.run([outputs, gradient], feeding: [x: feed]).map(\.doubles)
        let mask = values[0].map { $0 != 0 }
        masks.insert(mask)
        for row in 0..<5 { masks.insert(Array(mask[row * 6..<row * 6 + 6])) }
        #expect(mask.contains(true) && mask.contains(false))
        for ((kept, g), x) in zip(zip(mask, values[1]), feed.doubles) { #expect(g == (kept ? 4 * x : 0)) }
      }
      // Three runs, and most of their rows, have masks of their own.
      #expect(masks.count > 12)
    }
    let bits = try [1, 2].map { try Session(graph, seed: 2, threads: $0).run(outputs, feeding: [x: feed]) }
    let interpreted = try Session(graph, seed: 2, engine: .interpreter).run(outputs, feeding: [x: feed])
    #expect(bits[0] == bits[1] && bits[0] == interpreted)
  }

  @Test("A checkpoint that draws draws the same again")
  func checkpoint() throws {
    let x = graph.placeholder(.float64, [40])
    let y = graph.checkpoint(x) { dropout(exp($0), rate: 0.4) }
    let gradient = graph.gradients(of: y, withRespectTo: [x])[0]
    for engine in RandomDrawTests.engines {
      let values = try Session(graph, seed: 4, engine: engine).run([y, gradient], feeding: [x: spread([40])])
      // The derivative of exp is exp.
      #expect(isClose(values[0].doubles, values[1].doubles, within: 1e-15))
      #expect(values[0].doubles.contains(0) && values[0].doubles.contains { $0 > 0 })
    }
  }
}
