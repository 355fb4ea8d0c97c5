// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension TensorConvertible {
  /// The last two axes' elements on diagonal `offset` and above, zeros below.
  public func upperTriangle(offset: Int = 0, fileID: String = #fileID, line: Int = #line) -> Tensor {
    triangle(.greaterOrEqual, offset, at: CallSite("upperTriangle", fileID, line))
  }

  /// The last two axes' elements on diagonal `offset` and below, zeros above.
  public func lowerTriangle(offset: Int = 0, fileID: String = #fileID, line: Int = #line) -> Tensor {
    triangle(.lessOrEqual, offset, at: CallSite("lowerTriangle", fileID, line))
  }

  private func triangle(_ relation: ScalarFunction, _ offset: Int, at site: CallSite) -> Tensor {
    build([self], at: site, in: tensor.graph) { state, terms throws(BuildError) in
      let operand = try state.value(terms[0])
      let type = state.type(of: operand)
      if type.rank < 2 { throw BuildError("triangle.rank", "takes matrices, got \(type)") }
      let isKept = try state.band(
        relation, rows: type.shape[type.rank - 2], columns: type.shape[type.rank - 1], offset: offset)
      let zero = try state.constant(.integer(0), as: type.dtype)
      return try state.pointwise(
        .select, state.broadcast(isKept, to: type.shape), operand, state.broadcast(zero, to: type.shape))
    }
  }
}

extension Graph {
  /// Ones on diagonal `offset` of a matrix, zeros elsewhere; square unless a number of columns is given.
  public func eye(
    _ rows: Extent, columns: Extent? = nil, offset: Int = 0, dtype: DType = .float32,
    fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("eye", fileID, line)) { state, _ throws(BuildError) in
      let shape = try state.filled([rows, columns ?? rows])
      return try state.converted(
        state.band(.equal, rows: shape[0], columns: shape[1], offset: offset), to: dtype)
    }
  }

  @_disfavoredOverload
  public func eye(
    _ rows: Int, columns: Int? = nil, offset: Int = 0, dtype: DType = .float32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    eye(
      Extent(rows), columns: columns.map { Extent($0) }, offset: offset, dtype: dtype, fileID: fileID,
      line: line)
  }
}
