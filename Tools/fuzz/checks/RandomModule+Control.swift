// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RandomModuleWriter {
  /// An op with regions of a node or two.
  mutating func control(_ mnemonic: String) throws -> [Value] {
    let x = try operand { $0.isStatic }
    let type = type(x)
    switch mnemonic {
    case "cond":
      let y = try operand(type)
      let predicate = try operand(TensorType(.bool, .scalar))
      let (yes, no): (ScalarFunction, ScalarFunction) =
        type.dtype == .bool ? (.and, .or) : (.minimum, .maximum)
      let op = CondOp(then: try pairwise(yes, type), else: try pairwise(no, type))
      return noted(try builder.appendAll(.cond(op), [predicate, x, y]), from: [x, y])
    case "scan":
      guard type.rank > 0 else { throw NothingFits() }
      let part = type.with(shape: Shape(Array(type.shape.dims.dropFirst())))
      let carry = try operand(part)
      let function: ScalarFunction = type.dtype == .bool ? .xor : .maximum
      let body = try Region.build(RandomModuleWriter.parameters([part, part])) { b, values in
        let next = try b.apply(function, values[0], values[1])
        return [next, values[0]]
      }
      let op = ScanOp(
        carries: 1, elements: 1, length: type.shape[0], reverse: random.isOne(in: 2), body: body)
      return noted(try builder.appendAll(.scan(op), [carry, x]), from: [carry, x])
    case "while":
      let count = try spread(NDArray(scalar: Int32(0)), over: .scalar)
      let limit = Double(random.below(4))
      let parameters = RandomModuleWriter.parameters([TensorType(.int32, .scalar), type])
      let condition = try Region.build(parameters) { b, values in
        [try b.apply(.less, values[0], b.scalar(limit, .int32))]
      }
      let function: ScalarFunction = type.dtype == .bool ? .not : .negate
      let body = try Region.build(parameters) { b, values in
        [try b.add(values[0], b.scalar(1, .int32)), try b.apply(function, values[1])]
      }
      let op = WhileOp(carries: 2, condition: condition, body: body)
      return noted(try builder.appendAll(.while(op), [count, x]), from: [x])
    default:
      let function: ScalarFunction = type.dtype == .bool ? .not : .negate
      let body = try Region.build(RandomModuleWriter.parameters([type])) { b, values in
        [try b.apply(function, values[0])]
      }
      return noted(try builder.appendAll(.call(CallOp(body: body, isCheckpoint: true)), [x]), from: [x])
    }
  }

  private func pairwise(_ function: ScalarFunction, _ type: TensorType) throws -> Region {
    try Region.build(RandomModuleWriter.parameters([type, type])) { b, values in
      [try b.apply(function, values[0], values[1])]
    }
  }

  private static func parameters(_ types: [TensorType]) -> [Module.Parameter] {
    types.enumerated().map { Module.Parameter(name: "p\($0.offset)", type: $0.element) }
  }
}
