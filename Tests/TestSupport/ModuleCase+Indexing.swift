// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleCase {
  /// What is indexed, and by how many positions. Rows, single elements, batches, axes in any order, nothing at all.
  private static let layouts: [(operand: [Int], axes: [Int], batch: Int, positions: [Int])] = [
    ([5, 7], [0], 0, [4]), ([5, 7], [1], 0, [4]), ([5, 7], [0], 0, []), ([5, 7], [1, 0], 0, [3, 2]),
    ([5, 7], [0, 1], 0, [70]), ([4, 67], [0], 0, [3]), ([2, 5, 3], [1], 1, [4]), ([2, 5, 3], [2], 1, [3]),
    ([3, 2, 4, 5], [3], 1, [2, 3]), ([2, 3, 4], [2], 2, [5]), ([2, 3, 4, 2], [3, 1], 0, [6]),
    ([9], [0], 0, [70]),
    ([5, 0], [0], 0, [4]), ([5, 7], [0], 0, [0]), ([0, 3], [0], 0, [2, 0]), ([0, 3], [1], 1, [4]),
    ([3, 2], [], 0, [3]), ([3, 2], [], 1, []), ([2, 3], [], 2, [2]), ([1], [0], 0, [1]),
    ([6, 1, 3], [0], 0, [5]),
  ]

  static func gatherCases() throws -> [ModuleCase] {
    try dtypes.map { dtype in
      try ModuleCase("gather \(dtype)") { inputs in
        let b = inputs.builder
        var results: [Value] = []
        for (number, layout) in layouts.enumerated() {
          let indices = inputs.indices(number % 2 == 0 ? .int32 : .int64, layout)
          let op = Op.gather(GatherOp(axes: layout.axes, batch: layout.batch))
          results.append(try b.append(op, [inputs.parameter(dtype, layout.operand), indices]))
        }
        return try results + fusedGathers(dtype, inputs)
      }
    }
  }

  /// Of expressions, by expressions, inside expressions, and under views.
  private static func fusedGathers(_ dtype: DType, _ inputs: CaseBuilder) throws -> [Value] {
    let b = inputs.builder
    let (x, y) = (inputs.parameter(dtype, [6, 11]), inputs.parameter(dtype, [11, 6]))
    let rows = inputs.indices(.int32, ([6, 11], [0], 0, [9]))
    let take = Op.gather(GatherOp(axes: [0]))
    let turned = try b.transpose(y, [1, 0])
    let mixed = try b.select(b.apply(.equal, x, turned), x, turned)
    let last = try b.subtract(b.full(5, like: rows), rows)
    let read = try b.append(take, [turned, rows])
    let every = try b.append(.slice(SliceOp(starts: [0, 1], limits: [nil, nil], strides: [1, 3])), [x])
    let split = try b.reshape(x, to: [2, 3, 11])
    let cells = inputs.indices(.int64, ([2, 3, 11], [2, 0], 0, [20]))
    let second = try b.append(
      take, [b.append(take, [x, rows]), inputs.indices(.int32, ([9, 11], [0], 0, [4]))])
    let spread = try b.broadcast(inputs.parameter(dtype, [1, 11]), to: [6, 11], axes: [0, 1])
    let numbers = dtype.isNumeric ? dtype : .uint8
    let count = try b.append(.iota(IotaOp(type: TensorType(numbers, [6, 11]), axis: 0)))
    let constant = try b.append(.constant(ConstantOp(SampleArray.make(dtype, [6, 2], seed: 3))))
    return [
      try b.append(take, [mixed, rows]), try b.apply(.equal, read, b.append(take, [x, last])),
      try b.transpose(b.append(take, [x, last]), [1, 0]), try b.append(take, [every, rows]),
      try b.append(take, [b.append(.reverse(ReverseOp(axes: [0, 1])), [x]), rows]),
      try b.append(.gather(GatherOp(axes: [2, 0])), [split, cells]), second,
      try b.append(take, [spread, rows]),
      try b.append(take, [count, rows]), try b.append(take, [constant, rows]),
      try b.append(.slice(SliceOp(starts: [1, 0], limits: [nil, 4], strides: [2, 1])), [read]),
    ]
  }

  static func scatterCases() throws -> [ModuleCase] {
    try ScatterOp.Kind.allCases.flatMap { kind in
      try (kind == .set ? dtypes : numericTypes).map { dtype in
        try ModuleCase("scatter \(kind.rawValue) \(dtype)") { inputs in
          let b = inputs.builder
          // More updates than places: some meet.
          return try layouts.enumerated().map { number, layout in
            let indices = inputs.indices(number % 2 == 0 ? .int64 : .int32, layout)
            let operand = inputs.parameter(dtype, layout.operand)
            let gather = Op.gather(GatherOp(axes: layout.axes, batch: layout.batch))
            let windows = b.type(of: try b.append(gather, [operand, indices])).shape.extents ?? []
            let op = Op.scatter(ScatterOp(kind, axes: layout.axes, batch: layout.batch))
            let updates = inputs.parameter(dtype, windows)
            // A routine takes its operands from memory.
            if number % 4 == 1 {
              let turned = try b.append(.reverse(ReverseOp(axes: Array(layout.operand.indices))), [operand])
              return try b.apply(.equal, b.append(op, [turned, indices, updates]), operand)
            }
            return try b.append(op, [operand, indices, updates])
          }
        }
      }
    }
  }

  // MARK: Windows

  private static let windows: [(operand: [Int], window: [Int])] = [
    ([7], [3]), ([7], [7]), ([7], [0]), ([5, 40], [2, 40]), ([5, 40], [5, 9]), ([5, 6], [1, 1]), ([], []),
    ([2, 3, 4], [1, 2, 3]), ([0, 3], [0, 2]), ([1, 1], [1, 1]), ([70], [67]),
  ]

  /// Scalars that lie within, before and beyond every operand.
  private static func starts(_ inputs: CaseBuilder, _ rank: Int, _ number: Int) -> [Value] {
    (0..<rank).map { axis in
      let start = [1, -3, 100, 0, 2][(number + axis) % 5]
      return inputs.parameter(
        number % 2 == 0
          ? NDArray(scalar: Int32(start)) : NDArray(scalar: Int64(start) << (start > 9 ? 40 : 0)))
    }
  }

  static func dynamicSliceCases() throws -> [ModuleCase] {
    try dtypes.map { dtype in
      try ModuleCase("dynamicSlice \(dtype)") { inputs in
        let b = inputs.builder
        var results = try windows.enumerated().map { number, shapes in
          let operand = inputs.parameter(dtype, shapes.operand)
          let op = Op.dynamicSlice(DynamicSliceOp(sizes: Shape(shapes.window)))
          return try b.append(op, [operand] + starts(inputs, shapes.operand.count, number))
        }
        // Of an expression, by an expression, of another, under a view.
        let (x, y) = (inputs.parameter(dtype, [6, 35]), inputs.parameter(dtype, [6, 35]))
        let mixed = try b.select(b.apply(.equal, x, y), y, x)
        let start = starts(inputs, 2, 3)
        let next = try start.map { try b.add($0, b.full(1, like: $0)) }
        let window = Op.dynamicSlice(DynamicSliceOp(sizes: [3, 20]))
        let part = try b.append(window, [mixed] + next)
        let turned = try b.append(
          .dynamicSlice(DynamicSliceOp(sizes: [20, 3])), [b.transpose(x, [1, 0])] + next)
        results += [
          part, try b.append(.dynamicSlice(DynamicSliceOp(sizes: [2, 7])), [part] + start),
          try b.apply(.equal, b.transpose(turned, [1, 0]), b.append(window, [y] + start)),
          try b.append(.reverse(ReverseOp(axes: [1])), [b.append(window, [x] + start)]),
        ]
        return results
      }
    }
  }

  static func dynamicUpdateCases() throws -> [ModuleCase] {
    try dtypes.map { dtype in
      try ModuleCase("dynamicUpdate \(dtype)") { inputs in
        let b = inputs.builder
        let put = Op.dynamicUpdate(DynamicUpdateOp())
        var results = try windows.enumerated().map { number, shapes in
          let operands = [inputs.parameter(dtype, shapes.operand), inputs.parameter(dtype, shapes.window)]
          return try b.append(put, operands + starts(inputs, shapes.operand.count, number))
        }
        let (x, y) = (inputs.parameter(dtype, [6, 35]), inputs.parameter(dtype, [20, 3]))
        let start = starts(inputs, 2, 3)
        let turned = try b.transpose(y, [1, 0])
        let window = try b.select(b.apply(.equal, turned, turned), turned, turned)
        let once = try b.append(put, [x, window] + start)
        results += [
          once, try b.append(put, [once, turned] + start.reversed()),
          try b.apply(.equal, b.append(.reverse(ReverseOp(axes: [0, 1])), [once]), x),
        ]
        return results
      }
    }
  }
}

extension CaseBuilder {
  /// A parameter of indices that lie within an operand.
  func indices(
    _ dtype: DType, _ layout: (operand: [Int], axes: [Int], batch: Int, positions: [Int])
  ) -> Value {
    let shape = layout.operand[..<layout.batch] + layout.positions + [layout.axes.count]
    let seed = UInt64(parameters.count + 77)
    return parameter(
      NDArray(dtype: dtype, shape: Array(shape)) { index in
        let extent = layout.operand[layout.axes[index % layout.axes.count]]
        return Threefry.block(key: seed, counter: UInt64(index)) % UInt64(max(extent, 1))
      })
  }
}
