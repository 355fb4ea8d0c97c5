// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension ScatterOp {
  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let (operand, indices, updates) = (context.operands[0], context.operands[1], context.operands[2])
    let cotangent = context.cotangent
    let read = { (value: Value) throws -> Value in
      try builder.append(.gather(GatherOp(self.indexed)), [value, indices])
    }
    let written = { (kind: Kind, value: Value, updates: Value) throws -> Value in
      try builder.append(.scatter(ScatterOp(kind, self.indexed)), [value, indices, updates])
    }
    switch kind {
    case .add: return [cotangent, nil, try read(cotangent)]
    case .set:
      let zeros = try builder.full(0, like: updates)
      let stays = try lastWrites(context)
      return [
        try written(.set, cotangent, zeros), nil, try builder.select(stays, read(cotangent), zeros),
      ]
    case .multiply:
      let factors = try written(.multiply, builder.full(1, like: operand), updates)
      let others = try builder.multiply(read(operand), productsOfOthers(context))
      return [
        try builder.multiply(cotangent, factors), nil, try builder.multiply(read(cotangent), others),
      ]
    case .max, .min:
      let dtype = context.type(ofOperand: 0).dtype
      let stays = try builder.apply(.equal, operand, context.result)
      let wins = try builder.apply(.equal, updates, read(context.result))
      let count = try written(.add, builder.convert(stays, to: dtype), builder.convert(wins, to: dtype))
      // Where there is a NaN nothing equals the result.
      let share = try builder.divide(cotangent, builder.apply(.maximum, count, builder.full(1, like: count)))
      return [
        try builder.select(stays, share, builder.full(0, like: operand)), nil,
        try builder.select(wins, read(share), builder.full(0, like: updates)),
      ]
    }
  }

  /// Whether each element of the updates is the last that is written to its place.
  private func lastWrites(_ context: GradientContext) throws -> Value {
    let builder = context.builder
    let operand = context.type(ofOperand: 0).shape
    let windows = context.type(ofOperand: 2).shape
    let positions = Shape(context.type(ofOperand: 1).shape.dims.dropLast())
    // The windows are written as wholes, so one number for each is enough.
    let dtype = builder.indexType(for: positions)
    let places = operand.dims[..<indexed.batch] + indexed.axes.map { operand[$0] }
    let numbers = try builder.numbers(of: positions, dtype)
    let order = ScatterOp(.set, axes: Array(indexed.batch..<places.count), batch: indexed.batch)
    let last = try builder.append(
      .scatter(order),
      [builder.full(0, TensorType(dtype, Shape(Array(places)))), context.operands[1], numbers])
    let found = try builder.append(.gather(GatherOp(order.indexed)), [last, context.operands[1]])
    return try builder.broadcast(
      builder.apply(.equal, found, numbers), to: windows, axes: Array(0..<positions.rank))
  }

  /// For each element of the updates the product of the others that go to its place. Divides nothing, so zeros are
  /// no special case, in derivatives of any order.
  private func productsOfOthers(_ context: GradientContext) throws -> Value {
    let builder = context.builder
    let updates = context.type(ofOperand: 2)
    let positions = Shape(context.type(ofOperand: 1).shape.dims.dropLast())
    guard let count = positions.elementCount.value, let all = updates.shape.elementCount.value, all > 0 else {
      return try builder.full(1, updates)
    }
    let flat = try builder.reshape(context.operands[2], to: Shape([count, all / count]))
    // Updates to one place stand together, in the order in which they come.
    let numbers = try builder.numbers(of: Shape([count]), .int32)
    let sorted = try builder.appendAll(.sort(SortOp(axis: 0)), [linearPlaces(context), numbers])
    let (segments, order) = (sorted[0], sorted[1])
    let ranks = try builder.scatterRows(into: builder.full(0, like: numbers), at: order, numbers)
    let factors = try builder.gatherRows(flat, at: order)
    let before = try builder.segmentProducts(factors, segments, step: 1)
    let after = try builder.segmentProducts(factors, segments, step: -1)
    let others = try builder.gatherRows(builder.multiply(before, after), at: ranks)
    return try builder.reshape(others, to: updates.shape)
  }

  /// The row-major number of the place, among shared and indexed axes, that each window goes to: `[windows]`.
  private func linearPlaces(_ context: GradientContext) throws -> Value {
    let builder = context.builder
    let operand = context.type(ofOperand: 0).shape
    let indices = context.type(ofOperand: 1)
    let positions = Shape(indices.shape.dims.dropLast())
    let (windows, entries) = (positions.elementCount.value ?? 0, indexed.axes.count)
    let shared = Shape(Array(operand.dims[..<indexed.batch]))
    let places = Shape(shared.dims + indexed.axes.map { operand[$0] })
    let dtype = builder.indexType(for: places)
    let rows = try builder.convert(
      builder.reshape(context.operands[1], to: Shape([windows, entries])), to: dtype)
    var number = try builder.broadcast(
      builder.numbers(of: shared, dtype), to: positions, axes: Array(0..<indexed.batch))
    number = try builder.reshape(number, to: Shape([windows]))
    for (entry, axis) in indexed.axes.enumerated() {
      let column = SliceOp(starts: [0, entry], limits: [windows, entry + 1], strides: [1, 1])
      let index = try builder.reshape(builder.append(.slice(column), [rows]), to: Shape([windows]))
      let extent = try builder.full(Double(operand[axis].value ?? 1), like: number)
      number = try builder.add(builder.multiply(number, extent), index)
    }
    return number
  }
}

extension ModuleBuilder {
  /// The smallest type that numbers the elements of a shape.
  fileprivate func indexType(for shape: Shape) -> DType {
    shape.elementCount.value.map { $0 <= Int(Int32.max) } ?? false ? .int32 : .int64
  }

  /// The row-major number of each element.
  fileprivate func numbers(of shape: Shape, _ dtype: DType) throws -> Value {
    let flat = TensorType(dtype, Shape([shape.elementCount]))
    return try reshape(append(.iota(IotaOp(type: flat, axis: 0))), to: shape)
  }

  /// The rows of `x` at `[n]` indices.
  fileprivate func gatherRows(_ x: Value, at rows: Value) throws -> Value {
    try append(.gather(GatherOp(axes: [0])), [x, column(rows)])
  }

  /// `x` with rows replaced.
  fileprivate func scatterRows(into x: Value, at rows: Value, _ updates: Value) throws -> Value {
    try append(.scatter(ScatterOp(.set, axes: [0])), [x, column(rows), updates])
  }

  private func column(_ x: Value) throws -> Value {
    try reshape(x, to: Shape(type(of: x).shape.dims + [1]))
  }

  /// Along axis 0 of `[n, width]`, for each element the product of those before it (after it for a step of −1) in its
  /// segment, a run of equal entries of `segments`; by doubling.
  fileprivate func segmentProducts(_ factors: Value, _ segments: Value, step: Int) throws -> Value {
    let type = type(of: factors)
    let count = type.shape[0].value ?? 0
    let one = try scalar(1, type.dtype)
    let none = try scalar(-1, self.type(of: segments).dtype)
    let shifted = { (value: Value, distance: Int, filling: Value) throws -> Value in
      let shape = self.type(of: value).shape.dims
      let rest = shape.dropFirst().map { _ in 0 }
      let (low, high) = step > 0 ? (distance, 0) : (0, distance)
      let slice = SliceOp(
        starts: [high] + rest, limits: [count - low] + rest.map { _ in nil }, strides: shape.map { _ in 1 })
      let pad = PadOp(low: [low] + rest, high: [high] + rest, interior: shape.map { _ in 0 })
      return try self.append(.pad(pad), [self.append(.slice(slice), [value]), filling])
    }
    // The product of the factors at most `distance` away; what lies in another segment counts as 1.
    let reach = { (value: Value, distance: Int) throws -> Value in
      let isNear = try self.apply(.equal, segments, shifted(segments, distance, none))
      return try self.select(
        self.broadcast(isNear, to: type.shape, axes: [0]), shifted(value, distance, one), self.full(1, type))
    }
    var products = try reach(factors, 1)
    var distance = 1
    while distance < count - 1 {
      products = try multiply(products, reach(products, distance))
      distance *= 2
    }
    return products
  }
}
