// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Puts the elements of an axis in order, and others along with them.
public struct SortOp: OpRule {
  public let axis: Int
  public let descending: Bool

  public init(axis: Int, descending: Bool = false) {
    self.axis = axis
    self.descending = descending
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    self.init(axis: try reader.integer("axis"), descending: try reader.boolean("descending"))
  }

  public static let doc = OpDoc(
    name: "sort",
    semantics: """
      Along `axis` the keys in ascending or descending order, and each of the values in the order of its key. Equal keys \
      keep their order in either direction; 0 and −0 are equal, false comes before true, and NaN counts as equal to \
      itself and greater than every number: it comes last, or first when descending.
      """,
    inputs: ["keys: any type but string", "values: none or more, of the keys' shape"],
    attributes: ["axis: integer", "descending: true or false"],
    outputs: ["one for each operand, of its type"],
    constraints: [
      "There is at least one operand.", "The operands have the same shape.",
      "`axis` is an axis of the operands.",
    ],
    examples: [
      "param %x: f32[?0,10]",
      "param %y: i32[?0,10]",
      "%0 = sort %x {axis = 1, descending = false} : f32[?0,10]",
      "%1:2 = sort %x, %y {axis = 0, descending = true} : f32[?0,10], i32[?0,10]",
    ],
    gradient: "Each g, put back to the places that the elements came from.")

  public var mnemonic: String { "sort" }
  public var attributes: [Attribute] {
    [Attribute("axis", .integer(axis)), Attribute("descending", flag: descending)]
  }
  public var lowering: LoweringClass { .library }
  public var widensHalves: Bool { true }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    guard let keys = operands.first else { throw ConstraintViolation("C1", "takes at least one operand") }
    if let other = operands.first(where: { $0.shape != keys.shape }) {
      throw ConstraintViolation("C2", "the keys are \(keys), the values \(other)")
    }
    try requireAxes([axis], rank: keys.rank, "C3")
    return operands
  }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    let keys = operands[0]
    let lanes = AxisLanes(keys.shape, axis: axis)
    var sources = Array(0..<keys.count)
    for lane in 0..<(lanes.length == 0 ? 0 : lanes.count) {
      let order = (0..<lanes.length).sorted { left, right in
        let (x, y) = (lanes.position(lane: lane, left), lanes.position(lane: lane, right))
        if keys.precedes(x, keys, y) { return !descending }
        if keys.precedes(y, keys, x) { return descending }
        return left < right
      }
      for (target, source) in order.enumerated() {
        sources[lanes.position(lane: lane, target)] = lanes.position(lane: lane, source)
      }
    }
    return operands.map { operand in
      NDArray(dtype: operand.dtype, shape: operand.shape) { operand.bits(at: sources[$0]) }
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let b = context.builder
    let keys = context.operands[0]
    let places = try b.append(
      .iota(IotaOp(type: TensorType(.int32, b.type(of: keys).shape), axis: axis)))
    let origins = try b.appendAll(.sort(self), [keys, places])[1]
    // Sorted by where they came from, the cotangents are where they belong.
    let present = context.cotangents.indices.filter { context.cotangents[$0] != nil }
    let moved = try b.appendAll(
      .sort(SortOp(axis: axis)), [origins] + present.compactMap { context.cotangents[$0] })
    var gradients = [Value?](repeating: nil, count: context.operands.count)
    for (position, result) in present.enumerated() { gradients[result] = moved[position + 1] }
    return gradients
  }
}

extension NDArray {
  /// Whether the element at `index` comes before one of another array of the same type: smaller, or a number before NaN.
  func precedes(_ index: Int, _ other: NDArray, _ otherIndex: Int) -> Bool {
    switch dtype {
    case .int64: return Int64(bits: bits(at: index)) < Int64(bits: other.bits(at: otherIndex))
    default:
      let (x, y) = (number(at: index), other.number(at: otherIndex))
      return x < y || !x.isNaN && y.isNaN
    }
  }
}
