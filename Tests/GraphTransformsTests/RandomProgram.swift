// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A random module full of what passes look for: repeats, ones and zeros, transposes of transposes, gradients.
///
/// Nothing in it can fail at run time. Dots are of i32, or of f32, whose products the interpreter sums in f64, so that
/// reordering a sum does not show.
struct RandomProgram {
  private var state: UInt64
  private let b = ModuleBuilder(name: "random")
  private var pool: [Value] = []

  /// A module with the given number of random steps.
  static func module(seed: UInt64, steps: Int) throws -> Module {
    var program = RandomProgram(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ 1)
    return try program.build(steps: steps)
  }

  /// Arguments for a module: small numbers, with zeros of both signs, an infinity and a NaN here and there.
  static func inputs(for module: Module, seed: UInt64) -> [NDArray] {
    var random = RandomProgram(state: seed &* 0xd1b5_4a32_d192_ed03 &+ 7)
    return module.parameters.map { parameter in
      let dtype = parameter.type.dtype
      return NDArray(dtype: dtype, shape: parameter.type.shape.extents ?? []) { _ in
        let special = random.below(24)
        let number = Double(random.below(4001)) / 1000 - 2
        switch dtype {
        case .float32: return Float(special < 4 ? [0, -0.0, .infinity, .nan][special] : number).bits
        case .float64: return (special < 4 ? [0, -0.0, .infinity, .nan][special] : number).bits
        case .bool: return UInt64(special % 2)
        default: return special == 0 ? Int32.min.bits : Int32(number * 3).bits
        }
      }
    }
  }

  private init(state: UInt64) { self.state = state }

  // MARK: Choices

  /// splitmix64
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  private mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(count, 1))) }
  private mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
  private mutating func shuffled(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in order.indices.dropFirst() { order.swapAt(index, below(index + 1)) }
    return order
  }
  private mutating func subset(_ count: Int) -> [Int] { (0..<count).filter { _ in chance(2) } }

  // MARK: Building

  private mutating func build(steps: Int) throws -> Module {
    for index in 0..<5 {
      let dtype = pick([DType.float32, .float32, .float64, .int32, .bool])
      let shape = Shape((0..<below(4)).map { _ in pick([1, 2, 3, 3, 4, chance(6) ? 0 : 2]) })
      pool.append(b.addParameter(name: "p\(index)", type: TensorType(dtype, shape)))
    }
    for _ in 0..<steps {
      if let value = try step(), b.type(of: value).shape.elementCount.value ?? 0 <= 600 { pool.append(value) }
    }
    let floats = pool.filter { b.type(of: $0).dtype.isFloatingPoint }
    if let loss = floats.last, let target = floats.first {
      pool.append(try b.append(.gradient(GradientOp()), [loss, target]))
    }
    let results = pool.suffix(8).enumerated().map { Module.Result(name: "r\($0)", value: $1) }
    return try b.module(results: results)
  }

  /// A value of the given type: one from the pool, or a repeated constant, or a repeated scalar.
  private mutating func mate(_ type: TensorType) throws -> Value {
    let matching = pool.filter { b.type(of: $0) == type }
    if !matching.isEmpty, !chance(3) {
      let value = pick(matching)
      return type.dtype.isNumeric && chance(3) ? try b.negate(value) : value
    }
    let scalars = pool.filter { b.type(of: $0) == type.with(shape: []) }
    if !scalars.isEmpty, chance(2) { return try b.broadcast(pick(scalars), to: type.shape, axes: []) }
    return try b.full(pick([0, -0.0, 1, 1, -1, 2, 0.25, 3]), type)
  }

  private mutating func step() throws -> Value? {
    // Late values more often, so that expressions grow deep.
    let x = chance(3) ? pick(pool) : pick(Array(pool.suffix(3)))
    switch below(8) {
    case 0:
      return chance(2)
        ? try b.append(.identity(IdentityOp(id: b.freshIdentity())), [x])
        : try b.append(.stopGradient(StopGradientOp()), [x])
    case 1: return try logic(pool.last { b.type(of: $0).dtype == .bool } ?? x)
    case 2...4: return try pointwise(x)
    default:
      // Often two of a kind, which rules merge.
      let kind = below(9)
      guard let once = try structural(x, kind), chance(2) else { return try structural(x, kind) }
      return try structural(once, kind)
    }
  }

  private mutating func logic(_ x: Value) throws -> Value? {
    let type = b.type(of: x)
    guard type.dtype == .bool else { return try b.apply(.equal, x, mate(type)) }
    let known = try b.full(pick([0, 1]), type)
    switch below(4) {
    case 0: return try b.apply(.not, x)
    case 1: return try b.apply(pick([.and, .or, .xor]), x, known)
    case 2: return try b.select(x, known, b.full(pick([0, 1]), type))
    default:
      let yes = try mate(type.with(dtype: pick([.float32, .bool, .int32])))
      return try b.select(chance(2) ? x : known, yes, mate(b.type(of: yes)))
    }
  }

  private mutating func pointwise(_ x: Value) throws -> Value {
    let type = b.type(of: x)
    switch type.dtype {
    case .bool:
      let other = try mate(type)
      switch below(4) {
      case 0: return try b.apply(.not, x)
      case 1: return try b.convert(x, to: pick([.float32, .int32, .float64]))
      case 2:
        return try b.apply(.select, x, other, mate(type))
      default: return try b.apply(pick([.and, .or, .xor]), x, other)
      }
    default:
      let other = try chance(5) ? x : mate(type)
      switch below(8) {
      case 0: return try b.negate(x)
      case 1: return try b.append(.convert(ConvertOp(to: pick([.float32, .float64, .int32, .bool]))), [x])
      case 2: return try b.apply(pick([.equal, .notEqual, .less, .greaterOrEqual]), x, other)
      case 3: return try b.apply(pick([.abs, .sign]), x)
      case 4 where type.dtype.isFloatingPoint:
        return try b.apply(pick([.floor, .round, .sqrt, .tanh, .exp, .sigmoid]), x)
      case 5 where type.dtype.isFloatingPoint: return try b.divide(x, other)
      case 6: return try b.apply(pick([.minimum, .maximum]), other, x)
      default: return try b.apply(pick([.add, .subtract, .multiply]), x, other)
      }
    }
  }

  private mutating func structural(_ x: Value, _ kind: Int) throws -> Value? {
    let type = b.type(of: x)
    guard let extents = type.shape.extents else { return nil }
    let rank = extents.count
    switch kind {
    case 0: return try b.append(.transpose(TransposeOp(permutation: shuffled(rank))), [x])
    case 1:
      let count = extents.reduce(1, *)
      let shapes = [[count], [1, count], extents + [1], [1] + extents, extents.reversed()]
      return try b.append(.reshape(ReshapeOp(shape: Shape(pick(shapes)))), [x])
    case 2:
      let shape = extents.map { $0 == 1 && chance(2) ? 3 : $0 }
      return chance(2)
        ? try b.append(
          .broadcast(BroadcastOp(shape: Shape([2] + shape), axes: Array(1..<rank + 1))), [x])
        : try b.append(.broadcast(BroadcastOp(shape: Shape(shape + [2]), axes: Array(0..<rank))), [x])
    case 3:
      let starts = extents.map { below(min($0, 2)) }
      let limits = zip(extents, starts).map { $0 == $1 || chance(2) ? $0 : max($0 - 1, $1) }
      return try b.append(
        .slice(SliceOp(starts: starts, limits: limits, strides: extents.map { _ in pick([1, 1, 2]) })), [x])
    case 4:
      let (low, high) = (extents.map { _ in below(2) }, extents.map { _ in below(2) })
      let value = try mate(type.with(shape: []))
      return try b.append(
        .pad(PadOp(low: low, high: high, interior: extents.map { _ in below(8) / 7 })), [x, value])
    case 5: return try b.append(.reverse(ReverseOp(axes: subset(rank))), [x])
    case 6:
      guard rank > 0 else { return nil }
      let others = try (0..<below(3)).map { _ in try mate(type) }
      return try b.append(.concatenate(ConcatenateOp(axis: below(rank))), [x] + others)
    case 7:
      let kinds: [ReduceOp.Kind] = type.dtype == .bool ? [.any, .all] : [.sum, .sum, .product, .max, .min]
      return try b.append(.reduce(ReduceOp(pick(kinds), axes: subset(rank))), [x])
    default:
      guard type.dtype == .float32 || type.dtype == .int32 else { return nil }
      let order = shuffled(rank)
      let y = try b.transpose(mate(type), order)
      let roles = extents.map { _ in below(3) }
      let (batch, contract) = (pairs(of: 0, in: roles, order), pairs(of: 1, in: roles, order))
      return try b.append(
        .dot(
          DotOp(lhsContract: contract.0, rhsContract: contract.1, lhsBatch: batch.0, rhsBatch: batch.1)),
        [x, y])
    }
  }

  /// The axes of one role, and where a transpose has put them.
  private func pairs(of role: Int, in roles: [Int], _ order: [Int]) -> ([Int], [Int]) {
    let left = Array(roles.indices.filter { roles[$0] == role }.reversed())
    return (left, left.compactMap { order.firstIndex(of: $0) })
  }
}
