// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// How many reductions, one after another, come before each member of a cluster.
struct ClusterLevels {
  /// By member.
  private(set) var levels: [Int] = []

  init(_ cluster: Cluster) {
    var known: [Value: (level: Int, isReduction: Bool)] = [:]
    for member in cluster.members {
      let level = member.uses.reduce(0) { level, used in
        guard let used = known[used] else { return level }
        return max(level, used.isReduction ? used.level + 1 : used.level)
      }
      known[member.value] = (level, member.form.isReduction)
      levels.append(level)
    }
  }
}
