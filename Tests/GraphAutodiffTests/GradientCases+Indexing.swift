// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GradientCase {
  /// Operand and indices of the cases: repeated indices, several axes, batches, nothing.
  private static let layouts: [(title: String, operand: [Int], axes: [Int], batch: Int, indices: NDArray)] = [
    ("rows, some twice", [4, 3], [0], 0, [[2], [0], [2], [2], [3]]),
    ("columns of columns", [2, 5], [1], 0, [[[4], [1]], [[1], [0]]]),
    ("cells", [3, 4], [1, 0], 0, [[3, 0], [1, 2], [3, 0], [0, 0]]),
    ("a batch", [2, 4, 2], [1], 1, [[[3], [0], [3]], [[1], [1], [1]]]),
    ("one element", [5], [0], 0, [2]),
    ("none", [3, 2], [0], 0, NDArray([Int32](), shape: [0, 1])),
  ]

  /// The result times itself, so that second derivatives are not zero.
  static let indexing: [GradientCase] =
    layouts.map { layout in
      GradientCase("gather", layout.title, [Ladder(layout.operand)]) { b, x in
        let indices = try b.append(.constant(ConstantOp(layout.indices)))
        return try squared(
          b, b.append(.gather(GatherOp(axes: layout.axes, batch: layout.batch)), [x[0], indices]))
      }
    }
    + ScatterOp.Kind.allCases.flatMap { kind in
      layouts.map { layout in
        let indexed = IndexedAxes(layout.axes, batch: layout.batch)
        let rest = indexed.remaining(rank: layout.operand.count).map { layout.operand[$0] }
        let updates = Array(layout.indices.shape.dropLast()) + rest
        // Off the operand's ladder, so that no two numbers that meet are equal.
        let ladder = Ladder(updates, -1.73, 2.06)
        return GradientCase("scatter", "\(kind.rawValue) \(layout.title)", [Ladder(layout.operand), ladder]) {
          b, x in
          let indices = try b.append(.constant(ConstantOp(layout.indices)))
          let op = ScatterOp(kind, axes: layout.axes, batch: layout.batch)
          return try squared(b, b.append(.scatter(op), [x[0], indices, x[1]]))
        }
      }
    }
    + [
      window([7], [3], [2]), window([5, 4], [2, 4], [9, 1]), window([3, 4], [1, 2], [-1, 1]),
      window([3], [0], [0]), window([], [], []),
    ]
    + [
      update([7], [3], [2]), update([5, 4], [2, 4], [9, 1]), update([3, 4], [1, 2], [-1, 1]),
      update([3], [0], [0]), update([3], [3], [1]), update([], [], []),
    ]

  private static func starts(_ b: ModuleBuilder, _ starts: [Int]) throws -> [Value] {
    try starts.map { try b.append(.constant(ConstantOp(NDArray(scalar: Int32($0))))) }
  }

  private static func window(_ shape: [Int], _ sizes: [Int], _ places: [Int]) -> GradientCase {
    GradientCase("dynamicSlice", "\(sizes) of \(shape) at \(places)", [Ladder(shape)]) { b, x in
      let op = Op.dynamicSlice(DynamicSliceOp(sizes: Shape(sizes)))
      return try squared(b, b.append(op, x + starts(b, places)))
    }
  }

  private static func update(_ shape: [Int], _ sizes: [Int], _ places: [Int]) -> GradientCase {
    GradientCase("dynamicUpdate", "\(sizes) of \(shape) at \(places)", [Ladder(shape), Ladder(sizes)]) {
      b, x in try squared(b, b.append(.dynamicUpdate(DynamicUpdateOp()), x + starts(b, places)))
    }
  }
}
