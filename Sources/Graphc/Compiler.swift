// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphCPU
import GraphIR
import GraphKernels
import GraphRuntime
import GraphTransforms
import Synchronization

/// Takes a module through the passes to something that runs.
enum Compiler {
  /// The code of all sessions of this process, by kernel content; or why this machine cannot generate code.
  private static let kernels = Result { KernelCache(backend: try CPUBackend(store: CodeCache.store)) }

  static func sharedKernels() throws -> KernelCache { try kernels.get() }

  /// What a compilation took.
  struct Cost: Sendable {
    /// Passes over the module, and making the plan.
    var planSeconds = 0.0
    /// Machine code for kernels that were not there yet.
    var codeSeconds = 0.0
    var kernels: [SessionReport.KernelTime] = []
  }

  /// The module with its gradients expanded and nothing else done: what the interpreter runs.
  static func expanded(_ module: Module) throws -> Module { try Autodiff.expandGradients(module) }

  /// - Parameter optimizes: whether the program is simplified and its ops share kernels.
  static func compile(
    _ module: Module, optimizes: Bool, _ options: CompilationOptions
  ) throws -> (Executable, Cost) {
    let kernels = try sharedKernels()
    var cost = Cost()
    let clock = ContinuousClock()
    let start = clock.now
    let optimized = try optimizes ? options.optimized(module) : Pipeline.unoptimized.run(module)
    let plan = try Lowering.plan(for: optimized, fuses: optimizes)
    try Limits.check(plan)
    let planned = clock.now
    let executable = try Executable(plan: plan, kernels: kernels)
    cost.planSeconds = (planned - start).seconds
    cost.codeSeconds = (clock.now - planned).seconds
    let labels = plan.kernelLabels
    cost.kernels = executable.compilations.map {
      SessionReport.KernelTime(label: labels[$0.kernel] ?? "", seconds: $0.seconds, isKept: $0.isKept)
    }
    return (executable, cost)
  }
}

extension Duration {
  var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

extension Plan {
  /// For each kernel the nodes that it computes where it is first used, in words.
  var kernelLabels: [Int: String] {
    var labels: [Int: String] = [:]
    for case .kernel(let step) in allSteps where labels[step.kernel] == nil {
      labels[step.kernel] = step.label
    }
    return labels
  }
}
