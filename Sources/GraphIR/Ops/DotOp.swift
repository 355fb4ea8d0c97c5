// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Sums of products over contracted axes: matrix products, batched or not, in any layout.
public struct DotOp: SingleResultRule {
  public let lhsContract: [Int]
  public let rhsContract: [Int]
  public let lhsBatch: [Int]
  public let rhsBatch: [Int]

  public init(lhsContract: [Int], rhsContract: [Int], lhsBatch: [Int] = [], rhsBatch: [Int] = []) {
    self.lhsContract = lhsContract
    self.rhsContract = rhsContract
    self.lhsBatch = lhsBatch
    self.rhsBatch = rhsBatch
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    (lhsContract, rhsContract) = try reader.pair("contract")
    (lhsBatch, rhsBatch) = try reader.pair("batch")
  }

  public static let doc = OpDoc(
    name: "dot",
    semantics: """
      For each index of the batch axes and of the axes that are neither batch nor contracted (free), the sum over the \
      contracted axes of lhs · rhs. Sums are not in a fixed order; every implementation stays within the error bound \
      2·K·ε·Σ|x·y| and gives the same bits for any number of threads. Integers wrap.
      """,
    inputs: ["lhs: numeric", "rhs: lhs's element type"],
    attributes: ["contract: lhs axes × rhs axes", "batch: lhs axes × rhs axes"],
    outputs: ["the element type; batch axes, then lhs's free axes, then rhs's, each in order"],
    constraints: [
      "There are two operands of one numeric element type.", "Contracted axes agree in extent, pair by pair.",
      "Batch axes agree in extent, pair by pair.",
      "The lists of a pair have the same length, and no axis is named twice on a side.",
    ],
    examples: [
      "param %x: f32[?0,784]",
      "param %y: f32[784,10]",
      "%0 = dot %x, %y {contract = [1] x [0], batch = [] x []} : f32[?0,10]",
      "param %u: f32[8,2,3]",
      "param %v: f32[8,4,3]",
      "%1 = dot %u, %v {contract = [2] x [2], batch = [0] x [0]} : f32[8,2,4]",
    ],
    gradient: "For each side the dot of the cotangent with the other side, over the other side's free axes.")

  public var mnemonic: String { "dot" }
  public var attributes: [Attribute] {
    [Attribute("contract", .pair(lhsContract, rhsContract)), Attribute("batch", .pair(lhsBatch, rhsBatch))]
  }
  public var lowering: LoweringClass { .contraction }
  public var widensHalves: Bool { true }

  public func lhsFree(rank: Int) -> [Int] {
    (0..<rank).filter { !lhsContract.contains($0) && !lhsBatch.contains($0) }
  }
  public func rhsFree(rank: Int) -> [Int] {
    (0..<rank).filter { !rhsContract.contains($0) && !rhsBatch.contains($0) }
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(2, operands)
    let (lhs, rhs) = (operands[0], operands[1])
    if lhs.dtype != rhs.dtype || !lhs.dtype.isNumeric {
      throw ConstraintViolation("C1", "takes two tensors of one numeric type, got \(lhs) and \(rhs)")
    }
    if lhsContract.count != rhsContract.count || lhsBatch.count != rhsBatch.count {
      throw ConstraintViolation("C4", "the axes of the two sides do not pair up")
    }
    try requireAxes(lhsContract + lhsBatch, rank: lhs.rank, "C4")
    try requireAxes(rhsContract + rhsBatch, rank: rhs.rank, "C4")
    for (left, right) in zip(lhsContract, rhsContract) where lhs.shape[left] != rhs.shape[right] {
      throw ConstraintViolation(
        "C2",
        "inner dimensions differ: lhs \(lhs) axis \(left) is \(lhs.shape[left]), "
          + "rhs \(rhs) axis \(right) is \(rhs.shape[right])")
    }
    for (left, right) in zip(lhsBatch, rhsBatch) where lhs.shape[left] != rhs.shape[right] {
      throw ConstraintViolation(
        "C3",
        "batch dimensions differ: lhs \(lhs) axis \(left) is \(lhs.shape[left]), "
          + "rhs \(rhs) axis \(right) is \(rhs.shape[right])")
    }
    let dims =
      lhsBatch.map { lhs.shape[$0] } + lhsFree(rank: lhs.rank).map { lhs.shape[$0] }
      + rhsFree(rank: rhs.rank).map { rhs.shape[$0] }
    return [TensorType(lhs.dtype, Shape(dims))]
  }

  /// Floating-point sums run in f64 and are rounded once, which makes this the yardstick for native products.
  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let (lhs, rhs) = (operands[0], operands[1])
    let (left, right) = (IndexSpace(lhs.shape), IndexSpace(rhs.shape))
    let inner = IndexSpace(lhsContract.map { lhs.shape[$0] })
    let result = IndexSpace(try staticExtents(type))
    let (leftFree, rightFree) = (lhsFree(rank: lhs.rank), rhsFree(rank: rhs.rank))
    return NDArray(dtype: type.dtype, shape: result.extents) { index in
      let point = result.point(at: index)
      var leftPoint = [Int](repeating: 0, count: lhs.rank)
      var rightPoint = [Int](repeating: 0, count: rhs.rank)
      for (position, axis) in lhsBatch.enumerated() { leftPoint[axis] = point[position] }
      for (position, axis) in rhsBatch.enumerated() { rightPoint[axis] = point[position] }
      for (position, axis) in leftFree.enumerated() { leftPoint[axis] = point[lhsBatch.count + position] }
      for (position, axis) in rightFree.enumerated() {
        rightPoint[axis] = point[lhsBatch.count + leftFree.count + position]
      }
      var real = 0.0
      var integer: Int64 = 0
      for k in 0..<inner.count {
        let contracted = inner.point(at: k)
        for (position, axis) in lhsContract.enumerated() { leftPoint[axis] = contracted[position] }
        for (position, axis) in rhsContract.enumerated() { rightPoint[axis] = contracted[position] }
        let (x, y) = (left.linear(leftPoint), right.linear(rightPoint))
        if type.dtype.isFloatingPoint {
          real += lhs.number(at: x) * rhs.number(at: y)
        } else {
          // The low bits of a product do not depend on the signs' interpretation.
          integer &+= Int64(bitPattern: lhs.bits(at: x)) &* Int64(bitPattern: rhs.bits(at: y))
        }
      }
      switch type.dtype {
      case .float16, .bfloat16, .float32, .float64: return type.dtype.bits(rounding: real)
      case .int32, .uint32: return UInt64(UInt32(truncatingIfNeeded: integer))
      case .uint8, .int8: return UInt64(UInt8(truncatingIfNeeded: integer))
      default: return integer.bits
      }
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let (lhs, rhs) = (context.operands[0], context.operands[1])
    let (lhsRank, rhsRank) = (context.type(ofOperand: 0).rank, context.type(ofOperand: 1).rank)
    let (leftFree, rightFree) = (lhsFree(rank: lhsRank), rhsFree(rank: rhsRank))
    let batch = Array(lhsBatch.indices)
    let leftInResult = leftFree.indices.map { batch.count + $0 }
    let rightInResult = rightFree.indices.map { batch.count + leftFree.count + $0 }

    // The dot leaves batch axes, lhs's free axes, and rhs's contracted axes in rhs's order.
    let forLeft = DotOp(
      lhsContract: rightInResult, rhsContract: rightFree, lhsBatch: batch, rhsBatch: rhsBatch)
    let leftRaw = try builder.append(.dot(forLeft), [context.cotangent, rhs])
    let contractedByRight = rhsContract.sorted().map { axis in
      lhsContract[rhsContract.firstIndex(of: axis) ?? 0]
    }
    let left = try builder.transpose(
      leftRaw, TransposeOp(permutation: lhsBatch + leftFree + contractedByRight).inverse)

    let forRight = DotOp(
      lhsContract: leftFree, rhsContract: leftInResult, lhsBatch: lhsBatch, rhsBatch: batch)
    // With lhs first the product leaves batch, lhs's contracted axes, rhs's free axes.
    let rightRaw = try builder.append(.dot(forRight), [lhs, context.cotangent])
    let contractedByLeft = lhsContract.sorted().map { axis in
      rhsContract[lhsContract.firstIndex(of: axis) ?? 0]
    }
    let right = try builder.transpose(
      rightRaw, TransposeOp(permutation: rhsBatch + contractedByLeft + rightFree).inverse)
    return [left, right]
  }
}
