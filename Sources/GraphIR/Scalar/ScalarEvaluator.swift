// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

extension ScalarProgram {
  /// The results for one element.
  ///
  /// Values are bit patterns, zero-extended to 64 bits: floats by their IEEE bits, integers by their two's
  /// complement, bool as 0 or 1. `inputs` has one for each input of the program.
  ///
  /// `fault` becomes true if an integer was divided by zero (the quotient and the remainder are 0), and is
  /// left alone otherwise.
  public func evaluate(_ inputs: [UInt64], fault: inout Bool) -> [UInt64] {
    precondition(inputs.count == self.inputs.count, "one value for each input")
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: instructions.count) { registers in
      registers.initialize(repeating: 0)
      let lanes = ScalarLanes(registers: registers, count: 1)
      for position in instructions.indices {
        let instruction = instructions[position]
        if instruction.operation == .input {
          registers[position] = inputs[Int(instruction.payload)]
        } else {
          execute(position, instruction, lanes, &fault)
        }
      }
      return results.map { registers[Int($0)] }
    }
  }

  /// The results for `count` elements: one column for each result, from one column for each input.
  ///
  /// The same as `evaluate(_:fault:)` element by element, but each instruction is decoded once for a run of
  /// elements. `fault` becomes true if any element faults.
  public func evaluate(columns: [[UInt64]], count: Int, fault: inout Bool) -> [[UInt64]] {
    precondition(columns.count == inputs.count, "one column for each input")
    precondition(columns.allSatisfy { $0.count == count }, "a value for each element")
    var outputs = results.map { _ in [UInt64]() }
    for index in outputs.indices { outputs[index].reserveCapacity(count) }
    let width = min(64, count)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: instructions.count * width) { registers in
      registers.initialize(repeating: 0)
      var start = 0
      while start < count {
        let lanes = ScalarLanes(registers: registers, count: width)
        let live = min(width, count - start)
        for position in instructions.indices {
          let instruction = instructions[position]
          if instruction.operation == .input {
            let column = columns[Int(instruction.payload)]
            // The lanes beyond the last element repeat it, so that they cannot raise a fault of their own.
            for lane in 0..<width {
              registers[position * width + lane] = column[start + min(lane, live - 1)]
            }
          } else {
            execute(position, instruction, lanes, &fault)
          }
        }
        for (index, result) in results.enumerated() {
          outputs[index].append(contentsOf: registers[(Int(result) * width)..<(Int(result) * width + live)])
        }
        start += width
      }
    }
    return outputs
  }

  /// Executes one instruction (no input) on all lanes.
  private func execute(
    _ position: Int, _ instruction: ScalarInstruction, _ lanes: ScalarLanes, _ fault: inout Bool
  ) {
    let operands = instruction.operands
    // This keeps the register file's accesses in bounds for any program; types are the builder's business.
    precondition(operands.count == instruction.operation.arity, "malformed scalar program")
    for operand in operands { precondition(operand >= 0 && operand < position, "malformed scalar program") }
    let result = position
    switch instruction.operation {
    case .input: break
    case .constant: lanes.fill(result, instruction.payload)
    case .select: lanes.select(result, Int(operands[0]), Int(operands[1]), Int(operands[2]))
    case .bitcast: lanes.copy(result, Int(operands[0]))
    case .convert:
      lanes.convert(
        result, Int(operands[0]), from: instructions[Int(operands[0])].type, to: instruction.type)
    case .lookup: lanes.lookup(result, Int(operands[0]), tables[Int(instruction.payload)])
    default:
      let operation = instruction.operation
      switch instructions[Int(operands[0])].type {
      case .float32: lanes.float(Float.self, operation, result, operands)
      case .float64: lanes.float(Double.self, operation, result, operands)
      case .uint8: lanes.integer(UInt8.self, operation, result, operands, &fault)
      case .int8: lanes.integer(Int8.self, operation, result, operands, &fault)
      case .float16, .bfloat16: preconditionFailure("numbers of 16 bits are computed with in f32")
      case .int32: lanes.integer(Int32.self, operation, result, operands, &fault)
      case .int64: lanes.integer(Int64.self, operation, result, operands, &fault)
      case .uint32: lanes.integer(UInt32.self, operation, result, operands, &fault)
      case .bool: lanes.logical(operation, result, operands)
      case .string: preconditionFailure("no scalar is a string")
      }
    }
  }
}

/// A value that lives in a 64-bit register as its zero-extended bits.
private protocol ScalarRegister {
  init(register: UInt64)
  var register: UInt64 { get }
}

extension Float: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: register)) }
  fileprivate var register: UInt64 { UInt64(bitPattern) }
}

extension Double: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(bitPattern: register) }
  fileprivate var register: UInt64 { bitPattern }
}

extension Bool: ScalarRegister {
  fileprivate init(register: UInt64) { self = register != 0 }
  fileprivate var register: UInt64 { self ? 1 : 0 }
}

extension UInt8: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(truncatingIfNeeded: register) }
  fileprivate var register: UInt64 { UInt64(self) }
}

extension Int8: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(truncatingIfNeeded: register) }
  fileprivate var register: UInt64 { UInt64(UInt8(bitPattern: self)) }
}

extension Float16: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(bits: register) }
  fileprivate var register: UInt64 { bits }
}

extension BFloat16: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(bits: register) }
  fileprivate var register: UInt64 { bits }
}

extension UInt32: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(truncatingIfNeeded: register) }
  fileprivate var register: UInt64 { UInt64(self) }
}

extension Int32: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(truncatingIfNeeded: register) }
  fileprivate var register: UInt64 { UInt64(UInt32(bitPattern: self)) }
}

extension Int64: ScalarRegister {
  fileprivate init(register: UInt64) { self.init(bitPattern: register) }
  fileprivate var register: UInt64 { UInt64(bitPattern: self) }
}

/// The register file: `count` lanes for each instruction.
private struct ScalarLanes {
  let registers: UnsafeMutableBufferPointer<UInt64>
  let count: Int

  @inline(__always)
  func map<A: ScalarRegister, R: ScalarRegister>(_ result: Int, _ a: Int32, _ body: (A) -> R) {
    let (to, a) = (result * count, Int(a) * count)
    for lane in 0..<count {
      registers[to + lane] = body(A(register: registers[a + lane])).register
    }
  }

  @inline(__always)
  func zip<A: ScalarRegister, R: ScalarRegister>(
    _ result: Int, _ operands: [Int32], _ body: (A, A) -> R
  ) {
    let (to, a, b) = (result * count, Int(operands[0]) * count, Int(operands[1]) * count)
    for lane in 0..<count {
      registers[to + lane] =
        body(A(register: registers[a + lane]), A(register: registers[b + lane])).register
    }
  }

  func fill(_ result: Int, _ bits: UInt64) {
    for lane in 0..<count { registers[result * count + lane] = bits }
  }

  func copy(_ result: Int, _ a: Int) {
    for lane in 0..<count { registers[result * count + lane] = registers[a * count + lane] }
  }

  func select(_ result: Int, _ condition: Int, _ a: Int, _ b: Int) {
    for lane in 0..<count {
      let chosen = registers[condition * count + lane] != 0 ? a : b
      registers[result * count + lane] = registers[chosen * count + lane]
    }
  }

  func lookup(_ result: Int, _ index: Int, _ table: [UInt64]) {
    for lane in 0..<count {
      let index = Int(Int32(register: registers[index * count + lane]))
      registers[result * count + lane] = table[max(0, min(index, table.count - 1))]
    }
  }

  func float<T: BinaryFloatingPoint & ScalarRegister>(
    _: T.Type, _ operation: ScalarOperation, _ result: Int, _ operands: [Int32]
  ) {
    switch operation {
    case .add: zip(result, operands) { (a: T, b: T) in a + b }
    case .subtract: zip(result, operands) { (a: T, b: T) in a - b }
    case .multiply: zip(result, operands) { (a: T, b: T) in a * b }
    case .divide: zip(result, operands) { (a: T, b: T) in a / b }
    case .remainder: zip(result, operands) { (a: T, b: T) in a.truncatingRemainder(dividingBy: b) }
    case .minimum: zip(result, operands) { (a: T, b: T) in minimumOf(a, b) }
    case .maximum: zip(result, operands) { (a: T, b: T) in -minimumOf(-a, -b) }
    case .fusedMultiplyAdd:
      let (a, b, c) = (Int(operands[0]) * count, Int(operands[1]) * count, Int(operands[2]) * count)
      for lane in 0..<count {
        let addend = T(register: registers[c + lane])
        registers[result * count + lane] =
          addend.addingProduct(T(register: registers[a + lane]), T(register: registers[b + lane])).register
      }
    case .negate: map(result, operands[0]) { (a: T) in -a }
    case .absolute: map(result, operands[0]) { (a: T) in a.magnitude }
    case .squareRoot: map(result, operands[0]) { (a: T) in a.squareRoot() }
    case .floor: map(result, operands[0]) { (a: T) in a.rounded(.down) }
    case .ceiling: map(result, operands[0]) { (a: T) in a.rounded(.up) }
    case .truncate: map(result, operands[0]) { (a: T) in a.rounded(.towardZero) }
    case .roundToEven: map(result, operands[0]) { (a: T) in a.rounded(.toNearestOrEven) }
    case .equal: zip(result, operands) { (a: T, b: T) in a == b }
    case .notEqual: zip(result, operands) { (a: T, b: T) in a != b }
    case .less: zip(result, operands) { (a: T, b: T) in a < b }
    case .lessOrEqual: zip(result, operands) { (a: T, b: T) in a <= b }
    case .input, .constant, .select, .bitcast, .convert, .lookup, .and, .or, .xor, .not, .shiftLeft,
      .shiftRight:
      preconditionFailure("\(operation) has no floating-point form")
    }
  }

  /// IEEE 754-2019 `minimum`; the sum of the operands if one is NaN.
  @inline(__always)
  private func minimumOf<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
    if a < b { return a }
    if b < a { return b }
    if a == b { return a.sign == .minus ? a : b }
    return a + b
  }

  func integer<T: FixedWidthInteger & ScalarRegister>(
    _: T.Type, _ operation: ScalarOperation, _ result: Int, _ operands: [Int32], _ fault: inout Bool
  ) {
    switch operation {
    case .add: zip(result, operands) { (a: T, b: T) in a &+ b }
    case .subtract: zip(result, operands) { (a: T, b: T) in a &- b }
    case .multiply: zip(result, operands) { (a: T, b: T) in a &* b }
    case .divide:
      var zero = false
      zip(result, operands) { (a: T, b: T) -> T in
        guard b != 0 else {
          zero = true
          return 0
        }
        return a.dividedReportingOverflow(by: b).partialValue
      }
      if zero { fault = true }
    case .remainder:
      var zero = false
      zip(result, operands) { (a: T, b: T) -> T in
        guard b != 0 else {
          zero = true
          return 0
        }
        return a.remainderReportingOverflow(dividingBy: b).partialValue
      }
      if zero { fault = true }
    case .minimum: zip(result, operands) { (a: T, b: T) in min(a, b) }
    case .maximum: zip(result, operands) { (a: T, b: T) in max(a, b) }
    case .negate: map(result, operands[0]) { (a: T) in 0 &- a }
    case .absolute: map(result, operands[0]) { (a: T) in a < 0 ? 0 &- a : a }
    case .equal: zip(result, operands) { (a: T, b: T) in a == b }
    case .notEqual: zip(result, operands) { (a: T, b: T) in a != b }
    case .less: zip(result, operands) { (a: T, b: T) in a < b }
    case .lessOrEqual: zip(result, operands) { (a: T, b: T) in a <= b }
    case .and: zip(result, operands) { (a: T, b: T) in a & b }
    case .or: zip(result, operands) { (a: T, b: T) in a | b }
    case .xor: zip(result, operands) { (a: T, b: T) in a ^ b }
    case .not: map(result, operands[0]) { (a: T) in ~a }
    case .shiftLeft: zip(result, operands) { (a: T, b: T) in a &<< b }
    case .shiftRight: zip(result, operands) { (a: T, b: T) in a &>> b }
    case .input, .constant, .select, .bitcast, .convert, .lookup, .fusedMultiplyAdd, .squareRoot, .floor,
      .ceiling, .truncate, .roundToEven:
      preconditionFailure("\(operation) has no integer form")
    }
  }

  func logical(_ operation: ScalarOperation, _ result: Int, _ operands: [Int32]) {
    switch operation {
    case .equal: zip(result, operands) { (a: Bool, b: Bool) in a == b }
    case .notEqual, .xor: zip(result, operands) { (a: Bool, b: Bool) in a != b }
    case .and: zip(result, operands) { (a: Bool, b: Bool) in a && b }
    case .or: zip(result, operands) { (a: Bool, b: Bool) in a || b }
    case .not: map(result, operands[0]) { (a: Bool) in !a }
    default: preconditionFailure("\(operation) has no logical form")
    }
  }

  // MARK: Conversion

  func convert(_ result: Int, _ a: Int, from source: DType, to target: DType) {
    let a = Int32(truncatingIfNeeded: a)
    switch source {
    case .float16: fromFloat(result, a, to: target) { (value: Float16) in Double(value) }
    case .bfloat16: fromFloat(result, a, to: target) { (value: BFloat16) in Double(Float(value)) }
    case .float32: fromFloat(result, a, to: target) { (value: Float) in Double(value) }
    case .float64: fromFloat(result, a, to: target) { (value: Double) in value }
    case .uint8: fromInteger(result, a, to: target) { (value: UInt8) in Int64(value) }
    case .int8: fromInteger(result, a, to: target) { (value: Int8) in Int64(value) }
    case .int32: fromInteger(result, a, to: target) { (value: Int32) in Int64(value) }
    case .int64: fromInteger(result, a, to: target) { (value: Int64) in value }
    case .uint32: fromInteger(result, a, to: target) { (value: UInt32) in Int64(value) }
    case .bool: fromInteger(result, a, to: target) { (value: Bool) in value ? 1 : 0 }
    case .string: preconditionFailure("no scalar is a string")
    }
  }

  /// Through f64, which holds every other float.
  @inline(__always)
  private func fromFloat<S: ScalarRegister>(
    _ result: Int, _ a: Int32, to target: DType, _ widen: (S) -> Double
  ) {
    switch target {
    case .float16: map(result, a) { (value: S) in Float16(widen(value)) }
    case .bfloat16: map(result, a) { (value: S) in BFloat16(widen(value)) }
    case .float32: map(result, a) { (value: S) in Float(widen(value)) }
    case .float64: map(result, a) { (value: S) in widen(value) }
    case .uint8: map(result, a) { (value: S) in saturated(widen(value)) as UInt8 }
    case .int8: map(result, a) { (value: S) in saturated(widen(value)) as Int8 }
    case .int32: map(result, a) { (value: S) in saturated(widen(value)) as Int32 }
    case .int64: map(result, a) { (value: S) in saturated(widen(value)) as Int64 }
    case .uint32: map(result, a) { (value: S) in saturated(widen(value)) as UInt32 }
    case .bool: map(result, a) { (value: S) in widen(value) != 0 }
    case .string: preconditionFailure("no scalar is a string")
    }
  }

  /// Through i64, which holds every integer.
  @inline(__always)
  private func fromInteger<S: ScalarRegister>(
    _ result: Int, _ a: Int32, to target: DType, _ widen: (S) -> Int64
  ) {
    switch target {
    case .float16: map(result, a) { (value: S) in Float16(Double(roundedToOdd: widen(value))) }
    case .bfloat16: map(result, a) { (value: S) in BFloat16(Double(roundedToOdd: widen(value))) }
    case .float32: map(result, a) { (value: S) in Float(widen(value)) }
    case .float64: map(result, a) { (value: S) in Double(widen(value)) }
    case .uint8: map(result, a) { (value: S) in UInt8(truncatingIfNeeded: widen(value)) }
    case .int8: map(result, a) { (value: S) in Int8(truncatingIfNeeded: widen(value)) }
    case .int32: map(result, a) { (value: S) in Int32(truncatingIfNeeded: widen(value)) }
    case .int64: map(result, a) { (value: S) in widen(value) }
    case .uint32: map(result, a) { (value: S) in UInt32(truncatingIfNeeded: widen(value)) }
    case .bool: map(result, a) { (value: S) in widen(value) != 0 }
    case .string: preconditionFailure("no scalar is a string")
    }
  }

  /// The value truncated to an integer, or the nearest integer there is; 0 for NaN.
  @inline(__always)
  private func saturated<T: FixedWidthInteger>(_ value: Double) -> T {
    // T.max may round up to a power of two as a Double, which is out of range itself, hence >=.
    if value >= Double(T.max) { return T.max }
    if value <= Double(T.min) { return T.min }
    return value.isNaN ? 0 : T(value)
  }
}
