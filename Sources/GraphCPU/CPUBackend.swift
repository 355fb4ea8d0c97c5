// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels
import Synchronization

/// Kernels as machine code of this machine's processor, by LLVM, and matrix products by OpenBLAS.
///
/// Safe to use from several threads.
public final class CPUBackend: Backend {
  private let machines: MachinePool
  /// Nil where the code is for another machine.
  private let jit: JIT?
  private let store: (any CodeStore)?

  /// - Parameters:
  ///   - cpu: LLVM's name of a processor, such as `x86-64-v3` or `neoverse-n1`; the one that this program runs on if it
  ///     is nil. Kernels for a processor that this machine is not compatible with exist as text only.
  ///   - store: keeps code for other processes.
  /// - Throws: `Diagnostic` if LLVM does not know the processor.
  public init(cpu: String? = nil, store: (any CodeStore)? = nil) throws {
    self.store = store
    let processor = try cpu.map { try Target(cpu: $0) } ?? .host
    machines = MachinePool(processor)
    jit = processor.isRunnable ? try JIT() : nil
    _ = BLAS.isSingleThreaded
  }

  public var target: String { machines.target.description }

  public var matrixProduct: MatrixProductFunction { BLAS.matrixProduct }

  public func hostRoutine(for call: HostCall) throws -> HostRoutine { try HostRoutines.routine(for: call) }

  public func compile(_ kernels: [Kernel]) throws -> any CompiledKernels {
    guard let jit else {
      throw Diagnostic(.run, code: "cpu.foreign", "this machine cannot run code for \(target)")
    }
    if kernels.isEmpty { return LinkedKernels(nil, count: 0, isKept: true) }
    let unit = try CompilationUnit(machines)
    try unit.emitTable(of: kernels, name: JIT.symbol)
    guard let store else {
      return LinkedKernels(try jit.link(try unit.object()), count: kernels.count, isKept: false)
    }
    let key = unit.key
    if let kept = store.code(for: key) {
      return LinkedKernels(try jit.link(kept), count: kernels.count, isKept: true)
    }
    let made = try unit.object()
    let code = LinkedKernels(try jit.link(made), count: kernels.count, isKept: false)
    store.keep(made, for: key)
    return code
  }

  public func text(of kernel: Kernel, as form: CodeForm) throws -> String {
    let unit = try CompilationUnit(machines)
    try unit.emit(kernel, name: "kernel")
    switch form {
    case .llvm: return unit.text
    case .optimizedLLVM:
      try unit.optimize()
      return unit.text
    case .assembly:
      let buffer = try unit.emitCode(LLVMAssemblyFile)
      defer { LLVMDisposeMemoryBuffer(buffer) }
      return String(decoding: buffer.bytes, as: UTF8.self)
    }
  }
}

/// Machine code of some kernels.
private final class LinkedKernels: CompiledKernels {
  let functions: [KernelFunction]
  let isKept: Bool
  private let code: LinkedCode?

  init(_ code: LinkedCode?, count: Int, isKept: Bool) {
    self.code = code
    self.isKept = isKept
    functions =
      code.map { code in
        let table = code.address.assumingMemoryBound(to: KernelFunction.self)
        return (0..<count).map { table[$0] }
      } ?? []
  }
}
