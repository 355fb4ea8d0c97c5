// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Equations of arithmetic that hold for every float: `x + 0 = x` does not (−0 + 0 is 0), `x + −0 = x` does.
  static let arithmetic = [
    RewriteRule("x + −0 = x", on: .function(.add)) { site in
      site.commuting { x, zero in site.is(zero, site.type.dtype.isFloatingPoint ? -0.0 : 0) ? x : nil }
    },
    RewriteRule("x − 0 = x", on: .function(.subtract)) { site in
      site.is(site[1], 0) ? site[0] : nil
    },
    RewriteRule("x · 1 = x", on: .function(.multiply)) { site in
      site.commuting { x, one in site.is(one, 1) ? x : nil }
    },
    RewriteRule("x / 1 = x", on: .function(.divide)) { site in
      site.is(site[1], 1) ? site[0] : nil
    },
    RewriteRule("x / 2ᵏ = x · 2⁻ᵏ", on: .function(.divide)) { site in
      guard let reciprocal = site.constant(site[1]).flatMap(exactReciprocal) else { return nil }
      return try site.apply(.multiply, site[0], site.everywhere(reciprocal))
    },
    RewriteRule("−(−x) = x", on: .function(.negate)) { site in
      site.operand(of: site[0], .negate)
    },
    RewriteRule("x + −y = x − y", on: .function(.add)) { site in
      try site.commuting { x, y in
        try site.operand(of: y, .negate).map { try site.apply(.subtract, x, $0) }
      }
    },
    RewriteRule("x − −y = x + y", on: .function(.subtract)) { site in
      try site.operand(of: site[1], .negate).map { try site.apply(.add, site[0], $0) }
    },
    RewriteRule("−x · −y = x · y", on: .function(.multiply)) { site in
      guard let x = site.operand(of: site[0], .negate), let y = site.operand(of: site[1], .negate) else {
        return nil
      }
      return try site.apply(.multiply, x, y)
    },
    // Even of NaN, by IEEE 754. No other power is this exact: that of 1 may round.
    RewriteRule("x⁰ = 1", on: .function(.power)) { site in
      site.constant(site[1])?.scalar == 0 ? try site.everywhere(1) : nil
    },
    // Of integers only the quotient of the least one and −1 wraps.
    RewriteRule("−x / −y = x / y for floats", on: .function(.divide)) { site in
      guard site.type.dtype.isFloatingPoint, let x = site.operand(of: site[0], .negate),
        let y = site.operand(of: site[1], .negate)
      else { return nil }
      return try site.apply(.divide, x, y)
    },
    // Not of unsigned integers, whose negatives wrap.
    RewriteRule("|−x| = |x|", on: .function(.abs)) { site in
      guard site.type.dtype.isSigned else { return nil }
      return try site.operand(of: site[0], .negate).map { try site.apply(.abs, $0) }
    },
    RewriteRule(
      "f(f(x)) = f(x) for |·|, sign and roundings", on: .function(.abs), .function(.sign), .function(.floor),
      .function(.ceil), .function(.round)
    ) { site in
      site.op(of: site[0]) == site.op ? site[0] : nil
    },
    RewriteRule("max(x, x) = min(x, x) = x", on: .function(.maximum), .function(.minimum)) { site in
      site[0] == site[1] ? site[0] : nil
    },
    RewriteRule("max(x, −∞) = min(x, ∞) = x", on: .function(.maximum), .function(.minimum)) { site in
      let least = site.op == .pointwise(PointwiseOp(.maximum))
      return site.commuting { x, bound in site.is(bound, least ? -.infinity : .infinity) ? x : nil }
    },
    RewriteRule("clamp(x, −∞, ∞) = x", on: .function(.clamp)) { site in
      site.is(site[1], -.infinity) && site.is(site[2], .infinity) ? site[0] : nil
    },
  ]

  /// Signs go to where they meet constants, or sums that subtract instead.
  static let signs = [
    RewriteRule("x · −1 = −x", on: .function(.multiply)) { site in
      try site.commuting { x, one in site.is(one, -1) ? try site.apply(.negate, x) : nil }
    },
    RewriteRule("−x · c = x · −c", on: .function(.multiply)) { site in
      guard site.type.dtype.isFloatingPoint else { return nil }
      return try site.commuting { negative, factor in
        guard let x = site.operand(of: negative, .negate), let number = site.constant(factor)?.scalar else {
          return nil
        }
        return try site.apply(.multiply, x, site.everywhere(-number))
      }
    },
    RewriteRule("−x · y = −(x · y)", on: .function(.multiply)) { site in
      try site.commuting { negative, y in
        guard let x = site.operand(of: negative, .negate), site.operand(of: y, .negate) == nil,
          site.constant(y) == nil || !site.type.dtype.isFloatingPoint
        else { return nil }
        return try site.apply(.negate, site.apply(.multiply, x, y))
      }
    },
    RewriteRule("−x / c = x / −c for floats", on: .function(.divide)) { site in
      guard site.type.dtype.isFloatingPoint, let x = site.operand(of: site[0], .negate),
        let number = site.constant(site[1])?.scalar
      else { return nil }
      return try site.apply(.divide, x, site.everywhere(-number))
    },
    RewriteRule("−x / y = x / −y = −(x / y) for floats", on: .function(.divide)) { site in
      guard site.type.dtype.isFloatingPoint else { return nil }
      let (x, y) = (site.operand(of: site[0], .negate), site.operand(of: site[1], .negate))
      // Both signs go at once, by another rule.
      guard (x == nil) != (y == nil) else { return nil }
      if x != nil, site.constant(site[1]) != nil { return nil }
      return try site.apply(.negate, site.apply(.divide, x ?? site[0], y ?? site[1]))
    },
  ]

  /// What holds for numbers that wrap, and not for those that round.
  static let integers = [
    RewriteRule("x − x = 0 for integers", on: .function(.subtract)) { site in
      site.type.dtype.isInteger && site[0] == site[1] ? try site.everywhere(0) : nil
    },
    RewriteRule("x · 0 = 0 for integers", on: .function(.multiply)) { site in
      guard site.type.dtype.isInteger else { return nil }
      return site.commuting { _, zero in site.is(zero, 0) ? zero : nil }
    },
    RewriteRule("x xor x = 0 or false", on: .function(.xor)) { site in
      site[0] == site[1] ? try site.everywhere(0) : nil
    },
    RewriteRule(
      "(x + a) + b = x + (a + b), so for ·, for integers", on: .function(.add), .function(.multiply)
    ) {
      site in
      guard site.type.dtype.isInteger, case .pointwise(let rule) = site.op else { return nil }
      return try site.gatheringConstants(rule.function)
    },
    RewriteRule("x¹ = x, x² = x · x, x³ = x · x · x for integers", on: .function(.power)) { site in
      guard site.type.dtype.isInteger, let exponent = site.constant(site[1])?.scalar else { return nil }
      switch exponent {
      case 1: return site[0]
      case 2: return try site.apply(.multiply, site[0], site[0])
      case 3: return try site.apply(.multiply, site.apply(.multiply, site[0], site[0]), site[0])
      default: return nil
      }
    },
  ]

  /// 1 / c, where c is a power of two and both are normal numbers, so that dividing and multiplying round alike.
  private static func exactReciprocal(_ constant: NDArray) -> Double? {
    guard constant.dtype.isFloatingPoint else { return nil }
    let (number, reciprocal) = (constant.scalar, 1 / constant.scalar)
    let normal = constant.dtype.leastNormal...constant.dtype.greatestFinite
    let areNormal = normal.contains(number.magnitude) && normal.contains(reciprocal.magnitude)
    return areNormal && number.significand == 1 ? reciprocal : nil
  }
}
