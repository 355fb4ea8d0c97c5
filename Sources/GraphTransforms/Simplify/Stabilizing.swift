// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Logarithms and exponentials that overflow, or cancel, on the way to a result that does neither. They are rewritten
  /// before gradients are expanded, so that derivatives are those of the stable expressions.
  ///
  /// ramp x = log (1 + eˣ), which is x's positive part and log1p of e to minus its magnitude.
  public static let stabilizing = [
    RewriteRule("1 / (1 + exp −x) = sigmoid x", .rounding, on: .function(.divide)) { site in
      guard site.type.dtype.isFloatingPoint, site.is(site[0], 1),
        let power = site.other(than: 1, in: site[1]), let y = site.operand(of: power, .exp),
        let x = site.operand(of: y, .negate), !site.isTarget(site[1], power, y)
      else { return nil }
      return try site.apply(.sigmoid, x)
    },
    RewriteRule("log exp x = x", .rounding, on: .function(.log)) { site in
      guard let x = site.operand(of: site[0], .exp), !site.isTarget(site[0]) else { return nil }
      return x
    },
    RewriteRule("log sigmoid x = −ramp −x", .rounding, on: .function(.log)) { site in
      guard let x = site.operand(of: site[0], .sigmoid), !site.isTarget(site[0]) else { return nil }
      return try site.apply(.negate, site.ramp(site.apply(.negate, x)))
    },
    RewriteRule("log (1 − sigmoid x) = −ramp x", .rounding, on: .function(.log)) { site in
      guard let (one, part) = site.operands(of: site[0], .subtract), site.is(one, 1),
        let x = site.operand(of: part, .sigmoid), !site.isTarget(site[0], part)
      else { return nil }
      return try site.apply(.negate, site.ramp(x))
    },
    RewriteRule("log1p −sigmoid x = −ramp x", .rounding, on: .function(.log1p)) { site in
      guard let part = site.operand(of: site[0], .negate), let x = site.operand(of: part, .sigmoid),
        !site.isTarget(site[0], part)
      else { return nil }
      return try site.apply(.negate, site.ramp(x))
    },
    RewriteRule("log1p exp x = ramp x", .rounding, on: .function(.log1p)) { site in
      guard let x = site.operand(of: site[0], .exp), !site.isNowherePositive(x), !site.isTarget(site[0])
      else { return nil }
      return try site.ramp(x)
    },
    RewriteRule("log (1 + x) = log1p x", .rounding, on: .function(.log)) { site in
      guard let x = site.other(than: 1, in: site[0]), !site.isTarget(site[0]) else { return nil }
      return try site.apply(.log1p, x)
    },
    RewriteRule("log (1 − x) = log1p −x", .rounding, on: .function(.log)) { site in
      guard let (one, x) = site.operands(of: site[0], .subtract), site.is(one, 1), !site.isTarget(site[0])
      else { return nil }
      return try site.apply(.log1p, site.apply(.negate, x))
    },
    RewriteRule("exp x − 1 = expm1 x", .rounding, on: .function(.subtract)) { site in
      guard site.type.dtype.isFloatingPoint, site.is(site[1], 1),
        let x = site.operand(of: site[0], .exp), !site.isTarget(site[0])
      else { return nil }
      return try site.apply(.expm1, x)
    },
    RewriteRule("log (exp x / Σ exp x) = y − log Σ exp y, y = x − max x", .rounding, on: .function(.log)) {
      site in
      guard let softmax = site.softmax(site[0]) else { return nil }
      return try site.logarithm(of: softmax)
    },
    RewriteRule(
      "log select(b, c, p) = select(b, log c, log p) for p as above", .rounding, on: .function(.log)
    ) {
      site in
      guard case .pointwise(PointwiseOp(.select)) = site.op(of: site[0]), !site.isTarget(site[0]) else {
        return nil
      }
      let operands = site.builder.node(site[0]).operands
      let places = site.constant(operands[1]) == nil ? (known: 2, open: 1) : (known: 1, open: 2)
      guard site.constant(operands[places.known]) != nil, let softmax = site.softmax(operands[places.open])
      else { return nil }
      let known = try site.apply(.log, operands[places.known])
      let open = try site.logarithm(of: softmax)
      return try places.known == 1
        ? site.apply(.select, operands[0], known, open) : site.apply(.select, operands[0], open, known)
    },
    RewriteRule("log Σ exp x = m + log Σ exp (x − m), m = max x", .rounding, on: .function(.log)) { site in
      // Sums with `keepDims` are a reshape of the sum.
      var sum = site[0]
      if case .reshape = site.op(of: sum) { sum = site.source(of: sum) }
      guard case .reduce(let rule) = site.op(of: sum), rule.kind == .sum,
        let x = site.operand(of: site.source(of: sum), .exp), !site.isShifted(x, along: rule.axes),
        !site.isTarget(site[0], sum, site.source(of: sum))
      else { return nil }
      let greatest = try site.greatest(x, axes: rule.axes)
      // The distance to an infinite maximum is NaN.
      let isFinite = try site.apply(
        .less, site.apply(.abs, greatest), site.builder.full(.infinity, like: greatest))
      let shift = try site.apply(.select, isFinite, greatest, site.builder.full(0, like: greatest))
      let distance = try site.apply(.subtract, x, site.spread(shift, like: x, axes: rule.axes))
      let rest = try site.builder.sum(site.apply(.exp, distance), axes: rule.axes)
      let result = try site.apply(.add, shift, site.apply(.log, rest))
      return try site.builder.reshape(result, to: site.type.shape)
    },
  ]
}

// MARK: - Softmax

/// exp x over its sum.
private struct Softmax {
  let x: Value
  let axes: [Int]
  /// The sum of exp x.
  let sum: Value
}

extension RewriteSite {
  /// A softmax that no gradient is taken with respect to a part of.
  fileprivate func softmax(_ value: Value) -> Softmax? {
    guard let (powers, whole) = operands(of: value, .divide), type(of: value).dtype.isFloatingPoint,
      let x = operand(of: powers, .exp), let (sum, axes) = sum(of: powers, behind: whole),
      !isTarget(value, powers, whole, sum)
    else { return nil }
    return Softmax(x: x, axes: axes, sum: sum)
  }

  fileprivate func logarithm(of softmax: Softmax) throws -> Value {
    let (x, axes) = (softmax.x, softmax.axes)
    if isShifted(x, along: axes) {
      return try apply(.subtract, x, spread(apply(.log, softmax.sum), like: x, axes: axes))
    }
    let distance = try apply(.subtract, x, spread(greatest(x, axes: axes), like: x, axes: axes))
    let sum = try builder.sum(apply(.exp, distance), axes: axes)
    return try apply(.subtract, distance, spread(apply(.log, sum), like: x, axes: axes))
  }

  /// The sum of `terms` along some axes that is repeated along them in `whole`.
  private func sum(of terms: Value, behind whole: Value) -> (sum: Value, axes: [Int])? {
    guard let extents = type(of: whole).shape.extents, extents == type(of: terms).shape.extents else {
      return nil
    }
    var value = whole
    /// The axes of `whole` that are those of `value` with more than one element.
    var places = extents.indices.filter { extents[$0] != 1 }
    while true {
      switch op(of: value) {
      case .broadcast(let rule):
        let source = type(of: builder.node(value).operands[0]).shape
        let result = type(of: value).shape
        // Which of the axes of `value` that count are still there, and not stretched.
        let counting = result.dims.indices.filter { result[$0] != 1 }
        guard counting.count == places.count else { return nil }
        var kept: [Int] = []
        for (position, axis) in rule.axes.enumerated() where source[position] != 1 {
          guard let place = counting.firstIndex(of: axis) else { return nil }
          kept.append(places[place])
        }
        places = kept
        value = self.source(of: value)
      case .reshape:
        let (source, result) = (type(of: self.source(of: value)).shape, type(of: value).shape)
        guard source.dims.filter({ $0 != 1 }) == result.dims.filter({ $0 != 1 }) else { return nil }
        value = self.source(of: value)
      case .reduce(let rule):
        let kept = extents.indices.filter { extents[$0] != 1 && !rule.axes.contains($0) }
        guard rule.kind == .sum, self.source(of: value) == terms, kept == places else { return nil }
        return (value, rule.axes)
      default: return nil
      }
    }
  }

  /// Whether something that is the same along these axes was taken off already.
  fileprivate func isShifted(_ x: Value, along axes: [Int]) -> Bool {
    guard let (_, shift) = operands(of: x, .subtract) else { return false }
    return axes.allSatisfy { isSame(shift, along: $0) }
  }

  /// Whether a value repeats itself along an axis.
  private func isSame(_ value: Value, along axis: Int) -> Bool {
    if type(of: value).shape[axis] == 1 { return true }
    switch op(of: value) {
    case .broadcast(let rule):
      guard let position = rule.axes.firstIndex(of: axis) else { return true }
      return type(of: source(of: value)).shape[position] == 1
        || isSame(source(of: value), along: position)
    case .stopGradient, .identity: return isSame(source(of: value), along: axis)
    default: return false
    }
  }

  /// The greatest elements along axes, through which no gradient flows.
  fileprivate func greatest(_ x: Value, axes: [Int]) throws -> Value {
    try builder.append(.stopGradient(StopGradientOp()), [builder.reduce(.max, x, axes: axes)])
  }

  fileprivate func spread(_ reduced: Value, like x: Value, axes: [Int]) throws -> Value {
    try builder.spread(reduced, over: type(of: x).shape, axes: axes)
  }
}

// MARK: - Ramps

extension RewriteSite {
  /// `y`, where `value` is `number + y` or `y + number`.
  fileprivate func other(than number: Double, in value: Value) -> Value? {
    guard let (x, y) = operands(of: value, .add) else { return nil }
    return `is`(x, number) ? y : `is`(y, number) ? x : nil
  }

  /// log (1 + eˣ), whatever x.
  fileprivate func ramp(_ x: Value) throws -> Value {
    let zero = try builder.full(0, like: x)
    let isPositive = try apply(.greater, x, zero)
    let rest = try apply(.exp, apply(.select, isPositive, apply(.negate, x), x))
    return try apply(.add, apply(.select, isPositive, x, zero), apply(.log1p, rest))
  }

  /// Whether a value is minus a magnitude, in one of the ways to write one.
  fileprivate func isNowherePositive(_ value: Value) -> Bool {
    switch op(of: value) {
    case .pointwise(PointwiseOp(.negate)): return operand(of: source(of: value), .abs) != nil
    case .pointwise(PointwiseOp(.minimum)):
      return builder.node(value).operands.contains { operand in
        constant(operand).map { $0.scalar <= 0 } ?? false
      }
    case .pointwise(PointwiseOp(.select)):
      let operands = builder.node(value).operands
      return operand(of: operands[1], .negate) == operands[2]
        || operand(of: operands[2], .negate) == operands[1]
    default: return false
    }
  }
}
