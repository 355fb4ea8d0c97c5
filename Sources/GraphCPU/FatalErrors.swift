// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import Glibc
import GraphKernels
import Synchronization

/// What to say when LLVM gives up: it ends the process, without a word of what it was compiling.
enum FatalErrors {
  /// The module that each thread is compiling, and its kernels.
  private struct Work: @unchecked Sendable {
    let module: LLVMModuleRef
    let kernels: [Kernel]
  }
  private static let work = Mutex<[pthread_t: Work]>([:])

  private static let isInstalled: Bool = {
    LLVMInstallFatalErrorHandler { reason in
      let reason = reason.map { String(cString: $0) } ?? "no reason"
      var text = "LLVM failed while compiling for graphc: \(reason)\n"
      if let work = FatalErrors.work.withLock({ $0[pthread_self()] }) {
        text += work.kernels.map(\.description).joined()
        let code = LLVMPrintModuleToString(work.module)
        if let code { text += String(cString: code) }
      }
      text.withCString { _ = write(STDERR_FILENO, $0, strlen($0)) }
    }
    return true
  }()

  /// Does something with LLVM whose failure is that of `module`.
  static func attribute<Result>(
    to module: LLVMModuleRef, _ kernels: [Kernel], _ body: () throws -> Result
  ) rethrows -> Result {
    _ = isInstalled
    let thread = pthread_self()
    let entry = Work(module: module, kernels: kernels)
    work.withLock { $0[thread] = entry }
    defer { _ = work.withLock { $0.removeValue(forKey: thread) } }
    return try body()
  }
}
