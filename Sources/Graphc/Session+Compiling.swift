// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphRuntime
import Synchronization

extension Session {
  /// The code for a kind of run, from the cache or made now.
  func compiledRun(_ key: RunKey) throws -> CompiledRun {
    if let cached = state.withLock({ $0.cache[key] }) { return cached }
    let known = state.withLock { Array($0.cache.keys) }
    let reason = key.difference(from: known) { value in graph.withState { $0.describe(value) } }
    let warning = growthWarning()
    let extraction = try extraction(key)
    let (run, compilation) = try DiagnosticList.wrapping { try compile(extraction, reason) }
    state.withLock { state in
      // Another thread may have been faster; then its run is as good.
      state.cache[key] = state.cache[key] ?? run
      state.report.compilations.append(compilation)
      makeRoom(for: key, &state)
      if let warning { state.report.warnings.append(warning) }
    }
    return run
  }

  /// Lets the run go that was made least recently, where there are too many.
  private func makeRoom(for key: RunKey, _ state: inout State) {
    let recent = [state.recent.0?.key, state.recent.1?.key, key]
    while state.cache.count > max(executableLimit, 1) {
      let oldest = state.cache.filter { !recent.contains($0.key) }
        .min { $0.value.lastUse.load(ordering: .relaxed) < $1.value.lastUse.load(ordering: .relaxed) }
      guard let oldest else { return }
      state.cache[oldest.key] = nil
      state.report.evictionCount += 1
    }
  }

  /// Says once that the graph grows from run to run, which a loop around its making does.
  private func growthWarning() -> Diagnostic? {
    let (count, last) = graph.withState { state in
      (state.builder.nodes.count, state.builder.nodes.last?.origin ?? .unknown)
    }
    return state.withLock { state in
      guard let former = state.growth.note(count) else { return nil }
      return Diagnostic(
        .run, code: "graph.grows",
        "the graph grows between runs, from \(former) to \(count) nodes this time, and each new part is compiled anew; "
          + "make it before the loop, and call graph.finalize() to find the line that goes on",
        at: last.location, scope: last.scope)
    }
  }

  private func extraction(_ key: RunKey) throws -> Extraction {
    let request = Extraction.Request(
      fetches: key.fetches, targets: key.targets,
      feeds: key.feeds.map { ($0.value, TensorType($0.dtype, Shape($0.shape))) })
    return try graph.withState { state in Result { try Extraction(request, from: state) } }.get()
  }

  /// The part of the graph that a run needs.
  /// - Throws: as a run.
  func extraction(
    _ fetches: [Tensor], targets: [Operation], feeding feeds: [Tensor: NDArray]
  ) throws -> Extraction {
    try extraction(prepare(fetches, targets, feeds).0)
  }

  private func compile(
    _ extraction: Extraction, _ reason: String
  ) throws -> (CompiledRun, SessionReport.Compilation) {
    let module = try extraction.boundModule()
    try Limits.check(module, keepsAll: engine == .interpreter)
    let updates = module.updates.map { extraction.variables[$0.variable] }
    switch engine {
    case .native:
      let (executable, cost) = try Compiler.compile(module, optimizes: optimizes, options)
      let plan = executable.plan
      return (
        CompiledRun(
          code: .executable(
            StoredExecutable(
              executable, variables: extraction.variables, in: variables,
              drawsNumbers: extraction.drawsNumbers)), extraction, updates: updates),
        SessionReport.Compilation(
          reason: reason, nodeCount: plan.nodeCount, stepCount: plan.steps.count,
          kernelCount: plan.kernels.count,
          newKernelCount: cost.kernels.count, arenaByteCount: plan.arenaByteCount,
          planSeconds: cost.planSeconds, codeSeconds: cost.codeSeconds, kernels: cost.kernels)
      )
    case .interpreter:
      let module = try Compiler.expanded(module)
      return (
        CompiledRun(code: .module(module), extraction, updates: updates),
        SessionReport.Compilation(
          reason: reason, nodeCount: module.nodes.count, stepCount: module.nodes.count, kernelCount: 0,
          newKernelCount: 0, arenaByteCount: 0, planSeconds: 0, codeSeconds: 0)
      )
    }
  }
}

/// A kind of run, ready.
final class CompiledRun: Sendable {
  enum Code: Sendable {
    case executable(StoredExecutable)
    case module(Module)
  }
  let code: Code
  /// The graph's variables that the run reads or updates, in the order of the module's.
  let variables: [Int]
  /// Those of them that it reads.
  let readVariables: [Int]
  /// The graph's variables that the run updates, in the order of the module's updates.
  let updates: [Int]
  /// Whether the last parameter is the key of the run's draws.
  let drawsNumbers: Bool
  /// Whether every variable that it reads has a value.
  let hasValues = Atomic(false)
  /// The session's count of runs when it was last made.
  let lastUse = Atomic(0)

  /// Whether a run leaves the session other than it was.
  var changesSession: Bool { drawsNumbers || !updates.isEmpty }

  init(code: Code, _ extraction: Extraction, updates: [Int]) {
    self.code = code
    self.updates = updates
    variables = extraction.variables
    readVariables = extraction.variables.indices.filter { !extraction.unreadVariables.contains($0) }
      .map { extraction.variables[$0] }
    drawsNumbers = extraction.drawsNumbers
  }
}

/// How a graph grows while a session runs parts of it.
struct Growth {
  private var nodeCount: Int?
  private var growthCount = 0

  /// How often a graph may grow between runs before that is worth a word: a program may well be made in parts.
  private static let patience = 5

  /// Notes the size of the graph when something is compiled. The size before, if it is time to speak, once.
  mutating func note(_ count: Int) -> Int? {
    defer { nodeCount = count }
    guard let nodeCount, count > nodeCount else { return nil }
    growthCount += 1
    return growthCount == Growth.patience ? nodeCount : nil
  }
}
