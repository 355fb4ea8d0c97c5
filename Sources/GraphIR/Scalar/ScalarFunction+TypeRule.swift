// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension ScalarFunction {
  /// Which dtypes a function takes and which it yields.
  public enum TypeRule: Hashable, Sendable {
    /// Operands of one numeric type; the result has it too.
    case sameNumeric
    /// Operands of one floating-point type; the result has it too.
    case sameFloat
    /// Operands of one type, any but string; to bool.
    case equality
    /// Operands of one numeric type; to bool.
    case ordering
    /// Operands of one type, bool or an integer one; the result has it too.
    case bitwise
    /// Operands of one integer type; the result has it too.
    case sameInteger
    /// (bool, T, T) to T, for any T but string.
    case select
    /// u32s, to u32.
    case words

    /// The type of the result, or nil if the function does not take these operands.
    public func resultType(of operands: [DType]) -> DType? {
      guard let first = operands.first, !operands.contains(.string) else { return nil }
      let uniform = operands.allSatisfy { $0 == first }
      switch self {
      case .sameNumeric: return uniform && first.isNumeric ? first : nil
      case .sameFloat: return uniform && first.isFloatingPoint ? first : nil
      case .equality: return uniform ? .bool : nil
      case .ordering: return uniform && first.isNumeric ? .bool : nil
      case .bitwise: return uniform && (first == .bool || first.isInteger) ? first : nil
      case .sameInteger: return uniform && first.isInteger ? first : nil
      case .select:
        return operands.count == 3 && first == .bool && operands[1] == operands[2] ? operands[1] : nil
      case .words: return uniform && first == .uint32 ? first : nil
      }
    }

    /// Whether some operand that is no condition may have this type.
    public func allows(_ type: DType) -> Bool {
      switch self {
      case .sameNumeric, .ordering: type.isNumeric
      case .sameFloat: type.isFloatingPoint
      case .equality, .select: type != .string
      case .bitwise: type == .bool || type.isInteger
      case .sameInteger: type.isInteger
      case .words: type == .uint32
      }
    }
  }
}
