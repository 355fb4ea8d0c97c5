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

  @_disfavoredOverload
  public func full(
    _ value: some ConstantOperand, _ shape: [Int], dtype: DType = .float32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    full(value, shape.map { Extent($0) }, dtype: dtype, fileID: fileID, line: line)
  }

  /// One number in the shape and, unless another is given, the element type of a tensor.
  public func full(
    _ value: some ConstantOperand, like tensor: some TensorConvertible, dtype: DType? = nil,
    fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([tensor.tensor, value], at: CallSite("full", fileID, line)) { state, terms throws(BuildError) in
      let type = try state.type(of: state.value(terms[0]))
      return try state.broadcast(state.constant(terms[1], as: dtype ?? type.dtype), to: type.shape)
    }
  }

  public func zeros(
    _ shape: [Extent], dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("zeros", fileID, line).composing { full(0, shape, dtype: dtype) }
  }

  @_disfavoredOverload
  public func zeros(
    _ shape: [Int], dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    zeros(shape.map { Extent($0) }, dtype: dtype, fileID: fileID, line: line)
  }

  /// Zeros in the shape and, unless another is given, the element type of a tensor.
  public func zeros(
    like tensor: some TensorConvertible, dtype: DType? = nil, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("zeros", fileID, line).composing { full(0, like: tensor, dtype: dtype) }
  }

  public func ones(
    _ shape: [Extent], dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("ones", fileID, line).composing { full(1, shape, dtype: dtype) }
  }

  @_disfavoredOverload
  public func ones(
    _ shape: [Int], dtype: DType = .float32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    ones(shape.map { Extent($0) }, dtype: dtype, fileID: fileID, line: line)
  }

  /// Ones in the shape and, unless another is given, the element type of a tensor.
  public func ones(
    like tensor: some TensorConvertible, dtype: DType? = nil, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    CallSite("ones", fileID, line).composing { full(1, like: tensor, dtype: dtype) }
  }
}

extension GraphState {
  /// The shape of what is filled.
  mutating func filled(_ extents: [Extent]) throws(BuildError) -> Shape {
    if extents.contains(.unknown) || extents.contains(where: { $0.value ?? 0 < 0 }) {
      throw BuildError("fill.extent", "every extent of \(extents) must be given")
    }
    return Shape(extents.map { dim(of: $0) })
  }

  /// `0, 1, …` along an axis of a shape.
  mutating func iota(_ dtype: DType, _ shape: Shape, axis: Int) throws(BuildError) -> Value {
    try append(.iota(IotaOp(type: TensorType(dtype, shape), axis: axis)))
  }
}
