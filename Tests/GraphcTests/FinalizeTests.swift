// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

@Suite("Graphs that end, and graphs that grow")
struct FinalizeTests {
  let graph = Graph()

  @Test("What a finalized graph lacks is an error with its line; what it has may be written again")
  func finalize() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let w = graph.variable([], initializer: .ones, name: "w")
    let y = x * w
    #expect(!graph.isFinalized)
    graph.finalize()
    #expect(graph.isFinalized)
    let session = try Session(graph)
    #expect(try session.run(x * w, feeding: [x: [1, 2]]).doubles == [1, 2])
    #expect(graph.diagnostics.isEmpty)
    // The same one again is as new as the first time.
    for _ in 0..<2 {
      let line = #line + 1
      let more = tanh(y)
      #expect(!more.isValid)
      let found = try #require(graph.diagnostics.last)
      #expect(found.code == "graph.final")
      #expect(found.location?.line == line)
      #expect(found.message.contains("tanh"))
    }
    #expect(!graph.placeholder(.float32, []).isValid)
    #expect(!graph.variable([2]).value.isValid)
    #expect(!w.assign(w * w).isValid)
    #expect(!graph.gradients(of: y.sum(), withRespectTo: [w])[0].isValid)
    #expect(throws: DiagnosticList.self) { try session.run(tanh(y), feeding: [x: [1]]) }
    #expect(try session.run(y, feeding: [x: [3]]).doubles == [3])
  }

  @Test("A graph that grows from run to run is reported once, with a line")
  func growth() throws {
    let x = graph.placeholder(.float32, [], name: "x")
    let session = try Session(graph, engine: .interpreter)
    // Other feeds and fetches of what is there already are no growth.
    let sums = (0..<12).map { x + Double($0) }
    for sum in sums { _ = try session.run(sum, feeding: [x: 1]) }
    #expect(session.report.warnings.isEmpty)
    var line = 0
    for round in 0..<12 {
      let scaled = tanh(x * Double(round + 2))
      if round == 4 { line = #line - 1 }
      _ = try session.run(scaled, feeding: [x: 1])
    }
    #expect(session.report.warnings.map(\.code) == ["graph.grows"])
    #expect(session.report.warnings[0].location?.line == line)
    #expect("\(session.report)".contains("the graph grows between runs"))
  }

  @Test("Kinds of run that were not made for longest go")
  func eviction() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let total = x.sum()
    let session = try Session(
      graph, seed: 0, threads: 1, engine: .native, optimizes: true, executableLimit: 4)
    func run(_ count: Int) throws {
      #expect(
        try session.run(total, feeding: [x: NDArray([Float](repeating: 1, count: count))]).scalar
          == Double(count))
    }
    for count in 1...4 { try run(count) }
    // 1 is used again, so that 2 is the one that goes.
    try run(1)
    try run(5)
    #expect(session.report.evictionCount == 1)
    #expect(session.report.compilations.count == 5)
    for count in [1, 3, 4, 5] { try run(count) }
    #expect(session.report.compilations.count == 5)
    try run(2)
    #expect(session.report.compilations.count == 6)
    #expect("\(session.report)".contains("2 compiled runs let go"))
  }
}
