// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Op {
  /// The meaning, on values: that of the rule, in `f32` for numbers of 16 bits where the rule wants it so.
  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    guard rule.widensHalves, operands.contains(where: \.dtype.isHalf) || types.contains(where: \.dtype.isHalf)
    else { return try rule.evaluate(operands, types: types) }
    let results = try rule.evaluate(
      operands.map { $0.converted(to: $0.dtype.computed) },
      types: types.map { $0.with(dtype: $0.dtype.computed) })
    return zip(results, types).map { $0.converted(to: $1.dtype) }
  }
}

extension NDArray {
  /// The elements in another type, neither of them `string`.
  func converted(to target: DType) -> NDArray {
    if target == dtype { return self }
    let program = ScalarProgram.conversion(from: dtype, to: target)
    var fault = false
    return NDArray(dtype: target, shape: shape) { program.evaluate([bits(at: $0)], fault: &fault)[0] }
  }
}

extension Module {
  /// The module with conversions to `f32` before every op that wants its numbers of 16 bits so, and back behind it.
  public func wideningHalves() throws -> Module {
    let needsIt = nodes.contains { node in
      node.op.rule.widensHalves
        && (node.types.contains(where: \.dtype.isHalf)
          || node.operands.contains { type(of: $0).dtype.isHalf })
    }
    guard needsIt else { return self }
    return try rebuilt { node, operands, builder in
      guard node.op.rule.widensHalves else { return nil }
      let converted = { (value: Value, dtype: DType) in
        builder.type(of: value).dtype == dtype
          ? value : try builder.append(.convert(ConvertOp(to: dtype)), [value], origin: node.origin)
      }
      let wide = try operands.map { try converted($0, builder.type(of: $0).dtype.computed) }
      if wide == operands, !node.types.contains(where: \.dtype.isHalf) { return nil }
      let results = try builder.appendAll(node.op, wide, origin: node.origin)
      return try zip(results, node.types).map { try converted($0, $1.dtype) }
    }
  }
}
