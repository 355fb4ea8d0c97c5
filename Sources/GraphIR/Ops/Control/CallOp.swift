// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A region on its own: one whose gradient the program gives, or one that is computed again where its gradient is.
public struct CallOp: ControlRule {
  public let body: Region
  /// The gradients of the leading operands, from the operands, the results and the results' cotangents.
  public let gradient: Region?
  /// Whether the region stays one, and what is needed of it for its gradient is computed again.
  public let isCheckpoint: Bool

  public init(body: Region, gradient: Region? = nil, isCheckpoint: Bool = false) {
    self.body = body
    self.gradient = gradient
    self.isCheckpoint = isCheckpoint
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    isCheckpoint = try reader.boolean("checkpoint")
    body = try reader.region("body")
    gradient = try reader.optionalRegion("gradient")
  }

  public static let doc = OpDoc(
    name: "call",
    semantics: """
      What `body` gives for the operands. `gradient`, where there is one, takes the place of the body's own gradient. \
      With `checkpoint` nothing that the body computes on the way is kept for its gradient, which computes it again.
      """,
    inputs: ["operands: any types"],
    attributes: [
      "checkpoint: false or true", "body: a region that takes the operands",
      "gradient: a region, or absent. It takes the operands, the results and the cotangents of the floating-point "
        + "results, and gives the gradients of the first operands",
    ],
    outputs: ["the results of `body`, one or more"],
    constraints: [
      "There is a result.", "The parameters of `body` have the operands' types.",
      "`gradient` takes the operands, the results and the cotangents.",
      "`gradient` gives at most one value for each operand, of its type, which is floating-point.",
    ],
    examples: [
      "param %x: f32[4]",
      """
      %0 = call %x {checkpoint = false, body = {
        param %x: f32[4]
        %0 = round %x : f32[4]
        result %0 : f32[4]
      }, gradient = {
        param %x: f32[4]
        param %y: f32[4]
        param %dy: f32[4]
        result %dy : f32[4]
      }} : f32[4]
      """,
    ],
    gradient: """
      What `gradient` gives, and none for the operands that it does not name; without one, the gradient of the body, in \
      a `call` that computes the body again.
      """)

  public var mnemonic: String { "call" }
  public var attributes: [Attribute] {
    [Attribute("checkpoint", .word(String(isCheckpoint))), Attribute("body", .region(body))]
      + (gradient.map { [Attribute("gradient", .region($0))] } ?? [])
  }
  public var regions: [Region] { [body] + (gradient.map { [$0] } ?? []) }
  public func replacing(_ regions: [Region]) -> CallOp {
    CallOp(
      body: regions[0], gradient: regions.count > 1 ? regions[1] : nil, isCheckpoint: isCheckpoint)
  }

  /// Only the body's extents show.
  public var leavesExtentsOpen: Bool { !body.ownSymbols.isEmpty }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireRegions(["body", "gradient"], resultCount: body.module.results.count)
    try body.requireParameters(operands, "body", "C2") { "operand \($0)" }
    let results = body.visibleResultTypes
    guard let gradient else { return results }
    let own = body.resultTypes
    let given = operands + own + own.filter(\.dtype.isFloatingPoint)
    if body.ownSymbols.isEmpty {
      try gradient.requireParameters(given, "gradient", "C3") { index in
        if index < operands.count { return "operand \(index)" }
        let result = index - operands.count
        return result < own.count ? "result \(result)" : "a cotangent"
      }
    } else if gradient.parameterTypes.count != given.count {
      // Extents that only the body knows have other names here, and are compared when they are numbers.
      throw ConstraintViolation(
        "C3",
        "the region 'gradient' takes \(counted(gradient.parameterTypes.count, "value")), it is given \(given.count)"
      )
    }
    let gradients = gradient.resultTypes
    if gradients.count > operands.count {
      throw ConstraintViolation(
        "C4",
        "'gradient' gives \(counted(gradients.count, "value")) for \(counted(operands.count, "operand"))")
    }
    for (index, type) in gradients.enumerated()
    where type != operands[index] || !type.dtype.isFloatingPoint {
      throw ConstraintViolation(
        "C4", "'gradient' gives \(type) for operand \(index), which is \(operands[index])")
    }
    return results
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    try Interpreter.run(body, operands)
  }
}
