// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A loop of a known number of steps, over the elements of arrays.
public struct ScanOp: ControlRule {
  /// The leading operands, which change from step to step.
  public let carries: Int
  /// The operands behind them, of whose first axis each step takes one index.
  public let elements: Int
  /// The number of steps.
  public let length: Dim
  /// Whether the steps go from the last index to the first.
  public let reverse: Bool
  public let body: Region

  public init(carries: Int, elements: Int, length: Dim, reverse: Bool = false, body: Region) {
    self.carries = carries
    self.elements = elements
    self.length = length
    self.reverse = reverse
    self.body = body
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    carries = try reader.integer("carries")
    elements = try reader.integer("elements")
    length = try reader.extent("length")
    reverse = try reader.boolean("reverse")
    body = try reader.region("body")
  }

  public static let doc = OpDoc(
    name: "scan",
    semantics: """
      Runs `body` once for each index i from 0 to `length` − 1, or in the other order with `reverse`. A step takes the \
      carries, the i-th part of each element array, and the captures; it gives the next carries and outputs. The \
      outputs of all steps are stacked by i.
      """,
    inputs: [
      "carries: any types; what the loop starts from", "elements: any types with a first axis of `length`",
      "captures: any types; the same in every step",
    ],
    attributes: [
      "carries: how many operands are carries", "elements: how many operands behind them are elements",
      "length: the number of steps, an extent", "reverse: false or true",
      "body: a region that takes carries, parts of elements and captures, and gives carries and outputs",
    ],
    outputs: [
      "the carries after the last step, of their types", "each output, with a first axis of `length`",
    ],
    constraints: [
      "There are at least as many operands as carries and elements, and there is a result.",
      "`body` gives the carries, of their types, before its outputs.",
      "Each element array has a first axis of `length`.",
      "The parameters of `body` have the types of the carries, of the elements without their first axis, and of the "
        + "captures.",
    ],
    examples: [
      "param %h: f32[4]", "param %xs: f32[?0,4]", "param %w: f32[4]",
      """
      %0:2 = scan %h, %xs, %w {carries = 1, elements = 1, length = ?0, reverse = false, body = {
        param %h: f32[4]
        param %x: f32[4]
        param %w: f32[4]
        %0 = multiply %h, %w : f32[4]
        %1 = add %0, %x : f32[4]
        %2 = tanh %1 : f32[4]
        result %1 : f32[4]
        result %2 : f32[4]
      }} : f32[4], f32[?0,4]
      """,
    ],
    gradient: """
      A scan in the other direction. The carries of every step are kept, as outputs of a scan that the pass \
      `merge-loops` makes one with this; everything else of a step is computed again in the step's own gradient. \
      Gradients of captures are summed in carries of their own. Integer carries have none.
      """)

  public var mnemonic: String { "scan" }
  public var attributes: [Attribute] {
    [
      Attribute("carries", .integer(carries)), Attribute("elements", .integer(elements)),
      Attribute("length", .extent(length)), Attribute("reverse", .word(String(reverse))),
      Attribute("body", .region(body)),
    ]
  }
  public var regions: [Region] { [body] }
  public func replacing(_ regions: [Region]) -> ScanOp {
    ScanOp(carries: carries, elements: elements, length: length, reverse: reverse, body: regions[0])
  }
  public func bound(by bindings: [Int: Dim]) -> ScanOp {
    ScanOp(
      carries: carries, elements: elements, length: length.bound(by: bindings), reverse: reverse,
      body: body.substituted(by: bindings))
  }

  /// The position of the first capture among the operands and the body's parameters.
  public var firstCapture: Int { carries + elements }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireRegions(["body"], resultCount: body.module.results.count)
    if carries < 0 || elements < 0 || operands.count < carries || operands.count - carries < elements {
      throw ConstraintViolation(
        "C1",
        "carries and elements are \(carries) + \(elements), the operands are \(operands.count)")
    }
    let results = body.visibleResultTypes
    let carried = Array(operands.prefix(carries))
    try requireCarries(carried, from: Array(body.resultTypes.prefix(carries)), "C2")
    if let length = length.value, length < 0 {
      throw ConstraintViolation("C3", "a loop of \(length) steps")
    }
    var parts = operands
    for index in carries..<firstCapture {
      guard operands[index].rank > 0, operands[index].shape[0] == length else {
        throw ConstraintViolation(
          "C3", "element \(index - carries) is \(operands[index]), whose first axis is not \(length) long")
      }
      parts[index] = operands[index].with(shape: Shape(Array(operands[index].shape.dims.dropFirst())))
    }
    try body.requireParameters(parts, "body", "C4") { index in
      if index < carries { return "carry \(index)" }
      return index < firstCapture ? "a part of element \(index - carries)" : "capture \(index - firstCapture)"
    }
    return carried
      + results.dropFirst(carries).map { $0.with(shape: Shape([length] + $0.shape.dims)) }
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    guard let count = length.value else { throw EvaluationFault("the length \(length) is not bound") }
    var values = operands
    var outputs = [[NDArray]](repeating: [], count: types.count - carries)
    for step in 0..<count {
      let position = reverse ? count - 1 - step : step
      for index in carries..<firstCapture { values[index] = operands[index].slice(at: position) }
      let results = try Interpreter.run(body, values)
      values.replaceSubrange(..<carries, with: results.prefix(carries))
      for (index, result) in results.dropFirst(carries).enumerated() { outputs[index].append(result) }
    }
    var stacks: [NDArray] = []
    for (parts, type) in zip(outputs, types.dropFirst(carries)) {
      stacks.append(try .stacked(reverse ? parts.reversed() : parts, type))
    }
    return values.prefix(carries) + stacks
  }
}
