// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// Which lanes keep within some bounds: those of both conditions.
struct LaneMask {
  /// The same for all lanes; nil for true.
  var uniform: IRValue?
  /// A vector; nil for true.
  var perLane: IRValue?
}

/// Loads of elements that may not be there: 0 stands in for them, and no memory beside the buffer is touched.
extension KernelEmitter {
  func laneMask(_ bounds: [StageProgram.Leaf.Bound], _ frame: Frame, lanes: Int) -> LaneMask {
    var mask = LaneMask()
    for bound in bounds {
      let offset = frame.offsets[bound.map]
      // As an unsigned number what is below 0 is great.
      if lanes == 1 || (offset.stride == 0 && offset.lanes == nil) {
        let isWithin = ir.compare(LLVMIntULT, first(offset), ir.index(bound.extent))
        mask.uniform = mask.uniform.map { ir.binary(LLVMAnd, $0, isWithin) } ?? isWithin
      } else {
        let type = bound.isNarrow ? ir.i32 : ir.i64
        let narrow = { [self] (value: IRValue, count: Int) -> IRValue in
          bound.isNarrow ? ir.cast(LLVMTrunc, value, ir.vector(type, count)) : value
        }
        var position = ir.splat(narrow(first(offset), 1), lanes)
        if offset.stride != 0 {
          let steps = ir.vector(of: (0..<lanes).map { ir.integer(type, $0 * offset.stride) })
          position = ir.add(position, steps)
        }
        if let perLane = offset.lanes { position = ir.add(position, narrow(perLane, lanes)) }
        let isWithin = ir.compare(LLVMIntULT, position, ir.repeated(ir.integer(type, bound.extent), lanes))
        mask.perLane = mask.perLane.map { ir.binary(LLVMAnd, $0, isWithin) } ?? isWithin
      }
    }
    return mask
  }

  /// The mask as a `bool` of so many lanes.
  func inEveryLane(_ mask: LaneMask, lanes: Int) -> IRValue {
    let uniform = ir.splat(mask.uniform ?? ir.integer(ir.i1, 1), lanes)
    return mask.perLane.map { ir.binary(LLVMAnd, $0, uniform) } ?? uniform
  }

  func load(_ buffer: Int, _ offset: LaneOffset, where mask: LaneMask, lanes: Int) -> IRValue {
    let dtype = kernel.buffers[buffer].dtype
    let element = ir.memoryType(dtype)
    let here = ir.looseAddress(bufferBases[buffer], element, first(offset))
    let stored: IRValue
    if mask.perLane == nil, offset.lanes == nil, lanes == 1 || offset.stride == 0 || offset.stride == 1 {
      // All lanes or none: what is not there is read from zeros.
      let count = offset.stride == 1 ? lanes : 1
      let source = mask.uniform.map { ir.select($0, here, zeros(dtype, count)) } ?? here
      let loaded = ir.load(ir.vector(element, count), source, alignment: dtype.byteCount)
      stored = count == lanes ? loaded : ir.splat(loaded, lanes)
    } else {
      let isThere = inEveryLane(mask, lanes: lanes)
      let zero = ir.repeated(ir.zero(element), lanes)
      if offset.lanes == nil, offset.stride == 1 {
        stored = ir.load(
          element, here, where: isThere, otherwise: zero, lanes: lanes,
          alignment: dtype.byteCount)
      } else {
        var steps = ir.vector(of: (0..<lanes).map { ir.index($0 * offset.stride) })
        if let perLane = offset.lanes { steps = ir.add(steps, perLane) }
        stored = ir.gather(
          element, ir.looseAddress(here, element, steps), where: isThere, otherwise: zero, lanes: lanes,
          alignment: dtype.byteCount)
      }
      tagAccess(stored, buffer: buffer)
    }
    return inRegister(stored, dtype, lanes: lanes)
  }

  private func zeros(_ dtype: DType, _ count: Int) -> IRValue {
    ir.table([UInt64](repeating: 0, count: count), dtype)
  }
}
