// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// One instruction of a `ScalarProgram`; its result is named by its position.
public struct ScalarInstruction: Hashable, Sendable {
  public let operation: ScalarOperation
  /// The type of the result.
  public let type: DType
  /// Positions of earlier instructions.
  public let operands: [Int32]
  /// What `operation` says of it; 0 where it says nothing.
  public let payload: UInt64

  public init(_ operation: ScalarOperation, _ type: DType, _ operands: [Int32] = [], payload: UInt64 = 0) {
    self.operation = operation
    self.type = type
    self.operands = operands
    self.payload = payload
  }
}

/// A straight-line program over scalars: the definition of a pointwise function, or of a fused chain of them.
///
/// Instructions are in topological order (an operand stands before its user). There are no branches, so
/// that every instruction works on whole vectors.
public struct ScalarProgram: Hashable, Sendable {
  /// The types of the inputs. An input that the program does not read has no instruction.
  public let inputs: [DType]
  public let instructions: [ScalarInstruction]
  /// Positions of the results, normally one.
  public let results: [Int32]
  /// Constant tables for `lookup`, as bit patterns of the instruction's type.
  public let tables: [[UInt64]]

  /// A program from its parts. `flaw` says whether they fit together; `ScalarBuilder` makes only
  /// programs that do.
  public init(
    inputs: [DType], instructions: [ScalarInstruction], results: [Int32], tables: [[UInt64]] = []
  ) {
    self.inputs = inputs
    self.instructions = instructions
    self.results = results
    self.tables = tables
  }

  /// The types of the results.
  public var resultTypes: [DType] { results.map { instructions[Int($0)].type } }

  /// What is wrong with this program, or nil: an operand that is not earlier, a type that an operation does
  /// not take, an input, result or table that does not exist, an empty table.
  public var flaw: String? {
    for (position, instruction) in instructions.enumerated() {
      let place = "%\(position) (\(instruction.operation))"
      guard instruction.operands.allSatisfy({ $0 >= 0 && Int($0) < position }) else {
        return "\(place): an operand is not an earlier instruction"
      }
      let types = instruction.operands.map { instructions[Int($0)].type }
      guard instruction.operation.accepts(types, result: instruction.type) else {
        return "\(place): cannot take \(types) and give \(instruction.type)"
      }
      switch instruction.operation {
      case .input:
        guard instruction.payload < UInt64(inputs.count), inputs[Int(instruction.payload)] == instruction.type
        else { return "\(place): there is no input \(instruction.payload) of type \(instruction.type)" }
      case .lookup:
        guard instruction.payload < UInt64(tables.count), !tables[Int(instruction.payload)].isEmpty
        else { return "\(place): there is no table \(instruction.payload)" }
      default: break
      }
    }
    guard results.allSatisfy({ $0 >= 0 && Int($0) < instructions.count }) else {
      return "a result is not an instruction"
    }
    return nil
  }
}

extension ScalarProgram: CustomStringConvertible {
  /// One line for each instruction: `%2: f32 = add %0 %1`.
  public var description: String {
    var lines: [String] = []
    for (position, instruction) in instructions.enumerated() {
      var line = "%\(position): \(instruction.type) = \(instruction.operation)"
      for operand in instruction.operands { line += " %\(operand)" }
      switch instruction.operation {
      case .input, .lookup: line += " #\(instruction.payload)"
      case .constant: line += " " + Self.literal(instruction.payload, instruction.type)
      default: break
      }
      lines.append(line)
    }
    lines.append("return " + results.map { "%\($0)" }.joined(separator: " "))
    return lines.joined(separator: "\n")
  }

  private static func literal(_ bits: UInt64, _ type: DType) -> String {
    switch type {
    case .bool: bits == 0 ? "false" : "true"
    case .int32: "\(Int32(truncatingIfNeeded: bits))"
    case .int64: "\(Int64(bitPattern: bits))"
    case .int8: "\(Int8(truncatingIfNeeded: bits))"
    case .uint8, .uint32: "\(bits)"
    case .float16: "\(Float16(bits: bits))"
    case .bfloat16: "\(BFloat16(bits: bits))"
    case .float32: "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
    case .float64: "\(Double(bitPattern: bits))"
    case .string: "string"
    }
  }
}
