// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR

/// Links object code into this process. One for a backend; safe to use from several threads.
final class JIT: Sendable {
  // LLVM's just-in-time linker locks its own state.
  nonisolated(unsafe) private let lljit: LLVMOrcLLJITRef

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

  /// Links an object file, whose memory is taken over, and finds a symbol of it.
  ///
  /// Symbols must differ between all objects that are linked at the same time.
  func link(_ object: LLVMMemoryBufferRef, symbol: String) throws -> LinkedCode {
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
