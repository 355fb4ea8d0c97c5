// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Reverse-mode differentiation of modules. The rules live with the ops; here is the walk over them.
public enum Autodiff {
  /// The pass `gradients`: replaces every `gradient` node by the expressions that compute it.
  ///
  /// Nodes are rebuilt in topological order, so that a gradient node within the loss of another is already expanded
  /// when the outer one is reached, and gradients of gradients need nothing more.
  ///
  /// - Throws: `Diagnostic` of kind `bug` for a module with unbound symbols, or for a rule that breaks its contract.
  public static func expandGradients(_ module: Module) throws -> Module {
    try module.rebuilt { node, operands, builder in
      guard case .gradient = node.op, let loss = operands.first else { return nil }
      guard operands.allSatisfy({ builder.type(of: $0).isStatic }) else {
        throw Diagnostic(
          .bug, code: "gradients.static", "a gradient is expanded before its shapes are bound",
          at: node.origin.location, scope: node.origin.scope)
      }
      var walk = GradientWalk(builder: builder, loss: loss, targets: Array(operands.dropFirst()))
      return try walk.run(seedOrigin: node.origin)
    }
  }
}
