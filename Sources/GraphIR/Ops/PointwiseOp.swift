// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A scalar function applied to each index of operands of one shape.
public struct PointwiseOp: SingleResultRule {
  public let function: ScalarFunction

  public init(_ function: ScalarFunction) { self.function = function }

  public static let doc = OpDoc(
    name: "pointwise", semantics: "A function of the elements at the same index.",
    gradient: "As the function says.")

  /// The page of one function in the op reference.
  static func doc(of function: ScalarFunction) -> OpDoc {
    let names = operandNames(function)
    let reasons = (0..<function.arity).compactMap { index -> String? in
      if case .cut(let reason) = PointwiseOp(function).differentiability(of: index) { reason } else { nil }
    }
    let gradient =
      reasons.count == function.arity ? "None: \(reasons[0])." : gradientFormula(function)
    let operandTypes = function.typeRule.operandWords(arity: function.arity)
    return OpDoc(
      name: function.name, semantics: function.summary,
      inputs: zip(names, operandTypes).map { "\($0): \($1)" },
      outputs: [function.typeRule.resultWords + ", of the operands' shape"],
      constraints: function.arity == 1
        ? ["The operand is " + operandTypes[0] + "."]
        : [
          "The operands are " + operandTypes.joined(separator: ", ") + ".",
          "The operands have the same shape.",
        ],
      examples: example(of: function, names), gradient: gradient)
  }

  /// The operands' names, as the function's summary has them.
  private static func operandNames(_ function: ScalarFunction) -> [String] {
    switch function {
    case .select: ["condition", "a", "b"]
    case .clamp: ["x", "low", "high"]
    case .threefryLow, .threefryHigh: ["k0", "k1", "c0", "c1"]
    case .atan2: ["y", "x"]
    case .copySign: ["magnitude", "sign"]
    case .zeta: ["s", "q"]
    default: function.arity == 1 ? ["x"] : ["a", "b"]
    }
  }

  private static func example(of function: ScalarFunction, _ names: [String]) -> [String] {
    let parameters = names.enumerated().map { position, name in
      let dtype: DType =
        switch function.typeRule {
        case .bitwise: .bool
        case .sameInteger: .int32
        case .words: .uint32
        case .select where position == 0: .bool
        default: .float32
        }
      return "param %\(name): \(dtype)[8]"
    }
    let list = names.map { "%" + $0 }.joined(separator: ", ")
    return parameters + ["%0 = \(function.name) \(list) : \(function.typeRule.exampleType)[8]"]
  }

  public var mnemonic: String { function.name }
  public var attributes: [Attribute] { [] }
  public var lowering: LoweringClass { .pointwise }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(function.arity, operands)
    guard let result = function.typeRule.resultType(of: operands.map(\.dtype)) else {
      let needed = function.typeRule.operandWords(arity: function.arity).joined(separator: " and ")
      throw ConstraintViolation(
        "C1", "takes \(needed), got \(operands.map(\.description).joined(separator: ", "))")
    }
    if let other = operands.first(where: { $0.shape != operands[0].shape }) {
      throw ConstraintViolation("C2", "shapes differ: \(operands[0]) and \(other)")
    }
    return [TensorType(result, operands[0].shape)]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    guard let program = function.program(for: operands.map(\.dtype)) else {
      throw EvaluationFault("\(function.name) has no meaning for \(operands.map(\.dtype))")
    }
    var fault = false
    var inputs = [UInt64](repeating: 0, count: operands.count)
    let result = NDArray(dtype: type.dtype, shape: operands[0].shape) { index in
      for operand in operands.indices { inputs[operand] = operands[operand].bits(at: index) }
      return program.evaluate(inputs, fault: &fault)[0]
    }
    if fault { throw EvaluationFault("integer \(function.name) by zero") }
    return result
  }
}

extension ScalarFunction.TypeRule {
  /// What each operand must be, in words.
  func operandWords(arity: Int) -> [String] {
    let first =
      switch self {
      case .sameNumeric, .ordering: "a numeric tensor"
      case .sameFloat: "a floating-point tensor"
      case .equality: "a tensor"
      case .select: "a bool tensor"
      case .bitwise: "a bool or an integer tensor"
      case .sameInteger: "an integer tensor"
      case .words: "a u32 tensor"
      }
    switch self {
    case .select: return [first, "a tensor", "another of the same element type"]
    case .words: return Array(repeating: first, count: arity)
    default: return [first] + Array(repeating: "another of the same element type", count: arity - 1)
    }
  }

  var resultWords: String {
    switch self {
    case .sameNumeric, .sameFloat, .bitwise, .sameInteger: "the operands' element type"
    case .words: "u32"
    case .equality, .ordering: "bool"
    case .select: "the element type of the last two"
    }
  }

  var exampleType: DType {
    switch self {
    case .sameNumeric, .sameFloat, .select: .float32
    case .equality, .ordering, .bitwise: .bool
    case .sameInteger: .int32
    case .words: .uint32
    }
  }
}

/// A change of the element type.
public struct ConvertOp: SingleResultRule {
  public let dtype: DType

  public init(to dtype: DType) { self.dtype = dtype }
  init(_ reader: inout AttributeReader) throws(AttributeError) { dtype = try reader.dtype("to") }

  public static let doc = OpDoc(
    name: "convert",
    semantics: """
      Each element in another type. Integer to float rounds to nearest even; float to integer drops the fraction and \
      saturates, NaN becomes 0; integer to a narrower integer wraps; to `bool` asks whether the element differs from \
      zero (NaN does); from `bool` gives 0 or 1.
      """,
    inputs: ["operand: any type but string"], attributes: ["to: element type"],
    outputs: ["the operand's shape"],
    constraints: ["There is one operand.", "Neither element type is string."],
    examples: [
      "param %x: i32[8]",
      "%0 = convert %x {to = f32} : f32[8]",
    ],
    gradient: "Between floating-point types the cotangent, converted back; otherwise none.")

  public var mnemonic: String { "convert" }
  public var attributes: [Attribute] { [Attribute("to", .dtype(dtype))] }
  public var lowering: LoweringClass { .pointwise }

  public func differentiability(of index: Int) -> Differentiability {
    dtype.isFloatingPoint ? .differentiable : .cut("a conversion to \(dtype) is a step function")
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    if operands[0].dtype == .string || dtype == .string {
      throw ConstraintViolation("C2", "cannot convert \(operands[0]) to \(dtype)")
    }
    return [operands[0].with(dtype: dtype)]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let program = ScalarProgram.conversion(from: operands[0].dtype, to: dtype)
    var fault = false
    return NDArray(dtype: dtype, shape: operands[0].shape) { index in
      program.evaluate([operands[0].bits(at: index)], fault: &fault)[0]
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let source = context.type(ofOperand: 0).dtype
    guard source.isFloatingPoint, dtype.isFloatingPoint else { return [nil] }
    return [try context.builder.convert(context.cotangent, to: source)]
  }
}

extension ScalarProgram {
  /// The program that converts one element between two types, neither of them string.
  public static func conversion(from source: DType, to target: DType) -> ScalarProgram {
    ScalarProgram(inputs: [source], [ScalarValue.input(0, source).converted(target)])
  }
}
