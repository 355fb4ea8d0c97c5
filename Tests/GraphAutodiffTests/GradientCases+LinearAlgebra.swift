// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GradientCase {
  /// Inputs without the regularity of a ladder, which makes matrices singular and singular values equal.
  private static func irregular(_ b: ModuleBuilder, _ x: Value) throws -> Value {
    try b.add(b.apply(.exp, b.multiply(x, b.full(0.7, like: x))), b.multiply(x, x))
  }

  private static func matmul(_ b: ModuleBuilder, _ x: Value, _ y: Value) throws -> Value {
    let rank = b.type(of: x).rank
    let batch = Array(0..<rank - 2)
    return try b.append(
      .dot(DotOp(lhsContract: [rank - 1], rhsContract: [rank - 2], lhsBatch: batch, rhsBatch: batch)), [x, y])
  }

  private static func transposed(_ b: ModuleBuilder, _ x: Value) throws -> Value {
    let rank = b.type(of: x).rank
    return try b.transpose(x, Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// x plus a multiple of the identity, which makes it regular.
  private static func lifted(_ b: ModuleBuilder, _ x: Value, by number: Double) throws -> Value {
    let extents = b.type(of: x).shape.extents ?? []
    let n = extents.last ?? 0
    let identity = NDArray((0..<n * n).map { $0 % (n + 1) == 0 ? number : 0 }, shape: [n, n])
    let axes = [extents.count - 2, extents.count - 1]
    return try b.add(
      x, b.broadcast(b.append(.constant(ConstantOp(identity))), to: Shape(extents), axes: axes))
  }

  private static func positive(_ b: ModuleBuilder, _ x: Value) throws -> Value {
    try lifted(b, matmul(b, x, transposed(b, x)), by: 1)
  }

  /// Several results as one.
  private static func joined(_ b: ModuleBuilder, _ values: [Value]) throws -> Value {
    let parts = try values.map { value in
      try b.reshape(value, to: Shape([b.type(of: value).shape.elementCount]))
    }
    return try b.append(.concatenate(ConcatenateOp(axis: 0)), parts)
  }

  private static let square: [[Int]] = [[3, 3], [2, 2, 2], [1, 1]]

  private static let equations: [GradientCase] =
    square.flatMap { shape in
      [false, true].flatMap { flag in
        [
          GradientCase("cholesky", "\(shape), lower: \(flag)", [Ladder(shape)]) { b, x in
            try b.append(.cholesky(CholeskyOp(lower: flag)), [positive(b, x[0])])
          },
          GradientCase("solve", "\(shape), transpose: \(flag)", [Ladder(shape), Ladder(shape)]) { b, x in
            try b.append(.solve(SolveOp(transpose: flag)), [lifted(b, x[0], by: 4), x[1]])
          },
        ]
      }
    }
    + [false, true].flatMap { lower in
      [false, true].flatMap { transpose in
        [false, true].map { unit in
          let op = TriangularSolveOp(lower: lower, transpose: transpose, unitDiagonal: unit)
          return GradientCase(
            "triangularSolve", "lower: \(lower), transpose: \(transpose), unit: \(unit)",
            [Ladder([2, 3, 3]), Ladder([2, 3, 2])]
          ) { b, x in
            try b.append(.triangularSolve(op), [lifted(b, x[0], by: 4), x[1]])
          }
        }
      }
    }

  private static let factors: [GradientCase] =
    [[3, 3], [4, 2], [2, 4], [2, 2, 2], [1, 1]].flatMap { (shape: [Int]) in
      [
        GradientCase("lu", "\(shape)", [Ladder(shape)]) { b, x in
          try b.appendAll(.lu(LUOp()), [irregular(b, x[0])])[0]
        },
        GradientCase("qr", "\(shape), both", [Ladder(shape)]) { b, x in
          try joined(b, b.appendAll(.qr(QROp()), [irregular(b, x[0])]))
        },
        GradientCase("qr", "\(shape), r alone", [Ladder(shape)]) { b, x in
          try b.appendAll(.qr(QROp()), [irregular(b, x[0])])[1]
        },
        GradientCase("qr", "\(shape), q alone", [Ladder(shape)]) { b, x in
          try b.appendAll(.qr(QROp()), [irregular(b, x[0])])[0]
        },
      ]
    }

  private static let spectra: [GradientCase] =
    [[3, 3], [4, 2], [2, 4], [2, 2, 2]].flatMap { (shape: [Int]) in
      [[0], [1], [2], [0, 1, 2]].map { (results: [Int]) in
        GradientCase("svd", "\(shape), results \(results)", [Ladder(shape)]) { b, x in
          let all = try b.appendAll(.svd(SVDOp()), [irregular(b, x[0])])
          return try joined(b, results.map { all[$0] })
        }
      }
    }
    + square.flatMap { shape in
      [[0], [1], [0, 1]].map { (results: [Int]) in
        GradientCase("eigh", "\(shape), results \(results)", [Ladder(shape)]) { b, x in
          let all = try b.appendAll(.eigh(EighOp()), [irregular(b, x[0])])
          return try joined(b, results.map { all[$0] })
        }
      }
    }

  static let factorizations = equations + factors + spectra
}
