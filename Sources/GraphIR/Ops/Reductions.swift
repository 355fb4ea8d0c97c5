// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Combines the elements along some axes, which disappear.
public struct ReduceOp: SingleResultRule {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case sum, product, max, min, any, all
    /// `max` with another gradient: all of it goes to the first of the greatest elements.
    case firstMax

    /// The pointwise function that combines two elements.
    public var combiner: ScalarFunction {
      switch self {
      case .sum: .add
      case .product: .multiply
      case .max, .firstMax: .maximum
      case .min: .minimum
      case .any: .or
      case .all: .and
      }
    }

    /// The bit pattern that a reduction starts from; the value of an empty one.
    public func identity(_ dtype: DType) -> UInt64 {
      switch (self, dtype) {
      case (.sum, _), (.any, _): 0
      case (.all, _): 1
      case (.firstMax, _): Kind.max.identity(dtype)
      case (.product, _): dtype.isFloatingPoint ? dtype.bits(rounding: 1) : 1
      case (.max, _) where dtype.isFloatingPoint: dtype.bits(rounding: -.infinity)
      case (.max, .int8): Int8.min.bits
      case (.max, .int32): Int32.min.bits
      case (.max, .int64): Int64.min.bits
      case (.max, _): 0
      case (.min, _) where dtype.isFloatingPoint: dtype.bits(rounding: .infinity)
      case (.min, .int8): Int8.max.bits
      case (.min, .int32): Int32.max.bits
      case (.min, .int64): Int64.max.bits
      case (.min, .uint32): UInt64(UInt32.max)
      case (.min, .uint8): UInt64(UInt8.max)
      case (.min, _): 1
      }
    }
  }

  public let kind: Kind
  /// Ascending.
  public let axes: [Int]

  public init(_ kind: Kind, axes: [Int]) {
    self.kind = kind
    self.axes = axes.sorted()
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    let word = try reader.word("kind")
    guard let kind = Kind(rawValue: word) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw AttributeError("there is no reduction '\(word)'; there are \(known)")
    }
    self.init(kind, axes: try reader.integers("axes"))
  }

  public static let doc = OpDoc(
    name: "reduce",
    semantics: """
      Combines the elements along `axes` with +, ×, max, min, or, and. The order of combination is fixed by the shape \
      (see the specification), so that sums have the same bits on every machine. max and min let NaN through. An empty \
      reduction gives 0, 1, the least or the greatest value, false, true. firstMax is max with another gradient.
      """,
    inputs: ["operand: numeric for sum, product, max, min and firstMax, bool for any and all"],
    attributes: ["kind: sum, product, max, min, any, all or firstMax", "axes: a list of axes"],
    outputs: ["operand's element type; the axes are removed"],
    constraints: [
      "There is one operand, bool for any and all, numeric for the others.",
      "`axes` are distinct axes of the operand.",
    ],
    examples: [
      "param %x: f32[?0,10]",
      "%0 = reduce %x {kind = sum, axes = [0]} : f32[10]",
      "%1 = reduce %x {kind = max, axes = [0, 1]} : f32[]",
    ],
    gradient: """
      sum: the cotangent, spread. max and min: the cotangent shared evenly among the elements equal to the result. \
      firstMax: the cotangent for the first of them in row-major order, or for the first NaN. \
      product: the cotangent times the product of the other elements, zeros included. any and all: none.
      """)

  public var mnemonic: String { "reduce" }
  public var attributes: [Attribute] {
    [Attribute("kind", .word(kind.rawValue)), Attribute("axes", .integers(axes))]
  }
  public var lowering: LoweringClass { .reduction }
  public var widensHalves: Bool { true }

  public func differentiability(of index: Int) -> Differentiability {
    kind == .any || kind == .all ? .cut("a logical function has no derivative") : .differentiable
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let operand = operands[0]
    let logical = kind == .any || kind == .all
    if logical ? operand.dtype != .bool : !operand.dtype.isNumeric {
      throw ConstraintViolation(
        "C1", "\(kind.rawValue) takes a \(logical ? "bool" : "numeric") tensor, got \(operand)")
    }
    try requireAxes(axes, rank: operand.rank, "C2")
    return [operand.with(shape: operand.shape.removing(axes: axes))]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let operand = operands[0]
    let space = IndexSpace(operand.shape)
    let kept = operand.shape.indices.filter { !axes.contains($0) }
    let reduced = IndexSpace(axes.map { operand.shape[$0] })
    let result = IndexSpace(kept.map { operand.shape[$0] })
    let order = ReductionOrder(axes: axes, rank: operand.rank)
    guard let combiner = kind.combiner.program(for: [operand.dtype, operand.dtype]) else {
      throw EvaluationFault("\(kind.rawValue) has no meaning for \(operand.dtype)")
    }
    var fault = false
    return NDArray(dtype: type.dtype, shape: result.extents) { index in
      var point = [Int](repeating: 0, count: space.extents.count)
      for (axis, position) in zip(kept, result.point(at: index)) { point[axis] = position }
      return order.reduce(
        count: reduced.count, identity: kind.identity(operand.dtype),
        element: { k in
          for (axis, position) in zip(axes, reduced.point(at: k)) { point[axis] = position }
          return operand.bits(at: space.linear(point))
        },
        combine: { combiner.evaluate([$0, $1], fault: &fault)[0] })
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let shape = context.type(ofOperand: 0).shape
    let spread = try builder.spread(context.cotangent, over: shape, axes: axes)
    switch kind {
    case .sum: return [spread]
    case .max, .min:
      let operand = context.operands[0]
      let extreme = try builder.spread(context.result, over: shape, axes: axes)
      let chosen = try builder.apply(.equal, operand, extreme)
      let ones = try builder.convert(chosen, to: context.resultType.dtype)
      let count = try builder.sum(ones, axes: axes)
      let share = try builder.spread(builder.divide(context.cotangent, count), over: shape, axes: axes)
      return [try builder.select(chosen, share, builder.full(0, like: share))]
    case .firstMax:
      let operand = context.operands[0]
      let extreme = try builder.spread(context.result, over: shape, axes: axes)
      let chosen = try builder.apply(
        .or, builder.apply(.equal, operand, extreme), builder.apply(.notEqual, operand, operand))
      let place = try builder.rowMajorNumber(shape, axes: axes)
      let none = try builder.full(Double(Int32.max), like: place)
      let first = try builder.reduce(.min, builder.select(chosen, place, none), axes: axes)
      let isFirst = try builder.apply(.equal, place, builder.spread(first, over: shape, axes: axes))
      return [try builder.select(isFirst, spread, builder.full(0, like: spread))]
    case .product:
      return [try builder.multiply(spread, builder.productOfOthers(context.operands[0], axes: axes))]
    case .any, .all: return [nil]
    }
  }
}

extension ModuleBuilder {
  /// For each element of a shape its number among those along some axes, in row-major order, as `i32`.
  func rowMajorNumber(_ shape: Shape, axes: [Int]) throws(ConstraintViolation) -> Value {
    let type = TensorType(.int32, shape)
    var number = try full(0, type)
    var stride = 1
    for axis in axes.reversed() {
      let index = try append(.iota(IotaOp(type: type, axis: axis)))
      number = try add(number, multiply(index, full(Double(stride), type)))
      stride *= shape[axis].value ?? 1
    }
    return number
  }

  /// For each element the product of all others along `axes`: exclusive products from both ends, multiplied. Divides
  /// nothing, so zeros are no special case, in derivatives of any order.
  func productOfOthers(_ operand: Value, axes: [Int]) throws -> Value {
    let type = type(of: operand)
    guard let extents = type.shape.extents else { return operand }
    let kept = extents.indices.filter { !axes.contains($0) }
    let order = kept + axes
    let rows = kept.reduce(1) { $0 * extents[$1] }
    let length = axes.reduce(1) { $0 * extents[$1] }
    let moved = try transpose(operand, order)
    let flat = try reshape(moved, to: Shape([rows, length]))
    let backwards = ReverseOp(axes: [1])
    let before = try exclusiveProducts(flat, rows: rows, length: length)
    let turned = try exclusiveProducts(append(.reverse(backwards), [flat]), rows: rows, length: length)
    let others = try multiply(before, append(.reverse(backwards), [turned]))
    return try transpose(
      reshape(others, to: self.type(of: moved).shape), TransposeOp(permutation: order).inverse)
  }

  /// Running products along axis 1 of `[rows, length]`, each without its own element, by doubling.
  private func exclusiveProducts(_ operand: Value, rows: Int, length: Int) throws -> Value {
    let one = try scalar(1, type(of: operand).dtype)
    let shifted = { (value: Value, distance: Int) throws -> Value in
      let slice = SliceOp(starts: [0, 0], limits: [rows, length - distance], strides: [1, 1])
      let pad = PadOp(low: [0, distance], high: [0, 0], interior: [0, 0])
      return try self.append(.pad(pad), [self.append(.slice(slice), [value]), one])
    }
    guard length > 0 else { return operand }
    var products = try shifted(operand, 1)
    var distance = 1
    while distance < length {
      products = try multiply(products, shifted(products, distance))
      distance *= 2
    }
    return products
  }
}

/// The index of the greatest or least element along an axis.
public struct ArgReduceOp: SingleResultRule {
  public enum Kind: String, CaseIterable, Hashable, Sendable { case max, min }

  public let kind: Kind
  public let axis: Int

  public init(_ kind: Kind, axis: Int) {
    self.kind = kind
    self.axis = axis
  }
  init(_ kind: Kind, _ reader: inout AttributeReader) throws(AttributeError) {
    self.init(kind, axis: try reader.integer("axis"))
  }

  public static let doc = OpDoc(
    name: "argMax, argMin",
    semantics: """
      The index along `axis` of the greatest (least) element: the first one where several are equal, the first NaN \
      where there is one.
      """,
    inputs: ["operand: numeric"], attributes: ["axis: integer"], outputs: ["i32; the axis is removed"],
    constraints: [
      "There is one operand, of a numeric type.", "`axis` is an axis of the operand, and not an empty one.",
    ],
    examples: [
      "param %x: f32[32,10]",
      "%0 = argMax %x {axis = 1} : i32[32]",
      "%1 = argMin %x {axis = 0} : i32[10]",
    ],
    gradient: "None: an index does not move with its values.")

  public var mnemonic: String { kind == .max ? "argMax" : "argMin" }
  public var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }
  public var lowering: LoweringClass { .reduction }
  public var widensHalves: Bool { true }

  public func differentiability(of index: Int) -> Differentiability {
    .cut("an index does not move with the values it points to")
  }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let operand = operands[0]
    if !operand.dtype.isNumeric { throw ConstraintViolation("C1", "takes a numeric tensor, got \(operand)") }
    try requireAxes([axis], rank: operand.rank, "C2")
    if operand.shape[axis] == 0 { throw ConstraintViolation("C2", "axis \(axis) of \(operand) is empty") }
    return [TensorType(.int32, operand.shape.removing(axes: [axis]))]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let operand = operands[0]
    let space = IndexSpace(operand.shape)
    let result = IndexSpace(try staticExtents(type))
    let comparison: ScalarFunction = kind == .max ? .greater : .less
    let types = [operand.dtype, operand.dtype]
    guard let better = comparison.program(for: types),
      let differs = ScalarFunction.notEqual.program(for: types)
    else { throw EvaluationFault("\(mnemonic) has no meaning for \(operand.dtype)") }
    var fault = false
    return NDArray(dtype: .int32, shape: result.extents) { index in
      var point = result.point(at: index)
      point.insert(0, at: axis)
      var best = operand.bits(at: space.linear(point))
      var winner = 0
      for candidate in 1..<max(operand.shape[axis], 1) {
        point[axis] = candidate
        let element = operand.bits(at: space.linear(point))
        let bestIsNaN = differs.evaluate([best, best], fault: &fault)[0] != 0
        let elementIsNaN = differs.evaluate([element, element], fault: &fault)[0] != 0
        if !bestIsNaN, elementIsNaN || better.evaluate([element, best], fault: &fault)[0] != 0 {
          best = element
          winner = candidate
        }
      }
      return Int32(winner).bits
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] { [nil] }
}
