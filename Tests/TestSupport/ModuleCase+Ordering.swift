// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleCase {
  /// Each axis of scalars' neighbours, odd lengths and nothing.
  private static let axes: [(shape: [Int], axis: Int)] = [
    ([1], 0), ([0], 0), ([67], 0), ([3, 5], 0), ([3, 5], 1), ([2, 3, 5], 1), ([3, 0, 2], 0), ([3, 0, 2], 1),
    ([3, 0, 2], 2),
  ]

  static func cumulativeCases() throws -> [ModuleCase] {
    try numericTypes.map { dtype in
      try ModuleCase("cumulative \(dtype)") { inputs in
        let b = inputs.builder
        var results: [Value] = []
        for kind in CumulativeOp.Kind.allCases {
          for (shape, axis) in axes {
            let operands = [inputs.parameter(dtype, shape), inputs.parameter(dtype, shape, .finite)]
            for operand in operands {
              for (exclusive, reverse) in [(false, false), (false, true), (true, false), (true, true)] {
                let op = CumulativeOp(kind, axis: axis, exclusive: exclusive, reverse: reverse)
                results.append(try b.append(.cumulative(op), [operand]))
              }
            }
          }
          // Of an expression under a view, and used within another.
          let view = try b.transpose(b.negate(inputs.parameter(dtype, [4, 6])), [1, 0])
          let total = try b.append(.cumulative(CumulativeOp(kind, axis: 0)), [view])
          results.append(try b.add(total, b.append(.reverse(ReverseOp(axes: [0])), [total])))
        }
        return results
      }
    }
  }

  static func linearRecurrenceCases() throws -> [ModuleCase] {
    try dtypes.filter(\.isFloatingPoint).map { dtype in
      try ModuleCase("linearRecurrence \(dtype)") { inputs in
        let b = inputs.builder
        return try axes.flatMap { shape, axis in
          try [SampleArray.Range.finite, .all].flatMap { range in
            let operands = [inputs.parameter(dtype, shape, range), inputs.parameter(dtype, shape, range)]
            return try [false, true].map {
              try b.append(.linearRecurrence(LinearRecurrenceOp(axis: axis, reverse: $0)), operands)
            }
          }
        }
      }
    }
  }

  static func sortCases() throws -> [ModuleCase] {
    try dtypes.map { dtype in
      try ModuleCase("sort \(dtype)") { inputs in
        let b = inputs.builder
        var results: [Value] = []
        // Long enough for a way of its own.
        for (shape, axis) in axes + [([3, 130], 1), ([130, 2], 0)] {
          for range in [SampleArray.Range.all, .whole] {
            let keys = inputs.parameter(dtype, shape, range)
            let places = try b.append(.iota(IotaOp(type: TensorType(.int64, Shape(shape)), axis: axis)))
            for descending in [false, true] {
              let op = Op.sort(SortOp(axis: axis, descending: descending))
              results += try b.appendAll(op, [keys])
              let others = [inputs.parameter(.uint8, shape), places, inputs.parameter(.float64, shape)]
              results += try b.appendAll(op, [keys] + others)
            }
          }
        }
        // Only one of the results is used, and it goes on.
        let keys = try b.transpose(inputs.parameter(dtype, [4, 6]), [1, 0])
        let moved = try b.appendAll(.sort(SortOp(axis: 0)), [keys, inputs.parameter(.float32, [6, 4])])[1]
        return results + [try b.negate(moved)]
      }
    }
  }

  static func searchCases() throws -> [ModuleCase] {
    try numericTypes.map { dtype in
      try ModuleCase("searchSorted \(dtype)") { inputs in
        let b = inputs.builder
        let shapes: [(rows: [Int], values: [Int])] = [
          ([9], [5]), ([1], [1]), ([0], [3]), ([4], [0]), ([2, 40], [2, 7]), ([2, 0, 3], [2, 0, 4]),
          ([0, 3], [0, 2]),
        ]
        return try shapes.flatMap { rows, values in
          try [SampleArray.Range.all, .whole].flatMap { range in
            let sorted = try b.appendAll(
              .sort(SortOp(axis: rows.count - 1)), [inputs.parameter(dtype, rows, range)])[0]
            let wanted = inputs.parameter(dtype, values, range)
            return try SearchSortedOp.Side.allCases.map {
              try b.append(.searchSorted(SearchSortedOp(side: $0)), [sorted, wanted])
            }
          }
        }
      }
    }
  }
}
