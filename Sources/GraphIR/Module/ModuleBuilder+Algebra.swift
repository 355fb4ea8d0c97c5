// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// What gradient rules and passes write expressions with. Operands must already agree in type: the IR is strict.
extension ModuleBuilder {
  public func apply(_ function: ScalarFunction, _ operands: Value...) throws(ConstraintViolation) -> Value {
    try append(.pointwise(PointwiseOp(function)), operands)
  }

  public func add(_ lhs: Value, _ rhs: Value) throws(ConstraintViolation) -> Value {
    try apply(.add, lhs, rhs)
  }
  public func subtract(_ lhs: Value, _ rhs: Value) throws(ConstraintViolation) -> Value {
    try apply(.subtract, lhs, rhs)
  }
  public func multiply(_ lhs: Value, _ rhs: Value) throws(ConstraintViolation) -> Value {
    try apply(.multiply, lhs, rhs)
  }
  public func divide(_ lhs: Value, _ rhs: Value) throws(ConstraintViolation) -> Value {
    try apply(.divide, lhs, rhs)
  }
  public func negate(_ operand: Value) throws(ConstraintViolation) -> Value { try apply(.negate, operand) }
  public func select(_ condition: Value, _ yes: Value, _ no: Value) throws(ConstraintViolation) -> Value {
    try apply(.select, condition, yes, no)
  }

  /// A scalar constant of a numeric type or `bool`.
  public func scalar(_ value: Double, _ dtype: DType) throws(ConstraintViolation) -> Value {
    let bits: UInt64 =
      switch dtype {
      case .bool: value != 0 ? 1 : 0
      case .uint8: UInt64(UInt8(clamping: Int(value)))
      case .int8: Int8(clamping: Int(value)).bits
      case .int32: Int32(clamping: Int(value)).bits
      case .int64: Int64(value).bits
      case .uint32: UInt32(clamping: Int(value)).bits
      case .float16, .bfloat16, .float32, .float64: dtype.bits(rounding: value)
      case .string: 0
      }
    return try append(.constant(ConstantOp(NDArray(dtype: dtype, shape: [], bits: [bits]))))
  }

  /// A constant everywhere in a tensor of the given type.
  public func full(_ value: Double, _ type: TensorType) throws(ConstraintViolation) -> Value {
    try broadcast(scalar(value, type.dtype), to: type.shape, axes: [])
  }

  /// A constant of the type of `value`.
  public func full(_ number: Double, like value: Value) throws(ConstraintViolation) -> Value {
    try full(number, type(of: value))
  }

  /// Spreads a tensor: its axis `k` becomes axis `axes[k]` of `shape`. No node when nothing changes.
  public func broadcast(
    _ operand: Value, to shape: Shape, axes: [Int]
  ) throws(ConstraintViolation) -> Value {
    if type(of: operand).shape == shape, axes == Array(0..<shape.rank) { return operand }
    return try append(.broadcast(BroadcastOp(shape: shape, axes: axes)), [operand])
  }

  public func reshape(_ operand: Value, to shape: Shape) throws(ConstraintViolation) -> Value {
    type(of: operand).shape == shape ? operand : try append(.reshape(ReshapeOp(shape: shape)), [operand])
  }

  public func transpose(_ operand: Value, _ permutation: [Int]) throws(ConstraintViolation) -> Value {
    permutation == Array(permutation.indices)
      ? operand : try append(.transpose(TransposeOp(permutation: permutation)), [operand])
  }

  public func reduce(
    _ kind: ReduceOp.Kind, _ operand: Value, axes: [Int]
  ) throws(ConstraintViolation) -> Value {
    axes.isEmpty ? operand : try append(.reduce(ReduceOp(kind, axes: axes)), [operand])
  }

  /// Sums over axes.
  public func sum(_ operand: Value, axes: [Int]) throws(ConstraintViolation) -> Value {
    try reduce(.sum, operand, axes: axes)
  }

  /// Puts a reduced tensor back over the axes that were reduced away.
  public func spread(_ reduced: Value, over shape: Shape, axes: [Int]) throws(ConstraintViolation) -> Value {
    try broadcast(reduced, to: shape, axes: (0..<shape.rank).filter { !axes.contains($0) })
  }

  public func convert(_ operand: Value, to dtype: DType) throws(ConstraintViolation) -> Value {
    type(of: operand).dtype == dtype ? operand : try append(.convert(ConvertOp(to: dtype)), [operand])
  }
}
