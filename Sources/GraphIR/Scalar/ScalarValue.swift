// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// A scalar expression: what the definitions of pointwise functions are written in.
///
/// ```swift
/// let r = n.fma(-0.693359375, x)
/// return (x .< 0).select(-r, r * r)
/// ```
///
/// A value is an immutable graph of instructions; `ScalarBuilder.add` flattens it. A `Double` on either side
/// of an operator is a constant of the other side's type, rounded to it. Operands of different
/// types are a programming error.
public struct ScalarValue: Sendable {
  fileprivate final class Node: Sendable {
    let operation: ScalarOperation
    let type: DType
    let operands: [ScalarValue]
    let payload: UInt64
    let table: [UInt64]

    init(
      _ operation: ScalarOperation, _ type: DType, _ operands: [ScalarValue], payload: UInt64, table: [UInt64]
    ) {
      precondition(
        operation.accepts(operands.map(\.type), result: type),
        "\(operation) cannot take \(operands.map(\.type)) and give \(type)")
      self.operation = operation
      self.type = type
      self.operands = operands
      self.payload = payload
      self.table = table
    }
  }

  fileprivate let node: Node

  /// The type of the value.
  public var type: DType { node.type }

  /// The result of an instruction.
  public init(
    _ operation: ScalarOperation, _ type: DType, _ operands: [ScalarValue] = [], payload: UInt64 = 0
  ) {
    node = Node(operation, type, operands, payload: payload, table: [])
  }

  fileprivate init(lookup index: ScalarValue, in table: [UInt64], _ type: DType) {
    node = Node(.lookup, type, [index], payload: 0, table: table)
  }

  /// Input `index` of the program.
  public static func input(_ index: Int, _ type: DType) -> ScalarValue {
    ScalarValue(.input, type, payload: UInt64(index))
  }

  /// A constant by its bits, which are cut to the width of `type`.
  public static func bits(_ type: DType, _ bits: UInt64) -> ScalarValue {
    ScalarValue(.constant, type, payload: bits & type.bitMask)
  }

  /// A constant by its value, rounded to a floating-point type or truncated to an integer (which must hold it).
  public static func constant(_ type: DType, _ value: Double) -> ScalarValue {
    switch type {
    case .bool: bits(type, value == 0 ? 0 : 1)
    case .float16, .bfloat16, .float32, .float64: bits(type, type.bits(rounding: value))
    default: bits(type, UInt64(bitPattern: Int64(value)))
    }
  }

  /// A constant of this value's type.
  public func constant(_ value: Double) -> ScalarValue { .constant(type, value) }
}

// MARK: - Instructions

extension ScalarValue {
  private func same(_ operation: ScalarOperation, _ others: ScalarValue...) -> ScalarValue {
    ScalarValue(operation, type, [self] + others)
  }

  private func compared(_ operation: ScalarOperation, _ other: ScalarValue) -> ScalarValue {
    ScalarValue(operation, .bool, [self, other])
  }

  public static func + (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.same(.add, b) }
  public static func + (a: ScalarValue, b: Double) -> ScalarValue { a + a.constant(b) }
  public static func + (a: Double, b: ScalarValue) -> ScalarValue { b.constant(a) + b }
  public static func - (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.same(.subtract, b) }
  public static func - (a: ScalarValue, b: Double) -> ScalarValue { a - a.constant(b) }
  public static func - (a: Double, b: ScalarValue) -> ScalarValue { b.constant(a) - b }
  public static func * (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.same(.multiply, b) }
  public static func * (a: ScalarValue, b: Double) -> ScalarValue { a * a.constant(b) }
  public static func * (a: Double, b: ScalarValue) -> ScalarValue { b.constant(a) * b }
  public static func / (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.same(.divide, b) }
  public static func / (a: Double, b: ScalarValue) -> ScalarValue { b.constant(a) / b }
  public static func % (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.same(.remainder, b) }
  public static prefix func - (a: ScalarValue) -> ScalarValue { a.same(.negate) }

  /// `self * factor + addend` with one rounding.
  public func fma(_ factor: ScalarValue, _ addend: ScalarValue) -> ScalarValue {
    same(.fusedMultiplyAdd, factor, addend)
  }
  public func fma(_ factor: Double, _ addend: ScalarValue) -> ScalarValue { fma(constant(factor), addend) }
  public func fma(_ factor: ScalarValue, _ addend: Double) -> ScalarValue { fma(factor, constant(addend)) }
  public func fma(_ factor: Double, _ addend: Double) -> ScalarValue {
    fma(constant(factor), constant(addend))
  }

  public var absolute: ScalarValue { same(.absolute) }
  public var squareRoot: ScalarValue { same(.squareRoot) }
  public var floor: ScalarValue { same(.floor) }
  public var ceiling: ScalarValue { same(.ceiling) }
  public var truncated: ScalarValue { same(.truncate) }
  public var roundedToEven: ScalarValue { same(.roundToEven) }
  public func minimum(_ other: ScalarValue) -> ScalarValue { same(.minimum, other) }
  public func maximum(_ other: ScalarValue) -> ScalarValue { same(.maximum, other) }
  /// The nearest number from `low` to `high`; NaN stays.
  public func clamped(_ low: Double, _ high: Double) -> ScalarValue {
    minimum(constant(high)).maximum(constant(low))
  }

  public static func .== (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.compared(.equal, b) }
  public static func .== (a: ScalarValue, b: Double) -> ScalarValue { a .== a.constant(b) }
  public static func .!= (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.compared(.notEqual, b) }
  public static func .!= (a: ScalarValue, b: Double) -> ScalarValue { a .!= a.constant(b) }
  public static func .< (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.compared(.less, b) }
  public static func .< (a: ScalarValue, b: Double) -> ScalarValue { a .< a.constant(b) }
  public static func .< (a: Double, b: ScalarValue) -> ScalarValue { b.constant(a) .< b }
  public static func .<= (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.compared(.lessOrEqual, b) }
  public static func .<= (a: ScalarValue, b: Double) -> ScalarValue { a .<= a.constant(b) }
  public static func .<= (a: Double, b: ScalarValue) -> ScalarValue { b.constant(a) .<= b }

  /// `self ? a : b`.
  public func select(_ a: ScalarValue, _ b: ScalarValue) -> ScalarValue {
    ScalarValue(.select, a.type, [self, a, b])
  }
  public func select(_ a: Double, _ b: ScalarValue) -> ScalarValue { select(b.constant(a), b) }
  public func select(_ a: ScalarValue, _ b: Double) -> ScalarValue { select(a, a.constant(b)) }

  public static func & (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.same(.and, b) }
  public static func & (a: ScalarValue, bits: UInt64) -> ScalarValue { a & .bits(a.type, bits) }
  public static func | (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.same(.or, b) }
  public static func | (a: ScalarValue, bits: UInt64) -> ScalarValue { a | .bits(a.type, bits) }
  public static func ^ (a: ScalarValue, b: ScalarValue) -> ScalarValue { a.same(.xor, b) }
  public static prefix func ~ (a: ScalarValue) -> ScalarValue { a.same(.not) }
  public static func << (a: ScalarValue, count: UInt64) -> ScalarValue {
    a.same(.shiftLeft, .bits(a.type, count))
  }
  public static func >> (a: ScalarValue, count: UInt64) -> ScalarValue {
    a.same(.shiftRight, .bits(a.type, count))
  }

  /// The same bits as another type of the same width.
  public func bitcast(_ type: DType) -> ScalarValue { ScalarValue(.bitcast, type, [self]) }

  /// The value as another type; this value itself if it has that type.
  public func converted(_ type: DType) -> ScalarValue {
    type == self.type ? self : ScalarValue(.convert, type, [self])
  }

  /// The entry of `table` (bit patterns of `type`) at this i32 index, clamped to the table.
  public func lookup(in table: [UInt64], _ type: DType) -> ScalarValue {
    ScalarValue(lookup: self, in: table, type)
  }
}

// MARK: - Flattening

extension ScalarBuilder {
  /// The position of `value`, with every instruction that it needs.
  public mutating func add(_ value: ScalarValue) -> Int32 {
    var known: [ObjectIdentifier: Int32] = [:]
    // An explicit stack, so that a deep expression cannot overflow the machine's.
    var pending = [value]
    while let top = pending.last {
      let node = top.node
      if known[ObjectIdentifier(node)] != nil {
        pending.removeLast()
        continue
      }
      let missing = node.operands.filter { known[ObjectIdentifier($0.node)] == nil }
      guard missing.isEmpty else {
        pending.append(contentsOf: missing.reversed())
        continue
      }
      let operands = node.operands.compactMap { known[ObjectIdentifier($0.node)] }
      let payload = node.operation == .lookup ? table(node.table) : node.payload
      known[ObjectIdentifier(node)] = append(node.operation, node.type, operands, payload: payload)
      pending.removeLast()
    }
    return known[ObjectIdentifier(value.node)] ?? 0
  }
}

extension ScalarProgram {
  /// The program with these inputs that yields `results`, which may use `ScalarValue.input`.
  public init(inputs: [DType], _ results: [ScalarValue]) {
    var builder = ScalarBuilder(inputs: inputs)
    var positions: [Int32] = []
    for result in results { positions.append(builder.add(result)) }
    self = builder.finish(positions)
  }
}
