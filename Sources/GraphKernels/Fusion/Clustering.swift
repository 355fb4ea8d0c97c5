// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Which stored values share a kernel, and in which order the steps run.
///
/// Values are taken in their order; each joins the kernel of one that it reads, or of one that reads the same, if it is
/// computed over the same domain and reads the kernel's other values at its own point only. A value whose readers are all
/// in its kernel then needs no memory.
struct Clustering {
  /// What becomes a step, or several.
  enum Unit {
    case cluster(Cluster)
    /// A value whose op is lowered in a way of its own.
    case single(Value)
  }

  /// Why two values do not share a kernel; shown to people who ask.
  enum Refusal: String, CaseIterable, Sendable {
    case size = "the kernel would be too large"
    case domain = "they are computed over different domains"
    case astray = "one reads the other at more than its own point"
    case order = "a step between them needs the one and feeds the other"
    case lanes = "they reduce along different axes"
    case threads = "too few rows would be left to share between threads"
    case cache = "the rows that both pass over do not stay in the cache"
    case unfused = "nothing is fused"
  }

  struct Note: Sendable {
    let value: Value
    let other: Value
    let refusal: Refusal
  }

  /// Each behind all that it reads.
  private(set) var units: [Unit] = []
  /// By node, whether only its own kernel reads it, so that it needs no memory.
  private(set) var isInternal: [Bool]
  /// The values that one reads, or that read the same, and that do not share its kernel.
  private(set) var notes: [Note] = []

  /// By node a number that those of one kernel have in common.
  private var unitOfNode: [Int]

  /// Whether two stored values are computed by one kernel.
  func shareKernel(_ value: Value, _ other: Value) -> Bool {
    unitOfNode[value.nodeIndex] == unitOfNode[other.nodeIndex]
  }

  init(_ module: Module, _ inlining: Inlining, fuses: Bool) throws {
    var decision = ClusterDecision(module, inlining, fuses: fuses)
    try decision.run()
    isInternal = decision.internalValues()
    units = decision.orderedUnits()
    notes = decision.notes
    unitOfNode = decision.unitOfNode
  }
}

/// The state of one decision.
private struct ClusterDecision {
  let module: Module
  let inlining: Inlining
  let fuses: Bool
  var notes: [Clustering.Note] = []

  /// By unit; nil for one that has been merged into another.
  private var units: [Clustering.Unit?] = []
  /// By unit its greatest node.
  private var lastNode: [Int] = []
  /// By node its unit; -1 for one that is computed in place.
  private(set) var unitOfNode: [Int]
  /// By node the stored nodes that its step reads, leaves included.
  private var reads: [[Int]]
  /// By node some units that read it, the latest last.
  private var readers: [[Int]]

  /// Weighted instructions that one kernel may hold.
  static let largestKernel = 256
  static let mostMembers = 24
  static let mostBuffers = 24
  /// Units that a search for a cycle may visit.
  static let longestSearch = 64
  /// Units to try that read the same as a value.
  static let mostSiblings = 3
  /// Elements of a value whose step costs more than its computation.
  static let tinyKernel = 256
  /// Weighted instructions that are worth a second thread.
  static let serialWork = 1 << 17
  static let fewestPoints = 8
  /// Rows of a column that several passes may walk over.
  static let tallestColumn = 1 << 11

  init(_ module: Module, _ inlining: Inlining, fuses: Bool) {
    self.module = module
    self.inlining = inlining
    self.fuses = fuses
    unitOfNode = Array(repeating: -1, count: module.nodes.count)
    reads = Array(repeating: [], count: module.nodes.count)
    readers = reads
  }

  mutating func run() throws {
    for index in module.nodes.indices where inlining.stored[index] != nil {
      let node = module.nodes[index]
      let value = Value(node: Int32(index))
      if node.op.lowering == .leaf { continue }
      reads[index] = memoryReads(of: node)
      guard let seed = ClusterSeed(node, in: module) else {
        addUnit(.single(value), at: index)
        continue
      }
      if fuses, module.type(of: value).shape.elementCount != 0 {
        try join(value, seed)
      } else {
        addUnit(.cluster(seed.cluster(of: value)), at: index)
      }
    }
  }

  private mutating func addUnit(_ unit: Clustering.Unit, at node: Int) {
    unitOfNode[node] = units.count
    units.append(unit)
    lastNode.append(node)
    noteReads(of: node)
  }

  private mutating func noteReads(of node: Int) {
    let unit = unitOfNode[node]
    for read in reads[node] where readers[read].last != unit {
      readers[read].append(unit)
      if readers[read].count > ClusterDecision.mostSiblings { readers[read].removeFirst() }
    }
  }

  /// The stored nodes that computing a stored node reads, each once.
  private func memoryReads(of node: Node) -> [Int] {
    var found: [Int] = []
    var seen: Set<Int> = []
    var waiting = Array(node.operands.reversed())
    while let value = waiting.popLast() {
      let memory = inlining.memory(of: value).nodeIndex
      guard seen.insert(memory).inserted else { continue }
      if inlining.stored[memory] != nil {
        found.append(memory)
      } else {
        waiting += module.nodes[memory].operands.reversed()
      }
    }
    return found
  }

  // MARK: Joining

  private mutating func join(_ value: Value, _ seed: ClusterSeed) throws {
    let index = value.nodeIndex
    var joined: Int?
    for candidate in candidates(for: index) {
      if let unit = joined {
        if candidate != unit, units[candidate] != nil { try merge(candidate, into: unit) }
      } else if try join(value, seed, to: candidate) {
        joined = candidate
      }
    }
    if joined == nil { addUnit(.cluster(seed.cluster(of: value)), at: index) }
  }

  /// The clusters that a value reads, then those that read the same.
  private func candidates(for node: Int) -> [Int] {
    var found: [Int] = []
    let add = { (unit: Int, found: inout [Int]) in
      if unit >= 0, !found.contains(unit), case .cluster? = units[unit] { found.append(unit) }
    }
    for read in reads[node].reversed() { add(unitOfNode[read], &found) }
    let count = module.nodes[node].types[0].shape.elementCount.coefficient
    for read in reads[node] {
      // Sharing a few numbers saves nothing, but that a tiny kernel is a step less.
      let shared = module.nodes[read].types[0].shape.elementCount.coefficient
      if count > ClusterDecision.tinyKernel, shared * 2 < count || shared <= 1 { continue }
      for unit in readers[read].reversed() { add(unit, &found) }
    }
    return found
  }

  private mutating func join(_ value: Value, _ seed: ClusterSeed, to unit: Int) throws -> Bool {
    guard case .cluster(let cluster)? = units[unit] else { return false }
    var refusal = Clustering.Refusal.domain
    for (arranged, form) in seed.clusters(joining: cluster, in: module) {
      var grown = arranged
      grown.insert(Cluster.Member(value: value, form: form))
      if let reason = try refusalOf(grown, checking: [value]) ?? cycle(unit, with: reads[value.nodeIndex]) {
        refusal = reason
        continue
      }
      units[unit] = .cluster(try withUses(grown, of: [value]))
      unitOfNode[value.nodeIndex] = unit
      lastNode[unit] = max(lastNode[unit], value.nodeIndex)
      noteReads(of: value.nodeIndex)
      return true
    }
    note(value, cluster, refusal)
    return false
  }

  /// Makes two clusters one, if that is possible.
  private mutating func merge(_ unit: Int, into target: Int) throws {
    guard case .cluster(let other)? = units[unit], case .cluster(let cluster)? = units[target],
      let (left, right) = arranged(cluster, other)
    else { return }
    var merged = left
    for member in right.members { merged.insert(member) }
    let values = merged.members.map(\.value)
    let outside = (cluster.members + other.members).flatMap { reads[$0.value.nodeIndex] }
    if let reason = try refusalOf(merged, checking: values) ?? cycle(target, or: unit, with: outside) {
      if let last = cluster.members.last { note(last.value, other, reason) }
      return
    }
    units[target] = .cluster(try withUses(merged, of: values))
    units[unit] = nil
    lastNode[target] = max(lastNode[target], lastNode[unit])
    for member in other.members { unitOfNode[member.value.nodeIndex] = target }
    for member in other.members { noteReads(of: member.value.nodeIndex) }
  }

  /// Both over one domain.
  private func arranged(_ x: Cluster, _ y: Cluster) -> (Cluster, Cluster)? {
    if x.domain == y.domain { return (x, y) }
    for layout in y.layouts {
      if let rows = x.rearranged(domain: y.domain, layout, in: module) { return (rows, y) }
    }
    for layout in x.layouts {
      if let rows = y.rearranged(domain: x.domain, layout, in: module) { return (x, rows) }
    }
    return nil
  }

  private mutating func note(_ value: Value, _ cluster: Cluster, _ refusal: Clustering.Refusal) {
    guard let other = cluster.members.last else { return }
    notes.append(Clustering.Note(value: value, other: other.value, refusal: refusal))
  }

  // MARK: Conditions

  /// Why a cluster may not be, whose values other than these are known to fit.
  private func refusalOf(_ cluster: Cluster, checking values: [Value]) throws -> Clustering.Refusal? {
    let weight = cluster.members.reduce(0) { $0 + max(inlining.weights[$1.value.nodeIndex], 1) }
    let buffers = Set(cluster.members.flatMap { reads[$0.value.nodeIndex] }).count + cluster.members.count
    if weight > ClusterDecision.largestKernel || cluster.members.count > ClusterDecision.mostMembers
      || buffers > ClusterDecision.mostBuffers
    {
      return .size
    }
    let lanes = Set(cluster.members.compactMap { $0.form.isReduction ? $0.form.lanes ?? 1 : nil })
    if lanes.count > 1 { return .lanes }
    let passes = Set(cluster.members.map(\.form.loop)).filter { !$0.isEmpty }
    let tallest = passes.map { $0.reduce(1, *) }.max() ?? 1
    let work = cluster.members.reduce(0) {
      $0 + max(inlining.weights[$1.value.nodeIndex], 1) * $1.form.loop.reduce(1, *)
    }
    // A reduction of everything is one thread's in any case; what else there is need not be.
    if !cluster.isMap, cluster.members.count > 1, cluster.pointCount < ClusterDecision.fewestPoints,
      work * cluster.pointCount > ClusterDecision.serialWork
    {
      return .threads
    }
    for value in values {
      guard let member = cluster.members.first(where: { $0.value == value }) else { continue }
      if try expression(of: member, in: cluster).isAstray { return .astray }
    }
    if lanes == [1], tallest > ClusterDecision.tallestColumn, try depth(of: cluster) > 1 { return .cache }
    return nil
  }

  /// How many passes over the loops there are, one after another.
  private func depth(of cluster: Cluster) throws -> Int {
    let known = try withUses(cluster, of: cluster.members.map(\.value))
    return 1 + (ClusterLevels(known).levels.max() ?? 0)
  }

  /// The members' expressions say what they use.
  private func withUses(_ cluster: Cluster, of values: [Value]) throws -> Cluster {
    var cluster = cluster
    for position in cluster.members.indices where values.contains(cluster.members[position].value) {
      let used = try expression(of: cluster.members[position], in: cluster).usedMembers
      cluster.members[position].uses = cluster.members.map(\.value).filter { used.contains($0) }
    }
    return cluster
  }

  /// A member's expression, with the other members as far as they are known at its points.
  private func expression(of member: Cluster.Member, in cluster: Cluster) throws -> ExpressionBuilder {
    let loop = member.form.loop
    let extents = cluster.domain + loop
    var builder = ExpressionBuilder(module: module, inlining: inlining, dimensions: extents.count)
    for other in cluster.members where other.value != member.value {
      let type = module.type(of: other.value)
      let result = KernelInstruction(.stageResult(0), type.dtype)
      builder.members[other.value] = KernelMember(
        other, type: type, domain: cluster.domain, loop: loop, result: result)
    }
    _ = try builder.expression(of: member.value, as: member.form, domainRank: cluster.domain.count)
    return builder
  }

  /// Whether something outside of one or two units that they read, directly or not, reads them in turn.
  private func cycle(_ unit: Int, or other: Int? = nil, with reads: [Int]) -> Clustering.Refusal? {
    let isOwn = { (candidate: Int) in candidate == unit || candidate == other }
    let own = [unit, other].compactMap { $0 }.flatMap { firstNodes(of: $0) }
    guard let first = own.min() else { return nil }
    var waiting = reads.map { unitOfNode[$0] }.filter { $0 >= 0 && !isOwn($0) }
    var seen: Set<Int> = []
    while let next = waiting.popLast() {
      // What was complete before the first of the cluster's values does not read it.
      guard lastNode[next] > first, seen.insert(next).inserted else { continue }
      if seen.count > ClusterDecision.longestSearch { return .order }
      for node in nodes(of: next) {
        for read in self.reads[node] {
          let before = unitOfNode[read]
          if before < 0 || before == next { continue }
          if isOwn(before) { return .order }
          waiting.append(before)
        }
      }
    }
    return nil
  }

  private func nodes(of unit: Int) -> [Int] {
    switch units[unit] {
    case .cluster(let cluster)?: cluster.members.map(\.value.nodeIndex)
    case .single(let value)?: [value.nodeIndex]
    case nil: []
    }
  }

  private func firstNodes(of unit: Int) -> [Int] { nodes(of: unit).min().map { [$0] } ?? [] }

  // MARK: Results

  /// By node, whether a member's readers are all in its cluster and nothing outlives the run.
  func internalValues() -> [Bool] {
    var isInternal = [Bool](repeating: false, count: module.nodes.count)
    for unit in units {
      guard case .cluster(let cluster)? = unit else { continue }
      for member in cluster.members { isInternal[member.value.nodeIndex] = true }
    }
    for (node, sources) in reads.enumerated() {
      for read in sources where unitOfNode[read] != unitOfNode[node] { isInternal[read] = false }
    }
    for root in module.roots { isInternal[inlining.memory(of: root).nodeIndex] = false }
    return isInternal
  }

  /// The units, each behind what it reads; of those that could be next the one that was complete first.
  func orderedUnits() -> [Clustering.Unit] {
    var missing = [Int](repeating: 0, count: units.count)
    var dependents = [[Int]](repeating: [], count: units.count)
    for unit in units.indices {
      let before = Set(nodes(of: unit).flatMap { reads[$0] }.map { unitOfNode[$0] })
      for other in before where other >= 0 && other != unit {
        dependents[other].append(unit)
        missing[unit] += 1
      }
    }
    var ready = Heap(units.indices.filter { units[$0] != nil && missing[$0] == 0 }.map { (lastNode[$0], $0) })
    var ordered: [Clustering.Unit] = []
    while let (_, unit) = ready.pop() {
      if let next = units[unit] { ordered.append(next) }
      for dependent in dependents[unit] {
        missing[dependent] -= 1
        if missing[dependent] == 0 { ready.push((lastNode[dependent], dependent)) }
      }
    }
    return ordered
  }
}

extension KernelMember {
  /// A member of a cluster as an expression sees it that is written over a loop.
  init(_ member: Cluster.Member, type: TensorType, domain: [Int], loop: [Int], result: KernelInstruction?) {
    let shape = type.shape.extents ?? []
    let extents = domain + loop
    if case .row(let layout) = member.form, layout.loop != loop {
      self.init(unreachableIn: extents)
      return
    }
    let axes = member.form.axes(of: shape, domainRank: domain.count).map { map -> AffineMap in
      var map = map
      map.strides = Array(map.strides.prefix(extents.count))
      map.strides += [Int](repeating: 0, count: extents.count - map.strides.count)
      return map
    }
    self.init(axes: axes, shape: shape, extents: extents, result: result)
  }
}

/// The least first.
private struct Heap {
  private var items: [(Int, Int)] = []

  init(_ items: [(Int, Int)]) { for item in items { push(item) } }

  mutating func push(_ item: (Int, Int)) {
    items.append(item)
    var place = items.count - 1
    while place > 0, items[place] < items[(place - 1) / 2] {
      items.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func pop() -> (Int, Int)? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    if items.isEmpty { return first }
    items[0] = last
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < items.count && items[child] < items[least] {
        least = child
      }
      if least == place { return first }
      items.swapAt(place, least)
      place = least
    }
  }
}
