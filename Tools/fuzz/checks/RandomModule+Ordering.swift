// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RandomModuleWriter {
  /// Ops that accumulate or order along an axis.
  mutating func ordering(_ mnemonic: String, _ x: Value) throws -> [Value] {
    let type = type(x)
    guard type.rank > 0 else { throw NothingFits() }
    let axis = random.below(type.rank)
    switch mnemonic {
    case "cumulative":
      guard type.dtype.isNumeric else { throw NothingFits() }
      let kind = random.pick(CumulativeOp.Kind.allCases)
      let isSelection = kind == .max || kind == .min
      // The greatest of nothing is an infinity, of which no smooth function is tame.
      let exclusive = isSelection && !isWild ? false : random.isOne(in: 2)
      let op = CumulativeOp(kind, axis: axis, exclusive: exclusive, reverse: random.isOne(in: 2))
      return try append(.cumulative(op), [x], additions: isSelection ? 0 : 9)
    case "linearRecurrence":
      guard type.dtype.isFloatingPoint else { throw NothingFits() }
      let op = LinearRecurrenceOp(axis: axis, reverse: random.isOne(in: 2))
      return try append(.linearRecurrence(op), [operand(type), x], additions: 9)
    case "sort":
      if exact[x] == nil { throw NothingFits() }
      var operands = [x]
      for _ in 0..<random.below(3) { operands.append(try operand { $0.shape == type.shape }) }
      return try append(.sort(SortOp(axis: axis, descending: random.isOne(in: 2))), operands)
    case "searchSorted":
      guard type.dtype.isNumeric, exact[x] != nil else { throw NothingFits() }
      let wanted = try operand {
        $0.dtype == type.dtype && $0.rank == type.rank
          && $0.shape.dims.dropLast() == type.shape.dims.dropLast()
      }
      if exact[wanted] == nil { throw NothingFits() }
      let rows = try append(.sort(SortOp(axis: type.rank - 1)), [x])
      let side = random.pick(SearchSortedOp.Side.allCases)
      return rows + (try append(.searchSorted(SearchSortedOp(side: side)), [rows[0], wanted]))
    default: throw NothingFits()
    }
  }
}
