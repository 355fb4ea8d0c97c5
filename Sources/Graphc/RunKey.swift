// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What distinguishes one kind of run from another: the same key means the same code.
struct RunKey: Hashable, Sendable {
  struct Feed: Hashable, Sendable {
    let value: Value
    let dtype: DType
    let shape: [Int]

    var type: TensorType { TensorType(dtype, Shape(shape)) }
  }

  let fetches: [Value]
  let targets: [Value]
  /// In ascending order of their values.
  let feeds: [Feed]

  /// Why none of the known kinds of run serves: the smallest difference, in words.
  func difference(from known: [RunKey], name: (Value) -> String) -> String {
    if known.isEmpty { return "first run" }
    let sameGoal = known.filter { $0.fetches == fetches && $0.targets == targets }
    if sameGoal.isEmpty { return "new fetches or targets" }
    let sameFeeds = sameGoal.filter { $0.feeds.map(\.value) == feeds.map(\.value) }
    if sameFeeds.isEmpty { return "other tensors are fed" }
    let changes = { (other: RunKey) in zip(self.feeds, other.feeds).filter { $0 != $1 } }
    // Ties by text, since a dictionary's order is not the same from run to run.
    let descriptions = sameFeeds.map { other in
      changes(other).map { "\(name($0.value)) is \($0.type), was \($1.type)" }.joined(separator: ", ")
    }
    let shortest = descriptions.min { ($0.count, $0) < ($1.count, $1) }
    return "new feed type: " + (shortest ?? "")
  }
}
