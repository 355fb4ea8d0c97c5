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
  /// The kernels that were not in the cache, and what making their code took.
  public var compilations: [KernelCache.Compilation] { program.compilations }
  let program: Program
  let results: Table<Source>
  let updates: Table<Source>
  /// A context that waits for the next run; the others, where runs overlap.
  private let idle = Atomic<Unmanaged<RunContext>?>(nil)
  private let otherContexts = Mutex<[RunContext]>([])

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
  struct Source {
    let place: Plan.Source.Place
    let dtype: DType
    let shape: [Int]
    var byteCount: Int { shape.reduce(dtype.byteCount, *) }

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
    results = Table(plan.results.map(Source.init))
    updates = Table(plan.updates.map { Source($0.source) })
  }

  deinit { idle.load(ordering: .acquiring)?.release() }

  /// Runs the plan.
  ///
  /// - Parameters:
  ///   - parameters: one array a parameter, each of the parameter's type; the caller checks.
  ///   - variables: one array a variable of the plan, likewise.
  ///   - pool: shares the chunks of large kernels; nil runs all on the calling thread. Results do not depend on it.
  /// - Throws: `Diagnostic` when a value cannot be computed (an integer division by zero).
  public func run(parameters: [NDArray], variables: [NDArray], pool: ThreadPool? = nil) throws -> Outcome {
    try withContext { context in
      for binding in program.parameters {
        context.table[binding.entry] = parameters[binding.index].storage.base
      }
      for binding in program.variables {
        context.table[binding.entry] = variables[binding.index].storage.base
      }
      for output in plan.outputs.indices { _ = context.renewOutput(output) }
      for binding in program.outputs {
        context.table[binding.entry] = context.output(binding.index)?.base
      }
      let failure = withExtendedLifetime((parameters, variables)) { context.execute(pool: pool) }
      if failure >= 0 { throw fault(failure) }
      let array = { (source: Source) in
        switch source.place {
        case .parameter(let index): parameters[index].shaped(source.shape)
        case .variable(let index): variables[index].shaped(source.shape)
        case .constant(let index): self.plan.constants[index].shaped(source.shape)
        case .output(let index): source.array(in: context.output(index))
        }
      }
      return Outcome(results: results.map(array), updates: updates.map(array))
    }
  }

  /// Lends a context for one run.
  func withContext<Result>(_ body: (RunContext) throws -> Result) rethrows -> Result {
    let lent = takeContext()
    defer { giveBack(lent) }
    return try lent._withUnsafeGuaranteedRef(body)
  }

  private func takeContext() -> Unmanaged<RunContext> {
    if let context = idle.exchange(nil, ordering: .acquiringAndReleasing) { return context }
    return .passRetained(otherContexts.withLock { $0.popLast() } ?? RunContext(program: program))
  }

  private func giveBack(_ context: Unmanaged<RunContext>) {
    let kept = idle.compareExchange(expected: nil, desired: context, ordering: .acquiringAndReleasing)
    if kept.exchanged { return }
    let context = context.takeRetainedValue()
    otherContexts.withLock { $0.append(context) }
  }

  /// - Parameter failure: the step and its code in one, as a context returns them.
  func fault(_ failure: Int) -> Diagnostic {
    fault(step: failure >> 32, code: Int32(truncatingIfNeeded: failure & 0xffff_ffff))
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

extension Executable.Source {
  /// The array in a block of its size.
  func array(in storage: NDArrayStorage?) -> NDArray {
    NDArray(
      dtype: dtype, shape: shape, storage: storage ?? NDArrayStorage(uninitializedByteCount: byteCount))
  }
}

extension NDArray {
  /// The array under a shape of as many elements.
  func shaped(_ shape: [Int]) -> NDArray {
    shape == self.shape ? self : reshaped(to: shape) ?? self
  }
}
