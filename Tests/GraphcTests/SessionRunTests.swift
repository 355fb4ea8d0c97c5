// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// What a run computes, from what, and what it hands out.
@Suite("Runs of a session")
struct SessionRunTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  // MARK: What runs

  @Test("Only what is fetched runs: no other feed, failure or update", arguments: engines)
  func onlyWhatIsFetched(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [], name: "x")
    let y = graph.placeholder(.float32, [], name: "y")
    let v = graph.variable([], initializer: .zeros, name: "v")
    let both = x + y
    let bad = graph.constant(1) % graph.constant(0)
    let next = v.assign(v + x)
    let session = try Session(graph, engine: engine)
    #expect(try session.run(x * 2, feeding: [x: 4]).scalar == 8)
    #expect(try session.run(both, feeding: [x: 4, y: 5]).scalar == 9)
    #expect(throws: DiagnosticList.self) { try session.run(bad) }
    #expect(try session.value(of: v).scalar == 0)
    #expect(try session.run(next, feeding: [x: 4]).scalar == 4)
    // More may be fed than is needed.
    #expect(try session.run(x - 1, feeding: [x: 4, y: 5]).scalar == 3)
  }

  @Test(
    "Targets run and give nothing; groups and tensors among them are carried out once", arguments: engines)
  func targets(engine: Session.Engine) throws {
    let a = graph.variable([], initializer: .zeros, name: "a")
    let b = graph.variable([], initializer: .zeros, name: "b")
    let (first, second) = (a.assign(a + 1), b.assign(b + a + 1))
    let inner = graph.group(first, name: "inner")
    let all = graph.group(inner, second, first)
    let session = try Session(graph, engine: engine)
    try session.run(all)
    #expect(try session.run([], targets: [all, inner]).isEmpty)
    #expect(try session.run([a.value, b.value]).map(\.scalar) == [2, 3])
    #expect(try session.run(second, targets: [inner, first.operation]).scalar == 6)
    #expect(try session.run([a.value, b.value]).map(\.scalar) == [3, 6])
    #expect(try session.run([]).isEmpty)
    try session.run(graph.group())
  }

  // MARK: Feeds

  @Test("A feed within the graph cuts it there", arguments: engines)
  func innerFeed(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let hidden = x * 2
    let y = hidden + 1
    let session = try Session(graph, engine: engine)
    // No x, whose part is cut off.
    #expect(try session.run(y, feeding: [hidden: [10, 20, 30]]).doubles == [11, 21, 31])
    #expect(try session.run([y, hidden], feeding: [hidden: [10]]).map(\.doubles) == [[11], [10]])
    #expect(try session.run(y, feeding: [y: [5]]).doubles == [5])
    #expect(try session.run(x + y, feeding: [x: [1, 2], hidden: [0, 0]]).doubles == [2, 3])
  }

  @Test("A feed means every equal expression, unless an identity sets one apart", arguments: engines)
  func equalExpressions(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [], name: "x")
    let (one, same) = (tanh(x), tanh(x))
    let apart = graph.identity(tanh(x), name: "apart")
    let session = try Session(graph, engine: engine)
    let sums = [one + 1, same + 2, apart + 3]
    #expect(try session.run(sums, feeding: [x: 0, one: 10]).map(\.scalar) == [11, 12, 13])
    #expect(try session.run(sums, feeding: [x: 0, apart: 10]).map(\.scalar) == [1, 2, 13])
  }

  @Test(
    "A gradient at a tensor within the graph, where it is computed and where it is fed", arguments: engines)
  func innerGradient(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let hidden = x * x
    let loss = (hidden * hidden).sum()
    let gradients = [hidden, x].map { graph.gradients(of: loss, withRespectTo: [$0])[0] }
    let session = try Session(graph, engine: engine)
    #expect(try session.run(gradients, feeding: [x: [1, 3]]).map(\.doubles) == [[2, 18], [4, 108]])
    #expect(try session.run(gradients[0], feeding: [hidden: [5, 7]]).doubles == [10, 14])
  }

  @Test("A variable can be fed for one run, and keeps its value", arguments: engines)
  func fedVariable(engine: Session.Engine) throws {
    let w = graph.variable([], initializer: .constant(3), name: "w")
    let x = graph.placeholder(.float32, [], name: "x")
    let y = w * x
    let next = w.assign(w + 1)
    let session = try Session(graph, engine: engine)
    #expect(try session.run([y, w.value], feeding: [w.value: 100, x: 2]).map(\.scalar) == [200, 100])
    #expect(session.report.initializedVariableCount == 0)
    #expect(try session.value(of: w).scalar == 3)
    // An update computed from the fed value is kept like any other.
    #expect(try session.run(next, feeding: [w.value: 100]).scalar == 101)
    #expect(try session.value(of: w).scalar == 101)
    // Where the new value itself is fed, nothing is assigned.
    #expect(try session.run(next, feeding: [next: 7]).scalar == 7)
    #expect(try session.value(of: w).scalar == 101)
  }

  @Test("Constants can be fed; a literal feed takes the tensor's type", arguments: engines)
  func fedConstant(engine: Session.Engine) throws {
    let rate = graph.constant(0.5, dtype: .float64, name: "rate")
    let session = try Session(graph, engine: engine)
    #expect(try session.run(rate * 4).scalar == 2)
    let fed = try session.run([rate * 4, rate], feeding: [rate: 1])
    #expect(fed.map(\.scalar) == [4, 1])
    #expect(fed.map(\.dtype) == [.float64, .float64])
  }

  @Test("Where rows and columns were flattened a feed of the flat tensor is enough", arguments: engines)
  func flattenedFeed(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil, nil, 2], name: "x")
    let flat = x.reshaped(to: [-1, 2])
    let doubled = flat * 2
    let session = try Session(graph, engine: engine)
    #expect(
      try session.run(doubled, feeding: [flat: [[1, 2], [3, 4], [5, 6]]]).doubles == [2, 4, 6, 8, 10, 12])
    #expect(try session.run(doubled.sum(), feeding: [x: [[[1, 2]], [[3, 4]]]]).scalar == 20)
    // Back in three axes the two factors count.
    let back = doubled.reshaped(to: x.shape)
    #expect(throws: DiagnosticList.self) { try session.run(back, feeding: [flat: [[1, 2], [3, 4]]]) }
    let both = try session.run(back, feeding: [flat: [[1, 2], [3, 4]], x: [[[0, 0], [0, 0]]]])
    #expect(both == NDArray([2, 4, 6, 8] as [Float], shape: [1, 2, 2]))
  }

  // MARK: Fetches

  @Test(
    "Inputs, constants, variables and texts are fetched as they are, any of them twice", arguments: engines)
  func leaves(engine: Session.Engine) throws {
    let x = graph.placeholder(.int32, [nil], name: "x")
    let text = graph.placeholder(.string, [nil], name: "text")
    let constant = graph.constant([[1.5, -2]], name: "constant")
    let hello = graph.constant("hello")
    let same = graph.identity(text)
    let v = graph.variable([2], initializer: .ones, name: "v")
    let sum = x + 1
    let session = try Session(graph, engine: engine)
    let fetches = [x, constant, v.value, sum, x, sum, v.value, hello, text, hello, same]
    let values = try session.run(fetches, feeding: [x: [4, 5], text: ["a", "b"]])
    let expected: [NDArray] = [
      NDArray([4, 5] as [Int32]), NDArray([1.5, -2] as [Float], shape: [1, 2]), NDArray([1, 1] as [Float]),
      NDArray([5, 6] as [Int32]),
    ]
    #expect(values[0...3] == expected[...])
    #expect(values[4...6] == [expected[0], expected[3], expected[2]])
    #expect(values[7...] == ["hello", ["a", "b"], "hello", ["a", "b"]])
    // A literal's type ends where it was fed.
    #expect(values.allSatisfy { !$0.isWeaklyTyped })
  }

  @Test("Empty tensors run", arguments: engines)
  func empty(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    let w = graph.variable([3, 2], initializer: .ones, name: "w")
    let product = matmul(x, w)
    let session = try Session(graph, engine: engine)
    let none = NDArray([] as [Float], shape: [0, 3])
    let values = try session.run([product, product.sum(), x.sum(axis: 0), x.mean()], feeding: [x: none])
    #expect(values.map(\.shape) == [[0, 2], [], [3], []])
    #expect(values[1].scalar == 0)
    #expect(values[2].doubles == [0, 0, 0])
    #expect(values[3].scalar.isNaN)
  }

  @Test("What a run returned stays as it was through later runs", arguments: engines)
  func resultsStay(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let v = graph.variable([3], initializer: .zeros, name: "v")
    let sum = x + v
    let next = v.assign(sum)
    let scaled = (sum * 3).reshaped(to: [3, 1])
    let session = try Session(graph, engine: engine)
    var held: [[NDArray]] = []
    let one = NDArray([1, 1, 1] as [Float])
    for _ in 0..<5 { held.append(try session.run([next, scaled, v.value, x], feeding: [x: one])) }
    for (run, values) in held.enumerated() {
      let count = Double(run + 1)
      #expect(values[0].doubles == [count, count, count])
      #expect(values[1].doubles == [3 * count, 3 * count, 3 * count])
      #expect(values[2].doubles == [count - 1, count - 1, count - 1])
      #expect(values[3] == one)
    }
    #expect(try session.value(of: v).doubles == [5, 5, 5])
    // Nor do they change when some are let go and their memory is used again.
    let kept = held[1]
    held = []
    for _ in 0..<5 { _ = try session.run([next, scaled], feeding: [x: one]) }
    #expect(kept[0].doubles == [2, 2, 2])
    #expect(kept[1].doubles == [6, 6, 6])
  }

  // MARK: Engines and threads

  @Test("The interpreter gives what native code gives")
  func bothEngines() throws {
    let x = graph.placeholder(.float32, [nil, 16], name: "x")
    let w = graph.variable([16, 8], initializer: .glorotUniform, name: "w")
    let pointwise = tanh(x * 0.5) + sigmoid(x) * select(x .> 0, x, exp(x))
    let statistics = [pointwise.mean(axis: 0), pointwise.max(axis: 1), x.argMax(axis: 1), x.variance()]
    let hidden = relu(matmul(x, w))
    let loss = square(hidden).mean()
    let gradient = graph.gradients(of: loss, withRespectTo: [w])[0]
    let rows = NDArray((0..<320).map { Float($0 * 37 % 101) / 50 - 1 }, shape: [20, 16])
    var exact: [[NDArray]] = []
    var close: [[NDArray]] = []
    for engine in Self.engines {
      let session = try Session(graph, seed: 3, engine: engine)
      exact.append(try session.run([pointwise] + statistics, feeding: [x: rows]))
      close.append(try session.run([hidden, loss, gradient], feeding: [x: rows]))
    }
    // Row programs to the bit; sums of products in another order to a few roundings.
    #expect(exact[0] == exact[1])
    for (native, reference) in zip(close[0], close[1]) {
      #expect(native.type == reference.type)
      for (lhs, rhs) in zip(native.doubles, reference.doubles) {
        #expect(abs(lhs - rhs) <= 1e-6 * max(abs(rhs), 1))
      }
    }
  }

  @Test("Any number of threads gives the same bits")
  func threads() throws {
    let n = graph.range(Extent(1 << 18), dtype: .float32)
    let wave = sin(n * 0.001) * exp(-n * 1e-5) + n / (n + 3)
    let matrix = wave.reshaped(to: [512, 512])
    let product = matmul(matrix, matrix.transposed()) * 0.01
    let loss = square(product - product.mean(axis: 0)).sum() + softmax(matrix).max(axis: 0).sum()
    let gradient = graph.gradients(of: loss, withRespectTo: [matrix])[0]
    let fetches = [wave, product, matrix.sum(axis: 0), matrix.sum(axis: 1), loss, gradient, wave.sum()]
    let sessions = try [1, 2, 3].map { try Session(graph, threads: $0) }
    #expect(sessions.map(\.threadCount) == [1, 2, 3])
    let single = try sessions[0].run(fetches)
    #expect(single.allSatisfy { array in [0, array.count - 1].allSatisfy { array.number(at: $0).isFinite } })
    for session in sessions.dropFirst() {
      for _ in 0..<3 { #expect(try session.run(fetches) == single) }
    }
    #expect(try Session(graph).threadCount >= 1)
  }
}
