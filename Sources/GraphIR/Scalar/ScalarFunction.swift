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
  case atan2, hypot, copySign, logAddExp, zeta
  // MARK: Comparison, to bool
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  // MARK: Logic and bits
  case and, or, xor, not, shiftLeft, shiftRight
  // MARK: Three operands
  case select, clamp
  // MARK: One operand
  case negate, abs, sign, floor, ceil, round, truncate
  case exp, exp2, expm1, log, log2, log10, log1p, sqrt, rsqrt, cbrt
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, sigmoid
  case erf, erfc, erfInverse, logGamma, digamma
  // MARK: Random words
  case threefryLow, threefryHigh
}

extension ScalarFunction {
  /// The IR spelling.
  public var name: String { rawValue }

  /// The number of operands.
  public var arity: Int {
    switch self {
    case .add, .subtract, .multiply, .divide, .remainder, .power, .minimum, .maximum, .atan2, .hypot,
      .copySign, .logAddExp, .zeta, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and,
      .or, .xor, .shiftLeft, .shiftRight:
      2
    case .select, .clamp: 3
    case .threefryLow, .threefryHigh: 4
    case .not, .negate, .abs, .sign, .floor, .ceil, .round, .truncate, .exp, .exp2, .expm1, .log, .log2,
      .log10, .log1p, .sqrt, .rsqrt, .cbrt, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh,
      .asinh, .acosh, .atanh, .sigmoid, .erf, .erfc, .erfInverse, .logGamma, .digamma:
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
    case .atan2:
      "The angle of the point (x, y) with the x-axis, from -pi to pi, with the special cases of IEEE 754 atan2: zeros "
        + "keep their sign and count as the side that it says."
    case .hypot:
      "sqrt(a * a + b * b) without overflow or underflow on the way; inf if either is an infinity, even beside NaN."
    case .copySign: "The magnitude of the first operand with the sign of the second, zeros and NaN included."
    case .logAddExp:
      "log(exp(a) + exp(b)) without overflow; inf and -inf beside themselves stay what they are."
    case .zeta:
      "Hurwitz's zeta function, the sum of (q + k)^-s over k >= 0, for s > 1 and q > 0; inf for s = 1 and for q = 0, "
        + "-1, -2, ..., NaN for s < 1 and for other negative q."
    case .equal: "Whether a == b; false if either is NaN."
    case .notEqual: "Whether a != b; true if either is NaN."
    case .less: "Whether a < b; false if either is NaN."
    case .lessOrEqual: "Whether a <= b; false if either is NaN."
    case .greater: "Whether a > b; false if either is NaN."
    case .greaterOrEqual: "Whether a >= b; false if either is NaN."
    case .and: "Whether both operands are true; of integers, the bits that both have."
    case .or: "Whether at least one operand is true; of integers, the bits that at least one has."
    case .xor: "Whether exactly one operand is true; of integers, the bits that exactly one has."
    case .not: "Whether the operand is false; of an integer, the bits that it lacks."
    case .shiftLeft:
      "a * 2^b, the bits of a moved up by b places; 0 if b is negative or not below the width of the type."
    case .shiftRight:
      "The floor of a / 2^b, the bits of a moved down by b places; -1 for a negative a and else 0 if b is negative or "
        + "not below the width of the type."
    case .select: "The second operand where the first is true, else the third."
    case .clamp: "minimum(maximum(x, low), high), so that NaN in any operand gives NaN."
    case .negate: "-x; flips the sign of zeros and NaN; integers wrap."
    case .abs: "|x|; integers wrap, so that |MIN| is MIN."
    case .sign: "-1, 0 or 1 by the sign of x; zeros keep theirs and NaN gives NaN."
    case .floor: "The largest integral value that is not above x."
    case .ceil: "The smallest integral value that is not below x."
    case .round: "The nearest integral value, halves to even."
    case .truncate: "The nearest integral value towards zero."
    case .exp: "e to the power x; 0 for -inf and inf for +inf, with gradual underflow."
    case .exp2: "2 to the power x, exact for whole x; 0 for -inf and inf for +inf, with gradual underflow."
    case .expm1: "exp(x) - 1 without cancellation near 0; -1 for -inf, and zeros keep their sign."
    case .log: "The natural logarithm; -inf for zeros, NaN below zero, inf for inf."
    case .log2: "The logarithm to base 2, exact for powers of 2; -inf for zeros, NaN below zero, inf for inf."
    case .log10:
      "The logarithm to base 10, exact for powers of 10; -inf for zeros, NaN below zero, inf for inf."
    case .log1p: "log(1 + x) without cancellation near 0; -inf for -1, NaN below, and zeros keep their sign."
    case .sqrt: "The square root, correctly rounded; NaN below zero, -0 for -0."
    case .rsqrt:
      "1 / sqrt(x), both correctly rounded; inf for +0, -inf for -0, 0 for inf and NaN below zero."
    case .cbrt: "The cube root, also of negative numbers; exact for cubes; zeros and infinities stay."
    case .sin: "The sine of x in radians; NaN for infinities, and zeros keep their sign."
    case .cos: "The cosine of x in radians; NaN for infinities."
    case .tan: "The tangent of x in radians; NaN for infinities, and zeros keep their sign."
    case .asin: "The angle in [-pi/2, pi/2] whose sine is x; NaN beyond 1, and zeros keep their sign."
    case .acos: "The angle in [0, pi] whose cosine is x; NaN beyond 1."
    case .atan: "The angle in [-pi/2, pi/2] whose tangent is x; zeros keep their sign."
    case .sinh: "The hyperbolic sine; zeros and infinities stay."
    case .cosh: "The hyperbolic cosine; inf for the infinities."
    case .asinh: "The inverse of sinh; zeros and infinities stay."
    case .acosh: "The inverse of cosh from 0 up; NaN below 1."
    case .atanh: "The inverse of tanh; inf and -inf for 1 and -1, NaN beyond, and zeros keep their sign."
    case .tanh: "The hyperbolic tangent; 1 and -1 for the infinities, and zeros keep their sign."
    case .sigmoid:
      "1 / (1 + exp(-x)), accurate in both tails; 0 for -inf (with gradual underflow) and 1 for +inf."
    case .erf: "The error function; 1 and -1 for the infinities, and zeros keep their sign."
    case .erfc:
      "1 - erf(x), accurate where erf is near 1; 2 and 0 for the infinities, with gradual underflow."
    case .erfInverse:
      "The number whose erf is x; inf and -inf for 1 and -1, NaN beyond, and zeros keep their sign."
    case .logGamma:
      "log |gamma(x)|; inf for zeros, negative whole numbers and infinities. Near its zeros below zero only its "
        + "absolute error is small."
    case .digamma:
      "The derivative of logGamma; -inf for 0, inf for -0, NaN for negative whole numbers and -inf. Near its zeros "
        + "below zero only its absolute error is small."
    case .threefryLow:
      "Word 0 of the block that Threefry-2x32 with 20 rounds makes of the counter (c0, c1) under the key (k0, k1)."
    case .threefryHigh:
      "Word 1 of the block that Threefry-2x32 with 20 rounds makes of the counter (c0, c1) under the key (k0, k1)."
    }
  }

  /// Which dtypes the function takes and which it yields.
  public var typeRule: TypeRule {
    switch self {
    case .add, .subtract, .multiply, .divide, .remainder, .power, .minimum, .maximum, .clamp, .negate, .abs,
      .sign:
      .sameNumeric
    case .floor, .ceil, .round, .truncate, .exp, .exp2, .expm1, .log, .log2, .log10, .log1p, .sqrt, .rsqrt,
      .cbrt, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh, .sigmoid,
      .erf, .erfc, .erfInverse, .logGamma, .digamma, .atan2, .hypot, .copySign, .logAddExp, .zeta:
      .sameFloat
    case .equal, .notEqual: .equality
    case .less, .lessOrEqual, .greater, .greaterOrEqual: .ordering
    case .and, .or, .xor, .not: .bitwise
    case .shiftLeft, .shiftRight: .sameInteger
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
      .greaterOrEqual, .and, .or, .xor, .shiftLeft, .shiftRight, .select, .clamp, .sign, .floor, .ceil,
      .round,
      .truncate, .copySign:
      .cheap
    case .divide, .sqrt, .rsqrt: .moderate
    case .remainder, .power, .atan2, .hypot, .logAddExp, .zeta, .exp, .exp2, .expm1, .log, .log2, .log10,
      .log1p, .cbrt, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh,
      .sigmoid, .erf, .erfc, .erfInverse, .logGamma, .digamma, .threefryLow, .threefryHigh:
      .expensive
    }
  }

  /// The definition for operands of these types, or nil if the function does not take them.
  public func program(for operands: [DType]) -> ScalarProgram? {
    guard operands.count == arity, let result = typeRule.resultType(of: operands) else { return nil }
    let inputs = operands.enumerated().map { ScalarValue.input($0.offset, $0.element) }
    // Nothing is computed of what is chosen.
    if self == .select { return ScalarProgram(inputs: operands, [expand(inputs)]) }
    // Numbers of 16 bits are computed with in f32, and the result is rounded once.
    let value = expand(inputs.map { $0.converted($0.type.computed) })
    return ScalarProgram(inputs: operands, [value.converted(result)])
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
    case .atan2: return Expansion.atan2(x, y)
    case .hypot: return Expansion.hypot(x, y)
    case .copySign: return Expansion.copySign(x.absolute, y)
    case .logAddExp: return Expansion.logAddExp(x, y)
    case .zeta: return Expansion.zeta(x, y)
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
    case .shiftLeft: return Expansion.shiftLeft(x, y)
    case .shiftRight: return Expansion.shiftRight(x, y)
    case .select: return x.select(y, operands[2])
    case .clamp: return x.maximum(y).minimum(operands[2])
    case .negate: return -x
    case .abs: return x.absolute
    case .sign: return Expansion.sign(x)
    case .floor: return x.floor
    case .ceil: return x.ceiling
    case .round: return x.roundedToEven
    case .truncate: return x.truncated
    case .exp: return Expansion.exp(x)
    case .exp2: return Expansion.exp2(x)
    case .expm1: return Expansion.expm1(x)
    case .log: return Expansion.log(x)
    case .log2: return Expansion.log2(x)
    case .log10: return Expansion.log10(x)
    case .log1p: return Expansion.log1p(x)
    case .sqrt: return x.squareRoot
    case .rsqrt: return 1 / x.squareRoot
    case .cbrt: return Expansion.cbrt(x)
    case .sin: return Expansion.sin(x)
    case .cos: return Expansion.cos(x)
    case .tan: return Expansion.tan(x)
    case .asin: return Expansion.asin(x)
    case .acos: return Expansion.acos(x)
    case .atan: return Expansion.atan(x)
    case .sinh: return Expansion.sinh(x)
    case .cosh: return Expansion.cosh(x)
    case .asinh: return Expansion.asinh(x)
    case .acosh: return Expansion.acosh(x)
    case .atanh: return Expansion.atanh(x)
    case .tanh: return Expansion.tanh(x)
    case .sigmoid: return Expansion.sigmoid(x)
    case .erf: return Expansion.erf(x)
    case .erfc: return Expansion.erfc(x)
    case .erfInverse: return Expansion.erfInverse(x)
    case .logGamma: return Expansion.logGamma(x)
    case .digamma: return Expansion.digamma(x)
    case .threefryLow: return Expansion.threefry(operands).low
    case .threefryHigh: return Expansion.threefry(operands).high
    }
  }
}
