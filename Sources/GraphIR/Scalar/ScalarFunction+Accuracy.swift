// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension ScalarFunction {
  /// The largest error of the definition for operands of `type`, in units in the last place of the exact
  /// result (0: always exact; 1: correctly rounded or nearly so), or nil if no result of it is a `type`. Those of f16 and bf16 are results of f32, rounded to 16 bits.
  ///
  /// The bounds hold over the whole range, subnormal operands and results included. Those of f32
  /// functions of one operand are measured on all 2^32 operands and rounded up, those of f64 and of `power`
  /// on 4 * 10^7 or more random and critical ones, against values of f64 and of 80-bit precision:
  ///
  /// | | exp | expm1 | log | log1p | sin | cos | tan | tanh | sigmoid | erf | rsqrt | power |
  /// |---|---|---|---|---|---|---|---|---|---|---|---|---|
  /// | f32 | 1.02 | 1.56 | 0.92 | 1.46 | 1.58 | 1.58 | 2.52 | 2.57 | 2.41 | 1.82 | 1.49 | 0.51 |
  /// | f64 | 0.99 | 1.82 | 0.85 | 1.38 | 0.88 | 0.82 | 2.18 | 2.55 | 2.35 | 1.10 | 1.50 | 1.71 |
  ///
  /// The others are measured on some thousands of operands for each part of their range, against values of high
  /// precision, and in f32 exp2, sinh, cosh and erfc on all. Three of them hold where the result depends no more on the
  /// operands than their last digits allow: that of `logAddExp` where the logarithm is not small beside the operands,
  /// those of `logGamma` and `digamma` above zero, that of `zeta` for exponents up to 4.
  ///
  /// | | exp2 | log2 | log10 | cbrt | hypot | asin | acos | atan | atan2 | sinh | cosh | logAddExp |
  /// |---|---|---|---|---|---|---|---|---|---|---|---|---|
  /// | f32 | 1.03 | 0.51 | 0.51 | 0.51 | 0.51 | 2.23 | 1.00 | 1.94 | 2.00 | 1.62 | 1.47 | 1.89 |
  /// | f64 | 0.98 | 0.51 | 0.51 | 0.51 | 0.85 | 2.00 | 1.09 | 2.20 | 2.20 | 1.40 | 1.18 | 0.93 |
  ///
  /// | | asinh | acosh | atanh | erfc | erfInverse | logGamma | digamma | zeta |
  /// |---|---|---|---|---|---|---|---|---|
  /// | f32 | 0.51 | 0.51 | 0.51 | 0.53 | 1.85 | 0.51 | 0.51 | 0.51 |
  /// | f64 | 1.45 | 1.95 | 1.85 | 3.49 | 2.33 | 3.92 | 3.95 | 2.87 |
  public func ulpBound(for type: DType) -> Int? {
    guard type == .float32 || type == .float64 else { return nil }
    let single = type == .float32
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not, .shiftLeft,
      .shiftRight,
      .threefryLow, .threefryHigh:
      return nil
    case .remainder, .minimum, .maximum, .select, .clamp, .negate, .abs, .sign, .floor, .ceil, .round,
      .truncate, .copySign:
      return 0
    case .add, .subtract, .multiply, .divide, .sqrt: return 1
    case .log, .exp2, .log2, .log10, .cbrt, .hypot: return 1
    case .power: return single ? 1 : 2
    case .sin, .cos: return single ? 2 : 1
    case .exp, .expm1, .log1p, .erf, .rsqrt, .sinh, .cosh, .acos, .logAddExp: return 2
    case .asinh, .acosh, .atanh: return single ? 1 : 2
    case .tan, .tanh, .sigmoid, .asin, .atan, .atan2, .erfInverse: return 3
    case .erfc, .logGamma, .digamma, .zeta: return single ? 1 : 4
    }
  }

  /// Where alone `ulpBound` holds; nil if everywhere.
  public var accuracyDomain: String? {
    switch self {
    case .logAddExp: "where the result is not small beside the operands"
    case .logGamma, .digamma: "above zero"
    case .zeta: "for s up to 4"
    default: nil
    }
  }
}
