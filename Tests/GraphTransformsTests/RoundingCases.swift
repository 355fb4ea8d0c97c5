// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A program that a rule rewrites which rounds differently: in either precision, so that one can judge the other.
struct RoundingCase: Sendable {
  let rule: String
  /// The ops of the rewritten program in order, without its parameters.
  let result: String
  let build: @Sendable (CaseBuilder, DType) throws -> Value

  init(
    _ rule: String, to result: String, _ build: @escaping @Sendable (CaseBuilder, DType) throws -> Value
  ) {
    self.rule = rule
    self.result = result
    self.build = build
  }
}

extension CaseBuilder {
  /// exp x over its sum along the last axis, as the front end writes it.
  func softmax(_ x: Value, isShifted: Bool) throws -> Value {
    let shape = b.type(of: x).shape
    var x = x
    if isShifted { x = try b.subtract(x, kept(b.reduce(.max, x, axes: [shape.rank - 1]), like: x)) }
    let powers = try f(.exp, x)
    return try b.divide(powers, kept(b.sum(powers, axes: [shape.rank - 1]), like: x))
  }

  /// A reduction with a unit axis in the last place, stretched.
  private func kept(_ reduced: Value, like x: Value) throws -> Value {
    let shape = b.type(of: x).shape
    let column = try reshape(reduced, Shape(shape.dims.dropLast() + [1]))
    return try spread(column, shape, Array(0..<shape.rank))
  }

  fileprivate func sigmoid(_ x: Value) throws -> Value {
    try b.divide(all(1, x), b.add(all(1, x), f(.exp, b.negate(x))))
  }
}

private let ramp = "constant broadcast greater negate select exp select log1p add"

extension RoundingCase {
  static let all = stabilizing + rounding + reassociating

  static let stabilizing = [
    RoundingCase("1 / (1 + exp −x) = sigmoid x", to: "sigmoid") { try $0.sigmoid($0.parameter($1)) },
    RoundingCase("log exp x = x", to: "") { try $0.f(.log, $0.f(.exp, $0.parameter($1))) },
    RoundingCase(
      "log sigmoid x = −ramp −x",
      to: "negate constant broadcast greater negate select exp select log1p add negate"
    ) {
      try $0.f(.log, $0.f(.sigmoid, $0.parameter($1)))
    },
    RoundingCase("log (1 − sigmoid x) = −ramp x", to: ramp + " negate") {
      let x = $0.parameter($1)
      return try $0.f(.log, $0.b.subtract($0.all(1, x), $0.f(.sigmoid, x)))
    },
    RoundingCase("log1p −sigmoid x = −ramp x", to: ramp + " negate") {
      try $0.f(.log1p, $0.b.negate($0.f(.sigmoid, $0.parameter($1))))
    },
    RoundingCase("log1p exp x = ramp x", to: ramp) { try $0.f(.log1p, $0.f(.exp, $0.parameter($1))) },
    RoundingCase("log (1 + x) = log1p x", to: "multiply log1p") {
      let x = $0.parameter($1)
      return try $0.f(.log, $0.b.add($0.b.multiply(x, x), $0.all(1, x)))
    },
    RoundingCase("log (1 − x) = log1p −x", to: "sigmoid negate log1p") {
      let x = $0.parameter($1)
      return try $0.f(.log, $0.b.subtract($0.all(1, x), $0.f(.sigmoid, x)))
    },
    RoundingCase("exp x − 1 = expm1 x", to: "expm1") {
      let x = $0.parameter($1)
      return try $0.b.subtract($0.f(.exp, x), $0.all(1, x))
    },
    RoundingCase(
      "log (exp x / Σ exp x) = y − log Σ exp y, y = x − max x",
      to: "reduce reshape broadcast subtract exp reduce log broadcast subtract"
    ) {
      try $0.f(.log, $0.softmax($0.parameter($1, [6, 8]), isShifted: true))
    },
    RoundingCase(
      "log (exp x / Σ exp x) = y − log Σ exp y, y = x − max x",
      to: "reduce stopGradient broadcast subtract exp reduce log broadcast subtract"
    ) {
      try $0.f(.log, $0.softmax($0.parameter($1, [6, 8]), isShifted: false))
    },
    RoundingCase(
      "log select(b, c, p) = select(b, log c, log p) for p as above",
      to:
        "constant broadcast less constant broadcast log reduce stopGradient broadcast subtract exp reduce log broadcast subtract select"
    ) {
      let x = $0.parameter($1, [6, 8])
      let p = try $0.softmax(x, isShifted: false)
      return try $0.f(.log, $0.b.select($0.f(.less, x, $0.all(0, x)), $0.all(1, p), p))
    },
    RoundingCase(
      "log select(b, c, p) = select(b, log c, log p) for p as above",
      to:
        "constant broadcast less constant broadcast log reduce stopGradient broadcast subtract exp reduce log broadcast subtract select"
    ) {
      let x = $0.parameter($1, [6, 8])
      let p = try $0.softmax(x, isShifted: false)
      return try $0.f(.log, $0.b.select($0.f(.less, x, $0.all(0, x)), p, $0.all(1, p)))
    },
    RoundingCase(
      "log Σ exp x = m + log Σ exp (x − m), m = max x",
      to:
        "reduce stopGradient abs constant broadcast less constant broadcast select broadcast subtract exp reduce log add"
    ) {
      try $0.f(.log, $0.reduce(.sum, $0.f(.exp, $0.parameter($1, [6, 8])), [1]))
    },
  ]

  static let rounding = [
    RoundingCase("x¹ = x, x² = x · x, x³ = x · x · x, x⁻¹ = 1 / x", to: "") {
      let x = $0.parameter($1)
      return try $0.f(.power, x, $0.all(1, x))
    },
    RoundingCase("x¹ = x, x² = x · x, x³ = x · x · x, x⁻¹ = 1 / x", to: "multiply") {
      let x = $0.parameter($1)
      return try $0.f(.power, x, $0.all(2, x))
    },
    RoundingCase("x¹ = x, x² = x · x, x³ = x · x · x, x⁻¹ = 1 / x", to: "multiply multiply") {
      let x = $0.parameter($1)
      return try $0.f(.power, x, $0.all(3, x))
    },
    RoundingCase("x¹ = x, x² = x · x, x³ = x · x · x, x⁻¹ = 1 / x", to: "constant broadcast divide") {
      let x = $0.parameter($1)
      return try $0.f(.power, x, $0.all(-1, x))
    },
    RoundingCase("sum (repeat x, n times) = n · sum x", to: "constant broadcast multiply") {
      try $0.reduce(.sum, $0.spread($0.parameter($1, [48]), [37, 48], [1]), [0])
    },
    RoundingCase("sum (repeat x, n times) = n · sum x", to: "constant reduce multiply") {
      try $0.reduce(.sum, $0.spread($0.parameter($1, [48]), [37, 48], [1]), [0, 1])
    },
    RoundingCase("sum (transpose x) = transpose (sum x)", to: "reduce") {
      try $0.reduce(.sum, $0.transpose($0.parameter($1, [6, 8]), [1, 0]), [0])
    },
    RoundingCase("sum (sum x) = sum x along both, of few elements", to: "reduce") {
      try $0.reduce(.sum, $0.reduce(.sum, $0.parameter($1, [6, 8]), [1]), [0])
    },
  ]

  static let reassociating = [
    RoundingCase(
      "(x + a) + b = x + (a + b) for constants", to: "constant broadcast constant broadcast add add"
    ) {
      let x = $0.parameter($1)
      return try $0.b.add($0.b.add(x, $0.all(0.3, x)), $0.all(70, x))
    },
    RoundingCase(
      "(x · a) · b = x · (a · b) for constants", to: "constant broadcast constant broadcast multiply multiply"
    ) {
      let x = $0.parameter($1)
      return try $0.b.multiply($0.all(0.7, x), $0.b.multiply($0.all(0.3, x), x))
    },
  ]
}
