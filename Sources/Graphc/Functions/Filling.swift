// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// One number everywhere.
  ///
  /// - Parameter shape: numbers, names, or extents of other tensors' shapes; `nil` has no meaning here.
  public func full(
    _ value: some ConstantOperand, _ shape: [Extent], dtype: DType = .float32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    build([value], at: CallSite("full", fileID, line)) { state, terms throws(BuildError) in
      let scalar = try state.constant(terms[0], as: dtype)
      return try state.broadcast(scalar, to: state.filled(shape))
    }
  }

  public func zeros(
    _ shape: [Extent], dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("zeros", fileID, line).composing { full(0, shape, dtype: dtype) }
  }

  public func ones(
    _ shape: [Extent], dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("ones", fileID, line).composing { full(1, shape, dtype: dtype) }
  }

  /// `0, 1, …` up to `count`, of one axis.
  public func range(
    _ count: Extent, dtype: DType = .int32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("range", fileID, line)) { state, _ throws(BuildError) in
      try state.append(.iota(IotaOp(type: TensorType(dtype, state.filled([count])), axis: 0)))
    }
  }
}

extension GraphState {
  fileprivate mutating func filled(_ extents: [Extent]) throws(BuildError) -> Shape {
    if extents.contains(.unknown) || extents.contains(where: { $0.value ?? 0 < 0 }) {
      throw BuildError("fill.extent", "every extent of \(extents) must be given")
    }
    return Shape(extents.map { dim(of: $0) })
  }
}
