// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleCase {
  /// Cases that exercise an op in every element type and many shapes; nil for an op that nobody has thought of here,
  /// empty for one that never reaches the kernels.
  ///
  /// A case has many results, so that a sweep compiles few modules.
  public static func cases(for kind: OpKind) throws -> [ModuleCase]? {
    if let function = ScalarFunction(rawValue: kind.mnemonic) { return try pointwiseCases(function) }
    switch kind.mnemonic {
    case "variable": return try variableCases()
    case "constant": return try constantCases()
    case "iota": return try iotaCases()
    case "reshape": return try everyType("reshape", reshapes)
    case "transpose": return try everyType("transpose", transposes)
    case "broadcast": return try everyType("broadcast", broadcasts)
    case "slice": return try everyType("slice", slices)
    case "pad": return try everyType("pad", pads)
    case "reverse": return try everyType("reverse", reversals)
    case "concatenate": return try everyType("concatenate", concatenations)
    case "window": return try windowCases()
    case "fold": return try foldCases()
    case "gather": return try gatherCases()
    case "scatter": return try scatterCases()
    case "dynamicSlice": return try dynamicSliceCases()
    case "dynamicUpdate": return try dynamicUpdateCases()
    case "reduce": return try reductionCases()
    case "argMax": return try argReductionCases(.max)
    case "argMin": return try argReductionCases(.min)
    case "dot": return try dotCases()
    case "cumulative": return try cumulativeCases()
    case "linearRecurrence": return try linearRecurrenceCases()
    case "sort": return try sortCases()
    case "searchSorted": return try searchCases()
    // Compared within rounding, by LinearAlgebraTests.
    case "lu", "cholesky", "triangularSolve", "solve", "qr", "svd", "eigh": return []
    case "convert": return try conversionCases()
    case "identity": return try everyType("identity") { [try $0.append(.identity(IdentityOp(id: 7)), [$1])] }
    case "stopGradient":
      return try everyType("stopGradient") { [try $0.append(.stopGradient(StopGradientOp()), [$1])] }
    case "cond": return try condCases()
    case "call": return try callCases()
    case "while": return try whileCases()
    case "scan": return try scanCases()
    case "gradient": return []
    default: return nil
    }
  }

  static let dtypes = DType.allCases.filter { $0 != .string }
  static let numericTypes = dtypes.filter(\.isNumeric)

  /// Scalars, nothing, one, odd lengths, and more than the lanes of any vector.
  static let shapes: [[Int]] = [[], [1], [0], [7], [3, 0, 2], [67], [2, 3, 5]]

  // MARK: Elementwise

  private static func pointwiseCases(_ function: ScalarFunction) throws -> [ModuleCase] {
    try dtypes.filter(function.typeRule.allows).map { dtype in
      try ModuleCase("\(function.name) \(dtype)") { inputs in
        let b = inputs.builder
        // Integer divisions by zero fail the run.
        let isDivision = (function == .divide || function == .remainder) && dtype.isInteger
        let operands = { (shape: [Int]) -> [Value] in
          (0..<function.arity).map { position in
            let isCondition = function == .select && position == 0
            return inputs.parameter(
              isCondition ? .bool : dtype, shape, isDivision && position == 1 ? .nonzero : .all)
          }
        }
        let apply = { (operands: [Value]) in try b.append(.pointwise(PointwiseOp(function)), operands) }
        var results = try shapes.map { try apply(operands($0)) }
        results.append(try apply(operands([5, 9]).map { try b.transpose($0, [1, 0]) }))
        results.append(try apply(operands([9]).map { try b.broadcast($0, to: [3, 9], axes: [1]) }))
        results.append(try apply(operands([3, 1]).map { try b.broadcast($0, to: [3, 9], axes: [0, 1]) }))
        results.append(
          try apply(
            operands([4, 21]).map {
              let slice = SliceOp(starts: [1, 2], limits: [4, nil], strides: [2, 3])
              return try b.append(.slice(slice), [$0])
            }))
        results.append(
          try apply(operands([2, 11]).map { try b.append(.reverse(ReverseOp(axes: [1])), [$0]) }))
        return results
      }
    }
  }

  private static func conversionCases() throws -> [ModuleCase] {
    try dtypes.map { source in
      try ModuleCase("convert \(source)") { inputs in
        try dtypes.flatMap { target in
          try [[], [0], [67]].map { shape in
            try inputs.builder.append(.convert(ConvertOp(to: target)), [inputs.parameter(source, shape)])
          }
        }
      }
    }
  }

  // MARK: Leaves

  private static func variableCases() throws -> [ModuleCase] {
    [
      try ModuleCase("variable") { inputs in
        let b = inputs.builder
        let v = inputs.variable(.float32, [3, 5])
        let unchanged = inputs.variable(.int32, [2])
        let empty = inputs.variable(.float64, [0, 4])
        let fed = inputs.parameter(.float64, [4, 0])
        let next = try b.negate(v)
        inputs.update(0, to: next)
        inputs.update(1, to: unchanged)
        inputs.update(2, to: try b.reshape(fed, to: [0, 4]))
        return [v, next, unchanged, empty]
      }
    ]
  }

  private static func constantCases() throws -> [ModuleCase] {
    try dtypes.map { dtype in
      try ModuleCase("constant \(dtype)") { inputs in
        let b = inputs.builder
        return try shapes.enumerated().flatMap { index, shape -> [Value] in
          let array = SampleArray.make(dtype, shape, seed: index)
          let constant = try b.append(.constant(ConstantOp(array)))
          let other = inputs.parameter(dtype, shape)
          return [constant, try b.apply(.equal, constant, other)]
        }
      }
    }
  }

  private static func iotaCases() throws -> [ModuleCase] {
    try numericTypes.map { dtype in
      try ModuleCase("iota \(dtype)") { inputs in
        let b = inputs.builder
        let iota = { (shape: Shape, axis: Int) in
          try b.append(.iota(IotaOp(type: TensorType(dtype, shape), axis: axis)))
        }
        // 300 does not fit u8.
        let long = try iota([300], 0)
        let matrix = try iota([3, 5], 1)
        return [
          long, matrix, try iota([3, 5], 0), try iota([0, 5], 1), try iota([1], 0),
          try b.transpose(matrix, [1, 0]),
          try b.append(.slice(SliceOp(starts: [1], limits: [nil], strides: [7])), [long]),
          try b.append(.reverse(ReverseOp(axes: [0])), [long]),
          try b.multiply(long, b.append(.reverse(ReverseOp(axes: [0])), [long])),
          try b.reshape(matrix, to: [15]), try b.reshape(long, to: [3, 1, 100]),
        ]
      }
    }
  }

  // MARK: Data movement

  /// A case for each type, of an op on a parameter and of the op on an expression.
  private static func everyType(
    _ name: String, _ build: (ModuleBuilder, Value) throws -> [Value]
  ) throws -> [ModuleCase] {
    try dtypes.map { dtype in
      try ModuleCase("\(name) \(dtype)") { inputs in
        let b = inputs.builder
        let stored = inputs.parameter(dtype, [2, 3, 4])
        let other = inputs.parameter(dtype, [2, 3, 4])
        let computed = try b.select(b.apply(.equal, stored, other), other, stored)
        let empty = inputs.parameter(dtype, [2, 0, 4])
        let one = inputs.parameter(dtype, [1, 1, 1])
        return try [stored, computed, empty, one].flatMap { try build(b, $0) }
      }
    }
  }

  private static func extents(_ value: Value, _ b: ModuleBuilder) -> [Int] {
    b.type(of: value).shape.extents ?? []
  }

  private static func reshapes(_ b: ModuleBuilder, _ x: Value) throws -> [Value] {
    let e = extents(x, b)
    var targets: [[Int]] = [
      [e[0] * e[1], e[2]], [e[0], e[1] * e[2]], [e[0] * e[1] * e[2]], [1, e[0], 1, e[1], e[2], 1],
      [e[2], e[1], e[0]],
    ]
    if e == [2, 3, 4] { targets += [[2, 3, 2, 2], [2, 3, 1, 4], [2, 6, 2], [2, 3, 4, 1], [3, 8]] }
    if e == [1, 1, 1] { targets += [[], [1]] }
    if e == [2, 0, 4] { targets += [[0], [5, 0], [0, 0, 7]] }
    let direct = try targets.map { try b.append(.reshape(ReshapeOp(shape: Shape($0))), [x]) }
    // Consumed in place, and over a view.
    let turned = try b.transpose(x, [2, 0, 1])
    let inner = try targets.map { shape in
      let operand = try b.append(.reshape(ReshapeOp(shape: Shape(shape))), [turned])
      return try b.apply(.equal, operand, operand)
    }
    return direct + inner
  }

  private static func transposes(_ b: ModuleBuilder, _ x: Value) throws -> [Value] {
    try [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].map {
      try b.append(.transpose(TransposeOp(permutation: $0)), [x])
    }
  }

  private static func broadcasts(_ b: ModuleBuilder, _ x: Value) throws -> [Value] {
    let e = extents(x, b)
    let scalarLike = try b.append(.constant(ConstantOp(SampleArray.make(b.type(of: x).dtype, [], seed: 5))))
    return [
      try b.append(.broadcast(BroadcastOp(shape: Shape([5] + e), axes: [1, 2, 3])), [x]),
      try b.append(.broadcast(BroadcastOp(shape: Shape([e[0], 2, e[1], 3, e[2]]), axes: [0, 2, 4])), [x]),
      try b.append(.broadcast(BroadcastOp(shape: Shape([e[0], 0, e[1], e[2]]), axes: [0, 2, 3])), [x]),
      try b.append(.broadcast(BroadcastOp(shape: Shape(e), axes: [0, 1, 2])), [x]),
      try b.append(.broadcast(BroadcastOp(shape: Shape(e), axes: [])), [scalarLike]),
    ]
      + (e == [1, 1, 1]
        ? [try b.append(.broadcast(BroadcastOp(shape: [2, 3, 4], axes: [0, 1, 2])), [x])] : [])
  }

  private static func slices(_ b: ModuleBuilder, _ x: Value) throws -> [Value] {
    let e = extents(x, b)
    let slice = { (starts: [Int], limits: [Int?], strides: [Int]) in
      try b.append(.slice(SliceOp(starts: starts, limits: limits, strides: strides)), [x])
    }
    return [
      try slice([0, 0, 0], [nil, nil, nil], [1, 1, 1]),
      try slice([0, 0, 0], [nil, nil, nil], [2, 2, 3]),
      try slice([e[0] - 1, 0, e[2] / 2], [nil, nil, nil], [1, 1 << 30, 2]),
      try slice([1, 0, 1], [1, nil, nil], [1, 1, 1]),
      try slice([0, e[1], 0], [nil, nil, nil], [1, 1, 1]),
    ]
  }

  private static func pads(_ b: ModuleBuilder, _ x: Value) throws -> [Value] {
    let dtype = b.type(of: x).dtype
    let zero = try b.append(.constant(ConstantOp(SampleArray.make(dtype, [], seed: 9))))
    let first = try b.reshape(
      b.append(.slice(SliceOp(starts: [0, 0, 0], limits: [1, 0, 1], strides: [1, 1, 1])), [x]), to: [0])
    let computed = try b.reshape(
      b.append(.pad(PadOp(low: [1], high: [0], interior: [0])), [first, zero]), to: [])
    let pad = { (low: [Int], high: [Int], interior: [Int], value: Value) in
      try b.append(.pad(PadOp(low: low, high: high, interior: interior)), [x, value])
    }
    return [
      try pad([0, 0, 0], [0, 0, 0], [0, 0, 0], zero), try pad([1, 0, 2], [0, 3, 1], [0, 0, 0], zero),
      try pad([0, 0, 0], [0, 0, 0], [1, 2, 3], zero), try pad([2, 1, 0], [1, 0, 5], [2, 0, 1], computed),
      try pad([0, 0, 1], [1, 0, 0], [0, 0, 0], b.select(b.apply(.equal, computed, zero), zero, computed)),
    ]
  }

  private static func reversals(_ b: ModuleBuilder, _ x: Value) throws -> [Value] {
    try [[], [0], [1], [2], [0, 2], [2, 1, 0]].map { try b.append(.reverse(ReverseOp(axes: $0)), [x]) }
  }

  private static func concatenations(_ b: ModuleBuilder, _ x: Value) throws -> [Value] {
    let turned = try b.append(.reverse(ReverseOp(axes: [0, 1, 2])), [x])
    let mixed = try b.select(b.apply(.equal, x, turned), x, turned)
    let none = try b.append(
      .slice(SliceOp(starts: [0, 0, 0], limits: [0, nil, nil], strides: [1, 1, 1])), [x])
    return try (0..<3).flatMap { axis in
      let join = Op.concatenate(ConcatenateOp(axis: axis))
      return try [[x], [x, x], [x, turned, mixed]].map { try b.append(join, $0) }
    } + [b.append(.concatenate(ConcatenateOp(axis: 0)), [none, x, none])]
  }
}
