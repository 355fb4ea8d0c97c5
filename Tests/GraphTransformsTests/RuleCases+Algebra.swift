// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RuleCase {
  static let algebra = signs + integers + bounds + choices + parts + transposes

  static let signs = [
    RuleCase("x · −1 = −x", to: "negate") {
      let x = $0.parameter()
      return try $0.b.multiply(x, $0.all(-1, x))
    },
    RuleCase("x · −1 = −x", to: "negate") {
      let x = $0.parameter(.int32)
      return try $0.b.multiply($0.all(-1, x), x)
    },
    RuleCase("−x · c = x · −c", to: "constant broadcast multiply") {
      let x = $0.parameter()
      return try $0.b.multiply($0.b.negate(x), $0.all(2.5, x))
    },
    RuleCase("−x · y = −(x · y)", to: "multiply negate") {
      try $0.b.multiply($0.parameter(), $0.b.negate($0.parameter()))
    },
    RuleCase("−x · y = −(x · y)", to: "multiply negate") {
      try $0.b.multiply($0.b.negate($0.parameter(.uint8)), $0.parameter(.uint8))
    },
    RuleCase("−x / c = x / −c for floats", to: "constant broadcast divide") {
      let x = $0.parameter()
      return try $0.b.divide($0.b.negate(x), $0.all(3, x))
    },
    RuleCase("−x / y = x / −y = −(x / y) for floats", to: "divide negate") {
      try $0.b.divide($0.b.negate($0.parameter()), $0.parameter())
    },
    RuleCase("−x / y = x / −y = −(x / y) for floats", to: "divide negate") {
      try $0.b.divide($0.parameter(), $0.b.negate($0.parameter()))
    },
  ]

  static let integers = [
    RuleCase("x − x = 0 for integers", to: "constant broadcast") {
      let x = $0.parameter(.int64)
      return try $0.b.subtract(x, x)
    },
    RuleCase("x · 0 = 0 for integers", to: "constant broadcast") {
      let x = $0.parameter(.uint32)
      return try $0.b.multiply($0.all(0, x), x)
    },
    RuleCase("x xor x = 0 or false", to: "constant broadcast") {
      let x = $0.parameter(.int32)
      return try $0.f(.xor, x, x)
    },
    RuleCase("x xor x = 0 or false", to: "constant broadcast") {
      let x = $0.parameter(.bool)
      return try $0.f(.xor, x, x)
    },
    RuleCase(
      "(x + a) + b = x + (a + b), so for ·, for integers", to: "constant broadcast constant broadcast add add"
    ) {
      let x = $0.parameter(.int32)
      return try $0.b.add($0.b.add(x, $0.all(Double(Int32.max), x)), $0.all(7, x))
    },
    RuleCase(
      "(x + a) + b = x + (a + b), so for ·, for integers",
      to: "constant broadcast constant broadcast multiply multiply"
    ) {
      let x = $0.parameter(.uint8)
      return try $0.b.multiply($0.all(77, x), $0.b.multiply($0.all(5, x), x))
    },
    RuleCase("x¹ = x, x² = x · x, x³ = x · x · x for integers", to: "") {
      let x = $0.parameter(.int32)
      return try $0.f(.power, x, $0.all(1, x))
    },
    RuleCase("x¹ = x, x² = x · x, x³ = x · x · x for integers", to: "multiply") {
      let x = $0.parameter(.int64)
      return try $0.f(.power, x, $0.all(2, x))
    },
    RuleCase("x¹ = x, x² = x · x, x³ = x · x · x for integers", to: "multiply multiply") {
      let x = $0.parameter(.uint8)
      return try $0.f(.power, x, $0.all(3, x))
    },
    RuleCase("sum (repeat x, n times) = n · sum x for integers", to: "constant broadcast multiply") {
      try $0.reduce(.sum, $0.spread($0.parameter(.int32, [3]), [4, 3], [1]), [0])
    },
    RuleCase(
      "sum (repeat x, n times) = n · sum x for integers", to: "constant broadcast reduce broadcast multiply"
    ) {
      try $0.reduce(.sum, $0.spread($0.parameter(.int64, [2, 3]), [2, 5, 3, 1], [0, 2]), [0, 1])
    },
  ]

  static let bounds = [
    RuleCase("max(x, −∞) = min(x, ∞) = x", to: "") {
      let x = $0.parameter()
      return try $0.f(.maximum, x, $0.all(-.infinity, x))
    },
    RuleCase("max(x, −∞) = min(x, ∞) = x", to: "") {
      let x = $0.parameter()
      return try $0.f(.minimum, $0.all(.infinity, x), x)
    },
    RuleCase("clamp(x, −∞, ∞) = x", to: "") {
      let x = $0.parameter()
      return try $0.f(.clamp, x, $0.all(-.infinity, x), $0.all(.infinity, x))
    },
  ]

  static let choices = [
    RuleCase("select(b, 1, 0) = convert b", to: "convert") {
      let x = $0.parameter()
      return try $0.b.select($0.parameter(.bool), $0.all(1, x), $0.all(0, x))
    },
    RuleCase(
      "select(b, select(b, x, y), z) = select(b, x, select(b, y, z)) = select(b, x, z)", to: "select"
    ) {
      let (b, x) = ($0.parameter(.bool), $0.parameter())
      return try $0.b.select(b, $0.b.select(b, x, $0.parameter()), $0.parameter())
    },
    RuleCase(
      "select(b, select(b, x, y), z) = select(b, x, select(b, y, z)) = select(b, x, z)", to: "select"
    ) {
      let (b, x) = ($0.parameter(.bool), $0.parameter())
      return try $0.b.select(b, x, $0.b.select(b, $0.parameter(), $0.parameter()))
    },
    RuleCase("x = x is true, x < x is false, and so on, but for floats", to: "constant broadcast") {
      let x = $0.parameter(.int32)
      return try $0.f(.greaterOrEqual, x, x)
    },
    RuleCase("x = x is true, x < x is false, and so on, but for floats", to: "constant broadcast") {
      let x = $0.parameter(.bool)
      return try $0.f(.notEqual, x, x)
    },
    RuleCase("convert b ≠ 0 = b", to: "") {
      let b = $0.parameter(.bool)
      let number = try $0.convert(b, .float32)
      return try $0.f(.notEqual, number, $0.all(0, number))
    },
    RuleCase("b = true is b, b = false is not b", to: "") {
      let b = $0.parameter(.bool)
      return try $0.f(.equal, b, $0.all(1, b))
    },
    RuleCase("b = true is b, b = false is not b", to: "not") {
      let b = $0.parameter(.bool)
      return try $0.f(.notEqual, $0.all(1, b), b)
    },
  ]

  static let parts = [
    RuleCase("slice (iota) = a smaller iota, where it starts at 0", to: "iota") {
      let numbers = try $0.b.append(.iota(IotaOp(type: TensorType(.int32, [4, 6]), axis: 1)))
      return try $0.slice(numbers, [1, 0], [4, 5], by: [2, 1])
    },
    RuleCase("slice (transpose x) = transpose (slice x)", to: "slice transpose") {
      let turned = try $0.transpose($0.parameter(.float32, [3, 4, 5]), [2, 0, 1])
      return try $0.slice(turned, [1, 0, 2], [5, 3, 4], by: [2, 1, 1])
    },
    RuleCase("slice (reverse x) = reverse (slice x)", to: "slice reverse") {
      try $0.slice($0.reverse($0.parameter(.float32, [10, 3]), [0]), [2, 1], [9, 3], by: [3, 1])
    },
    RuleCase("slice (pad x) = pad (slice x)", to: "slice pad") {
      let (x, zero) = ($0.parameter(.float32, [5]), $0.parameter(.float32, []))
      return try $0.slice($0.pad(x, zero, [2], [3]), [1], [5])
    },
    RuleCase("slice (pad x) = pad (slice x)", to: "broadcast") {
      let (x, zero) = ($0.parameter(.float32, [5]), $0.parameter(.float32, []))
      return try $0.slice($0.pad(x, zero, [2], [3]), [8], [10])
    },
    RuleCase("slice (pad x) = pad (slice x)", to: "slice pad") {
      let (x, zero) = ($0.parameter(.float32, [4, 4]), $0.parameter(.float32, []))
      return try $0.slice($0.pad(x, zero, [1, 0], [2, 3]), [2, 1], [6, 5])
    },
    RuleCase("slice (concatenate x, y, z) = concatenate (slice x, slice y)", to: "slice slice concatenate") {
      let parts = (0..<3).map { [builder = $0] _ in builder.parameter(.float32, [4, 2]) }
      return try $0.slice($0.join(parts, 0), [1, 1], [7, 2])
    },
    RuleCase("concatenate neighbouring slices of x = slice x", to: "slice") {
      let x = $0.parameter(.float32, [9, 2])
      return try $0.join([$0.slice(x, [1, 0], [4, 2]), $0.slice(x, [4, 0], [7, 2])], 0)
    },
    RuleCase("concatenate neighbouring slices of x = slice x", to: "slice slice concatenate") {
      let x = $0.parameter(.float32, [12])
      return try $0.join(
        [$0.slice(x, [0], [5], by: [2]), $0.slice(x, [6], [9], by: [2]), $0.slice(x, [9], [12])], 0)
    },
  ]

  static let transposes = [
    RuleCase("reduce (transpose x) = transpose (reduce x)", to: "reduce transpose") {
      try $0.reduce(.max, $0.transpose($0.parameter(.float32, [2, 3, 4]), [2, 1, 0]), [1])
    },
    RuleCase("reduce (transpose x) = transpose (reduce x)", to: "reduce") {
      try $0.reduce(.sum, $0.transpose($0.parameter(.float32, [2, 3, 4, 5]), [1, 0, 2, 3]), [0, 2])
    },
  ]
}

extension RuleCase {
  /// What looks like one of the rules above and rounds, or has another sign.
  static let algebraTraps: [@Sendable (CaseBuilder) throws -> Value] = [
    { try $0.b.divide($0.b.negate($0.parameter(.int32)), $0.parameter(.int32)) },
    {
      let x = $0.parameter()
      return try $0.b.add($0.b.add(x, $0.all(3, x)), $0.all(7, x))
    },
    {
      let x = $0.parameter()
      return try $0.f(.power, x, $0.all(2, x))
    },
    {
      let x = $0.parameter()
      return try $0.f(.less, x, x)
    },
    {
      let x = $0.parameter()
      return try $0.f(.maximum, x, $0.all(.infinity, x))
    },
    {
      let x = $0.parameter(.float32, [3, 4])
      return try $0.reduce(.sum, $0.transpose(x, [1, 0]), [0])
    },
    { try $0.reduce(.sum, $0.spread($0.parameter(.float32, [3]), [2, 3], [1]), [0]) },
    {
      let x = $0.parameter(.float32, [9])
      return try $0.join([$0.slice(x, [1], [4]), $0.slice(x, [5], [7])], 0)
    },
    {
      let b = $0.parameter(.bool)
      let number = try $0.convert(b, .float32)
      return try $0.f(.notEqual, number, $0.all(1, number))
    },
  ]
}
