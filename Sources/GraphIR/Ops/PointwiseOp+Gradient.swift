// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension PointwiseOp {
  public func differentiability(of index: Int) -> Differentiability {
    switch function {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      .cut("a comparison has no derivative")
    case .and, .or, .xor, .not:
      .cut("a logical function has no derivative")
    case .threefryLow, .threefryHigh:
      .cut("random bits have no derivative")
    case .sign, .floor, .ceil, .round:
      .cut("it is a step function, its derivative is zero wherever it has one")
    case .select:
      index == 0 ? .cut("a condition has no derivative") : .differentiable
    case .add, .subtract, .multiply, .divide, .remainder, .power, .minimum, .maximum, .clamp, .negate, .abs,
      .exp, .expm1, .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tan, .tanh, .sigmoid, .erf:
      .differentiable
    }
  }

  /// The derivative in words, for the op reference; `g` is the cotangent and `r` the result.
  static func gradientFormula(_ function: ScalarFunction) -> String {
    switch function {
    case .add: "g; g"
    case .subtract: "g; −g"
    case .multiply: "g·b; g·a"
    case .divide: "g / b; −g·r / b"
    case .remainder: "g; −g·trunc(a / b)"
    case .power: "g·b·a^(b − 1), 0 where b is 0; g·r·log a, 0 where a is 0"
    case .minimum, .maximum: "g where the operand is the result, shared evenly where both are"
    case .select: "none for the condition; g where it chooses the operand, else 0"
    case .clamp: "g within the bounds (both included); for a bound g where it is the result and x is not"
    case .negate: "−g"
    case .abs: "g·sign x"
    case .exp: "g·r"
    case .expm1: "g·(r + 1)"
    case .log: "g / x"
    case .log1p: "g / (1 + x)"
    case .sqrt: "g / (2·r)"
    case .rsqrt: "−g·r / (2·x)"
    case .sin: "g·cos x"
    case .cos: "−g·sin x"
    case .tan: "g·(1 + r²)"
    case .tanh: "g·(1 − r²)"
    case .sigmoid: "g·r·(1 − r)"
    case .erf: "g·2/√π·exp(−x²)"
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not, .sign,
      .floor, .ceil, .round, .threefryLow, .threefryHigh:
      "none"
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let g = context.cotangent
    let r = context.result
    let x = context.operands[0]
    let y = context.operands.count > 1 ? context.operands[1] : x
    let number = { (value: Double) in try b.full(value, like: g) }
    switch function {
    case .add: return [g, g]
    case .subtract: return [g, try b.negate(g)]
    case .multiply: return [try b.multiply(g, y), try b.multiply(g, x)]
    case .divide:
      return [try b.divide(g, y), try b.negate(b.divide(b.multiply(g, r), y))]
    case .remainder:
      let quotient = try b.apply(.round, b.divide(b.subtract(x, r), y))
      return [g, try b.negate(b.multiply(g, quotient))]
    case .power:
      // Operands are made harmless where they are singular, not results: a result that is NaN or infinite and not
      // chosen would come back as NaN in the next derivative.
      let (zero, one) = (try number(0), try number(1))
      let slope: Value
      if let exponent = b.constantScalar(y), exponent != 0 {
        slope = try b.multiply(y, b.power(x, exponent - 1))
      } else {
        let leastNormal = b.type(of: g).dtype == .float64 ? 0x1p-1022 : 0x1p-126
        let tiny = try b.apply(.less, b.apply(.abs, x), number(leastNormal))
        let constant = try b.apply(.and, b.apply(.equal, y, zero), tiny)
        slope = try b.multiply(
          y, b.apply(.power, x, b.select(constant, zero, b.subtract(y, one))))
      }
      let atZero = try b.apply(.equal, x, zero)
      let growth = try b.multiply(
        b.select(atZero, zero, r), b.apply(.log, b.select(atZero, one, x)))
      return [try b.multiply(g, slope), try b.multiply(g, growth)]
    case .minimum, .maximum:
      let zero = try number(0)
      let half = try b.multiply(g, number(0.5))
      let tie = try b.apply(.equal, x, y)
      let first = try b.apply(function == .maximum ? .greater : .less, x, y)
      return [
        try b.select(tie, half, b.select(first, g, zero)), try b.select(tie, half, b.select(first, zero, g)),
      ]
    case .select:
      let zero = try number(0)
      return [nil, try b.select(x, g, zero), try b.select(x, zero, g)]
    case .clamp:
      let (low, high) = (context.operands[1], context.operands[2])
      let zero = try number(0)
      let above = try b.apply(.greater, x, high)
      let below = try b.apply(.less, x, low)
      let inverted = try b.apply(.greater, low, high)
      let outside = try b.apply(.or, above, below)
      return [
        try b.select(outside, zero, g),
        try b.select(b.apply(.and, below, b.apply(.not, inverted)), g, zero),
        try b.select(
          b.apply(.or, b.apply(.and, above, b.apply(.not, inverted)), b.apply(.and, inverted, outside)), g,
          zero),
      ]
    case .negate: return [try b.negate(g)]
    case .abs: return [try b.multiply(g, b.apply(.sign, x))]
    case .exp: return [try b.multiply(g, r)]
    case .expm1: return [try b.multiply(g, b.add(r, number(1)))]
    case .log: return [try b.divide(g, x)]
    case .log1p: return [try b.divide(g, b.add(number(1), x))]
    case .sqrt: return [try b.divide(b.multiply(g, number(0.5)), r)]
    case .rsqrt: return [try b.divide(b.multiply(b.multiply(g, number(-0.5)), r), x)]
    case .sin: return [try b.multiply(g, b.apply(.cos, x))]
    case .cos: return [try b.negate(b.multiply(g, b.apply(.sin, x)))]
    case .tan: return [try b.multiply(g, b.add(number(1), b.multiply(r, r)))]
    case .tanh: return [try b.multiply(g, b.subtract(number(1), b.multiply(r, r)))]
    case .sigmoid: return [try b.multiply(g, b.multiply(r, b.subtract(number(1), r)))]
    case .erf:
      // 2/√π
      let bell = try b.apply(.exp, b.negate(b.multiply(x, x)))
      return [try b.multiply(g, b.multiply(number(1.128_379_167_095_512_6), bell))]
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not, .sign,
      .floor, .ceil, .round, .threefryLow, .threefryHigh:
      return context.operands.map { _ in nil }
    }
  }
}

extension ModuleBuilder {
  /// The number that a value is everywhere, where it is a constant or a broadcast of one.
  fileprivate func constantScalar(_ value: Value) -> Double? {
    var value = value
    while case .broadcast = nodes[value.nodeIndex].op { value = nodes[value.nodeIndex].operands[0] }
    guard case .constant(let rule) = nodes[value.nodeIndex].op, rule.value.count == 1 else { return nil }
    return rule.value.scalar
  }

  /// x to a constant power; products for the least whole ones.
  fileprivate func power(_ x: Value, _ exponent: Double) throws -> Value {
    switch exponent {
    case 0: try full(1, like: x)
    case 1: x
    case 2: try multiply(x, x)
    default: try apply(.power, x, full(exponent, like: x))
    }
  }
}
