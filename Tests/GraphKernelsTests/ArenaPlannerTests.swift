// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import GraphKernels

@Suite struct ArenaPlannerTests {
  private func size(_ request: ArenaPlanner.Request) -> Int {
    (max(request.byteCount, 1) + ArenaPlanner.alignment - 1) / ArenaPlanner.alignment * ArenaPlanner.alignment
  }

  /// Requests with random sizes and lifetimes.
  private func requests(_ count: Int, steps: Int, longest: Int, seed: UInt64) -> [ArenaPlanner.Request] {
    (0..<count).map { index in
      let draw = Threefry.block(key: seed, counter: UInt64(index))
      let start = Int(draw % UInt64(steps))
      let end = min(start + Int(draw >> 16) % longest, steps - 1)
      return ArenaPlanner.Request(byteCount: Int(draw >> 40) % 1000, lifetime: start...end)
    }
  }

  @Test(arguments: UInt64(0)..<20) func whatLivesTogetherLiesApart(_ seed: UInt64) {
    let requests = requests(60, steps: 40, longest: 1 + Int(seed) * 2, seed: seed)
    let (offsets, byteCount) = ArenaPlanner.place(requests)
    #expect(offsets.count == requests.count)
    for (index, offset) in offsets.enumerated() {
      #expect(offset >= 0 && offset % ArenaPlanner.alignment == 0)
      for other in offsets.indices.dropFirst(index + 1)
      where requests[index].lifetime.overlaps(requests[other].lifetime) {
        let isApart =
          offset + size(requests[index]) <= offsets[other] || offsets[other] + size(requests[other]) <= offset
        #expect(isApart, "\(requests[index]) at \(offset), \(requests[other]) at \(offsets[other])")
      }
    }
    // Not a byte too many, and never less than what lives at one time.
    #expect(byteCount == zip(offsets, requests).map { $0 + size($1) }.max())
    let live = (0..<40).map { time in
      requests.filter { $0.lifetime.contains(time) }.reduce(0) { $0 + size($1) }
    }
    #expect(byteCount >= live.max() ?? 0)
    #expect(byteCount < requests.reduce(0) { $0 + size($1) })
  }

  @Test func nothingNeedsNothing() {
    #expect(ArenaPlanner.place([]).byteCount == 0)
  }

  @Test func aChainTakesTwoPlaces() {
    let requests = (0..<100).map { ArenaPlanner.Request(byteCount: 256, lifetime: $0...$0 + 1) }
    let (offsets, byteCount) = ArenaPlanner.place(requests)
    #expect(byteCount == 512)
    #expect(offsets == (0..<100).map { $0 % 2 * 256 })
  }

  @Test func theSmallestGapThatFits() {
    let requests = [
      ArenaPlanner.Request(byteCount: 256, lifetime: 0...0), .init(byteCount: 192, lifetime: 0...9),
      .init(byteCount: 128, lifetime: 0...1), .init(byteCount: 64, lifetime: 0...9),
      .init(byteCount: 128, lifetime: 2...3), .init(byteCount: 64, lifetime: 4...4),
    ]
    // In the end 256 bytes are free at 0 and 128 at 448.
    let (offsets, byteCount) = ArenaPlanner.place(requests)
    #expect(offsets == [0, 256, 448, 576, 448, 448])
    #expect(byteCount == 640)
  }

  @Test func neighbouringGapsBecomeOne() {
    let requests = [
      ArenaPlanner.Request(byteCount: 64, lifetime: 0...0), .init(byteCount: 64, lifetime: 0...1),
      .init(byteCount: 64, lifetime: 0...0), .init(byteCount: 64, lifetime: 0...5),
      .init(byteCount: 192, lifetime: 2...2),
    ]
    #expect(ArenaPlanner.place(requests).offsets == [0, 64, 128, 192, 0])
  }

  @Test func tenThousandBuffersTakeNoTime() {
    let clock = ContinuousClock()
    // All alive at once, as the activations of a deep network are, and then one by one dead.
    let nested = (0..<10_000).map { ArenaPlanner.Request(byteCount: 64, lifetime: $0...20_000 - $0) }
    let crossing = requests(10_000, steps: 5_000, longest: 2_500, seed: 1)
    let time = clock.measure {
      #expect(ArenaPlanner.place(nested).byteCount == 640_000)
      #expect(ArenaPlanner.place(crossing).byteCount > 0)
    }
    #expect(time < .seconds(20))
  }
}
