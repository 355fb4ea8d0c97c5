// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A window of a tensor, of known size at a place that is computed.
public struct DynamicSliceOp: SingleResultRule {
  /// The window's extents.
  public let sizes: Shape

  public init(sizes: Shape) { self.sizes = sizes }
  init(_ reader: inout AttributeReader) throws(AttributeError) { sizes = try reader.shape("sizes") }

  public static let doc = OpDoc(
    name: "dynamicSlice",
    semantics: """
      The window of shape `sizes` that begins at `starts`, one scalar for each axis. A start from which the window \
      would reach beyond the operand is moved to the nearest one from which it does not.
      """,
    inputs: ["operand: any type", "starts: for each axis a scalar, i32 or i64"],
    attributes: ["sizes: the window's shape"],
    outputs: ["operand's element type and the shape `sizes`"],
    constraints: [
      "There is one operand, and then for each of its axes a scalar of i32 or i64.",
      "`sizes` has one extent for each axis, none greater than the operand's; where a symbol leaves that open it is "
        + "checked when the extents are bound.",
    ],
    examples: [
      "param %x: f32[?0,100]",
      "param %row: i32[]",
      "param %column: i64[]",
      "%0 = dynamicSlice %x, %row, %column {sizes = [1, 10]} : f32[1,10]",
      "%1 = dynamicSlice %x, %row, %column {sizes = [?0, 4]} : f32[?0,4]",
    ],
    gradient: "For the operand zeros with the cotangent put in the window's place by `dynamicUpdate`.")

  public var mnemonic: String { "dynamicSlice" }
  public var attributes: [Attribute] { [Attribute("sizes", .shape(sizes))] }
  public var lowering: LoweringClass { .indirect }

  public func differentiability(of index: Int) -> Differentiability {
    index == 0 ? .differentiable : .cut("a position has no derivative")
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    guard let operand = operands.first else {
      throw ConstraintViolation("C1", "takes a tensor and its starts, got nothing")
    }
    try requireStarts(operands.dropFirst(), operand)
    try requireWindow(sizes, operand)
    return [operand.with(shape: sizes)]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let extents = try staticExtents(type)
    let starts = windowStarts(operands.dropFirst(), operands[0].shape, extents)
    return NDArray.gathered(from: operands[0], extents: extents) { point in zip(point, starts).map(+) }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let zeros = try builder.full(0, context.type(ofOperand: 0))
    let starts = context.operands.dropFirst()
    let update = try builder.append(.dynamicUpdate(DynamicUpdateOp()), [zeros, context.cotangent] + starts)
    return [update] + starts.map { _ in nil }
  }

  public func bound(by bindings: [Int: Dim]) -> DynamicSliceOp {
    DynamicSliceOp(sizes: sizes.bound(by: bindings))
  }
}

/// A tensor with a window of it replaced, at a place that is computed.
public struct DynamicUpdateOp: SingleResultRule {
  public init() {}

  public static let doc = OpDoc(
    name: "dynamicUpdate",
    semantics: """
      The operand with the window that begins at `starts`, one scalar for each axis, replaced by the update. A start \
      from which the update would reach beyond the operand is moved to the nearest one from which it does not.
      """,
    inputs: [
      "operand: any type", "update: of operand's element type and rank",
      "starts: for each axis a scalar, i32 or i64",
    ],
    outputs: ["the operand's type"],
    constraints: [
      "There are an operand, an update of its element type, and for each axis a scalar of i32 or i64.",
      "The update has one extent for each axis, none greater than the operand's; where a symbol leaves that open it "
        + "is checked when the extents are bound.",
    ],
    examples: [
      "param %cache: f32[?0,100,8]",
      "param %new: f32[?0,1,8]",
      "param %step: i32[]",
      "%0 = constant {value = 0} : i32[]",
      "%1 = dynamicUpdate %cache, %new, %0, %step, %0 : f32[?0,100,8]",
    ],
    gradient: """
      For the operand the cotangent with zeros in the window, for the update the window of the cotangent.
      """)

  public var mnemonic: String { "dynamicUpdate" }
  public var attributes: [Attribute] { [] }
  public var lowering: LoweringClass { .indirect }

  public func differentiability(of index: Int) -> Differentiability {
    index < 2 ? .differentiable : .cut("a position has no derivative")
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    guard operands.count >= 2 else {
      throw ConstraintViolation(
        "C1", "takes a tensor, an update and its starts, got \(operands.count) operands")
    }
    let (operand, update) = (operands[0], operands[1])
    if update.dtype != operand.dtype {
      throw ConstraintViolation("C1", "\(operand) takes no update of \(update)")
    }
    try requireStarts(operands.dropFirst(2), operand)
    try requireWindow(update.shape, operand)
    return [operand]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let (operand, update) = (operands[0], operands[1])
    let starts = windowStarts(operands.dropFirst(2), operand.shape, update.shape)
    let (space, window) = (IndexSpace(operand.shape), IndexSpace(update.shape))
    var bits = (0..<operand.count).map { operand.bits(at: $0) }
    for index in 0..<update.count {
      bits[space.linear(zip(window.point(at: index), starts).map(+))] = update.bits(at: index)
    }
    return NDArray(dtype: operand.dtype, shape: operand.shape, bits: bits)
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let update = context.type(ofOperand: 1)
    let starts = context.operands.dropFirst(2)
    let zeros = try builder.full(0, update)
    let rest = try builder.append(.dynamicUpdate(self), [context.cotangent, zeros] + starts)
    let window = try builder.append(
      .dynamicSlice(DynamicSliceOp(sizes: update.shape)), [context.cotangent] + starts)
    return [rest, window] + starts.map { _ in nil }
  }
}

/// Checks that there is a scalar index for each axis.
private func requireStarts(
  _ starts: ArraySlice<TensorType>, _ operand: TensorType
) throws(ConstraintViolation) {
  if starts.count != operand.rank {
    let noun = operand.rank == 1 ? "start" : "starts"
    throw ConstraintViolation("C1", "\(operand) takes \(operand.rank) \(noun), got \(starts.count)")
  }
  for start in starts where start.rank != 0 || (start.dtype != .int32 && start.dtype != .int64) {
    throw ConstraintViolation("C1", "a start is a scalar of i32 or i64, got \(start)")
  }
}

/// Checks that a window fits, as far as that is known.
private func requireWindow(_ window: Shape, _ operand: TensorType) throws(ConstraintViolation) {
  if window.rank != operand.rank {
    throw ConstraintViolation(
      "C2", "a window \(window) of \(operand) needs \(operand.rank) extents, has \(window.rank)")
  }
  for axis in 0..<window.rank {
    if let size = window[axis].value, size < 0 || size > operand.shape[axis].value ?? size {
      throw ConstraintViolation(
        "C2", "the window is \(size) long on axis \(axis) of \(operand), which is \(operand.shape[axis])")
    }
  }
}

/// Where the window begins: the starts, moved so that it fits.
private func windowStarts(_ starts: ArraySlice<NDArray>, _ operand: [Int], _ window: [Int]) -> [Int] {
  zip(starts, zip(operand, window)).map { start, extents in
    min(max(start.index(at: 0), 0), extents.0 - extents.1)
  }
}
