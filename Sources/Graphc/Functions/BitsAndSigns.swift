// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Bits, signs and special values.

/// The bits of x moved up by y places: x · 2^y, which wraps. Integers only; 0 for a y that is negative or not below the
/// width of the type.
public func shiftLeft(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.shiftLeft, x, y, at: CallSite("shiftLeft", fileID, line))
}

/// The bits of x moved up by y places: x · 2^y, which wraps. Integers only; 0 for a y that is negative or not below the
/// width of the type.
public func shiftLeft(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.shiftLeft, x, y, at: CallSite("shiftLeft", fileID, line))
}

/// The bits of x moved down by y places: ⌊x / 2^y⌋. Integers only; a y that is negative or not below the width of the type
/// leaves −1 of a negative x and else 0.
public func shiftRight(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.shiftRight, x, y, at: CallSite("shiftRight", fileID, line))
}

/// The bits of x moved down by y places: ⌊x / 2^y⌋. Integers only; a y that is negative or not below the width of the type
/// leaves −1 of a negative x and else 0.
public func shiftRight(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.shiftRight, x, y, at: CallSite("shiftRight", fileID, line))
}

/// The magnitude of x with the sign of the second operand, zeros and NaN included. Integers become `float32`.
///
/// No gradient flows to the sign, and none to x where it is 0.
public func copySign(
  _ x: some TensorConvertible, _ sign: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.copySign, x, sign, at: CallSite("copySign", fileID, line))
}

/// The magnitude of x with the sign of the second operand, zeros and NaN included. Integers become `float32`.
public func copySign(
  _ x: some ConstantOperand, _ sign: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.copySign, x, sign, at: CallSite("copySign", fileID, line))
}

/// Where x is NaN; nowhere in integers.
public func isNaN(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("isNaN", fileID, line).composing { x.tensor .!= x.tensor }
}

/// Where x is neither infinite nor NaN; everywhere in integers.
public func isFinite(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("isFinite", fileID, line).composing {
    x.tensor.dtype.isFloatingPoint ? abs(x) .< Double.infinity : x.tensor .== x.tensor
  }
}

/// Where x is ∞ or −∞; nowhere in integers.
public func isInfinite(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("isInfinite", fileID, line).composing {
    x.tensor.dtype.isFloatingPoint ? abs(x) .== Double.infinity : x.tensor .!= x.tensor
  }
}

/// Replaces what is no finite number: NaN, and the infinities by the greatest and the least number of the type unless
/// others are given. Integers stay as they are.
public func nanToNum(
  _ x: some TensorConvertible, nan: Double = 0, positiveInfinity: Double? = nil,
  negativeInfinity: Double? = nil, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("nanToNum", fileID, line).composing {
    let x = x.tensor
    guard x.dtype.isFloatingPoint else { return x }
    let greatest = x.dtype.greatestFinite
    let upper = select(x .== Double.infinity, positiveInfinity ?? greatest, x)
    let both = select(x .== -Double.infinity, negativeInfinity ?? -greatest, upper)
    return select(isNaN(x), nan, both)
  }
}

/// 1 above 0, 0 below, the second operand at 0; NaN stays, as in NumPy.
public func heaviside(
  _ x: some TensorConvertible, _ valueAtZero: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("heaviside", fileID, line).composing {
    let operands = promoted([x, valueAtZero], .arithmetic, in: x.tensor.graph)
    let step = select(operands[0] .< 0, 0, select(operands[0] .== 0, operands[1], 1))
    return x.tensor.dtype.isFloatingPoint ? select(isNaN(operands[0]), Double.nan, step) : step
  }
}

/// 1 / x. Integers become `float32`.
public func reciprocal(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  CallSite("reciprocal", fileID, line).composing { 1 / x.tensor }
}

/// a + weight · (b − a), computed from the nearer end.
public func lerp(
  _ a: some TensorConvertible, _ b: some TensorOperand, _ weight: some TensorOperand,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("lerp", fileID, line).composing {
    let operands = promoted([a, b, weight], .floating, in: a.tensor.graph)
    let (a, b, weight) = (operands[0], operands[1], operands[2])
    let distance = b - a
    return select(abs(weight) .< 0.5, a + weight * distance, b - distance * (1 - weight))
  }
}

/// The larger of both; where one is NaN, the other.
public func fmax(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("fmax", fileID, line).composing {
    let operands = promoted([x, y], .arithmetic, in: x.tensor.graph)
    return ignoringNaN(operands, maximum(operands[0], operands[1]))
  }
}

/// The smaller of both; where one is NaN, the other.
public func fmin(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("fmin", fileID, line).composing {
    let operands = promoted([x, y], .arithmetic, in: x.tensor.graph)
    return ignoringNaN(operands, minimum(operands[0], operands[1]))
  }
}

private func ignoringNaN(_ operands: [Tensor], _ value: Tensor) -> Tensor {
  guard operands[0].dtype.isFloatingPoint else { return value }
  return select(isNaN(operands[0]), operands[1], select(isNaN(operands[1]), operands[0], value))
}
