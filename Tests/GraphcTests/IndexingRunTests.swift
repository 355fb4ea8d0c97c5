// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// Indexing in runs: faults, and a model that learns through it.
@Suite("Indexing in runs")
struct IndexingRunTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  @Test(
    "An index out of range names its line, axis and extent; nothing has changed", arguments: engines, [1, 2])
  func outOfRange(engine: Session.Engine, threads: Int) throws {
    let table = graph.variable([50, 8], initializer: .ones, name: "table")
    let words = graph.placeholder(.int32, [nil], name: "words")
    let count = graph.variable([], initializer: .zeros, dtype: .int32, name: "count")
    let line = #line + 1
    let vectors = graph.scope("encoder") { embeddingLookup(table, words) * 2 }
    let step = graph.group(count.assignAdd(1))
    let session = try Session(graph, threads: threads, engine: engine)
    var feed = [Int32](repeating: 7, count: 40_000)
    #expect(
      try session.run(vectors.sum(), targets: [step], feeding: [words: NDArray(feed)]).scalar == 640_000)
    for (place, index) in [(0, -1), (39_999, 50), (20_000, Int(Int32.max))] {
      feed[place] = Int32(index)
      let text = thrownText {
        _ = try session.run([vectors.sum()], targets: [step], feeding: [words: NDArray(feed)])
      }
      #expect(
        text == """
          error[gather.value]: gather: an index is outside axis 0 of f32[50,8], whose extent is 50
            --> IndexingRunTests.swift:\(line) in scope "encoder"
            note: no variable has changed
          """)
      feed[place] = 0
    }
    #expect(try session.value(of: count).scalar == 1)
  }

  @Test("So does one of a scatter, whose updates come after one another", arguments: engines)
  func scatterOutOfRange(engine: Session.Engine) throws {
    let cells = graph.placeholder(.int64, [nil, 2], name: "cells")
    let board = graph.zeros([3, 4])
    let line = #line + 1
    let marked = scatter(into: board, at: cells, 1, mode: .add)
    let session = try Session(graph, engine: engine)
    let good = NDArray([0, 0, 2, 3, -1, -1] as [Int64], shape: [3, 2])
    #expect(
      try session.run(marked, feeding: [cells: good]).floats == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2])
    let bad = NDArray([0, 4, 3, 0] as [Int64], shape: [2, 2])
    #expect(
      thrownText { _ = try session.run(marked, feeding: [cells: bad]) } == """
        error[scatter.value]: scatter: an index is outside axis 0 of f32[3,4], whose extent is 3
          --> IndexingRunTests.swift:\(line)
          note: no variable has changed
        """)
  }
  /// Two words that share a row of the table, one step of descent: the row moves by the sum of both gradients.
  @Test("An embedding learns, at any batch size", arguments: engines)
  func embeddingLearns(engine: Session.Engine) throws {
    let table = graph.variable([4, 2], initializer: .constant(1), name: "table")
    let words = graph.placeholder(.int32, [nil], name: "words")
    let weights = graph.placeholder(.float32, [nil, 2], name: "weights")
    let loss = (embeddingLookup(table, words) * weights).sum()
    let gradient = graph.gradients(of: loss, withRespectTo: [table])[0]
    let step = graph.group(table.assign(table - 0.5 * gradient))
    let session = try Session(graph, engine: engine)
    let value = try session.run(
      loss, targets: [step],
      feeding: [words: [2, 0, 2], weights: NDArray([1, 2, 10, 20, 100, 200] as [Float], shape: [3, 2])])
    #expect(value.scalar == 333)
    #expect(try session.value(of: table).floats == [-4, -9, 1, 1, -49.5, -100, 1, 1])
    _ = try session.run(
      [], targets: [step], feeding: [words: [3], weights: NDArray([4, 8] as [Float], shape: [1, 2])])
    #expect(try session.value(of: table).floats == [-4, -9, 1, 1, -49.5, -100, -1, -3])
  }

  /// ∂²/∂x² of Σ (x[i] · x[j])² by hand, through two gathers of one vector.
  @Test("Gradients of gradients go through indices", arguments: engines)
  func secondOrder(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [3], name: "x")
    let (i, j) = (graph.constant([0, 0]), graph.constant([1, 2]))
    let loss = square(take(x, i) * take(x, j)).sum()
    let first = graph.gradients(of: loss, withRespectTo: [x])[0]
    let second = graph.gradients(of: first.sum(), withRespectTo: [x])[0]
    let values = try Session(graph, engine: engine).run([first, second], feeding: [x: [1.0, 2, 3]])
    // L = a²b² + a²c²: (2a(b² + c²), 2a²b, 2a²c), and the sums of the rows of the Hessian.
    #expect(values[0].floats == [26, 4, 6])
    #expect(values[1].floats == [46, 10, 14])
  }
}
