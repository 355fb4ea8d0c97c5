// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The same elements in the same order under another shape.
public struct ReshapeOp: SingleResultRule {
  public let shape: Shape

  public init(shape: Shape) { self.shape = shape }
  init(_ reader: inout AttributeReader) throws(AttributeError) { shape = try reader.shape("shape") }

  public static let doc = OpDoc(
    name: "reshape", semantics: "The same elements, in row-major order, under another shape.",
    inputs: ["operand: any type"], attributes: ["shape: the result's shape"],
    outputs: ["operand's element type"],
    constraints: [
      "There is one operand.", "The element counts are equal; products of symbols count as they are written.",
    ],
    examples: [
      "param %x: f32[?0,4,2]",
      "%0 = reshape %x {shape = [?0, 8]} : f32[?0,8]",
      "%1 = reshape %x {shape = [4*?0, 2]} : f32[4*?0,2]",
    ], gradient: "The cotangent, reshaped back.")

  public var mnemonic: String { "reshape" }
  public var attributes: [Attribute] { [Attribute("shape", .shape(shape))] }
  public var lowering: LoweringClass { .relabel }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    if operands[0].shape.elementCount != shape.elementCount {
      throw ConstraintViolation(
        "C2",
        "cannot give \(operands[0]) (\(operands[0].shape.elementCount) elements) the shape \(shape) "
          + "(\(shape.elementCount) elements)")
    }
    return [operands[0].with(shape: shape)]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    guard let result = operands[0].reshaped(to: try staticExtents(type)) else {
      throw EvaluationFault("cannot reshape \(operands[0].shape) to \(type.shape)")
    }
    return result
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    [try context.builder.reshape(context.cotangent, to: context.type(ofOperand: 0).shape)]
  }

  public func bound(by bindings: [Int: Dim]) -> ReshapeOp { ReshapeOp(shape: shape.bound(by: bindings)) }
}

/// A permutation of the axes.
public struct TransposeOp: SingleResultRule {
  public let permutation: [Int]

  public init(permutation: [Int]) { self.permutation = permutation }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    permutation = try reader.integers("permutation")
  }

  public static let doc = OpDoc(
    name: "transpose", semantics: "Axis `k` of the result is axis `permutation[k]` of the operand.",
    inputs: ["operand: any type"], attributes: ["permutation: a list of axes"],
    outputs: ["operand's element type, the extents permuted"],
    constraints: ["There is one operand.", "`permutation` names every axis of the operand once."],
    examples: [
      "param %x: f32[2,3]",
      "%0 = transpose %x {permutation = [1, 0]} : f32[3,2]",
    ],
    gradient: "The cotangent, transposed by the inverse permutation.")

  public var mnemonic: String { "transpose" }
  public var attributes: [Attribute] { [Attribute("permutation", .integers(permutation))] }
  public var lowering: LoweringClass { .view }

  /// `inverse[permutation[k]] == k`
  public var inverse: [Int] {
    var result = permutation
    for (position, axis) in permutation.enumerated() { result[axis] = position }
    return result
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    if permutation.count != operands[0].rank {
      throw ConstraintViolation(
        "C2",
        "the permutation \(permutation) has \(permutation.count) axes, \(operands[0]) has \(operands[0].rank)"
      )
    }
    try requireAxes(permutation, rank: operands[0].rank, "C2")
    return [operands[0].with(shape: Shape(permutation.map { operands[0].shape[$0] }))]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let inverse = inverse
    return NDArray.gathered(from: operands[0], extents: try staticExtents(type)) { point in
      inverse.map { point[$0] }
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    [try context.builder.transpose(context.cotangent, inverse)]
  }
}

/// Repeats a tensor along new or unit axes.
public struct BroadcastOp: SingleResultRule {
  public let shape: Shape
  /// Operand axis `k` is result axis `axes[k]`.
  public let axes: [Int]

  public init(shape: Shape, axes: [Int]) {
    self.shape = shape
    self.axes = axes
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    shape = try reader.shape("shape")
    axes = try reader.integers("axes")
  }

  public static let doc = OpDoc(
    name: "broadcast",
    semantics: """
      Repeats the operand: its axis `k` lies along axis `axes[k]` of the result, and an extent of 1 is stretched. The \
      language has no implicit broadcast; the Swift API inserts this op.
      """,
    inputs: ["operand: any type"],
    attributes: ["shape: the result's shape", "axes: a result axis for each operand axis"],
    outputs: ["operand's element type"],
    constraints: [
      "There is one operand.",
      "`axes` has one entry for each operand axis, ascending, within the result's rank.",
      "Each operand extent is 1 or equals the result's extent.",
    ],
    examples: [
      "param %x: f32[10]",
      "%0 = broadcast %x {shape = [32, 10], axes = [1]} : f32[32,10]",
    ],
    gradient: "The cotangent, summed over the repeated axes.")

  public var mnemonic: String { "broadcast" }
  public var attributes: [Attribute] {
    [Attribute("shape", .shape(shape)), Attribute("axes", .integers(axes))]
  }
  public var lowering: LoweringClass { .view }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let operand = operands[0]
    if axes.count != operand.rank || zip(axes, axes.dropFirst()).contains(where: { $0 >= $1 }) {
      throw ConstraintViolation(
        "C2", "axes \(axes) must name an ascending result axis for each axis of \(operand)")
    }
    try requireAxes(axes, rank: shape.rank, "C2")
    for (axis, target) in axes.enumerated()
    where operand.shape[axis] != 1 && operand.shape[axis] != shape[target] {
      throw ConstraintViolation(
        "C3",
        "axis \(axis) of \(operand) is \(operand.shape[axis]), axis \(target) of the result is \(shape[target])"
      )
    }
    return [operand.with(shape: shape)]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let source = operands[0].shape
    return NDArray.gathered(from: operands[0], extents: try staticExtents(type)) { point in
      axes.indices.map { source[$0] == 1 ? 0 : point[axes[$0]] }
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let operand = context.type(ofOperand: 0)
    let stretched = axes.indices.filter { operand.shape[$0] == 1 && shape[axes[$0]] != 1 }.map { axes[$0] }
    let repeated = (0..<shape.rank).filter { !axes.contains($0) } + stretched
    let summed = try builder.sum(context.cotangent, axes: repeated.sorted())
    return [try builder.reshape(summed, to: operand.shape)]
  }

  public func bound(by bindings: [Int: Dim]) -> BroadcastOp {
    BroadcastOp(shape: shape.bound(by: bindings), axes: axes)
  }
}

/// The elements in reverse order along some axes.
public struct ReverseOp: SingleResultRule {
  public let axes: [Int]

  public init(axes: [Int]) { self.axes = axes }
  init(_ reader: inout AttributeReader) throws(AttributeError) { axes = try reader.integers("axes") }

  public static let doc = OpDoc(
    name: "reverse", semantics: "The operand with the order of its elements turned around along `axes`.",
    inputs: ["operand: any type"], attributes: ["axes: a list of axes"], outputs: ["the operand's type"],
    constraints: ["There is one operand.", "`axes` are distinct axes of the operand."],
    examples: [
      "param %x: f32[5]",
      "%0 = reverse %x {axes = [0]} : f32[5]",
    ], gradient: "The cotangent, reversed.")

  public var mnemonic: String { "reverse" }
  public var attributes: [Attribute] { [Attribute("axes", .integers(axes))] }
  public var lowering: LoweringClass { .view }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    try requireAxes(axes, rank: operands[0].rank, "C2")
    return [operands[0]]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let extents = try staticExtents(type)
    return NDArray.gathered(from: operands[0], extents: extents) { point in
      point.indices.map { axes.contains($0) ? extents[$0] - 1 - point[$0] : point[$0] }
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    [try context.builder.append(.reverse(self), [context.cotangent])]
  }
}
