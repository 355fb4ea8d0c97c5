// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Collects scalar instructions into a program, each distinct one once.
///
/// Two ways in: `append` and `inline` work on instruction positions, for code that fuses programs;
/// `add` takes a `ScalarValue`, for code that reads as algebra.
public struct ScalarBuilder: Sendable {
  public let inputs: [DType]
  public private(set) var instructions: [ScalarInstruction] = []
  public private(set) var tables: [[UInt64]] = []
  private var positions: [ScalarInstruction: Int32] = [:]

  public init(inputs: [DType] = []) {
    self.inputs = inputs
  }

  /// The position of this instruction, which is appended if there is no equal one.
  ///
  /// The operands must be positions of this builder and their types must suit the operation.
  public mutating func append(
    _ operation: ScalarOperation, _ type: DType, _ operands: [Int32] = [], payload: UInt64 = 0
  ) -> Int32 {
    let instruction = ScalarInstruction(operation, type, operands, payload: payload)
    if let known = positions[instruction] { return known }
    precondition(
      operation.accepts(operands.map { self.type(of: $0) }, result: type),
      "\(operation) cannot take \(operands.map { self.type(of: $0) }) and give \(type)")
    let position = Int32(instructions.count)
    instructions.append(instruction)
    positions[instruction] = position
    return position
  }

  /// The position of input `index`.
  public mutating func input(_ index: Int) -> Int32 {
    append(.input, inputs[index], payload: UInt64(index))
  }

  /// The position of the constant with these bits.
  public mutating func constant(_ type: DType, bits: UInt64) -> Int32 {
    append(.constant, type, payload: bits & type.bitMask)
  }

  /// The index of a table with these entries, which is appended if there is no equal one.
  public mutating func table(_ entries: [UInt64]) -> UInt64 {
    if let known = tables.firstIndex(of: entries) { return UInt64(known) }
    tables.append(entries)
    return UInt64(tables.count - 1)
  }

  /// The type of the instruction at `position`.
  public func type(of position: Int32) -> DType { instructions[Int(position)].type }

  /// Copies `program` in, with `arguments` in the place of its inputs; the positions of its results.
  public mutating func inline(_ program: ScalarProgram, _ arguments: [Int32]) -> [Int32] {
    precondition(arguments.map { type(of: $0) } == program.inputs, "the arguments do not fit the inputs")
    var moved: [Int32] = []
    moved.reserveCapacity(program.instructions.count)
    for instruction in program.instructions {
      switch instruction.operation {
      case .input:
        moved.append(arguments[Int(instruction.payload)])
      case .lookup:
        let table = table(program.tables[Int(instruction.payload)])
        moved.append(
          append(.lookup, instruction.type, instruction.operands.map { moved[Int($0)] }, payload: table))
      default:
        moved.append(
          append(
            instruction.operation, instruction.type, instruction.operands.map { moved[Int($0)] },
            payload: instruction.payload))
      }
    }
    return program.results.map { moved[Int($0)] }
  }

  /// The program that yields `results`, without the instructions that they do not need.
  public func finish(_ results: [Int32]) -> ScalarProgram {
    var needed = [Bool](repeating: false, count: instructions.count)
    for result in results { needed[Int(result)] = true }
    for position in instructions.indices.reversed() where needed[position] {
      for operand in instructions[position].operands { needed[Int(operand)] = true }
    }
    var moved = [Int32](repeating: 0, count: instructions.count)
    var kept: [ScalarInstruction] = []
    var keptTables: [[UInt64]] = []
    for (position, instruction) in instructions.enumerated() where needed[position] {
      var payload = instruction.payload
      if instruction.operation == .lookup {
        let entries = tables[Int(payload)]
        if let known = keptTables.firstIndex(of: entries) {
          payload = UInt64(known)
        } else {
          payload = UInt64(keptTables.count)
          keptTables.append(entries)
        }
      }
      moved[position] = Int32(kept.count)
      kept.append(
        ScalarInstruction(
          instruction.operation, instruction.type, instruction.operands.map { moved[Int($0)] },
          payload: payload))
    }
    return ScalarProgram(
      inputs: inputs, instructions: kept, results: results.map { moved[Int($0)] }, tables: keptTables)
  }
}
