// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Whether a gradient flows from a loss to a target, and if not, why not.
public enum GradientPath: Sendable {
  /// Some path from the target to the loss lets a gradient pass.
  case differentiable
  /// The loss does not depend on the target.
  case independent
  /// The loss depends on the target, and every path is cut; the first cut of each path, in the order of the graph.
  case cut([Cut])

  /// A place where a gradient stops.
  public struct Cut: Sendable {
    /// The result of the op that lets no gradient pass.
    public let value: Value
    public let mnemonic: String
    /// A clause that follows the op's name.
    public let reason: String
    public let origin: Origin
  }
}

extension Autodiff {
  /// Whether a gradient of `loss` reaches `target`; see `explainPaths`.
  public static func explainPath(in nodes: [Node], from loss: Value, to target: Value) -> GradientPath {
    explainPaths(in: nodes, from: loss, to: [target])[0]
  }

  /// For each target whether a gradient of `loss` reaches it. Looks at ops and element types only, so that shapes may
  /// be symbolic and gradient nodes unexpanded.
  ///
  /// Linear in the nodes, whatever the number of targets; a target that is cut off costs another sweep.
  ///
  /// - Parameter nodes: a graph in topological order, as `ModuleBuilder.nodes` has it.
  public static func explainPaths(
    in nodes: [Node], from loss: Value, to targets: [Value]
  ) -> [GradientPath] {
    explainPaths(in: nodes, from: [loss], to: targets)
  }

  /// For each target whether a gradient of one of the outputs reaches it.
  public static func explainPaths(
    in nodes: [Node], from outputs: [Value], to targets: [Value]
  ) -> [GradientPath] {
    guard let last = outputs.map(\.nodeIndex).max() else { return targets.map { _ in .independent } }
    // Which nodes the outputs depend on, and which of them a gradient reaches.
    var reached = [Bool](repeating: false, count: nodes.count)
    var flows = reached
    for output in outputs {
      reached[output.nodeIndex] = true
      if nodes.type(of: output).dtype.isFloatingPoint { flows[output.nodeIndex] = true }
    }
    for index in (0...last).reversed() where reached[index] {
      let node = nodes[index]
      for (position, operand) in node.operands.enumerated() {
        reached[operand.nodeIndex] = true
        if flows[index], node.block(ofOperand: position, type: nodes.type(of:)) == nil {
          flows[operand.nodeIndex] = true
        }
      }
    }
    return targets.map { target in
      if !reached[target.nodeIndex] { return .independent }
      if flows[target.nodeIndex], nodes.type(of: target).dtype.isFloatingPoint { return .differentiable }
      return .cut(cuts(in: nodes, upTo: last, to: target, onPath: reached))
    }
  }

  /// The first cut of each path from the target to an output.
  private static func cuts(
    in nodes: [Node], upTo last: Int, to target: Value, onPath reached: [Bool]
  ) -> [GradientPath.Cut] {
    let cut = { (index: Int, reason: String) in
      GradientPath.Cut(
        value: Value(node: Int32(index)), mnemonic: nodes[index].op.mnemonic, reason: reason,
        origin: nodes[index].origin)
    }
    let type = nodes.type(of: target)
    if !type.dtype.isFloatingPoint {
      return [cut(target.nodeIndex, "it is \(type), and only floating-point values have a gradient")]
    }
    var open = [Bool](repeating: false, count: last + 1)
    open[target.nodeIndex] = true
    var found: [GradientPath.Cut] = []
    for index in target.nodeIndex...last where reached[index] {
      let node = nodes[index]
      var reason: String?
      for (position, operand) in node.operands.enumerated() where open[operand.nodeIndex] {
        if let block = node.block(ofOperand: position, type: nodes.type(of:)) {
          reason = reason ?? block
        } else {
          open[index] = true
        }
      }
      if let reason { found.append(cut(index, reason)) }
    }
    return found
  }
}

extension Node {
  /// Why no gradient flows from this node to an operand; nil when one does.
  func block(ofOperand position: Int, type: (Value) -> TensorType) -> String? {
    if case .cut(let reason) = op.rule.differentiability(of: position) { return reason }
    let operand = type(operands[position])
    if !operand.dtype.isFloatingPoint { return "its operand is \(operand), which has no gradient" }
    if let result = types.first, !types.contains(where: \.dtype.isFloatingPoint) {
      return "its result is \(result), which has no gradient"
    }
    return nil
  }
}

extension [Node] {
  func type(of value: Value) -> TensorType { self[value.nodeIndex].types[Int(value.result)] }
}
