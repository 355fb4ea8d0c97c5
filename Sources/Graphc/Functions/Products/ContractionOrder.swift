// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// In which order the operands of a product of several tensors are multiplied in pairs.
///
/// A pair costs the product of the extents of all labels that it has, the multiplications that it takes. Up to eight
/// operands every order is considered; beyond that the cheapest pair goes first.
struct ContractionOrder {
  /// Pairs of operands by number; the product of the first pair is operand `count`, and so on.
  private(set) var pairs: [(Int, Int)] = []

  private let terms: [Set<Int>]
  private let output: Set<Int>
  private let extents: [Double]

  /// - Parameters:
  ///   - terms: the labels of each operand.
  ///   - output: the labels of the result.
  ///   - extents: by label; a guess where a run decides.
  init(terms: [Set<Int>], output: Set<Int>, extents: [Double]) {
    self.terms = terms
    self.output = output
    self.extents = extents
    if terms.count < 2 { return }
    if terms.count <= 8 { findBest() } else { takeCheapest() }
  }

  private func cost(_ labels: Set<Int>) -> Double { labels.reduce(1) { $0 * extents[$1] } }

  // MARK: Every order

  /// By subset of the operands, as bits, the cheapest split into two.
  private mutating func findBest() {
    let all = 1 << terms.count
    // What the product of a subset still has: labels that the result or another operand needs.
    let labels = (0..<all).map { subset in
      let inside = terms.indices.filter { subset >> $0 & 1 == 1 }
      let outside = terms.indices.filter { subset >> $0 & 1 == 0 }
      let needed = outside.reduce(output) { $0.union(terms[$1]) }
      let own = inside.reduce(Set<Int>()) { $0.union(terms[$1]) }
      return inside.count == 1 ? own : own.intersection(needed)
    }
    var best = [(cost: Double, left: Int)](repeating: (0, 0), count: all)
    for subset in 1..<all where subset.nonzeroBitCount > 1 {
      best[subset].cost = .infinity
      var left = (subset - 1) & subset
      while left > 0 {
        let right = subset ^ left
        // Each split once, the operand of least number on the left.
        if left.trailingZeroBitCount < right.trailingZeroBitCount {
          let total = best[left].cost + best[right].cost + cost(labels[left].union(labels[right]))
          if total < best[subset].cost || best[subset].left == 0 { best[subset] = (total, left) }
        }
        left = (left - 1) & subset
      }
    }
    _ = follow(all - 1, best.map(\.left))
  }

  /// Appends the pairs below a subset and returns the number of its product.
  private mutating func follow(_ subset: Int, _ left: [Int]) -> Int {
    if subset.nonzeroBitCount == 1 { return subset.trailingZeroBitCount }
    let pair = (follow(left[subset], left), follow(subset ^ left[subset], left))
    pairs.append(pair)
    return terms.count + pairs.count - 1
  }

  // MARK: The cheapest pair first

  private mutating func takeCheapest() {
    var open = terms.indices.map { (number: $0, labels: terms[$0]) }
    while open.count > 1 {
      var choice = (cost: Double.infinity, first: 0, second: 1)
      for second in 1..<open.count {
        for first in 0..<second {
          let cost = cost(open[first].labels.union(open[second].labels))
          if cost < choice.cost { choice = (cost, first, second) }
        }
      }
      let (right, left) = (open.remove(at: choice.second), open.remove(at: choice.first))
      let needed = open.reduce(output) { $0.union($1.labels) }
      pairs.append((left.number, right.number))
      open.append((terms.count + pairs.count - 1, left.labels.union(right.labels).intersection(needed)))
    }
  }
}
