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
  private let results: [Source]
  private let updates: [Source]
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

  /// Where a value that outlives the run comes from, with what its array needs.
  private struct Source {
    let place: Plan.Source.Place
    let dtype: DType
    let shape: [Int]

    init(_ source: Plan.Source) {
      place = source.place
      dtype = source.type.dtype
      shape = source.type.shape.extents ?? []
    }
  }

  /// Compiles the plan's kernels, or finds them in the cache.
  public init(plan: Plan, kernels: KernelCache) throws {
    self.plan = plan
    program = try Program(plan: plan, kernels: kernels)
    results = plan.results.map(Source.init)
    updates = plan.updates.map { Source($0.source) }
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
    let array = { (source: Source) -> NDArray in
      switch source.place {
      case .parameter(let index): return parameters[index].shaped(source.shape)
      case .variable(let index): return variables[index].shaped(source.shape)
      case .constant(let index): return self.plan.constants[index].shaped(source.shape)
      case .output(let index):
        return NDArray(dtype: source.dtype, shape: source.shape, storage: context.output(index))
      }
    }
    return Outcome(results: results.map(array), updates: updates.map(array))
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

extension NDArray {
  /// The array under a shape of as many elements.
  fileprivate func shaped(_ shape: [Int]) -> NDArray {
    shape == self.shape ? self : reshaped(to: shape) ?? self
  }
}
