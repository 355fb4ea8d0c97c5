// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Programs with regions.
extension ModuleCase {
  /// A region of these types, whose parameters have the names `a`, `b`, ….
  public static func region(
    _ types: [TensorType], _ body: (ModuleBuilder, [Value]) throws -> [Value]
  ) throws -> Region {
    let names = "abcdefghij".map(String.init)
    return try Region.build(zip(names, types).map { Module.Parameter(name: $0, type: $1) }, body)
  }

  /// A scan of `carries`, `elements` and `captures`, whose body gets them in this order.
  public static func scan(
    _ b: ModuleBuilder, carries: [Value], elements: [Value] = [], captures: [Value] = [], length: Int,
    reverse: Bool = false, _ body: (ModuleBuilder, [Value]) throws -> [Value]
  ) throws -> [Value] {
    let parts = elements.map { b.type(of: $0) }.map {
      $0.with(shape: Shape(Array($0.shape.dims.dropFirst())))
    }
    let region = try region(carries.map(b.type(of:)) + parts + captures.map(b.type(of:)), body)
    let op = ScanOp(
      carries: carries.count, elements: elements.count, length: Dim(length), reverse: reverse, body: region)
    return try b.appendAll(.scan(op), carries + elements + captures)
  }

  public static func loop(
    _ b: ModuleBuilder, carries: [Value], captures: [Value] = [],
    while condition: (ModuleBuilder, [Value]) throws -> Value,
    _ body: (ModuleBuilder, [Value]) throws -> [Value]
  ) throws -> [Value] {
    let types = (carries + captures).map(b.type(of:))
    let op = WhileOp(
      carries: carries.count, condition: try region(types) { [try condition($0, $1)] },
      body: try region(types, body))
    return try b.appendAll(.while(op), carries + captures)
  }

  public static func cond(
    _ b: ModuleBuilder, _ predicate: Value, _ operands: [Value],
    then: (ModuleBuilder, [Value]) throws -> [Value],
    else otherwise: (ModuleBuilder, [Value]) throws -> [Value]
  ) throws -> [Value] {
    let types = operands.map(b.type(of:))
    let op = CondOp(then: try region(types, then), else: try region(types, otherwise))
    return try b.appendAll(.cond(op), [predicate] + operands)
  }

  // MARK: Cases of the ops

  static func condCases() throws -> [ModuleCase] {
    try [true, false].map { truth in
      try ModuleCase("cond \(truth)") { inputs in
        let b = inputs.builder
        let predicate = inputs.parameter(NDArray(scalar: truth))
        return try dtypes.flatMap { dtype in
          let (x, y) = (inputs.parameter(dtype, [7]), inputs.parameter(dtype, [2, 3]))
          let none = inputs.parameter(dtype, [0])
          return try cond(b, predicate, [x, y, none]) { region, v in
            [try region.append(.reverse(ReverseOp(axes: [0])), [v[0]]), v[1], v[0], v[2]]
          } else: { region, v in
            let turned = try region.reshape(region.transpose(v[1], [1, 0]), to: [2, 3])
            return [v[0], turned, try region.append(.reverse(ReverseOp(axes: [0])), [v[0]]), v[2]]
          }
        }
      }
    }
  }

  static func callCases() throws -> [ModuleCase] {
    [
      try ModuleCase("call") { inputs in
        let b = inputs.builder
        return try [true, false].flatMap { isCheckpoint in
          let (x, y) = (inputs.parameter(.float32, [5]), inputs.parameter(.float32, [5]))
          let body = try region([b.type(of: x), b.type(of: y)]) { region, v in
            let product = try region.multiply(v[0], region.apply(.exp, v[1]))
            return [product, v[0], product, try region.reduce(.sum, product, axes: [0])]
          }
          return try b.appendAll(.call(CallOp(body: body, isCheckpoint: isCheckpoint)), [x, y])
        }
      }
    ]
  }

  static func whileCases() throws -> [ModuleCase] {
    try [-1, 0, 1, 2, 5, 6].map { limit in
      try ModuleCase("while up to \(limit)") { inputs in
        let b = inputs.builder
        let (x, y) = (inputs.parameter(.float32, [4], .finite), inputs.parameter(.int64, [3]))
        let (limit, start) = (inputs.parameter(NDArray(scalar: Int32(limit))), try b.scalar(0, .int32))
        // A counter, a value that grows, and two that change places.
        return try loop(b, carries: [start, x, y, inputs.parameter(.int64, [3])], captures: [limit]) {
          region, v in
          try region.apply(.less, v[0], v[4])
        } _: { region, v in
          [try region.add(v[0], region.scalar(1, .int32)), try region.add(v[1], v[1]), v[3], v[2]]
        }
      }
    }
  }

  static func scanCases() throws -> [ModuleCase] {
    try [0, 1, 2, 3, 8].flatMap { length in
      try [false, true].map { reverse in
        try ModuleCase("scan of \(length)\(reverse ? ", reversed" : "")") { inputs in
          try dtypes.flatMap { try scanResults(inputs, $0, length, reverse) }
        }
      }
    }
  }

  /// Carries that lie in turns, in outputs and in histories; that change places; that stay; results that are elements,
  /// captures and constants.
  private static func scanResults(
    _ inputs: CaseBuilder, _ dtype: DType, _ length: Int, _ reverse: Bool
  ) throws -> [Value] {
    let b = inputs.builder
    let carries = (0..<4).map { _ in inputs.parameter(dtype, [3]) }
    let elements = [inputs.parameter(dtype, [length, 3]), inputs.parameter(dtype, [length, 0, 2])]
    let capture = inputs.parameter(dtype, [3])
    let reversal = Op.reverse(ReverseOp(axes: [0]))
    return try scan(
      b, carries: carries, elements: elements, captures: [capture], length: length, reverse: reverse
    ) { region, v in
      let isTrue = try region.apply(.equal, v[0], v[4])
      let mixed = try region.select(isTrue, region.append(reversal, [v[0]]), v[4])
      let other = try region.select(isTrue, v[1], v[6])
      return [
        mixed, v[2], v[1], v[3],
        mixed, v[0], other, v[2], v[3], mixed, v[4], v[6], v[5], try region.full(1, region.type(of: v[0])),
      ]
    }
  }

  // MARK: Structures

  /// Regions in regions, and regions beside other things.
  static func controls() throws -> [ModuleCase] {
    [
      try ModuleCase("sums of halves in a branch in a scan") { inputs in
        let b = inputs.builder
        return try [DType.float16, .bfloat16].flatMap { dtype in
          let start = inputs.parameter(dtype, [], .finite)
          let rows = inputs.parameter(dtype, [5, 40], .finite)
          return try scan(b, carries: [start], elements: [rows], length: 5) { outer, v in
            let isPositive = try outer.apply(.less, outer.full(0, outer.type(of: v[0])), v[0])
            let sum = try cond(outer, isPositive, [v[1]]) { branch, v in
              [try branch.reduce(.sum, v[0], axes: [0])]
            } else: { branch, v in
              [try branch.reduce(.product, v[0], axes: [0])]
            }
            return [try outer.subtract(sum[0], v[0]), sum[0]]
          }
        }
      },
      try ModuleCase("a scan in a branch in a scan") { inputs in
        let b = inputs.builder
        let (start, xs) = (
          inputs.parameter(.float32, [2, 3], .finite), inputs.parameter(.float32, [5, 4, 3], .finite)
        )
        let w = inputs.parameter(.float32, [3], .finite)
        return try scan(b, carries: [start], elements: [xs], captures: [w], length: 5) { outer, v in
          let rows = try outer.reduce(.sum, v[1], axes: [0, 1])
          let isPositive = try outer.apply(.greater, rows, outer.scalar(0, .float32))
          let next = try cond(outer, isPositive, [v[0], v[1], v[2]]) { branch, v in
            let inner = try scan(
              branch, carries: [v[0]], elements: [v[1]], captures: [v[2]], length: 4, reverse: true
            ) { region, v in
              let product = try region.multiply(v[1], v[2])
              let moved = try region.add(v[0], region.broadcast(product, to: [2, 3], axes: [1]))
              return [try region.apply(.tanh, moved), try region.reduce(.sum, moved, axes: [0])]
            }
            return [inner[0], try branch.reduce(.max, inner[1], axes: [0])]
          } else: { branch, v in
            [try branch.negate(v[0]), v[2]]
          }
          return [next[0], next[1], try outer.add(next[0], v[0])]
        }
      },
      try ModuleCase("a loop in a scan, and its number of steps from outside") { inputs in
        let b = inputs.builder
        let limits = inputs.parameter(NDArray([3, 0, 7, 1].map { Int32($0) }))
        let x = inputs.parameter(.float64, [2], .finite)
        return try scan(b, carries: [x], elements: [limits], length: 4) { outer, v in
          let start = try outer.scalar(0, .int32)
          let inner = try loop(outer, carries: [start, v[0]], captures: [v[1]]) { region, v in
            try region.apply(.less, v[0], v[2])
          } _: { region, v in
            [try region.add(v[0], region.scalar(1, .int32)), try region.apply(.sin, v[1])]
          }
          return [inner[1], inner[0]]
        }
      },
      try ModuleCase("operands and results that are expressions") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [6, 4], .finite)
        let turned = try b.transpose(b.apply(.exp, x), [1, 0])
        let ones = try b.full(1, TensorType(.float32, [6]))
        let results = try scan(b, carries: [ones], elements: [turned], length: 4) { region, v in
          let sum = try region.add(v[0], v[1])
          return [sum, try region.reshape(sum, to: [2, 3]), try region.reshape(v[0], to: [3, 2])]
        }
        let flat = try b.reshape(results[1], to: [4, 6])
        return [try b.multiply(flat, turned), try b.reduce(.sum, results[2], axes: [0, 1]), results[0]]
      },
      try ModuleCase("products within a loop") { inputs in
        let b = inputs.builder
        let (h, xs) = (
          inputs.parameter(.float32, [2, 3], .whole), inputs.parameter(.float32, [3, 2, 4], .whole)
        )
        let (w, u) = (
          inputs.parameter(.float32, [4, 3], .whole), inputs.parameter(.float32, [3, 3], .whole)
        )
        return try scan(b, carries: [h], elements: [xs], captures: [w, u], length: 3) { region, v in
          let dot = Op.dot(DotOp(lhsContract: [1], rhsContract: [0]))
          let next = try region.add(region.append(dot, [v[1], v[2]]), region.append(dot, [v[0], v[3]]))
          let bounded = try region.apply(
            .clamp, next, region.full(-9, like: next), region.full(9, like: next))
          return [bounded, bounded]
        }
      },
      try ModuleCase("many elements at a time") { inputs in
        let b = inputs.builder
        let (x, xs) = (
          inputs.parameter(.float32, [301, 41], .finite), inputs.parameter(.float32, [3, 301, 41], .finite)
        )
        return try scan(b, carries: [x], elements: [xs], length: 3) { region, v in
          let next = try region.apply(.tanh, region.add(v[0], v[1]))
          return [next, try region.reduce(.sum, next, axes: [1])]
        }
      },
    ]
  }
}
