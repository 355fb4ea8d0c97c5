// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleCase {
  /// Every axis and set of axes, of shapes of rank 0 to 4, empty ones too, and lengths on both sides of the lane count
  /// and of a chunk of one lane.
  private static let reductions: [(shape: [Int], axes: [Int])] = {
    var list: [(shape: [Int], axes: [Int])] = []
    for shape in [[], [5], [2, 3], [2, 3, 4], [2, 1, 3, 2]] {
      for set in 0..<(1 << shape.count) {
        list.append((shape, shape.indices.filter { set >> $0 & 1 == 1 }))
      }
    }
    list += [
      ([0], [0]), ([0, 3], [0]), ([0, 3], [1]), ([3, 0], [0]), ([3, 0], [0, 1]), ([2, 0, 3], [1]),
    ]
    list += [([31], [0]), ([33], [0]), ([130, 2], [0]), ([2, 70], [1]), ([3, 40, 2], [1, 2])]
    return list
  }()

  static func reductionCases() throws -> [ModuleCase] {
    try ReduceOp.Kind.allCases.flatMap { kind in
      let isLogical = kind == .any || kind == .all
      return try (isLogical ? [.bool] : numericTypes).map { dtype in
        try ModuleCase("reduce \(kind.rawValue) \(dtype)") { inputs in
          let b = inputs.builder
          var results = try reductions.map { shape, axes in
            let range: SampleArray.Range = kind == .max || kind == .min ? .all : .finite
            return try b.append(.reduce(ReduceOp(kind, axes: axes)), [inputs.parameter(dtype, shape, range)])
          }
          // Of an expression under a view.
          let x = inputs.parameter(dtype, [6, 5])
          let turned = try b.transpose(b.apply(isLogical ? .not : .negate, b.reduceOperand(x)), [1, 0])
          for axes in [[0], [1], [0, 1]] {
            results.append(try b.append(.reduce(ReduceOp(kind, axes: axes)), [turned]))
          }
          return results
        }
      }
    }
  }

  static func argReductionCases(_ kind: ArgReduceOp.Kind) throws -> [ModuleCase] {
    try numericTypes.map { dtype in
      try ModuleCase("arg \(kind.rawValue) \(dtype)") { inputs in
        let b = inputs.builder
        var results: [Value] = []
        for shape in [[1], [9], [40], [2, 3], [5, 1], [2, 3, 4], [0, 3], [2, 1, 3, 2]] {
          // Values meet often among few whole numbers: the first counts.
          let operands = [inputs.parameter(dtype, shape, .whole), inputs.parameter(dtype, shape)]
          for axis in shape.indices where shape[axis] != 0 {
            for operand in operands {
              results.append(try b.append(.argReduce(ArgReduceOp(kind, axis: axis)), [operand]))
            }
          }
        }
        let x = try b.transpose(b.negate(inputs.parameter(dtype, [6, 5])), [1, 0])
        return try results + [0, 1].map { try b.append(.argReduce(ArgReduceOp(kind, axis: $0)), [x]) }
      }
    }
  }

  /// Products in the layouts that a library takes, with whole numbers, so that every order of summation is exact.
  static func dotCases() throws -> [ModuleCase] {
    let layouts: [(lhs: [Int], rhs: [Int], op: DotOp)] = [
      ([3, 4], [4, 5], DotOp(lhsContract: [1], rhsContract: [0])),
      ([4, 3], [4, 5], DotOp(lhsContract: [0], rhsContract: [0])),
      ([3, 4], [5, 4], DotOp(lhsContract: [1], rhsContract: [1])),
      ([4, 3], [5, 4], DotOp(lhsContract: [0], rhsContract: [1])),
      ([2, 3, 4], [2, 4, 5], DotOp(lhsContract: [2], rhsContract: [1], lhsBatch: [0], rhsBatch: [0])),
      (
        [2, 2, 4, 3], [2, 2, 5, 4],
        DotOp(lhsContract: [2], rhsContract: [3], lhsBatch: [0, 1], rhsBatch: [0, 1])
      ),
      ([3, 2, 4], [2, 4, 5, 2], DotOp(lhsContract: [1, 2], rhsContract: [0, 1])),
      ([4], [4], DotOp(lhsContract: [0], rhsContract: [0])),
      ([4], [4, 3], DotOp(lhsContract: [0], rhsContract: [0])),
      ([3], [5], DotOp(lhsContract: [], rhsContract: [])),
      ([], [], DotOp(lhsContract: [], rhsContract: [])),
      ([2, 3], [2, 3], DotOp(lhsContract: [], rhsContract: [], lhsBatch: [0, 1], rhsBatch: [0, 1])),
      ([3, 0], [0, 5], DotOp(lhsContract: [1], rhsContract: [0])),
      ([0, 4], [4, 5], DotOp(lhsContract: [1], rhsContract: [0])),
      ([1, 70], [70, 1], DotOp(lhsContract: [1], rhsContract: [0])),
      ([17, 33], [33, 9], DotOp(lhsContract: [1], rhsContract: [0])),
    ]
    return try numericTypes.map { dtype in
      try ModuleCase("dot \(dtype)") { inputs in
        let b = inputs.builder
        var results = try layouts.map { lhs, rhs, op in
          let operands = [inputs.parameter(dtype, lhs, .whole), inputs.parameter(dtype, rhs, .whole)]
          return try b.append(.dot(op), operands)
        }
        let op = Op.dot(DotOp(lhsContract: [1], rhsContract: [0]))
        let (x, y) = (inputs.parameter(dtype, [3, 4], .whole), inputs.parameter(dtype, [5, 4], .whole))
        let view = try b.transpose(y, [1, 0])
        results.append(try b.append(op, [x, view]))
        results.append(try b.append(op, [b.add(x, x), b.transpose(b.negate(y), [1, 0])]))
        results.append(
          try b.append(op, [b.reshape(b.negate(inputs.parameter(dtype, [12], .whole)), to: [3, 4]), view]))
        let scalars = Op.dot(DotOp(lhsContract: [], rhsContract: []))
        results.append(try b.append(scalars, [b.scalar(3, dtype), y]))
        if dtype.isInteger {
          // Integers need no layout, and wrap.
          let (x, y) = (inputs.parameter(dtype, [4, 2, 3]), inputs.parameter(dtype, [3, 5, 2]))
          let crossed = DotOp(lhsContract: [0 + 2], rhsContract: [0], lhsBatch: [1], rhsBatch: [2])
          results.append(try b.append(.dot(crossed), [x, y]))
          let both = DotOp(lhsContract: [1, 2], rhsContract: [2, 0])
          results.append(try b.append(.dot(both), [x, y]))
        }
        return results
      }
    }
  }
}

extension ModuleBuilder {
  /// The operand, by way of a second name.
  fileprivate func reduceOperand(_ x: Value) throws -> Value {
    try append(.stopGradient(StopGradientOp()), [x])
  }
}
