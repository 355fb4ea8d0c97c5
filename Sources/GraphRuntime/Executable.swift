// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Synchronization

/// A plan with its machine code, ready to run.
///
/// Runs may overlap: each takes a context of its own. A run changes nothing but the memory it hands out, so a run that
/// fails leaves no trace.
public final class Executable: Sendable {
  public let plan: Plan
  /// Kernels that were not in the cache.
  public var newKernelCount: Int { program.newKernelCount }
  private let program: Program
  private let idleContexts = Mutex<[RunContext]>([])

  /// What a run gives.
  public struct Outcome: Sendable {
    /// In the order of the plan's results.
    public var results: [NDArray]
    /// The new values of variables, in the order of the plan's updates.
    public var updates: [NDArray]

    public init(results: [NDArray], updates: [NDArray]) {
      self.results = results
      self.updates = updates
    }
  }

  /// Compiles the plan's kernels, or finds them in the cache.
  public init(plan: Plan, kernels: KernelCache) throws {
    self.plan = plan
    program = try Program(plan: plan, kernels: kernels)
  }

  /// Runs the plan.
  ///
  /// - Parameters:
  ///   - parameters: one array a parameter, each of the parameter's type; the caller checks.
  ///   - variables: one array a variable of the plan, likewise.
  ///   - pool: shares the chunks of large kernels; nil runs all on the calling thread. Results do not depend on it.
  /// - Throws: `Diagnostic` when a value cannot be computed (an integer division by zero).
  public func run(parameters: [NDArray], variables: [NDArray], pool: ThreadPool? = nil) throws -> Outcome {
    let context = idleContexts.withLock { $0.popLast() } ?? RunContext(program: program)
    defer { idleContexts.withLock { $0.append(context) } }
    context.bind(parameters: parameters, variables: variables)
    let failed = withExtendedLifetime((parameters, variables)) { context.execute(pool: pool) }
    if let (step, code) = failed { throw fault(step: step, code: code) }
    let array = { (source: Plan.Source) -> NDArray in
      let extents = source.type.shape.extents ?? []
      switch source.place {
      case .parameter(let index): return parameters[index].reshaped(to: extents) ?? parameters[index]
      case .variable(let index): return variables[index].reshaped(to: extents) ?? variables[index]
      case .constant(let index):
        let constant = self.plan.constants[index]
        return constant.reshaped(to: extents) ?? constant
      case .output(let index):
        return NDArray(dtype: source.type.dtype, shape: extents, storage: context.output(index))
      }
    }
    return Outcome(results: plan.results.map(array), updates: plan.updates.map { array($0.source) })
  }

  private func fault(step: Int, code: Int32) -> Diagnostic {
    if case .host(let step) = program.planSteps[step] {
      let op = step.call.op
      return Diagnostic(
        .run, code: "\(op.mnemonic).value",
        "\(op.mnemonic): \(op.rule.faultMessage(code, operands: step.call.operandTypes))",
        at: step.origin.location, scope: step.origin.scope)
    }
    guard case .kernel(let kernel) = program.planSteps[step], kernel.faults.indices.contains(Int(code) - 1)
    else {
      return Diagnostic(.bug, code: "run.fault", "step \(step) of @\(plan.name) failed with code \(code)")
    }
    let fault = kernel.faults[Int(code) - 1]
    return Diagnostic(
      .run, code: "\(fault.mnemonic).value", "\(fault.mnemonic): \(fault.message)", at: fault.origin.location,
      scope: fault.origin.scope)
  }
}
