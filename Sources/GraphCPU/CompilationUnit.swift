// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// An LLVM module on its way from kernels to code; for one thread.
final class CompilationUnit {
  private let processor: Target
  private let machine: LLVMTargetMachineRef
  private let ir = LLVMBuilder(moduleName: "graphc")
  private var kernels: [Kernel] = []

  init(for processor: Target) throws {
    self.processor = processor
    machine = try processor.makeMachine()
    LLVMSetTarget(ir.module, processor.triple)
    let layout = LLVMCreateTargetDataLayout(machine)
    LLVMSetModuleDataLayout(ir.module, layout)
    LLVMDisposeTargetData(layout)
  }

  deinit { LLVMDisposeTargetMachine(machine) }

  /// Adds the function of a kernel.
  /// - Throws: `Diagnostic` of kind `bug` if the kernel is malformed.
  @discardableResult
  func emit(_ kernel: Kernel, name: String) throws -> IRValue {
    kernels.append(kernel)
    do {
      return try KernelEmitter.emit(kernel, name: name, vectorBits: processor.vectorBits, into: ir)
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

  /// Runs LLVM's passes.
  func optimize() throws {
    try verify()
  }

  private func verify() throws {
    var message: UnsafeMutablePointer<CChar>?
    let isBroken = LLVMVerifyModule(ir.module, LLVMReturnStatusAction, &message) != 0
    let text = LLVMString.take(message)
    if isBroken { throw Diagnostic(.bug, code: "cpu.verify", "\(text)\n\(description)") }
  }

  /// The code as an object file or as assembly, for the caller to release.
  func emitCode(_ form: LLVMCodeGenFileType) throws -> LLVMMemoryBufferRef {
    try optimize()
    var buffer: LLVMMemoryBufferRef?
    var message: UnsafeMutablePointer<CChar>?
    let failed = FatalErrors.attribute(to: ir.module, description) {
      LLVMTargetMachineEmitToMemoryBuffer(machine, ir.module, form, &message, &buffer) != 0
    }
    guard !failed, let buffer else {
      throw Diagnostic(.bug, code: "cpu.codegen", "\(LLVMString.take(message))\n\(description)")
    }
    return buffer
  }
}
