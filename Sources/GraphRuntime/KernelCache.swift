// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Synchronization

/// Machine code by kernel content: a kernel is compiled once, whichever executable asks.
public final class KernelCache: Sendable {
  public let backend: any Backend

  private struct Entry {
    let code: any CompiledKernels
    let function: KernelFunction
  }
  private struct State {
    var entries: [Kernel: Entry] = [:]
    var compiledCount = 0
  }
  private let state = Mutex(State())

  public init(backend: any Backend) { self.backend = backend }

  /// Kernels compiled so far.
  public var compiledCount: Int { state.withLock { $0.compiledCount } }

  /// Compiles the kernels that are missing, in one batch, so that plans of which they are part find them.
  public func prepare(_ kernels: [Kernel]) throws {
    var seen: Set<Kernel> = []
    _ = try code(for: kernels.filter { seen.insert($0).inserted })
  }

  /// The code of some kernels.
  struct Code {
    /// In the order of the kernels.
    let functions: [KernelFunction]
    /// Keeps the functions alive.
    let owners: [any CompiledKernels]
    /// How many kernels were compiled for this.
    let newCount: Int
  }

  /// Code for each kernel; what is missing is compiled in one batch.
  /// - Throws: what the backend throws; the cache is then as it was.
  func code(for kernels: [Kernel]) throws -> Code {
    try state.withLock { state in
      let missing = kernels.filter { state.entries[$0] == nil }
      if !missing.isEmpty {
        let code = try backend.compile(missing)
        guard code.functions.count == missing.count else {
          throw Diagnostic(
            .bug, code: "compile",
            "\(code.functions.count) functions were made of \(missing.count) kernels for \(backend.target)")
        }
        for (kernel, function) in zip(missing, code.functions) {
          state.entries[kernel] = Entry(code: code, function: function)
        }
        state.compiledCount += missing.count
      }
      let entries = kernels.compactMap { state.entries[$0] }
      return Code(
        functions: entries.map(\.function), owners: entries.map(\.code), newCount: missing.count)
    }
  }
}
