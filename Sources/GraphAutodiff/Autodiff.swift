// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Reverse-mode differentiation of modules. The rules live with the ops; here is the walk over them.
public enum Autodiff {
  /// The pass `gradients`: replaces every `gradient` node by the expressions that compute it, in regions first.
  ///
  /// Nodes are rebuilt in topological order, so that a gradient node within the loss of another is already expanded
  /// when the outer one is reached, and gradients of gradients need nothing more.
  ///
  /// - Throws: `Diagnostic` of kind `bug` for a module with unbound symbols, or for a rule that breaks its contract.
  public static func expandGradients(_ module: Module) throws -> Module {
    try expandOuterGradients(module.mappingRegions(expandOuterGradients))
  }

  /// Expands the gradient nodes of a module whose regions have none.
  public static func expandOuterGradients(_ module: Module) throws -> Module {
    try module.rebuilt { node, operands, builder in
      guard case .gradient(let rule) = node.op else { return nil }
      guard operands.allSatisfy({ builder.type(of: $0).isStatic }) else {
        throw Diagnostic(
          .bug, code: "gradients.static", "a gradient is expanded before its shapes are bound",
          at: node.origin.location, scope: node.origin.scope)
      }
      let expansion = GradientExpansion(rule: rule, operands: operands, builder: builder, origin: node.origin)
      return try expansion.results()
    }
  }
}

/// The expansion of one gradient node.
struct GradientExpansion {
  let rule: GradientOp
  let operands: [Value]
  let builder: ModuleBuilder
  let origin: Origin

  private var outputs: ArraySlice<Value> { operands[..<rule.outputCount] }
  private var cotangents: ArraySlice<Value> { operands[rule.outputCount..<rule.targetOffset] }
  private var targets: [Value] { Array(operands[rule.targetOffset...]) }

  func results() throws -> [Value] {
    let outerOrigin = builder.currentOrigin
    defer { builder.currentOrigin = outerOrigin }
    builder.currentOrigin = origin
    builder.currentOrigin.name = nil
    switch rule.cotangents {
    case .ones: return try walked(from: outputs.map { try builder.full(1, like: $0) })
    case .given: return try walked(from: Array(cotangents))
    case .stacked: return try rows()
    }
  }

  private func walked(from cotangents: [Value]) throws -> [Value] {
    let seeds = zip(outputs, cotangents).map { (value: $0, cotangent: $1) }
    let gradients = try GradientWalk.run(builder, seeds, targets)
    return try zip(targets, gradients).map { try $1 ?? builder.full(0, like: $0) }
  }

  /// A walk for each row of the cotangents, or a loop over them. Walks share what does not depend on the cotangents.
  private func rows() throws -> [Value] {
    let count = cotangents.first.flatMap { builder.type(of: $0).shape[0].value } ?? 0
    if count > GradientExpansion.greatestUnrolledCount {
      return try loop(
        over: Array(cotangents), count: count, element: { try element(0, of: $0) }, walk: walked)
    }
    var results = [[Value]](repeating: [], count: targets.count)
    for row in 0..<count {
      let gradients = try walked(from: cotangents.map { try element(row, of: $0) })
      for (position, gradient) in gradients.enumerated() {
        let shape = builder.type(of: gradient).shape
        results[position].append(try builder.reshape(gradient, to: Shape([1] + shape.dims)))
      }
    }
    return try zip(results, targets).map { rows, target in
      let type = builder.type(of: target)
      if rows.isEmpty { return try builder.full(0, type.with(shape: Shape([0] + type.shape.dims))) }
      return rows.count == 1 ? rows[0] : try builder.append(.concatenate(ConcatenateOp(axis: 0)), rows)
    }
  }

  private func element(_ row: Int, of stack: Value) throws -> Value {
    let extents = builder.type(of: stack).shape.dims
    let starts = extents.indices.map { $0 == 0 ? row : 0 }
    let limits: [Int?] = extents.indices.map { $0 == 0 ? row + 1 : nil }
    let slice = SliceOp(starts: starts, limits: limits, strides: extents.map { _ in 1 })
    return try builder.reshape(builder.append(.slice(slice), [stack]), to: Shape(Array(extents.dropFirst())))
  }
}
