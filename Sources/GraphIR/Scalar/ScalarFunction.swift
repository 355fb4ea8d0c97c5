// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A pointwise function of the IR.
///
/// A row of this table is everything that is true of a function but its derivative: its spelling,
/// number of operands, meaning, dtypes, cost and its definition as a `ScalarProgram`, which the interpreter
/// evaluates and the code generator emits. To add one, add a case and let the compiler name
/// the properties that it lacks.
public enum ScalarFunction: String, CaseIterable, Hashable, Sendable {
  // MARK: Arithmetic
  case add, subtract, multiply, divide, remainder, power, minimum, maximum
  // MARK: Comparison, to bool
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  // MARK: Logic
  case and, or, xor, not
  // MARK: Three operands
  case select, clamp
  // MARK: One operand
  case negate, abs, sign, floor, ceil, round
  case exp, expm1, log, log1p, sqrt, rsqrt, sin, cos, tan, tanh, sigmoid, erf
  // MARK: Random words
  case threefryLow, threefryHigh
}

extension ScalarFunction {
  /// The IR spelling.
  public var name: String { rawValue }

  /// The number of operands.
  public var arity: Int {
    switch self {
    case .add, .subtract, .multiply, .divide, .remainder, .power, .minimum, .maximum, .equal, .notEqual,
      .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor:
      2
    case .select, .clamp: 3
    case .threefryLow, .threefryHigh: 4
    case .not, .negate, .abs, .sign, .floor, .ceil, .round, .exp, .expm1, .log, .log1p, .sqrt, .rsqrt,
      .sin, .cos, .tan, .tanh, .sigmoid, .erf:
      1
    }
  }

  /// What the function computes, special values included, in a sentence.
  public var summary: String {
    switch self {
    case .add: "The sum a + b; integers wrap."
    case .subtract: "The difference a - b; integers wrap."
    case .multiply: "The product a * b; integers wrap."
    case .divide:
      "The quotient a / b; integers truncate towards zero, an integer divided by zero gives 0 and fails the "
        + "run, and MIN / -1 is MIN."
    case .remainder:
      "The remainder of the division that truncates, with the sign of the dividend; floats as C's fmod; an "
        + "integer modulo zero gives 0 and fails the run."
    case .power:
      "a to the power b; floats have the special cases of IEEE 754 pow; integers wrap, and a negative "
        + "exponent gives 0 unless the base is 1 or -1."
    case .minimum: "The smaller operand; NaN if either is NaN, and -0 is smaller than +0."
    case .maximum: "The larger operand; NaN if either is NaN, and +0 is larger than -0."
    case .equal: "Whether a == b; false if either is NaN."
    case .notEqual: "Whether a != b; true if either is NaN."
    case .less: "Whether a < b; false if either is NaN."
    case .lessOrEqual: "Whether a <= b; false if either is NaN."
    case .greater: "Whether a > b; false if either is NaN."
    case .greaterOrEqual: "Whether a >= b; false if either is NaN."
    case .and: "Whether both operands are true."
    case .or: "Whether at least one operand is true."
    case .xor: "Whether exactly one operand is true."
    case .not: "Whether the operand is false."
    case .select: "The second operand where the first is true, else the third."
    case .clamp: "minimum(maximum(x, low), high), so that NaN in any operand gives NaN."
    case .negate: "-x; flips the sign of zeros and NaN; integers wrap."
    case .abs: "|x|; integers wrap, so that |MIN| is MIN."
    case .sign: "-1, 0 or 1 by the sign of x; zeros keep theirs and NaN gives NaN."
    case .floor: "The largest integral value that is not above x."
    case .ceil: "The smallest integral value that is not below x."
    case .round: "The nearest integral value, halves to even."
    case .exp: "e to the power x; 0 for -inf and inf for +inf, with gradual underflow."
    case .expm1: "exp(x) - 1 without cancellation near 0; -1 for -inf, and zeros keep their sign."
    case .log: "The natural logarithm; -inf for zeros, NaN below zero, inf for inf."
    case .log1p: "log(1 + x) without cancellation near 0; -inf for -1, NaN below, and zeros keep their sign."
    case .sqrt: "The square root, correctly rounded; NaN below zero, -0 for -0."
    case .rsqrt:
      "1 / sqrt(x), both correctly rounded; inf for +0, -inf for -0, 0 for inf and NaN below zero."
    case .sin: "The sine of x in radians; NaN for infinities, and zeros keep their sign."
    case .cos: "The cosine of x in radians; NaN for infinities."
    case .tan: "The tangent of x in radians; NaN for infinities, and zeros keep their sign."
    case .tanh: "The hyperbolic tangent; 1 and -1 for the infinities, and zeros keep their sign."
    case .sigmoid:
      "1 / (1 + exp(-x)), accurate in both tails; 0 for -inf (with gradual underflow) and 1 for +inf."
    case .erf: "The error function; 1 and -1 for the infinities, and zeros keep their sign."
    case .threefryLow:
      "Word 0 of the block that Threefry-2x32 with 20 rounds makes of the counter (c0, c1) under the key (k0, k1)."
    case .threefryHigh:
      "Word 1 of the block that Threefry-2x32 with 20 rounds makes of the counter (c0, c1) under the key (k0, k1)."
    }
  }

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
    /// Bools, to bool.
    case logical
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
      case .logical: return uniform && first == .bool ? .bool : nil
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
      case .logical: type == .bool
      case .words: type == .uint32
      }
    }
  }

  /// Which dtypes the function takes and which it yields.
  public var typeRule: TypeRule {
    switch self {
    case .add, .subtract, .multiply, .divide, .remainder, .power, .minimum, .maximum, .clamp, .negate, .abs,
      .sign:
      .sameNumeric
    case .floor, .ceil, .round, .exp, .expm1, .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tan, .tanh,
      .sigmoid, .erf:
      .sameFloat
    case .equal, .notEqual: .equality
    case .less, .lessOrEqual, .greater, .greaterOrEqual: .ordering
    case .and, .or, .xor, .not: .logical
    case .select: .select
    case .threefryLow, .threefryHigh: .words
    }
  }

  /// What computing an element again costs, for the choice between recomputing a value and storing it.
  public enum Cost: UInt8, Comparable, Hashable, Sendable {
    /// One instruction that folds into its neighbours.
    case free
    /// A few instructions.
    case cheap
    /// An instruction with a long latency that is not pipelined: a division or a square root.
    case moderate
    /// Tens of instructions, or a call for each element.
    case expensive

    public static func < (a: Cost, b: Cost) -> Bool { a.rawValue < b.rawValue }
  }

  /// What computing an element of this function again costs.
  public var cost: Cost {
    switch self {
    case .not, .negate, .abs: .free
    case .add, .subtract, .multiply, .minimum, .maximum, .equal, .notEqual, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .and, .or, .xor, .select, .clamp, .sign, .floor, .ceil, .round:
      .cheap
    case .divide, .sqrt, .rsqrt: .moderate
    case .remainder, .power, .exp, .expm1, .log, .log1p, .sin, .cos, .tan, .tanh, .sigmoid, .erf,
      .threefryLow, .threefryHigh:
      .expensive
    }
  }

  /// The definition for operands of these types, or nil if the function does not take them.
  public func program(for operands: [DType]) -> ScalarProgram? {
    guard operands.count == arity, typeRule.resultType(of: operands) != nil else { return nil }
    return ScalarProgram(
      inputs: operands, [expand(operands.enumerated().map { .input($0.offset, $0.element) })])
  }

  /// The definition applied to these operands, whose number and types must suit the function.
  public func expand(_ operands: [ScalarValue]) -> ScalarValue {
    precondition(
      operands.count == arity && typeRule.resultType(of: operands.map(\.type)) != nil,
      "\(name) does not take \(operands.map(\.type))")
    let x = operands[0]
    // For functions of one operand this is that operand.
    let y = operands[operands.count > 1 ? 1 : 0]
    switch self {
    case .add: return x + y
    case .subtract: return x - y
    case .multiply: return x * y
    case .divide: return x / y
    case .remainder: return x % y
    case .power: return x.type.isFloatingPoint ? Expansion.power(x, y) : Expansion.integerPower(x, y)
    case .minimum: return x.minimum(y)
    case .maximum: return x.maximum(y)
    case .equal: return x .== y
    case .notEqual: return x .!= y
    case .less: return x .< y
    case .lessOrEqual: return x .<= y
    case .greater: return y .< x
    case .greaterOrEqual: return y .<= x
    case .and: return x & y
    case .or: return x | y
    case .xor: return x ^ y
    case .not: return ~x
    case .select: return x.select(y, operands[2])
    case .clamp: return x.maximum(y).minimum(operands[2])
    case .negate: return -x
    case .abs: return x.absolute
    case .sign: return Expansion.sign(x)
    case .floor: return x.floor
    case .ceil: return x.ceiling
    case .round: return x.roundedToEven
    case .exp: return Expansion.exp(x)
    case .expm1: return Expansion.expm1(x)
    case .log: return Expansion.log(x)
    case .log1p: return Expansion.log1p(x)
    case .sqrt: return x.squareRoot
    case .rsqrt: return 1 / x.squareRoot
    case .sin: return Expansion.sin(x)
    case .cos: return Expansion.cos(x)
    case .tan: return Expansion.tan(x)
    case .tanh: return Expansion.tanh(x)
    case .sigmoid: return Expansion.sigmoid(x)
    case .erf: return Expansion.erf(x)
    case .threefryLow: return Expansion.threefry(operands).low
    case .threefryHigh: return Expansion.threefry(operands).high
    }
  }
}
