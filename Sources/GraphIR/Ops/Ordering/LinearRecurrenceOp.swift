// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// `s[i] = a[i] · s[i − 1] + b[i]` along an axis.
public struct LinearRecurrenceOp: SingleResultRule {
  public let axis: Int
  /// Whether the recurrence starts at the end of the axis.
  public let reverse: Bool

  public init(axis: Int, reverse: Bool = false) {
    self.axis = axis
    self.reverse = reverse
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    self.init(axis: try reader.integer("axis"), reverse: try reader.boolean("reverse"))
  }

  public static let doc = OpDoc(
    name: "linearRecurrence",
    semantics: """
      Along `axis` s[0] = b[0] and s[i] = a[i]·s[i − 1] + b[i]; with `reverse` from the end. It runs in f64, with one \
      rounding after the product and one after the sum, and is rounded at each place. The first a counts for nothing.
      """,
    inputs: ["a: floating-point", "b: a's type"],
    attributes: ["axis: integer", "reverse: true or false"], outputs: ["a's type"],
    constraints: [
      "There are two operands of one floating-point type.", "`axis` is an axis of the operands.",
    ],
    examples: [
      "param %a: f32[?0,10]",
      "param %b: f32[?0,10]",
      "%0 = linearRecurrence %a, %b {axis = 1, reverse = false} : f32[?0,10]",
    ],
    gradient: """
      b: h, the recurrence of g that runs the other way, with the a of the place behind. a: h times the result of the \
      place before.
      """)

  public var mnemonic: String { "linearRecurrence" }
  public var attributes: [Attribute] {
    [Attribute("axis", .integer(axis)), Attribute("reverse", flag: reverse)]
  }
  public var lowering: LoweringClass { .library }
  public var widensHalves: Bool { true }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(2, operands)
    if operands[0] != operands[1] || !operands[0].dtype.isFloatingPoint {
      throw ConstraintViolation(
        "C1", "takes two tensors of one floating-point type, got \(operands[0]) and \(operands[1])")
    }
    try requireAxes([axis], rank: operands[0].rank, "C2")
    return [operands[0]]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let (a, b) = (operands[0], operands[1])
    let lanes = AxisLanes(a.shape, axis: axis)
    let rounding = ScalarProgram.conversion(from: .float64, to: type.dtype)
    var fault = false
    var result = [UInt64](repeating: 0, count: a.count)
    for lane in 0..<(lanes.length == 0 ? 0 : lanes.count) {
      var state = 0.0
      for step in 0..<lanes.length {
        let position = lanes.position(lane: lane, reverse ? lanes.length - 1 - step : step)
        let (factor, term) = (a.number(at: position), b.number(at: position))
        state = step == 0 ? term : factor * state + term
        result[position] = rounding.evaluate([state.bits], fault: &fault)[0]
      }
    }
    return NDArray(dtype: type.dtype, shape: a.shape, bits: result)
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let next = try b.shifted(context.operands[0], axis: axis, towardsStart: !reverse, filling: 0)
    let back = LinearRecurrenceOp(axis: axis, reverse: !reverse)
    let gathered = try b.append(.linearRecurrence(back), [next, context.cotangent])
    let before = try b.shifted(context.result, axis: axis, towardsStart: reverse, filling: 0)
    return [try b.multiply(gathered, before), gathered]
  }
}
