// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// An input of the module, by its position in the header.
public struct ParameterOp: SingleResultRule {
  public let index: Int

  public init(index: Int) { self.index = index }

  public static let doc = OpDoc(
    name: "parameter", semantics: "The value fed for a parameter of the module.",
    outputs: ["the declared type"],
    examples: ["param %x: f32[?0,4]"],
    gradient: "The end of a path: a gradient may be taken with respect to it.")

  public var mnemonic: String { "parameter" }
  public var attributes: [Attribute] { [Attribute("index", .integer(index))] }
  public var lowering: LoweringClass { .leaf }

  func type(in parameters: [Module.Parameter]) throws(ConstraintViolation) -> TensorType {
    guard parameters.indices.contains(index) else {
      throw ConstraintViolation("C1", "there is no parameter \(index)")
    }
    return parameters[index].type
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    throw ConstraintViolation("C1", "the type of a parameter is declared, not inferred")
  }
  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    throw EvaluationFault("a parameter has no value of its own")
  }
  public func gradient(_ context: GradientContext) throws -> [Value?] { [] }
}

/// The value that a variable had before the run.
public struct VariableOp: SingleResultRule {
  public let index: Int

  public init(index: Int) { self.index = index }
  init(_ reader: inout AttributeReader) throws(AttributeError) { index = try reader.integer("index") }

  public static let doc = OpDoc(
    name: "variable",
    semantics: """
      The value that a variable had before the run. Every read within a run gives the same value, whatever the run \
      assigns.
      """,
    attributes: ["@name: a variable of the module's header"], outputs: ["the declared type"],
    constraints: ["The header declares the variable."],
    examples: ["var @w: f32[4,8]", "%0 = variable @w : f32[4,8]"],
    gradient: "The end of a path: a gradient may be taken with respect to it.")

  public var mnemonic: String { "variable" }
  public var attributes: [Attribute] { [Attribute("index", .integer(index))] }
  public var lowering: LoweringClass { .leaf }

  func type(in variables: [Module.Variable]) throws(ConstraintViolation) -> TensorType {
    guard variables.indices.contains(index) else {
      throw ConstraintViolation("C1", "there is no variable \(index)")
    }
    return variables[index].type
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    throw ConstraintViolation("C1", "the type of a variable is declared, not inferred")
  }
  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    throw EvaluationFault("a variable has no value of its own")
  }
  public func gradient(_ context: GradientContext) throws -> [Value?] { [] }
}

/// An array that the program carries.
public struct ConstantOp: SingleResultRule {
  public let value: NDArray
  /// Made once, so that hashing a large constant again and again is cheap.
  private let digest: Int

  public init(_ value: NDArray) {
    // A literal's weak type ends where it becomes part of a program.
    self.value = NDArray(dtype: value.dtype, shape: value.shape, storage: value.storage)
    digest = value.hashValue
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) { self.init(try reader.elements("value")) }

  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  public static let doc = OpDoc(
    name: "constant",
    semantics: """
      The given elements. They are kept and compared by their bits: a NaN equals itself and 0 differs from −0. \
      `splat` writes one element for all; `nan` is the quiet NaN of positive sign and no payload, other NaNs are \
      written by their bits.
      """,
    attributes: ["value: the elements in row-major order"], outputs: ["the type written after the node"],
    constraints: ["There are as many elements as the type has, each of the type's element type."],
    examples: [
      "%0 = constant {value = 2} : f32[]",
      "%1 = constant {value = [1, -2, 3]} : i32[3]",
      "%2 = constant {value = splat 0.5} : f32[4,4]",
      "%3 = constant {value = [inf, nan, 0xffc00000, -0.0]} : f32[2,2]",
      "%4 = constant {value = [true, false]} : bool[2]",
      "%5 = constant {value = [\"setosa\", \"virginica\"]} : string[2]",
    ],
    gradient: "None: a constant depends on nothing.")

  public var mnemonic: String { "constant" }
  public var attributes: [Attribute] { [Attribute("value", .elements(value))] }
  public var lowering: LoweringClass { .leaf }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(0, operands)
    return [value.type]
  }
  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray { value }
  public func gradient(_ context: GradientContext) throws -> [Value?] { [] }
}

/// Each element's index along one axis.
public struct IotaOp: SingleResultRule {
  public let type: TensorType
  public let axis: Int

  public init(type: TensorType, axis: Int) {
    self.type = type
    self.axis = axis
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    axis = try reader.integer("axis")
    guard let type = reader.resultType else { throw AttributeError("an iota needs its type, ': i32[4]'") }
    self.type = type
  }

  public static let doc = OpDoc(
    name: "iota", semantics: "Each element is its own index along `axis`, converted to the element type.",
    attributes: ["axis: integer"], outputs: ["the type written after the node"],
    constraints: [
      "There is no operand, and the element type is numeric.", "0 ≤ axis < rank of the result.",
    ],
    examples: ["%0 = iota {axis = 1} : i32[2,3]", "%1 = iota {axis = 0} : f32[4]"],
    gradient: "None: an index depends on nothing.")

  public var mnemonic: String { "iota" }
  public var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }
  public var lowering: LoweringClass { .generator }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(0, operands)
    if !type.dtype.isNumeric {
      throw ConstraintViolation("C1", "counts in a numeric type, not in \(type.dtype)")
    }
    try requireAxes([axis], rank: type.rank, "C2")
    return [type]
  }
  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    guard let extents = type.shape.extents else {
      throw EvaluationFault("the shape \(type.shape) is not bound")
    }
    let stride = rowMajorStrides(extents)[axis]
    let convert = ScalarProgram.conversion(from: .int64, to: type.dtype)
    var fault = false
    return NDArray(dtype: type.dtype, shape: extents) { index in
      convert.evaluate([UInt64(index / stride % max(extents[axis], 1))], fault: &fault)[0]
    }
  }
  public func gradient(_ context: GradientContext) throws -> [Value?] { [] }
  public func bound(by bindings: [Int: Dim]) -> IotaOp { IotaOp(type: type.bound(by: bindings), axis: axis) }
}
