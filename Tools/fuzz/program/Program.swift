// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import GraphcFuzz

/// Runs a check over a range of seeds. A seed that fails is printed with the smallest program that shows the fault; a
/// crash or a hang prints the seed that it happened at.
@main
struct Program {
  static let usage = """
    usage: fuzz parser|optimizer|native [--seeds FIRST..END] [--keep-going]

      --seeds FIRST..END  the seeds to try, without END (default 0..1000); a sweep goes on where another stopped
      --keep-going         go on after a failure
    """

  /// Seeds that are prepared together.
  static let batchLength = 16

  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    guard !arguments.isEmpty, let check = FuzzCheck(rawValue: arguments.removeFirst()) else { fail(usage) }
    var seeds = 0..<1000
    var keepsGoing = false
    while !arguments.isEmpty {
      switch arguments.removeFirst() {
      case "--keep-going": keepsGoing = true
      case "--seeds" where !arguments.isEmpty:
        let bounds = arguments.removeFirst().components(separatedBy: "..").compactMap { Int($0) }
        guard bounds.count == 2, 0 <= bounds[0], bounds[0] <= bounds[1] else { fail(usage) }
        seeds = bounds[0]..<bounds[1]
      default: fail(usage)
      }
    }
    CrashReport.install()
    print("fuzz \(check.rawValue) --seeds \(seeds.lowerBound)..\(seeds.upperBound)")
    var failures = 0
    var lastReport = Date()
    for seed in seeds {
      CrashReport.begin(seed)
      if (seed - seeds.lowerBound) % batchLength == 0 {
        check.prepare(seeds: seed..<min(seed + batchLength, seeds.upperBound))
      }
      do {
        try check.run(seed: seed)
      } catch {
        failures += 1
        print(error)
        if !keepsGoing { break }
      }
      if -lastReport.timeIntervalSinceNow > 20 {
        lastReport = Date()
        print("seed \(seed), \(failures) failures")
        fflush(nil)
      }
    }
    CrashReport.end()
    print(failures == 0 ? "\(seeds.count) seeds passed" : "\(failures) failures")
    exit(failures == 0 ? 0 : 1)
  }

  private static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(2)
  }
}
