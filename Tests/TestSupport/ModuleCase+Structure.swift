// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleCase {
  /// Programs in which ops meet in ways that a lowering may get wrong: views on views, names for the same memory,
  /// results that need no computation.
  public static func structures() throws -> [ModuleCase] {
    try views() + reshapes() + roots() + sharing() + joins() + contractions() + chains() + controls()
  }

  private static func slice(_ b: ModuleBuilder, _ x: Value, _ starts: [Int], _ strides: [Int]) throws -> Value
  {
    try b.append(.slice(SliceOp(starts: starts, limits: starts.map { _ in nil }, strides: strides)), [x])
  }

  private static func reverse(_ b: ModuleBuilder, _ x: Value, _ axes: [Int]) throws -> Value {
    try b.append(.reverse(ReverseOp(axes: axes)), [x])
  }

  private static func iota(_ b: ModuleBuilder, _ dtype: DType, _ shape: [Int], _ axis: Int) throws -> Value {
    try b.append(.iota(IotaOp(type: TensorType(dtype, Shape(shape)), axis: axis)))
  }

  private static func concatenate(_ b: ModuleBuilder, _ pieces: [Value], _ axis: Int) throws -> Value {
    try b.append(.concatenate(ConcatenateOp(axis: axis)), pieces)
  }

  private static func views() throws -> [ModuleCase] {
    [
      try ModuleCase("transpose of slice of reverse of broadcast") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [5])
        return try [x, b.negate(x)].map { operand in
          let wide = try b.broadcast(operand, to: [3, 5, 2], axes: [1])
          return try b.transpose(slice(b, reverse(b, wide, [1, 2]), [1, 1, 0], [1, 2, 1]), [2, 0, 1])
        }
      },
      try ModuleCase("views of one value meet") { inputs in
        let b = inputs.builder
        let x = try b.apply(.exp, inputs.parameter(.float32, [4, 4], .finite))
        let turned = try b.transpose(x, [1, 0])
        return [try b.subtract(b.add(x, turned), reverse(b, turned, [0]))]
      },
      try ModuleCase("iota under views") { inputs in
        let b = inputs.builder
        let rows = try iota(b, .int32, [4, 6], 0)
        let columns = try iota(b, .int32, [4, 6], 1)
        let cells = try b.add(b.multiply(rows, b.full(6, like: rows)), columns)
        let x = inputs.parameter(.int32, [4, 6])
        return [
          try b.transpose(cells, [1, 0]), try b.add(x, reverse(b, cells, [1])),
          try b.reshape(slice(b, cells, [1, 1], [2, 2]), to: [6]),
          try b.reduce(.sum, b.apply(.equal, rows, columns).converted(b, to: .int32), axes: [0, 1]),
          try b.reshape(iota(b, .float64, [12], 0), to: [3, 4]),
        ]
      },
      try ModuleCase("slices of nothing and of everything") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float64, [0, 3])
        let y = inputs.parameter(.float64, [3, 3])
        return [
          try b.negate(x), try reverse(b, b.transpose(b.negate(x), [1, 0]), [0, 1]),
          try slice(b, y, [3, 0], [1, 1]),
          try b.reduce(.sum, slice(b, b.negate(y), [3, 0], [1, 1]), axes: [0]),
          try b.reduce(.max, x, axes: [0, 1]),
          try b.broadcast(b.reduce(.min, x, axes: [0]), to: [0, 3], axes: [1]),
        ]
      },
    ]
  }

  private static func reshapes() throws -> [ModuleCase] {
    [
      try ModuleCase("reshape splits, merges, adds and drops unit axes") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [6, 4])
        let y = try b.negate(x)
        let turned = try b.transpose(y, [1, 0])
        return try [x, y, turned].flatMap { operand in
          try [[24], [2, 3, 4], [6, 2, 2], [1, 6, 1, 4, 1], [12, 2], [3, 8], [2, 3, 2, 2]].map { shape in
            let operand = try b.type(of: operand).shape == [4, 6] ? b.transpose(operand, [1, 0]) : operand
            return try b.apply(.abs, b.reshape(operand, to: Shape(shape)))
          }
        }
      },
      try ModuleCase("reshape of reshape of an expression") { inputs in
        let b = inputs.builder
        let x = try b.apply(.exp, inputs.parameter(.float32, [2, 6], .finite))
        let merged = try b.reshape(b.reshape(b.reshape(x, to: [2, 2, 3]), to: [4, 3]), to: [1, 12])
        return [try b.negate(reverse(b, merged, [1]))]
      },
      // A value that must be stored is one that a reshape names anew.
      try ModuleCase("broadcast of a reshaped expression") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [4])
        let column = try b.reshape(b.negate(x), to: [4, 1])
        return [
          try b.add(b.broadcast(column, to: [4, 3], axes: [0, 1]), inputs.parameter(.float32, [4, 3]))
        ]
      },
      try ModuleCase("a long expression behind a reshape") { inputs in
        let b = inputs.builder
        var x = inputs.parameter(.float32, [3, 2], .finite)
        let y = inputs.parameter(.float32, [6], .finite)
        for _ in 0..<8 { x = try b.apply(.tanh, x) }
        var folded = try b.append(.identity(IdentityOp(id: 0)), [b.reshape(x, to: [3, 2, 1])])
        folded = try b.apply(.sigmoid, b.reshape(folded, to: [1, 3, 2]))
        return [folded, try b.multiply(b.reshape(b.apply(.sin, folded), to: [6]), y)]
      },
      try ModuleCase("a reshaped expression with two consumers") { inputs in
        let b = inputs.builder
        let x = try b.apply(.exp, inputs.parameter(.float32, [6], .finite))
        let grid = try b.reshape(x, to: [2, 3])
        return [try b.negate(grid), try b.transpose(grid, [1, 0])]
      },
      try ModuleCase("reshapes of nothing") { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.int64, [3, 0]))
        let y = try b.reshape(x, to: [0, 7])
        return [y, try b.reduce(.sum, y, axes: [0]), try b.apply(.abs, b.reshape(y, to: [2, 0, 2]))]
      },
    ]
  }

  private static func roots() throws -> [ModuleCase] {
    [
      try ModuleCase("results that are there already") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [2, 3])
        let v = inputs.variable(.float32, [4])
        let c = try b.append(.constant(ConstantOp(NDArray([1 as Int64, 2, 3, 4]))))
        let s = try b.scalar(2.5, .float64)
        let kept = try b.append(.identity(IdentityOp(id: 3)), [b.reshape(x, to: [6])])
        return [
          x, v, c, s, x, kept, try b.reshape(v, to: [2, 2]), try b.reshape(c, to: [4, 1]),
          try b.reshape(s, to: [1]),
        ]
      },
      try ModuleCase("a result that reshapes another") { inputs in
        let b = inputs.builder
        let y = try b.negate(inputs.parameter(.float32, [2, 3]))
        let flat = try b.reshape(y, to: [6])
        return [flat, y, try b.reshape(flat, to: [3, 2]), try b.apply(.exp, flat)]
      },
      try ModuleCase("the same value fetched twice and assigned") { inputs in
        let b = inputs.builder
        let v = inputs.variable(.float64, [3])
        let w = inputs.variable(.float64, [3, 1])
        let next = try b.add(v, v)
        inputs.update(0, to: next)
        inputs.update(1, to: try b.reshape(next, to: [3, 1]))
        return [next, next, w, try b.negate(next)]
      },
      try ModuleCase("variables trade places") { inputs in
        let (v, w) = (inputs.variable(.int32, [2]), inputs.variable(.int32, [2]))
        inputs.update(0, to: w)
        inputs.update(1, to: v)
        return []
      },
      try ModuleCase("texts pass through") { inputs in
        let b = inputs.builder
        let text = try b.append(.constant(ConstantOp(NDArray(strings: ["one", "two"]))))
        let fed = inputs.parameter(NDArray("fed"))
        return [
          text, fed, try b.append(.identity(IdentityOp(id: 0)), [fed]),
          try b.append(.constant(ConstantOp("x"))),
        ]
      },
      try ModuleCase("nothing at all") { _ in [] },
    ]
  }

  private static func sharing() throws -> [ModuleCase] {
    [
      try ModuleCase("shared subexpressions") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [9], .finite)
        let shared = try b.apply(.exp, x)
        let one = try b.add(shared, x)
        let other = try b.multiply(shared, one)
        return [try b.divide(one, other), try b.reduce(.sum, b.multiply(shared, shared), axes: [0]), other]
      },
      try ModuleCase("softmax") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [3, 37], .finite)
        let top = try b.reduce(.max, x, axes: [1])
        let exponent = try b.apply(.exp, b.subtract(x, b.broadcast(top, to: [3, 37], axes: [0])))
        let sum = try b.reduce(.sum, exponent, axes: [1])
        return [try b.divide(exponent, b.broadcast(sum, to: [3, 37], axes: [0]))]
      },
      try ModuleCase("a scalar for all") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [4, 3], .finite)
        let mean = try b.divide(b.reduce(.sum, x, axes: [0, 1]), b.scalar(12, .float32))
        let spread = try b.apply(.sqrt, b.reduce(.sum, b.multiply(x, x), axes: [0, 1]))
        return [
          try b.divide(
            b.subtract(x, b.broadcast(mean, to: [4, 3], axes: [])), b.broadcast(spread, to: [4, 3], axes: []))
        ]
      },
    ]
  }

  private static func joins() throws -> [ModuleCase] {
    [
      try ModuleCase("concatenate of expressions") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [2, 3])
        let y = inputs.parameter(.float32, [3, 2])
        let rows = try b.reduce(.sum, x, axes: [0])
        let pieces = [
          try b.negate(x), try b.transpose(b.apply(.abs, y), [1, 0]),
          try b.broadcast(rows, to: [2, 3], axes: [1]),
          try iota(b, .float32, [2, 3], 1),
        ]
        let joined = try concatenate(b, pieces, 1)
        return [
          try b.reduce(.max, joined, axes: [1]),
          try b.transpose(concatenate(b, [joined, joined], 0), [1, 0]),
        ]
      },
      try ModuleCase("pad of an expression, by an expression") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [2, 3])
        let value = try b.negate(b.reduce(.sum, x, axes: [0, 1]))
        let padded = try b.append(
          .pad(PadOp(low: [1, 0], high: [0, 2], interior: [2, 1])), [b.apply(.abs, x), value])
        return [padded, try b.negate(slice(b, padded, [0, 1], [1, 2]))]
      },
    ]
  }

  private static func contractions() throws -> [ModuleCase] {
    let product = Op.dot(DotOp(lhsContract: [1], rhsContract: [0]))
    return [
      try ModuleCase("a layer") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [5, 4], .whole)
        let w = inputs.variable(.float32, [4, 3], .whole)
        let bias = inputs.variable(.float32, [3], .whole)
        let y = try b.add(b.append(product, [x, w]), b.broadcast(bias, to: [5, 3], axes: [1]))
        let active = try b.apply(.maximum, y, b.full(0, like: y))
        let gradient = try b.append(product, [b.transpose(x, [1, 0]), active])
        inputs.update(0, to: try b.subtract(w, gradient))
        inputs.update(1, to: try b.reduce(.sum, active, axes: [0]))
        return [active]
      },
      try ModuleCase("constants as factors") { inputs in
        let b = inputs.builder
        let c = try b.append(.constant(ConstantOp(NDArray([2 as Double, 3], shape: [1, 2]))))
        let one = try b.append(.constant(ConstantOp(NDArray([4 as Double], shape: [1, 1]))))
        let scalar = try b.reshape(b.scalar(5, .float64), to: [1, 1])
        return [
          try b.append(product, [one, c]), try b.append(product, [scalar, one]),
          try b.append(product, [b.full(3, TensorType(.float64, [2, 1])), scalar]),
        ]
      },
      try ModuleCase("products of nothing") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [2, 0])
        let y = try b.negate(inputs.parameter(.float32, [0, 3]))
        let n = inputs.parameter(.int32, [2, 0])
        let m = inputs.parameter(.int32, [0, 3])
        return [
          try b.append(product, [x, y]), try b.append(product, [n, m]),
          try b.append(product, [b.transpose(x, [1, 0]), b.append(product, [x, y])]),
        ]
      },
    ]
  }

  private static func chains() throws -> [ModuleCase] {
    [
      try ModuleCase("a chain of views and steps") { inputs in
        let b = inputs.builder
        var x = inputs.parameter(.float32, [4, 4], .finite)
        for step in 0..<60 {
          switch step % 5 {
          case 0: x = try b.transpose(x, [1, 0])
          case 1: x = try b.apply(.sin, x)
          case 2: x = try reverse(b, x, [step % 2])
          case 3: x = try b.reshape(x, to: b.type(of: x).rank == 2 ? [2, 2, 4] : [4, 4])
          default: x = try b.reshape(b.negate(x), to: [4, 4])
          }
        }
        return [x]
      }
    ]
  }
}

extension Value {
  fileprivate func converted(_ builder: ModuleBuilder, to dtype: DType) throws -> Value {
    try builder.convert(self, to: dtype)
  }
}
