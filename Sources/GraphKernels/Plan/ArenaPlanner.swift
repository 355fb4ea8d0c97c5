// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Places buffers with lifetimes in one arena so that those alive at the same time do not overlap.
///
/// Buffers are placed in the order of their birth, each in the smallest gap that holds it.
public enum ArenaPlanner {
  /// Every offset is a multiple of this: one cache line, and wide enough for any vector.
  public static let alignment = 64

  public struct Request: Hashable, Sendable {
    public var byteCount: Int
    /// The first and last step that uses the buffer.
    public var lifetime: ClosedRange<Int>

    public init(byteCount: Int, lifetime: ClosedRange<Int>) {
      self.byteCount = byteCount
      self.lifetime = lifetime
    }
  }

  /// An offset for each request, and the bytes that all of them need.
  public static func place(_ requests: [Request]) -> (offsets: [Int], byteCount: Int) {
    var offsets = [Int](repeating: 0, count: requests.count)
    var total = 0
    let order = requests.indices.sorted {
      (requests[$0].lifetime.lowerBound, -requests[$0].byteCount, $0)
        < (requests[$1].lifetime.lowerBound, -requests[$1].byteCount, $1)
    }
    var placed: [Int] = []
    for index in order {
      let size = roundedUp(max(requests[index].byteCount, 1))
      placed.removeAll { requests[$0].lifetime.upperBound < requests[index].lifetime.lowerBound }
      let neighbours = placed.map { (offsets[$0], offsets[$0] + roundedUp(max(requests[$0].byteCount, 1))) }
        .sorted { $0 < $1 }
      var best: (gap: Int, offset: Int)?
      var cursor = 0
      for (start, end) in neighbours {
        let gap = start - cursor
        if gap >= size, gap < best?.gap ?? .max { best = (gap, cursor) }
        cursor = max(cursor, end)
      }
      offsets[index] = best?.offset ?? cursor
      total = max(total, offsets[index] + size)
      placed.append(index)
    }
    return (offsets, total)
  }

  private static func roundedUp(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }
}
