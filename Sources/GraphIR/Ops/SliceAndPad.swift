// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A regular part of a tensor.
public struct SliceOp: SingleResultRule {
  public let starts: [Int]
  /// Exclusive; nil is the end of the axis, known only once the extent is.
  public let limits: [Int?]
  public let strides: [Int]

  public init(starts: [Int], limits: [Int?], strides: [Int]) {
    self.starts = starts
    self.limits = limits
    self.strides = strides
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    starts = try reader.integers("starts")
    limits = try reader.bounds("limits")
    strides = try reader.integers("strides")
  }

  public static let doc = OpDoc(
    name: "slice",
    semantics:
      "Along each axis the elements `start, start + stride, …` below `limit`; `end` is the axis's extent.",
    inputs: ["operand: any type"],
    attributes: ["starts: integers", "limits: integers or `end`", "strides: integers"],
    outputs: ["operand's element type; each extent is ⌈(limit − start) / stride⌉"],
    constraints: [
      "There is one operand.", "Each list has one entry for each axis.",
      "0 ≤ start ≤ limit ≤ extent and 1 ≤ stride < 2³¹.",
      "An axis of symbolic extent is sliced to `end`, or up to a number that is checked when the extent is bound.",
    ],
    examples: [
      "param %x: f32[?0,8]",
      "%0 = slice %x {starts = [0, 2], limits = [end, 7], strides = [1, 2]} : f32[?0,3]",
      "%1 = slice %x {starts = [0, 0], limits = [end, end], strides = [2, 1]} : f32[?1,8]",
    ],
    gradient: "The cotangent, padded with zeros to where it came from.")

  public var mnemonic: String { "slice" }
  public var attributes: [Attribute] {
    [
      Attribute("starts", .integers(starts)), Attribute("limits", .bounds(limits)),
      Attribute("strides", .integers(strides)),
    ]
  }
  public var leavesExtentsOpen: Bool { true }
  public var lowering: LoweringClass { .view }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let operand = operands[0]
    let rank = operand.rank
    if starts.count != rank || limits.count != rank || strides.count != rank {
      throw ConstraintViolation(
        "C2",
        "needs \(rank) starts, limits and strides for \(operand), "
          + "got \(starts.count), \(limits.count) and \(strides.count)")
    }
    var dims: [Dim] = []
    for axis in 0..<rank {
      let (start, limit, stride) = (starts[axis], limits[axis], strides[axis])
      let extent = operand.shape[axis]
      if start < 0 || stride < 1 || stride > PadOp.greatest || start > (limit ?? .max) {
        throw ConstraintViolation(
          "C3", "axis \(axis) is sliced from \(start) to \(limit.map(String.init) ?? "end") by \(stride)")
      }
      if let size = extent.value, start > size || (limit ?? size) > size {
        throw ConstraintViolation(
          "C3",
          "axis \(axis) of \(operand) is \(size) long, sliced from \(start) to "
            + "\(limit.map(String.init) ?? "end")")
      }
      if let end = limit ?? extent.value {
        dims.append(Dim(end == start ? 0 : (end - start - 1) / stride + 1))
      } else {
        dims.append(start == 0 && stride == 1 ? extent : .unknown)
      }
    }
    return [operand.with(shape: Shape(dims))]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    NDArray.gathered(from: operands[0], extents: try staticExtents(type)) { point in
      point.indices.map { starts[$0] + point[$0] * strides[$0] }
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let operand = context.type(ofOperand: 0)
    guard let source = operand.shape.extents, let result = context.resultType.shape.extents else {
      return [nil]
    }
    let interior = strides.map { $0 - 1 }
    let covered = result.indices.map { result[$0] == 0 ? 0 : (result[$0] - 1) * strides[$0] + 1 }
    let high = source.indices.map { source[$0] - starts[$0] - covered[$0] }
    let zero = try builder.scalar(0, operand.dtype)
    let pad = PadOp(low: starts, high: high, interior: interior)
    return [try builder.append(.pad(pad), [context.cotangent, zero])]
  }
}

/// A tensor with a border, and with gaps between its elements.
public struct PadOp: SingleResultRule {
  public let low: [Int]
  public let high: [Int]
  public let interior: [Int]

  /// Paddings and strides reach up to here.
  static let greatest = Int(Int32.max)

  public init(low: [Int], high: [Int], interior: [Int]) {
    self.low = low
    self.high = high
    self.interior = interior
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    low = try reader.integers("low")
    high = try reader.integers("high")
    interior = try reader.integers("interior")
  }

  public static let doc = OpDoc(
    name: "pad",
    semantics:
      "Puts `low` copies of a value before each axis, `high` after it and `interior` between neighbours.",
    inputs: ["operand: any type", "value: a scalar of the same element type"],
    attributes: ["low: integers", "high: integers", "interior: integers"],
    outputs: ["operand's element type; each extent is low + extent + max(extent − 1, 0) · interior + high"],
    constraints: [
      "There are two operands, the second a scalar of the first one's element type.",
      "Each list has one entry for each axis, from 0 to 2³¹ − 1.",
    ],
    examples: [
      "param %x: f32[4]",
      "%0 = constant {value = 0} : f32[]",
      "%1 = pad %x, %0 {low = [1], high = [2], interior = [1]} : f32[10]",
    ],
    gradient: "For the operand the cotangent sliced to where it lies, for the value the sum of the rest.")

  public var mnemonic: String { "pad" }
  public var attributes: [Attribute] {
    [
      Attribute("low", .integers(low)), Attribute("high", .integers(high)),
      Attribute("interior", .integers(interior)),
    ]
  }
  public var leavesExtentsOpen: Bool { true }
  public var lowering: LoweringClass { .join }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(2, operands)
    let operand = operands[0]
    if operands[1] != TensorType(operand.dtype, .scalar) {
      throw ConstraintViolation(
        "C1", "pads \(operand) with \(operands[1]), which is no \(operand.dtype) scalar")
    }
    let rank = operand.rank
    if low.count != rank || high.count != rank || interior.count != rank {
      throw ConstraintViolation(
        "C2", "needs \(rank) entries for \(operand), got \(low.count), \(high.count) and \(interior.count)")
    }
    if let outside = (low + high + interior).first(where: { $0 < 0 || $0 > PadOp.greatest }) {
      throw ConstraintViolation("C2", "a padding of \(outside) is out of range")
    }
    var dims: [Dim] = []
    for axis in 0..<rank {
      if low[axis] == 0, high[axis] == 0, interior[axis] == 0 {
        dims.append(operand.shape[axis])
      } else if let extent = operand.shape[axis].value {
        let gaps = max(extent - 1, 0).multipliedReportingOverflow(by: interior[axis])
        let padded = gaps.partialValue.addingReportingOverflow(low[axis] + high[axis])
        let total = padded.partialValue.addingReportingOverflow(extent)
        if gaps.overflow || padded.overflow || total.overflow {
          throw ConstraintViolation(.types, "axis \(axis) becomes longer than 63 bits can count")
        }
        dims.append(Dim(total.partialValue))
      } else {
        dims.append(.unknown)
      }
    }
    return [operand.with(shape: Shape(dims))]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let operand = operands[0]
    let source = IndexSpace(operand.shape)
    let result = IndexSpace(try staticExtents(type))
    var bits = [UInt64](repeating: operands[1].bits(at: 0), count: result.count)
    for index in 0..<source.count {
      let point = source.point(at: index)
      bits[result.linear(point.indices.map { low[$0] + point[$0] * (interior[$0] + 1) })] = operand.bits(
        at: index)
    }
    return NDArray(dtype: type.dtype, shape: result.extents, bits: bits)
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let builder = context.builder
    let shape = context.type(ofOperand: 0).shape
    guard let extents = shape.extents else { return [nil, nil] }
    let strides = interior.map { $0 + 1 }
    let limits = extents.indices.map {
      extents[$0] == 0 ? low[$0] : low[$0] + (extents[$0] - 1) * strides[$0] + 1
    }
    let slice = SliceOp(starts: low, limits: limits, strides: strides)
    let inner = try builder.append(.slice(slice), [context.cotangent])
    let bordered = PadOp(low: low, high: high, interior: interior)
    let inside = try builder.full(0, TensorType(.bool, shape))
    let border = try builder.append(.pad(bordered), [inside, builder.scalar(1, .bool)])
    let outer = try builder.select(border, context.cotangent, builder.full(0, like: context.cotangent))
    return [inner, try builder.sum(outer, axes: Array(0..<shape.rank))]
  }
}

/// Several tensors, one after the other along an axis.
public struct ConcatenateOp: SingleResultRule {
  public let axis: Int

  public init(axis: Int) { self.axis = axis }
  init(_ reader: inout AttributeReader) throws(AttributeError) { axis = try reader.integer("axis") }

  public static let doc = OpDoc(
    name: "concatenate", semantics: "The operands, one after the other along `axis`.",
    inputs: ["operands: one or more tensors of one element type"], attributes: ["axis: integer"],
    outputs: ["the operands' element type; the extent along `axis` is the sum"],
    constraints: [
      "There is at least one operand and all have the same element type.",
      "The operands have the same rank and agree on every axis but `axis`, which they have.",
    ],
    examples: [
      "param %x: f32[2,3]",
      "param %y: f32[4,3]",
      "%0 = concatenate %x, %y {axis = 0} : f32[6,3]",
    ],
    gradient: "For each operand its slice of the cotangent.")

  public var mnemonic: String { "concatenate" }
  public var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }
  public var leavesExtentsOpen: Bool { true }
  public var lowering: LoweringClass { .join }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    guard let first = operands.first else {
      throw ConstraintViolation("C1", "takes at least 1 operand, got 0")
    }
    try requireAxes([axis], rank: first.rank, "C2")
    var total: Int? = 0
    for operand in operands {
      if operand.dtype != first.dtype {
        throw ConstraintViolation("C1", "joins \(first) and \(operand), whose element types differ")
      }
      let agrees =
        operand.rank == first.rank
        && (0..<first.rank).allSatisfy { $0 == axis || operand.shape[$0] == first.shape[$0] }
      if !agrees {
        throw ConstraintViolation("C2", "\(first) and \(operand) differ on an axis other than \(axis)")
      }
      if let sum = total, let extent = operand.shape[axis].value {
        let (next, overflow) = sum.addingReportingOverflow(extent)
        if overflow { throw ConstraintViolation(.types, "the joined axis is longer than 63 bits can count") }
        total = next
      } else {
        total = nil
      }
    }
    var shape = first.shape
    if operands.count > 1 { shape.dims[axis] = total.map { Dim($0) } ?? .unknown }
    return [first.with(shape: shape)]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let result = IndexSpace(try staticExtents(type))
    return NDArray(dtype: type.dtype, shape: result.extents) { index in
      var point = result.point(at: index)
      for operand in operands {
        if point[axis] < operand.shape[axis] {
          return operand.bits(at: IndexSpace(operand.shape).linear(point))
        }
        point[axis] -= operand.shape[axis]
      }
      return 0
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    var start = 0
    return try context.operands.indices.map { index in
      guard let extents = context.type(ofOperand: index).shape.extents else { return nil }
      var starts = [Int](repeating: 0, count: extents.count)
      var limits = extents
      starts[axis] = start
      start += extents[axis]
      limits[axis] = start
      let slice = SliceOp(starts: starts, limits: limits, strides: extents.map { _ in 1 })
      return try context.builder.append(.slice(slice), [context.cotangent])
    }
  }
}
