// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// The signs that the standard library has for vectors. Results are `bool`, one element for each place, of the shape
// that both sides broadcast to. `.&`, `.|`, `.^` and `.!` take `bool`, or integers, on whose bits they work.

extension TensorConvertible {
  /// Where the operand is false; of integers, the bits that it lacks.
  public static prefix func .! (operand: Self) -> Tensor {
    elementwise(.not, operand, at: CallSite(operator: ".!"))
  }

  /// Where the left side is less.
  public static func .< (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.less, lhs, rhs, at: CallSite(operator: ".<"))
  }
  /// Where the left side is less.
  public static func .< (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.less, lhs, rhs, at: CallSite(operator: ".<"))
  }
  /// Where the left side is less.
  public static func .< (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.less, lhs, rhs, at: CallSite(operator: ".<"))
  }

  /// Where the left side is less or equal.
  public static func .<= (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.lessOrEqual, lhs, rhs, at: CallSite(operator: ".<="))
  }
  /// Where the left side is less or equal.
  public static func .<= (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.lessOrEqual, lhs, rhs, at: CallSite(operator: ".<="))
  }
  /// Where the left side is less or equal.
  public static func .<= (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.lessOrEqual, lhs, rhs, at: CallSite(operator: ".<="))
  }

  /// Where the left side is greater.
  public static func .> (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.greater, lhs, rhs, at: CallSite(operator: ".>"))
  }
  /// Where the left side is greater.
  public static func .> (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.greater, lhs, rhs, at: CallSite(operator: ".>"))
  }
  /// Where the left side is greater.
  public static func .> (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.greater, lhs, rhs, at: CallSite(operator: ".>"))
  }

  /// Where the left side is greater or equal.
  public static func .>= (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.greaterOrEqual, lhs, rhs, at: CallSite(operator: ".>="))
  }
  /// Where the left side is greater or equal.
  public static func .>= (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.greaterOrEqual, lhs, rhs, at: CallSite(operator: ".>="))
  }
  /// Where the left side is greater or equal.
  public static func .>= (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.greaterOrEqual, lhs, rhs, at: CallSite(operator: ".>="))
  }

  /// Where both sides are equal; nowhere a NaN is.
  public static func .== (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.equal, lhs, rhs, at: CallSite(operator: ".=="))
  }
  /// Where both sides are equal; nowhere a NaN is.
  public static func .== (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.equal, lhs, rhs, at: CallSite(operator: ".=="))
  }
  /// Where both sides are equal; nowhere a NaN is.
  public static func .== (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.equal, lhs, rhs, at: CallSite(operator: ".=="))
  }

  /// Where the sides differ; wherever a NaN is.
  public static func .!= (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.notEqual, lhs, rhs, at: CallSite(operator: ".!="))
  }
  /// Where the sides differ; wherever a NaN is.
  public static func .!= (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.notEqual, lhs, rhs, at: CallSite(operator: ".!="))
  }
  /// Where the sides differ; wherever a NaN is.
  public static func .!= (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.notEqual, lhs, rhs, at: CallSite(operator: ".!="))
  }

  /// Where both sides are true; of integers, the bits that both have.
  public static func .& (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.and, lhs, rhs, at: CallSite(operator: ".&"))
  }
  /// Where both sides are true; of integers, the bits that both have.
  public static func .& (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.and, lhs, rhs, at: CallSite(operator: ".&"))
  }
  /// Where both sides are true; of integers, the bits that both have.
  public static func .& (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.and, lhs, rhs, at: CallSite(operator: ".&"))
  }

  /// Where one side is true, or both; of integers, the bits that one side has.
  public static func .| (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.or, lhs, rhs, at: CallSite(operator: ".|"))
  }
  /// Where one side is true, or both; of integers, the bits that one side has.
  public static func .| (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.or, lhs, rhs, at: CallSite(operator: ".|"))
  }
  /// Where one side is true, or both; of integers, the bits that one side has.
  public static func .| (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.or, lhs, rhs, at: CallSite(operator: ".|"))
  }

  /// Where exactly one side is true; of integers, the bits that exactly one side has.
  public static func .^ (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.xor, lhs, rhs, at: CallSite(operator: ".^"))
  }
  /// Where exactly one side is true; of integers, the bits that exactly one side has.
  public static func .^ (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.xor, lhs, rhs, at: CallSite(operator: ".^"))
  }
  /// Where exactly one side is true; of integers, the bits that exactly one side has.
  public static func .^ (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.xor, lhs, rhs, at: CallSite(operator: ".^"))
  }
}
