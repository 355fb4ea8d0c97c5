// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The order in which a reduction combines its elements: part of the language, so that the interpreter and every
/// machine, vector width and thread count give the same bits.
///
/// The reduced elements of one result are numbered `k = 0, 1, …` in row-major order. They are cut into chunks of
/// `lanes · chunkSteps`. Within a chunk element `k` goes to lane `k mod lanes`, lanes start from the identity and take
/// their elements in ascending order; then the lanes are folded in halves (lane `l` with lane `l + half`) down to one.
/// The chunks' values are combined in ascending order, starting from the identity.
///
/// A reduction that includes the last axis uses `laneCount` lanes, so that vectors run along memory; any other has one
/// lane, so that vectors run across results.
public struct ReductionOrder: Hashable, Sendable {
  public static let laneCount = 32
  /// Elements that a lane takes before its chunk is folded; bounds the error growth of long sums.
  public static let chunkSteps = 128

  public let lanes: Int
  public var chunk: Int { lanes * ReductionOrder.chunkSteps }

  public init(axes: [Int], rank: Int) {
    lanes = axes.contains(rank - 1) ? ReductionOrder.laneCount : 1
  }

  /// Reduces `count` elements in this order.
  public func reduce<Element>(
    count: Int, identity: Element, element: (Int) -> Element, combine: (Element, Element) -> Element
  ) -> Element {
    var total = identity
    var start = 0
    while start < count {
      var accumulators = [Element](repeating: identity, count: lanes)
      for k in start..<min(start + chunk, count) {
        accumulators[k % lanes] = combine(accumulators[k % lanes], element(k))
      }
      var half = lanes / 2
      while half > 0 {
        for lane in 0..<half { accumulators[lane] = combine(accumulators[lane], accumulators[lane + half]) }
        half /= 2
      }
      total = combine(total, accumulators[0])
      start += chunk
    }
    return total
  }
}
