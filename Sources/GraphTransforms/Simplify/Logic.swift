// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  static let logic = [
    RewriteRule("not not b = b") { site in
      site.unary(.not).flatMap { site.operand(of: $0, .not) }
    },
    RewriteRule("not (x = y) = x ≠ y, and back") { site in
      try site.unary(.not).flatMap { b in
        if let (x, y) = site.operands(of: b, .equal) { return try site.apply(.notEqual, x, y) }
        return try site.operands(of: b, .notEqual).map { try site.apply(.equal, $0, $1) }
      }
    },
    // Of floats neither x < y nor x ≥ y may hold.
    RewriteRule("not (x < y) = x ≥ y for integers, and so on") { site in
      try site.unary(.not).flatMap { b in
        for (comparison, opposite) in opposites {
          if let (x, y) = site.operands(of: b, comparison), site.type(of: x).dtype.isInteger {
            return try site.apply(opposite, x, y)
          }
        }
        return nil
      }
    },
    RewriteRule("b and b = b or b = b") { site in
      site.binary(.and) { $0 == $1 ? $0 : nil } ?? site.binary(.or) { $0 == $1 ? $0 : nil }
    },
    RewriteRule("b and true = b or false = b xor false = b") { site in
      site.commuting(.and) { site.is($1, true) ? $0 : nil }
        ?? site.commuting(.or) { site.is($1, false) ? $0 : nil }
        ?? site.commuting(.xor) { site.is($1, false) ? $0 : nil }
    },
    RewriteRule("b and false = false, b or true = true") { site in
      site.commuting(.and) { site.is($1, false) ? $1 : nil }
        ?? site.commuting(.or) { site.is($1, true) ? $1 : nil }
    },
    RewriteRule("b xor true = not b") { site in
      try site.commuting(.xor) { site.is($1, true) ? try site.apply(.not, $0) : nil }
    },
    RewriteRule("select(true, x, y) = x, select(false, x, y) = y") { site in
      site.select { site.is($0, true) ? $1 : site.is($0, false) ? $2 : nil }
    },
    RewriteRule("select(b, x, x) = x") { site in
      site.select { $1 == $2 ? $1 : nil }
    },
    RewriteRule("select(not b, x, y) = select(b, y, x)") { site in
      try site.select { b, x, y in
        try site.operand(of: b, .not).map { try site.apply(.select, $0, y, x) }
      }
    },
    RewriteRule("select(b, true, false) = b, select(b, false, true) = not b") { site in
      try site.select { b, x, y in
        if site.is(x, true), site.is(y, false) { return b }
        return site.is(x, false) && site.is(y, true) ? try site.apply(.not, b) : nil
      }
    },
  ]

  private static let opposites: [(ScalarFunction, ScalarFunction)] = [
    (.less, .greaterOrEqual), (.lessOrEqual, .greater), (.greater, .lessOrEqual), (.greaterOrEqual, .less),
  ]

  static let conversions = [
    RewriteRule("convert x to its own type = x") { site in
      guard case .convert = site.op else { return nil }
      return site.type(of: site[0]) == site.type ? site[0] : nil
    },
    RewriteRule("convert (convert x) = convert x, if the first keeps every value") { site in
      guard case .convert = site.op, case .convert(let inner) = site.op(of: site[0]) else { return nil }
      let x = site.source(of: site[0])
      let (from, to) = (site.type(of: x).dtype, site.type.dtype)
      // From a float, numbers out of range saturate; from an integer they wrap.
      let readsAlike =
        from.isFloatingPoint == inner.dtype.isFloatingPoint || to == .bool || to.isFloatingPoint
        || to.holdsAll(of: from)
      guard inner.dtype.holdsAll(of: from), readsAlike else { return nil }
      return try site.builder.convert(x, to: to)
    },
  ]
}

extension RewriteSite {
  fileprivate func select(_ rewrite: (Value, Value, Value) throws -> Value?) rethrows -> Value? {
    guard op == .pointwise(PointwiseOp(.select)) else { return nil }
    return try rewrite(operands[0], operands[1], operands[2])
  }
}

extension DType {
  /// Whether every value of another type is a value of this one.
  func holdsAll(of other: DType) -> Bool {
    switch (other, self) {
    case (.string, _), (_, .string): self == other
    case (.bool, _): true
    case (.uint8, .int32), (.uint8, .int64), (.uint8, .uint32), (.uint8, .float32), (.uint8, .float64): true
    case (.int32, .int64), (.int32, .float64), (.uint32, .int64), (.uint32, .float64): true
    case (.float32, .float64): true
    default: self == other
    }
  }
}
