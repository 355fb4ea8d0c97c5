// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RandomModuleWriter {
  /// A gather or a scatter along one axis or several, now and then with a batch.
  mutating func indexing(_ mnemonic: String, _ x: Value) throws -> [Value] {
    let (axes, batch) = try indexedAxes(of: x)
    let indices = try indices(into: x, axes, batch: batch)
    let gather = Op.gather(GatherOp(axes: axes, batch: batch))
    if mnemonic == "gather" { return try append(gather, [x, indices]) }
    let windows = builder.type(of: try builder.append(gather, [x, indices]))
    let kind = random.pick(ScatterOp.Kind.allCases.filter { type(x).dtype.isNumeric || $0 == .set })
    return try append(
      .scatter(ScatterOp(kind, axes: axes, batch: batch)), [x, indices, operand(windows)],
      additions: kind == .add || kind == .multiply ? 9 : 0)
  }

  /// Axes that have elements, and how many axes before them are a batch.
  private mutating func indexedAxes(of x: Value) throws -> (axes: [Int], batch: Int) {
    let shape = type(x).shape
    let batch = shape.rank > 1 && shape[0].value != nil && random.isOne(in: 4) ? 1 : 0
    let fitting = (batch..<shape.rank).filter { shape[$0].value ?? 0 > 0 }
    if fitting.isEmpty { throw NothingFits() }
    let first = random.pick(fitting)
    let others = fitting.filter { $0 != first && random.isOne(in: 4) }
    return (random.isOne(in: 2) ? [first] + others : others + [first], batch)
  }

  /// Whole numbers within the axes.
  private mutating func indices(into x: Value, _ axes: [Int], batch: Int) throws -> Value {
    let dtype: DType = random.pick([.int32, .int64])
    let positions = try type(operand { $0.dtype == dtype && $0.rank < 3 - batch })
    let outer = Array(type(x).shape.dims.prefix(batch))
    let parts = try axes.map { axis -> Value in
      let numbers = try operand(positions)
      let zeros = try spread(NDArray(dtype: dtype, shape: [], bits: [0]), over: positions.shape)
      let last = NDArray(dtype: dtype, shape: [], bits: [UInt64(type(x).shape[axis].value ?? 1) - 1])
      let inside = try builder.apply(.clamp, numbers, zeros, spread(last, over: positions.shape))
      let one = try builder.reshape(inside, to: Shape(positions.shape.dims + [1]))
      let shape = Shape(outer + type(one).shape.dims)
      return try builder.broadcast(one, to: shape, axes: Array(batch..<shape.rank))
    }
    if parts.count == 1 { return parts[0] }
    return try builder.append(.concatenate(ConcatenateOp(axis: type(parts[0]).rank - 1)), parts)
  }
}
