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

/// The gradient of its first operand with respect to the others, as a node; a pass expands it once shapes are known.
public struct GradientOp: OpRule {
  public init() {}
  init(_ reader: inout AttributeReader) throws(AttributeError) {}

  public static let doc = OpDoc(
    name: "gradient",
    semantics: """
      The gradient of the sum of `loss`'s elements with respect to each target, zeros where the loss does not depend on \
      it. The pass `gradients` replaces the node by its expansion.
      """,
    inputs: ["loss: floating-point", "targets: one or more floating-point values"],
    outputs: ["one for each target, of its type"],
    constraints: ["There are at least two operands.", "All are of floating-point types."],
    examples: [
      "param %x: f32[4]",
      "param %y: f32[4]",
      "%0 = multiply %x, %y : f32[4]",
      "%1 = gradient %0, %x : f32[4]",
      "%2:2 = gradient %0, %x, %y : f32[4], f32[4]",
      "%3 = add %2#0, %2#1 : f32[4]",
    ], gradient: "That of its expansion.")

  public var mnemonic: String { "gradient" }
  public var attributes: [Attribute] { [] }
  public var lowering: LoweringClass { .expanded }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    if operands.count < 2 { throw ConstraintViolation("C1", "takes a loss and at least one target") }
    for (index, operand) in operands.enumerated() where !operand.dtype.isFloatingPoint {
      let role = index == 0 ? "the loss" : "target \(index - 1)"
      throw ConstraintViolation("C2", "\(role) is \(operand); a gradient needs a floating-point type")
    }
    return Array(operands.dropFirst())
  }
  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    throw EvaluationFault("a gradient node has a value only after it is expanded")
  }
  public func gradient(_ context: GradientContext) throws -> [Value?] { context.operands.map { _ in nil } }
}
