// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// The plan as the executor walks it: plain structures, addresses where they are known.
///
/// Every step reads its addresses from one table. Those of a body's parameters and results change while the step that
/// runs the body does its work; everything else is filled in before a run.
final class Program: Sendable {
  /// One step, without references.
  struct Step: @unchecked Sendable {
    enum Action {
      /// A kernel, or the parts of a matrix product.
      case kernel(KernelFunction)
      case copy(byteCount: Int)
      /// An index into `hostRoutines`.
      case host(Int)
      /// An index into `controls`.
      case control(Int)
    }
    let action: Action
    /// Where the step's addresses begin in the argument table.
    let arguments: Int
    /// The range of a kernel, or the parts of a product, and how many of it make a chunk; a chunk as long as the range is run at once.
    let count: Int
    let chunk: Int
  }

  /// An entry of the argument table that points to a parameter, a variable or an output.
  struct Binding {
    let entry: Int
    let index: Int
  }

  /// Steps that run together, and the entries of the argument table that change from one time to the next.
  struct Block {
    let steps: Range<Int>
    /// By parameter, then by result, the range in `slots` of the entries that hold its address.
    let parameters: Range<Int>
    let results: Range<Int>
  }

  /// A step that runs blocks.
  struct Control {
    enum Kind {
      case cond
      case loop(carries: Int)
      /// `places` is where the places of the carries begin in `places`.
      case scan(carries: Int, elements: Int, length: Int, reverse: Bool, places: Int)
      case call
    }
    let kind: Kind
    /// In `blocks`.
    let firstBlock: Int
    let operandCount: Int
    let resultCount: Int
    /// Where the byte counts of the operands, and those of the results, of one step of the loop begin in `sizes`.
    let sizes: Int
    /// Where the step's arguments are: operands, results, spares, flag.
    var spares: Int { operandCount + resultCount }
  }

  let plan: Plan
  let steps: Table<Step>
  let blocks: Table<Block>
  let controls: Table<Control>
  let places: Table<Plan.ControlStep.CarryPlace>
  let sizes: Table<Int>
  /// For each parameter and result of each block its range in `slots`.
  let slotRanges: Table<Range<Int>>
  /// Entries of the argument table.
  let slots: Table<Int>
  let hostRoutines: Table<HostRoutine>
  /// Behind each step that of the plan, for faults.
  let planSteps: [Plan.Step]
  /// Where each entry of the argument table points; nil for one that the step around its block fills in.
  let arguments: [Plan.Storage?]
  /// The entries that differ from run to run, by what they point to.
  let parameters: Table<Binding>
  let variables: Table<Binding>
  let outputs: Table<Binding>
  /// The steps of the plan itself.
  let main: Range<Int>
  let products: Table<MatrixProduct>
  /// By product, the entry of the argument table that holds its address.
  let productEntries: [Int]
  /// What was compiled for this program.
  let compilations: [KernelCache.Compilation]
  /// Keeps the machine code alive.
  private let code: [any CompiledKernels]

  init(plan: Plan, kernels: KernelCache) throws {
    let code = try kernels.code(for: plan.kernels)
    var builder = ProgramBuilder(plan: plan, functions: code.functions, backend: kernels.backend)
    main = try builder.addBlock(plan.steps, plan.buffers, scratch: 0, isBody: false)
    self.plan = plan
    products = Table(builder.products)
    productEntries = builder.productEntries
    steps = Table(builder.steps)
    blocks = Table(builder.blocks)
    controls = Table(builder.controls)
    places = Table(builder.places)
    sizes = Table(builder.sizes)
    slotRanges = Table(builder.slotRanges)
    slots = Table(builder.slots)
    planSteps = builder.planSteps
    hostRoutines = Table(builder.hostRoutines)
    self.code = code.owners
    compilations = code.compilations
    let storages = builder.arguments
    arguments = storages
    let entries = { (index: (Plan.Storage) -> Int?) in
      Table(
        storages.enumerated().compactMap { entry, storage in
          storage.flatMap(index).map { Binding(entry: entry, index: $0) }
        })
    }
    parameters = entries { if case .parameter(let index) = $0 { index } else { nil } }
    variables = entries { if case .variable(let index) = $0 { index } else { nil } }
    outputs = entries { if case .output(let index) = $0 { index } else { nil } }
  }
}

/// The state of making a program.
private struct ProgramBuilder {
  let plan: Plan
  let functions: [KernelFunction]
  let backend: any Backend

  var products: [MatrixProduct] = []
  var productEntries: [Int] = []
  var steps: [Program.Step] = []
  var planSteps: [Plan.Step] = []
  var blocks: [Program.Block] = []
  var controls: [Program.Control] = []
  var places: [Plan.ControlStep.CarryPlace] = []
  var sizes: [Int] = []
  var slotRanges: [Range<Int>] = []
  var slots: [Int] = []
  var hostRoutines: [HostRoutine] = []
  var arguments: [Plan.Storage?] = []

  init(plan: Plan, functions: [KernelFunction], backend: any Backend) {
    self.plan = plan
    self.functions = functions
    self.backend = backend
  }

  /// Appends the steps of the plan or of a body, and the bodies that they run.
  ///
  /// - Parameter scratch: where the body's own arena begins in the plan's.
  mutating func addBlock(
    _ planned: [Plan.Step], _ buffers: [Plan.Buffer], scratch: Int, isBody: Bool
  ) throws -> Range<Int> {
    let first = steps.count
    var bodies: [(control: Int, step: Plan.ControlStep)] = []
    for step in planned {
      let start = arguments.count
      var (count, chunk) = (1, 1)
      let action: Program.Step.Action
      switch step {
      case .kernel(let call):
        let kernel = plan.kernels[call.kernel]
        action = .kernel(functions[call.kernel])
        (count, chunk) = (kernel.rangeCount, kernel.chunkLength)
      case .matrixProduct(let product, _, _, _, _):
        action = .kernel(backend.matrixProduct)
        (count, chunk) = (product.partCount, min(product.partsPerChunk, product.partCount))
        products.append(product)
      case .copy(_, let target): action = .copy(byteCount: buffers[target].byteCount)
      case .host(let host):
        action = .host(hostRoutines.count)
        hostRoutines.append(try backend.hostRoutine(for: host.call))
      case .control(let control):
        action = .control(controls.count)
        bodies.append((controls.count, control))
        addControl(control)
      }
      arguments += argumentBuffers(step).map { place(buffers[$0].storage, scratch: scratch, isBody: isBody) }
      if case .matrixProduct = step {
        productEntries.append(arguments.count)
        arguments.append(nil)
      }
      steps.append(Program.Step(action: action, arguments: start, count: count, chunk: chunk))
      planSteps.append(step)
    }
    let range = first..<steps.count
    for (control, step) in bodies { try addBodies(of: step, control, buffers, scratch: scratch) }
    return range
  }

  private func place(_ storage: Plan.Storage, scratch: Int, isBody: Bool) -> Plan.Storage? {
    switch storage {
    case .arena(let offset): .arena(offset: scratch + offset)
    case .parameter, .output: isBody ? nil : storage
    case .constant, .variable: storage
    }
  }

  private mutating func addControl(_ step: Plan.ControlStep) {
    let kind: Program.Control.Kind
    switch step.kind {
    case .cond: kind = .cond
    case .call: kind = .call
    case .loop(let carries): kind = .loop(carries: carries)
    case .scan(let scan):
      kind = .scan(
        carries: scan.carries, elements: scan.elements, length: scan.length, reverse: scan.reverse,
        places: places.count)
      places += scan.places
    }
    controls.append(
      Program.Control(
        kind: kind, firstBlock: blocks.count, operandCount: step.operands.count,
        resultCount: step.results.count, sizes: sizes.count))
    // A step of a loop sees parts: their sizes are those of the last body's parameters and results.
    if let body = step.bodies.last {
      let parameters = body.parameters.map { $0.byteCount ?? 0 }
      sizes += [Int](repeating: 0, count: step.operands.count - parameters.count) + parameters
      sizes += body.results.map { $0.byteCount ?? 0 }
    }
    // Bodies are filled in once the steps around them are complete, so that a block's steps lie together.
    blocks += step.bodies.map { _ in Program.Block(steps: 0..<0, parameters: 0..<0, results: 0..<0) }
  }

  private mutating func addBodies(
    of step: Plan.ControlStep, _ control: Int, _ buffers: [Plan.Buffer], scratch: Int
  ) throws {
    guard case .arena(let offset) = buffers[step.scratch].storage else { return }
    let first = controls[control].firstBlock
    for (number, body) in step.bodies.enumerated() {
      let start = steps.count
      let range = try addBlock(body.steps, body.buffers, scratch: scratch + offset, isBody: true)
      var entries: [Plan.Storage: [Int]] = [:]
      var position = range.isEmpty ? arguments.count : steps[start].arguments
      for index in range {
        for buffer in argumentBuffers(planSteps[index]) {
          switch body.buffers[buffer].storage {
          case .parameter, .output: entries[body.buffers[buffer].storage, default: []].append(position)
          case .arena, .constant, .variable: break
          }
          position += 1
        }
        if case .matrixProduct = planSteps[index] { position += 1 }
      }
      let parameters = slotRanges.count
      for index in body.parameters.indices { addSlots(entries[.parameter(index)] ?? []) }
      let results = slotRanges.count
      for index in body.results.indices { addSlots(entries[.output(index)] ?? []) }
      blocks[first + number] = Program.Block(
        steps: range, parameters: parameters..<results, results: results..<slotRanges.count)
    }
  }

  private mutating func addSlots(_ positions: [Int]) {
    slotRanges.append(slots.count..<slots.count + positions.count)
    slots += positions
  }

  /// The buffers whose addresses a step takes, in its order.
  private func argumentBuffers(_ step: Plan.Step) -> [Int] {
    switch step {
    case .kernel(let call): call.buffers
    case .control(let control):
      control.operands + control.results + control.spares + (control.flag.map { [$0] } ?? [])
    default: step.uses.reads + step.uses.writes
    }
  }
}
