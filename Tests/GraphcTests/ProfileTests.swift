// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphcModels
import Testing

@testable import Graphc
@testable import GraphcCLI

@Suite("Profiles")
struct ProfileTests {
  let graph = Graph()

  @Test("A profile tells each step of each run that is made meanwhile, and no other")
  func steps() throws {
    let x = graph.placeholder(.float32, [32, 20], name: "x")
    let w = graph.variable([20, 30], initializer: .ones, name: "w")
    let product = matmul(x, w)
    let line = #line - 1
    let y = tanh(product)
    let session = try Session(graph, threads: 1)
    let feeds = [x: NDArray([Float](repeating: 0.5, count: 640), shape: [32, 20])]
    let expected = try session.run(y, feeding: feeds)
    let (results, timeline) = try session.profile { () throws -> [NDArray] in
      try (0..<3).map { _ in try session.run(y, feeding: feeds) }
    }
    _ = try session.run(y, feeding: feeds)
    #expect(results == [expected, expected, expected])
    #expect(timeline.runCount == 3)
    let stepCount = try #require(session.report.compilations.first?.stepCount)
    #expect(timeline.events.count == 3 * stepCount)
    #expect(timeline.events.map(\.run) == (0..<3).flatMap { [Int](repeating: $0, count: stepCount) })
    for event in timeline.events {
      #expect(event.seconds >= 0 && event.start >= 0 && event.thread == 0 && event.byteCount > 0)
    }
    for (event, next) in zip(timeline.events, timeline.events.dropFirst()) {
      #expect(event.start + event.seconds <= next.start + 1e-9)
    }
    for event in timeline.events where event.kind == .product {
      #expect(event.operationCount == 2 * 32 * 20 * 30)
      #expect(event.byteCount == 4 * (32 * 20 + 20 * 30 + 32 * 30))
      #expect(event.location?.line == line)
    }
  }

  @Test("The trace is JSON that names steps, times and lines")
  func trace() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let y = graph.scope("a \"quoted\" scope") { tanh(x).sum() }
    let session = try Session(graph, threads: 1)
    let timeline = try session.profile { _ = try session.run(y, feeding: [x: [1, 2, 3]]) }.timeline
    let json = try JSONSerialization.jsonObject(with: Data(timeline.chromeTrace.utf8))
    let object = try #require(json as? [String: Any])
    let events = try #require(object["traceEvents"] as? [[String: Any]])
    #expect(events.count == timeline.events.count && !events.isEmpty)
    for (event, expected) in zip(events, timeline.events) {
      #expect(event["ph"] as? String == "X")
      #expect(event["name"] as? String == expected.label)
      #expect(event["cat"] as? String == expected.kind.rawValue)
      let details = try #require(event["args"] as? [String: Any])
      #expect(details["bytes"] as? Int == expected.byteCount)
      let duration = try #require(event["dur"] as? Double)
      #expect(abs(duration - expected.seconds * 1e6) < 0.001)
    }
    #expect("\(timeline)".hasPrefix("1 run, "))
    #expect("\(timeline)".split(separator: "\n").count >= 3)
  }

  @Test("A profile within another takes the runs; one that fails ends")
  func nesting() throws {
    let x = graph.placeholder(.int32, [], name: "x")
    let y = graph.constant(7) % x
    let session = try Session(graph, threads: 1)
    let outer = try session.profile { () throws -> Int in
      _ = try session.run(y, feeding: [x: 2])
      let inner = try session.profile { _ = try session.run(y, feeding: [x: 3]) }.timeline
      _ = try session.run(y, feeding: [x: 4])
      return inner.runCount
    }
    #expect(outer.result == 1)
    #expect(outer.timeline.runCount == 2)
    #expect(throws: DiagnosticList.self) {
      try session.profile { _ = try session.run(y, feeding: [x: 0]) }
    }
    #expect(session.recorder == nil)
  }

  @Test("graphc profile shows a model's steps and writes its trace")
  func command() throws {
    let path = NSTemporaryDirectory() + "graphc-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let outcome = CommandLineTool.run(["profile", "xor", "--steps", "5", "--threads", "1", "--out", path])
    #expect(outcome.status == .success, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("6 runs, 5 served by the cache, 1 compilation"))
    #expect(outcome.output.contains("5 runs, "))
    _ = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    for arguments in [["profile"], ["profile", "xro"], ["profile", "xor", "--steps", "0"]] {
      #expect(CommandLineTool.run(arguments).status == .usage)
    }
  }
}
