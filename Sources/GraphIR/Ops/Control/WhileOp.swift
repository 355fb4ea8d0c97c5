// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A loop whose end is computed.
public struct WhileOp: ControlRule {
  /// The leading operands, which change from step to step.
  public let carries: Int
  public let condition: Region
  public let body: Region

  public init(carries: Int, condition: Region, body: Region) {
    self.carries = carries
    self.condition = condition
    self.body = body
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    carries = try reader.integer("carries")
    condition = try reader.region("condition")
    body = try reader.region("body")
  }

  public static let doc = OpDoc(
    name: "while",
    semantics: """
      Runs `body` as long as `condition` holds. The first `carries` operands are what the loop starts from; each step \
      gives their next values. The others are the same in every step. A condition that always holds never ends.
      """,
    inputs: ["carries: any types", "captures: any types"],
    attributes: [
      "carries: how many operands are carries, 1 or more",
      "condition: a region that takes all operands and gives a bool[]",
      "body: a region that takes all operands and gives the next carries",
    ],
    outputs: ["the carries after the last step, of their types"],
    constraints: [
      "There is at least one carry, and there are as many operands.",
      "The regions' parameters have the operands' types.", "`condition` gives one `bool` scalar.",
      "`body` gives the carries, of their types.",
    ],
    examples: [
      "param %x: f32[]", "param %limit: f32[]",
      """
      %0 = while %x, %limit {carries = 1, condition = {
        param %x: f32[]
        param %limit: f32[]
        %0 = less %x, %limit : bool[]
        result %0 : bool[]
      }, body = {
        param %x: f32[]
        param %limit: f32[]
        %0 = add %x, %x : f32[]
        result %0 : f32[]
      }} : f32[]
      """,
    ],
    gradient: """
      None: how many steps there are is known only when they are done. A `scan` of a fixed length has one.
      """)

  public var mnemonic: String { "while" }
  public var attributes: [Attribute] {
    [
      Attribute("carries", .integer(carries)), Attribute("condition", .region(condition)),
      Attribute("body", .region(body)),
    ]
  }
  public var regions: [Region] { [condition, body] }
  public func replacing(_ regions: [Region]) -> WhileOp {
    WhileOp(carries: carries, condition: regions[0], body: regions[1])
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireRegions(["condition", "body"], resultCount: carries)
    if operands.count < carries {
      throw ConstraintViolation("C1", "the carries are \(carries), the operands are \(operands.count)")
    }
    for (name, region) in zip(["condition", "body"], regions) {
      try region.requireParameters(operands, name, "C2") { index in
        index < carries ? "carry \(index)" : "operand \(index)"
      }
    }
    if condition.resultTypes != [TensorType(.bool, .scalar)] {
      let types = condition.resultTypes.map(\.description).joined(separator: ", ")
      throw ConstraintViolation(
        "C3", "'condition' gives \(types.isEmpty ? "nothing" : types), not one bool[]")
    }
    let carried = Array(operands.prefix(carries))
    try requireCarries(carried, from: body.resultTypes, "C4")
    return carried
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    var values = operands
    while try Interpreter.run(condition, values)[0].bits(at: 0) != 0 {
      values.replaceSubrange(..<carries, with: try Interpreter.run(body, values))
    }
    return Array(values.prefix(carries))
  }

  public func differentiability(of index: Int) -> Differentiability {
    .cut(
      "how many steps there are is known only when they are done; a `scan` or a `fori`, whose count is a number, has a "
        + "gradient")
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] { context.operands.map { _ in nil } }
}

/// Demands that a body gives the carries, and nothing else, of their types.
func requireCarries(
  _ carried: [TensorType], from results: [TensorType], _ constraint: String
) throws(ConstraintViolation) {
  if results.count != carried.count {
    throw ConstraintViolation(
      constraint, "'body' gives \(counted(results.count, "value")), the carries are \(carried.count)")
  }
  for (index, (result, carry)) in zip(results, carried).enumerated() where result != carry {
    throw ConstraintViolation(
      constraint, "carry \(index) starts as \(carry) and 'body' gives \(result) for it")
  }
}
