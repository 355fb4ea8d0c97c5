// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Rounding, and the divisions that round. Integers stay integers.

/// The largest integral value that is not above x. Integers stay as they are.
public func floor(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  rounding(.floor, x, at: CallSite("floor", fileID, line))
}

/// The smallest integral value that is not below x. Integers stay as they are.
public func ceil(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  rounding(.ceil, x, at: CallSite("ceil", fileID, line))
}

/// The nearest integral value, halves to even. Integers stay as they are.
public func round(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  rounding(.round, x, at: CallSite("round", fileID, line))
}

/// The nearest integral value towards zero. Integers stay as they are.
public func trunc(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  rounding(.truncate, x, at: CallSite("trunc", fileID, line))
}

/// The nearest integral value, halves away from zero. Integers stay as they are.
public func roundAwayFromZero(
  _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("roundAwayFromZero", fileID, line).composing {
    let x = promoted([x], .arithmetic, in: x.tensor.graph)[0]
    guard x.dtype.isFloatingPoint else { return x }
    // The fraction is exact, so that no sum rounds a half up.
    let whole = trunc(x)
    return select(abs(x - whole) .>= 0.5, whole + copySign(1.0, x), whole)
  }
}

/// x − trunc(x): what is behind the point, with the sign of x.
public func fraction(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("fraction", fileID, line).composing { x.tensor - trunc(x) }
}

private func rounding(
  _ function: ScalarFunction, _ operand: some TensorConvertible, at site: CallSite
) -> Tensor {
  build([operand], at: site, in: operand.tensor.graph) { state, terms throws(BuildError) in
    let value = try state.value(terms[0])
    return state.type(of: value).dtype.isInteger ? value : try state.elementwise(function, terms)
  }
}

// MARK: - Division

/// ⌊x / y⌋, as Python's `//`: the quotient that belongs to `floorMod`. Integers stay integers, and one that is divided by
/// zero fails the run.
public func floorDivide(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x, y], at: CallSite("floorDivide", fileID, line), in: x.tensor.graph) {
    state, terms throws(BuildError) in
    try state.floorQuotient(terms)
  }
}

/// ⌊x / y⌋, as Python's `//`: the quotient that belongs to `floorMod`. Integers stay integers, and one that is divided by
/// zero fails the run.
public func floorDivide(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x, y], at: CallSite("floorDivide", fileID, line), in: y.tensor.graph) {
    state, terms throws(BuildError) in
    try state.floorQuotient(terms)
  }
}

/// x / y rounded towards zero: the quotient that belongs to `%`. Integers stay integers, and one that is divided by zero
/// fails the run.
public func truncatedDivide(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x, y], at: CallSite("truncatedDivide", fileID, line), in: x.tensor.graph) {
    state, terms throws(BuildError) in
    try state.truncatedQuotient(terms)
  }
}

/// x / y rounded towards zero: the quotient that belongs to `%`. Integers stay integers, and one that is divided by zero
/// fails the run.
public func truncatedDivide(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x, y], at: CallSite("truncatedDivide", fileID, line), in: y.tensor.graph) {
    state, terms throws(BuildError) in
    try state.truncatedQuotient(terms)
  }
}

/// x − y·⌊x / y⌋: the remainder with the sign of the divisor, as Python's `%`.
public func floorMod(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  build([x, y], at: CallSite("floorMod", fileID, line), in: x.tensor.graph) {
    state, terms throws(BuildError) in
    let operands = try state.broadcast(state.promoted(terms, .arithmetic))
    let divisor = operands[1]
    let rest = try state.pointwise(.remainder, operands[0], divisor)
    let type = state.type(of: rest)
    if !type.dtype.isSigned { return rest }
    let zero = try state.broadcast(state.constant(.integer(0), as: type.dtype), to: type.shape)
    let restIsNegative = try state.pointwise(.less, rest, zero)
    let signsDiffer = try state.pointwise(.xor, restIsNegative, state.pointwise(.less, divisor, zero))
    let isFixed = try state.pointwise(.and, signsDiffer, state.pointwise(.notEqual, rest, zero))
    return try state.pointwise(.select, isFixed, state.pointwise(.add, rest, divisor), rest)
  }
}

/// x − y·n with the whole number n nearest to x / y, of two as near the even one: C's `remainder`, which is exact.
/// Integers become `float32`.
public func ieeeRemainder(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("ieeeRemainder", fileID, line).composing {
    let operands = promoted([x, y], .floating, in: x.tensor.graph)
    let (x, divisor) = (operands[0], abs(operands[1]))
    // Less than two divisors; half of one stays, half of three is nearer to two.
    let rest = abs(x % (divisor + divisor))
    let less = rest - divisor
    let least = select(less + less .>= divisor, less - divisor, less)
    return select(rest + rest .> divisor, least, rest) * copySign(1.0, x)
  }
}

extension GraphState {
  /// A number everywhere in a tensor like `value`.
  mutating func filled(_ number: Int, like value: Value) throws(BuildError) -> Value {
    let type = type(of: value)
    return try broadcast(constant(.integer(number), as: type.dtype), to: type.shape)
  }

  fileprivate mutating func truncatedQuotient(_ terms: [Term]) throws(BuildError) -> Value {
    let operands = try broadcast(promoted(terms, .arithmetic))
    let quotient = try pointwise(.divide, operands[0], operands[1])
    return type(of: quotient).dtype.isInteger ? quotient : try pointwise(.truncate, quotient)
  }

  fileprivate mutating func floorQuotient(_ terms: [Term]) throws(BuildError) -> Value {
    let operands = try broadcast(promoted(terms, .arithmetic))
    let (x, y) = (operands[0], operands[1])
    let dtype = type(of: x).dtype
    if dtype.isInteger, !dtype.isSigned { return try pointwise(.divide, x, y) }
    let (zero, one) = (try filled(0, like: x), try filled(1, like: x))
    let rest = try pointwise(.remainder, x, y)
    let signsDiffer = try pointwise(.xor, pointwise(.less, rest, zero), pointwise(.less, y, zero))
    let isBelow = try pointwise(.and, signsDiffer, pointwise(.notEqual, rest, zero))
    let correction = try pointwise(.select, isBelow, one, zero)
    if dtype.isInteger { return try pointwise(.subtract, pointwise(.divide, x, y), correction) }
    // The dividend less its rest is all but a multiple of the divisor; as NumPy does it.
    let multiple = try pointwise(.divide, pointwise(.subtract, x, rest), y)
    let quotient = try pointwise(.round, pointwise(.subtract, multiple, correction))
    let plain = try pointwise(.divide, x, y)
    // Zeros have the quotient's sign; and what is divided by zero is infinite.
    let signed = try pointwise(
      .select, pointwise(.equal, quotient, zero), pointwise(.copySign, zero, plain), quotient)
    let infinite = try append(.stopGradient(StopGradientOp()), [plain])
    return try pointwise(.select, pointwise(.equal, y, zero), infinite, signed)
  }
}
