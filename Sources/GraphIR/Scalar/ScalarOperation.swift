// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// One kind of primitive scalar instruction.
///
/// Every pointwise function of the IR is defined by a `ScalarProgram` over these instructions. Each one has
/// an exact, machine-independent result (IEEE 754 to nearest even, two's complement integers), and each is
/// one vector instruction or intrinsic of LLVM, so that an interpreted element and a compiled one agree bit
/// for bit. The sole liberty is the payload and sign of a NaN: an instruction whose result is NaN yields
/// *some* quiet NaN, and all NaNs count as equal when two evaluations are compared.
public enum ScalarOperation: UInt8, CaseIterable, Hashable, Sendable {
  // MARK: Leaves

  /// An operand of the program. Payload: its index in `ScalarProgram.inputs`.
  case input
  /// A literal. Payload: the bit pattern, zero-extended (floats by their IEEE bits, integers truncated to
  /// their width, bool 0 or 1).
  case constant

  // MARK: Arithmetic (integers wrap)

  /// `a + b`.
  case add
  /// `a - b`.
  case subtract
  /// `a * b`.
  case multiply
  /// `a / b`. Floats: IEEE division. Integers: truncates towards zero; `x / 0` gives 0 and raises the
  /// fault; `MIN / -1` gives `MIN`.
  case divide
  /// The remainder of the truncating division, with the sign of the dividend. Floats: C's `fmod`, which is
  /// exact (LLVM `frem`). Integers: `x % 0` gives 0 and raises the fault; `MIN % -1` gives 0.
  case remainder
  /// `a * b + c` with one rounding; floats only.
  case fusedMultiplyAdd
  /// `-a`. Floats: flips the sign bit.
  case negate
  /// `|a|`. Floats: clears the sign bit. Signed integers: `|MIN|` is `MIN`. Unsigned: the value itself.
  case absolute

  // MARK: Floating-point functions

  /// The correctly rounded square root; NaN below zero, -0 for -0.
  case squareRoot
  /// The largest integral value that is no larger.
  case floor
  /// The smallest integral value that is no smaller.
  case ceiling
  /// The integral value nearest towards zero.
  case truncate
  /// The nearest integral value, halves to even.
  case roundToEven

  // MARK: Extrema

  /// The smaller operand. Floats: IEEE 754-2019 `minimum`: NaN if either operand is NaN, and -0 < +0
  /// (`llvm.minimum`). Integers: by their signedness.
  case minimum
  /// The larger operand, with `minimum`'s rules (`llvm.maximum`).
  case maximum

  // MARK: Comparisons, to bool

  /// `a == b`; false if either operand is NaN.
  case equal
  /// `a != b`; true if either operand is NaN.
  case notEqual
  /// `a < b`; false if either operand is NaN; unsigned for u8 and u32.
  case less
  /// `a <= b`; false if either operand is NaN; unsigned for u8 and u32.
  case lessOrEqual

  // MARK: Selection and bits

  /// `condition ? a : b`, operands (bool, T, T).
  case select
  /// Bitwise conjunction of bools or integers.
  case and
  /// Bitwise disjunction of bools or integers.
  case or
  /// Bitwise exclusive disjunction of bools or integers.
  case xor
  /// Bitwise complement of a bool or an integer.
  case not
  /// `a << b`; the amount is taken modulo the width of the type.
  case shiftLeft
  /// `a >> b`; the amount is taken modulo the width. Arithmetic for signed types, logical for u8 and u32.
  case shiftRight

  // MARK: Conversion

  /// The same bits as another type of the same width: among f32, i32 and u32, or between f64 and i64.
  case bitcast
  /// The value as another type (any two but string). Integer to float rounds to nearest even; float to
  /// integer truncates and saturates, NaN gives 0; float to a narrower float rounds once, to nearest even; anything to
  /// bool is `x != 0` (true for NaN); bool to T is 0 or 1; integer to a narrower or other integer wraps.
  case convert

  // MARK: Tables

  /// An entry of a constant table. Payload: the table's index in `ScalarProgram.tables`. The operand is an
  /// i32 index, clamped to the table (below zero gives the first entry, beyond the end the last).
  case lookup
}

extension ScalarOperation {
  /// The number of operands.
  public var arity: Int {
    switch self {
    case .input, .constant: 0
    case .negate, .absolute, .squareRoot, .floor, .ceiling, .truncate, .roundToEven, .not, .bitcast,
      .convert, .lookup:
      1
    case .add, .subtract, .multiply, .divide, .remainder, .minimum, .maximum, .equal, .notEqual, .less,
      .lessOrEqual, .and, .or, .xor, .shiftLeft, .shiftRight:
      2
    case .fusedMultiplyAdd, .select: 3
    }
  }

  /// Whether an instruction of this kind may take operands of these types and yield `result`.
  public func accepts(_ operands: [DType], result: DType) -> Bool {
    guard operands.count == arity, result != .string, !operands.contains(.string) else { return false }
    // Numbers of 16 bits are moved and converted; what is computed is computed in f32.
    if result.isHalf || operands.contains(where: \.isHalf) {
      switch self {
      case .input, .constant, .convert, .lookup, .select: break
      default: return false
      }
    }
    switch self {
    case .input, .constant:
      return true
    case .add, .subtract, .multiply, .divide, .remainder, .minimum, .maximum, .negate, .absolute:
      return result.isNumeric && operands.allSatisfy { $0 == result }
    case .fusedMultiplyAdd, .squareRoot, .floor, .ceiling, .truncate, .roundToEven:
      return result.isFloatingPoint && operands.allSatisfy { $0 == result }
    case .equal, .notEqual:
      return result == .bool && operands[0] == operands[1]
    case .less, .lessOrEqual:
      return result == .bool && operands[0] == operands[1] && operands[0].isNumeric
    case .select:
      return operands[0] == .bool && operands[1] == result && operands[2] == result
    case .and, .or, .xor, .not:
      return !result.isFloatingPoint && operands.allSatisfy { $0 == result }
    case .shiftLeft, .shiftRight:
      return result.isInteger && operands.allSatisfy { $0 == result }
    case .bitcast:
      return operands[0] != .bool && result != .bool && operands[0].byteCount == result.byteCount
    case .convert:
      return true
    case .lookup:
      return operands[0] == .int32
    }
  }
}

extension DType {
  /// The number of bits of a value in a scalar register: 1 for bool, 0 for string.
  public var bitWidth: Int { self == .bool ? 1 : 8 * byteCount }

  /// The bits of a value of this type, in a zero-extended 64-bit pattern.
  public var bitMask: UInt64 {
    bitWidth == 64 ? .max : (1 << UInt64(bitWidth)) - 1
  }
}
