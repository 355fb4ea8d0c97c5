// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Rules that round differently and save work. Off with `strictOrder`.
  public static let rounding = [
    RewriteRule("x¹ = x, x² = x · x, x³ = x · x · x, x⁻¹ = 1 / x", .rounding, on: .function(.power)) { site in
      guard site.type.dtype.isFloatingPoint, let exponent = site.constant(site[1])?.scalar else { return nil }
      // Half precision would round each product.
      let isHalf = site.type.dtype == .float16 || site.type.dtype == .bfloat16
      switch exponent {
      case 1: return site[0]
      case 2: return try site.apply(.multiply, site[0], site[0])
      case 3 where !isHalf:
        return try site.apply(.multiply, site.apply(.multiply, site[0], site[0]), site[0])
      case -1: return try site.apply(.divide, site.everywhere(1), site[0])
      default: return nil
      }
    },
    RewriteRule("sum (repeat x, n times) = n · sum x", .rounding, on: .reduce) { site in
      guard site.type.dtype.isFloatingPoint else { return nil }
      return try site.multipleOfSum()
    },
    RewriteRule("sum (transpose x) = transpose (sum x)", .rounding, on: .reduce) { site in
      guard case .reduce(let rule) = site.op, rule.kind == .sum || rule.kind == .product else { return nil }
      return try site.reduceOfTranspose(rule)
    },
    // Two sums of few elements take longer to start than to compute; of many, the first one has more to share out.
    RewriteRule("sum (sum x) = sum x along both, of few elements", .rounding, on: .reduce) { site in
      guard case .reduce(let outer) = site.op, case .reduce(let inner) = site.op(of: site[0]),
        outer.kind == inner.kind, outer.kind == .sum || outer.kind == .product,
        site.type.dtype == .float32 || site.type.dtype == .float64,
        let count = site.type(of: site.source(of: site[0])).shape.elementCount.value, count <= 1 << 13
      else { return nil }
      let x = site.source(of: site[0])
      let kept = (0..<site.type(of: x).rank).filter { !inner.axes.contains($0) }
      return try site.builder.reduce(outer.kind, x, axes: inner.axes + outer.axes.map { kept[$0] })
    },
  ]

  /// Rules that move results further than a rounding in unlucky cases. Only on request.
  public static let reassociating = [
    RewriteRule("(x + a) + b = x + (a + b) for constants", .rounding, on: .function(.add)) { site in
      try site.gatheringConstants(.add)
    },
    RewriteRule("(x · a) · b = x · (a · b) for constants", .rounding, on: .function(.multiply)) { site in
      try site.gatheringConstants(.multiply)
    },
  ]
}

extension RewriteSite {
  /// The sum of what is repeated along reduced axes, times the number of repeats.
  func multipleOfSum() throws -> Value? {
    guard case .reduce(let rule) = op, rule.kind == .sum, let (x, inner) = repeated(operands[0]) else {
      return nil
    }
    let source = type(of: x).shape
    let isRepeated = { (axis: Int) in
      inner.axes.firstIndex(of: axis).map { source[$0] != inner.shape[axis] } ?? true
    }
    let repeatedAxes = rule.axes.filter(isRepeated)
    var repeats = 1
    for axis in repeatedAxes {
      guard let extent = inner.shape[axis].value, extent > 0 else { return nil }
      let (product, overflow) = repeats.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      repeats = product
    }
    if repeatedAxes.isEmpty || repeats == 1 { return nil }
    let scale = try builder.full(Double(repeats), type)
    // A number of repeats that the type does not have would count as another.
    guard constant(scale)?.scalar == Double(repeats), repeats < 1 << 53 else { return nil }
    let left = (0..<inner.shape.rank).filter { !rule.axes.contains($0) }
    let part = inner.axes.indices.filter { rule.axes.contains(inner.axes[$0]) }
    let sum = try builder.sum(x, axes: part)
    let spread = try builder.broadcast(
      sum, to: type.shape,
      axes: inner.axes.filter { !rule.axes.contains($0) }.compactMap { left.firstIndex(of: $0) })
    return try apply(.multiply, spread, scale)
  }

  /// The transpose of a reduction of what was transposed before.
  func reduceOfTranspose(_ rule: ReduceOp) throws -> Value? {
    guard case .transpose(let transpose) = op(of: operands[0]) else { return nil }
    let permutation = transpose.permutation
    let reduced = try builder.reduce(
      rule.kind, source(of: operands[0]), axes: rule.axes.map { permutation[$0] })
    // The axes that are left, in the order that they have now and in the one they are to have.
    let wanted = permutation.indices.filter { !rule.axes.contains($0) }.map { permutation[$0] }
    let given = wanted.sorted()
    return try builder.transpose(reduced, wanted.compactMap(given.firstIndex(of:)))
  }

  /// One operation on two constants in place of two.
  func gatheringConstants(_ function: ScalarFunction) throws -> Value? {
    try commuting { inner, last in
      guard constant(last) != nil, constant(inner) == nil, let (x, y) = operands(of: inner, function) else {
        return nil
      }
      for (value, first) in [(x, y), (y, x)] where constant(first) != nil && constant(value) == nil {
        return try apply(function, value, apply(function, first, last))
      }
      return nil
    }
  }
}
