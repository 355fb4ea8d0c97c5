// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Which stage of a kernel computes which member of a cluster, and what is kept from one stage to the next.
struct StagePlan {
  struct Stage {
    /// Reductions that come before.
    let level: Int
    let loop: [Int]
    /// Whether it finds a position, which it does alone.
    let isAlone: Bool
    /// Members that the stage reduces or computes for others, by index.
    var members: [Int] = []
    /// Members that an earlier stage has reduced and that this one stores.
    var storedResults: [Int] = []
  }

  private(set) var stages: [Stage] = []
  /// By member the first stage that computes it; nil for one that is only ever computed in place of its use.
  private(set) var home: [Int?]
  /// Members whose values later stages find where the first one has kept them.
  private(set) var kept: Set<Int> = []

  private let cluster: Cluster
  private let position: [Value: Int]
  private let weights: [Int]
  private let byteCounts: [Int]
  private let isAlongDomain: Bool

  /// An expression of this weight is kept rather than computed again.
  private static let worthKeeping = 6
  /// Bytes of the values that a stage keeps along its loop.
  private static let largestScratch = 1 << 16
  private static let mostScratch = 4
  /// The points of the innermost domain axis that a stage works on together, at least.
  private static let narrowestBlock = 64

  /// - Parameters:
  ///   - weights: by member, the weighted instructions of its expression.
  ///   - byteCounts: by member, the bytes of an element.
  ///   - isStored: by member, whether it goes to memory.
  ///   - isPosition: by member, whether it is a position.
  init(
    _ cluster: Cluster, weights: [Int], byteCounts: [Int], isStored: [Bool], isPosition: [Bool]
  ) {
    self.cluster = cluster
    self.weights = weights
    self.byteCounts = byteCounts
    position = Dictionary(uniqueKeysWithValues: cluster.members.enumerated().map { ($1.value, $0) })
    isAlongDomain = cluster.members.allSatisfy { ($0.form.lanes ?? 1) == 1 }
    home = cluster.members.map { _ in nil }
    let levels = ClusterLevels(cluster).levels
    for (index, member) in cluster.members.enumerated() {
      switch member.form {
      case .row: break
      case .point, .reduction, .contraction:
        add(index, level: levels[index], loop: member.form.loop, isAlone: isPosition[index])
      }
    }
    for (index, member) in cluster.members.enumerated() where isStored[index] {
      switch member.form {
      case .row(let layout): addRow(index, level: levels[index], loop: layout.loop)
      case .reduction, .contraction: addStore(of: index, level: levels[index])
      case .point: break
      }
    }
    sortStages()
    for stage in stages.indices {
      for member in stages[stage].members { compute(member, in: stage) }
    }
  }

  // MARK: Stages

  private mutating func add(_ member: Int, level: Int, loop: [Int], isAlone: Bool) {
    let known = stages.firstIndex { $0.level == level && $0.loop == loop && !$0.isAlone && !isAlone }
    if let known { return stages[known].members.append(member) }
    stages.append(Stage(level: level, loop: loop, isAlone: isAlone, members: [member]))
  }

  /// Puts a row with the first stage of the same loop that may compute it.
  private mutating func addRow(_ member: Int, level: Int, loop: [Int]) {
    let fitting = stages.indices.filter {
      stages[$0].loop == loop && stages[$0].level >= level && !stages[$0].isAlone
    }
    if let stage = fitting.min(by: { stages[$0].level < stages[$1].level }) {
      return stages[stage].members.append(member)
    }
    stages.append(Stage(level: level, loop: loop, isAlone: false, members: [member]))
  }

  private mutating func addStore(of member: Int, level: Int) {
    let fitting = stages.indices.filter { stages[$0].loop.isEmpty && stages[$0].level > level }
    if let stage = fitting.min(by: { stages[$0].level < stages[$1].level }) {
      return stages[stage].storedResults.append(member)
    }
    stages.append(Stage(level: level + 1, loop: [], isAlone: false, storedResults: [member]))
  }

  private mutating func sortStages() {
    let order = stages.indices.sorted { x, y in
      let (a, b) = (stages[x], stages[y])
      if a.level != b.level { return a.level < b.level }
      if a.loop.isEmpty != b.loop.isEmpty { return a.loop.isEmpty }
      return x < y
    }
    stages = order.map { stages[$0] }
  }

  // MARK: What is kept

  /// Notes what a stage computes for a member, and what it finds.
  private mutating func compute(_ member: Int, in stage: Int) {
    // A stage that finds a position has no room to keep what it computes on the way.
    let isRow = if case .row = cluster.members[member].form { true } else { false }
    if home[member] == nil, !isRow || !stages[stage].isAlone { home[member] = stage }
    for used in cluster.members[member].uses {
      if let index = position[used] { use(index, in: stage) }
    }
  }

  private mutating func use(_ member: Int, in stage: Int) {
    switch cluster.members[member].form {
    case .reduction, .contraction: return
    case .point:
      // The stage of its level comes before all others of that level.
      if let home = home[member], home != stage { kept.insert(member) }
    case .row(let layout):
      guard let home = home[member], home != stage else { return compute(member, in: stage) }
      if kept.contains(member) { return }
      if isWorthKeeping(member, layout) {
        kept.insert(member)
      } else {
        for used in cluster.members[member].uses {
          if let index = position[used] { use(index, in: stage) }
        }
      }
    }
  }

  private func isWorthKeeping(_ member: Int, _ layout: Cluster.Layout) -> Bool {
    let columns = isAlongDomain ? StagePlan.narrowestBlock : 1
    let bytes = layout.loop.reduce(1, *) * columns * byteCounts[member]
    let rows = kept.count { if case .row = cluster.members[$0].form { true } else { false } }
    return weight(of: member) >= StagePlan.worthKeeping && bytes <= StagePlan.largestScratch
      && rows < StagePlan.mostScratch
  }

  /// Of the expression with what it computes on the spot.
  private func weight(of member: Int) -> Int {
    cluster.members[member].uses.reduce(weights[member]) { sum, used in
      guard let index = position[used], case .row = cluster.members[index].form, !kept.contains(index) else {
        return sum
      }
      return sum + weights[index]
    }
  }
}
