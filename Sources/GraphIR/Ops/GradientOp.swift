// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The gradient of outputs with respect to targets, as a node; a pass expands it once shapes are known.
///
/// Operands are the outputs, their cotangents where they are given, and the targets.
public struct GradientOp: OpRule {
  /// Where a reverse walk starts from.
  public enum Cotangents: String, CaseIterable, Hashable, Sendable {
    /// One output, the loss, with ones.
    case ones
    /// A cotangent for each output, of its type.
    case given
    /// Several cotangents for each output, along a first axis that the results have too.
    case stacked
  }

  public let cotangents: Cotangents
  public let outputCount: Int

  /// The gradient of the sum of one operand's elements.
  public init() {
    cotangents = .ones
    outputCount = 1
  }

  /// The product of cotangents and the Jacobian matrix, or such a product for each of a stack of cotangents.
  public init(outputCount: Int, stacked: Bool = false) {
    cotangents = stacked ? .stacked : .given
    self.outputCount = outputCount
  }

  init(_ reader: inout AttributeReader) throws(AttributeError) {
    guard reader.has("outputs") || reader.has("cotangents") else {
      self.init()
      return
    }
    let outputCount = try reader.integer("outputs")
    let word = try reader.word("cotangents")
    guard word == Cotangents.given.rawValue || word == Cotangents.stacked.rawValue else {
      throw AttributeError("the attribute 'cotangents' must be 'given' or 'stacked', not '\(word)'")
    }
    self.init(outputCount: outputCount, stacked: word == Cotangents.stacked.rawValue)
  }

  public static let doc = OpDoc(
    name: "gradient",
    semantics: """
      The gradient of the sum of `loss`'s elements with respect to each target, zeros where the loss does not depend on \
      it. With `outputs` and a cotangent for each it is the product of the cotangents and the Jacobian matrix: the gradient \
      of the sum over all outputs of output times cotangent, the cotangents taken as constants. With `stacked` cotangents \
      it is that product for each of them. The pass `gradients` replaces the node by its expansion.
      """,
    inputs: [
      "outputs: floating-point; one of them, the loss, without attributes",
      "cotangents: one for each output, with the attributes only",
      "targets: one or more floating-point values",
    ],
    attributes: [
      "outputs: the number of outputs",
      "cotangents: given or stacked, along a first axis that the results have too",
    ],
    outputs: ["one for each target, of its type, with a first axis more where cotangents are stacked"],
    constraints: [
      "There is an output, its cotangents, and at least one target.", "All are of floating-point types.",
      "A cotangent has its output's type, with a first axis more where they are stacked.",
      "Stacked cotangents agree in the extent of their first axis.",
    ],
    examples: [
      "param %x: f32[4]",
      "param %y: f32[4]",
      "param %rows: f32[3,4]",
      "%0 = multiply %x, %y : f32[4]",
      "%1 = gradient %0, %x : f32[4]",
      "%2:2 = gradient %0, %x, %y : f32[4], f32[4]",
      "%3 = gradient %0, %2#1, %x {outputs = 1, cotangents = given} : f32[4]",
      "%4 = gradient %0, %rows, %x {outputs = 1, cotangents = stacked} : f32[3,4]",
      "%5 = add %2#0, %3 : f32[4]",
    ], gradient: "That of its expansion.")

  public var mnemonic: String { "gradient" }
  public var attributes: [Attribute] {
    if cotangents == .ones { return [] }
    return [
      Attribute("outputs", .integer(outputCount)), Attribute("cotangents", .word(cotangents.rawValue)),
    ]
  }
  public var lowering: LoweringClass { .expanded }

  /// The number of operands before the targets.
  public var targetOffset: Int { cotangents == .ones ? 1 : 2 * outputCount }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    // Compared without a product that a text could make overflow.
    let isShort = outputCount < 1 || outputCount > operands.count || operands.count <= targetOffset
    if cotangents == .ones, isShort {
      throw ConstraintViolation("C1", "takes a loss and at least one target")
    }
    if isShort {
      throw ConstraintViolation(
        "C1",
        "takes \(outputCount) outputs, as many cotangents and at least one target, got \(operands.count) operands"
      )
    }
    for (index, operand) in operands.enumerated() where !operand.dtype.isFloatingPoint {
      throw ConstraintViolation(
        "C2", "\(role(of: index)) is \(operand); a gradient needs a floating-point type")
    }
    let targets = Array(operands[targetOffset...])
    if cotangents == .ones { return targets }
    let rows = cotangents == .stacked ? operands[outputCount].shape.dims.first : nil
    for index in 0..<outputCount {
      let (output, cotangent) = (operands[index], operands[outputCount + index])
      var shape = output.shape
      if cotangents == .stacked {
        guard let first = cotangent.shape.dims.first else {
          throw ConstraintViolation(
            "C3", "\(role(of: outputCount + index)) is \(cotangent), which has no first axis")
        }
        if let rows, first != rows {
          throw ConstraintViolation("C4", "the first axes of the cotangents are \(rows) and \(first)")
        }
        shape.dims.insert(first, at: 0)
      }
      if cotangent != TensorType(output.dtype, shape) {
        throw ConstraintViolation(
          "C3",
          "\(role(of: outputCount + index)) is \(cotangent), where \(TensorType(output.dtype, shape)) is needed"
        )
      }
    }
    guard let rows else { return targets }
    return targets.map { TensorType($0.dtype, Shape([rows] + $0.shape.dims)) }
  }

  private func role(of index: Int) -> String {
    if index >= targetOffset { return "target \(index - targetOffset)" }
    if cotangents == .ones { return "the loss" }
    return index < outputCount ? "output \(index)" : "cotangent \(index - outputCount)"
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    throw EvaluationFault("a gradient node has a value only after it is expanded")
  }
  public func gradient(_ context: GradientContext) throws -> [Value?] { context.operands.map { _ in nil } }
}
