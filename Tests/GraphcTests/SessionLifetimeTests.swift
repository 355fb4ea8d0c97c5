// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import Testing

@Suite("Lifetimes of sessions")
struct SessionLifetimeTests {
  static let engines: [Session.Engine] = [.native, .interpreter]

  @Test("A session keeps its graph, and both go with the last reference", arguments: engines)
  func lifetime(engine: Session.Engine) throws {
    weak var weakGraph: Graph?
    weak var weakSession: Session?
    var result: NDArray?
    do {
      var session: Session?
      do {
        let graph = Graph()
        let x = graph.placeholder(.float32, [nil], name: "x")
        let v = graph.variable([], initializer: .ones, name: "v")
        let next = v.assign(v + graph.gradients(of: (v * x).sum(), withRespectTo: [v])[0])
        let made = try Session(graph, threads: 2, engine: engine)
        (session, weakGraph, weakSession) = (made, graph, made)
        result = try made.run([next, x], feeding: [x: [1, 2]])[0]
        #expect(throws: DiagnosticList.self) { try made.run(next + graph.zeros([3]).sum(axis: 5)) }
      }
      #expect(weakGraph != nil)
      // What is left of the program is the session and the graph that it keeps.
      let kept = try #require(session?.graph)
      #expect(kept === weakGraph)
      session = nil
      #expect(weakSession == nil)
    }
    #expect(weakGraph == nil)
    // An array needs neither.
    #expect(result?.scalar == 4)
  }

  @Test("A tensor keeps the graph without its session")
  func tensor() throws {
    weak var weakSession: Session?
    var tensor: Tensor?
    do {
      let graph = Graph()
      let session = try Session(graph)
      let x = graph.constant([1.5, 2])
      _ = try session.run(x)
      (weakSession, tensor) = (session, x)
    }
    #expect(weakSession == nil)
    #expect(tensor?.rank == 1)
    tensor = nil
  }

  @Test("The threads of sessions end with them")
  func threads() async {
    // In a process of its own, where no other test starts threads.
    await #expect(processExitsWith: .success) {
      let graph = Graph()
      let large = tanh(graph.range(Extent(1 << 17), dtype: .float32)).sum()
      let before = try threadCount()
      var sessions: [Session] = []
      for _ in 0..<50 { sessions.append(try Session(graph, threads: 2)) }
      // The system's own pools may let go of a thread or two meanwhile.
      #expect(try threadCount() >= before + 45)
      // Some have worked, some sleep, some have not begun to spin.
      for session in sessions.prefix(5) { _ = try session.run(large) }
      sessions = []
      #expect(try threadCount(atMost: before) <= before)
      // One after the other, without time to settle.
      for _ in 0..<50 { _ = try Session(graph, threads: 2).run(large) }
      #expect(try threadCount(atMost: before) <= before)
      // Neither one thread nor the interpreter starts any.
      let quiet = [try Session(graph, threads: 1), try Session(graph, threads: 4, engine: .interpreter)]
      #expect(try threadCount() <= before)
      #expect(quiet.map(\.threadCount) == [1, 4])
    }
  }
}

/// The threads of this process, after a second at most in which those that have ended leave the kernel's list.
private func threadCount(atMost limit: Int) throws -> Int {
  for _ in 0..<100 {
    let count = try threadCount()
    if count <= limit { return count }
    usleep(10_000)
  }
  return try threadCount()
}

/// The threads of this process.
private func threadCount() throws -> Int {
  try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
}
