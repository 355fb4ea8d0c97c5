// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RandomModuleWriter {
  // MARK: Structure

  mutating func structural(_ mnemonic: String) throws -> [Value] {
    let x = try operand()
    let shape = type(x).shape
    let rank = shape.rank
    let axes = Array(0..<rank)
    func size(_ axis: Int) -> Int { shape[axis].value ?? 3 }
    switch mnemonic {
    case "reshape":
      return try append(.reshape(ReshapeOp(shape: reshaped(shape))), [x])
    case "transpose":
      return try append(.transpose(TransposeOp(permutation: random.permutation(rank))), [x])
    case "broadcast":
      var dims = shape.dims.map { $0 == 1 && random.isOne(in: 2) ? Dim(3) : $0 }
      var targets = axes
      if rank < 4 {
        let position = random.below(rank + 1)
        dims.insert(Dim(random.pick([1, 2, 3])), at: position)
        targets = axes.map { $0 >= position ? $0 + 1 : $0 }
      }
      return try append(.broadcast(BroadcastOp(shape: Shape(dims), axes: targets)), [x])
    case "slice":
      let starts = axes.map { shape[$0].value == nil ? random.below(2) : random.below(size($0) / 2 + 1) }
      let limits = axes.map { axis -> Int? in
        shape[axis].value == nil || random.isOne(in: 2) ? nil : size(axis)
      }
      return try append(
        .slice(
          SliceOp(starts: starts, limits: limits, strides: axes.map { _ in random.pick([1, 1, 2, 3]) })),
        [x])
    case "pad":
      let value = try operand(TensorType(type(x).dtype, .scalar))
      let pad = PadOp(
        low: axes.map { _ in random.pick([0, 0, 1, 2]) }, high: axes.map { _ in random.pick([0, 0, 1]) },
        interior: axes.map { _ in random.pick([0, 0, 0, 1]) })
      return try append(.pad(pad), [x, value])
    case "window": return try append(.window(WindowOp(windows(over: shape, axes))), [x])
    case "fold": return try fold(x)
    case "reverse": return try append(.reverse(ReverseOp(axes: random.subset(rank))), [x])
    case "concatenate":
      let others = try (0..<random.below(3)).map { _ in try operand(type(x)) }
      return try append(.concatenate(ConcatenateOp(axis: random.below(rank))), [x] + others)
    case "cond", "scan", "while", "call": return try control(mnemonic)
    case "gather", "scatter": return try indexing(mnemonic, x)
    case "dynamicSlice":
      let sizes = Shape(shape.dims.map { dim in dim.value.map { Dim(random.below($0 + 1)) } ?? dim })
      return try append(.dynamicSlice(DynamicSliceOp(sizes: sizes)), [x] + starts(rank))
    case "dynamicUpdate":
      let sizes = Shape(shape.dims.map { dim in dim.value.map { Dim(random.below($0 + 1)) } ?? dim })
      let update = try operand(type(x).with(shape: sizes))
      return try append(.dynamicUpdate(DynamicUpdateOp()), [x, update] + starts(rank))
    case "reduce":
      let isLogical = type(x).dtype == .bool
      let kind: ReduceOp.Kind = random.pick(
        isLogical ? [.any, .all] : [.sum, .sum, .product, .max, .min, .firstMax])
      let axes = random.subset(rank)
      // The greatest of nothing is an infinity, of which no smooth function is tame.
      let isEmpty = axes.contains { shape[$0] == 0 }
      let isSelection = [.max, .min, .firstMax].contains(kind)
      if isEmpty, isSelection { throw NothingFits() }
      return try append(.reduce(ReduceOp(kind, axes: axes)), [x], additions: isSelection ? 0 : 9)
    case "argMax", "argMin":
      if exact[x] == nil { throw NothingFits() }
      let kind: ArgReduceOp.Kind = mnemonic == "argMax" ? .max : .min
      return try append(.argReduce(ArgReduceOp(kind, axis: random.below(rank))), [x])
    case "dot": return try dot(x)
    case "convert":
      let target = random.pick(dtypes)
      // Numbers that differ in their last bits become different numbers of 16 bits.
      if exact[x] == nil, !target.isFloatingPoint || target.isHalf { throw NothingFits() }
      return try append(.convert(ConvertOp(to: target)), [x])
    case "identity": return try append(.identity(IdentityOp(id: builder.freshIdentity())), [x])
    case "cumulative", "linearRecurrence", "sort", "searchSorted": return try ordering(mnemonic, x)
    case "lu", "cholesky", "triangularSolve", "solve", "qr", "svd", "eigh":
      return try factorization(mnemonic, of: x)
    case "stopGradient": return try append(.stopGradient(StopGradientOp()), [x])
    default: throw NothingFits()
    }
  }

  mutating func append(_ op: Op, _ operands: [Value], additions: Int = 0) throws -> [Value] {
    let results = try builder.appendAll(op, operands)
    // Small tensors keep the slow interpreter quick.
    if let count = type(results[0]).shape.elementCount.value, count > 400 { throw NothingFits() }
    return noted(results, from: operands, additions: additions)
  }

  /// Windows along one or two axes of known extents, that fit.
  private mutating func windows(over shape: Shape, _ axes: [Int]) throws -> WindowGeometry {
    let known = axes.filter { shape[$0].value ?? 0 > 0 }
    guard shape.rank <= 3, !known.isEmpty else { throw NothingFits() }
    let first = random.pick(known)
    let chosen = [first] + known.filter { $0 != first && shape.rank < 3 && random.isOne(in: 3) }
    let dilations = chosen.map { _ in random.pick([1, 1, 2, 3]) }
    let sizes = chosen.indices.map { position in
      let extent = shape[chosen[position]].value ?? 1
      return min(1 + random.below(3), (extent - 1) / dilations[position] + 1)
    }
    return WindowGeometry(
      axes: chosen, sizes: sizes, strides: chosen.map { _ in random.pick([1, 1, 2, 3]) }, dilations: dilations
    )
  }

  /// The last axis laid along one of the others.
  private mutating func fold(_ x: Value) throws -> [Value] {
    let type = type(x)
    guard type.dtype.isNumeric, type.rank >= 2, let size = type.shape[type.rank - 1].value, size > 0 else {
      throw NothingFits()
    }
    let axis = random.below(type.rank - 1)
    let geometry = WindowGeometry(
      axes: [axis], sizes: [size], strides: [random.pick([1, 1, 2, 3])],
      dilations: [random.pick([1, 1, 2, 3])])
    var extent: Int?
    if let count = type.shape[axis].value, count > 0, let least = geometry.extent(0, holding: count) {
      extent = random.isOne(in: 2) ? nil : least + random.below(geometry.strides[0])
    }
    return try append(.fold(FoldOp(geometry, extents: [extent])), [x], additions: 9)
  }

  private mutating func starts(_ rank: Int) throws -> [Value] {
    try (0..<rank).map { _ in try operand(TensorType(random.pick([.int32, .int64]), .scalar)) }
  }

  private mutating func dot(_ x: Value) throws -> [Value] {
    // A product that differs in its last bit is rounded to another number of 16 bits.
    if type(x).dtype.isHalf, !isWild { throw NothingFits() }
    let left = type(x)
    guard left.dtype.isNumeric, left.rank > 0, !(isWild && left.dtype.isFloatingPoint) else {
      throw NothingFits()
    }
    let axis = random.below(left.rank)
    let y = try operand { $0.dtype == left.dtype && $0.shape.dims.contains(left.shape[axis]) }
    let right = type(y)
    guard let other = (0..<right.rank).filter({ right.shape[$0] == left.shape[axis] }).randomElement(&random),
      left.rank + right.rank <= 5
    else { throw NothingFits() }
    // A second pair of equal extents becomes a batch now and then.
    var batch: (Int, Int)?
    for i in 0..<left.rank where i != axis {
      for j in 0..<right.rank where j != other && left.shape[i] == right.shape[j] && random.isOne(in: 2) {
        batch = (i, j)
      }
    }
    let op = DotOp(
      lhsContract: [axis], rhsContract: [other], lhsBatch: batch.map { [$0.0] } ?? [],
      rhsBatch: batch.map { [$0.1] } ?? [])
    return try append(.dot(op), [x, y], additions: 9)
  }

  /// Extents of the same product: neighbours merged, even ones split, unit axes added and dropped.
  private mutating func reshaped(_ shape: Shape) -> Shape {
    var dims = shape.dims
    for _ in 0..<1 + random.below(3) {
      let position = random.below(dims.count + 1)
      switch random.below(3) {
      case 0 where position + 1 < dims.count: dims[position] = dims[position] * dims.remove(at: position + 1)
      case 1 where position < dims.count:
        if let half = dims[position].divided(by: 2) {
          dims.replaceSubrange(position...position, with: [2, half])
        }
      case 2 where position < dims.count && dims[position] == 1: dims.remove(at: position)
      default: if dims.count < 4 { dims.insert(1, at: position) }
      }
    }
    return Shape(dims)
  }

  // MARK: Pointwise functions

  /// What rounded values may flow through: functions that are smooth and never steep where the values are.
  private static let tame: Set<ScalarFunction> = [
    .add, .subtract, .minimum, .maximum, .select, .clamp, .negate, .abs, .tanh, .sigmoid, .erf,
  ]
  /// Functions whose results are exact when their operands are.
  private static let exactFunctions: Set<ScalarFunction> = [
    .add, .subtract, .minimum, .maximum, .select, .clamp, .negate, .abs, .sign, .floor, .ceil, .round,
    .truncate, .copySign,
  ]

  mutating func pointwise(_ function: ScalarFunction) throws -> Value {
    let x = try operand { type in
      function.typeRule == .select
        || function.typeRule.resultType(
          of: Array(repeating: type.dtype, count: function.arity)) != nil
    }
    let type = type(x)
    let mustBeExact = type.dtype.isFloatingPoint && !RandomModuleWriter.tame.contains(function)
    if mustBeExact, exact[x] == nil { throw NothingFits() }
    var operands = [x]
    while operands.count < function.arity { operands.append(try operand(type, exactly: mustBeExact)) }
    if function == .select { operands[0] = try operand(type.with(dtype: .bool)) }
    // No integer is divided by zero, and no logarithm or root is taken below or near it.
    switch function {
    case .divide, .remainder:
      if type.dtype.isInteger || random.isOne(in: 2) {
        let divisor = NDArray.scalar(1 + random.below(5), type.dtype)
        operands[1] = try spread(divisor, over: type.shape)
      }
    case .asin, .acos, .atanh, .erfInverse:
      // Within ±1/2.
      let one = try spread(NDArray.scalar(1, type.dtype), over: type.shape)
      let magnitude = try builder.apply(.abs, x)
      operands[0] = try builder.divide(x, builder.add(builder.add(magnitude, magnitude), one))
    case .zeta:
      let two = try spread(NDArray.scalar(2, type.dtype), over: type.shape)
      operands = try operands.map { try builder.add(builder.apply(.abs, $0), two) }
    case .log, .log2, .log10, .log1p, .acosh, .logGamma, .digamma, .sqrt, .rsqrt, .power:
      if type.dtype.isFloatingPoint {
        let one = try spread(NDArray.scalar(1, type.dtype), over: type.shape)
        operands[0] = try builder.add(builder.apply(.abs, x), one)
      }
    default: break
    }
    let result = try builder.append(.pointwise(PointwiseOp(function)), operands)
    let isExactFunction = RandomModuleWriter.exactFunctions.contains(function)
    let additions = function == .add || function == .subtract ? 1 : isExactFunction ? 0 : 9
    return noted([result], from: operands, additions: additions)[0]
  }
}

extension NDArray {
  /// A small natural number in a numeric type.
  fileprivate static func scalar(_ value: Int, _ dtype: DType) -> NDArray {
    let bits = dtype.isFloatingPoint ? dtype.bits(rounding: Double(value)) : UInt64(value)
    return NDArray(dtype: dtype, shape: [], bits: [bits])
  }
}

extension Array {
  /// One of the elements, or nil.
  fileprivate func randomElement(_ random: inout RandomSource) -> Element? {
    isEmpty ? nil : random.pick(self)
  }
}
