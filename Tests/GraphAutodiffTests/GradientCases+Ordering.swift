// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GradientCase {
  private static func accumulating(_ kind: CumulativeOp.Kind, _ shape: [Int], _ axis: Int) -> [GradientCase] {
    [(false, false), (false, true), (true, false), (true, true)].map { exclusive, reverse in
      let op = CumulativeOp(kind, axis: axis, exclusive: exclusive, reverse: reverse)
      let title =
        "\(kind) of \(shape) along \(axis)\(exclusive ? ", exclusive" : "")\(reverse ? ", reverse" : "")"
      return GradientCase("cumulative", title, [Ladder(shape)]) { b, x in
        let total = try b.append(.cumulative(op), [x[0]])
        if !exclusive || kind == .sum || kind == .product { return try b.multiply(total, total) }
        // The places that no element reaches are infinite.
        let bounded = try b.apply(.clamp, total, b.full(-9, like: total), b.full(9, like: total))
        return try b.multiply(bounded, bounded)
      }
    }
  }

  private static func recurrence(_ shape: [Int], _ axis: Int, reverse: Bool) -> GradientCase {
    GradientCase(
      "linearRecurrence", "\(shape) along \(axis)\(reverse ? ", reverse" : "")",
      [Ladder(shape), Ladder(shape, -1, 2)]
    ) { b, x in
      let s = try b.append(.linearRecurrence(LinearRecurrenceOp(axis: axis, reverse: reverse)), x)
      return try b.multiply(s, s)
    }
  }

  private static let productWithZeros = GradientCase("cumulative", "a product with zeros", [Ladder([3, 5])]) {
    b, x in
    let holes = NDArray([1.0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0], shape: [3, 5])
    let factors = try b.multiply(x[0], b.append(.constant(ConstantOp(holes))))
    return try b.append(.cumulative(CumulativeOp(.product, axis: 1)), [factors])
  }

  static let accumulations: [GradientCase] = {
    let places: [(shape: [Int], axis: Int)] = [([5], 0), ([2, 4, 3], 1), ([1], 0), ([2, 0], 1)]
    var cases = [productWithZeros]
    for (shape, axis) in places {
      for kind in CumulativeOp.Kind.allCases { cases += accumulating(kind, shape, axis) }
      for reverse in [false, true] { cases.append(recurrence(shape, axis, reverse: reverse)) }
    }
    return cases
  }()

  static let sorts: [GradientCase] =
    [([6], 0), ([3, 5], 0), ([3, 5], 1), ([2, 0], 1)].flatMap { (shape: [Int], axis: Int) in
      [false, true].map { descending in
        GradientCase("sort", "\(shape) along \(axis)\(descending ? ", descending" : "")", [Ladder(shape)]) {
          b, x in
          let sorted = try b.appendAll(.sort(SortOp(axis: axis, descending: descending)), x)[0]
          return try b.multiply(sorted, sorted)
        }
      }
    } + [
      GradientCase(
        "sort", "values by keys", [Ladder([4, 3]), Ladder([4, 3], -2, 1), Ladder([4, 3], 0.5, 2)]
      ) { b, x in
        let moved = try b.appendAll(.sort(SortOp(axis: 0, descending: true)), x)
        return try b.multiply(moved[0], b.multiply(moved[1], moved[2]))
      },
      GradientCase("sort", "only a value is used", [Ladder([5]), Ladder([5], 1, 2)]) { b, x in
        let moved = try b.appendAll(.sort(SortOp(axis: 0)), x)[1]
        return try b.multiply(moved, moved)
      },
    ]
}
