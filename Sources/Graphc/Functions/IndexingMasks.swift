// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// The elements of a tensor where a mask is true, in row-major order.
///
/// How many they are only a run decides, so the program says how many there may be:
///
///     let (values, count) = maskedSelect(x, x .> 0, limit: 100)
///
/// - Parameters:
///   - mask: `bool`; broadcasts together with `x`.
///   - limit: how many elements the result has room for. Of more the first are taken.
/// - Returns: `values`, `[limit]`, which are 0 from the last one on, and `count`, an integer scalar: how many elements the
///   mask selects, those without room included.
public func maskedSelect(
  _ x: some TensorConvertible, _ mask: some TensorConvertible, limit: Int, fileID: String = #fileID,
  line: Int = #line
) -> (values: Tensor, count: Tensor) {
  let results = x.tensor.graph.buildAll(
    [x, mask], at: CallSite("maskedSelect", fileID, line), roles: ["the operand", "the mask"],
    poisonTypes: [nil, nil]
  ) { state, terms throws(BuildError) in
    let (operand, mask) = (try state.value(terms[0]), try state.value(terms[1]))
    if state.type(of: mask).dtype != .bool {
      throw BuildError("mask.type", "the mask is \(state.type(of: mask)), which is no bool")
    }
    let spread = try state.broadcast([operand, mask])
    let flat = Shape([state.type(of: spread[0]).shape.elementCount])
    let selection = try state.selection(state.reshaped(spread[1], to: flat), limit: limit)
    let values = try state.compacted(state.reshaped(spread[0], to: flat), selection, limit: limit)
    return [values, selection.count]
  }
  return (results[0], results[1])
}

/// The positions of the elements that differ from zero, in row-major order: NumPy's `argwhere`.
///
/// - Parameters:
///   - x: of numbers, or of `bool`.
///   - limit: how many positions the result has room for. Of more the first are taken.
/// - Returns: `indices`, `i32[limit, rank]`, an index for each axis, which are 0 from the last one on, and `count`, an
///   integer scalar: how many elements differ from zero, those without room included.
public func nonZero(
  _ x: some TensorConvertible, limit: Int, fileID: String = #fileID, line: Int = #line
) -> (indices: Tensor, count: Tensor) {
  let results = x.tensor.graph.buildAll(
    [x], at: CallSite("nonZero", fileID, line), poisonTypes: [nil, nil]
  ) { state, terms throws(BuildError) in
    let operand = try state.value(terms[0])
    let shape = state.type(of: operand).shape
    let flat = Shape([shape.elementCount])
    let mask = try state.reshaped(state.converted(operand, to: .bool), to: flat)
    let selection = try state.selection(mask, limit: limit)
    var columns: [Value] = []
    for axis in 0..<shape.rank {
      let numbers = try state.append(.iota(IotaOp(type: TensorType(.int32, shape), axis: axis)))
      columns.append(try state.reshaped(numbers, to: Shape(flat.dims + [1])))
    }
    let rows: Value
    if columns.isEmpty {
      rows = try state.broadcast(state.constant(.integer(0), as: .int32), to: Shape(flat.dims + [0]))
    } else {
      rows = try state.append(.concatenate(ConcatenateOp(axis: 1)), columns)
    }
    return [try state.compacted(rows, selection, limit: limit), selection.count]
  }
  return (results[0], results[1])
}

extension GraphState {
  /// Where each element of a flat mask goes, and how many are selected.
  fileprivate typealias Selection = (places: Value, count: Value)

  fileprivate mutating func selection(_ mask: Value, limit: Int) throws(BuildError) -> Selection {
    guard (0..<Int(Int32.max)).contains(limit) else {
      throw BuildError("mask.limit", "a limit of \(limit) is out of range")
    }
    let type = type(of: mask)
    let isHuge = type.shape[0].value.map { $0 > Int(Int32.max) } ?? false
    let ones = try converted(mask, to: isHuge ? .int64 : .int32)
    let ordinal = try append(
      .cumulative(CumulativeOp(.sum, axis: 0, exclusive: true, reverse: false)), [ones])
    let count = try append(.reduce(ReduceOp(.sum, axes: [0])), [ones])
    // What is not selected, or has no room, goes to one place too many, which is cut off.
    let end = try broadcast(constant(.integer(limit), as: self.type(of: ones).dtype), to: type.shape)
    let isKept = try pointwise(.and, mask, pointwise(.less, ordinal, end))
    return (try pointwise(.select, isKept, ordinal, end), count)
  }

  /// The selected rows of a value, one after the other.
  fileprivate mutating func compacted(
    _ rows: Value, _ selection: Selection, limit: Int
  ) throws(BuildError) -> Value {
    let type = type(of: rows)
    let row = type.shape.dims.dropFirst()
    let zero = try constant(.integer(0), as: type.dtype)
    let room = try broadcast(zero, to: Shape([Dim(limit + 1)] + row))
    let filled = try append(
      .scatter(ScatterOp(.set, axes: [0])), [room, column(selection.places), rows])
    let whole = row.map { _ in Int?.none }
    let slice = SliceOp(
      starts: [0] + row.map { _ in 0 }, limits: [limit] + whole, strides: [1] + row.map { _ in 1 })
    return try append(.slice(slice), [filled])
  }
}
