// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Indices as the IR wants them.
extension GraphState {
  /// Integers as `i32` or `i64`, the only types of indices.
  ///
  /// - Parameter role: `the indices`, for messages.
  mutating func indices(_ term: Term, role: String = "the indices") throws(BuildError) -> Value {
    if case .array(let array) = term, array.isWeaklyTyped, array.count == 0 {
      // A literal without elements has no type of its own.
      return try constant(array, as: .int32)
    }
    let value = try value(term)
    let type = type(of: value)
    if type.dtype == .bool {
      throw BuildError(
        "index.type", "\(role) are \(type), a mask and no positions; see `maskedSelect` and `nonZero`")
    }
    if !type.dtype.isInteger {
      throw BuildError("index.type", "\(role) are \(type); they must be integers")
    }
    let isNarrow = type.dtype.byteCount < 4 || type.dtype == .int32
    return try converted(value, to: isNarrow ? .int32 : .int64)
  }

  /// Indices into some axes of a value, those below zero counted from the end. The last axis of the indices has an
  /// entry for each of the axes; where there is none, the indices are for one axis.
  ///
  /// A constant is counted, and held against extents that are known, at once.
  mutating func counted(
    _ indices: Value, from operand: Value, axes: [Int], isVector: Bool
  ) throws(BuildError) -> Value {
    let type = type(of: indices)
    let operandType = self.type(of: operand)
    let extents = axes.map { operandType.shape[$0] }
    if case .constant(let constant) = builder.node(indices).op {
      var places = constant.value.ints
      for (number, place) in places.enumerated() {
        let entry = isVector ? number % max(axes.count, 1) : 0
        guard let extent = extents[entry].value else { continue }
        if place < -extent || place >= extent {
          throw BuildError(
            "index.range", "index \(place) is outside axis \(axes[entry]) of \(operandType)")
        }
        if place < 0 { places[number] += extent }
      }
      if places.allSatisfy({ $0 >= 0 }) {
        let array = NDArray(dtype: type.dtype, shape: constant.value.shape) { Int64(places[$0]).bits }
        return try self.constant(array)
      }
    }
    let zero = try constant(.integer(0), as: type.dtype)
    var ends: [Value] = []
    for axis in axes { ends.append(try elementCount(of: operand, axes: [axis], as: type.dtype)) }
    var end = ends.first ?? zero
    if isVector, !ends.isEmpty {
      var parts: [Value] = []
      for end in ends { parts.append(try reshaped(end, to: [1])) }
      end = parts.count == 1 ? parts[0] : try append(.concatenate(ConcatenateOp(axis: 0)), parts)
    }
    let fromEnd = try pointwise(.add, indices, broadcast(end, to: type.shape))
    let isBelow = try pointwise(.less, indices, broadcast(zero, to: type.shape))
    return try pointwise(.select, isBelow, fromEnd, indices)
  }

  /// What goes into a tensor: a number, or a tensor of the same element type, of a shape that broadcasts to `shape`.
  mutating func fitted(
    _ term: Term, into operand: Value, _ shape: Shape, role: String
  ) throws(BuildError) -> Value {
    let dtype = type(of: operand).dtype
    var value: Value
    if case .value(let given) = term {
      value = given
      if type(of: given).dtype != dtype {
        throw BuildError(
          "index.updates",
          "\(role) are \(type(of: given)) and go into \(type(of: operand)); convert them to \(dtype)")
      }
    } else {
      value = try constant(term, as: dtype)
    }
    let given = type(of: value)
    let common = try commonShape([given.shape, shape])
    if common != builder.symbols.canonical(shape) {
      throw BuildError("index.updates", "\(role), \(given), do not broadcast to \(shape)")
    }
    value = try broadcast(value, to: common)
    return value
  }

  /// With the last axis as axis `index`.
  mutating func movingLastAxis(of value: Value, to index: Int) throws(BuildError) -> Value {
    let rank = type(of: value).rank
    var order = Array(0..<rank - 1)
    order.insert(rank - 1, at: index)
    return try transposed(value, order)
  }

  /// With axis `index` as the last.
  mutating func movingAxisToLast(_ index: Int, of value: Value) throws(BuildError) -> Value {
    var order = Array(0..<type(of: value).rank)
    order.append(order.remove(at: index))
    return try transposed(value, order)
  }

  /// With a new last axis of extent 1.
  mutating func column(_ value: Value) throws(BuildError) -> Value {
    try reshaped(value, to: Shape(type(of: value).shape.dims + [1]))
  }
}
