// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension PointwiseOp {
  public func differentiability(of index: Int) -> Differentiability {
    switch function {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      .cut("a comparison has no derivative")
    case .and, .or, .xor, .not, .shiftLeft, .shiftRight:
      .cut("a function of bits has no derivative")
    case .threefryLow, .threefryHigh:
      .cut("random bits have no derivative")
    case .sign, .floor, .ceil, .round, .truncate:
      .cut("it is a step function, its derivative is zero wherever it has one")
    case .select:
      index == 0 ? .cut("a condition has no derivative") : .differentiable
    case .copySign:
      index == 1 ? .cut("its derivative with respect to a sign is zero wherever it has one") : .differentiable
    case .zeta:
      index == 0 ? .cut("its derivative with respect to the exponent is not defined here") : .differentiable
    case .add, .subtract, .multiply, .divide, .remainder, .power, .minimum, .maximum, .clamp, .negate, .abs,
      .atan2, .hypot, .logAddExp, .exp, .exp2, .expm1, .log, .log2, .log10, .log1p, .sqrt, .rsqrt, .cbrt,
      .sin,
      .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh, .sigmoid, .erf, .erfc,
      .erfInverse, .logGamma, .digamma:
      .differentiable
    }
  }

  /// The derivative in words, for the op reference; `g` is the cotangent and `r` the result.
  static func gradientFormula(_ function: ScalarFunction) -> String {
    switch function {
    case .add: "g; g"
    case .subtract: "g; −g"
    case .multiply: "g·b; g·a"
    case .divide: "g / b; −(g / b)·r"
    case .remainder: "g; −g·trunc(a / b)"
    case .power: "g·b·a^(b − 1), 0 where b is 0; g·r·log a, 0 where a is 0"
    case .minimum, .maximum: "g where the operand is the result, shared evenly where both are"
    case .atan2: "g·x / (x² + y²); −g·y / (x² + y²); 0 where both are 0"
    case .hypot: "g·a / r; g·b / r; 0 where both are 0"
    case .copySign: "g, negated where the sign changed, 0 where the magnitude is 0; none for the sign"
    case .logAddExp: "g·sigmoid(a − b); g·sigmoid(b − a); shared evenly by equal infinities"
    case .zeta: "none for s; −g·s·zeta(s + 1, q)"
    case .select: "none for the condition; g where it chooses the operand, else 0"
    case .clamp: "g within the bounds (both included); for a bound g where it is the result and x is not"
    case .negate: "−g"
    case .abs: "g·sign x"
    case .exp: "g·r"
    case .exp2: "g·r·log 2"
    case .expm1: "g·(r + 1)"
    case .log: "g / x"
    case .log2: "g / (x·log 2)"
    case .log10: "g / (x·log 10)"
    case .log1p: "g / (1 + x)"
    case .sqrt: "g / (2·r)"
    case .rsqrt: "−g·r / (2·x)"
    case .cbrt: "g / (3·r²)"
    case .sin: "g·cos x"
    case .cos: "−g·sin x"
    case .tan: "g·(1 + r²)"
    case .asin: "g / √(1 − x²)"
    case .acos: "−g / √(1 − x²)"
    case .atan: "g / (1 + x²)"
    case .sinh: "g·cosh x"
    case .cosh: "g·sinh x"
    case .tanh: "g·(1 − r²)"
    case .asinh: "g / √(x² + 1)"
    case .acosh: "g / √(x² − 1)"
    case .atanh: "g / (1 − x²)"
    case .sigmoid: "g·r·(1 − r)"
    case .erf: "g·2/√π·exp(−x²)"
    case .erfc: "−g·2/√π·exp(−x²)"
    case .erfInverse: "g·√π/2·exp(r²)"
    case .logGamma: "g·digamma x"
    case .digamma: "g·zeta(2, x), below zero by reflection"
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not,
      .shiftLeft, .shiftRight, .sign, .floor, .ceil, .round, .truncate, .threefryLow, .threefryHigh:
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
      // One division for both.
      let quotient = try b.divide(g, y)
      return [quotient, try b.negate(b.multiply(quotient, r))]
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
        let leastNormal = b.type(of: g).dtype.leastNormal
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
    case .atan2:
      // Divided by the distance twice, so that no square overflows.
      let (distance, isZero) = try b.distance(b.apply(.hypot, x, y))
      let slopes = try [y, b.negate(x)].map { try b.divide(b.divide($0, distance), distance) }
      return try slopes.map { try b.multiply(g, b.select(isZero, number(0), $0)) }
    case .hypot:
      let (distance, isZero) = try b.distance(r)
      return try [x, y].map { try b.multiply(g, b.select(isZero, number(0), b.divide($0, distance))) }
    case .copySign:
      return [try b.multiply(g, b.multiply(b.apply(.sign, x), b.apply(.copySign, number(1), r))), nil]
    case .logAddExp:
      let infinity = try number(.infinity)
      let isInfinite = try b.apply(.and, b.apply(.equal, x, y), b.apply(.equal, b.apply(.abs, x), infinity))
      let distance = try b.select(isInfinite, number(0), b.subtract(x, y))
      return [
        try b.multiply(g, b.apply(.sigmoid, distance)),
        try b.multiply(g, b.apply(.sigmoid, b.negate(distance))),
      ]
    case .zeta:
      let next = try b.apply(.zeta, b.add(x, number(1)), y)
      return [nil, try b.negate(b.multiply(g, b.multiply(x, next)))]
    case .negate: return [try b.negate(g)]
    case .abs: return [try b.multiply(g, b.apply(.sign, x))]
    case .exp: return [try b.multiply(g, r)]
    case .exp2: return [try b.multiply(g, b.multiply(r, number(0.693_147_180_559_945_3)))]
    case .expm1: return [try b.multiply(g, b.add(r, number(1)))]
    case .log: return [try b.divide(g, x)]
    case .log2: return [try b.divide(b.multiply(g, number(1.442_695_040_888_963_4)), x)]
    case .log10: return [try b.divide(b.multiply(g, number(0.434_294_481_903_251_83)), x)]
    case .log1p: return [try b.divide(g, b.add(number(1), x))]
    case .sqrt: return [try b.divide(b.multiply(g, number(0.5)), r)]
    case .rsqrt: return [try b.divide(b.multiply(b.multiply(g, number(-0.5)), r), x)]
    case .cbrt: return [try b.divide(g, b.multiply(number(3), b.multiply(r, r)))]
    case .sin: return [try b.multiply(g, b.apply(.cos, x))]
    case .cos: return [try b.negate(b.multiply(g, b.apply(.sin, x)))]
    case .tan: return [try b.multiply(g, b.add(number(1), b.multiply(r, r)))]
    case .asin: return [try b.multiply(g, b.apply(.rsqrt, b.oneMinusSquare(x)))]
    case .acos: return [try b.negate(b.multiply(g, b.apply(.rsqrt, b.oneMinusSquare(x))))]
    case .atan:
      // 1 + x² as a square, which does not overflow.
      let distance = try b.apply(.hypot, x, number(1))
      return [try b.divide(b.divide(g, distance), distance)]
    case .sinh: return [try b.multiply(g, b.apply(.cosh, x))]
    case .cosh: return [try b.multiply(g, b.apply(.sinh, x))]
    case .asinh: return [try b.divide(g, b.apply(.hypot, x, number(1)))]
    case .acosh:
      // √(x − 1)·√(x + 1), whose product does not overflow.
      let low = try b.apply(.rsqrt, b.subtract(x, number(1)))
      let high = try b.apply(.rsqrt, b.add(x, number(1)))
      return [try b.multiply(g, b.multiply(low, high))]
    case .atanh: return [try b.divide(g, b.oneMinusSquare(x))]
    case .tanh: return [try b.multiply(g, b.subtract(number(1), b.multiply(r, r)))]
    case .sigmoid: return [try b.multiply(g, b.multiply(r, b.subtract(number(1), r)))]
    case .erf, .erfc:
      // 2/√π
      let bell = try b.apply(.exp, b.negate(b.multiply(x, x)))
      let scale = try number(function == .erf ? 1.128_379_167_095_512_6 : -1.128_379_167_095_512_6)
      return [try b.multiply(g, b.multiply(scale, bell))]
    case .erfInverse:
      // √π/2
      let slope = try b.multiply(number(0.886_226_925_452_758), b.apply(.exp, b.multiply(r, r)))
      return [try b.multiply(g, slope)]
    case .logGamma: return [try b.multiply(g, b.apply(.digamma, x))]
    case .digamma: return [try b.multiply(g, b.trigamma(x))]
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not,
      .shiftLeft, .shiftRight, .sign, .floor, .ceil, .round, .truncate, .threefryLow, .threefryHigh:
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

  /// A value to divide by, 1 where it is zero, and where that is.
  fileprivate func distance(_ x: Value) throws -> (value: Value, isZero: Value) {
    let isZero = try apply(.equal, x, full(0, like: x))
    return (try select(isZero, full(1, like: x), x), isZero)
  }

  /// 1 − x², exact near ±1.
  fileprivate func oneMinusSquare(_ x: Value) throws -> Value {
    let one = try full(1, like: x)
    return try multiply(subtract(one, x), add(one, x))
  }

  /// The derivative of digamma: zeta(2, x), and below zero (π / sin πx)² less that of 1 − x.
  fileprivate func trigamma(_ x: Value) throws -> Value {
    let isNegative = try apply(.less, x, full(0, like: x))
    let one = try full(1, like: x)
    let value = try apply(.zeta, full(2, like: x), select(isNegative, subtract(one, x), x))
    // Of what is not negative the half, where the sine is not zero.
    let inside = try select(isNegative, x, full(0.5, like: x))
    let angle = try multiply(subtract(inside, apply(.round, inside)), full(Double.pi, like: x))
    let quotient = try divide(full(Double.pi, like: x), apply(.sin, angle))
    return try select(isNegative, subtract(multiply(quotient, quotient), value), value)
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
