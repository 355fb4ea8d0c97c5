// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import Synchronization

/// LLVM's code generators for one target. Making one costs as much as a small kernel's code, and each is for one
/// thread at a time, so they are lent and kept.
final class MachinePool: Sendable {
  private struct Machines: @unchecked Sendable { var idle: [LLVMTargetMachineRef] = [] }

  let target: Target
  private let machines = Mutex(Machines())

  init(_ target: Target) {
    self.target = target
  }

  deinit {
    machines.withLock { machines in
      for machine in machines.idle { LLVMDisposeTargetMachine(machine) }
      machines.idle = []
    }
  }

  func take() throws -> LLVMTargetMachineRef {
    if let idle = machines.withLock({ $0.idle.popLast().map(Lent.init) }) { return idle.machine }
    return try target.makeMachine()
  }

  func give(_ machine: LLVMTargetMachineRef) {
    let lent = Lent(machine: machine)
    machines.withLock { $0.idle.append(lent.machine) }
  }

  /// A machine on its way over the lock.
  private struct Lent: @unchecked Sendable { let machine: LLVMTargetMachineRef }
}
