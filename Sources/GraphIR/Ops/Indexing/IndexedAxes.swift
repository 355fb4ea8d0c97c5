// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// How a tensor of indices points into an operand: what `gather` and `scatter` have in common.
///
/// The indices are `[batch…, positions…, axes.count]`: the last axis holds one index for each of `axes`, the first
/// `batch` axes go together with those of the operand. What is read or written is a tensor of *windows*,
/// `[batch…, positions…, remaining operand axes…]`.
public struct IndexedAxes: Hashable, Sendable {
  /// The operand's axes that are indexed, in the order of the indices' last axis.
  public let axes: [Int]
  /// How many leading axes the operand and the indices share.
  public let batch: Int

  public init(_ axes: [Int], batch: Int = 0) {
    self.axes = axes
    self.batch = batch
  }

  init(_ reader: inout AttributeReader) throws(AttributeError) {
    axes = try reader.integers("axes")
    batch = try reader.integer("batch")
  }

  var attributes: [Attribute] {
    [Attribute("axes", .integers(axes)), Attribute("batch", .integer(batch))]
  }

  static let attributeWords = [
    "axes: a list of the operand's axes, one for each entry of the indices' last axis",
    "batch: integer, the number of leading axes that operand and indices share",
  ]

  /// In the documentation of the ops, the constraints after the first.
  static let constraintWords = [
    "`batch` is not negative; operand and indices agree on their first `batch` axes.",
    "`axes` are distinct axes of the operand behind the first `batch`.",
    "The indices are i32 or i64; the extent of their last axis, which is none of the first `batch`, is the number of "
      + "`axes`.",
  ]

  /// The operand's axes that are neither shared nor indexed, ascending.
  public func remaining(rank: Int) -> [Int] {
    (0..<rank).filter { $0 >= batch && !axes.contains($0) }
  }

  /// The shape of the windows, or the constraint (C2, C3, C4) that the operands violate.
  func windows(
    of operand: TensorType, at indices: TensorType
  ) throws(ConstraintViolation) -> Shape {
    if batch < 0 || batch > operand.rank || batch >= indices.rank {
      throw ConstraintViolation(
        "C2", "\(operand) and indices \(indices) do not share \(batch) axes and leave one for the indices")
    }
    for axis in 0..<batch where operand.shape[axis] != indices.shape[axis] {
      throw ConstraintViolation("C2", "\(operand) and indices \(indices) differ on axis \(axis)")
    }
    try requireAxes(axes, rank: operand.rank, "C3")
    if let axis = axes.first(where: { $0 < batch }) {
      throw ConstraintViolation("C3", "axis \(axis) is shared and indexed at once")
    }
    if indices.dtype != .int32 && indices.dtype != .int64 {
      throw ConstraintViolation("C4", "indices are i32 or i64, got \(indices)")
    }
    if indices.shape[indices.rank - 1] != Dim(axes.count) {
      throw ConstraintViolation(
        "C4",
        "the last axis of the indices \(indices) holds one index for each of \(axes.count) axes, so its extent "
          + "must be \(axes.count)")
    }
    return Shape(
      indices.shape.dims.dropLast() + remaining(rank: operand.rank).map { operand.shape[$0] })
  }

  /// What is wrong when the index for entry `position` of `axes` is out of range.
  public func fault(_ position: Int, _ operand: TensorType) -> String {
    "an index is outside axis \(axes[position]) of \(operand), whose extent is \(operand.shape[axes[position]])"
  }
}

extension IndexedAxes {
  /// For each element of the windows, in row-major order, the place in the operand that it stands for.
  ///
  /// - Throws: `EvaluationFault` for an index out of range; of several, for that of the first of `axes`.
  func places(
    in operand: NDArray, _ indices: NDArray
  ) throws(EvaluationFault) -> (windows: [Int], place: (Int) -> Int) {
    let source = IndexSpace(operand.shape)
    let remaining = remaining(rank: operand.rank)
    let windows = IndexSpace(Array(indices.shape.dropLast()) + remaining.map { operand.shape[$0] })
    let positions = indices.rank - 1
    let table = IndexSpace(indices.shape)
    if windows.count > 0 {
      for (entry, axis) in axes.enumerated() {
        for position in 0..<indices.count / max(axes.count, 1) {
          let index = indices.index(at: position * axes.count + entry)
          if index < 0 || index >= operand.shape[axis] {
            throw EvaluationFault(fault(entry, operand.type))
          }
        }
      }
    }
    let place = { (element: Int) -> Int in
      let point = windows.point(at: element)
      var target = Array(point[..<self.batch]) + [Int](repeating: 0, count: operand.rank - self.batch)
      for (entry, axis) in self.axes.enumerated() {
        target[axis] = indices.index(at: table.linear(Array(point[..<positions]) + [entry]))
      }
      for (place, axis) in remaining.enumerated() { target[axis] = point[positions + place] }
      return source.linear(target)
    }
    return (windows.extents, place)
  }
}

extension NDArray {
  /// An element of an `i32` or `i64` array as a number.
  func index(at position: Int) -> Int {
    dtype == .int32 ? Int(Int32(bits: bits(at: position))) : Int(Int64(bits: bits(at: position)))
  }
}
