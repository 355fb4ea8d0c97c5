// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// Rows that are reduced side by side: the first pass over a row waits for memory, and the processor fetches several
/// rows at once faster than one after the other.
extension KernelEmitter {
  /// The points of the innermost domain axis whose first stages run as one; nil where they do not.
  var rowsAtOnce: Int? {
    let together = 4
    guard !vectorsAlongDomain, let first = stages.first, let extent = kernel.domain.last, extent >= together,
      case .lanes(let lanes) = first.reduction, lanes > 1, first.loopCount >= 256,
      first.sinks.count == first.reducingSinks.count
    else { return nil }
    // Accumulators and what is on the way share sixteen registers, or thirty-two.
    let accumulators = first.sinks.count * (ReductionOrder.laneCount / width) * together
    let work = zip(first.varies, first.isNeeded).count { $0 && $1 }
    return accumulators <= 16 && work <= 4 ? together : nil
  }

  /// Emits the innermost domain axis, so many points at a time while there are as many, then one by one.
  func emitRowGroups(_ frames: [Frame], from: IRValue, to: IRValue, together count: Int) {
    let sinks = stages[0].reducingSinks
    let tables = sinks.map { _, sink in
      entryBlockArray(stages[0].dtype(sink), count: count)
    }
    let whole = ir.add(from, ir.binary(LLVMAnd, ir.sub(to, from), ir.index(-count)))
    _ = loop("rows", from: from, to: whole, step: count, mayBeEmpty: true) { first, _ in
      let inner = (0..<count).map { row -> Frame in
        var frame = frames[0]
        enter(0, &frame, axis: domainRank - 1, .uniform(row == 0 ? first : ir.add(first, ir.index(row))))
        return frame
      }
      for (row, values) in reduceInLanes(0, inner).enumerated() {
        for ((table, entry), value) in zip(zip(tables, sinks), values) {
          let dtype = stages[0].dtype(entry.sink)
          let slot = ir.address(table, ir.memoryType(dtype), ir.index(row))
          ir.store(inMemory(value, dtype, lanes: 1), slot, alignment: dtype.byteCount)
        }
      }
      _ = loop("row", 0..<count) { row, _ in
        for (table, entry) in zip(tables, sinks) {
          let dtype = stages[0].dtype(entry.sink)
          let slot = ir.address(table, ir.memoryType(dtype), row)
          let stored = ir.load(ir.memoryType(dtype), slot, alignment: dtype.byteCount)
          results[0][entry.position] = inRegister(stored, dtype, lanes: 1)
        }
        runStages(frames, at: .uniform(ir.add(first, row)), from: 1)
        return []
      }
      return []
    }
    _ = loop("d\(domainRank - 1)", from: whole, to: to, mayBeEmpty: true) { index, _ in
      runStages(frames, at: .uniform(index))
      return []
    }
  }

  /// Memory for some elements that the function allocates once.
  private func entryBlockArray(_ dtype: DType, count: Int) -> IRValue {
    let here = ir.currentBlock
    if let entry = LLVMGetEntryBasicBlock(function), let first = LLVMGetFirstInstruction(entry) {
      ir.move(before: first)
    }
    defer { ir.move(to: here) }
    return ir.alloca(ir.memoryType(dtype), count: count, "row")
  }
}
