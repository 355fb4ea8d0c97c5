// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Operands are broadcast as in NumPy and promoted as in JAX; a number takes the type of the tensor beside it. Each sign
// has three overloads, generic in what stands for a tensor: concrete ones for every pair make expressions slow to
// type-check.

extension TensorConvertible {
  /// The negative, element by element; unsigned integers wrap.
  public static prefix func - (operand: Self) -> Tensor {
    elementwise(.negate, operand, at: CallSite(operator: "-"))
  }

  /// The sum, element by element.
  public static func + (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.add, lhs, rhs, at: CallSite(operator: "+"))
  }
  /// The sum, element by element.
  public static func + (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.add, lhs, rhs, at: CallSite(operator: "+"))
  }
  /// The sum, element by element.
  public static func + (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.add, lhs, rhs, at: CallSite(operator: "+"))
  }

  /// The difference, element by element.
  public static func - (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.subtract, lhs, rhs, at: CallSite(operator: "-"))
  }
  /// The difference, element by element.
  public static func - (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.subtract, lhs, rhs, at: CallSite(operator: "-"))
  }
  /// The difference, element by element.
  public static func - (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.subtract, lhs, rhs, at: CallSite(operator: "-"))
  }

  /// The product, element by element; `matmul` is the product of matrices.
  public static func * (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.multiply, lhs, rhs, at: CallSite(operator: "*"))
  }
  /// The product, element by element; `matmul` is the product of matrices.
  public static func * (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.multiply, lhs, rhs, at: CallSite(operator: "*"))
  }
  /// The product, element by element; `matmul` is the product of matrices.
  public static func * (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.multiply, lhs, rhs, at: CallSite(operator: "*"))
  }

  /// The quotient, element by element; of integers it is `float32`.
  public static func / (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.divide, lhs, rhs, at: CallSite(operator: "/"), as: .floating)
  }
  /// The quotient, element by element; of integers it is `float32`.
  public static func / (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.divide, lhs, rhs, at: CallSite(operator: "/"), as: .floating)
  }
  /// The quotient, element by element; of integers it is `float32`.
  public static func / (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.divide, lhs, rhs, at: CallSite(operator: "/"), as: .floating)
  }

  /// The remainder of the division that truncates, with the sign of the left side; see `floorMod`.
  public static func % (lhs: Self, rhs: some TensorConvertible) -> Tensor {
    elementwise(.remainder, lhs, rhs, at: CallSite(division: "%", lhs, by: rhs))
  }
  /// The remainder of the division that truncates, with the sign of the left side; see `floorMod`.
  public static func % (lhs: Self, rhs: some ConstantOperand) -> Tensor {
    elementwise(.remainder, lhs, rhs, at: CallSite(division: "%", lhs, by: rhs))
  }
  /// The remainder of the division that truncates, with the sign of the left side; see `floorMod`.
  public static func % (lhs: some ConstantOperand, rhs: Self) -> Tensor {
    elementwise(.remainder, lhs, rhs, at: CallSite(division: "%", lhs, by: rhs))
  }
}
