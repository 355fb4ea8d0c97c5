// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GradientCase {
  static let all =
    pointwise + shapes + windows + joins + reductions + dots + accumulations + sorts + indexing + control
    + factorizations

  /// A function of one operand on an interval.
  private static func unary(_ f: ScalarFunction, _ low: Double, _ high: Double) -> [GradientCase] {
    [[1], [2, 3]].map { shape in
      GradientCase(f.name, "\(shape)", [Ladder(shape, low, high)]) { b, x in try b.apply(f, x[0]) }
    }
  }

  private static func binary(
    _ f: ScalarFunction, _ x: (Double, Double) = (-1.7, 2.1), _ y: (Double, Double) = (-2.2, 1.4)
  ) -> [GradientCase] {
    [[1], [5]].map { shape in
      GradientCase(f.name, "\(shape)", [Ladder(shape, x.0, x.1), Ladder(shape, y.0, y.1)]) { b, operands in
        try b.apply(f, operands[0], operands[1])
      }
    }
  }

  static let pointwise: [GradientCase] =
    binary(.add) + binary(.subtract) + binary(.multiply) + binary(.divide, (-2, 2), (0.6, 2.3))
    + binary(.divide, (-2, 2), (-2.3, -0.6)) + binary(.minimum) + binary(.maximum)
    + binary(.power, (0.4, 2.5), (-1.8, 2.6))
    // Quotients away from integers.
    + binary(.remainder, (5.3, 5.7), (1.9, 2.1)) + binary(.remainder, (-5.7, -5.3), (1.9, 2.1))
    + binary(.remainder, (3.9, 4.1), (-1.6, -1.5))
    + unary(.negate, -2, 2) + unary(.abs, 0.2, 2) + unary(.abs, -2, -0.2) + unary(.exp, -2, 2)
    + unary(.expm1, -0.8, 0.9) + unary(.log, 0.4, 3) + unary(.log1p, -0.5, 2) + unary(.sqrt, 0.4, 3)
    + unary(.rsqrt, 0.5, 3) + unary(.sin, -4, 4) + unary(.cos, -4, 4) + unary(.tan, -1, 1.1)
    + unary(.tanh, -2, 2) + unary(.sigmoid, -3, 3) + unary(.erf, -1.5, 1.6) + special
    + [
      GradientCase("power", "a negative base and whole exponents", [Ladder([6], -2, -0.5)]) { b, x in
        let exponents = NDArray([0.0, 1, 2, 3, -1, -2])
        return try b.apply(.power, x[0], b.append(.constant(ConstantOp(exponents))))
      },
      GradientCase("power", "a constant exponent", [Ladder([4], 0.4, 2)]) { b, x in
        let powers = try [0, 1, 2, 3, -0.5].map { try b.apply(.power, x[0], b.full($0, like: x[0])) }
        return try b.append(.concatenate(ConcatenateOp(axis: 0)), powers)
      },
      GradientCase("select", "each side", [Ladder([6]), Ladder([6])]) { b, x in
        let choice = NDArray([true, false, false, true, true, false])
        return try b.select(b.append(.constant(ConstantOp(choice))), x[0], x[1])
      },
      GradientCase("select", "a rectifier", [Ladder([8])]) { b, x in
        let zero = try b.full(0, like: x[0])
        return try b.select(b.apply(.greater, x[0], zero), x[0], zero)
      },
      GradientCase(
        "clamp", "bounds in order", [Ladder([8], -2, 2), Ladder([8], -1.1, -0.6), Ladder([8], 0.5, 1.2)]
      ) { b, x in
        try b.apply(.clamp, x[0], x[1], x[2])
      },
      GradientCase(
        "clamp", "bounds that cross", [Ladder([5], -2, 2), Ladder([5], 1.1, 1.3), Ladder([5], -1, 0)]
      ) {
        b, x in try b.apply(.clamp, x[0], x[1], x[2])
      },
      GradientCase("convert", "to its own type", [Ladder([4])]) { b, x in
        try b.append(.convert(ConvertOp(to: .float64)), [b.multiply(x[0], x[0])])
      },
      GradientCase("identity", "one of two uses", [Ladder([4])]) { b, x in
        try b.multiply(x[0], b.append(.identity(IdentityOp(id: 7)), [b.multiply(x[0], x[0])]))
      },
    ]

  private static let special: [GradientCase] =
    unary(.exp2, -2, 2) + unary(.log2, 0.4, 3) + unary(.log10, 0.4, 3) + unary(.cbrt, 0.4, 3)
    + unary(.cbrt, -3, -0.4) + unary(.asin, -0.7, 0.8) + unary(.acos, -0.8, 0.7) + unary(.atan, -2, 2)
    + unary(.sinh, -1.5, 1.6) + unary(.cosh, -1.5, 1.6) + unary(.asinh, -2, 2) + unary(.acosh, 1.5, 4)
    + unary(.atanh, -0.7, 0.6) + unary(.erfc, -1.5, 1.6) + unary(.erfInverse, -0.7, 0.8)
    + unary(.logGamma, 0.5, 4) + unary(.logGamma, -1.8, -1.2) + unary(.digamma, 0.8, 4)
    + unary(.digamma, -1.8, -1.2) + binary(.atan2, (-2, 2), (0.6, 1.5)) + binary(.atan2, (-2, -0.5), (-1, 1))
    + binary(.hypot, (-2, 2), (0.6, 1.5)) + binary(.logAddExp)
    + [
      GradientCase("copySign", "signs that differ and that do not", [Ladder([4], 0.5, 2)]) { b, x in
        let signs = try b.append(.constant(ConstantOp(NDArray([1.0, -1, -0.0, 2]))))
        let negative = try b.negate(b.multiply(x[0], x[0]))
        return try b.add(b.apply(.copySign, x[0], signs), b.apply(.copySign, negative, signs))
      },
      GradientCase("zeta", "of its second operand", [Ladder([4], 0.8, 3)]) { b, x in
        let exponents = try b.append(.constant(ConstantOp(NDArray([2.0, 3, 1.5, 4.25]))))
        return try b.apply(.zeta, exponents, x[0])
      },
    ]

  /// Squares, so that second derivatives are not zero.
  static func squared(_ b: ModuleBuilder, _ x: Value) throws -> Value { try b.multiply(x, x) }

  private static func shaping(_ op: String, _ title: String, _ shape: [Int], _ rule: Op) -> GradientCase {
    GradientCase(op, title, [Ladder(shape)]) { b, x in try squared(b, b.append(rule, [x[0]])) }
  }

  private static func slicing(
    _ title: String, _ shape: [Int], _ starts: [Int], _ limits: [Int?], _ strides: [Int]
  ) -> GradientCase {
    shaping(
      "slice", title, shape, .slice(SliceOp(starts: starts, limits: limits, strides: strides)))
  }

  static let shapes: [GradientCase] = [
    shaping("reshape", "split and merge", [2, 3, 5], .reshape(ReshapeOp(shape: [6, 5, 1]))),
    shaping("reshape", "to a scalar", [1, 1], .reshape(ReshapeOp(shape: []))),
    shaping("transpose", "a cycle", [2, 3, 5], .transpose(TransposeOp(permutation: [2, 0, 1]))),
    shaping("transpose", "a swap", [3, 2], .transpose(TransposeOp(permutation: [1, 0]))),
    shaping("broadcast", "a scalar", [], .broadcast(BroadcastOp(shape: [2, 3], axes: []))),
    shaping("broadcast", "new axes", [3], .broadcast(BroadcastOp(shape: [2, 3, 5], axes: [1]))),
    shaping(
      "broadcast", "unit axes", [3, 1, 5], .broadcast(BroadcastOp(shape: [3, 4, 5], axes: [0, 1, 2]))),
    shaping("broadcast", "both", [1, 3, 1], .broadcast(BroadcastOp(shape: [2, 4, 3, 1], axes: [0, 2, 3]))),
    shaping("broadcast", "nothing", [2, 3], .broadcast(BroadcastOp(shape: [2, 3], axes: [0, 1]))),
    slicing("contiguous", [5, 3], [1, 0], [4, 2], [1, 1]),
    slicing("strided, short of the end", [11, 7], [1, 2], [10, nil], [4, 3]),
    slicing("of one element", [7], [6], [7], [5]),
    slicing("of nothing", [7], [3], [3], [2]),
    shaping("reverse", "both axes", [3, 5], .reverse(ReverseOp(axes: [1, 0]))),
    shaping("reverse", "one axis", [3, 5], .reverse(ReverseOp(axes: [1]))),
  ]

  private static func sliding(
    _ title: String, _ shape: [Int], _ axes: [Int], _ sizes: [Int], _ strides: [Int], _ dilations: [Int]
  ) -> GradientCase {
    let geometry = WindowGeometry(axes: axes, sizes: sizes, strides: strides, dilations: dilations)
    return shaping("window", title, shape, .window(WindowOp(geometry)))
  }

  private static func folding(
    _ title: String, _ shape: [Int], _ axes: [Int], _ sizes: [Int], _ strides: [Int], _ dilations: [Int],
    _ extents: [Int?]
  ) -> GradientCase {
    let geometry = WindowGeometry(axes: axes, sizes: sizes, strides: strides, dilations: dilations)
    return shaping("fold", title, shape, .fold(FoldOp(geometry, extents: extents)))
  }

  static let windows: [GradientCase] = [
    sliding("overlapping", [7], [0], [3], [2], [1]),
    sliding("apart, short of the end", [2, 8], [1], [2], [3], [1]),
    sliding("dilated", [8, 2], [0], [3], [1], [2]),
    sliding("of a plane", [5, 2, 4], [2, 0], [2, 3], [1, 2], [1, 1]),
    folding("overlapping", [3, 3], [0], [3], [2], [1], [8]),
    folding("apart", [2, 2, 2], [1], [2], [3], [1], [nil]),
    folding("dilated", [3, 2], [0], [2], [2], [3], [9]),
    folding("of a plane", [2, 2, 2, 2], [1, 0], [2, 2], [1, 2], [1, 1], [nil, 5]),
    folding("of nothing", [0, 2], [0], [2], [1], [1], [1]),
  ]

  private static func padding(
    _ title: String, _ shape: [Int], _ low: [Int], _ high: [Int], _ interior: [Int]
  ) -> GradientCase {
    GradientCase("pad", title, [Ladder(shape), Ladder([])]) { b, x in
      try squared(b, b.append(.pad(PadOp(low: low, high: high, interior: interior)), x))
    }
  }

  private static func joining(_ title: String, _ shapes: [[Int]], axis: Int) -> GradientCase {
    GradientCase("concatenate", title, shapes.map { Ladder($0) }) { b, x in
      try squared(b, b.append(.concatenate(ConcatenateOp(axis: axis)), x))
    }
  }

  static let joins: [GradientCase] = [
    padding("borders", [3, 2], [1, 0], [2, 3], [0, 0]),
    padding("gaps", [3, 2], [0, 0], [0, 0], [2, 1]),
    padding("all of it", [4, 1], [2, 1], [1, 0], [1, 3]),
    padding("of nothing", [0, 2], [2, 1], [1, 0], [1, 0]),
    padding("of a scalar", [], [], [], []),
    joining("rows", [[2, 3], [1, 3], [4, 3]], axis: 0),
    joining("columns, one part empty", [[2, 3], [2, 0], [2, 1]], axis: 1),
    joining("one part", [[5]], axis: 0),
    GradientCase("concatenate", "a part twice", [Ladder([3]), Ladder([2])]) { b, x in
      try squared(b, b.append(.concatenate(ConcatenateOp(axis: 0)), [x[0], x[1], x[0]]))
    },
  ]

  private static func reducing(_ kind: ReduceOp.Kind, _ shape: [Int], _ axes: [Int]) -> GradientCase {
    GradientCase("reduce", "\(kind) of \(shape) along \(axes)", [Ladder(shape)]) { b, x in
      try squared(b, b.append(.reduce(ReduceOp(kind, axes: axes)), [x[0]]))
    }
  }

  static let reductions: [GradientCase] =
    [ReduceOp.Kind.sum, .max, .min, .product, .firstMax].flatMap { kind in
      [
        reducing(kind, [7], [0]), reducing(kind, [3, 5], [0]), reducing(kind, [3, 5], [1]),
        reducing(kind, [2, 3, 4], [0, 2]), reducing(kind, [1], [0]), reducing(kind, [3, 2], [0, 1]),
        reducing(kind, [4], []),
      ]
    } + [
      reducing(.sum, [0, 3], [0]), reducing(.product, [0, 3], [0]),
      GradientCase("reduce", "softmax", [Ladder([3, 5])]) { b, x in
        let top = try b.spread(b.reduce(.max, x[0], axes: [1]), over: [3, 5], axes: [1])
        let exps = try b.apply(.exp, b.subtract(x[0], top))
        return try b.divide(exps, b.spread(b.sum(exps, axes: [1]), over: [3, 5], axes: [1]))
      },
    ]

  private static func product(
    _ title: String, _ lhs: [Int], _ rhs: [Int], _ contract: ([Int], [Int]),
    _ batch: ([Int], [Int]) = ([], [])
  ) -> GradientCase {
    let dot = DotOp(lhsContract: contract.0, rhsContract: contract.1, lhsBatch: batch.0, rhsBatch: batch.1)
    return GradientCase("dot", title, [Ladder(lhs), Ladder(rhs)]) { b, x in
      try squared(b, b.append(.dot(dot), x))
    }
  }

  static let dots: [GradientCase] = [
    product("matrices", [2, 3], [3, 4], ([1], [0])),
    product("transposed matrices", [3, 2], [4, 3], ([0], [1])),
    product("vectors", [5], [5], ([0], [0])),
    product("an outer product", [2], [3], ([], [])),
    product("a matrix and a vector", [4, 3], [3], ([1], [0])),
    product("scalars", [], [], ([], [])),
    product("a batch", [2, 3, 4], [2, 4, 3], ([2], [1]), ([0], [0])),
    product("batch axes within", [3, 2, 4], [4, 3, 2], ([2], [0]), ([1], [2])),
    product("two batch axes in another order", [2, 3, 4, 5], [3, 5, 2, 1], ([3], [1]), ([0, 1], [2, 0])),
    product("two contracted axes in another order", [2, 3, 4], [4, 5, 3], ([1, 2], [2, 0])),
    product("contracted axes listed backwards", [2, 3, 4], [3, 4, 2], ([2, 1], [1, 0])),
    product("everything at once", [3, 2, 4, 2, 2], [4, 2, 3, 5, 2], ([2, 0], [0, 2]), ([4, 1], [1, 4])),
    product("an empty sum", [2, 0], [0, 3], ([1], [0])),
    GradientCase("dot", "a square", [Ladder([3, 3])]) { b, x in
      try b.append(.dot(DotOp(lhsContract: [1], rhsContract: [0])), [x[0], x[0]])
    },
  ]
}
