// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A tensor with windows of it changed at places that another tensor holds.
public struct ScatterOp: SingleResultRule {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case set, add, multiply, max, min

    /// The pointwise function that combines an element and an update; nil for `set`.
    public var combiner: ScalarFunction? {
      switch self {
      case .set: nil
      case .add: .add
      case .multiply: .multiply
      case .max: .maximum
      case .min: .minimum
      }
    }
  }

  public let kind: Kind
  public let indexed: IndexedAxes

  public init(_ kind: Kind, axes: [Int], batch: Int = 0) { self.init(kind, IndexedAxes(axes, batch: batch)) }
  init(_ kind: Kind, _ indexed: IndexedAxes) {
    self.kind = kind
    self.indexed = indexed
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    let word = try reader.word("kind")
    guard let kind = Kind(rawValue: word) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw AttributeError("there is no way '\(word)' to scatter; there are \(known)")
    }
    self.init(kind, try IndexedAxes(&reader))
  }

  public static let doc = OpDoc(
    name: "scatter",
    semantics: """
      The operand, changed where the indices say: places are numbered as in `gather`, of which this is the inverse. \
      Each update replaces the element at its place, or is combined with it by +, ×, max or min. The updates come in \
      row-major order, so that the last of several `set`s to one place stays and sums have the same bits everywhere. \
      max and min let NaN through. An index outside its axis fails the run.
      """,
    inputs: [
      "operand: any type, numeric unless kind is set",
      "indices: i32 or i64, [batch…, positions…, number of `axes`]",
      "updates: operand's element type, [batch…, positions…, operand's axes that are neither shared nor indexed…]",
    ],
    attributes: ["kind: set, add, multiply, max or min"] + IndexedAxes.attributeWords,
    outputs: ["the operand's type"],
    constraints: ["There are three operands, the first numeric unless kind is set."]
      + IndexedAxes.constraintWords + ["The updates have the type that `gather` would give."],
    examples: [
      "param %x: f32[10,4]",
      "param %rows: i32[?0,1]",
      "param %updates: f32[?0,4]",
      "%0 = scatter %x, %rows, %updates {kind = add, axes = [0], batch = 0} : f32[10,4]",
      "%1 = scatter %x, %rows, %updates {kind = set, axes = [0], batch = 0} : f32[10,4]",
    ],
    gradient: """
      add: the cotangent for the operand, what `gather` reads of it for the updates. set: the same, but zero at \
      places that are written for the operand, and for an update that a later one replaced. multiply: the cotangent \
      times the product of the other factors, zeros included. max and min: the cotangent shared evenly among the \
      operand's element and the updates that equal the result. For the indices none.
      """)

  public var mnemonic: String { "scatter" }
  public var attributes: [Attribute] { [Attribute("kind", .word(kind.rawValue))] + indexed.attributes }
  public var lowering: LoweringClass { .library }
  public var widensHalves: Bool { kind != .set }
  public var updatedOperand: Int? { 0 }

  public func differentiability(of index: Int) -> Differentiability {
    index == 1 ? .cut("an index has no derivative") : .differentiable
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(3, operands)
    let operand = operands[0]
    if kind != .set, !operand.dtype.isNumeric {
      throw ConstraintViolation("C1", "\(kind.rawValue) takes a numeric tensor, got \(operand)")
    }
    let windows = operand.with(shape: try indexed.windows(of: operand, at: operands[1]))
    if operands[2] != windows {
      throw ConstraintViolation(
        "C5", "indices \(operands[1]) into \(operand) take updates of \(windows), got \(operands[2])")
    }
    return [operand]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let (operand, updates) = (operands[0], operands[2])
    let (_, place) = try indexed.places(in: operand, operands[1])
    var bits = (0..<operand.count).map { operand.bits(at: $0) }
    let combiner = kind.combiner?.program(for: [operand.dtype, operand.dtype])
    if kind != .set, combiner == nil {
      throw EvaluationFault("\(kind.rawValue) has no meaning for \(operand.dtype)")
    }
    var fault = false
    for index in 0..<updates.count {
      let (place, update) = (place(index), updates.bits(at: index))
      bits[place] = combiner?.evaluate([bits[place], update], fault: &fault)[0] ?? update
    }
    return NDArray(dtype: operand.dtype, shape: operand.shape, bits: bits)
  }

  /// What is wrong when the index for entry `code − 1` of `axes` is out of range.
  public func faultMessage(_ code: Int32, operands: [TensorType]) -> String {
    let position = Int(code) - 1
    guard let operand = operands.first, indexed.axes.indices.contains(position) else {
      return faultMessage(code)
    }
    return indexed.fault(position, operand)
  }
}
