// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// One of two regions, as a scalar decides.
public struct CondOp: ControlRule {
  public let then: Region
  public let otherwise: Region

  public init(then: Region, else otherwise: Region) {
    self.then = then
    self.otherwise = otherwise
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    then = try reader.region("then")
    otherwise = try reader.region("else")
  }

  public static let doc = OpDoc(
    name: "cond",
    semantics: """
      What `then` gives for the operands behind the predicate if the predicate is true, else what `else` gives. Only \
      the region that is chosen runs.
      """,
    inputs: ["predicate: bool[]", "operands: any types; both regions take all of them"],
    attributes: ["then: a region", "else: a region"],
    outputs: ["the results of the regions, one or more"],
    constraints: [
      "There is a predicate, and at least one result.", "The predicate is a `bool` scalar.",
      "The regions' parameters have the operands' types.", "The regions have the same result types.",
    ],
    examples: [
      "param %p: bool[]", "param %x: f32[4]",
      """
      %0 = cond %p, %x {then = {
        param %x: f32[4]
        %0 = exp %x : f32[4]
        result %0 : f32[4]
      }, else = {
        param %x: f32[4]
        %0 = negate %x : f32[4]
        result %0 : f32[4]
      }} : f32[4]
      """,
    ],
    gradient: """
      That of the region that is chosen: a `cond` whose regions compute what is needed of the branch again, and then \
      the gradients.
      """)

  public var mnemonic: String { "cond" }
  public var attributes: [Attribute] {
    [Attribute("then", .region(then)), Attribute("else", .region(otherwise))]
  }
  public var regions: [Region] { [then, otherwise] }
  public func replacing(_ regions: [Region]) -> CondOp { CondOp(then: regions[0], else: regions[1]) }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireRegions(["then", "else"], resultCount: then.module.results.count)
    guard let predicate = operands.first else {
      throw ConstraintViolation("C1", "takes a predicate, got no operand")
    }
    if predicate != TensorType(.bool, .scalar) {
      throw ConstraintViolation("C2", "the predicate is \(predicate); it must be bool[]")
    }
    for (name, region) in zip(["then", "else"], regions) {
      try region.requireParameters(Array(operands.dropFirst()), name, "C3") { "operand \($0 + 1)" }
    }
    let (left, right) = (then.visibleResultTypes, otherwise.visibleResultTypes)
    if left.count != right.count {
      throw ConstraintViolation(
        "C4", "'then' gives \(counted(left.count, "value")), 'else' gives \(right.count)")
    }
    return try zip(left, right).enumerated().map { index, pair throws(ConstraintViolation) in
      let (yes, no) = pair
      guard yes.dtype == no.dtype, yes.shape.matches(no.shape) else {
        throw ConstraintViolation("C4", "result \(index) is \(yes) in 'then' and \(no) in 'else'")
      }
      return yes.with(
        shape: Shape(zip(yes.shape.dims, no.shape.dims).map { $0 == $1 ? $0 : .unknown }))
    }
  }

  /// Extents that the branches leave open in different ways are open.
  public var leavesExtentsOpen: Bool { regions.contains { !$0.ownSymbols.isEmpty } }

  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    try Interpreter.run(operands[0].bits(at: 0) != 0 ? then : otherwise, Array(operands.dropFirst()))
  }
}
