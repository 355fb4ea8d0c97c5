// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphcModels

/// Prints one JSON line a workload: milliseconds per step, the first step's, and peak memory. Each workload runs in a
/// process of its own.
@main
struct Program {
  static let usage = """
    usage: bench [--threads N] [--only NAME[,NAME]] [--blocks N] [--block-seconds S]
           bench --list                      the names; behind a colon the form
           bench scaling …                   what a node costs in each stage of compilation

      --threads N        threads of the session (default 1)
      --only NAMES       of those that --list prints; all without a form unless given
      --blocks N         measured blocks (default 7)
      --block-seconds S  length of a block (default 0.1)
      --steps N          makes so many steps behind the first instead of measuring, for profilers
    """

  struct Options {
    var threads = 1
    var names: [String] = Workload.all.map(\.name).filter { !$0.contains(":") }
    var blocks = 7
    var blockSeconds = 0.1
    var steps: Int?
    /// Measures in this process instead of starting others.
    var isChild = false
    var listsNames = false
  }

  static func main() {
    do {
      if CommandLine.arguments.dropFirst().first == "scaling" {
        if try Scaling.run(Array(CommandLine.arguments.dropFirst(2))) { return }
        FileHandle.standardError.write(Data((Scaling.usage + "\n").utf8))
        exit(2)
      }
      guard let options = parse(Array(CommandLine.arguments.dropFirst())) else {
        FileHandle.standardError.write(Data((usage + "\n").utf8))
        exit(2)
      }
      if options.listsNames {
        for workload in Workload.all { print(workload.name) }
        return
      }
      for name in options.names { try run(name, options) }
    } catch {
      report("\(error)")
    }
  }

  private static func run(_ name: String, _ options: Options) throws {
    guard let workload = Workload.named(name) else {
      report("there is no workload '\(name)'\n\(usage)")
    }
    if options.isChild || options.steps != nil {
      print(try measure(workload, options))
      return
    }
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    child.arguments =
      ["--child", "--only", name, "--threads", String(options.threads), "--blocks", String(options.blocks)]
      + ["--block-seconds", String(options.blockSeconds)]
    try child.run()
    child.waitUntilExit()
    if child.terminationStatus != 0 { exit(child.terminationStatus) }
  }

  private static func measure(_ workload: Workload, _ options: Options) throws -> String {
    let baseline = peakMemory()
    var watch = Stopwatch()
    let prepared = try workload.prepare(options.threads, &watch)
    if let steps = options.steps {
      for _ in 0...steps { _ = try prepared.step() }
      return "{\"workload\": \"\(workload.name)\", \"steps\": \(steps)}"
    }
    let result = try Measurement(blockSeconds: options.blockSeconds, blockCount: options.blocks) {
      _ = try prepared.step()
    }
    let fields = [
      "\"peer\": \"graphc\"", "\"workload\": \"\(workload.name)\"", "\"threads\": \(options.threads)",
      "\"median_ms\": \(fixed(result.median * 1e3, 6))", "\"min_ms\": \(fixed(result.minimum * 1e3, 6))",
      "\"max_ms\": \(fixed(result.maximum * 1e3, 6))", "\"blocks\": \(result.blocks.count)",
      "\"steps_per_block\": \(result.stepsPerBlock)", "\"build_ms\": \(fixed(watch.seconds * 1e3, 3))",
      "\"first_step_ms\": \(fixed(result.firstSeconds * 1e3, 3))",
      "\"peak_rss_mb\": \(fixed(peakMemory(), 1))", "\"start_rss_mb\": \(fixed(baseline, 1))",
    ]
    return "{" + fields.joined(separator: ", ") + "}"
  }

  /// The options, or nil when the arguments are not understood.
  private static func parse(_ arguments: [String]) -> Options? {
    var options = Options()
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      if flag == "--child" {
        options.isChild = true
        continue
      }
      if flag == "--list" {
        options.listsNames = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      switch flag {
      case "--threads":
        guard let threads = Int(value), threads > 0 else { return nil }
        options.threads = threads
      case "--only": options.names = value.split(separator: ",").map(String.init)
      case "--blocks":
        guard let blocks = Int(value), blocks > 0 else { return nil }
        options.blocks = blocks
      case "--block-seconds":
        guard let seconds = Double(value), seconds > 0 else { return nil }
        options.blockSeconds = seconds
      case "--steps":
        guard let steps = Int(value), steps >= 0 else { return nil }
        options.steps = steps
      default: return nil
      }
    }
    return options
  }
}
