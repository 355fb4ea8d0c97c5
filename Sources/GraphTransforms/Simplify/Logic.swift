// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  static let logic = [
    RewriteRule("not not b = b", on: .function(.not)) { site in
      site.operand(of: site[0], .not)
    },
    RewriteRule("not (x = y) = x ≠ y, and back", on: .function(.not)) { site in
      if let (x, y) = site.operands(of: site[0], .equal) { return try site.apply(.notEqual, x, y) }
      return try site.operands(of: site[0], .notEqual).map { try site.apply(.equal, $0, $1) }
    },
    // Of floats neither x < y nor x ≥ y may hold.
    RewriteRule("not (x < y) = x ≥ y for integers, and so on", on: .function(.not)) { site in
      for (comparison, opposite) in opposites {
        if let (x, y) = site.operands(of: site[0], comparison), site.type(of: x).dtype.isInteger {
          return try site.apply(opposite, x, y)
        }
      }
      return nil
    },
    RewriteRule("b and b = b or b = b", on: .function(.and), .function(.or)) { site in
      site[0] == site[1] ? site[0] : nil
    },
    RewriteRule("b and true = b", on: .function(.and)) { site in
      site.commuting { b, known in site.is(known, true) ? b : nil }
    },
    RewriteRule("b or false = b xor false = b", on: .function(.or), .function(.xor)) { site in
      site.commuting { b, known in site.is(known, false) ? b : nil }
    },
    RewriteRule("b and false = false", on: .function(.and)) { site in
      site.commuting { _, known in site.is(known, false) ? known : nil }
    },
    RewriteRule("b or true = true", on: .function(.or)) { site in
      site.commuting { _, known in site.is(known, true) ? known : nil }
    },
    RewriteRule("b xor true = not b", on: .function(.xor)) { site in
      try site.commuting { b, known in site.is(known, true) ? try site.apply(.not, b) : nil }
    },
    RewriteRule("select(true, x, y) = x, select(false, x, y) = y", on: .function(.select)) { site in
      site.is(site[0], true) ? site[1] : site.is(site[0], false) ? site[2] : nil
    },
    RewriteRule("select(b, x, x) = x", on: .function(.select)) { site in
      site[1] == site[2] ? site[1] : nil
    },
    RewriteRule("select(not b, x, y) = select(b, y, x)", on: .function(.select)) { site in
      try site.operand(of: site[0], .not).map { try site.apply(.select, $0, site[2], site[1]) }
    },
    RewriteRule("select(b, true, false) = b", on: .function(.select)) { site in
      site.is(site[1], true) && site.is(site[2], false) ? site[0] : nil
    },
    RewriteRule("select(b, false, true) = not b", on: .function(.select)) { site in
      site.is(site[1], false) && site.is(site[2], true) ? try site.apply(.not, site[0]) : nil
    },
    RewriteRule("select(b, 1, 0) = convert b", on: .function(.select)) { site in
      guard site.type.dtype.isNumeric, site.is(site[1], 1), site.is(site[2], 0) else { return nil }
      return try site.builder.convert(site[0], to: site.type.dtype)
    },
    RewriteRule(
      "select(b, select(b, x, y), z) = select(b, x, select(b, y, z)) = select(b, x, z)",
      on: .function(.select)
    ) { site in
      let inner = { (value: Value, place: Int) -> Value? in
        guard site.op(of: value) == site.op else { return nil }
        let operands = site.builder.node(value).operands
        return operands[0] == site[0] ? operands[place] : nil
      }
      let (first, second) = (inner(site[1], 1), inner(site[2], 2))
      if first == nil && second == nil { return nil }
      return try site.apply(.select, site[0], first ?? site[1], second ?? site[2])
    },
    // Of floats NaN is not equal to itself.
    RewriteRule("x = x is true, x < x is false, and so on, but for floats", on: .anyFunction) { site in
      guard case .pointwise(let rule) = site.op, site.operands.count == 2, site[0] == site[1],
        !site.type(of: site[0]).dtype.isFloatingPoint
      else { return nil }
      switch rule.function {
      case .equal, .lessOrEqual, .greaterOrEqual: return try site.everywhere(1)
      case .notEqual, .less, .greater: return try site.everywhere(0)
      default: return nil
      }
    },
    RewriteRule("convert b ≠ 0 = b", on: .function(.notEqual)) { site in
      site.commuting { value, zero in
        guard case .convert = site.op(of: value), site.is(zero, 0),
          site.type(of: site.source(of: value)).dtype == .bool
        else { return nil }
        return site.source(of: value)
      }
    },
    RewriteRule("b = true is b, b = false is not b", on: .function(.equal), .function(.notEqual)) { site in
      guard site.type(of: site[0]).dtype == .bool else { return nil }
      let isEqual = site.op == .pointwise(PointwiseOp(.equal))
      return try site.commuting { b, known in
        if site.is(known, isEqual) { return b }
        return site.is(known, !isEqual) ? try site.apply(.not, b) : nil
      }
    },
  ]

  private static let opposites: [(ScalarFunction, ScalarFunction)] = [
    (.less, .greaterOrEqual), (.lessOrEqual, .greater), (.greater, .lessOrEqual), (.greaterOrEqual, .less),
  ]

  static let conversions = [
    RewriteRule("convert x to its own type = x", on: .convert) { site in
      site.type(of: site[0]) == site.type ? site[0] : nil
    },
    RewriteRule("convert (convert x) = convert x, if the first keeps every value", on: .convert) { site in
      guard case .convert(let inner) = site.op(of: site[0]) else { return nil }
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

extension DType {
  /// Whether every value of another type is a value of this one.
  func holdsAll(of other: DType) -> Bool {
    switch (other, self) {
    case (.string, _), (_, .string): self == other
    case (.bool, _): true
    case (.uint8, .int32), (.uint8, .int64), (.uint8, .uint32), (.int8, .int32), (.int8, .int64): true
    case (.uint8, _), (.int8, _): self == other || isFloatingPoint
    case (.float16, .float32), (.float16, .float64), (.bfloat16, .float32), (.bfloat16, .float64): true
    case (.int32, .int64), (.int32, .float64), (.uint32, .int64), (.uint32, .float64): true
    case (.float32, .float64): true
    default: self == other
    }
  }
}
