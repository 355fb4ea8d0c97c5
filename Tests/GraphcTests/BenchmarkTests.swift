// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import GraphcModels
import Testing

@testable import GraphcBench

/// Our side of the benchmark runs, and does what it says.
@Suite struct BenchmarkTests {
  /// The numbers that are trained, counted by hand.
  @Test(arguments: [
    ("xor_mlp", 9), ("iris_mlp", 67), ("house_mlp", 4545), ("house_epoch", 4545),
    ("fashion_mlp_b32", 407_050),
    ("autoencoder", 209_968), ("bn_dropout_mlp", 270_346), ("sine_rnn", 1457), ("imdb_lstm", 349_057),
    ("imdb_bilstm2", 476_801), ("gru_seq", 15_617), ("cifar_cnn", 122_570), ("cifar_infer_b1", 122_570),
    ("transformer_block", 198_272), ("adam_4m", 4_194_304),
  ])
  func parametersAreCounted(name: String, count: Int) throws {
    let model = try #require(BuiltInModel.named(name))
    #expect(model.weights.map { ($0.shape.extents ?? []).reduce(1, *) }.reduce(0, +) == count)
  }

  @Test func everyWorkloadIsValid() {
    for (name, make) in BuiltInModel.workloads {
      let model = make()
      #expect(model.name == name)
      #expect(model.graph.diagnostics.isEmpty, "\(name)")
      #expect(!model.fetches.isEmpty || !model.targets.isEmpty)
    }
  }

  @Test(arguments: [
    "scalar_graph", "scalar_graph:callable", "xor_mlp", "xor_mlp:callable", "iris_mlp", "house_mlp",
    "house_mlp:callable", "sine_rnn", "elementwise_small", "matmul_64",
  ])
  func oneBlockIsMeasured(name: String) throws {
    let workload = try #require(Workload.named(name))
    var watch = Stopwatch()
    let prepared = try workload.prepare(1, &watch)
    let before = try prepared.state()
    let result = try Measurement(blockSeconds: 0.001, blockCount: 1) { _ = try prepared.step() }
    #expect(result.blocks.count == 1 && result.median > 0 && result.firstSeconds > 0)
    #expect(result.stepsPerBlock >= 1 && watch.seconds > 0)
    let (results, after) = (try prepared.step(), try prepared.state())
    #expect((results + after).allSatisfy { $0.doubles.allSatisfy(\.isFinite) })
    #expect(before.isEmpty || before != after, "nothing was learnt")
  }

  /// A run and a callable are the same steps.
  @Test(arguments: ["xor_mlp", "iris_mlp", "sine_rnn"])
  func formsAgree(name: String) throws {
    let states = try ["", ":callable"].map { form in
      var watch = Stopwatch()
      let prepared = try #require(Workload.named(name + form)).prepare(1, &watch)
      for _ in 0..<3 { _ = try prepared.step() }
      return try prepared.state()
    }
    #expect(states[0] == states[1])
  }

  @Test func epochsHaveEveryRow() throws {
    var random = SampleData(seed: 1)
    let order = HouseData.order(&random)
    #expect(order.count == 677 * 32 && Set(order).count == 21_650)
    let data = HouseData()
    let batch = data.batch(order[32..<64])
    #expect(batch.features.shape == [32, 4] && batch.targets.shape == [32, 1])
    #expect(batch.features.number(at: 7) == data.features.number(at: order[33] * 4 + 3))
    #expect(batch.targets.number(at: 5) == data.targets.number(at: order[37]))
  }

  @Test func mediansAreInTheMiddle() throws {
    var result = try Measurement(blockSeconds: 1e-6, blockCount: 1) {}
    result.blocks = [5, 1, 3]
    #expect(result.median == 3 && result.minimum == 1 && result.maximum == 5)
    result.blocks = [4, 1, 3, 100]
    #expect(result.median == 3.5)
  }
}

/// The interpreter that `Tools/bench/compare` needs.
private let python = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  .map { URL(fileURLWithPath: "\($0)/python3") }
  .first { FileManager.default.isExecutableFile(atPath: $0.path) }

/// What `Tools/bench/compare` makes of measurements.
@Suite(.enabled(if: python != nil, "there is no python3")) struct ComparisonTests {
  private static func line(
    _ peer: String, _ form: String, _ milliseconds: Double, first: Double, build: Double = 0,
    peak: Double = 100, row: String = "xor_mlp"
  ) -> String {
    """
    {"row": "\(row)", "threads": 1, "peer": "\(peer)", "form": "\(form)", "median_ms": \(milliseconds), \
    "first_step_ms": \(first), "build_ms": \(build), "peak_rss_mb": \(peak)}
    """
  }

  private func compare(_ lines: [String], _ options: String...) throws -> String {
    let python = try #require(python)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let process = Process()
    let pipe = Pipe()
    process.executableURL = python
    process.arguments =
      [root.appendingPathComponent("Tools/bench/compare").path, "--from", file.path] + options
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }

  /// Three pairs, the ratios of which are 4, 2 and 6; of the second peer the first run has failed.
  private let lines = [
    line("graphc", "", 2, first: 30, build: 5, peak: 60), line("jax", "jit", 8, first: 90),
    line("graphc", "", 3, first: 40, build: 6, peak: 62), line("jax", "jit", 6, first: 80, peak: 150),
    line("torch", "compile", 30, first: 900),
    line("graphc", "", 1, first: 50, build: 7, peak: 61), line("jax", "jit", 6, first: 70),
    line("torch", "compile", 20, first: 100),
    line("graphc", "", 1, first: 10, row: "house_mlp"),
  ]

  @Test func pairsAreCompared() throws {
    let output = try compare(lines, "--json").split(separator: "\n").map { text in
      try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
    try #require(output.count == 2)
    let xor = output[0]
    #expect(xor["workload"] as? String == "xor_mlp" && xor["threads"] as? Int == 1)
    #expect(xor["bestPeer"] as? String == "jax jit" && xor["bestPeerMs"] as? Double == 6)
    #expect(xor["oursMs"] as? Double == 2)
    #expect(xor["ratio"] as? Double == 4)
    #expect(xor["ratioMin"] as? Double == 2 && xor["ratioMax"] as? Double == 6)
    #expect(xor["oursFirstS"] as? Double == 0.046 && xor["peerFirstS"] as? Double == 0.08)
    #expect(xor["oursPeakMB"] as? Double == 62 && xor["peerPeakMB"] as? Double == 150)

    let peers = try #require(xor["peers"] as? [[String: Any]])
    let torch = try #require(peers.first { $0["peer"] as? String == "torch:compile" })
    // Beside the second and the third of ours: 30 by 3 and 20 by 1. The first step is the one without a cache.
    #expect(torch["ratio"] as? Double == 15 && torch["firstS"] as? Double == 0.9)

    #expect(output[1]["workload"] as? String == "house_mlp" && output[1]["ratio"] is NSNull)
  }

  @Test func tablesAreMarkdown() throws {
    let rows = try compare(lines, "--markdown").split(separator: "\n")
    #expect(rows.count == 5)
    #expect(rows[2].hasPrefix("| xor_mlp | 1 | 2 | jax jit | 6 | 4 (2–6) | 0.0460 |"))
    #expect(rows[3].hasPrefix("|  |  |  | torch compile | 25 | 15 (10–20) |"))
  }
}
