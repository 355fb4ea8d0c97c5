// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RuleCase {
  static let indexing = [
    RuleCase("gather at one place = repeat (slice x)", to: "slice reshape") {
      try $0.gather($0.parameter(.float32, [3, 4]), $0.constant([2]), [0])
    },
    RuleCase("gather at one place = repeat (slice x)", to: "slice reshape broadcast") {
      let place = try $0.spread($0.b.scalar(1, .int64), [5, 2, 2], [])
      return try $0.gather($0.parameter(.float32, [5, 4, 2, 3]), place, [2, 1], batch: 1)
    },
    RuleCase("gather at equal steps = slice x", to: "slice") {
      try $0.gather($0.parameter(.float32, [5, 3]), $0.constant([[1], [3]]), [0])
    },
    RuleCase("gather at equal steps = slice x", to: "slice reverse transpose") {
      try $0.gather($0.parameter(.float32, [2, 8]), $0.constant([[6], [4], [2], [0]]), [1])
    },
    RuleCase("gather at equal steps = slice x", to: "slice") {
      let numbers = try $0.b.append(.iota(IotaOp(type: TensorType(.int32, [4]), axis: 0)))
      return try $0.gather($0.parameter(.float32, [4, 2]), $0.reshape(numbers, [4, 1]), [0])
    },
    RuleCase("gather at equal steps = slice x", to: "slice transpose") {
      let numbers = try $0.b.append(.iota(IotaOp(type: TensorType(.int64, [3, 1]), axis: 0)))
      return try $0.gather($0.parameter(.float32, [2, 5, 3]), numbers, [1])
    },
    RuleCase("scatter nothing into x = x", to: "") {
      let operands = [
        $0.parameter(.float32, [3, 2]), $0.parameter(.int32, [0, 1]), $0.parameter(.float32, [0, 2]),
      ]
      return try $0.b.append(.scatter(ScatterOp(.add, axes: [0])), operands)
    },
    RuleCase("dynamicSlice all of x = x", to: "") {
      try $0.window($0.parameter(.float32, [3]), [3], at: $0.parameter(.int32, []))
    },
    RuleCase("dynamicSlice at constants = slice", to: "slice") {
      let x = $0.parameter(.float32, [3, 7, 5])
      return try $0.window(
        x, [3, 2, 4], at: $0.parameter(.int32, []), $0.b.scalar(1, .int64), $0.b.scalar(90, .int32))
    },
    RuleCase("dynamicSlice at constants = slice", to: "slice") {
      try $0.window($0.parameter(.float32, [3]), [2], at: $0.b.scalar(-4, .int64))
    },
    RuleCase("dynamicUpdate all of x with y = y", to: "") {
      try $0.update($0.parameter(.float32, [3]), $0.parameter(.float32, [3]), at: $0.parameter(.int32, []))
    },
    RuleCase("dynamicUpdate x with nothing = x", to: "") {
      try $0.update($0.parameter(.float32, [3]), $0.parameter(.float32, [0]), at: $0.parameter(.int32, []))
    },
  ]

  /// What looks like a slice and is none.
  static let indexingTraps: [@Sendable (CaseBuilder) throws -> Value] = [
    { try $0.gather($0.parameter(.float32, [3, 4]), $0.constant([[0], [1], [3]]), [1]) },
    { try $0.gather($0.parameter(.float32, [3, 4]), $0.constant([[1], [2], [3]]), [0]) },
    { try $0.gather($0.parameter(.float32, [3]), $0.spread($0.b.scalar(3, .int32), [2, 1], []), [0]) },
    { try $0.gather($0.parameter(.float32, [3]), $0.constant([[-1], [0], [1]]), [0]) },
    { try $0.gather($0.parameter(.float32, [3, 4]), $0.constant([[0, 1], [1, 2]]), [0, 1]) },
    { try $0.window($0.parameter(.float32, [3]), [2], at: $0.parameter(.int32, [])) },
  ]
}
