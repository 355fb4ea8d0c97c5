// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension ScanOp {
  public func differentiability(of index: Int) -> Differentiability {
    differentiability(of: index, from: body.module.results.map { _ in true })
  }

  public func differentiability(of index: Int, from results: [Bool]) -> Differentiability {
    if index < carries, results[index], length == 0 { return .differentiable }
    let reach = reach(from: results)
    if reach.parameters[index] { return .differentiable }
    return .cut(body.reason(forParameter: index, from: reach.results))
  }

  /// What a gradient reaches through any number of steps: a carry that it reaches in one step, it comes from in the step
  /// before.
  private func reach(from results: [Bool]) -> (results: [Bool], parameters: [Bool]) {
    var results = results
    while true {
      let parameters = body.parametersReached(from: results)
      let new = (0..<carries).filter { parameters[$0] && !results[$0] }
      if new.isEmpty { return (results, parameters) }
      for carry in new { results[carry] = true }
    }
  }

  /// A scan in the other direction over the carries that each step began with.
  ///
  /// It carries the cotangents of the carries, and the sums of the captures' gradients; its elements are the carries of
  /// each step, the elements, and the outputs' cotangents; the captures are as they were.
  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let none = [Value?](repeating: nil, count: context.operands.count)
    if length == 0 {
      return context.spread(
        (0..<carries).compactMap { context.cotangents[$0] },
        over: (0..<carries).filter { context.cotangents[$0] != nil })
    }
    let reach = reach(from: context.cotangents.map { $0 != nil })
    let operands = context.operands
    let isWanted = { (index: Int) in reach.parameters[index] && context.wanted.contains(index) }
    let wantedElements = (carries..<firstCapture).filter(isWanted)
    let wantedCaptures = (firstCapture..<operands.count).filter(isWanted)
    // The carries whose cotangents move from step to step.
    let moving = (0..<carries).filter { reach.results[$0] && body.resultTypes[$0].dtype.isFloatingPoint }
    if wantedElements.isEmpty, wantedCaptures.isEmpty, !(0..<carries).contains(where: isWanted) {
      return none
    }
    let outputs = context.activeResults.filter { $0 >= carries }

    let histories = try keptCarries(builder, operands)
    var starts = try moving.map { try context.cotangent(ofResult: $0) }
    starts += try wantedCaptures.map { try builder.full(0, like: operands[$0]) }
    let gradient = try backwardStep(
      context, moving: moving, outputs: outputs, elements: wantedElements, captures: wantedCaptures)
    let results = try builder.appendAll(
      .scan(
        ScanOp(
          carries: starts.count, elements: firstCapture + outputs.count, length: length, reverse: !reverse,
          body: gradient)),
      starts + histories + operands[carries..<firstCapture] + outputs.compactMap { context.cotangents[$0] }
        + operands[firstCapture...])

    let targets = moving + wantedCaptures + wantedElements
    return zip(targets, results).reduce(into: none) { all, pair in all[pair.0] = pair.1 }
  }

  /// The carries with which each step began, stacked.
  private func keptCarries(_ builder: ModuleBuilder, _ operands: [Value]) throws -> [Value] {
    if carries == 0 { return [] }
    let keeping = try Region.build(body.parameters) { region, values in
      Array(try region.inline(body, values).prefix(carries) + values.prefix(carries))
    }
    let scan = ScanOp(carries: carries, elements: elements, length: length, reverse: reverse, body: keeping)
    return Array(try builder.appendAll(.scan(scan), operands).dropFirst(carries))
  }

  /// One step back: the step is computed again, then its gradients.
  private func backwardStep(
    _ context: GradientContext, moving: [Int], outputs: [Int], elements wantedElements: [Int],
    captures wantedCaptures: [Int]
  ) throws -> Region {
    let (own, types) = (body.parameters, body.resultTypes)
    let carried =
      moving.map { Module.Parameter(name: "g\($0)", type: types[$0]) }
      + wantedCaptures.map { Module.Parameter(name: "sum_\(own[$0].name)", type: own[$0].type) }
    let cotangents = outputs.map { Module.Parameter(name: "g\($0)", type: types[$0]) }
    let parameters = carried + own[..<firstCapture] + cotangents + own[firstCapture...]
    return try Region.build(parameters) { region, values in
      context.prepare(region)
      let parts = values[carried.count...]
      let given = parts.prefix(firstCapture) + parts.dropFirst(firstCapture + outputs.count)
      let arguments = Array(given)
      let outcomes = try region.inline(body, arguments)
      let incoming =
        zip(moving, values).map { (value: outcomes[$0], cotangent: $1) }
        + zip(outputs, parts.dropFirst(firstCapture)).map { (value: outcomes[$0], cotangent: $1) }
      let gradients = try context.pullBack(
        in: region, incoming, to: (moving + wantedCaptures + wantedElements).map { arguments[$0] })
      let sums = try wantedCaptures.indices.map { index in
        try region.add(values[moving.count + index], gradients[moving.count + index])
      }
      return gradients.prefix(moving.count) + sums + gradients.dropFirst(carried.count)
    }
  }
}
