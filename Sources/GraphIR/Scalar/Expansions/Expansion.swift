// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The definitions of the pointwise functions that are no single instruction.
///
/// They use correctly rounded instructions alone, and state where a fused multiply-add belongs, so that the
/// result does not depend on who evaluates them. `ScalarFunction.ulpBound` has their measured accuracy.
enum Expansion {
  /// The polynomial with these coefficients, the constant one first, by Horner's rule.
  static func polynomial(_ x: ScalarValue, _ coefficients: [Double]) -> ScalarValue {
    guard let last = coefficients.last else { return x.constant(0) }
    return coefficients.dropLast().reversed().reduce(x.constant(last)) { $0.fma(x, $1) }
  }

  /// An integer type as wide as this floating-point one.
  static func bitsType(_ x: ScalarValue) -> DType { x.type == .float64 ? .int64 : .int32 }

  /// `magnitude`, whose sign bit is clear, with the sign of `x`.
  static func copySign(_ magnitude: ScalarValue, _ x: ScalarValue) -> ScalarValue {
    (magnitude.bitcast(bitsType(x)) | signBit(x)).bitcast(x.type)
  }

  /// The sign bit of `x`, in place, as an integer.
  static func signBit(_ x: ScalarValue) -> ScalarValue {
    x.bitcast(bitsType(x)) & (1 << UInt64(x.type.bitWidth - 1))
  }

  /// -1, 0 or 1; zeros keep their sign, NaN stays.
  static func sign(_ x: ScalarValue) -> ScalarValue {
    if x.type.isFloatingPoint {
      // Zeros and NaN compare as neither.
      return (0 .< x).select(1, (x .< 0).select(-1, x))
    }
    let positive = (0 .< x).select(x.constant(1), x.constant(0))
    return x.type.isSigned ? (x .< 0).select(-1, positive) : positive
  }

  /// a << b, or 0 for an amount outside the width.
  static func shiftLeft(_ a: ScalarValue, _ b: ScalarValue) -> ScalarValue {
    isWithinWidth(b).select(ScalarValue(.shiftLeft, a.type, [a, b]), 0)
  }

  /// a >> b, or what is left after every bit: that of a signed type fills up from above.
  static func shiftRight(_ a: ScalarValue, _ b: ScalarValue) -> ScalarValue {
    let last = ScalarValue.bits(b.type, UInt64(b.type.bitWidth - 1))
    let amount = isWithinWidth(b).select(b, last)
    let shifted = ScalarValue(.shiftRight, a.type, [a, amount])
    return a.type.isSigned ? shifted : isWithinWidth(b).select(shifted, 0)
  }

  private static func isWithinWidth(_ amount: ScalarValue) -> ScalarValue {
    let isBelow = amount .< .bits(amount.type, UInt64(amount.type.bitWidth))
    return amount.type.isSigned ? isBelow & (0 .<= amount) : isBelow
  }
}
