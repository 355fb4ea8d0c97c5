// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Synchronization

/// Machine code by kernel content: a kernel is compiled once, whichever executable asks.
///
/// The code that was not asked for for longest goes when there is too much; an executable keeps what it uses.
public final class KernelCache: Sendable {
  public let backend: any Backend
  /// The most kernels that are kept for executables to come.
  public let limit: Int

  private struct Entry {
    let code: any CompiledKernels
    let function: KernelFunction
    var lastUse: Int
  }
  private struct State {
    var entries: [Kernel: Entry] = [:]
    var compiledCount = 0
    var requestCount = 0
  }
  private let state = Mutex(State())
  /// Held by whoever compiles, so that nothing is compiled twice. Who finds all in the cache does not wait.
  private let compiling = Mutex(())

  public init(backend: any Backend, limit: Int = 4096) {
    self.backend = backend
    self.limit = limit
  }

  /// Kernels compiled so far.
  public var compiledCount: Int { state.withLock { $0.compiledCount } }

  /// Compiles the kernels that are missing, so that plans of which they are part find them.
  public func prepare(_ kernels: [Kernel]) throws {
    var seen: Set<Kernel> = []
    _ = try code(for: kernels.filter { seen.insert($0).inserted })
  }

  /// What making the code of one kernel took.
  public struct Compilation: Sendable {
    /// The kernel's number in the plan.
    public let kernel: Int
    public let seconds: Double
    /// Whether the code was there from an earlier process.
    public let isKept: Bool
  }

  /// The code of some kernels.
  struct Code {
    /// In the order of the kernels.
    let functions: [KernelFunction]
    /// Keeps the functions alive.
    let owners: [any CompiledKernels]
    /// Those that were not in the cache, in the order of the kernels.
    let compilations: [Compilation]
  }

  /// Code for each kernel; what is missing is compiled, on all processors.
  /// - Throws: what the backend throws; the cache is then as it was.
  func code(for kernels: [Kernel]) throws -> Code {
    if let code = state.withLock({ KernelCache.find(kernels, [], &$0) }) { return code }
    return try compiling.withLock { _ in
      let missing = state.withLock { state in
        kernels.indices.filter { state.entries[kernels[$0]] == nil }
      }
      let made = try compile(missing, of: kernels)
      return state.withLock { state in
        for (index, (code, function)) in zip(missing, made.code) {
          state.entries[kernels[index]] = Entry(code: code, function: function, lastUse: state.requestCount)
        }
        state.compiledCount += missing.count
        let code =
          KernelCache.find(kernels, made.compilations, &state)
          ?? Code(functions: [], owners: [], compilations: [])
        if state.entries.count > limit { KernelCache.makeRoom(limit, &state) }
        return code
      }
    }
  }

  /// The kernels' entries, or nil if one is missing.
  private static func find(
    _ kernels: [Kernel], _ compilations: [Compilation], _ state: inout State
  ) -> Code? {
    state.requestCount += 1
    var functions: [KernelFunction] = []
    var owners: [any CompiledKernels] = []
    for kernel in kernels {
      guard let entry = state.entries[kernel] else { return nil }
      functions.append(entry.function)
      owners.append(entry.code)
    }
    for kernel in kernels { state.entries[kernel]?.lastUse = state.requestCount }
    return Code(functions: functions, owners: owners, compilations: compilations)
  }

  /// Lets a quarter of the entries go.
  private static func makeRoom(_ limit: Int, _ state: inout State) {
    let uses = state.entries.values.map(\.lastUse).sorted()
    let excess = max(state.entries.count - limit / 4 * 3, 1)
    let newest = uses[min(excess, uses.count) - 1]
    // What came with the last request stays, whatever the limit.
    state.entries = state.entries.filter { $0.value.lastUse > min(newest, state.requestCount - 1) }
  }

  private typealias Made = (
    code: [(any CompiledKernels, KernelFunction)], compilations: [Compilation]
  )

  /// Compiles each kernel by itself: the same code is found again whatever it stands beside, and as many threads help
  /// as there are processors.
  private func compile(_ missing: [Int], of kernels: [Kernel]) throws -> Made {
    let results = Mutex<[Int: Result<(any CompiledKernels, KernelFunction, Double), any Error>]>([:])
    Parallel.forEach(missing.count, threads: ProcessorCount.available) { position in
      let start = ContinuousClock.now
      let result = Result { () throws -> (any CompiledKernels, KernelFunction, Double) in
        let code = try backend.compile([kernels[missing[position]]])
        guard code.functions.count == 1 else {
          throw Diagnostic(
            .bug, code: "compile",
            "\(code.functions.count) functions were made of a kernel for \(backend.target)")
        }
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return (code, code.functions[0], Double(seconds) + Double(attoseconds) * 1e-18)
      }
      results.withLock { $0[position] = result }
    }
    let found = results.withLock { $0 }
    var made: Made = ([], [])
    for (position, index) in missing.enumerated() {
      guard let (code, function, seconds) = try found[position]?.get() else { continue }
      made.code.append((code, function))
      made.compilations.append(Compilation(kernel: index, seconds: seconds, isKept: code.isKept))
    }
    return made
  }
}
