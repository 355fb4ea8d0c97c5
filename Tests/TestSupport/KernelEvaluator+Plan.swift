// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Runs a plan step by step in real memory, kernels by `KernelEvaluator` and matrix products in f64, and checks that
/// the plan keeps its promises: buffers lie within their storage, no step reads what it writes.
///
/// Ranges of a kernel run one by one and backwards, so that one that depends on another gives a wrong result; memory
/// is filled with a pattern first, so that what was never written shows.
public enum PlanEvaluator {
  public struct Outcome {
    public var results: [NDArray]
    /// In the order of the plan's updates.
    public var updates: [NDArray]
  }

  /// - Parameter replaces: whether updates are written where the old values lie, as far as the plan says that they may
  ///   be; the arrays that are given stay as they are.
  /// - Throws: `KernelFlaw` for a plan that breaks its contract, `Diagnostic` for a fault of the run.
  public static func run(
    _ plan: Plan, parameters: [NDArray] = [], variables: [NDArray] = [], replaces: Bool = false
  ) throws -> Outcome {
    let arena = NDArrayStorage(patternedByteCount: plan.arenaByteCount)
    let variables = replaces ? variables.map(copy) : variables
    let outputs = zip(plan.outputs, plan.replacedVariables).map { byteCount, variable in
      if replaces, let variable { return variables[variable].storage }
      return NDArrayStorage(patternedByteCount: byteCount)
    }
    let evaluators = try plan.kernels.map { try KernelEvaluator($0) }
    let bytes = try plan.buffers.map { buffer -> UnsafeMutableRawBufferPointer in
      let (storage, offset): (NDArrayStorage, Int) =
        switch buffer.storage {
        case .parameter(let index): (parameters[index].storage, 0)
        case .variable(let index): (variables[index].storage, 0)
        case .constant(let index): (plan.constants[index].storage, 0)
        case .arena(let offset): (arena, offset)
        case .output(let index): (outputs[index], 0)
        }
      guard offset >= 0, offset + buffer.byteCount <= storage.byteCount else {
        throw KernelFlaw("a buffer of \(buffer.byteCount) bytes at \(offset) of \(storage.byteCount)")
      }
      return UnsafeMutableRawBufferPointer(start: storage.base + offset, count: buffer.byteCount)
    }
    try withExtendedLifetime((arena, outputs, parameters, variables, plan)) {
      try execute(plan.steps, of: plan.buffers, at: bytes, in: plan, evaluators)
    }
    let array = { (source: Plan.Source) throws -> NDArray in
      let extents = source.type.shape.extents ?? []
      let whole: NDArray? =
        switch source.place {
        case .parameter(let index): parameters[index].reshaped(to: extents)
        case .variable(let index): variables[index].reshaped(to: extents)
        case .constant(let index): plan.constants[index].reshaped(to: extents)
        case .output(let index):
          outputs[index].byteCount == source.type.byteCount
            ? NDArray(dtype: source.type.dtype, shape: extents, storage: outputs[index]) : nil
        }
      guard let whole, whole.type == source.type else { throw KernelFlaw("\(source) is of another type") }
      return whole
    }
    return Outcome(
      results: try plan.results.map(array), updates: try plan.updates.map { try array($0.source) })
  }

  /// Runs some steps of the plan, or of a body of it, on buffers that lie where `bytes` says.
  static func execute(
    _ steps: [Plan.Step], of buffers: [Plan.Buffer], at bytes: [UnsafeMutableRawBufferPointer], in plan: Plan,
    _ evaluators: [KernelEvaluator]
  ) throws {
    for (time, step) in steps.enumerated() {
      try check(step, at: time, of: buffers, in: plan, bytes)
      switch step {
      case .kernel(let call):
        var code = 0
        let evaluator = evaluators[call.kernel]
        for index in (0..<evaluator.kernel.rangeCount).reversed() {
          let status = try evaluator.run(call.buffers.map { bytes[$0] }, range: index..<index + 1)
          if status != 0 { code = code == 0 ? status : min(code, status) }
        }
        if code != 0 {
          let fault = call.faults[code - 1]
          throw Diagnostic(
            .run, code: "\(fault.mnemonic).value", "\(fault.mnemonic): \(fault.message)",
            at: fault.origin.location, scope: fault.origin.scope)
        }
      case .matrixProduct(let product, let a, let b, let c, _):
        multiply(product, bytes[a], bytes[b], bytes[c])
      case .copy(let source, let target):
        bytes[target].copyMemory(from: UnsafeRawBufferPointer(bytes[source]))
      case .host(let host): try run(host, bytes)
      case .control(let control):
        try ControlEvaluator(step: control, bytes: bytes, plan: plan, evaluators: evaluators).run()
      }
    }
  }

  /// What the op's reference gives, copied to its places.
  private static func run(_ step: Plan.HostStep, _ bytes: [UnsafeMutableRawBufferPointer]) throws {
    let operands = zip(step.call.operandTypes, step.reads).map { type, buffer in
      let storage = NDArrayStorage(uninitializedByteCount: bytes[buffer].count)
      UnsafeMutableRawBufferPointer(start: storage.base, count: bytes[buffer].count)
        .copyMemory(from: UnsafeRawBufferPointer(bytes[buffer]))
      return NDArray(dtype: type.dtype, shape: type.shape.extents ?? [], storage: storage)
    }
    let op = step.call.op
    do {
      let results = try op.rule.evaluate(operands, types: step.call.resultTypes)
      for (result, buffer) in zip(results, step.writes) {
        bytes[buffer].copyMemory(
          from: UnsafeRawBufferPointer(start: result.storage.base, count: bytes[buffer].count))
      }
    } catch {
      throw Diagnostic(
        .run, code: "\(op.mnemonic).value", "\(op.mnemonic): \(error.message)", at: step.origin.location,
        scope: step.origin.scope)
    }
  }

  /// A step's uses are what its arguments say, and what it writes is neither read by it nor another's to keep.
  private static func check(
    _ step: Plan.Step, at time: Int, of buffers: [Plan.Buffer], in plan: Plan,
    _ bytes: [UnsafeMutableRawBufferPointer]
  ) throws {
    let uses = step.uses
    if case .kernel(let call) = step {
      let kernel = plan.kernels[call.kernel]
      let argumentsFit =
        call.buffers.count == kernel.buffers.count
        && zip(call.buffers, kernel.buffers).allSatisfy { buffers[$0].type.dtype == $1.dtype }
      guard argumentsFit, call.buffers == uses.reads + uses.writes,
        call.faults.count == kernel.faultSites.count
      else { throw KernelFlaw("step \(time) (\(call.label)) does not fit\n\(kernel)") }
    }
    for written in uses.writes {
      switch buffers[written].storage {
      case .arena, .output: break
      default: throw KernelFlaw("step \(time) writes to \(buffers[written].storage)")
      }
      for (position, read) in uses.reads.enumerated() where overlap(bytes[written], bytes[read]) {
        if case .output(let output) = buffers[written].storage,
          case .variable(let variable) = buffers[read].storage, plan.replacedVariables[output] == variable
        {
          continue
        }
        if case .host(let host) = step, written == read, written == host.writes.first,
          position == host.call.op.rule.updatedOperand
        {
          continue
        }
        throw KernelFlaw("step \(time) reads buffer \(read) where it writes buffer \(written)")
      }
    }
  }

  private static func copy(_ array: NDArray) -> NDArray {
    let storage = NDArrayStorage(uninitializedByteCount: array.storage.byteCount)
    UnsafeMutableRawBufferPointer(start: storage.base, count: storage.byteCount)
      .copyMemory(from: UnsafeRawBufferPointer(start: array.storage.base, count: storage.byteCount))
    return NDArray(dtype: array.dtype, shape: array.shape, storage: storage)
  }

  private static func overlap(
    _ x: UnsafeMutableRawBufferPointer, _ y: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let first = x.baseAddress, let second = y.baseAddress, x.count > 0, y.count > 0 else {
      return false
    }
    return first < second + y.count && second < first + x.count
  }

  /// `c[b] = op(a[b]) · op(b[b])`, sums in f64 by ascending `k`.
  private static func multiply(
    _ product: MatrixProduct, _ a: UnsafeMutableRawBufferPointer, _ b: UnsafeMutableRawBufferPointer,
    _ c: UnsafeMutableRawBufferPointer
  ) {
    let (m, n, k) = (product.m, product.n, product.k)
    let element = { (bytes: UnsafeMutableRawBufferPointer, index: Int) -> Double in
      product.dtype == .float32
        ? Double(bytes.load(fromByteOffset: index * 4, as: Float.self))
        : bytes.load(fromByteOffset: index * 8, as: Double.self)
    }
    for batch in 0..<product.batch {
      for row in 0..<m {
        for column in 0..<n {
          var sum = 0.0
          for inner in 0..<k {
            let left = product.transposeA ? inner * m + row : row * k + inner
            let right = product.transposeB ? column * k + inner : inner * n + column
            sum += element(a, batch * m * k + left) * element(b, batch * k * n + right)
          }
          let index = (batch * m + row) * n + column
          if product.dtype == .float32 {
            c.storeBytes(of: Float(sum), toByteOffset: index * 4, as: Float.self)
          } else {
            c.storeBytes(of: sum, toByteOffset: index * 8, as: Double.self)
          }
        }
      }
    }
  }
}

extension NDArrayStorage {
  /// Storage filled with a pattern that is no likely value of any type.
  convenience init(patternedByteCount byteCount: Int) {
    self.init(uninitializedByteCount: byteCount)
    UnsafeMutableRawBufferPointer(start: base, count: byteCount).initializeMemory(
      as: UInt8.self, repeating: 0xA5)
  }
}
