// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A program that one rule rewrites, and what is left of it.
struct RuleCase: Sendable {
  let rule: String
  /// The ops of the rewritten program in order, without its parameters.
  let result: String
  let build: @Sendable (CaseBuilder) throws -> Value

  init(_ rule: String, to result: String, _ build: @escaping @Sendable (CaseBuilder) throws -> Value) {
    self.rule = rule
    self.result = result
    self.build = build
  }
}

/// Short words for the programs of the cases.
struct CaseBuilder {
  let b = ModuleBuilder()

  func parameter(_ dtype: DType = .float32, _ shape: Shape = [24]) -> Value {
    b.addParameter(name: "p\(b.parameters.count)", type: TensorType(dtype, shape))
  }
  func f(_ function: ScalarFunction, _ operands: Value...) throws -> Value {
    try b.append(.pointwise(PointwiseOp(function)), operands)
  }
  func all(_ number: Double, _ value: Value) throws -> Value { try b.full(number, like: value) }
  /// Appends what `ModuleBuilder`'s own words would leave out.
  func reshape(_ x: Value, _ shape: Shape) throws -> Value {
    try b.append(.reshape(ReshapeOp(shape: shape)), [x])
  }
  func transpose(_ x: Value, _ permutation: [Int]) throws -> Value {
    try b.append(.transpose(TransposeOp(permutation: permutation)), [x])
  }
  func spread(_ x: Value, _ shape: Shape, _ axes: [Int]) throws -> Value {
    try b.append(.broadcast(BroadcastOp(shape: shape, axes: axes)), [x])
  }
  func reduce(_ kind: ReduceOp.Kind, _ x: Value, _ axes: [Int]) throws -> Value {
    try b.append(.reduce(ReduceOp(kind, axes: axes)), [x])
  }
  func slice(_ x: Value, _ starts: [Int], _ limits: [Int], by strides: [Int]? = nil) throws -> Value {
    let strides = strides ?? starts.map { _ in 1 }
    return try b.append(.slice(SliceOp(starts: starts, limits: limits, strides: strides)), [x])
  }
  func pad(_ x: Value, _ value: Value, _ low: [Int], _ high: [Int], interior: [Int]? = nil) throws -> Value {
    let interior = interior ?? low.map { _ in 0 }
    return try b.append(.pad(PadOp(low: low, high: high, interior: interior)), [x, value])
  }
  func reverse(_ x: Value, _ axes: [Int]) throws -> Value {
    try b.append(.reverse(ReverseOp(axes: axes)), [x])
  }
  func window(_ x: Value, _ axes: [Int], _ sizes: [Int], _ strides: [Int]) throws -> Value {
    let geometry = WindowGeometry(axes: axes, sizes: sizes, strides: strides, dilations: axes.map { _ in 1 })
    return try b.append(.window(WindowOp(geometry)), [x])
  }
  func join(_ parts: [Value], _ axis: Int) throws -> Value {
    try b.append(.concatenate(ConcatenateOp(axis: axis)), parts)
  }
  func convert(_ x: Value, _ dtype: DType) throws -> Value {
    try b.append(.convert(ConvertOp(to: dtype)), [x])
  }
  func gather(_ x: Value, _ indices: Value, _ axes: [Int], batch: Int = 0) throws -> Value {
    try b.append(.gather(GatherOp(axes: axes, batch: batch)), [x, indices])
  }
  func window(_ x: Value, _ sizes: Shape, at starts: Value...) throws -> Value {
    try b.append(.dynamicSlice(DynamicSliceOp(sizes: sizes)), [x] + starts)
  }
  func update(_ x: Value, _ update: Value, at starts: Value...) throws -> Value {
    try b.append(.dynamicUpdate(DynamicUpdateOp()), [x, update] + starts)
  }
  func constant(_ array: NDArray) throws -> Value { try b.append(.constant(ConstantOp(array))) }
}

extension RuleCase {
  static let all =
    markers + arithmetic + logic + conversions + indices + shapes + windows + slidings + joins + indexing
    + reductions + folding + algebra

  static let markers = [
    RuleCase("identity x = x", to: "") { try $0.b.append(.identity(IdentityOp(id: 0)), [$0.parameter()]) },
    RuleCase("stopGradient x = x", to: "") {
      try $0.b.append(.stopGradient(StopGradientOp()), [$0.parameter()])
    },
    RuleCase("a value without elements = a constant without elements", to: "constant broadcast") {
      try $0.f(.exp, $0.parameter(.float32, [3, 0]))
    },
  ]

  static let arithmetic = [
    RuleCase("x + −0 = x", to: "") {
      let x = $0.parameter()
      return try $0.b.add(x, $0.all(-0.0, x))
    },
    RuleCase("x + −0 = x", to: "") {
      let x = $0.parameter()
      return try $0.b.add($0.all(-0.0, x), x)
    },
    RuleCase("x + −0 = x", to: "") {
      let x = $0.parameter(.int32)
      return try $0.b.add(x, $0.all(0, x))
    },
    RuleCase("x − 0 = x", to: "") {
      let x = $0.parameter()
      return try $0.b.subtract(x, $0.all(0, x))
    },
    RuleCase("x · 1 = x", to: "") {
      let x = $0.parameter()
      return try $0.b.multiply(x, $0.all(1, x))
    },
    RuleCase("x · 1 = x", to: "") {
      let x = $0.parameter(.uint8)
      return try $0.b.multiply($0.all(1, x), x)
    },
    RuleCase("x / 1 = x", to: "") {
      let x = $0.parameter(.int64)
      return try $0.b.divide(x, $0.all(1, x))
    },
    RuleCase("x / 2ᵏ = x · 2⁻ᵏ", to: "constant broadcast multiply") {
      let x = $0.parameter()
      return try $0.b.divide(x, $0.all(-8, x))
    },
    RuleCase("x / 2ᵏ = x · 2⁻ᵏ", to: "constant broadcast multiply") {
      let x = $0.parameter(.float64)
      return try $0.b.divide(x, $0.all(0x1p-1022, x))
    },
    RuleCase("−(−x) = x", to: "") { try $0.b.negate($0.b.negate($0.parameter())) },
    RuleCase("x + −y = x − y", to: "subtract") { try $0.b.add($0.parameter(), $0.b.negate($0.parameter())) },
    RuleCase("x + −y = x − y", to: "subtract") { try $0.b.add($0.b.negate($0.parameter()), $0.parameter()) },
    RuleCase("x + −y = x − y", to: "subtract") {
      try $0.b.add($0.parameter(.uint8), $0.b.negate($0.parameter(.uint8)))
    },
    RuleCase("x − −y = x + y", to: "add") { try $0.b.subtract($0.parameter(), $0.b.negate($0.parameter())) },
    RuleCase("−x · −y = x · y", to: "multiply") {
      try $0.b.multiply($0.b.negate($0.parameter(.int32)), $0.b.negate($0.parameter(.int32)))
    },
    RuleCase("−x / −y = x / y for floats", to: "divide") {
      try $0.b.divide($0.b.negate($0.parameter()), $0.b.negate($0.parameter()))
    },
    RuleCase("x⁰ = 1", to: "constant broadcast") {
      let x = $0.parameter()
      return try $0.f(.power, x, $0.all(0, x))
    },
    RuleCase("x⁰ = 1", to: "constant broadcast") {
      let x = $0.parameter(.int32)
      return try $0.f(.power, x, $0.all(0, x))
    },
    RuleCase("|−x| = |x|", to: "abs") { try $0.f(.abs, $0.b.negate($0.parameter())) },
    RuleCase("|−x| = |x|", to: "abs") { try $0.f(.abs, $0.b.negate($0.parameter(.int32))) },
    RuleCase("f(f(x)) = f(x) for |·|, sign and roundings", to: "abs") {
      try $0.f(.abs, $0.f(.abs, $0.parameter(.int32)))
    },
    RuleCase("f(f(x)) = f(x) for |·|, sign and roundings", to: "sign") {
      try $0.f(.sign, $0.f(.sign, $0.parameter()))
    },
    RuleCase("f(f(x)) = f(x) for |·|, sign and roundings", to: "round") {
      try $0.f(.round, $0.f(.round, $0.parameter()))
    },
    RuleCase("f(f(x)) = f(x) for |·|, sign and roundings", to: "floor") {
      try $0.f(.floor, $0.f(.floor, $0.parameter()))
    },
    RuleCase("f(f(x)) = f(x) for |·|, sign and roundings", to: "ceil") {
      try $0.f(.ceil, $0.f(.ceil, $0.parameter()))
    },
    RuleCase("max(x, x) = min(x, x) = x", to: "") {
      let x = $0.parameter()
      return try $0.f(.maximum, x, x)
    },
    RuleCase("max(x, x) = min(x, x) = x", to: "") {
      let x = $0.parameter()
      return try $0.f(.minimum, x, x)
    },
  ]

  static let logic = [
    RuleCase("not not b = b", to: "") { try $0.f(.not, $0.f(.not, $0.parameter(.bool))) },
    RuleCase("not (x = y) = x ≠ y, and back", to: "notEqual") {
      try $0.f(.not, $0.f(.equal, $0.parameter(), $0.parameter()))
    },
    RuleCase("not (x = y) = x ≠ y, and back", to: "equal") {
      try $0.f(.not, $0.f(.notEqual, $0.parameter(), $0.parameter()))
    },
    RuleCase("not (x < y) = x ≥ y for integers, and so on", to: "greaterOrEqual") {
      try $0.f(.not, $0.f(.less, $0.parameter(.int32), $0.parameter(.int32)))
    },
    RuleCase("not (x < y) = x ≥ y for integers, and so on", to: "less") {
      try $0.f(.not, $0.f(.greaterOrEqual, $0.parameter(.uint8), $0.parameter(.uint8)))
    },
    RuleCase("not (x < y) = x ≥ y for integers, and so on", to: "greater") {
      try $0.f(.not, $0.f(.lessOrEqual, $0.parameter(.int64), $0.parameter(.int64)))
    },
    RuleCase("not (x < y) = x ≥ y for integers, and so on", to: "lessOrEqual") {
      try $0.f(.not, $0.f(.greater, $0.parameter(.uint32), $0.parameter(.uint32)))
    },
    RuleCase("b and b = b or b = b", to: "") {
      let x = $0.parameter(.bool)
      return try $0.f(.and, x, x)
    },
    RuleCase("b and b = b or b = b", to: "") {
      let x = $0.parameter(.bool)
      return try $0.f(.or, x, x)
    },
    RuleCase("b and true = b", to: "") {
      let x = $0.parameter(.bool)
      return try $0.f(.and, x, $0.all(1, x))
    },
    RuleCase("b or false = b xor false = b", to: "") {
      let x = $0.parameter(.bool)
      return try $0.f(.or, $0.all(0, x), x)
    },
    RuleCase("b or false = b xor false = b", to: "") {
      let x = $0.parameter(.bool)
      return try $0.f(.xor, $0.all(0, x), x)
    },
    RuleCase("b and false = false", to: "constant broadcast") {
      let x = $0.parameter(.bool)
      return try $0.f(.and, x, $0.all(0, x))
    },
    RuleCase("b or true = true", to: "constant broadcast") {
      let x = $0.parameter(.bool)
      return try $0.f(.or, x, $0.all(1, x))
    },
    RuleCase("b xor true = not b", to: "not") {
      let x = $0.parameter(.bool)
      return try $0.f(.xor, $0.all(1, x), x)
    },
    RuleCase("select(true, x, y) = x, select(false, x, y) = y", to: "") {
      let (x, y) = ($0.parameter(), $0.parameter())
      return try $0.b.select($0.b.full(1, TensorType(.bool, [24])), x, y)
    },
    RuleCase("select(true, x, y) = x, select(false, x, y) = y", to: "") {
      let (x, y) = ($0.parameter(), $0.parameter())
      return try $0.b.select($0.b.full(0, TensorType(.bool, [24])), x, y)
    },
    RuleCase("select(b, x, x) = x", to: "") {
      let x = $0.parameter()
      return try $0.b.select($0.parameter(.bool), x, x)
    },
    RuleCase("select(not b, x, y) = select(b, y, x)", to: "select") {
      try $0.b.select($0.f(.not, $0.parameter(.bool)), $0.parameter(), $0.parameter())
    },
    RuleCase("select(b, true, false) = b", to: "") {
      let b = $0.parameter(.bool)
      return try $0.b.select(b, $0.all(1, b), $0.all(0, b))
    },
    RuleCase("select(b, false, true) = not b", to: "not") {
      let b = $0.parameter(.bool)
      return try $0.b.select(b, $0.all(0, b), $0.all(1, b))
    },
  ]

  static let conversions = [
    RuleCase("convert x to its own type = x", to: "") { try $0.convert($0.parameter(.int32), .int32) },
    RuleCase("convert (convert x) = convert x, if the first keeps every value", to: "") {
      try $0.convert($0.convert($0.parameter(.float32), .float64), .float32)
    },
    RuleCase("convert (convert x) = convert x, if the first keeps every value", to: "convert") {
      try $0.convert($0.convert($0.parameter(.float32), .float64), .uint8)
    },
    RuleCase("convert (convert x) = convert x, if the first keeps every value", to: "convert") {
      try $0.convert($0.convert($0.parameter(.int32), .int64), .uint32)
    },
    RuleCase("convert (convert x) = convert x, if the first keeps every value", to: "convert") {
      try $0.convert($0.convert($0.parameter(.int32), .float64), .float32)
    },
    RuleCase("convert (convert x) = convert x, if the first keeps every value", to: "") {
      try $0.convert($0.convert($0.parameter(.bool), .float32), .bool)
    },
  ]
}

extension RuleCase {
  static let indices = [
    RuleCase("convert (iota in T) = iota where T holds the indices", to: "iota") {
      try $0.convert($0.b.append(.iota(IotaOp(type: TensorType(.int64, [2, 40]), axis: 1))), .uint32)
    },
    RuleCase("convert (iota in T) = iota where T holds the indices", to: "iota") {
      try $0.convert($0.b.append(.iota(IotaOp(type: TensorType(.float32, [256]), axis: 0))), .uint8)
    },
    RuleCase("convert (iota in T) = iota where T holds the indices", to: "iota") {
      try $0.convert($0.b.append(.iota(IotaOp(type: TensorType(.int32, [300]), axis: 0))), .uint8)
    },
    RuleCase("iota / c = 0 where no index reaches c", to: "constant broadcast") {
      let indices = try $0.b.append(.iota(IotaOp(type: TensorType(.int64, [40]), axis: 0)))
      return try $0.b.divide(indices, $0.all(40, indices))
    },
  ]
}
