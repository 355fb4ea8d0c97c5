// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import Testing

/// When a session's counter moves, and what depends on it.
@Suite("The random state of a session")
struct RandomStateTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  @Test("The counter counts runs that draw and succeed, and no others", arguments: engines)
  func counting(engine: Session.Engine) throws {
    let x = graph.placeholder(.int32, [], name: "x")
    let draw = graph.randomUniform([4])
    let v = graph.variable([4], name: "v")
    let session = try Session(graph, seed: 5, engine: engine)
    #expect(session.randomState == RandomState(seed: 5, step: 0))
    _ = try session.run([v.value, v * 2])
    _ = try session.run(x + 1, feeding: [x: 1])
    #expect(session.randomState.step == 0)
    let first = try session.run([draw, draw + v])[0]
    #expect(session.randomState.step == 1)
    _ = try session.value(of: v)
    _ = try session.run(v.value)
    #expect(session.randomState.step == 1)
    let second = try session.run(draw)
    #expect(session.randomState.step == 2)
    #expect(first != second)
    // A fed draw is none.
    #expect(try session.run(draw + 0, feeding: [draw: [1, 2, 3, 4]]).doubles == [1, 2, 3, 4])
    #expect(session.randomState.step == 2)
  }

  @Test("A run that fails moves nothing", arguments: engines)
  func failure(engine: Session.Engine) throws {
    let n = graph.placeholder(.int32, [], name: "n")
    let draw = graph.randomUniform([4])
    let v = graph.variable([4], initializer: .zeros, name: "v")
    let update = v.assign(draw)
    let bad = graph.constant(7) % n
    let session = try Session(graph, engine: engine)
    #expect(throws: DiagnosticList.self) { try session.run([bad, update], feeding: [n: 0]) }
    #expect(throws: DiagnosticList.self) { try session.run([bad, draw]) }
    #expect(session.randomState.step == 0)
    let values = try session.run([draw, bad], targets: [update.operation], feeding: [n: 2])
    #expect(session.randomState.step == 1)
    #expect(try session.value(of: v) == values[0])
    #expect(try Session(graph, engine: engine).run(draw) == values[0])
  }

  @Test("Evaluating between two training steps changes nothing", arguments: engines)
  func evaluation(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil, 6], name: "x")
    let w = graph.variable([6, 1], name: "w")
    let loss = square(matmul(dropout(x, rate: 0.5), w) - 1).mean()
    let plain = square(matmul(x, w) - 1).mean()
    let train = w.assign(w - 0.1 * graph.gradients(of: loss, withRespectTo: [w])[0])
    let feeds = [x: NDArray((0..<24).map { Float($0) / 24 }, shape: [4, 6])]
    func trained(evaluating: Bool) throws -> NDArray {
      let session = try Session(graph, seed: 2, engine: engine)
      for _ in 0..<3 {
        if evaluating { _ = try session.run(plain, feeding: feeds) }
        try session.run(train.operation, feeding: feeds)
      }
      return try session.value(of: w)
    }
    #expect(try trained(evaluating: true) == trained(evaluating: false))
  }

  @Test("The state is read, saved and set; draws go on where it stood", arguments: engines)
  func saving(engine: Session.Engine) throws {
    let draw = graph.randomInteger([50], in: 0..<100)
    let v = graph.variable([3], name: "v")
    let session = try Session(graph, seed: 7, engine: engine)
    _ = try session.run(draw)
    let saved = try JSONEncoder().encode(session.randomState)
    let next = try [session.run(draw), session.run(draw)]
    let other = try Session(graph, seed: 1, engine: engine)
    let ownStart = try other.value(of: v)
    other.randomState = try JSONDecoder().decode(RandomState.self, from: saved)
    #expect(try [other.run(draw), other.run(draw)] == next)
    #expect(other.randomState == session.randomState)
    // First values follow the session's own seed.
    #expect(try other.value(of: v) == ownStart)
    #expect(other.seed == 1)
    session.randomState = RandomState(seed: 7)
    #expect(try session.run(draw) == Session(graph, seed: 7, engine: engine).run(draw))
    session.randomState.step = 1
    #expect(try session.run(draw) == next[0])
    // The last step is followed by the first.
    session.randomState.step = .max
    _ = try session.run(draw)
    #expect(session.randomState.step == 0)
  }

  @Test("Runs that draw exclude one another: as many steps as runs, each with its own numbers")
  func concurrency() async throws {
    let draw = graph.randomInteger([4], in: 0..<1 << 30)
    let session = try Session(graph, seed: 3, threads: 1)
    _ = try session.run(draw)
    let results = try await withThrowingTaskGroup(of: [NDArray].self) { group in
      for _ in 0..<4 {
        group.addTask { try (0..<25).map { _ in try session.run(draw) } }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(session.randomState.step == 101)
    let single = try Session(graph, seed: 3, threads: 1)
    let expected = try (0..<101).map { _ in try single.run(draw).doubles }.dropFirst()
    #expect(Set(results.map(\.doubles)) == Set(expected))
  }
}
