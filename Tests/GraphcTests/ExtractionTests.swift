// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Extraction")
struct ExtractionTests {
  let graph = Graph()

  private func extract(
    _ fetches: [Tensor], targets: [Tensor] = [], feeding feeds: [(Tensor, [Int])] = []
  ) throws -> Extraction {
    let feeds = feeds.map { (value: $0.0.value, type: TensorType($0.0.dtype, Shape($0.1))) }
    let request = Extraction.Request(
      fetches: fetches.map(\.value), targets: targets.map(\.value),
      feeds: feeds.sorted { $0.value.node < $1.value.node })
    return try graph.withState { state in Result { try Extraction(request, from: state) } }.get()
  }

  @Test("The module holds what is needed, with numbers and names of its own")
  func module() throws {
    let unused = graph.placeholder(.float32, [], name: "unused")
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    _ = graph.variable([7], name: "other")
    let w = graph.variable([3], name: "w")
    let b = graph.variable([], initializer: .zeros, name: "b")
    _ = tanh(x) * unused
    let y = graph.identity(x * w, name: "y")
    let update = b.assign(b + y.sum())
    let extraction = try extract([y, y, x], targets: [update], feeding: [(x, [4, 3])])
    let module = extraction.module
    #expect(module.parameters == [.init(name: "x", type: TensorType(.float32, Shape([.symbol(0), 3])))])
    #expect(module.variables.map(\.name) == ["w", "b"])
    #expect(extraction.variables == [1, 2])
    #expect(module.results.map(\.name) == ["y", "y_1", "x"])
    #expect(module.updates.map(\.variable) == [1])
    #expect(extraction.bindings == [0: 4])
    let mnemonics = module.nodes.map(\.op.mnemonic)
    #expect(!mnemonics.contains("tanh"))
    #expect(mnemonics.filter { $0 == "variable" }.count == 2)
    let bound = try module.bound(by: extraction.bindings)
    #expect(bound.isStatic)
    #expect(
      bound.results.map { bound.type(of: $0.value).description } == ["f32[4,3]", "f32[4,3]", "f32[4,3]"])
  }

  @Test("A feed cuts off what lies behind it, placeholders and assignments included")
  func cut() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let v = graph.variable([], initializer: .zeros, name: "v")
    let next = v.assign(v + x.sum())
    let y = next * 2
    let whole = try extract([y], feeding: [(x, [3])])
    #expect(whole.module.updates.count == 1)
    let cut = try extract([y], feeding: [(next, [])])
    #expect(cut.module.parameters.map(\.type.description) == ["f32[]"])
    #expect(cut.module.variables.isEmpty)
    #expect(cut.module.updates.isEmpty)
    // Parameters are in the order of the graph, not of the feeds.
    let both = try extract([y, x], feeding: [(next, []), (x, [3])])
    #expect(both.module.parameters.map(\.name) == ["x", "p"])
  }

  @Test("An empty request is an empty module")
  func nothing() throws {
    _ = graph.placeholder(.float32, [nil], name: "x")
    let module = try extract([]).module
    #expect(module.nodes.isEmpty && module.parameters.isEmpty && module.results.isEmpty)
  }

  @Test("Updates are in the order of the variables, and the last of a chain counts")
  func updates() throws {
    let a = graph.variable([], initializer: .zeros, name: "a")
    let b = graph.variable([], initializer: .zeros, name: "b")
    let later = b.assign(a + 1)
    let first = a.assign(graph.pending(a) + 1)
    let second = a.assign(graph.pending(a) + 2)
    let extraction = try extract([], targets: [second, later])
    #expect(extraction.variables.count == 2)
    let names = extraction.module.updates.map { extraction.module.variables[$0.variable].name }
    #expect(names == ["a", "b"])
    let updated = extraction.module.updates[0].value
    #expect(extraction.module.nodes[updated.nodeIndex].operands.count == 1)
    // `first` is an operand of `second`: reached, and no rival.
    #expect(try extract([first], targets: [second]).module.updates.count == 1)
    // Both build on the variable alone: rivals.
    let rival = a.assign(a * 2)
    #expect(throws: DiagnosticList.self) { try extract([], targets: [second, rival]) }
    #expect(try extract([], targets: [rival]).module.updates.count == 1)
  }

  @Test("The gradient of one target needs nothing of the others")
  func oneGradientOfMany() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let z = graph.placeholder(.float32, [nil, 3], name: "z")
    let v = graph.variable([2], name: "v")
    let loss = square(x).sum()
    let gradients = graph.gradients(of: loss, withRespectTo: [z.tensor, x, exp(z), v.tensor])
    let module = try extract([gradients[1]], feeding: [(x, [4])]).module
    #expect(module.parameters.map(\.name) == ["x"])
    #expect(module.variables.isEmpty)
    let node = try #require(module.nodes.last)
    #expect(node.types.map(\.description) == ["f32[?0]"])
    #expect(node.operands.count == 2)
    #expect(module.results.map(\.value.result) == [0])
    // Of several that are wanted each finds its own.
    let both = try extract([gradients[3], gradients[1]], feeding: [(x, [4])]).module
    #expect(both.results.map(\.value.result) == [1, 0])
    #expect(both.nodes.last?.types.map(\.description) == ["f32[?0]", "f32[2]"])
    let session = try Session(graph)
    #expect(try session.run(gradients[1], feeding: [x: [1, 2, 3]]).doubles == [2, 4, 6])
    #expect(
      try session.run([gradients[3], gradients[1]], feeding: [x: [1]]).map(\.doubles) == [[0, 0], [2]])
    #expect(session.report.initializedVariableCount == 1)
    let zeros = try session.run(gradients, feeding: [x: [1], z: [[1, 2, 3]]])
    #expect(zeros.map(\.doubles) == [[0, 0, 0], [2], [0, 0, 0], [0, 0]])
    // One that is missing is still named.
    #expect(throws: DiagnosticList.self) { try session.run(gradients[0], feeding: [x: [1]]) }
    // And a product of vectors likewise.
    let products = graph.vectorJacobianProduct(of: [loss], withRespectTo: [z, x], vectors: [10])
    #expect(try session.run(products[1], feeding: [x: [1, 2]]).doubles == [20, 40])
  }

  @Test("What a run assigns and does not read is marked")
  func unreadVariables() throws {
    let a = graph.variable([], initializer: .zeros, name: "a")
    let b = graph.variable([], initializer: .zeros, name: "b")
    let update = [a.assign(3), b.assign(b + 1)]
    let extraction = try extract([], targets: update)
    #expect(extraction.unreadVariables.map { extraction.module.variables[$0].name } == ["a"])
    #expect(try extract([a.value], targets: update).unreadVariables.isEmpty)
  }

  @Test("A product of extents is solved when its factors are known, in any order of the feeds")
  func products() throws {
    // The older placeholder has the product, the younger one its factors.
    let flat = graph.placeholder(.float32, [nil], name: "flat")
    let grid = graph.placeholder(.float32, [nil, nil], name: "grid")
    let sum = flat + grid.reshaped(to: [-1])
    #expect(flat.shape.description == "[?1*?2]")
    #expect(try extract([sum], feeding: [(flat, [6]), (grid, [2, 3])]).bindings == [1: 2, 2: 3])
    let error = #expect(throws: DiagnosticList.self) {
      try extract([sum], feeding: [(flat, [5]), (grid, [2, 3])])
    }
    #expect(
      error?.diagnostics.map(\.message) == [
        "axis 0 of placeholder \"flat\" is fed with 5 elements, where the graph needs ?1*?2 = 6, since axis 0 of "
          + "placeholder \"grid\" is fed with 2"
      ])
    // A sound run reads no more than was fed.
    let session = try Session(graph)
    let feeds: [Tensor: NDArray] = [grid: [[1, 2, 3], [4, 5, 6]], flat: [10, 20, 30, 40, 50, 60]]
    #expect(try session.run(sum, feeding: feeds).doubles == [11, 22, 33, 44, 55, 66])
    #expect(throws: DiagnosticList.self) {
      try session.run(sum, feeding: [grid: [[1, 2, 3], [4, 5, 6]], flat: [10]])
    }
  }

  @Test("One factor follows from a product and the others")
  func quotient() throws {
    let grid = graph.placeholder(.float32, ["rows", "columns"], name: "grid")
    let row = graph.placeholder(.float32, ["columns"], name: "row")
    let flat = grid.reshaped(to: [-1])
    let back = flat.reshaped(to: grid.shape) + row
    let extraction = try extract([back], feeding: [(flat, [12]), (row, [4])])
    #expect(extraction.bindings == [0: 3, 1: 4])
    #expect(throws: DiagnosticList.self) { try extract([back], feeding: [(flat, [10]), (row, [4])]) }
    // Nothing times nothing.
    #expect(try extract([back], feeding: [(grid, [0, 4]), (row, [4])]).bindings == [0: 0, 1: 4])
  }

  @Test("A product that the run uses as a whole needs no factors; one that it takes apart does")
  func openProducts() throws {
    let x = graph.placeholder(.float32, [nil, nil, 8], name: "x")
    let flat = x.reshaped(to: [-1, 8])
    let flatter = flat.reshaped(to: [-1])
    let session = try Session(graph)
    let rows = NDArray([Float](repeating: 1, count: 24), shape: [3, 8])
    #expect(try session.run(flatter, feeding: [flat: rows]).shape == [24])
    #expect(try session.run(flat.mean(axis: 0), feeding: [flat: rows]).doubles == [1, 1, 1, 1, 1, 1, 1, 1])
    #expect(try session.run(flatter.mean(), feeding: [flat: rows]).scalar == 1)
    let apart = flat.sum() + x.shape.extent(1).oneVector(in: graph).sum()
    let error = #expect(throws: DiagnosticList.self) { try session.run(apart, feeding: [flat: rows]) }
    #expect(error?.diagnostics.map(\.code) == ["feed.extent"])
    #expect(error?.diagnostics.first?.message.hasSuffix("feed placeholder \"x\" f32[?0,?1,8] too") == true)
    let extents = NDArray([Float](repeating: 0, count: 24), shape: [1, 3, 8])
    #expect(try session.run(apart, feeding: [flat: rows, x: extents]).scalar == 27)
  }

  @Test("An extent that an op computes is learned, fed or not")
  func learned() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let odd = x.sliced(axis: 0, from: 1, by: 2)
    let scaled = odd * 3
    let session = try Session(graph)
    #expect(try session.run(scaled, feeding: [x: [1, 2, 3, 4, 5]]).doubles == [6, 12])
    #expect(try session.run(scaled, feeding: [odd: [7]]).doubles == [21])
    #expect(
      try session.run(graph.ones([odd.shape.extent(0)]) + odd, feeding: [x: [1, 2, 3, 4]]).doubles == [3, 5])
  }
}

extension Extent {
  /// As many ones as this extent says.
  fileprivate func oneVector(in graph: Graph) -> Tensor { graph.ones([self]) }
}
