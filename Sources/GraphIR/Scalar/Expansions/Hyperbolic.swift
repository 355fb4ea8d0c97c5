// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension Expansion {
  /// tanh |x| = e / (e + 2) with e = expm1(2 |x|), which keeps the relative accuracy for small x.
  static func tanh(_ x: ScalarValue) -> ScalarValue {
    // Beyond the limit the quotient rounds to 1.
    let limit = x.type == .float64 ? 20.0 : 10.0
    let magnitude = x.absolute
    let bounded = (limit .< magnitude).select(limit, magnitude)
    let e = expm1Within(bounded + bounded)
    return copySign(e / (e + 2), x)
  }

  /// e / (1 + e) below zero and 1 / (1 + e) above, with e = exp(-|x|), which cannot overflow.
  static func sigmoid(_ x: ScalarValue) -> ScalarValue {
    let limit = x.type == .float64 ? -746.0 : -104.0
    let negative = -x.absolute
    let e = expWithin((negative .< limit).select(limit, negative))
    return (x .< 0).select(e, e.constant(1)) / (e + 1)
  }
}
