// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Control flow")
struct ControlValueTests {
  let graph = Graph()

  @Test("The same numbers as written out, in both engines", arguments: ControlCase.all)
  func values(controlCase: ControlCase) throws {
    let x = controlCase.shapes.map { graph.placeholder(.float64, TensorShape($0), name: "x") }
    let feeds = Dictionary(uniqueKeysWithValues: zip(x, controlCase.inputs))
    let (looped, unrolled) = (controlCase.build(graph, x), controlCase.unrolled(graph, x))
    #expect(graph.diagnostics.isEmpty, "\(graph.diagnostics)")
    #expect(looped.shape == unrolled.shape)
    let values = try bothEngines([looped, unrolled], feeding: feeds)
    #expect(isClose(values[0].doubles, values[1].doubles, within: 1e-13))
  }

  @Test(
    "Gradients of first and second order: differences, and the same written out", arguments: ControlCase.all)
  func gradients(controlCase: ControlCase) throws {
    try expectGradients(controlCase.inputs) { controlCase.build($0[0].graph, $0) }
    let x = controlCase.shapes.map { graph.placeholder(.float64, TensorShape($0), name: "x") }
    let feeds = Dictionary(uniqueKeysWithValues: zip(x, controlCase.inputs))
    let all = [controlCase.build, controlCase.unrolled].map { function in
      let first = graph.gradients(of: square(function(graph, x)).sum(), withRespectTo: x)
      let sum = first.map { sin($0).sum() }.reduce(graph.constant(0.0, dtype: .float64), +)
      return first + graph.gradients(of: sum, withRespectTo: x)
    }
    let values = try bothEngines(all[0] + all[1], feeding: feeds)
    for (left, right) in zip(values, values.dropFirst(all[0].count)) {
      #expect(isClose(left.doubles, right.doubles, within: 1e-11))
    }
  }

  /// Worked example E05: `for i in range(n): out, state = cell(x[i], state); outputs.write(i, out)`.
  @Test("A recurrent network whose outputs are stacked equals the unrolled one, for any batch and length")
  func recurrentNetwork() throws {
    let x = graph.placeholder(.float32, ["time", "batch", 3], name: "x")
    let w = graph.variable([3, 4], name: "w")
    let u = graph.variable([4, 4], name: "u")
    let b = graph.variable([4], name: "b")
    let cell = { (input: Tensor, state: Tensor) in tanh(matmul(input, w) + matmul(state, u) + b) }
    let start = graph.zeros([x.shape.extent(1), 4])
    let (state, outputs) = graph.scan(over: x, from: start) { state, input in
      let next = cell(input, state)
      return (carry: next, output: next)
    }
    #expect(outputs.shape.description == "[?0,?1,4]")
    let gradients = graph.gradients(of: square(outputs).sum() + state.sum(), withRespectTo: [w, u, b])
    for (length, batch) in [(4, 2), (1, 3), (6, 1)] {
      let feed = singles([length, batch, 3])
      let loop = try bothEngines([outputs, state] + gradients, feeding: [x: feed])
      let fixed = graph.constant(feed)
      var (h, written) = (graph.zeros([batch, 4]), [Tensor]())
      for step in 0..<length {
        h = cell(fixed[step], h)
        written.append(h)
      }
      let all = stack(written)
      let expected = try bothEngines(
        [all, h] + graph.gradients(of: square(all).sum() + h.sum(), withRespectTo: [w, u, b]))
      for (left, right) in zip(loop, expected) {
        #expect(left.shape == right.shape)
        #expect(isClose(left.doubles, right.doubles, within: 1e-5))
      }
    }
  }

  @Test("A while loop runs as often as it takes: Newton's square root, and the Collatz sequence")
  func whileLoops() throws {
    let y = graph.placeholder(.float64, [])
    let root = graph.whileLoop(
      from: y, while: { abs($0 * $0 - y) .> 1e-12 * y }, body: { ($0 + y / $0) / 2 })
    let n = graph.placeholder(.int32, [])
    let collatz = graph.whileLoop(from: [n, 0]) {
      $0[0] .> 1
    } body: { values in
      let next = graph.cond(
        values[0] % 2 .== 0, then: { (values[0] / 2).converted(to: .int32) }, else: { 3 * values[0] + 1 })
      return [next, values[1] + 1]
    }
    for number in [2.0, 10, 1e6] {
      #expect(isClose(try root.values(feeding: [y: NDArray(scalar: number)]), [number.squareRoot()]))
    }
    for (number, steps) in [(1, 0), (6, 8), (27, 111)] {
      let count = try bothEngines(collatz, feeding: [n: NDArray(scalar: Int32(number))])
      #expect(count.map(\.ints) == [[1], [steps]])
    }
  }

  @Test("A loop of no steps gives what it starts from, and no outputs")
  func emptyLoops() throws {
    let x = graph.placeholder(.float32, [nil, 2])
    let (sum, parts) = graph.scan(over: x, from: graph.vector([1, 2])) { ($0 + $1, $0 * $1) }
    let gradient = graph.gradients(of: sum.sum() + parts.sum(), withRespectTo: [x])[0]
    let results = try bothEngines(
      [sum, parts, gradient, graph.fori(0, from: sum) { $1 * 2 }],
      feeding: [x: NDArray([Float](), shape: [0, 2])])
    #expect(results.map(\.shape) == [[2], [0, 2], [0, 2], [2]])
    #expect(results[0].doubles == [1, 2] && results[3].doubles == [1, 2])
  }

  @Test("Only the branch that is chosen is computed: the other one may divide by zero")
  func chosenBranch() throws {
    let divisor = graph.placeholder(.int32, [])
    let remainder = graph.cond(divisor .== 0, then: { graph.constant(-1) }, else: { 7 % divisor })
    #expect(try remainder.values(feeding: [divisor: 0]) == [-1])
    #expect(try remainder.values(feeding: [divisor: 2]) == [1])
  }

  @Test("Regions use variables, placeholders of unknown extents, and their extents alone")
  func captures() throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    let y = graph.placeholder(.float32, [nil], name: "y")
    let w = graph.variable(initialValue: [1, 2, 3], dtype: .float32, name: "w")
    let sums = graph.map(over: x) { row in (row * w).sum() + y.sum() }
    let ones = graph.fori(3, from: y) { _, y in y + graph.ones([x.shape.extent(0)]).sum() }
    let feeds: [Tensor: NDArray] = [
      x: NDArray([1, 0, 0, 0, 1, 1] as [Float], shape: [2, 3]), y: [1.0, 2.0],
    ]
    let values = try bothEngines([sums, ones], feeding: feeds)
    #expect(values[0].doubles == [4, 8])
    #expect(values[1].doubles == [7, 8])
    let thrown = #expect(throws: DiagnosticList.self) {
      try Session(graph).run(ones, feeding: [y: [1.0, 2.0]])
    }
    #expect(thrown?.diagnostics.first?.code == "feed.extent", "\(thrown.debugDescription)")
    #expect(thrown?.description.contains("feed placeholder \"x\" f32[?0,3] too") == true)
  }

  @Test("An extent that only a region computes is known where its results are used")
  func innerExtents() throws {
    let x = graph.placeholder(.float32, [2, nil])
    let strided = graph.map(over: x) { $0.sliced(axis: 0, from: 0, to: nil, by: 2) * 2 }
    let both = graph.cond(
      x.sum() .> 0, then: { x[0].sliced(axis: 0, from: 0, to: nil, by: 3) },
      else: { x[1].sliced(axis: 0, from: 0, to: nil, by: 3) })
    let feed = NDArray((0..<14).map(Float.init), shape: [2, 7])
    let values = try bothEngines([strided, both, strided.sum(axis: 1)], feeding: [x: feed])
    #expect(values[0].doubles == [0, 4, 8, 12, 14, 18, 22, 26])
    #expect(values[0].shape == [2, 4])
    #expect(values[1].doubles == [0, 3, 6])
  }

  @Test("Loops in loops, and gradients within them, over extents that only a run knows")
  func openExtents() throws {
    let x = graph.placeholder(.float64, ["rows", "columns", 2], name: "x")
    let y = graph.placeholder(.float64, ["columns", 2], name: "y")
    let sines = graph.map(over: x) { row in
      graph.map(over: [row, y]) { [sin($0[0]) * $0[1] + y.sum()] }[0]
    }
    let nearer = graph.fori(x.shape.extent(0), from: y) { step, z in
      let loss = square(z - x.sum(axis: 0)).sum()
      return z - 0.25 * graph.gradients(of: loss, withRespectTo: [z])[0]
    }
    let slope = graph.gradients(of: sines.sum() + square(nearer).sum(), withRespectTo: [x, y])
    for (rows, columns) in [(2, 3), (3, 1)] {
      let feeds = [x: spread([rows, columns, 2]), y: spread([columns, 2], 0.1, 0.9)]
      let (xs, ys) = (
        graph.constant(spread([rows, columns, 2])), graph.constant(spread([columns, 2], 0.1, 0.9))
      )
      let sum = xs.sum(axis: 0)
      let expected = sin(xs) * ys + ys.sum()
      // Each step halves the distance.
      let end = sum + (ys - sum) * (1 / Double(1 << rows))
      let expectedSlope = graph.gradients(of: expected.sum() + square(end).sum(), withRespectTo: [xs, ys])
      let values = try bothEngines([sines, nearer] + slope, feeding: feeds)
      for (left, right) in zip(values, try bothEngines([expected, end] + expectedSlope)) {
        #expect(left.shape == right.shape && isClose(left.doubles, right.doubles, within: 1e-12))
      }
    }
  }

  @Test("A feed at a value that regions use means what they use")
  func feedsAtCaptures() throws {
    let x = graph.placeholder(.float32, [2])
    let doubled = x * 2
    let products = graph.map(over: graph.vector([1, 2, 3])) { doubled * $0 }
    #expect(try products.values(feeding: [doubled: [1.0, 10]]) == [1, 10, 2, 20, 3, 30])
    #expect(try products.values(feeding: [x: [1.0, 10]]) == [2, 20, 4, 40, 6, 60])
  }

  @Test("A region's extents that are found to be numbers later")
  func laterExtents() throws {
    let x = graph.placeholder(.float32, [nil])
    let doubled = graph.fori(2, from: x.sliced(axis: 0, from: 0, to: nil, by: 2)) { _, y in
      y + x.sliced(axis: 0, from: 0, to: nil, by: 2)
    }
    // Only here the graph learns how long `x` is.
    let sum = x + graph.vector([1, 2, 3, 4, 5])
    let values = try bothEngines([doubled, sum], feeding: [x: [1, 1, 2, 2, 3]])
    #expect(values[0].doubles == [3, 6, 9])
  }

  @Test("Equal loops are one, and a loop that nothing uses is none")
  func interning() throws {
    let x = graph.counting([3, 2])
    let start = graph.vector([0, 0])
    let build = { graph.scan(over: x, from: start) { ($0 + $1, $0 * 2) }.outputs }
    let (first, second) = (build(), build())
    #expect(first == second)
    let other = graph.scan(over: x, from: start, reversed: true) { ($0 + $1, $0 * 2) }.outputs
    #expect(first != other)
  }

  @Test("Many threads give the bits of one")
  func threads() throws {
    let x = graph.placeholder(.float32, [8, 300, 40])
    let w = graph.variable([40, 40], name: "w")
    let (last, outputs) = graph.scan(over: x, from: graph.zeros([300, 40])) { state, input in
      let next = tanh(matmul(state + input, w))
      return (carry: next, output: next.sum(axis: 1))
    }
    let loss = square(outputs).mean() + last.sum()
    let all = [last, outputs] + graph.gradients(of: loss, withRespectTo: [w.value, x])
    let feed = singles([8, 300, 40])
    let results = try [1, 2, 3].map { threads in
      try Session(graph, seed: 3, threads: threads).run(all, feeding: [x: feed])
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test("A trained loop: variables are read in it and updated outside")
  func training() throws {
    let w = graph.variable(initialValue: [0.5], dtype: .float64, name: "w")
    let last = graph.fori(3, from: graph.doubles([2])) { _, y in y * w }
    let loss = square(last - 16).sum()
    let step = w.assign(w - 0.0005 * graph.gradients(of: loss, withRespectTo: [w])[0])
    let session = try Session(graph, threads: 1)
    for _ in 0..<300 { try session.run(step.operation) }
    #expect(isClose(try session.value(of: w).doubles, [2], within: 1e-6))
  }
}
