// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphcModels
import Testing

@testable import Graphc

@Suite("Reports of a session")
struct SessionReportTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  @Test("Each compilation says why the cache did not serve", arguments: engines)
  func reasons(engine: Session.Engine) throws {
    let x = graph.placeholder(.float32, [nil, 2], name: "x")
    let y = graph.placeholder(.float32, [nil, 2], name: "y")
    let sum = x.sum()
    let both = x.sum() * y.sum()
    let session = try Session(graph, engine: engine)
    let rows = { (count: Int) in NDArray([Float](repeating: 1, count: 2 * count), shape: [count, 2]) }
    _ = try session.run(sum, feeding: [x: rows(4)])
    _ = try session.run(sum, feeding: [x: rows(4)])
    #expect(session.report.cacheHits == 1)
    _ = try session.run(sum, feeding: [x: rows(8)])
    _ = try session.run([sum, sum], feeding: [x: rows(8)])
    _ = try session.run(sum, feeding: [x: rows(4), y: rows(1)])
    _ = try session.run(both, feeding: [x: rows(4), y: rows(4)])
    _ = try session.run(both, feeding: [x: rows(8), y: rows(8)])
    // The nearest known kind is named, not the last one.
    _ = try session.run(sum, feeding: [x: rows(4), y: rows(30)])
    _ = try session.run(sum, feeding: [x: rows(5), y: rows(30)])
    _ = try session.run(sum, feeding: [x: rows(8)])
    let report = session.report
    #expect(
      report.compilations.map(\.reason) == [
        "first run",
        #"new feed type: placeholder "x" is f32[8,2], was f32[4,2]"#,
        "new fetches or targets",
        "other tensors are fed",
        "new fetches or targets",
        #"new feed type: placeholder "x" is f32[8,2], was f32[4,2], placeholder "y" is f32[8,2], was f32[4,2]"#,
        #"new feed type: placeholder "y" is f32[30,2], was f32[1,2]"#,
        #"new feed type: placeholder "x" is f32[5,2], was f32[4,2]"#,
      ])
    #expect(report.runCount == 10)
    #expect(report.cacheHits == 2)
    #expect(report.compilations.allSatisfy { $0.nodeCount > 0 && $0.stepCount > 0 })
  }

  @Test("A literal and an array of its type are one kind of run; nothing compiles for a failed one")
  func keys() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let session = try Session(graph)
    _ = try session.run(x + 1, feeding: [x: [1, 2]])
    _ = try session.run(x + 1, feeding: [x: NDArray([1, 2] as [Float])])
    // An equal expression is the same fetch.
    _ = try session.run(x + 1, feeding: [x: [0.5, 2]])
    #expect(throws: DiagnosticList.self) { try session.run(x + 1, feeding: [x: [[1]]]) }
    #expect(throws: DiagnosticList.self) { try session.run(x + 1) }
    #expect(session.report.compilations.count == 1)
    #expect(session.report.cacheHits == 2)
    #expect(session.report.runCount == 3)
  }

  @Test("A second session takes the first one's machine code; another batch size is another plan")
  func sharedCode() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    // An expression that no other test compiles.
    let y = tanh(x * 0.123_456) - 0.654_321
    let first = try Session(graph)
    let second = try Session(graph)
    _ = try first.run(y, feeding: [x: [1, 2, 3]])
    _ = try second.run(y, feeding: [x: [4, 5, 6]])
    let compilations = [first, second].compactMap(\.report.compilations.first)
    #expect(compilations.map(\.kernelCount) == [1, 1])
    #expect(compilations.map(\.newKernelCount) == [1, 0])
    #expect(compilations.map(\.reason) == ["first run", "first run"])
    #expect(compilations[0].codeSeconds > 0 && compilations[0].planSeconds > 0)
  }

  @Test("The description, word for word")
  func description() {
    var report = SessionReport()
    #expect(
      report.description == "0 runs, 0 served by the cache, 0 compilations (0.0 ms), 0 variables initialized")
    report.runCount = 1
    report.compilations = [
      SessionReport.Compilation(
        reason: "first run", nodeCount: 1, stepCount: 1, kernelCount: 1, newKernelCount: 1, arenaByteCount: 1,
        planSeconds: 0.0004, codeSeconds: 0.0121)
    ]
    report.initializedVariableCount = 1
    #expect(
      report.description == """
        1 run, 0 served by the cache, 1 compilation (12.5 ms), 1 variable initialized
          first run: 1 node, 1 step, 1 kernel (1 new), arena 1 byte, plan 0.4 ms, code 12.1 ms
        """)
    report.runCount = 1000
    report.cacheHits = 998
    report.compilations.append(
      SessionReport.Compilation(
        reason: #"new feed type: placeholder "x" is f32[8], was f32[4]"#, nodeCount: 12, stepCount: 3,
        kernelCount: 2, newKernelCount: 0, arenaByteCount: 4096, planSeconds: 0.0012, codeSeconds: 0))
    #expect(
      report.description == """
        1000 runs, 998 served by the cache, 2 compilations (13.7 ms), 1 variable initialized
          first run: 1 node, 1 step, 1 kernel (1 new), arena 1 byte, plan 0.4 ms, code 12.1 ms
          new feed type: placeholder "x" is f32[8], was f32[4]: 12 nodes, 3 steps, 2 kernels (0 new), arena 4096 bytes, plan 1.2 ms, code 0.0 ms
        """)
  }

  @Test("Thousands of steps of exclusive or compile once and take no more memory")
  func steadyState() async {
    // In a process of its own, where no other test takes memory.
    await #expect(processExitsWith: .success) {
      let model = XORModel()
      let session = try Session(model.graph, seed: 1, threads: 2)
      let feeds = [model.inputs: XORModel.table.inputs, model.targets: XORModel.table.targets]
      func steps(_ count: Int) throws {
        for _ in 0..<count { _ = try session.run(model.loss, targets: [model.train], feeding: feeds) }
      }
      try steps(200)
      let before = try residentByteCount()
      try steps(5000)
      let growth = try residentByteCount() - before
      let report = session.report
      #expect(report.compilations.count == 1)
      #expect(report.runCount == 5200)
      #expect(report.cacheHits == 5199)
      // The heap grows by 132 KiB at a time, so that 27 bytes a step that are not freed would show.
      #expect(growth < 132 * 1024, "\(growth) bytes more after 5000 steps")
    }
  }
}

/// The memory of this process that is in RAM.
private func residentByteCount() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return try #require(Int(fields[1])) * sysconf(Int32(_SC_PAGESIZE))
}
