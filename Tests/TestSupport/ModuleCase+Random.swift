// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension ModuleCase {
  /// A random program over small tensors, empty ones among them, of every op that kernels know.
  ///
  /// - Parameter products: whether floating-point products occur, whose bits depend on the order of their sums.
  public static func random(seed: Int, products: Bool = true) throws -> ModuleCase {
    var program = RandomProgram(seed: seed, products: products)
    return try ModuleCase("random \(seed)") { try program.build($0) }
  }
}

/// The state of one random program: the values so far, from which the next op takes its operands.
private struct RandomProgram {
  private var draws: Draws
  private let products: Bool
  private var values: [Value] = []
  private var identities = 0

  init(seed: Int, products: Bool) {
    draws = Draws(seed: seed)
    self.products = products
  }

  mutating func build(_ inputs: CaseBuilder) throws -> [Value] {
    let b = inputs.builder
    for _ in 0..<1 + draws.next(3) { values.append(inputs.parameter(dtype(), extents(), range())) }
    let variableCount = draws.next(3)
    for _ in 0..<variableCount { values.append(inputs.variable(dtype(), extents(), range())) }
    for _ in 0..<4 + draws.next(24) {
      // A draw that does not fit is one op less.
      if let value = try? next(b) { values.append(value) }
    }
    for index in 0..<variableCount where draws.oneIn(2) {
      let type = b.variables[index].type
      if let value = values.last(where: { b.type(of: $0) == type }) { inputs.update(index, to: value) }
    }
    let last = values[values.count - 1]
    return [last] + (0..<draws.next(3)).map { _ in draws.next(values) }
  }

  private mutating func dtype() -> DType {
    draws.next([
      .float32, .float32, .float64, .int32, .int64, .uint8, .int8, .uint32, .bool, .float16, .bfloat16,
    ])
  }
  private mutating func range() -> SampleArray.Range { draws.next([.all, .finite, .whole]) }
  private mutating func extents() -> [Int] {
    (0..<draws.next(4)).map { _ in draws.oneIn(30) ? 0 : draws.next([1, 2, 3, 4, 6]) }
  }

  /// An earlier value, the later the likelier.
  private mutating func operand() -> Value {
    values[max(draws.next(values.count), draws.next(values.count))]
  }

  /// A value of a type: an earlier one, or a constant spread.
  private mutating func operand(_ type: TensorType, _ b: ModuleBuilder) throws -> Value {
    let fitting = values.filter { b.type(of: $0) == type }
    if !fitting.isEmpty, !draws.oneIn(4) { return draws.next(fitting) }
    let constant = SampleArray.make(type.dtype, [], .nonzero, seed: draws.next(1000))
    return try b.broadcast(b.append(.constant(ConstantOp(constant))), to: type.shape, axes: [])
  }

  private mutating func next(_ b: ModuleBuilder) throws -> Value {
    let x = operand()
    let type = b.type(of: x)
    let e = type.shape.extents ?? []
    let rank = e.count
    switch draws.next(22) {
    case 0, 1, 2, 3, 4: return try pointwise(x, type, b)
    case 5: return try b.append(.convert(ConvertOp(to: dtype())), [x])
    case 6: return try b.transpose(x, shuffled(rank))
    case 7: return try b.reshape(x, to: Shape(reshaped(e)))
    case 8:
      // New axes, and unit ones stretched.
      var shape = e.map { $0 == 1 && draws.oneIn(2) ? 3 : $0 }
      var axes = Array(0..<rank)
      if rank < 4 {
        let position = draws.next(rank + 1)
        shape.insert(draws.next([1, 2, 3]), at: position)
        axes = axes.map { $0 >= position ? $0 + 1 : $0 }
      }
      return try b.append(.broadcast(BroadcastOp(shape: Shape(shape), axes: axes)), [x])
    case 9:
      let starts = e.map { draws.next($0 / 2 + 1) }
      let strides = e.map { _ in draws.next([1, 1, 2, 3]) }
      let slice = SliceOp(starts: starts, limits: e.map { draws.oneIn(2) ? nil : $0 }, strides: strides)
      return try b.append(.slice(slice), [x])
    case 10:
      let amount = { (draws: inout Draws) in e.map { _ in draws.next([0, 0, 1, 2]) } }
      let pad = PadOp(low: amount(&draws), high: amount(&draws), interior: amount(&draws))
      if e.reduce(1, *) > 200 { return x }
      return try b.append(.pad(pad), [x, operand(TensorType(type.dtype, .scalar), b)])
    case 11: return try b.append(.reverse(ReverseOp(axes: subset(rank))), [x])
    case 12:
      if e.reduce(1, *) > 200 { return x }
      let other = try operand(type, b)
      return try b.append(.concatenate(ConcatenateOp(axis: draws.next(max(rank, 1)))), [x, other])
    case 13:
      let kind = draws.next(ReduceOp.Kind.allCases)
      return try b.append(.reduce(ReduceOp(kind, axes: subset(rank))), [x])
    case 14:
      return try b.append(
        .argReduce(ArgReduceOp(draws.next([.max, .min]), axis: draws.next(max(rank, 1)))), [x])
    case 15: return try product(x, type, b)
    case 16: return try window(x, e, b)
    case 17: return try fold(x, type, e, b)
    case 18: return try indexed(x, type, b, scatters: false)
    case 19: return try indexed(x, type, b, scatters: true)
    case 20: return try part(x, type, b)
    default:
      identities += 1
      if draws.oneIn(2) { return try b.append(.stopGradient(StopGradientOp()), [x]) }
      if draws.oneIn(2) { return try b.append(.identity(IdentityOp(id: identities)), [x]) }
      return try b.append(
        .iota(IotaOp(type: TensorType(dtype(), type.shape), axis: draws.next(max(rank, 1)))))
    }
  }

  private mutating func pointwise(_ x: Value, _ type: TensorType, _ b: ModuleBuilder) throws -> Value {
    let function = draws.next(ScalarFunction.allCases.filter { $0.typeRule.allows(type.dtype) })
    // A division by zero fails the run, and where it is computed in vain only one side may fail.
    if type.dtype.isInteger, function == .divide || function == .remainder {
      let divisor = try b.full(Double(1 + draws.next(5)), type)
      return try b.apply(function, x, divisor)
    }
    var operands = [x]
    while operands.count < function.arity { operands.append(try operand(type, b)) }
    if function == .select { operands[0] = try operand(type.with(dtype: .bool), b) }
    return try b.append(.pointwise(PointwiseOp(function)), operands)
  }

  private mutating func window(_ x: Value, _ e: [Int], _ b: ModuleBuilder) throws -> Value {
    let axes = subset(e.count).filter { e[$0] > 0 }
    guard e.count + axes.count <= 5, e.reduce(1, *) <= 200 else { return x }
    let dilations = axes.map { _ in draws.next([1, 1, 2, 3]) }
    let sizes = axes.indices.map { min(1 + draws.next(3), (e[axes[$0]] - 1) / dilations[$0] + 1) }
    let strides = axes.map { _ in draws.next([1, 1, 2, 3]) }
    return try b.append(
      .window(
        WindowOp(WindowGeometry(axes: axes, sizes: sizes, strides: strides, dilations: dilations))), [x])
  }

  /// The last axes laid along some of the others.
  private mutating func fold(_ x: Value, _ type: TensorType, _ e: [Int], _ b: ModuleBuilder) throws -> Value {
    guard type.dtype.isNumeric, e.count >= 2, e.count < 4 || e[3] > 0 else { return x }
    let count = e.count >= 4 && draws.oneIn(2) ? 2 : 1
    let axes = Array(shuffled(e.count - count).prefix(count))
    let geometry = WindowGeometry(
      axes: axes, sizes: Array(e.suffix(count)), strides: axes.map { _ in draws.next([1, 1, 2, 3]) },
      dilations: axes.map { _ in draws.next([1, 1, 2, 3]) })
    var windows = x
    if type.dtype.isInteger, draws.oneIn(2) {
      windows = try b.divide(x, b.full(Double(1 + draws.next(3)), type))
    }
    return try b.append(.fold(FoldOp(geometry, extents: axes.map { _ in nil })), [windows])
  }

  private mutating func product(_ x: Value, _ type: TensorType, _ b: ModuleBuilder) throws -> Value {
    guard type.dtype.isInteger || type.dtype.isFloatingPoint && products, type.rank >= 1 else { return x }
    let candidates = values.filter { value in
      let other = b.type(of: value)
      return other.dtype == type.dtype && other.rank >= 1 && other.rank + type.rank <= 5
        && other.shape[0] == type.shape[type.rank - 1]
    }
    guard !candidates.isEmpty else { return x }
    let dot = DotOp(lhsContract: [type.rank - 1], rhsContract: [0])
    return try b.append(.dot(dot), [x, draws.next(candidates)])
  }

  /// A gather from a value, or a scatter into it, at whole numbers of another.
  private mutating func indexed(
    _ x: Value, _ type: TensorType, _ b: ModuleBuilder, scatters: Bool
  ) throws -> Value {
    let places = b.type(of: operand())
    let extents = type.shape.extents ?? []
    guard type.rank >= 1, places.rank <= 2, !extents.contains(0) else { return x }
    let axis = draws.next(type.rank)
    let numbers = try b.convert(operand(places.with(dtype: draws.next([.int32, .float32])), b), to: .int32)
    let inside = try b.apply(
      .clamp, numbers, b.full(0, like: numbers), b.full(Double(extents[axis] - 1), like: numbers))
    let indices = try b.convert(
      b.reshape(inside, to: Shape(places.shape.dims + [1])), to: draws.next([.int32, .int64]))
    let read = try b.append(.gather(GatherOp(axes: [axis])), [x, indices])
    if !scatters { return read }
    let kind = type.dtype.isNumeric ? draws.next(ScatterOp.Kind.allCases) : .set
    return try b.append(
      .scatter(ScatterOp(kind, axes: [axis])), [x, indices, operand(b.type(of: read), b)])
  }

  /// A window of a value, or the value with a window replaced.
  private mutating func part(_ x: Value, _ type: TensorType, _ b: ModuleBuilder) throws -> Value {
    let sizes = Shape((type.shape.extents ?? []).map { draws.oneIn(2) ? $0 : draws.next($0 + 1) })
    let starts = try (0..<type.rank).map { _ in
      try operand(TensorType(draws.next([.int32, .int64]), .scalar), b)
    }
    if draws.oneIn(2) { return try b.append(.dynamicSlice(DynamicSliceOp(sizes: sizes)), [x] + starts) }
    let update = try operand(type.with(shape: sizes), b)
    return try b.append(.dynamicUpdate(DynamicUpdateOp()), [x, update] + starts)
  }

  private mutating func shuffled(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for position in order.indices { order.swapAt(position, draws.next(count)) }
    return order
  }

  private mutating func subset(_ count: Int) -> [Int] { (0..<count).filter { _ in draws.oneIn(2) } }

  /// Extents of the same product: neighbours merged, composites split, unit axes added and dropped.
  private mutating func reshaped(_ extents: [Int]) -> [Int] {
    var shape = extents
    for _ in 0..<1 + draws.next(3) {
      let position = draws.next(shape.count + 1)
      switch draws.next(3) {
      case 0 where position + 1 < shape.count:
        shape[position] *= shape.remove(at: position + 1)
      case 1 where position < shape.count && shape[position] % 2 == 0:
        shape.replaceSubrange(position...position, with: [2, shape[position] / 2])
      case 2 where position < shape.count && shape[position] == 1: shape.remove(at: position)
      default: if shape.count < 5 { shape.insert(1, at: position) }
      }
    }
    return shape
  }
}
