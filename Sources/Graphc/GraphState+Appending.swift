// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GraphState {
  func type(of value: Value) -> TensorType { builder.type(of: value) }

  /// Appends to the strict IR; a violated constraint becomes a `BuildError` under the op's code.
  mutating func appendAll(_ op: Op, _ operands: [Value]) throws(BuildError) -> [Value] {
    var own: [Value] = []
    for operand in operands { own.append(try local(operand)) }
    do throws(ConstraintViolation) {
      return try builder.appendAll(op, own)
    } catch {
      throw BuildError(error.code(for: op.mnemonic), error.message)
    }
  }

  mutating func append(_ op: Op, _ operands: [Value] = []) throws(BuildError) -> Value {
    try appendAll(op, operands)[0]
  }

  mutating func pointwise(_ function: ScalarFunction, _ operands: Value...) throws(BuildError) -> Value {
    try append(.pointwise(PointwiseOp(function)), operands)
  }

  mutating func converted(_ value: Value, to dtype: DType) throws(BuildError) -> Value {
    type(of: value).dtype == dtype ? value : try append(.convert(ConvertOp(to: dtype)), [value])
  }

  mutating func reshaped(_ value: Value, to shape: Shape) throws(BuildError) -> Value {
    type(of: value).shape == shape ? value : try append(.reshape(ReshapeOp(shape: shape)), [value])
  }

  mutating func transposed(_ value: Value, _ permutation: [Int]) throws(BuildError) -> Value {
    permutation == Array(permutation.indices)
      ? value : try append(.transpose(TransposeOp(permutation: permutation)), [value])
  }

  // MARK: Constants

  mutating func constant(_ array: NDArray) throws(BuildError) -> Value {
    if let flaw = array.flaw { throw BuildError("constant.array", flaw) }
    return try append(.constant(ConstantOp(array)))
  }

  /// An array as a constant, in another type if one is given.
  mutating func constant(_ array: NDArray, as dtype: DType?) throws(BuildError) -> Value {
    guard let dtype, dtype != array.dtype else { return try constant(array) }
    if array.isWeaklyTyped {
      guard let literal = array.literalConverted(to: dtype) else {
        throw BuildError("literal.range", "the literal has elements that \(dtype) cannot hold")
      }
      return try constant(literal)
    }
    return try converted(constant(array), to: dtype)
  }

  /// A term that is no tensor as a constant of the given type.
  mutating func constant(_ term: Term, as dtype: DType) throws(BuildError) -> Value {
    switch term {
    case .value(let value): return try converted(value, to: dtype)
    case .array(let array): return try constant(array, as: dtype)
    case .integer(let number):
      guard let scalar = NDArray.scalar(number, dtype) else {
        throw BuildError("literal.range", "\(number) is no \(dtype)")
      }
      return try constant(scalar)
    case .real(let number):
      guard let scalar = NDArray.scalar(number, dtype) else {
        throw BuildError("literal.range", "\(number) is no \(dtype)")
      }
      return try constant(scalar)
    }
  }

  /// A term as a value; numbers become `i32` (`i64` where that is too small) and `f32`.
  mutating func value(_ term: Term) throws(BuildError) -> Value {
    switch term {
    case .value(let value): return value
    case .array(let array): return try constant(array)
    case .integer(let number): return try constant(term, as: Int32(exactly: number) == nil ? .int64 : .int32)
    case .real: return try constant(term, as: .float32)
    }
  }

  // MARK: Axes

  /// Extents and positions that a program gives stay below this, so that sums of a few of them do not overflow.
  static let largestExtent = 1 << 48

  /// An axis counted from the front.
  func axis(_ axis: Int, of value: Value) throws(BuildError) -> Int {
    let type = type(of: value)
    let index = axis < 0 ? axis + type.rank : axis
    guard (0..<type.rank).contains(index) else {
      throw BuildError("axis.range", "axis \(axis) is outside \(type), which has \(type.rank) axes")
    }
    return index
  }

  /// Distinct axes, ascending; all for nil.
  func axes(_ axes: [Int]?, of value: Value) throws(BuildError) -> [Int] {
    guard let axes else { return Array(0..<type(of: value).rank) }
    var result: Set<Int> = []
    for axis in axes where !result.insert(try self.axis(axis, of: value)).inserted {
      throw BuildError("axis.repeated", "axis \(axis) of \(type(of: value)) is named twice in \(axes)")
    }
    return result.sorted()
  }
}

extension NDArray {
  /// A number in a type that holds it; nil where it does not fit. Floating-point types round.
  static func scalar(_ number: Double, _ dtype: DType) -> NDArray? {
    switch dtype {
    case .float16, .bfloat16, .float32, .float64:
      NDArray(dtype: dtype, shape: [], bits: [dtype.bits(rounding: number)])
    default: Int(exactly: number).flatMap { scalar($0, dtype) }
    }
  }

  /// A number in a type that holds it; nil where it does not fit. Floating-point types round, `bool` takes 0 and 1.
  static func scalar(_ number: Int, _ dtype: DType) -> NDArray? {
    switch dtype {
    case .uint8: UInt8(exactly: number).map { NDArray(scalar: $0) }
    case .int8: Int8(exactly: number).map { NDArray(scalar: $0) }
    case .int32: Int32(exactly: number).map { NDArray(scalar: $0) }
    case .uint32: UInt32(exactly: number).map { NDArray(scalar: $0) }
    case .int64: NDArray(scalar: Int64(number))
    case .float16, .bfloat16, .float32, .float64: scalar(Double(number), dtype)
    case .bool: number == 0 || number == 1 ? NDArray(scalar: number == 1) : nil
    case .string: nil
    }
  }
}
