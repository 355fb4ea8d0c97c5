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
  private let serial = Atomic<Int>(0)

  /// - Parameter cpu: LLVM's name of a processor, such as `x86-64-v3` or `neoverse-n1`; the one that this program runs
  ///   on if it is nil. Kernels for a processor that this machine is not compatible with exist as text only.
  /// - Throws: `Diagnostic` if LLVM does not know the processor.
  public init(cpu: String? = nil) throws {
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
    if kernels.isEmpty { return LinkedKernels(nil, count: 0) }
    let unit = try CompilationUnit(machines)
    let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
    let table = "graphc_kernels_\(number)"
    try unit.emitTable(of: kernels, name: table)
    let object = try unit.emitCode(LLVMObjectFile)
    return LinkedKernels(try jit.link(object, symbol: table), count: kernels.count)
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
      let bytes = UnsafeRawBufferPointer(start: LLVMGetBufferStart(buffer), count: LLVMGetBufferSize(buffer))
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// Machine code of some kernels.
private final class LinkedKernels: CompiledKernels {
  let functions: [KernelFunction]
  private let code: LinkedCode?

  init(_ code: LinkedCode?, count: Int) {
    self.code = code
    functions =
      code.map { code in
        let table = code.address.assumingMemoryBound(to: KernelFunction.self)
        return (0..<count).map { table[$0] }
      } ?? []
  }
}
