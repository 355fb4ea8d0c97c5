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
      let exclusive = isSelection ? false : random.isOne(in: 2)
      let op = CumulativeOp(kind, axis: axis, exclusive: exclusive, reverse: random.isOne(in: 2))
      return try append(.cumulative(op), [x], additions: isSelection ? 0 : 9)
    case "linearRecurrence":
      guard type.dtype.isFloatingPoint else { throw NothingFits() }
      let op = LinearRecurrenceOp(axis: axis, reverse: random.isOne(in: 2))
      return try append(.linearRecurrence(op), [operand(type), x], additions: 9)
    default: throw NothingFits()
    }
  }
}
