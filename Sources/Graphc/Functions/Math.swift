// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Functions that apply to each element. Integers and `bool` become `float32` where a function has no meaning for them.

/// e to the power x.
public func exp(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.exp, x, at: CallSite("exp", fileID, line))
}

/// exp(x) − 1, exact near zero.
public func expm1(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.expm1, x, at: CallSite("expm1", fileID, line))
}

/// The natural logarithm: −∞ for zero, NaN below.
public func log(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.log, x, at: CallSite("log", fileID, line))
}

/// log(1 + x), exact near zero.
public func log1p(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.log1p, x, at: CallSite("log1p", fileID, line))
}

/// The square root: NaN below zero.
public func sqrt(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.sqrt, x, at: CallSite("sqrt", fileID, line))
}

/// 1 / sqrt(x).
public func rsqrt(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.rsqrt, x, at: CallSite("rsqrt", fileID, line))
}

/// The sine of an angle in radians.
public func sin(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.sin, x, at: CallSite("sin", fileID, line))
}

/// The cosine of an angle in radians.
public func cos(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.cos, x, at: CallSite("cos", fileID, line))
}

/// The tangent of an angle in radians.
public func tan(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.tan, x, at: CallSite("tan", fileID, line))
}

/// The hyperbolic tangent.
public func tanh(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.tanh, x, at: CallSite("tanh", fileID, line))
}

/// 1 / (1 + exp(−x)), accurate in both tails.
public func sigmoid(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.sigmoid, x, at: CallSite("sigmoid", fileID, line))
}

/// The error function.
public func erf(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.erf, x, at: CallSite("erf", fileID, line))
}

/// The absolute value.
public func abs(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.abs, x, at: CallSite("abs", fileID, line))
}

/// −1, 0 or 1.
public func sign(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.sign, x, at: CallSite("sign", fileID, line))
}

/// x · x.
public func square(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.multiply, x, x, at: CallSite("square", fileID, line))
}

// MARK: - Two operands

/// x to the power y. Integers to the power of integers stay integers and wrap; a negative exponent then gives 0 unless
/// the base is 1 or −1.
public func pow(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.power, x, y, at: CallSite("pow", fileID, line))
}

/// x to the power y.
public func pow(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.power, x, y, at: CallSite("pow", fileID, line))
}

/// The larger of both; NaN where one is.
public func maximum(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.maximum, x, y, at: CallSite("maximum", fileID, line))
}

/// The larger of both; NaN where one is.
public func maximum(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.maximum, x, y, at: CallSite("maximum", fileID, line))
}

/// The smaller of both; NaN where one is.
public func minimum(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.minimum, x, y, at: CallSite("minimum", fileID, line))
}

/// The smaller of both; NaN where one is.
public func minimum(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.minimum, x, y, at: CallSite("minimum", fileID, line))
}

// MARK: - Three operands

/// x held between two bounds; NaN where one of the three is.
public func clamp(
  _ x: some TensorConvertible, _ low: some TensorOperand, _ high: some TensorOperand,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build(
    [x, low, high], at: CallSite("clamp", fileID, line), in: x.tensor.graph,
    roles: ["x", "the lower bound", "the upper bound"]
  ) { state, terms throws(BuildError) in
    try state.elementwise(.clamp, terms)
  }
}

/// `yes` where the condition holds, else `no`; all three are broadcast.
public func select(
  _ condition: some TensorConvertible, _ yes: some TensorOperand, _ no: some TensorOperand,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build(
    [condition, yes, no], at: CallSite("select", fileID, line), in: condition.tensor.graph,
    roles: ["the condition", "the second operand", "the third operand"]
  ) { state, terms throws(BuildError) in
    let condition = try state.value(terms[0])
    let type = state.type(of: condition)
    if type.dtype != .bool {
      throw BuildError("select.C1", "the condition is \(type); it must be bool, for example `x .!= 0`")
    }
    let choices = try state.promoted(Array(terms.dropFirst()), .uniform)
    return try state.append(.pointwise(PointwiseOp(.select)), state.broadcast([condition] + choices))
  }
}
