// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A value of its own: equal to its operand, and never merged with it.
public struct IdentityOp: SingleResultRule {
  /// Distinguishes this node from every other.
  public let id: Int

  public init(id: Int) { self.id = id }
  init(_ reader: inout AttributeReader) throws(AttributeError) { id = try reader.integer("id") }

  public static let doc = OpDoc(
    name: "identity",
    semantics: """
      The operand, under a name of its own. Equal expressions are one value; an identity sets one apart, so that a feed \
      or a gradient at it does not mean the others.
      """,
    inputs: ["operand: any type"], attributes: ["id: an integer that no other identity of the module has"],
    outputs: ["the operand's type"], constraints: ["There is one operand."],
    examples: [
      "param %x: f32[4]",
      "%0 = identity %x {id = 0} : f32[4]",
    ], gradient: "The cotangent.")

  public var mnemonic: String { "identity" }
  public var attributes: [Attribute] { [Attribute("id", .integer(id))] }
  public var lowering: LoweringClass { .expanded }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    return operands
  }
  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    operands[0]
  }
  public func gradient(_ context: GradientContext) throws -> [Value?] { [context.cotangent] }
}

/// Its operand, through which no gradient flows.
public struct StopGradientOp: SingleResultRule {
  public init() {}

  public static let doc = OpDoc(
    name: "stopGradient", semantics: "The operand; to a gradient it is a constant.",
    inputs: ["operand: any type"],
    outputs: ["the operand's type"], constraints: ["There is one operand."],
    examples: [
      "param %x: f32[4]",
      "%0 = stopGradient %x : f32[4]",
    ], gradient: "None, on purpose.")

  public var mnemonic: String { "stopGradient" }
  public var attributes: [Attribute] { [] }
  public var lowering: LoweringClass { .expanded }

  public func differentiability(of index: Int) -> Differentiability { .cut("the program says so") }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    return operands
  }
  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    operands[0]
  }
  public func gradient(_ context: GradientContext) throws -> [Value?] { [nil] }
}
