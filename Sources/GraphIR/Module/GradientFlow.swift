// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Which values some seeds depend on, and which of them a gradient of the seeds reaches.
///
/// Looks at ops and element types only, so that shapes may be symbolic and gradient nodes unexpanded. Linear in the
/// nodes.
public struct GradientFlow {
  private let nodes: [Node]
  private let seeds: [Value]
  /// By node and result.
  private var depends: [[Bool]]
  private var flows: [[Bool]]

  /// - Parameter nodes: a graph in topological order, as `ModuleBuilder.nodes` has it.
  public init(in nodes: [Node], from seeds: [Value]) {
    self.nodes = nodes
    self.seeds = seeds
    let last = seeds.map(\.nodeIndex).max() ?? -1
    depends = nodes[...last].map { Array(repeating: false, count: $0.types.count) }
    flows = depends
    for seed in seeds {
      depends[seed.nodeIndex][Int(seed.result)] = true
      flows[seed.nodeIndex][Int(seed.result)] = nodes.type(of: seed).dtype.isFloatingPoint
    }
    for index in depends.indices.reversed() where depends[index].contains(true) {
      let node = nodes[index]
      for (position, operand) in node.operands.enumerated() {
        depends[operand.nodeIndex][Int(operand.result)] = true
        if node.block(ofOperand: position, fromResults: flows[index], type: nodes.type(of:)) == nil {
          flows[operand.nodeIndex][Int(operand.result)] = true
        }
      }
    }
  }

  /// Whether a seed depends on the value at all.
  public func depends(on value: Value) -> Bool {
    depends.indices.contains(value.nodeIndex) && depends[value.nodeIndex][Int(value.result)]
  }

  /// Whether a gradient of a seed reaches the value.
  public func reaches(_ value: Value) -> Bool {
    depends(on: value) && flows[value.nodeIndex][Int(value.result)]
      && nodes.type(of: value).dtype.isFloatingPoint
  }

  /// A place where a gradient stops.
  public struct Cut: Sendable {
    /// A result of the op that lets no gradient pass.
    public let value: Value
    public let mnemonic: String
    /// A clause that follows the op's name.
    public let reason: String
    public let origin: Origin
    /// How a seed depends on the target through this place: from the seed to the target, each value an operand of the
    /// one before. Empty behind the first few cuts.
    public let path: [Value]
  }

  /// Cuts with a path: each takes another sweep.
  private static let pathLimit = 8

  /// The first cut of each path from a value, on which a seed depends, to a seed, in the order of the graph.
  public func cuts(from target: Value) -> [Cut] {
    let cut = { (index: Int, reason: String, path: [Value]) in
      Cut(
        value: Value(node: Int32(index)), mnemonic: nodes[index].op.mnemonic, reason: reason,
        origin: nodes[index].origin, path: path)
    }
    let type = nodes.type(of: target)
    if !type.dtype.isFloatingPoint {
      return [
        cut(
          target.nodeIndex, "it is \(type), and only floating-point values have a gradient",
          pathToSeed(from: target))
      ]
    }
    // Which results a gradient of the target would have come from, and from which operand it would have gone on.
    var open = depends.map { Array(repeating: false, count: $0.count) }
    open[target.nodeIndex][Int(target.result)] = true
    var onward = [Value?](repeating: nil, count: depends.count)
    var found: [Cut] = []
    for index in target.nodeIndex..<depends.count where depends[index].contains(true) {
      let node = nodes[index]
      var reason: String?
      var blocked: Value?
      for (position, operand) in node.operands.enumerated()
      where open[operand.nodeIndex][Int(operand.result)] {
        var isBlocked = true
        for result in node.types.indices where depends[index][result] {
          var only = [Bool](repeating: false, count: node.types.count)
          only[result] = true
          if let block = node.block(ofOperand: position, fromResults: only, type: nodes.type(of:)) {
            if isBlocked {
              reason = reason ?? block
              blocked = blocked ?? operand
            }
          } else {
            isBlocked = false
            open[index][result] = true
            if index != target.nodeIndex { onward[index] = onward[index] ?? operand }
          }
        }
        if !isBlocked { reason = nil }
      }
      guard let reason, let blocked else { continue }
      let hasPath = found.count < GradientFlow.pathLimit
      var path = hasPath ? pathToSeed(from: Value(node: Int32(index))) : []
      var next = hasPath ? blocked : nil
      while let value = next {
        path.append(value)
        next = value == target ? nil : onward[value.nodeIndex]
      }
      found.append(cut(index, reason, path))
    }
    return found
  }

  /// From a seed to a value that it depends on, each value an operand of the one before; of several ways that of the
  /// first consumers.
  private func pathToSeed(from start: Value) -> [Value] {
    var onward: [Int: Value] = [start.nodeIndex: start]
    for index in start.nodeIndex..<depends.count where depends[index].contains(true) {
      if index != start.nodeIndex {
        onward[index] = nodes[index].operands.first { onward[$0.nodeIndex] != nil }
      }
      guard onward[index] != nil, let seed = seeds.first(where: { $0.nodeIndex == index }) else { continue }
      var path = [index == start.nodeIndex ? start : seed]
      while let last = path.last, last.nodeIndex != start.nodeIndex, let value = onward[last.nodeIndex] {
        path.append(value)
      }
      return path
    }
    return [start]
  }
}

extension Node {
  /// Why no gradient flows from these results of the node to an operand; nil when one does.
  public func block(
    ofOperand position: Int, fromResults results: [Bool], type: (Value) -> TensorType
  ) -> String? {
    if case .cut(let reason) = op.rule.differentiability(of: position, from: results) { return reason }
    let operand = type(operands[position])
    if !operand.dtype.isFloatingPoint { return "its operand is \(operand), which has no gradient" }
    let given = zip(types, results).filter(\.1).map(\.0)
    if let result = given.first, !given.contains(where: \.dtype.isFloatingPoint) {
      return "its result is \(result), which has no gradient"
    }
    return given.isEmpty ? "no gradient reaches its results" : nil
  }

  /// Why no gradient flows from this node to an operand; nil when one does.
  public func block(ofOperand position: Int, type: (Value) -> TensorType) -> String? {
    block(ofOperand: position, fromResults: types.map { _ in true }, type: type)
  }
}

extension [Node] {
  func type(of value: Value) -> TensorType { self[value.nodeIndex].types[Int(value.result)] }
}
