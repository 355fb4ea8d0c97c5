// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Which values get memory of their own; the others are computed inside their consumers.
///
/// A value is stored when a root or a step that reads memory needs it, when it is used more than once and is more than
/// an index calculation, when its consumer would compute it again and again, or when the expression grows too long.
///
/// Reshapes and markers move nothing: their memory is that of the value behind them, and it is that value which is
/// stored. So `stored` never holds a reason for one of them.
struct Inlining {
  /// Why a value is stored; shown to people who ask why two ops did not fuse.
  enum Reason: String, CaseIterable, Sendable {
    case leaf = "it is there before any kernel runs"
    case root = "the run returns it or stores it in a variable"
    case reduction = "a reduction ends its kernel"
    case contraction = "a matrix product or a routine on whole arrays is a step of its own"
    case control = "a loop or a branch is a step of its own"
    case join = "pad and concatenate write their result in pieces"
    case libraryOperand = "a matrix product or a routine on whole arrays reads it from memory"
    case relabelled = "a reshape that merges axes reads it from memory"
    case bounded = "an overlap-add asks for elements outside of it, which only memory can refuse"
    case shared = "several consumers read it"
    case indirect = "it is read at places that are computed"
    case repeated = "its consumer would compute it again for every copy"
    case long = "the expression would be too long"
    case unfused = "nothing is fused"
  }

  /// Instructions, weighted by cost, that one kernel body may hold.
  static let longestExpression = 64
  /// The weight of an index that is computed for each element of the row that it reads.
  static let cheapIndex = 8
  /// Nodes, views included, on one path through an expression: kernel bodies are built by recursion.
  static let deepestExpression = 128

  /// For each node why it is stored; nil for one that is computed inside its consumers.
  let stored: [Reason?]
  /// For each node the weighted instructions that an element takes, but for those of stored values within.
  let weights: [Int]
  private let sources: MemorySources

  /// - Parameter fuses: whether values may be computed inside their consumers at all; a single constant still may.
  init(_ module: Module, fuses: Bool = true) {
    let sources = MemorySources(module)
    var decision = InliningDecision(module: module, sources: sources)
    decision.storeWhatMustBe()
    if !fuses { decision.storeEverything() }
    decision.storeWhatPays()
    self.sources = sources
    stored = decision.stored
    weights = decision.weights
  }

  /// The value whose memory a value shares: the one behind reshapes and markers.
  func memory(of value: Value) -> Value { sources[value] }

  /// Whether a value lies in memory, under its own name or another.
  func isInMemory(_ value: Value) -> Bool { stored[sources[value].nodeIndex] != nil }

  /// Multiply-adds of floats up to which a matrix product is a kernel of ours, which shares it with what it feeds; a
  /// library's call takes longer.
  static let largestKernelDot = 1 << 10

  /// Whether a product is a kernel rather than a library's: one of integers, and a tiny one.
  static func isKernel(dot node: Node, in module: Module) -> Bool {
    guard case .dot(let rule) = node.op, node.types[0].dtype.isFloatingPoint else { return true }
    let lhs = module.type(of: node.operands[0]).shape.extents ?? []
    let steps = rule.lhsContract.reduce(1) { $0 * lhs[$1] }
    let count = node.types[0].shape.elementCount.coefficient
    let (product, overflows) = steps.multipliedReportingOverflow(by: count)
    // Sums of one chunk are the reference's, bit for bit.
    return !overflows && product <= largestKernelDot && steps <= ReductionOrder.chunkSteps
  }

  /// For each operand axis the result axes that make it up, with their strides, when a reshape only splits axes or
  /// adds and drops unit axes; nil when it merges.
  static func reshapeAxes(from operand: TensorType, to result: TensorType) -> [[(axis: Int, stride: Int)]]? {
    guard let source = operand.shape.extents, let target = result.shape.extents else { return nil }
    var parts: [[(axis: Int, stride: Int)]] = []
    var next = 0
    for extent in source {
      var group: [Int] = []
      var product = 1
      while product < extent, next < target.count {
        product *= target[next]
        group.append(next)
        next += 1
      }
      if product != extent { return nil }
      var stride = 1
      var part: [(axis: Int, stride: Int)] = []
      for axis in group.reversed() {
        part.append((axis, stride))
        stride *= target[axis]
      }
      parts.append(part)
    }
    return target[next...].allSatisfy { $0 == 1 } ? parts : nil
  }
}

/// Whose memory each value shares.
private struct MemorySources {
  /// By node, for reshapes and markers only.
  private var relabelled: [Value?]

  init(_ module: Module) {
    relabelled = Array(repeating: nil, count: module.nodes.count)
    for (index, node) in module.nodes.enumerated() {
      switch node.op {
      case .reshape, .identity, .stopGradient: relabelled[index] = self[node.operands[0]]
      default: break
      }
    }
  }

  subscript(value: Value) -> Value { relabelled[value.nodeIndex] ?? value }
}

/// The state of one decision.
private struct InliningDecision {
  let module: Module
  let sources: MemorySources
  var stored: [Inlining.Reason?]
  /// Weighted instructions that computing one element of a node takes.
  var weights: [Int]
  /// Nodes on the longest path through the expression of a node.
  var depths: [Int]
  /// Whether an element outside of the node can be asked for: loads give 0 there, and nothing else minds.
  var isLoose: [Bool]

  init(module: Module, sources: MemorySources) {
    self.module = module
    self.sources = sources
    stored = Array(repeating: nil, count: module.nodes.count)
    weights = Array(repeating: 0, count: module.nodes.count)
    depths = Array(repeating: 0, count: module.nodes.count)
    isLoose = Array(repeating: true, count: module.nodes.count)
  }

  func isInMemory(_ value: Value) -> Bool { stored[sources[value].nodeIndex] != nil }

  /// Stores a value unless it is stored already; the first reason stays.
  mutating func store(_ value: Value, _ reason: Inlining.Reason) {
    let source = sources[value].nodeIndex
    stored[source] = stored[source] ?? reason
  }

  mutating func storeWhatMustBe() {
    for (index, node) in module.nodes.enumerated() {
      switch node.op {
      case .parameter, .variable: stored[index] = .leaf
      case .constant(let constant) where constant.value.count != 1: stored[index] = .leaf
      default: break
      }
    }
    for root in module.roots { store(root, .root) }
    for (index, node) in module.nodes.enumerated() {
      let value = Value(node: Int32(index))
      switch node.op {
      case .reduce, .argReduce, .fold: store(value, .reduction)
      case .pad, .concatenate: store(value, .join)
      case .dot:
        store(value, .contraction)
        if !Inlining.isKernel(dot: node, in: module) {
          for operand in node.operands { store(operand, .libraryOperand) }
        }
      default:
        guard node.op.lowering == .library || node.op.lowering == .control else { break }
        store(value, node.op.lowering == .control ? .control : .contraction)
        for (position, operand) in node.operands.enumerated() where position != node.op.rule.updatedOperand {
          store(operand, .libraryOperand)
        }
      }
    }
  }

  mutating func storeEverything() {
    for (index, node) in module.nodes.enumerated() {
      if case .constant = node.op { continue }
      store(Value(node: Int32(index)), .unfused)
    }
  }

  /// Goes from the leaves upwards, so that what an expression has become is known when it is to grow.
  mutating func storeWhatPays() {
    let consumers = consumerCounts()
    for (index, node) in module.nodes.enumerated() {
      for operand in node.operands where depth(of: operand) >= Inlining.deepestExpression {
        store(operand, .long)
      }
      isLoose[index] = isLoose(node)
      storeOperands(of: node)
      let operands = distinctOperands(node)
      let own = ownWeight(node)
      var weight = operands.reduce(own) { $0 + self.weight(of: $1) }
      while weight > Inlining.longestExpression,
        let heaviest = operands.max(by: { self.weight(of: $0) < self.weight(of: $1) }),
        self.weight(of: heaviest) > 0
      {
        weight -= self.weight(of: heaviest)
        store(heaviest, .long)
      }
      weights[index] = weight
      depths[index] = 1 + (operands.map { depth(of: $0) }.max() ?? 0)
      if consumers[index] > 1, weight > 0 { store(Value(node: Int32(index)), .shared) }
    }
  }

  /// What its consumer's kind asks to be in memory.
  private mutating func storeOperands(of node: Node) {
    let operands = node.operands
    switch node.op {
    case .reshape:
      if Inlining.reshapeAxes(from: module.type(of: operands[0]), to: node.types[0]) == nil {
        store(operands[0], .relabelled)
      }
    case .broadcast:
      let count = module.type(of: operands[0]).shape.elementCount
      if node.types[0].shape.elementCount != count, weight(of: operands[0]) > 0 {
        store(operands[0], .repeated)
      }
    case .window:
      // Overlapping windows meet an element more than once.
      let count = module.type(of: operands[0]).shape.elementCount.coefficient
      if node.types[0].shape.elementCount.coefficient > count, weight(of: operands[0]) > 0 {
        store(operands[0], .repeated)
      }
    case .fold:
      if !isInMemory(operands[0]), !isLoose[operands[0].nodeIndex] { store(operands[0], .bounded) }
    case .gather(let rule):
      if weight(of: operands[0]) > 0 { store(operands[0], .indirect) }
      // A row's index is computed once where the row is contiguous; a cheap one may be computed again.
      let isRead = rule.indexed.axes.count
      let rows = module.type(of: operands[1]).shape.elementCount.coefficient / max(isRead, 1)
      let isRepeated = isRead > 1 || node.types[0].shape.elementCount.coefficient > rows
      if isRepeated, weight(of: operands[1]) > Inlining.cheapIndex { store(operands[1], .repeated) }
    case .dynamicUpdate:
      let count = module.type(of: operands[1]).shape.elementCount
      if node.types[0].shape.elementCount != count, weight(of: operands[1]) > 0 {
        store(operands[1], .repeated)
      }
    case .pad:
      if weight(of: operands[1]) > 0 { store(operands[1], .repeated) }
    case .dot:
      // Each element of an operand meets a whole row or column of the other.
      for operand in operands where weight(of: operand) > 0 { store(operand, .repeated) }
    default: break
    }
  }

  private func isLoose(_ node: Node) -> Bool {
    switch node.op {
    case .constant, .iota, .convert, .reshape, .transpose, .broadcast, .slice, .reverse, .window, .identity,
      .stopGradient:
      break
    case .pointwise(let rule):
      // The divisor of an element that is not there is 0, which would fail the run.
      let type = module.type(of: node.operands[0]).dtype
      if KernelInstruction(.function(rule.function), type).canFault { return false }
    default: return false
    }
    return node.operands.allSatisfy { isInMemory($0) || isLoose[$0.nodeIndex] }
  }

  /// What computing an element of an operand adds to its consumer; nothing when it is read from memory.
  private func weight(of value: Value) -> Int { isInMemory(value) ? 0 : weights[value.nodeIndex] }
  private func depth(of value: Value) -> Int { isInMemory(value) ? 0 : depths[value.nodeIndex] }

  /// The operands that one body computes, each once: equal elements are computed once.
  private func distinctOperands(_ node: Node) -> [Value] {
    // The pieces of a join are kernels of their own.
    if case .concatenate = node.op { return [] }
    let operands = node.operands
    return operands.indices.filter { !operands[..<$0].contains(operands[$0]) }.map { operands[$0] }
  }

  /// For each node how many bodies want its elements.
  private func consumerCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: module.nodes.count)
    for node in module.nodes {
      let isJoin = if case .concatenate = node.op { true } else { false }
      for operand in isJoin ? node.operands : distinctOperands(node) { counts[operand.nodeIndex] += 1 }
    }
    return counts
  }

  /// Weighted instructions that computing one element takes; 0 for mere index calculations.
  private func ownWeight(_ node: Node) -> Int {
    switch node.op {
    case .pointwise(let rule):
      switch rule.function.cost {
      case .free, .cheap: 1
      case .moderate: 2
      case .expensive: 8
      }
    case .convert: 1
    // The conversion, the check and the address of each index.
    case .gather(let rule): 1 + 4 * rule.indexed.axes.count
    case .dynamicUpdate:
      zip(node.types[0].shape.dims, module.type(of: node.operands[1]).shape.dims).reduce(1) {
        $0 + ($1.0 == $1.1 ? 0 : 6)
      }
    default: 0
    }
  }
}
