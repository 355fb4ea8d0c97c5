// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Exponentials, logarithms, roots and special functions. Integers and `bool` become `float32`.

/// 2 to the power x, exact for whole x.
public func exp2(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.exp2, x, at: CallSite("exp2", fileID, line))
}

/// The logarithm to base 2, exact for powers of 2: −∞ for zero, NaN below.
public func log2(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.log2, x, at: CallSite("log2", fileID, line))
}

/// The logarithm to base 10, exact for powers of 10: −∞ for zero, NaN below.
public func log10(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.log10, x, at: CallSite("log10", fileID, line))
}

/// The cube root, also of negative numbers.
public func cbrt(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.cbrt, x, at: CallSite("cbrt", fileID, line))
}

/// √(x² + y²) without overflow on the way. Both derivatives are 0 where both operands are.
public func hypot(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.hypot, x, y, at: CallSite("hypot", fileID, line))
}

/// √(x² + y²) without overflow on the way. Both derivatives are 0 where both operands are.
public func hypot(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.hypot, x, y, at: CallSite("hypot", fileID, line))
}

/// log(exp(x) + exp(y)) without overflow.
public func logAddExp(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.logAddExp, x, y, at: CallSite("logAddExp", fileID, line))
}

/// log(exp(x) + exp(y)) without overflow.
public func logAddExp(
  _ x: some ConstantOperand, _ y: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.logAddExp, x, y, at: CallSite("logAddExp", fileID, line))
}

/// 1 − erf(x), accurate where erf is near 1.
public func erfc(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.erfc, x, at: CallSite("erfc", fileID, line))
}

/// The number whose error function is x: ±∞ at ±1, NaN beyond. `sqrt(2) * erfInverse(2 * p - 1)` is the quantile of the
/// normal distribution.
public func erfInverse(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.erfInverse, x, at: CallSite("erfInverse", fileID, line))
}

/// log |Γ(x)|: ∞ for zero and negative whole numbers.
public func logGamma(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.logGamma, x, at: CallSite("logGamma", fileID, line))
}

/// The derivative of `logGamma`.
public func digamma(_ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line) -> Tensor {
  elementwise(.digamma, x, at: CallSite("digamma", fileID, line))
}

/// Hurwitz's zeta function: the sum of (q + k)⁻ˢ over k ≥ 0, for s > 1 and q > 0. It has a derivative with respect to q alone.
public func zeta(
  _ s: some TensorConvertible, _ q: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.zeta, s, q, at: CallSite("zeta", fileID, line))
}

/// Hurwitz's zeta function: the sum of (q + k)⁻ˢ over k ≥ 0, for s > 1 and q > 0. It has a derivative with respect to q alone.
public func zeta(
  _ s: some ConstantOperand, _ q: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  elementwise(.zeta, s, q, at: CallSite("zeta", fileID, line))
}

/// The derivative of `digamma` of the given order; `digamma` itself for 0.
///
/// n! ζ(n + 1, x) with the sign of (−1)ⁿ⁺¹, and below zero by reflection: ψₙ(x) = (−1)ⁿ ψₙ(1 − x) − π dⁿ/dxⁿ cot(πx).
public func polygamma(
  _ order: Int, _ x: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("polygamma", fileID, line).composing {
    if order == 0 { return digamma(x) }
    guard (1...polygammaLimit).contains(order) else {
      return build([x], at: CallSite(operator: "polygamma"), in: x.tensor.graph) { _, _ throws(BuildError) in
        throw BuildError("polygamma.order", "the order is \(order); it must lie in 0 ... \(polygammaLimit)")
      }
    }
    let x = promoted([x], .floating, in: x.tensor.graph)[0]
    let isNegative = x .< 0
    let factorial = (1...order).reduce(1.0) { $0 * Double($1) }
    let magnitude = zeta(Double(order + 1), select(isNegative, 1 - x, x)) * factorial
    let signed = order % 2 == 0 ? -magnitude : magnitude
    // dⁿ/dxⁿ cot(πx) is πⁿ times a polynomial in the cotangent: c' = −π(1 + c²).
    var polynomial: [Double] = [0, 1]
    for _ in 0..<order {
      var next = [Double](repeating: 0, count: polynomial.count + 1)
      for power in 1..<polynomial.count {
        let slope = Double(power) * polynomial[power]
        next[power - 1] -= slope
        next[power + 1] -= slope
      }
      polynomial = next
    }
    let inside = select(isNegative, x, 0.5)
    let offset = inside - round(inside)
    // Beyond an eighth of a turn by the complement, which is exact.
    let isComplement = abs(offset) .> 0.25
    let angle = select(isComplement, 0.5 - abs(offset), offset) * Double.pi
    let (sine, cosine) = (sin(angle), cos(angle))
    let cotangent = select(isComplement, copySign(sine / cosine, offset), cosine / sine)
    let scale = (0...order).reduce(1.0) { value, _ in value * Double.pi }
    var derivative = cotangent * polynomial[polynomial.count - 1]
    for coefficient in polynomial.dropFirst().dropLast().reversed() {
      derivative = (derivative + coefficient) * cotangent
    }
    let reflected = (order % 2 == 0 ? signed : -signed) - (derivative + polynomial[0]) * scale
    return select(isNegative, reflected, signed)
  }
}

/// The greatest order whose factorial and polynomial are finite in `float32`.
private let polygammaLimit = 20

/// x · log(y), and 0 where x is 0 and y is not NaN. The derivative with respect to y is 0 there too where y is not
/// positive.
public func xlogy(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  scaledLogarithm(x, y, CallSite("xlogy", fileID, line)) { (log($0), 0 .< $0) }
}

/// x · log(1 + y), and 0 where x is 0 and y is not NaN. The derivative with respect to y is 0 there too where 1 + y is
/// not positive.
public func xlog1py(
  _ x: some TensorConvertible, _ y: some TensorOperand, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  scaledLogarithm(x, y, CallSite("xlog1py", fileID, line)) { (log1p($0), -1 .< $0) }
}

private func scaledLogarithm(
  _ x: some TensorConvertible, _ y: some TensorOperand, _ site: CallSite,
  _ logarithm: (Tensor) -> (value: Tensor, isDefined: Tensor)
) -> Tensor {
  site.composing {
    let operands = promoted([x, y], .floating, in: x.tensor.graph)
    let (x, y) = (operands[0], operands[1])
    let isDefined = logarithm(y).isDefined .& (y .< Double.infinity)
    // Not of NaN, which stays.
    let isVoid = (x .== 0) .& .!isDefined .& (y .== y)
    // Zeros are positive.
    return x * logarithm(select(isVoid, 1, y)).value + 0.0
  }
}

/// log(x / (1 − x)), the inverse of `sigmoid`: −∞ at 0, ∞ at 1, NaN beyond.
///
/// - Parameter epsilon: holds x within [ε, 1 − ε] first.
public func logit(
  _ x: some TensorConvertible, epsilon: Double? = nil, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("logit", fileID, line).composing {
    let x = epsilon.map { clamp(x, $0, 1 - $0) } ?? x.tensor
    return log(x / (1 - x))
  }
}
