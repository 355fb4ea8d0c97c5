// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// Factors, equations and norms of matrices.
  static let linearAlgebra: [String: Writer] = [
    "linalg.cholesky": { call in [cholesky(try call.tensor(0), upper: try call.bool(nil, "upper"))] },
    "linalg.det": { call in [determinant(try call.tensor(0))] },
    "linalg.inv": { call in [inverse(try call.tensor(0))] },
    "linalg.solve": { call in [solve(try call.tensor(0), try call.tensor(1))] },
    "linalg.norm": { call in
      [
        try norm(
          try call.tensor(0), call.argument(1, "ord"), axes: try call.integers(2, "dim"),
          keepDims: try call.bool(3, "keepdim"))
      ]
    },
    "norm": { call in
      let x = try call.tensor(0)
      // The order of a vector's norm, whatever the number of axes.
      if case .string("nuc")? = call.argument(1, "p") {
        return [
          try norm(
            x, call.argument(1, "p"), axes: try call.integers(2, "dim"), keepDims: try call.bool(3, "keepdim")
          )
        ]
      }
      var order = 2.0
      if let argument = call.argument(1, "p") { order = number(argument) ?? 2 }
      return [
        x.norm(p: order, axes: try call.axes(2, of: x), keepDims: try call.bool(3, "keepdim"))
      ]
    },
    "quantile": { call in
      let x = try call.tensor(0)
      guard let interpolation = interpolations[try call.string(nil, "interpolation") ?? "linear"] else {
        throw NotCovered("another interpolation")
      }
      let axis = x.rank == 0 ? nil : try call.integer(2, "dim")
      let result = quantile(
        x, try call.tensor(1), axis: axis, keepDims: try call.bool(3, "keepdim"), interpolation: interpolation
      )
      // A number counts as an f64 here, in PyTorch as one of the elements' type.
      return [result.converted(to: x.dtype)]
    },
  ]

  private static let interpolations: [String: QuantileInterpolation] = [
    "linear": .linear, "lower": .lower, "higher": .higher, "midpoint": .midpoint, "nearest": .nearest,
  ]

  private static func number(_ argument: OpInfoArgument) -> Double? {
    switch argument {
    case .integer(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }

  /// A norm of vectors for one axis, of matrices for two; of all elements where nothing is said.
  private static func norm(
    _ x: Tensor, _ order: OpInfoArgument?, axes: [Int]?, keepDims: Bool
  ) throws -> Tensor {
    guard let order else { return x.norm(axes: axes ?? Array(0..<x.rank), keepDims: keepDims) }
    let axes = axes ?? Array(0..<x.rank)
    if axes.count == 1, let p = number(order) { return x.norm(p: p, axes: axes, keepDims: keepDims) }
    guard axes.count == 2, let kind = matrixKind(of: order) else {
      throw NotCovered("a norm of order \(order)")
    }
    return matrixNorm(x, kind, axes: (rows: axes[0], columns: axes[1]), keepDims: keepDims)
  }

  private static func matrixKind(of order: OpInfoArgument) -> MatrixNorm? {
    if case .string(let name) = order { return ["fro": .frobenius, "nuc": .nuclear][name] }
    return switch number(order) {
    case 1: .greatestColumn
    case -1: .leastColumn
    case 2: .spectral
    case -2: .leastSingular
    case .infinity: .greatestRow
    case -.infinity: .leastRow
    default: nil
    }
  }
}
