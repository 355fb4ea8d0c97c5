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
    if case .host(let step) = plan.steps[step] {
      let op = step.call.op
      return Diagnostic(
        .run, code: "\(op.mnemonic).value",
        "\(op.mnemonic): \(op.rule.faultMessage(code, operands: step.call.operandTypes))",
        at: step.origin.location, scope: step.origin.scope)
    }
    guard case .kernel(let kernel) = plan.steps[step], kernel.faults.indices.contains(Int(code) - 1) else {
      return Diagnostic(.bug, code: "run.fault", "step \(step) of @\(plan.name) failed with code \(code)")
    }
    let fault = kernel.faults[Int(code) - 1]
    return Diagnostic(
      .run, code: "\(fault.mnemonic).value", "\(fault.mnemonic): \(fault.message)", at: fault.origin.location,
      scope: fault.origin.scope)
  }
}

/// The plan as the executor walks it: plain structures, addresses where they are known.
final class Program: Sendable {
  /// One step, without references.
  struct Step: @unchecked Sendable {
    enum Action {
      case kernel(KernelFunction)
      case matrixProduct(MatrixProductFunction, UnsafePointer<MatrixProduct>)
      case copy(byteCount: Int)
      /// An index into `hostRoutines`.
      case host(Int)
    }
    let action: Action
    /// Where the step's addresses begin in the argument table.
    let arguments: Int
    /// The range of a kernel, and how many of it make a chunk; a chunk as long as the range is run at once.
    let count: Int
    let chunk: Int
  }

  let plan: Plan
  let steps: [Step]
  let hostRoutines: [HostRoutine]
  /// Where each entry of the argument table points.
  let arguments: [Plan.Storage]
  /// The entries that differ from run to run.
  let changingArguments: [Int]
  private let products: [MatrixProduct]
  private let productMemory: ProductMemory
  /// Kernels that were compiled for this program.
  let newKernelCount: Int
  /// Keeps the machine code alive.
  private let code: [any CompiledKernels]

  private final class ProductMemory: @unchecked Sendable {
    let base: UnsafeMutablePointer<MatrixProduct>
    let count: Int
    init(_ products: [MatrixProduct]) {
      base = .allocate(capacity: max(products.count, 1))
      base.initialize(from: products, count: products.count)
      count = products.count
    }
    deinit {
      base.deinitialize(count: count)
      base.deallocate()
    }
  }

  init(plan: Plan, kernels: KernelCache) throws {
    let code = try kernels.code(for: plan.kernels)
    var products: [MatrixProduct] = []
    for case .matrixProduct(let product, _, _, _, _) in plan.steps { products.append(product) }
    let memory = ProductMemory(products)
    var steps: [Step] = []
    var arguments: [Int] = []
    var nextProduct = 0
    var hostRoutines: [HostRoutine] = []
    for step in plan.steps {
      let start = arguments.count
      switch step {
      case .kernel(let call):
        let kernel = plan.kernels[call.kernel]
        arguments += call.buffers
        steps.append(
          Step(
            action: .kernel(code.functions[call.kernel]), arguments: start, count: kernel.rangeCount,
            chunk: Program.chunkLength(of: kernel)))
      case .matrixProduct(_, let a, let b, let c, _):
        arguments += [a, b, c]
        let product = UnsafePointer(memory.base + nextProduct)
        nextProduct += 1
        steps.append(
          Step(
            action: .matrixProduct(kernels.backend.matrixProduct, product), arguments: start, count: 1,
            chunk: 1))
      case .copy(let source, let target):
        arguments += [source, target]
        steps.append(
          Step(
            action: .copy(byteCount: plan.buffers[target].byteCount), arguments: start, count: 1, chunk: 1))
      case .host(let host):
        arguments += host.reads + host.writes
        steps.append(Step(action: .host(hostRoutines.count), arguments: start, count: 1, chunk: 1))
        hostRoutines.append(try kernels.backend.hostRoutine(for: host.call))
      }
    }
    self.plan = plan
    self.steps = steps
    self.hostRoutines = hostRoutines
    self.products = products
    self.code = code.owners
    newKernelCount = code.newCount
    let storages = arguments.map { plan.buffers[$0].storage }
    self.arguments = storages
    changingArguments = storages.indices.filter { position in
      switch storages[position] {
      case .parameter, .variable, .output: true
      case .arena, .constant: false
      }
    }
    productMemory = memory
  }

  /// Weighted instructions that are worth a second thread: some tens of microseconds.
  private static let chunkWork = 1 << 16

  /// How much of a kernel's range one thread takes at a time: from the kernel alone, never from the thread count.
  private static func chunkLength(of kernel: Kernel) -> Int {
    let count = max(kernel.rangeCount, 1)
    let workPerItem = max(kernel.workCount / count, 1)
    let chunk = max(chunkWork / workPerItem, 1)
    // Whole cache lines of any type.
    let aligned = chunk < 64 ? chunk : chunk / 64 * 64
    return aligned * 2 > count ? count : aligned
  }
}
