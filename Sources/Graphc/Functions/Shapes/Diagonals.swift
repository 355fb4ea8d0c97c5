// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension TensorConvertible {
  /// The elements whose index along the second of two axes is that along the first plus `offset`, as a new last axis;
  /// the two axes go.
  ///
  /// It is a strided slice, which touches nothing but the diagonal. Axes of unknown extents have only their main diagonal,
  /// and must be equal.
  public func diagonal(
    offset: Int = 0, axes: (Int, Int) = (-2, -1), fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([self], at: CallSite("diagonal", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      try state.diagonal(state.value(terms[0]), offset: offset, axes: axes)
    }
  }

  /// The sum of a diagonal; see `diagonal`.
  public func trace(
    offset: Int = 0, axes: (Int, Int) = (-2, -1), fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("trace", fileID, line).composing { diagonal(offset: offset, axes: axes).sum(axis: -1) }
  }

  /// Matrices with the last axis on a diagonal and zeros elsewhere: `[…, n]` becomes `[…, n + |offset|, n + |offset|]`.
  ///
  /// - Parameter axes: where the rows and the columns of the matrices are among the axes of the result.
  public func diagonalMatrix(
    offset: Int = 0, axes: (Int, Int) = (-2, -1), fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([self], at: CallSite("diagonalMatrix", fileID, line), in: tensor.graph) {
      state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      if state.type(of: operand).rank == 0 {
        throw BuildError("diagonal.rank", "takes a tensor with axes, got \(state.type(of: operand))")
      }
      let matrices = try state.diagonalMatrices(operand, offset: offset)
      _ = try state.axes([axes.0, axes.1], of: matrices)
      let places = (try state.axis(axes.0, of: matrices), try state.axis(axes.1, of: matrices))
      let rank = state.type(of: matrices).rank
      return try state.moved(matrices, [(rank - 2, places.0), (rank - 1, places.1)])
    }
  }
}

extension GraphState {
  /// Diagonals as a new last axis, in the place of two.
  mutating func diagonal(
    _ operand: Value, offset: Int = 0, axes: (Int, Int)
  ) throws(BuildError) -> Value {
    let type = type(of: operand)
    _ = try self.axes([axes.0, axes.1], of: operand)
    let (rowAxis, columnAxis) = (try axis(axes.0, of: operand), try axis(axes.1, of: operand))
    let (rows, columns) = (type.shape[rowAxis], type.shape[columnAxis])
    let rank = type.rank
    let matrices = try moved(operand, [(rowAxis, rank - 2), (columnAxis, rank - 1)])
    let batch = Array(self.type(of: matrices).shape.dims.dropLast(2))
    guard let height = rows.value, let width = columns.value else {
      if rows != columns || offset != 0 {
        throw BuildError(
          "diagonal.extent",
          "axes \(rowAxis) and \(columnAxis) of \(type) must have known extents, or be equal and the offset 0"
        )
      }
      // Where the extents are unknown a slice cannot state its stride.
      let isDiagonal = try band(.equal, rows: rows, columns: columns, offset: 0)
      let rest = try constant(.integer(0), as: type.dtype)
      let shape = self.type(of: matrices).shape
      let chosen = try pointwise(
        .select, broadcast(isDiagonal, to: shape), matrices, broadcast(rest, to: shape))
      return try reduced(type.dtype == .bool ? .any : .sum, chosen, [rank - 1], keepDims: false)
    }
    let (above, below) = (Swift.max(offset, 0), Swift.max(0 - Swift.max(offset, -height), 0))
    let count = Swift.max(Swift.min(height - below, width - Swift.min(above, width)), 0)
    let start = count == 0 ? 0 : below * width + above
    let limit = count == 0 ? 0 : start + (count - 1) * (width + 1) + 1
    let flat = try reshaped(matrices, to: Shape(batch + [Dim(height * width)]))
    let slice = SliceOp(
      starts: batch.map { _ in 0 } + [start], limits: batch.map { _ in nil } + [limit],
      strides: batch.map { _ in 1 } + [width + 1])
    return try append(.slice(slice), [flat])
  }

  /// The last axis on the diagonal of matrices; zeros between its elements make rows that are one longer than the matrix.
  fileprivate mutating func diagonalMatrices(_ operand: Value, offset: Int) throws(BuildError) -> Value {
    let type = type(of: operand)
    let batch = Array(type.shape.dims.dropLast())
    let last = type.shape[type.rank - 1]
    let zero = try constant(.integer(0), as: type.dtype)
    guard let count = last.value else {
      if offset != 0 {
        throw BuildError(
          "diagonal.extent", "the last axis of \(type) must have a known extent, or the offset be 0")
      }
      let isDiagonal = try band(.equal, rows: last, columns: last, offset: 0)
      let shape = Shape(batch + [last, last])
      let columns = try append(
        .broadcast(BroadcastOp(shape: shape, axes: Array(0..<batch.count) + [batch.count + 1])), [operand])
      return try pointwise(.select, broadcast(isDiagonal, to: shape), columns, broadcast(zero, to: shape))
    }
    let largest = 1 << 24
    if count > largest || offset.magnitude > largest {
      throw BuildError("diagonal.extent", "a matrix with \(type) on diagonal \(offset) is too large")
    }
    let extent = count + abs(offset)
    let start = offset < 0 ? -offset * extent : offset
    let covered = count == 0 ? 0 : (count - 1) * (extent + 1) + 1
    let none = batch.map { _ in 0 }
    let pad = PadOp(
      low: none + [start], high: none + [extent * extent - start - covered], interior: none + [extent])
    let flat = try append(.pad(pad), [operand, zero])
    return try reshaped(flat, to: Shape(batch + [Dim(extent), Dim(extent)]))
  }

  /// Where column − row stands in a relation to an offset; `bool[rows, columns]`.
  mutating func band(
    _ relation: ScalarFunction, rows: Dim, columns: Dim, offset: Int
  ) throws(BuildError) -> Value {
    let shape = Shape([rows, columns])
    // Further out than any matrix reaches, and far from overflow.
    let bounded = Swift.min(Swift.max(offset, -1 << 30), 1 << 30)
    let limit = try broadcast(constant(.integer(bounded), as: .int32), to: shape)
    let distance = try pointwise(
      .subtract, iota(.int32, shape, axis: 1), iota(.int32, shape, axis: 0))
    return try pointwise(relation, distance, limit)
  }
}
