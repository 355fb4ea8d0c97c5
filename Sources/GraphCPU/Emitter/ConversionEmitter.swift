// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR

/// Conversions between element types, with the rules of `ScalarOperation.convert`.
extension KernelEmitter {
  func convert(_ x: IRValue, from source: DType, to target: DType, lanes: Int) -> IRValue {
    if source == target { return x }
    if source.isHalf {
      return convert(widened(x, from: source, lanes: lanes), from: .float32, to: target, lanes: lanes)
    }
    if target.isHalf { return narrowed(x, from: source, to: target, lanes: lanes) }
    let type = ir.type(target, lanes)
    switch (source.isFloatingPoint, target.isFloatingPoint) {
    case (_, _) where target == .bool:
      let zero = ir.constant(source, bits: 0, lanes: lanes)
      return source.isFloatingPoint
        ? ir.compare(LLVMRealUNE, x, zero) : ir.compare(LLVMIntNE, x, zero)
    case (true, true): return ir.cast(source == .float32 ? LLVMFPExt : LLVMFPTrunc, x, type)
    case (true, false): return saturated(x, from: source, to: target, lanes: lanes)
    case (false, true): return ir.cast(source.isSigned ? LLVMSIToFP : LLVMUIToFP, x, type)
    case (false, false):
      if source.bitWidth == target.bitWidth { return x }
      if source.bitWidth > target.bitWidth { return ir.cast(LLVMTrunc, x, type) }
      return ir.cast(source.isSigned ? LLVMSExt : LLVMZExt, x, type)
    }
  }

  private func saturated(_ x: IRValue, from source: DType, to target: DType, lanes: Int) -> IRValue {
    guard self.target.isX86, lanes > 1, let range = target.integerRange else {
      let name = target.isSigned ? "llvm.fptosi.sat" : "llvm.fptoui.sat"
      return ir.intrinsic(name, [ir.type(target, lanes), ir.type(source, lanes)], [x])
    }
    // LLVM would convert the lanes of a vector one by one.
    func real(_ number: Double) -> IRValue {
      ir.constant(source, bits: source.bits(rounding: number), lanes: lanes)
    }
    let significantBits = source == .float64 ? 53 : 24
    let valueBits = target.bitWidth - (target.isSigned ? 1 : 0)
    // 2^valueBits - 1, or if that is none of the numbers of `source` the greatest one below it.
    let greatest =
      Double(sign: .plus, exponent: valueBits, significand: 1)
      - Double(sign: .plus, exponent: max(0, valueBits - significantBits), significand: 1)
    let number = ir.select(ir.compare(LLVMRealORD, x, x), x, real(0))
    let least = real(Double(range.lowerBound))
    let above = ir.select(ir.compare(LLVMRealOGT, number, least), number, least)
    let bounded = ir.select(ir.compare(LLVMRealOLT, above, real(greatest)), above, real(greatest))
    let value = ir.cast(target.isSigned ? LLVMFPToSI : LLVMFPToUI, bounded, ir.type(target, lanes))
    if valueBits <= significantBits { return value }
    let last = ir.constant(target, bits: UInt64(bitPattern: Int64(range.upperBound)), lanes: lanes)
    return ir.select(ir.compare(LLVMRealOGT, x, real(greatest)), last, value)
  }

  // MARK: - 16 bits

  // LLVM would call functions of a library that machine code cannot find where a processor cannot convert these, so
  // that their bits are computed here.

  /// An f16 or bf16 as an f32.
  private func widened(_ x: IRValue, from source: DType, lanes: Int) -> IRValue {
    if source == .float16, target.convertsHalves {
      let half = ir.cast(LLVMBitCast, x, ir.vector(ir.half, lanes))
      return ir.cast(LLVMFPExt, half, ir.type(.float32, lanes))
    }
    let bits = ir.cast(LLVMZExt, x, ir.type(.uint32, lanes))
    let program = source == .float16 ? HalfConversion.widenFloat16 : HalfConversion.widenBFloat16
    return emit(program, [bits], lanes: lanes)
  }

  /// A number as an f16 or bf16, rounded once.
  private func narrowed(_ x: IRValue, from source: DType, to target: DType, lanes: Int) -> IRValue {
    let single: IRValue
    switch source {
    case .float32: single = x
    case .float64: single = emit(HalfConversion.float64ToOdd, [x], lanes: lanes)
    case .int64:
      // Rounded to odd twice.
      let double = emit(HalfConversion.int64ToOdd, [x], lanes: lanes)
      single = emit(HalfConversion.float64ToOdd, [double], lanes: lanes)
    case .int32, .uint32:
      let double = convert(x, from: source, to: .float64, lanes: lanes)
      single = emit(HalfConversion.float64ToOdd, [double], lanes: lanes)
    default: single = convert(x, from: source, to: .float32, lanes: lanes)
    }
    if target == .float16, self.target.convertsHalves {
      let half = ir.cast(LLVMFPTrunc, single, ir.vector(ir.half, lanes))
      return ir.cast(LLVMBitCast, half, ir.vector(ir.i16, lanes))
    }
    let program = target == .float16 ? HalfConversion.narrowFloat16 : HalfConversion.narrowBFloat16
    return ir.cast(LLVMTrunc, emit(program, [single], lanes: lanes), ir.vector(ir.i16, lanes))
  }
}
