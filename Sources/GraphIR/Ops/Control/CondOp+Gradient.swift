// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension CondOp {
  public func differentiability(of index: Int) -> Differentiability {
    differentiability(of: index, from: then.module.results.map { _ in true })
  }

  public func differentiability(of index: Int, from results: [Bool]) -> Differentiability {
    if index == 0 { return .cut("the results do not move with the predicate") }
    if regions.contains(where: { $0.parametersReached(from: results)[index - 1] }) { return .differentiable }
    let region = then.parametersReached(from: results).isEmpty ? otherwise : then
    return .cut(region.reason(forParameter: index - 1, from: results))
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let active = context.activeResults
    let reached = regions.map { $0.parametersReached(from: context.cotangents.map { $0 != nil }) }
    let targets = context.operands.indices.dropFirst().filter { index in
      context.wanted.contains(index) && reached.contains { $0[index - 1] }
    }
    if targets.isEmpty || active.isEmpty { return context.operands.map { _ in nil } }
    let branches = try regions.map { branch in
      try branch.pulledBack(from: active, to: targets.map { $0 - 1 }, context)
    }
    let gradient = CondOp(then: branches[0], else: branches[1])
    let gradients = try builder.appendAll(
      .cond(gradient), context.operands + active.compactMap { context.cotangents[$0] })
    return context.spread(gradients, over: targets)
  }
}

extension GradientContext {
  /// The results that have a cotangent.
  var activeResults: [Int] { cotangents.indices.filter { cotangents[$0] != nil } }

  /// The gradients of some operands, in the place of all.
  func spread(_ gradients: [Value], over targets: [Int]) -> [Value?] {
    var all = [Value?](repeating: nil, count: operands.count)
    for (target, gradient) in zip(targets, gradients) { all[target] = gradient }
    return all
  }

  /// Lets a region's builder know what its nodes are made for.
  func prepare(_ region: ModuleBuilder) { region.currentOrigin = builder.currentOrigin }
}

extension Region {
  /// The region that takes what this one takes and the cotangents of some of its results, computes again what is needed,
  /// and gives the gradients of some of its parameters.
  func pulledBack(from results: [Int], to targets: [Int], _ context: GradientContext) throws -> Region {
    let types = resultTypes
    let cotangents = results.map { Module.Parameter(name: "g\($0)", type: types[$0]) }
    return try Region.build(parameters + cotangents) { region, values in
      context.prepare(region)
      let own = Array(values.prefix(parameters.count))
      let outcomes = try region.inline(self, own)
      let seeds = zip(results, values.dropFirst(parameters.count)).map { result, cotangent in
        (value: outcomes[result], cotangent: cotangent)
      }
      return try context.pullBack(in: region, seeds, to: targets.map { own[$0] })
    }
  }
}
