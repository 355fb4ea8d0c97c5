// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphCPU
import GraphIR
import GraphKernels
import GraphRuntime
import Synchronization
import TestSupport

/// The backend of this machine and its code, made once.
enum Native {
  private static let backend = Result { try CPUBackend() }
  private static let shared = Result { KernelCache(backend: try backend.get()) }

  static func cache() throws -> KernelCache { try shared.get() }

  static func executable(_ module: Module) throws -> Executable {
    try Executable(plan: Lowering.plan(for: module), kernels: cache())
  }
}

/// A backend that counts, and that fails when it is told to.
final class CountingBackend: Backend {
  enum Behaviour: Sendable {
    case works
    case throwsErrors
    case forgetsOne
  }
  struct State: Sendable {
    var behaviour = Behaviour.works
    var batches: [Int] = []
  }
  let state = Mutex(State())

  private final class Code: CompiledKernels {
    let functions: [KernelFunction]
    init(count: Int) { functions = Array(repeating: { _, _, _ in 0 }, count: count) }
  }

  var target: String { "nothing" }
  var matrixProduct: MatrixProductFunction { { _, _, _ in 0 } }

  func hostRoutine(for call: HostCall) throws -> HostRoutine { { _ in 0 } }

  func compile(_ kernels: [Kernel]) throws -> any CompiledKernels {
    try state.withLock { state in
      if state.behaviour == .throwsErrors { throw Diagnostic(.bug, code: "test", "no code today") }
      state.batches.append(kernels.count)
      return Code(count: state.behaviour == .forgetsOne ? kernels.count - 1 : kernels.count)
    }
  }

  func text(of kernel: Kernel, as form: CodeForm) throws -> String { "" }
}
