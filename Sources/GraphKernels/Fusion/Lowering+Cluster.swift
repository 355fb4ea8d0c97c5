// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleLowering {
  /// One kernel for all members of a cluster.
  mutating func lower(_ cluster: Cluster) throws {
    let values = cluster.members.map(\.value)
    let isStored = values.map { !clustering.isInternal[$0.nodeIndex] }
    let targets = zip(values, isStored).filter(\.1).map(\.0)
    for target in targets { try addBuffer(for: target) }
    if targets.allSatisfy({ module.type(of: $0).shape.elementCount == 0 }) { return }
    let plan = StagePlan(
      cluster, weights: values.map { inlining.weights[$0.nodeIndex] },
      byteCounts: values.map { module.type(of: $0).dtype.byteCount }, isStored: isStored,
      isPosition: values.map { if case .argReduce = module.nodes[$0.nodeIndex].op { true } else { false } })
    var writer = ClusterWriter(
      module: module, inlining: inlining, cluster: cluster, plan: plan, targets: targets)
    for number in plan.stages.indices { try writer.write(number, isStored: isStored) }
    let isAlongLoop = cluster.members.contains { ($0.form.lanes ?? 1) != 1 }
    try append(
      domain: cluster.domain, stages: writer.finishedStages(), vectorAxis: isAlongLoop ? .loop : .domain,
      reading: writer.arguments, writing: targets, faults: writer.faults, label: writer.label)
  }
}

/// Writes the stages of one kernel.
private struct ClusterWriter {
  let module: Module
  let inlining: Inlining
  let cluster: Cluster
  let plan: StagePlan
  let targets: [Value]

  private(set) var arguments: [Value] = []
  private(set) var faults: [Plan.Fault] = []
  private var stages: [Stage] = []
  private var words: [String] = []
  /// By member what gives its element to later stages.
  private var results: [Int: KernelInstruction] = [:]

  init(module: Module, inlining: Inlining, cluster: Cluster, plan: StagePlan, targets: [Value]) {
    self.module = module
    self.inlining = inlining
    self.cluster = cluster
    self.plan = plan
    self.targets = targets
  }

  /// The names of what the kernel does, for people.
  var label: String { words.isEmpty ? "copy" : words.joined(separator: " ") }

  mutating func write(_ number: Int, isStored: [Bool]) throws {
    let stage = plan.stages[number]
    let rank = cluster.domain.count
    var builder = ExpressionBuilder(
      module: module, inlining: inlining, dimensions: rank + stage.loop.count, arguments: arguments)
    for (index, member) in cluster.members.enumerated() {
      builder.members[member.value] = KernelMember(
        member, type: module.type(of: member.value), domain: cluster.domain, loop: stage.loop,
        result: results[index])
    }
    var sinks: [Stage.Sink] = []
    var names: [String] = []
    var found: [Int: KernelInstruction] = [:]
    // Rows first: what reduces them finds them computed.
    for index in stage.members {
      let member = cluster.members[index]
      let element = try builder.expression(of: member.value, as: member.form, domainRank: rank)
      if let (sink, name) = reduction(of: member, element) {
        found[index] = result(number, sinks.count, member)
        sinks.append(sink)
        names.append(name)
        continue
      }
      if isStored[index] { sinks.append(store(element, member, over: stage.loop)) }
    }
    for (index, member) in cluster.members.enumerated()
    where plan.home[index] == number && plan.kept.contains(index) {
      let element = try builder.expression(of: member.value, as: member.form, domainRank: rank)
      found[index] = result(number, sinks.count, member)
      sinks.append(.keep(value: element))
    }
    for index in stage.storedResults {
      guard let result = results[index] else { throw Lowering.bug("a result has no stage", module) }
      let member = cluster.members[index]
      let element = builder.append(result, of: member.value)
      let place = AffineMap(strides: rowMajorStrides(cluster.domain))
      sinks.append(.store(value: element, buffer: target(member.value), at: place))
    }
    results.merge(found) { first, _ in first }
    if builder.isAstray { throw Lowering.bug("a kernel reads its own values elsewhere", module) }
    arguments = builder.arguments
    faults += builder.body.indices.filter { builder.body[$0].canFault }.map { builder.origins[$0] }
    words += builder.words + names
    stages.append(Stage(loop: stage.loop, body: builder.body, sinks: sinks))
  }

  private func reduction(of member: Cluster.Member, _ element: Int) -> (Stage.Sink, String)? {
    switch (member.form, module.nodes[member.value.nodeIndex].op) {
    case (.reduction(_, let lanes), .reduce(let rule)):
      return (.reduce(rule.kind, value: element, lanes: lanes), "reduce \(rule.kind.rawValue)")
    case (.reduction, .argReduce(let rule)):
      return (.argReduce(rule.kind, value: element), rule.mnemonic)
    case (.contraction, _): return (.reduce(.sum, value: element, lanes: 1), "dot")
    default: return nil
    }
  }

  private func result(_ stage: Int, _ sink: Int, _ member: Cluster.Member) -> KernelInstruction {
    let dtype = module.type(of: member.value).dtype
    let isProduct = if case .contraction = member.form { true } else { false }
    return KernelInstruction(
      .stageResult(stage, sink: sink), isProduct ? Cluster.Form.sumType(ofProducts: dtype) : dtype)
  }

  private func store(_ element: Int, _ member: Cluster.Member, over loop: [Int]) -> Stage.Sink {
    let type = module.type(of: member.value)
    let shape = type.shape.extents ?? []
    let axes = member.form.axes(of: shape, domainRank: cluster.domain.count)
    let start = AffineMap.constant(0, dimensions: cluster.domain.count + loop.count)
    let place = zip(axes, rowMajorStrides(shape)).reduce(start) { $0 + $1.0 * $1.1 }
    return .store(value: element, buffer: target(member.value), at: place)
  }

  /// A target's number, counted backwards from -1 until it is known how many buffers are read.
  private func target(_ value: Value) -> Int { -1 - (targets.firstIndex(of: value) ?? 0) }

  func finishedStages() -> [Stage] {
    stages.map { stage in
      var stage = stage
      for position in stage.sinks.indices {
        if case .store(let value, let buffer, let map) = stage.sinks[position] {
          stage.sinks[position] = .store(value: value, buffer: arguments.count - 1 - buffer, at: map)
        }
      }
      return stage
    }
  }
}

extension ExpressionBuilder {
  /// The names of what the body does, for people.
  var words: [String] {
    zip(body, origins).compactMap { instruction, origin -> String? in
      switch instruction.operation {
      case .function(.select) where origin.mnemonic == "dynamicUpdate": "dynamicUpdate"
      case .function(let function):
        // What else computes integers and truths computes a place.
        [function.name, "dot"].contains(origin.mnemonic) || ![.int64, .bool].contains(instruction.dtype)
          ? function.name : nil
      case .convert: ["convert", "iota"].contains(origin.mnemonic) ? origin.mnemonic : nil
      case .index: origin.mnemonic == "iota" ? "iota" : nil
      case .gather: "gather"
      case .load, .loadWithin, .isWithin, .check, .constant, .stageResult: nil
      }
    }
  }
}
