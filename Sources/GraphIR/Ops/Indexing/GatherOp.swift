// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Windows of a tensor at places that another tensor holds.
public struct GatherOp: SingleResultRule {
  public let indexed: IndexedAxes

  public init(axes: [Int], batch: Int = 0) { indexed = IndexedAxes(axes, batch: batch) }
  init(_ indexed: IndexedAxes) { self.indexed = indexed }
  init(_ reader: inout AttributeReader) throws(AttributeError) { indexed = try IndexedAxes(&reader) }

  public static let doc = OpDoc(
    name: "gather",
    semantics: """
      Reads the operand where the indices say: the last axis of `indices` has one index for each of `axes`, and the \
      result has at each of their positions what the operand has there along its other axes. The first `batch` axes \
      of operand and indices go together. An index outside its axis fails the run.
      """,
    inputs: [
      "operand: any type",
      "indices: i32 or i64, [batch…, positions…, number of `axes`]",
    ],
    attributes: IndexedAxes.attributeWords,
    outputs: [
      "operand's element type, [batch…, positions…, operand's axes that are neither shared nor indexed…]"
    ],
    constraints: ["There are two operands."] + IndexedAxes.constraintWords,
    examples: [
      "param %table: f32[1000,64]",
      "param %words: i32[?0,20,1]",
      "%0 = gather %table, %words {axes = [0], batch = 0} : f32[?0,20,64]",
      "param %x: f32[?0,8,8]",
      "param %cells: i64[?0,3,2]",
      "%1 = gather %x, %cells {axes = [1, 2], batch = 1} : f32[?0,3]",
    ],
    gradient: """
      For the operand the cotangent, added up by `scatter` where it was read; for the indices none.
      """)

  public var mnemonic: String { "gather" }
  public var attributes: [Attribute] { indexed.attributes }
  public var lowering: LoweringClass { .indirect }

  public func differentiability(of index: Int) -> Differentiability {
    index == 0 ? .differentiable : .cut("an index has no derivative")
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(2, operands)
    return [operands[0].with(shape: try indexed.windows(of: operands[0], at: operands[1]))]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let operand = operands[0]
    let (extents, place) = try indexed.places(in: operand, operands[1])
    return NDArray(dtype: operand.dtype, shape: extents) { operand.bits(at: place($0)) }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let zeros = try context.builder.full(0, context.type(ofOperand: 0))
    let scatter = ScatterOp(.add, indexed)
    return [
      try context.builder.append(.scatter(scatter), [zeros, context.operands[1], context.cotangent]), nil,
    ]
  }
}
