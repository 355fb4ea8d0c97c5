// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import Glibc
import GraphIR
import Synchronization

/// Links object code into this process. One for a backend; safe to use from several threads.
final class JIT: Sendable {
  // LLVM's just-in-time linker locks its own state.
  nonisolated(unsafe) private let lljit: LLVMOrcLLJITRef
  private let serial = Atomic<UInt64>(0)

  /// The symbol that an object file is linked for. Those linked at the same time must differ, so that each gets a number
  /// in place of the zeros, of which a string table has no other.
  static let symbol = symbolStem + "0000000000000000"
  private static let symbolStem = "graphc_code_"

  init() throws {
    var created: LLVMOrcLLJITRef?
    try JIT.check(LLVMOrcCreateLLJIT(&created, nil))
    guard let created else { throw Diagnostic(.bug, code: "cpu.jit", "LLVM made no linker") }
    lljit = created
    try defineLibraryFunctions()
  }

  deinit {
    if let error = LLVMOrcDisposeLLJIT(lljit) { LLVMConsumeError(error) }
  }

  private static func check(_ error: LLVMErrorRef?) throws {
    if let error { throw Diagnostic(.bug, code: "cpu.jit", LLVMString.take(error)) }
  }

  /// Gives the functions that machine code may call their addresses.
  private func defineLibraryFunctions() throws {
    var pairs = MathLibrary.functions.map { name, address in
      LLVMOrcCSymbolMapPair(
        Name: LLVMOrcLLJITMangleAndIntern(lljit, name),
        Sym: LLVMJITEvaluatedSymbol(
          Address: UInt64(address),
          Flags: LLVMJITSymbolFlags(
            GenericFlags: UInt8(LLVMJITSymbolGenericFlagsExported.rawValue)
              | UInt8(LLVMJITSymbolGenericFlagsCallable.rawValue), TargetFlags: 0)))
    }
    let unit = LLVMOrcAbsoluteSymbols(&pairs, pairs.count)
    if let error = LLVMOrcJITDylibDefine(LLVMOrcLLJITGetMainJITDylib(lljit), unit) {
      LLVMOrcDisposeMaterializationUnit(unit)
      try JIT.check(error)
    }
  }

  /// Links an object file that has `symbol`, once.
  func link(_ object: [UInt8]) throws -> LinkedCode {
    let number = String(serial.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
    let symbol = JIT.symbolStem + String(repeating: "0", count: 16 - number.count) + number
    guard let object = JIT.renaming(object, to: symbol) else {
      throw Diagnostic(.bug, code: "cpu.jit", "the object file has no symbol \(JIT.symbol)")
    }
    guard let tracker = LLVMOrcJITDylibCreateResourceTracker(LLVMOrcLLJITGetMainJITDylib(lljit)) else {
      LLVMDisposeMemoryBuffer(object)
      throw Diagnostic(.bug, code: "cpu.jit", "LLVM made no resource tracker")
    }
    do {
      try JIT.check(LLVMOrcLLJITAddObjectFileWithRT(lljit, tracker, object))
      var address: LLVMOrcExecutorAddress = 0
      try JIT.check(LLVMOrcLLJITLookup(lljit, &address, symbol))
      guard let pointer = UnsafeRawPointer(bitPattern: UInt(address)) else {
        throw Diagnostic(.bug, code: "cpu.jit", "the symbol \(symbol) has no address")
      }
      return LinkedCode(self, tracker, at: pointer)
    } catch {
      remove(tracker)
      throw error
    }
  }

  /// A copy with another name of the same length in place of `symbol`, or nil if that is not there.
  private static func renaming(_ object: [UInt8], to name: String) -> LLVMMemoryBufferRef? {
    let copy = object.withUnsafeBytes { bytes -> LLVMMemoryBufferRef? in
      LLVMCreateMemoryBufferWithMemoryRangeCopy(bytes.baseAddress, bytes.count, "graphc")
    }
    guard let copy, let start = LLVMGetBufferStart(copy) else { return nil }
    // The copy is nobody else's yet.
    let bytes = UnsafeMutableRawBufferPointer(
      start: UnsafeMutableRawPointer(mutating: start), count: object.count)
    guard let place = bytes.place(of: symbol) else {
      LLVMDisposeMemoryBuffer(copy)
      return nil
    }
    place.copyMemory(from: name, byteCount: name.utf8.count)
    return copy
  }

  /// Frees what was linked.
  fileprivate func remove(_ tracker: LLVMOrcResourceTrackerRef) {
    if let error = LLVMOrcResourceTrackerRemove(tracker) { LLVMConsumeError(error) }
    LLVMOrcReleaseResourceTracker(tracker)
    // And the names of its symbols.
    let session = LLVMOrcLLJITGetExecutionSession(lljit)
    LLVMOrcSymbolStringPoolClearDeadEntries(LLVMOrcExecutionSessionGetSymbolStringPool(session))
  }
}

/// Code and data in memory, for as long as this lives.
final class LinkedCode: @unchecked Sendable {
  private let jit: JIT
  private let tracker: LLVMOrcResourceTrackerRef
  /// Where the symbol that was asked for lies.
  let address: UnsafeRawPointer

  fileprivate init(_ jit: JIT, _ tracker: LLVMOrcResourceTrackerRef, at address: UnsafeRawPointer) {
    self.jit = jit
    self.tracker = tracker
    self.address = address
  }

  deinit { jit.remove(tracker) }
}

extension UnsafeMutableRawBufferPointer {
  /// Where a text first stands.
  fileprivate func place(of text: String) -> UnsafeMutableRawPointer? {
    guard var start = baseAddress, let first = text.utf8.first else { return nil }
    let end = start + count - text.utf8.count
    while start <= end, let place = memchr(start, Int32(first), end - start + 1) {
      if memcmp(place, text, text.utf8.count) == 0 { return place }
      start = place + 1
    }
    return nil
  }
}
