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

  public typealias Cut = GradientFlow.Cut
}

extension Autodiff {
  /// Whether a gradient of `loss` reaches `target`; see `explainPaths`.
  public static func explainPath(in nodes: [Node], from loss: Value, to target: Value) -> GradientPath {
    explainPaths(in: nodes, from: loss, to: [target])[0]
  }

  /// For each target whether a gradient of `loss` reaches it, through regions too. Looks at ops and element types only,
  /// so that shapes may be symbolic and gradient nodes unexpanded.
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
    let flow = GradientFlow(in: nodes, from: outputs)
    return targets.map { target in
      if !flow.depends(on: target) { return .independent }
      return flow.reaches(target) ? .differentiable : .cut(flow.cuts(from: target))
    }
  }
}
