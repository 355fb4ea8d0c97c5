// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Combines each element of an axis with all that come before it.
public struct CumulativeOp: SingleResultRule {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case sum, product, max, min

    public var reduction: ReduceOp.Kind {
      switch self {
      case .sum: .sum
      case .product: .product
      case .max: .max
      case .min: .min
      }
    }
  }

  public let kind: Kind
  public let axis: Int
  /// Whether an element does not count for its own place.
  public let exclusive: Bool
  /// Whether the last element comes first.
  public let reverse: Bool

  public init(_ kind: Kind, axis: Int, exclusive: Bool = false, reverse: Bool = false) {
    self.kind = kind
    self.axis = axis
    self.exclusive = exclusive
    self.reverse = reverse
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    let word = try reader.word("kind")
    guard let kind = Kind(rawValue: word) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw AttributeError("nothing is accumulated by '\(word)'; there are \(known)")
    }
    self.init(
      kind, axis: try reader.integer("axis"), exclusive: try reader.boolean("exclusive"),
      reverse: try reader.boolean("reverse"))
  }

  public static let doc = OpDoc(
    name: "cumulative",
    semantics: """
      At each place of `axis` the sum, product, maximum or minimum of the elements up to it, or with `exclusive` of \
      those before it; with `reverse` from the end. Elements are taken one after the other, starting from 0, 1, the \
      least or the greatest value. Floating-point sums and products run in f64 and are rounded at each place. max and \
      min give NaN from the first NaN on. Integers wrap.
      """,
    inputs: ["operand: numeric"],
    attributes: [
      "kind: sum, product, max or min", "axis: integer", "exclusive: true or false", "reverse: true or false",
    ],
    outputs: ["operand's type"],
    constraints: ["There is one operand, of a numeric type.", "`axis` is an axis of the operand."],
    examples: [
      "param %x: f32[?0,10]",
      "%0 = cumulative %x {kind = sum, axis = 1, exclusive = false, reverse = false} : f32[?0,10]",
      "%1 = cumulative %0 {kind = max, axis = 0, exclusive = true, reverse = true} : f32[?0,10]",
    ],
    gradient: """
      sum: the cumulative sum of g, from the other end. product: the product of the elements before, times a linear \
      recurrence of g and the elements behind, so that zeros are no special case. max and min: at each element the sum \
      of g over the places whose result it is, the last one in order where several are equal.
      """)

  public var mnemonic: String { "cumulative" }
  public var attributes: [Attribute] {
    [
      Attribute("kind", .word(kind.rawValue)), Attribute("axis", .integer(axis)),
      Attribute("exclusive", flag: exclusive), Attribute("reverse", flag: reverse),
    ]
  }
  public var lowering: LoweringClass { .library }
  public var widensHalves: Bool { true }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    if !operands[0].dtype.isNumeric {
      throw ConstraintViolation("C1", "takes a numeric tensor, got \(operands[0])")
    }
    try requireAxes([axis], rank: operands[0].rank, "C2")
    return operands
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let operand = operands[0]
    let identity = kind.reduction.identity(type.dtype)
    if type.dtype.isFloatingPoint, kind == .sum || kind == .product {
      let isSum = kind == .sum
      let rounding = ScalarProgram.conversion(from: .float64, to: type.dtype)
      var fault = false
      return accumulated(
        operand, from: isSum ? 0.0 : 1.0,
        combine: { isSum ? $0 + operand.number(at: $1) : $0 * operand.number(at: $1) },
        bits: { rounding.evaluate([$0.bits], fault: &fault)[0] })
    }
    guard let combiner = kind.reduction.combiner.program(for: [type.dtype, type.dtype]) else {
      throw EvaluationFault("\(kind.rawValue) has no meaning for \(type.dtype)")
    }
    var fault = false
    return accumulated(
      operand, from: identity, combine: { combiner.evaluate([$0, operand.bits(at: $1)], fault: &fault)[0] },
      bits: { $0 })
  }

  /// The running totals, where `combine` takes a total and the position of an element.
  private func accumulated<Total>(
    _ operand: NDArray, from start: Total, combine: (Total, Int) -> Total, bits: (Total) -> UInt64
  ) -> NDArray {
    let lanes = AxisLanes(operand.shape, axis: axis)
    var result = [UInt64](repeating: 0, count: operand.count)
    for lane in 0..<(lanes.length == 0 ? 0 : lanes.count) {
      var total = start
      for step in 0..<lanes.length {
        let position = lanes.position(lane: lane, reverse ? lanes.length - 1 - step : step)
        if exclusive { result[position] = bits(total) }
        total = combine(total, position)
        if !exclusive { result[position] = bits(total) }
      }
    }
    return NDArray(dtype: operand.dtype, shape: operand.shape, bits: result)
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let x = context.operands[0]
    if kind == .sum {
      let back = CumulativeOp(.sum, axis: axis, exclusive: exclusive, reverse: !reverse)
      return [try b.append(.cumulative(back), [context.cotangent])]
    }
    // Without its own element a result is that of the place before it.
    let g =
      exclusive
      ? try b.shifted(context.cotangent, axis: axis, towardsStart: !reverse, filling: 0) : context.cotangent
    let back = LinearRecurrenceOp(axis: axis, reverse: !reverse)
    if kind == .product {
      let before = CumulativeOp(.product, axis: axis, exclusive: true, reverse: reverse)
      let next = try b.shifted(x, axis: axis, towardsStart: !reverse, filling: 0)
      return [
        try b.multiply(b.append(.cumulative(before), [x]), b.append(.linearRecurrence(back), [next, g]))
      ]
    }
    let extremes =
      exclusive
      ? try b.append(.cumulative(CumulativeOp(kind, axis: axis, reverse: reverse)), [x]) : context.result
    // A record holds from the place where it is set until the next one is.
    let isRecord = try b.apply(.or, b.apply(.equal, x, extremes), b.apply(.notEqual, x, x))
    let zero = try b.full(0, like: g)
    let ends = try b.shifted(isRecord, axis: axis, towardsStart: !reverse, filling: 0)
    let reach = try b.select(ends, zero, b.full(1, like: g))
    return [try b.select(isRecord, b.append(.linearRecurrence(back), [reach, g]), zero)]
  }
}
