// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A random well-typed program of every op of the roster, with inputs.
///
/// Nothing in it fails at run time.
public struct RandomModule: Sendable {
  public let module: Module
  /// For the module's parameters, with the extents that `bindings` gives their symbols.
  public let parameters: [NDArray]
  public let variables: [NDArray]
  /// By symbol; empty unless the module is symbolic. Symbols of open extents are not among them.
  public let bindings: [Int: Int]

  /// What the program's numbers are like.
  public enum Flavour: Sendable {
    /// Where a function jumps (floor, sign, comparisons, argMax, conversions to integers), its floating-point operands
    /// are exact, so that two ways of computing the program may differ by rounding alone: rounded values flow through
    /// smooth, tame functions only.
    case tame
    /// Any function of any numbers, infinities and NaN among them, and no floating-point products: two ways of
    /// computing the program differ in no bit.
    case wild
  }

  /// - Parameters:
  ///   - nodeCount: how many random steps; a step may take several nodes.
  ///   - dtypes: the element types to choose from.
  ///   - isSymbolic: whether parameters have symbols among their extents.
  ///   - textOnly: whether there may be what no interpreter runs or no kernel takes: gradient nodes and texts.
  ///   - hasGradients: whether gradients of a value are among the results.
  public static func make(
    seed: Int, nodeCount: Int = 20,
    dtypes: [DType] = [
      .float32, .float32, .float64, .int32, .int64, .uint8, .int8, .uint32, .bool, .float16, .bfloat16,
    ],
    isSymbolic: Bool = false, textOnly: Bool = false, hasGradients: Bool = false, flavour: Flavour = .tame
  ) throws -> RandomModule {
    var writer = RandomModuleWriter(
      seed: seed, dtypes: dtypes, isSymbolic: isSymbolic, textOnly: textOnly, hasGradients: hasGradients,
      isWild: flavour == .wild)
    return try writer.module(nodeCount: nodeCount)
  }
}

/// Choices drawn from a seed.
struct RandomSource {
  private let key: UInt64
  private var counter: UInt64 = 0

  init(seed: Int) { key = UInt64(bitPattern: Int64(seed)) }

  mutating func bits() -> UInt64 {
    counter += 1
    return Threefry.block(key: key, counter: counter)
  }
  mutating func below(_ count: Int) -> Int { Int(bits() % UInt64(max(count, 1))) }
  mutating func isOne(in count: Int) -> Bool { below(count) == 0 }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
  mutating func subset(_ count: Int) -> [Int] { (0..<count).filter { _ in isOne(in: 2) } }
  mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in order.indices.dropFirst() { order.swapAt(index, below(index + 1)) }
    return order
  }
}

struct RandomModuleWriter {
  let builder: ModuleBuilder
  /// How many regions the builder's nodes are within.
  let depth: Int
  var random: RandomSource
  let dtypes: [DType]
  let isSymbolic: Bool
  let textOnly: Bool
  let hasGradients: Bool
  let isWild: Bool
  var parameters: [NDArray] = []
  var variables: [NDArray] = []
  var values: [Value] = []
  /// Values that are exact whoever computes them, with the number of additions behind them.
  var exact: [Value: Int] = [:]
  /// Symbol 0 and symbol 1 are bound to these.
  private let bindings = [0: 3, 1: 4]

  init(
    seed: Int, dtypes: [DType], isSymbolic: Bool, textOnly: Bool, hasGradients: Bool, isWild: Bool
  ) {
    builder = ModuleBuilder(name: "random")
    depth = 0
    random = RandomSource(seed: seed)
    self.dtypes = dtypes
    self.isSymbolic = isSymbolic
    self.textOnly = textOnly
    self.hasGradients = hasGradients
    self.isWild = isWild
  }

  /// A writer of a region in another's program, which draws on from where that one stands.
  init(_ builder: ModuleBuilder, within outer: RandomModuleWriter) {
    self.builder = builder
    depth = outer.depth + 1
    random = outer.random
    dtypes = outer.dtypes
    isSymbolic = outer.isSymbolic
    textOnly = outer.textOnly
    hasGradients = false
    isWild = outer.isWild
  }

  mutating func module(nodeCount: Int) throws -> RandomModule {
    // No node takes a bound symbol for an extent of its own.
    if isSymbolic { builder.reserveSymbols(of: bindings.keys.map { TensorType(.bool, [.symbol($0)]) }) }
    for _ in 0..<1 + random.below(3) { addParameter() }
    for _ in 0..<random.below(3) { addVariable() }
    addSteps(nodeCount)
    var updates: [Module.Update] = []
    for index in variables.indices where random.isOne(in: 2) {
      let type = builder.variables[index].type
      if let value = values.last(where: { builder.type(of: $0) == type }) {
        updates.append(Module.Update(variable: index, value: value))
      }
    }
    var chosen = [values[values.count - 1]] + (0..<2 + random.below(3)).map { _ in random.pick(values) }
    if hasGradients { chosen += (try? gradients()) ?? [] }
    let results = chosen.enumerated().map { Module.Result(name: "r\($0.offset)", value: $0.element) }
    return RandomModule(
      module: try builder.module(results: results, updates: updates), parameters: parameters,
      variables: variables, bindings: isSymbolic ? bindings : [:])
  }

  /// The gradients of a late value with respect to inputs and to values on the way.
  private mutating func gradients() throws -> [Value] {
    let loss = try operand { $0.dtype.isFloatingPoint }
    let targets = try (0..<1 + random.below(3)).map { _ in try operand { $0.dtype.isFloatingPoint } }
    let input = values.first { type($0).dtype.isFloatingPoint }
    return try builder.appendAll(.gradient(GradientOp()), [loss] + targets + (input.map { [$0] } ?? []))
  }

  // MARK: Leaves

  private mutating func shape(symbolic: Bool) -> Shape {
    Shape(
      (0..<random.below(4)).map { _ -> Dim in
        if symbolic, random.isOne(in: 2) { return .symbol(random.below(2)) }
        return Dim(random.isOne(in: 24) ? 0 : random.pick([1, 2, 3, 4, 5]))
      })
  }

  mutating func elementBits(_ dtype: DType) -> UInt64 {
    if isWild, dtype.isFloatingPoint, random.isOne(in: 8) { return specialBits(dtype) }
    // Multiples of a quarter, whose sums are exact for long.
    let quarters = random.below(33) - 16
    switch dtype {
    case .bool: return UInt64(random.below(2))
    case .float16, .bfloat16, .float32, .float64: return dtype.bits(rounding: Double(quarters) / 4)
    case .int8: return Int8(quarters).bits
    case .int32: return Int32(quarters).bits
    case .int64: return Int64(quarters).bits
    case .uint8, .uint32: return UInt64(quarters + 16)
    case .string: return 0
    }
  }

  /// A number that functions treat apart.
  private mutating func specialBits(_ dtype: DType) -> UInt64 {
    let specials: [Double] = [
      0, -0.0, .infinity, -.infinity, .nan, 1e-40, -1e300, 0.5, 2.5, 1e30, -1e-300, 100,
    ]
    let number = random.pick(specials)
    return dtype.bits(rounding: number)
  }

  private mutating func array(_ type: TensorType) -> NDArray {
    let extents = type.shape.bound(by: bindings.mapValues { Dim($0) }).extents ?? []
    let count = extents.reduce(1, *)
    return NDArray(dtype: type.dtype, shape: extents, bits: (0..<count).map { _ in elementBits(type.dtype) })
  }

  private mutating func addParameter() {
    let type = TensorType(random.pick(dtypes), shape(symbolic: isSymbolic))
    parameters.append(array(type))
    let name = random.pick(["x", "input/ids:0", "a b", "9", "", "ü", "x_1"]) + "\(parameters.count)"
    let value = builder.addParameter(name: textOnly ? name : "p\(parameters.count)", type: type)
    values.append(value)
    exact[value] = 0
  }

  private mutating func addVariable() {
    let type = TensorType(random.pick(dtypes), shape(symbolic: false))
    variables.append(array(type))
    let value = builder.addVariable(name: "v\(variables.count)", type: type)
    values.append(value)
    exact[value] = 0
  }

  private mutating func constant() throws -> Value {
    if textOnly, random.isOne(in: 4) {
      let strings = (0..<2).map { _ in
        random.pick(["", "a\"b\\", "zwei\nZeilen", "é", "e\u{301}", "\u{0}\u{7f}"])
      }
      return try builder.append(.constant(ConstantOp(NDArray(strings: strings))))
    }
    let type = TensorType(random.pick(dtypes), shape(symbolic: false))
    if textOnly, type.dtype.isFloatingPoint, random.isOne(in: 3) {
      // Any bits at all: NaNs with payloads, subnormals, zeros of both signs.
      let count = type.shape.elementCount.value ?? 0
      let bits = (0..<count).map { _ in random.bits() & type.dtype.bitMask }
      return try builder.append(
        .constant(ConstantOp(NDArray(dtype: type.dtype, shape: type.shape.extents ?? [], bits: bits))))
    }
    let isSplat = random.isOne(in: 3)
    let bits = elementBits(type.dtype)
    let elements = array(type)
    let splat = NDArray(dtype: elements.dtype, shape: elements.shape) { _ in bits }
    return try builder.append(.constant(ConstantOp(isSplat ? splat : elements)))
  }

  // MARK: Operands

  func type(_ value: Value) -> TensorType { builder.type(of: value) }

  /// An earlier value that is good for something, the later the likelier.
  mutating func operand(where isGood: (TensorType) -> Bool = { _ in true }) throws -> Value {
    let fitting = values.filter { type($0).dtype != .string && isGood(type($0)) }
    if fitting.isEmpty { throw NothingFits() }
    return fitting[max(random.below(fitting.count), random.below(fitting.count))]
  }

  /// A value of a type: an earlier one or a scalar spread.
  mutating func operand(_ wanted: TensorType, exactly: Bool = false) throws -> Value {
    let fitting = values.filter { type($0) == wanted && (!exactly || exact[$0] != nil) }
    if !fitting.isEmpty, !random.isOne(in: 4) { return random.pick(fitting) }
    return try spread(
      NDArray(dtype: wanted.dtype, shape: [], bits: [elementBits(wanted.dtype)]), over: wanted.shape)
  }

  mutating func spread(_ scalar: NDArray, over shape: Shape) throws -> Value {
    let value = try builder.append(.constant(ConstantOp(scalar)))
    let result = try builder.broadcast(value, to: shape, axes: [])
    exact[result] = 0
    return result
  }

  struct NothingFits: Error {}

  // MARK: Steps

  /// Takes random steps from the values that there are.
  mutating func addSteps(_ count: Int) {
    for _ in 0..<count {
      // What does not fit its operands is drawn again, a few times.
      for _ in 0..<8 {
        if let added = try? step() {
          values += added
          break
        }
      }
    }
  }

  private mutating func step() throws -> [Value] {
    let mnemonic =
      random.isOne(in: 3) ? random.pick(Op.roster).mnemonic : random.pick(RandomModuleWriter.shaping)
    if let function = ScalarFunction(rawValue: mnemonic) { return [try pointwise(function)] }
    switch mnemonic {
    case "variable": throw NothingFits()
    case "constant":
      let value = try constant()
      exact[value] = 0
      return [value]
    case "iota":
      let type = TensorType(random.pick(dtypes), try type(operand { $0.rank > 0 }).shape)
      return noted([try builder.append(.iota(IotaOp(type: type, axis: random.below(type.rank))))], from: [])
    case "gradient":
      guard textOnly else { throw NothingFits() }
      let loss = try operand { $0.dtype.isFloatingPoint }
      let targets = try (0..<1 + random.below(3)).map { _ in try operand { $0.dtype.isFloatingPoint } }
      if random.isOne(in: 2) { return try builder.appendAll(.gradient(GradientOp()), [loss] + targets) }
      let type = builder.type(of: loss)
      let isStacked = random.isOne(in: 2)
      let shape = isStacked ? Shape([Dim(random.below(4))] + type.shape.dims) : type.shape
      let cotangent = try builder.full(1, type.with(shape: shape))
      let op = Op.gradient(GradientOp(outputCount: 1, stacked: isStacked))
      return try builder.appendAll(op, [loss, cotangent] + targets)
    default: return try structural(mnemonic)
    }
  }

  /// Ops that are no pointwise functions are drawn more often than their share of the roster.
  private static let shaping = Op.roster.map(\.mnemonic).filter { ScalarFunction(rawValue: $0) == nil }

  /// Marks values as exact when all of their operands are.
  func isExact(_ operands: [Value]) -> Int? {
    if isWild { return 0 }
    var depth = 0
    for operand in operands {
      guard let own = exact[operand] else { return nil }
      depth = max(depth, own)
    }
    return depth
  }

  mutating func noted(_ results: [Value], from operands: [Value], additions: Int = 0) -> [Value] {
    for result in results {
      if isWild || !type(result).dtype.isFloatingPoint {
        exact[result] = 0
      } else if let depth = isExact(operands), depth + additions <= 8 {
        exact[result] = depth + additions
      }
    }
    return results
  }
}
