// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension CallOp {
  public func differentiability(of index: Int) -> Differentiability {
    differentiability(of: index, from: body.module.results.map { _ in true })
  }

  public func differentiability(of index: Int, from results: [Bool]) -> Differentiability {
    if let gradient {
      return index < gradient.module.results.count
        ? .differentiable : .cut("the gradient that the program gives for it has none for this operand")
    }
    if body.parametersReached(from: results)[index] { return .differentiable }
    return .cut(body.reason(forParameter: index, from: results))
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    if let gradient {
      var arguments = context.operands + context.results
      for (index, result) in context.results.enumerated()
      where builder.type(of: result).dtype.isFloatingPoint {
        arguments.append(try context.cotangent(ofResult: index))
      }
      let gradients = try builder.inline(gradient, arguments)
      return context.spread(gradients, over: Array(gradients.indices))
    }
    let active = context.activeResults
    let reached = body.parametersReached(from: context.cotangents.map { $0 != nil })
    let targets = context.operands.indices.filter { context.wanted.contains($0) && reached[$0] }
    if targets.isEmpty || active.isEmpty { return context.operands.map { _ in nil } }
    // In a call of its own: what the body computes is not found among what was computed before.
    let region = try body.pulledBack(from: active, to: targets, context)
    let gradients = try builder.appendAll(
      .call(CallOp(body: region, isCheckpoint: isCheckpoint)),
      context.operands + active.compactMap { context.cotangents[$0] })
    return context.spread(gradients, over: targets)
  }
}
