// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation

/// Times a step the way the peers' scripts do: the first call apart, then a warm-up that sizes the blocks, then blocks of
/// about `blockSeconds`, of which the median counts.
struct Measurement {
  /// Seconds of the first call, compilation included.
  var firstSeconds = 0.0
  /// Seconds per step of each block, in order.
  var blocks: [Double] = []
  var stepsPerBlock = 0

  var median: Double {
    let sorted = blocks.sorted()
    if sorted.isEmpty { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
  var minimum: Double { blocks.min() ?? .nan }
  var maximum: Double { blocks.max() ?? .nan }

  /// Long steps make long blocks; after this many seconds no block follows the fifth.
  private static let patience = 6.0

  init(blockSeconds: Double, blockCount: Int, _ step: () throws -> Void) throws {
    firstSeconds = try Stopwatch.seconds(step)
    var count = 0
    var elapsed = 0.0
    while count < 3 || elapsed < blockSeconds * 1.5 {
      elapsed += try Stopwatch.seconds(step)
      count += 1
      if elapsed > 20 * blockSeconds { break }
    }
    stepsPerBlock = min(max(Int(blockSeconds / (elapsed / Double(count))), 1), 200_000)
    var total = 0.0
    for block in 0..<blockCount where block < 5 || total < Measurement.patience {
      let seconds = try Stopwatch.seconds { for _ in 0..<stepsPerBlock { try step() } }
      blocks.append(seconds / Double(stepsPerBlock))
      total += seconds
    }
  }
}

/// Adds up the time of what counts.
struct Stopwatch {
  private(set) var seconds = 0.0

  mutating func time<Result>(_ body: () throws -> Result) rethrows -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    defer { seconds += (clock.now - start) / .seconds(1) }
    return try body()
  }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    var watch = Stopwatch()
    try watch.time(body)
    return watch.seconds
  }
}

/// The largest resident memory of this process so far, in MB of 1024² bytes.
func peakMemory() -> Double {
  var usage = rusage()
  getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) / 1024
}
