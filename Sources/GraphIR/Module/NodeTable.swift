// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The nodes of a builder by what they compute, for finding an equal one: open addressing over node numbers, so that an
/// op is hashed once and stored only in its node.
struct NodeTable {
  /// A node and its hash; −1 for a free place.
  private var slots: [(node: Int32, hash: Int)] = []
  private var count = 0

  static func hash(_ op: Op, _ operands: [Value], _ part: Int32) -> Int {
    var hasher = Hasher()
    hasher.combine(part)
    hasher.combine(op)
    for operand in operands {
      hasher.combine(operand.node)
      hasher.combine(operand.result)
    }
    return hasher.finalize()
  }

  /// The first node with a hash that is the one looked for.
  func find(_ hash: Int, where isEqual: (Int32) -> Bool) -> Int32? {
    if slots.isEmpty { return nil }
    let mask = slots.count - 1
    var place = hash & mask
    while slots[place].node >= 0 {
      if slots[place].hash == hash, isEqual(slots[place].node) { return slots[place].node }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Adds a node, which must not be there yet.
  mutating func insert(_ node: Int32, hash: Int) {
    if 2 * (count + 1) > slots.count { grow() }
    place(node, hash)
    count += 1
  }

  private mutating func place(_ node: Int32, _ hash: Int) {
    let mask = slots.count - 1
    var place = hash & mask
    while slots[place].node >= 0 { place = (place + 1) & mask }
    slots[place] = (node, hash)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: (-1, 0), count: max(2 * old.count, 64))
    for slot in old where slot.node >= 0 { place(slot.node, slot.hash) }
  }
}
