// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension ScalarFunction {
  /// The largest error of the definition for operands of `type`, in units in the last place of the exact
  /// result (0: always exact; 1: correctly rounded or nearly so), or nil if no result of it is a `type`.
  ///
  /// The bounds hold over the whole range, subnormal operands and results included. Those of f32
  /// functions of one operand are measured on all 2^32 operands and rounded up, those of f64 and of `power`
  /// on 4 * 10^7 or more random and critical ones, against values of f64 and of 80-bit precision:
  ///
  /// | | exp | expm1 | log | log1p | sin | cos | tan | tanh | sigmoid | erf | rsqrt | power |
  /// |---|---|---|---|---|---|---|---|---|---|---|---|---|
  /// | f32 | 1.02 | 1.55 | 0.91 | 1.48 | 1.58 | 1.58 | 2.52 | 2.57 | 2.41 | 1.02 | 1.49 | 0.51 |
  /// | f64 | 0.99 | 1.82 | 0.85 | 1.38 | 0.88 | 0.82 | 2.18 | 2.55 | 2.35 | 1.10 | 1.50 | 1.71 |
  public func ulpBound(for type: DType) -> Int? {
    guard type.isFloatingPoint else { return nil }
    let single = type == .float32
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not,
      .threefryLow, .threefryHigh:
      return nil
    case .remainder, .minimum, .maximum, .select, .clamp, .negate, .abs, .sign, .floor, .ceil, .round:
      return 0
    case .add, .subtract, .multiply, .divide, .sqrt: return 1
    case .log: return 1
    case .power: return single ? 1 : 2
    case .sin, .cos: return single ? 2 : 1
    case .exp, .expm1, .log1p, .erf, .rsqrt: return 2
    case .tan, .tanh, .sigmoid: return 3
    }
  }
}
