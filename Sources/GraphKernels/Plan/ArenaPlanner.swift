// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Places buffers with lifetimes in one arena so that those alive at the same time do not overlap.
///
/// Buffers are placed in the order of their birth, larger ones first, each in the smallest gap that holds it.
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
    let births = requests.indices.sorted {
      (requests[$0].lifetime.lowerBound, -requests[$0].byteCount, $0)
        < (requests[$1].lifetime.lowerBound, -requests[$1].byteCount, $1)
    }
    let deaths = requests.indices.sorted {
      (requests[$0].lifetime.upperBound, $0) < (requests[$1].lifetime.upperBound, $1)
    }
    var offsets = [Int](repeating: 0, count: requests.count)
    var memory = FreeList()
    var dead = 0
    for index in births {
      // Whoever has died before this birth was born before it, and so has been placed.
      while requests[deaths[dead]].lifetime.upperBound < requests[index].lifetime.lowerBound {
        memory.release(offsets[deaths[dead]], size(requests[deaths[dead]]))
        dead += 1
      }
      offsets[index] = memory.take(size(requests[index]))
    }
    return (offsets, memory.peak)
  }

  private static func size(_ request: Request) -> Int {
    (max(request.byteCount, 1) + alignment - 1) / alignment * alignment
  }
}

/// The gaps between blocks of memory.
private struct FreeList {
  /// Ascending; no two touch, and none touches `end`.
  private var gaps: [Range<Int>] = []
  /// The end of the last block in use.
  private var end = 0
  /// The greatest `end` so far.
  private(set) var peak = 0

  /// The offset of a new block: in the smallest gap that holds it, the first of several, or after all others.
  mutating func take(_ size: Int) -> Int {
    var best: Int?
    for index in gaps.indices where gaps[index].count >= size {
      if best.map({ gaps[index].count < gaps[$0].count }) ?? true { best = index }
    }
    guard let best else {
      defer {
        end += size
        peak = max(peak, end)
      }
      return end
    }
    let offset = gaps[best].lowerBound
    if gaps[best].count == size {
      gaps.remove(at: best)
    } else {
      gaps[best] = offset + size..<gaps[best].upperBound
    }
    return offset
  }

  mutating func release(_ offset: Int, _ size: Int) {
    var gap = offset..<offset + size
    var next = position(of: offset)
    if next < gaps.count, gaps[next].lowerBound == gap.upperBound {
      gap = gap.lowerBound..<gaps[next].upperBound
      gaps.remove(at: next)
    }
    if next > 0, gaps[next - 1].upperBound == gap.lowerBound {
      next -= 1
      gap = gaps[next].lowerBound..<gap.upperBound
      gaps.remove(at: next)
    }
    if gap.upperBound == end {
      end = gap.lowerBound
    } else {
      gaps.insert(gap, at: next)
    }
  }

  /// The index of the first gap after an offset.
  private func position(of offset: Int) -> Int {
    var (low, high) = (0, gaps.count)
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
