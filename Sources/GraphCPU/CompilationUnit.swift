// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// An LLVM module on its way from kernels to code; for one thread.
final class CompilationUnit {
  private let pool: MachinePool
  private let machine: LLVMTargetMachineRef
  let ir = LLVMBuilder(moduleName: "graphc")
  private var kernels: [Kernel] = []
  private let log = ErrorLog()

  init(_ pool: MachinePool) throws {
    self.pool = pool
    machine = try pool.take()
    log.collect(from: ir.context)
    LLVMSetTarget(ir.module, pool.target.triple)
    let layout = LLVMCreateTargetDataLayout(machine)
    LLVMSetModuleDataLayout(ir.module, layout)
    LLVMDisposeTargetData(layout)
  }

  deinit { pool.give(machine) }

  /// Adds the function of a kernel.
  /// - Throws: `Diagnostic` of kind `bug` if the kernel is malformed.
  @discardableResult
  func emit(_ kernel: Kernel, name: String) throws -> IRValue {
    kernels.append(kernel)
    do {
      return try KernelEmitter.emit(kernel, name: name, for: pool.target, into: ir)
    } catch {
      throw Diagnostic(.bug, code: "kernel.malformed", "\(error.message)\n\(kernel)")
    }
  }

  /// Adds the functions of some kernels, and an array of their addresses.
  func emitTable(of kernels: [Kernel], name: String) throws {
    var functions: [IRValue] = []
    for (index, kernel) in kernels.enumerated() {
      let function = try emit(kernel, name: "kernel\(index)")
      LLVMSetLinkage(function, LLVMPrivateLinkage)
      functions.append(function)
    }
    _ = ir.constantArray(ir.pointer, functions, name: name)
  }

  var text: String { LLVMString.take(LLVMPrintModuleToString(ir.module)) }

  private var description: String { kernels.map(\.description).joined() }

  /// LLVM's passes. Part of what kept code is found by.
  private static let passes = "function(early-cse)"

  /// What the code follows from: the code before LLVM's passes, the processor, and which LLVM turns the one into code for
  /// the other.
  var key: [UInt8] {
    var version: (UInt32, UInt32, UInt32) = (0, 0, 0)
    LLVMGetVersion(&version.0, &version.1, &version.2)
    let words = [
      pool.target.key, CompilationUnit.passes, "LLVM \(version.0).\(version.1).\(version.2)", "",
    ]
    guard let bitcode = LLVMWriteBitcodeToMemoryBuffer(ir.module) else { return [] }
    defer { LLVMDisposeMemoryBuffer(bitcode) }
    return Array(words.joined(separator: "\n").utf8) + bitcode.bytes
  }

  /// Runs LLVM's passes: one that merges what is computed twice, as addresses often are. The emitter hoists and forms
  /// vectors itself; of LLVM's other passes none made the code of kernels faster, and most took longer than it does
  /// to generate machine code.
  func optimize() throws {
    var message: UnsafeMutablePointer<CChar>?
    let isBroken = LLVMVerifyModule(ir.module, LLVMReturnStatusAction, &message) != 0
    let text = LLVMString.take(message)
    if isBroken { throw failure("cpu.verify", text) }
    let options = LLVMCreatePassBuilderOptions()
    defer { LLVMDisposePassBuilderOptions(options) }
    let error = FatalErrors.attribute(to: ir.module, kernels) {
      LLVMRunPasses(ir.module, CompilationUnit.passes, machine, options)
    }
    if let error { throw failure("cpu.passes", LLVMString.take(error)) }
  }

  /// The code as an object file.
  func object() throws -> [UInt8] {
    let buffer = try emitCode(LLVMObjectFile)
    defer { LLVMDisposeMemoryBuffer(buffer) }
    return buffer.bytes
  }

  /// The code as an object file or as assembly, for the caller to release.
  func emitCode(_ form: LLVMCodeGenFileType) throws -> LLVMMemoryBufferRef {
    try optimize()
    var buffer: LLVMMemoryBufferRef?
    var message: UnsafeMutablePointer<CChar>?
    let isBroken = FatalErrors.attribute(to: ir.module, kernels) {
      LLVMTargetMachineEmitToMemoryBuffer(machine, ir.module, form, &message, &buffer) != 0
    }
    let text = LLVMString.take(message)
    guard !isBroken, log.messages.isEmpty, let buffer else {
      if let buffer { LLVMDisposeMemoryBuffer(buffer) }
      throw failure("cpu.codegen", ([text] + log.messages).joined(separator: "\n"))
    }
    return buffer
  }

  private func failure(_ code: String, _ message: String) -> Diagnostic {
    Diagnostic(.bug, code: code, "\(message)\n\(description)")
  }
}

extension LLVMMemoryBufferRef {
  /// A copy of the content.
  var bytes: [UInt8] {
    Array(UnsafeRawBufferPointer(start: LLVMGetBufferStart(self), count: LLVMGetBufferSize(self)))
  }
}

/// The errors that LLVM reports of a context, which would otherwise end the process.
private final class ErrorLog {
  private(set) var messages: [String] = []

  /// Listens to a context, which must not outlive this.
  func collect(from context: LLVMContextRef) {
    LLVMContextSetDiagnosticHandler(
      context,
      { diagnostic, log in
        guard let diagnostic, let log, LLVMGetDiagInfoSeverity(diagnostic) == LLVMDSError else { return }
        let text = LLVMString.take(LLVMGetDiagInfoDescription(diagnostic))
        Unmanaged<ErrorLog>.fromOpaque(log).takeUnretainedValue().messages.append(text)
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
