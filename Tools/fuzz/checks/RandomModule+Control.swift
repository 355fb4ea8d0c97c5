// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RandomModuleWriter {
  /// An op with regions of a few random steps, other control flow among them.
  mutating func control(_ mnemonic: String) throws -> [Value] {
    if depth == 3 { throw NothingFits() }
    let x = try operand { $0.isStatic }
    let type = type(x)
    // Anything at all, that the regions take and need not use.
    let y = try operand { $0.isStatic }
    switch mnemonic {
    case "cond":
      let predicate = try operand(TensorType(.bool, .scalar))
      let taken = [x, y]
      let yes = try region(of: taken, results: [type])
      let no = try region(of: taken, results: [type])
      return try appendControl(.cond(CondOp(then: yes, else: no)), [predicate] + taken)
    case "scan":
      guard type.rank > 0 else { throw NothingFits() }
      let row = type.with(shape: Shape(Array(type.shape.dims.dropFirst())))
      let carries = try [random.isOne(in: 2) ? row : self.type(y), row].prefix(1 + random.below(2)).map {
        try operand($0)
      }
      // The same rows twice, now and then.
      let elements = [x] + (random.isOne(in: 3) ? [x] : [])
      let types = carries.map(self.type)
      let body = try region(
        types + elements.map { _ in row } + [self.type(y)],
        exact: carries.map { _ in nil } + elements.map { _ in exact[x] } + [exact[y]],
        results: types, others: random.below(3))
      let op = ScanOp(
        carries: carries.count, elements: elements.count, length: type.shape[0],
        reverse: random.isOne(in: 2), body: body)
      return try appendControl(.scan(op), carries + elements + [y])
    case "while":
      let count = try spread(NDArray(scalar: Int32(0)), over: .scalar)
      let limit = Double(random.below(4))
      let types = [TensorType(.int32, .scalar), type, self.type(y)]
      let condition = try Region.build(RandomModuleWriter.parameters(types)) { b, values in
        [try b.apply(.less, values[0], b.scalar(limit, .int32))]
      }
      let step = try region(types, exact: [0, nil, exact[y]], results: [type])
      let body = try Region.build(RandomModuleWriter.parameters(types)) { b, values in
        [try b.add(values[0], b.scalar(1, .int32))] + (try b.inline(step, values))
      }
      return try appendControl(
        .while(WhileOp(carries: 2, condition: condition, body: body)), [count, x, y])
    default:
      let body = try region(of: [x, y], results: [], others: 1 + random.below(2))
      let isCheckpoint = random.isOne(in: 2)
      let gradient = isCheckpoint ? nil : try ownGradient(of: body, [x, y])
      return try appendControl(
        .call(CallOp(body: body, gradient: gradient, isCheckpoint: isCheckpoint)), [x, y])
    }
  }

  /// A region that gives anything at all for the gradients of the first operands; nil now and then.
  private mutating func ownGradient(of body: Region, _ operands: [Value]) throws -> Region? {
    let given = operands.map(type)
    let results = Array(given.prefix { $0.dtype.isFloatingPoint }.prefix(random.below(3)))
    if results.isEmpty { return nil }
    let cotangents = body.resultTypes.filter(\.dtype.isFloatingPoint)
    let types = given + body.resultTypes + cotangents
    return try region(types, exact: types.map { _ in nil }, results: results)
  }

  private mutating func appendControl(_ op: Op, _ operands: [Value]) throws -> [Value] {
    let results = try builder.appendAll(op, operands)
    for result in results where type(result).shape.elementCount.value ?? 0 > 400 { throw NothingFits() }
    // What a region gives may be rounded, though all that it takes is exact.
    return noted(results, from: operands, additions: 9)
  }

  private mutating func region(of values: [Value], results: [TensorType], others: Int = 0) throws -> Region {
    try region(values.map(type), exact: values.map { exact[$0] }, results: results, others: others)
  }

  /// A region with results of these types, and with others of any type.
  ///
  /// - Parameter exact: for each parameter the number of additions behind it, nil where it may be rounded.
  private mutating func region(
    _ types: [TensorType], exact: [Int?], results: [TensorType], others: Int = 0
  ) throws -> Region {
    let outer = self
    var source = random
    defer { random = source }
    return try Region.build(RandomModuleWriter.parameters(types)) { b, parameters in
      var writer = RandomModuleWriter(b, within: outer)
      writer.values = parameters
      for (parameter, depth) in zip(parameters, exact) {
        let isAlways = outer.isWild || !b.type(of: parameter).dtype.isFloatingPoint
        writer.exact[parameter] = isAlways ? 0 : depth
      }
      writer.addSteps(1 + writer.random.below(4))
      defer { source = writer.random }
      return try results.map { try writer.operand($0) } + (0..<others).map { _ in try writer.operand() }
    }
  }

  private static func parameters(_ types: [TensorType]) -> [Module.Parameter] {
    types.enumerated().map { Module.Parameter(name: "p\($0.offset)", type: $0.element) }
  }
}
