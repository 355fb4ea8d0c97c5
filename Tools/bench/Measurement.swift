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
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }
  var minimum: Double { blocks.min() ?? .nan }
  var maximum: Double { blocks.max() ?? .nan }

  init(blockSeconds: Double, blockCount: Int, _ step: () throws -> Void) throws {
    let clock = ContinuousClock()
    let time = { (body: () throws -> Void) throws -> Double in
      let start = clock.now
      try body()
      return (clock.now - start) / .seconds(1)
    }
    firstSeconds = try time(step)
    var count = 0
    var elapsed = 0.0
    while count < 3 || elapsed < blockSeconds * 1.5 {
      elapsed += try time(step)
      count += 1
      if elapsed > 20 * blockSeconds { break }
    }
    stepsPerBlock = min(max(Int(blockSeconds / (elapsed / Double(count))), 1), 200_000)
    for _ in 0..<blockCount {
      let seconds = try time { for _ in 0..<stepsPerBlock { try step() } }
      blocks.append(seconds / Double(stepsPerBlock))
    }
  }
}

/// The largest resident memory of this process so far, in MB of 1024² bytes.
func peakMemory() -> Double {
  var usage = rusage()
  getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) / 1024
}
