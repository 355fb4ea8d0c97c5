// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Equations of arithmetic that hold for every float: `x + 0 = x` does not (−0 + 0 is 0), `x + −0 = x` does.
  static let arithmetic = [
    RewriteRule("x + −0 = x") { site in
      site.commuting(.add) { x, zero in site.is(zero, site.type.dtype.isFloatingPoint ? -0.0 : 0) ? x : nil }
    },
    RewriteRule("x − 0 = x") { site in
      site.binary(.subtract) { x, zero in site.is(zero, 0) ? x : nil }
    },
    RewriteRule("x · 1 = x") { site in
      site.commuting(.multiply) { x, one in site.is(one, 1) ? x : nil }
    },
    RewriteRule("x / 1 = x") { site in
      site.binary(.divide) { x, one in site.is(one, 1) ? x : nil }
    },
    RewriteRule("x / 2ᵏ = x · 2⁻ᵏ") { site in
      try site.binary(.divide) { x, power in
        guard let reciprocal = site.constant(power).flatMap(exactReciprocal) else { return nil }
        return try site.apply(.multiply, x, site.everywhere(reciprocal))
      }
    },
    RewriteRule("−(−x) = x") { site in
      site.unary(.negate).flatMap { site.operand(of: $0, .negate) }
    },
    RewriteRule("x + −y = x − y") { site in
      try site.commuting(.add) { x, y in
        try site.operand(of: y, .negate).map { try site.apply(.subtract, x, $0) }
      }
    },
    RewriteRule("x − −y = x + y") { site in
      try site.binary(.subtract) { x, y in
        try site.operand(of: y, .negate).map { try site.apply(.add, x, $0) }
      }
    },
    RewriteRule("−x · −y = x · y") { site in
      try site.binary(.multiply) { x, y in
        guard let x = site.operand(of: x, .negate), let y = site.operand(of: y, .negate) else { return nil }
        return try site.apply(.multiply, x, y)
      }
    },
    RewriteRule("−x / −y = x / y") { site in
      guard site.type.dtype.isFloatingPoint else { return nil }
      return try site.binary(.divide) { x, y in
        guard let x = site.operand(of: x, .negate), let y = site.operand(of: y, .negate) else { return nil }
        return try site.apply(.divide, x, y)
      }
    },
    RewriteRule("|−x| = |x|") { site in
      try site.unary(.abs).flatMap { site.operand(of: $0, .negate) }.map { try site.apply(.abs, $0) }
    },
    RewriteRule("f(f(x)) = f(x) for |·|, sign and roundings") { site in
      [.abs, .sign, .floor, .ceil, .round].lazy.compactMap { function in
        site.unary(function).flatMap { site.operand(of: $0, function) == nil ? nil : $0 }
      }.first
    },
    RewriteRule("max(x, x) = min(x, x) = x") { site in
      site.binary(.maximum) { $0 == $1 ? $0 : nil } ?? site.binary(.minimum) { $0 == $1 ? $0 : nil }
    },
  ]

  /// 1 / c, where c is a power of two and both are normal numbers, so that dividing and multiplying round alike.
  private static func exactReciprocal(_ constant: NDArray) -> Double? {
    let (number, reciprocal) = (constant.scalar, 1 / constant.scalar)
    switch constant.dtype {
    case .float32:
      let (c, r) = (Float(number), Float(reciprocal))
      return c.isNormal && r.isNormal && c.significand == 1 ? reciprocal : nil
    case .float64:
      return number.isNormal && reciprocal.isNormal && number.significand == 1 ? reciprocal : nil
    default: return nil
    }
  }
}
