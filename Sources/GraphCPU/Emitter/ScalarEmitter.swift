// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR

/// Scalar instructions as LLVM instructions, with a meaning for every operand: what LLVM leaves undefined is defined
/// here as `ScalarOperation` says.
extension KernelEmitter {
  /// One instruction, no input. The operands have `lanes` lanes each.
  func emit(
    _ instruction: ScalarInstruction, _ operands: [IRValue], types: [DType], lanes: Int, tables: [[UInt64]],
    faultCode: Int?
  ) -> IRValue {
    let type = instruction.type
    let operation = instruction.operation
    switch operation {
    case .input, .constant: return ir.constant(type, bits: instruction.payload, lanes: lanes)
    case .select: return ir.select(operands[0], operands[1], operands[2])
    case .bitcast: return ir.cast(LLVMBitCast, operands[0], ir.type(type, lanes))
    case .convert: return convert(operands[0], from: types[0], to: type, lanes: lanes)
    case .lookup: return lookup(operands[0], in: tables[Int(instruction.payload)], type, lanes: lanes)
    case .equal, .notEqual, .less, .lessOrEqual: return compare(operation, operands, types[0])
    default:
      if type.isFloatingPoint { return float(operation, operands, type, lanes: lanes) }
      if operation == .divide || operation == .remainder {
        return divide(operation, operands, type, lanes: lanes, faultCode: faultCode)
      }
      return integer(operation, operands, type, lanes: lanes)
    }
  }

  /// The only result of a program.
  func emit(_ program: ScalarProgram, _ inputs: [IRValue], lanes: Int) -> IRValue {
    var values: [IRValue] = []
    for instruction in program.instructions {
      if instruction.operation == .input {
        values.append(inputs[Int(instruction.payload)])
      } else {
        values.append(
          emit(
            instruction, instruction.operands.map { values[Int($0)] },
            types: instruction.operands.map { program.instructions[Int($0)].type }, lanes: lanes,
            tables: program.tables, faultCode: nil))
      }
    }
    return values[Int(program.results[0])]
  }

  // MARK: - Floats

  private func float(_ operation: ScalarOperation, _ x: [IRValue], _ dtype: DType, lanes: Int) -> IRValue {
    switch operation {
    case .add: ir.binary(LLVMFAdd, x[0], x[1])
    case .subtract: ir.binary(LLVMFSub, x[0], x[1])
    case .multiply: ir.binary(LLVMFMul, x[0], x[1])
    case .divide: ir.binary(LLVMFDiv, x[0], x[1])
    case .remainder: ir.binary(LLVMFRem, x[0], x[1])
    case .negate: ir.negateFloat(x[0])
    case .minimum, .maximum: extremum(operation == .minimum, x[0], x[1], dtype, lanes)
    default: ir.intrinsic(floatIntrinsic(operation), [ir.type(dtype, lanes)], x)
    }
  }

  // MARK: Extrema

  /// IEEE 754-2019 `minimum` or `maximum`.
  ///
  /// x86 has `a < b ? a : b`, which is b for two zeros and where either is NaN. LLVM makes five or six instructions of it, or
  /// branches. With a constant operand one or two do, and three or five if none is constant.
  private func extremum(
    _ isMinimum: Bool, _ a: IRValue, _ b: IRValue, _ dtype: DType, _ lanes: Int
  ) -> IRValue {
    let type = ir.type(dtype, lanes)
    guard target.isX86 else {
      return ir.intrinsic(isMinimum ? "llvm.minimum" : "llvm.maximum", [type], [a, b])
    }
    let predicate = isMinimum ? LLVMRealOLT : LLVMRealOGT
    func chosen(_ a: IRValue, _ b: IRValue) -> IRValue { ir.select(ir.compare(predicate, a, b), a, b) }
    for (constant, other) in [(a, b), (b, a)] {
      guard let bound = ir.uniformReal(constant), !bound.isNaN else { continue }
      // NaN comes back as the second operand, and so does the right one of two zeros but for these cases.
      if bound != 0 || (bound.sign == .plus) == isMinimum { return chosen(constant, other) }
      // -0 + 0 is 0, and no other number is changed by the sum.
      if !isMinimum { return ir.binary(LLVMFAdd, chosen(constant, other), ir.zero(type)) }
    }
    let integer: DType = dtype == .float64 ? .int64 : .int32
    func bits(_ value: IRValue) -> IRValue { ir.cast(LLVMBitCast, value, ir.type(integer, lanes)) }
    func real(_ bits: IRValue) -> IRValue { ir.cast(LLVMBitCast, bits, type) }
    if isMinimum || lanes == 1 {
      // The results of both orders differ where one operand is NaN, and in the sign of zeros. Of either, all exponent bits
      // of a NaN stay set, and the sign of -0.
      let (first, second) = (bits(chosen(a, b)), bits(chosen(b, a)))
      let either = ir.binary(LLVMOr, first, second)
      if isMinimum { return real(either) }
      // -0 - -0 where the signs differ, x - 0 where nothing does.
      return ir.binary(LLVMFSub, real(either), real(ir.binary(LLVMXor, first, second)))
    }
    // What is not below 0 or -0 has no sign. Little of this waits for `a`, which may be what a reduction has so far.
    let signless = ir.binary(
      LLVMOr, bits(b), ir.constant(integer, bits: integer.bitMask >> 1, lanes: lanes))
    let ordered = real(ir.binary(LLVMAnd, bits(chosen(b, a)), signless))
    return ir.select(ir.compare(LLVMRealUNO, b, b), b, ordered)
  }

  private func floatIntrinsic(_ operation: ScalarOperation) -> String {
    switch operation {
    case .fusedMultiplyAdd: return "llvm.fma"
    case .absolute: return "llvm.fabs"
    case .squareRoot: return "llvm.sqrt"
    case .floor: return "llvm.floor"
    case .ceiling: return "llvm.ceil"
    case .truncate: return "llvm.trunc"
    case .roundToEven: return "llvm.roundeven"
    case .input, .constant, .add, .subtract, .multiply, .divide, .remainder, .negate, .minimum, .maximum,
      .equal, .notEqual, .less, .lessOrEqual, .select, .and, .or, .xor, .not, .shiftLeft, .shiftRight,
      .bitcast, .convert, .lookup:
      preconditionFailure("\(operation) is no function of floats")
    }
  }

  // MARK: - Integers and bools

  private func integer(_ operation: ScalarOperation, _ x: [IRValue], _ dtype: DType, lanes: Int) -> IRValue {
    let type = ir.type(dtype, lanes)
    switch operation {
    case .add: return ir.add(x[0], x[1])
    case .subtract: return ir.sub(x[0], x[1])
    case .multiply: return ir.mul(x[0], x[1])
    case .negate: return ir.negate(x[0])
    case .absolute:
      return dtype.isSigned ? ir.intrinsic("llvm.abs", [type], [x[0], ir.integer(ir.i1, 0)]) : x[0]
    case .minimum: return ir.intrinsic(dtype.isSigned ? "llvm.smin" : "llvm.umin", [type], x)
    case .maximum: return ir.intrinsic(dtype.isSigned ? "llvm.smax" : "llvm.umax", [type], x)
    case .and: return ir.binary(LLVMAnd, x[0], x[1])
    case .or: return ir.binary(LLVMOr, x[0], x[1])
    case .xor: return ir.binary(LLVMXor, x[0], x[1])
    case .not: return ir.not(x[0])
    case .shiftLeft: return ir.binary(LLVMShl, x[0], amount(x[1], dtype, lanes))
    case .shiftRight:
      return ir.binary(dtype.isSigned ? LLVMAShr : LLVMLShr, x[0], amount(x[1], dtype, lanes))
    case .input, .constant, .divide, .remainder, .equal, .notEqual, .less, .lessOrEqual, .select, .bitcast,
      .convert, .lookup, .fusedMultiplyAdd, .squareRoot, .floor, .ceiling, .truncate, .roundToEven:
      preconditionFailure("\(operation) is no function of integers")
    }
  }

  /// A shift amount modulo the width of the type.
  private func amount(_ amount: IRValue, _ dtype: DType, _ lanes: Int) -> IRValue {
    let mask = ir.constant(dtype, bits: UInt64(dtype.bitWidth - 1), lanes: lanes)
    return ir.binary(LLVMAnd, amount, mask)
  }

  /// A quotient or a remainder: 0 and a fault for a divisor of zero, MIN and 0 for MIN by -1.
  private func divide(
    _ operation: ScalarOperation, _ x: [IRValue], _ dtype: DType, lanes: Int, faultCode: Int?
  ) -> IRValue {
    let opcode =
      switch (operation, dtype.isSigned) {
      case (.divide, true): LLVMSDiv
      case (.divide, false): LLVMUDiv
      case (_, true): LLVMSRem
      case (_, false): LLVMURem
      }
    let (zero, one) = (ir.constant(dtype, bits: 0, lanes: lanes), ir.constant(dtype, bits: 1, lanes: lanes))
    let isZero = ir.compare(LLVMIntEQ, x[1], zero)
    if let faultCode { report(isZero, faultCode, lanes: lanes) }
    // By one instead: the quotient of MIN is then MIN and its remainder 0, as they should be.
    var unsafe = isZero
    if dtype.isSigned {
      let least = ir.constant(dtype, bits: 1 << UInt64(dtype.bitWidth - 1), lanes: lanes)
      let minusOne = ir.constant(dtype, bits: dtype.bitMask, lanes: lanes)
      let overflows = ir.binary(
        LLVMAnd, ir.compare(LLVMIntEQ, x[0], least), ir.compare(LLVMIntEQ, x[1], minusOne))
      unsafe = ir.binary(LLVMOr, isZero, overflows)
    }
    let result = ir.binary(opcode, x[0], ir.select(unsafe, one, x[1]))
    return ir.select(isZero, zero, result)
  }

  /// Notes a fault if the condition holds in any lane.
  func report(_ condition: IRValue, _ code: Int, lanes: Int) {
    guard let faultSlot, LLVMIsNull(condition) == 0 else { return }
    let any =
      lanes == 1 ? condition : ir.intrinsic("llvm.vector.reduce.or", [ir.type(of: condition)], [condition])
    let known = ir.load(ir.i32, faultSlot, alignment: 4)
    let least = ir.intrinsic("llvm.umin", [ir.i32], [known, ir.integer(ir.i32, code)])
    ir.store(ir.select(any, least, known), faultSlot, alignment: 4)
  }

  // MARK: - Comparisons

  private func compare(_ operation: ScalarOperation, _ x: [IRValue], _ dtype: DType) -> IRValue {
    if dtype.isFloatingPoint {
      let predicate =
        switch operation {
        case .equal: LLVMRealOEQ
        case .notEqual: LLVMRealUNE
        case .less: LLVMRealOLT
        default: LLVMRealOLE
        }
      return ir.compare(predicate, x[0], x[1])
    }
    let predicate =
      switch operation {
      case .equal: LLVMIntEQ
      case .notEqual: LLVMIntNE
      case .less: dtype.isSigned ? LLVMIntSLT : LLVMIntULT
      default: dtype.isSigned ? LLVMIntSLE : LLVMIntULE
      }
    return ir.compare(predicate, x[0], x[1])
  }

  // MARK: - Tables

  private func lookup(_ index: IRValue, in table: [UInt64], _ dtype: DType, lanes: Int) -> IRValue {
    let element = ir.memoryType(dtype)
    let base = ir.table(table, dtype)
    let type = ir.type(of: index)
    let above = ir.intrinsic("llvm.smax", [type], [index, ir.constant(.int32, bits: 0, lanes: lanes)])
    let last = ir.constant(.int32, bits: UInt64(table.count - 1), lanes: lanes)
    let bounded = ir.intrinsic("llvm.smin", [type], [above, last])
    let entry = ir.gather(
      element, ir.address(base, element, bounded), lanes: lanes, alignment: dtype.byteCount)
    guard dtype == .bool else { return entry }
    return ir.compare(LLVMIntNE, entry, ir.repeated(ir.integer(ir.i8, 0), lanes))
  }
}
