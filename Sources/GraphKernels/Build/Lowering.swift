// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Turns a static module into a plan: kernels, library calls, buffers and their places.
public enum Lowering {
  /// - Parameters:
  ///   - module: static, without gradient nodes.
  ///   - fuses: whether ops share kernels; where not, each has one of its own.
  /// - Throws: `Diagnostic` of kind `bug` for a module that is not.
  public static func plan(for module: Module, fuses: Bool = true) throws -> Plan {
    guard module.isStatic else { throw bug("the module has unbound symbols", module) }
    return try DeepStack.run(levels: module.regionDepth) {
      var lowering = try ModuleLowering(try module.wideningHalves(), tables: LoweringTables(fuses: fuses))
      return try lowering.run()
    }
  }

  static func bug(_ message: String, _ module: Module) -> Diagnostic {
    Diagnostic(.bug, code: "lowering", "\(message) (in module @\(module.name))")
  }
}

/// What the plan of a module and those of its regions have in common.
final class LoweringTables {
  let fuses: Bool
  fileprivate(set) var constants: [NDArray] = []
  fileprivate(set) var kernels: [Kernel] = []
  private var kernelIndex: [Kernel: Int] = [:]

  init(fuses: Bool) { self.fuses = fuses }

  fileprivate func number(of constant: NDArray) -> Int {
    constants.append(constant)
    return constants.count - 1
  }

  fileprivate func number(of kernel: Kernel) -> Int {
    if let known = kernelIndex[kernel] { return known }
    kernels.append(kernel)
    kernelIndex[kernel] = kernels.count - 1
    return kernels.count - 1
  }
}

/// The state of one lowering, of a module or of a region.
struct ModuleLowering {
  let module: Module
  let inlining: Inlining
  let clustering: Clustering
  let tables: LoweringTables

  var buffers: [Plan.Buffer] = []
  var bufferOfValue: [Value: Int] = [:]
  var steps: [Plan.Step] = []
  /// The values that outlive the run. A region's have numbers beforehand, those of its results.
  var outputNumbers: [Value: Int?] = [:]
  private var outputs: [Int] = []

  init(_ module: Module, tables: LoweringTables) throws {
    self.module = module
    self.tables = tables
    inlining = Inlining(module, fuses: tables.fuses)
    clustering = try Clustering(module, inlining, fuses: tables.fuses)
  }

  mutating func run() throws -> Plan {
    for root in module.roots { outputNumbers[inlining.memory(of: root)] = .some(nil) }
    try lowerNodes()
    let arenaByteCount = placeTemporaries()
    return Plan(
      name: module.name, parameters: module.parameters, variables: module.variables, buffers: buffers,
      constants: tables.constants, kernels: tables.kernels, steps: steps,
      results: try module.results.map { try source($0.value) },
      updates: try module.updates.map { Plan.Update(variable: $0.variable, source: try source($0.value)) },
      outputs: outputs, arenaByteCount: arenaByteCount, nodeCount: module.nodes.count)
  }

  mutating func lowerNodes() throws {
    for index in module.nodes.indices
    where inlining.stored[index] != nil && module.nodes[index].op.lowering == .leaf {
      try addBuffer(for: Value(node: Int32(index)))
    }
    for unit in clustering.units {
      switch unit {
      case .cluster(let cluster): try lower(cluster)
      case .single(let value):
        for result in module.nodes[value.nodeIndex].types.indices {
          try addBuffer(for: Value(node: value.node, result: Int32(result)))
        }
        try lower(value)
      }
    }
  }

  // MARK: Buffers

  /// Gives a result of a stored node its buffer.
  mutating func addBuffer(for value: Value) throws {
    let node = module.nodes[value.nodeIndex]
    let type = module.type(of: value)
    let storage: Plan.Storage
    switch node.op {
    case .parameter(let rule): storage = .parameter(rule.index)
    case .variable(let rule): storage = .variable(rule.index)
    case .constant(let rule):
      storage = .constant(tables.number(of: rule.value))
    default:
      if type.dtype == .string { throw Lowering.bug("\(node.op.mnemonic) computes with strings", module) }
      switch outputNumbers[value] {
      case .some(.some(let number)): storage = .output(number)
      case .some(.none):
        outputs.append(type.byteCount ?? 0)
        storage = .output(outputs.count - 1)
      case .none:
        // Placed once every lifetime is known.
        storage = .arena(offset: 0)
      }
    }
    bufferOfValue[value] = addBuffer(type, storage)
  }

  mutating func addBuffer(_ type: TensorType, _ storage: Plan.Storage) -> Int {
    buffers.append(Plan.Buffer(type: type, storage: storage))
    return buffers.count - 1
  }

  /// Appends the steps that compute a stored node, whose first result is `value`.
  private mutating func lower(_ value: Value) throws {
    let node = module.nodes[value.nodeIndex]
    switch node.op {
    case .dot(let rule): try lowerMatrixProduct(value, node, rule)
    case .pad(let rule): try lowerPad(value, node, rule)
    case .concatenate(let rule): try lowerConcatenate(value, node, rule)
    case .fold(let rule): try lowerFold(value, node, rule)
    case let op where op.lowering == .library: try lowerHostCall(value, node)
    case let op where op.lowering == .control: try lowerControl(value, node)
    default: throw Lowering.bug("\(node.op.mnemonic) has no step of its own", module)
    }
  }

  private mutating func lowerHostCall(_ value: Value, _ node: Node) throws {
    let call = HostCall(
      op: node.op, operandTypes: node.operands.map(module.type(of:)), resultTypes: node.types)
    let results = node.types.indices.map { Value(node: value.node, result: Int32($0)) }
    let updated = node.op.rule.updatedOperand
    if let updated { try place(node.operands[updated], in: value) }
    let reads = try node.operands.enumerated().map { try buffer(of: $0 == updated ? value : $1) }
    steps.append(
      .host(
        Plan.HostStep(
          call: call, reads: reads, writes: try results.map { try buffer(of: $0) }, origin: node.origin)))
  }

  /// Gives the memory of a value the elements of an operand, of the same type, that a routine will change there.
  private mutating func place(_ operand: Value, in value: Value) throws {
    if inlining.isInMemory(operand) {
      steps.append(.copy(from: try buffer(of: operand), to: try buffer(of: value)))
    } else {
      try appendPiece(
        operand, target: value, label: "copy", at: AffineMap(strides: rowMajorStrides(extents(value))))
    }
  }

  func buffer(of value: Value) throws -> Int {
    guard let buffer = bufferOfValue[inlining.memory(of: value)] else {
      throw Lowering.bug("%\(value.node) is not in memory", module)
    }
    return buffer
  }

  private func source(_ value: Value) throws -> Plan.Source {
    let place: Plan.Source.Place =
      switch buffers[try buffer(of: value)].storage {
      case .parameter(let index): .parameter(index)
      case .variable(let index): .variable(index)
      case .constant(let index): .constant(index)
      case .output(let index): .output(index)
      case .arena: throw Lowering.bug("%\(value.node) does not outlive the run", module)
      }
    return Plan.Source(place, module.type(of: value))
  }

  /// Places the temporaries in the arena and returns its size.
  mutating func placeTemporaries() -> Int {
    var lifetimes: [Int: ClosedRange<Int>] = [:]
    for (time, step) in steps.enumerated() {
      let uses = step.uses
      for buffer in uses.reads + uses.writes {
        lifetimes[buffer] = (lifetimes[buffer]?.lowerBound ?? time)...time
      }
    }
    let temporaries = buffers.indices.filter { buffers[$0].storage == .arena(offset: 0) }
    let requests = temporaries.map { index in
      ArenaPlanner.Request(byteCount: buffers[index].byteCount, lifetime: lifetimes[index] ?? 0...0)
    }
    let (offsets, byteCount) = ArenaPlanner.place(requests)
    for (index, offset) in zip(temporaries, offsets) { buffers[index].storage = .arena(offset: offset) }
    return byteCount
  }

  // MARK: Kernels

  func extents(_ value: Value) -> [Int] { module.type(of: value).shape.extents ?? [] }

  /// The map that follows index `dimension`, among `count` indices.
  private func index(_ dimension: Int, of count: Int) -> AffineMap {
    var map = AffineMap.constant(0, dimensions: count)
    map.strides[dimension] = 1
    return map
  }

  private func expression(dimensions: Int, arguments: [Value] = []) -> ExpressionBuilder {
    ExpressionBuilder(module: module, inlining: inlining, dimensions: dimensions, arguments: arguments)
  }

  /// Appends the step that runs a kernel of these stages, whose buffers are the arguments and then the targets.
  mutating func append(
    domain: [Int], stages: [Stage], vectorAxis: Kernel.VectorAxis, reading arguments: [Value],
    writing targets: [Value], faults: [Plan.Fault], label: String
  ) throws {
    guard !domain.contains(0), let last = targets.last else { return }
    let reads = try arguments.map { try buffer(of: $0) }
    let kernel = Kernel(
      buffers: arguments.map { Kernel.Buffer(module.type(of: $0).dtype, .read) }
        + targets.map { Kernel.Buffer(module.type(of: $0).dtype, .write) },
      domain: domain, stages: stages, vectorAxis: vectorAxis
    ).simplified()
    let number = tables.number(of: kernel)
    let written = try targets.map { try buffer(of: $0) }
    steps.append(
      .kernel(
        Plan.KernelStep(
          kernel: number, buffers: reads + written, reads: reads, writes: written, label: label,
          faults: faults, origin: module.nodes[last.nodeIndex].origin)))
  }

  private func faults(of builder: ExpressionBuilder) -> [Plan.Fault] {
    builder.body.indices.filter { builder.body[$0].canFault }.map { builder.origins[$0] }
  }

  private func label(of builder: ExpressionBuilder, then last: String) -> String {
    (builder.words + [last]).joined(separator: " ")
  }

  private mutating func appendStore(
    _ element: Int, _ builder: ExpressionBuilder, domain: [Int], target: Value, at map: AffineMap,
    label: String
  ) throws {
    let sink = Stage.Sink.store(value: element, buffer: builder.arguments.count, at: map)
    try append(
      domain: domain, stages: [Stage(loop: [], body: builder.body, sink: sink)], vectorAxis: .domain,
      reading: builder.arguments, writing: [target], faults: faults(of: builder), label: label)
  }

  private mutating func appendReduction(
    _ builder: ExpressionBuilder, _ sink: Stage.Sink, domain: [Int], loop: [Int], target: Value,
    at map: AffineMap? = nil, vectorAxis: Kernel.VectorAxis, label last: String
  ) throws {
    let reduction = Stage(loop: loop, body: builder.body, sink: sink)
    let result = KernelInstruction(.stageResult(0), module.type(of: target).dtype)
    let store = Stage(
      loop: [], body: [result],
      sink: .store(
        value: 0, buffer: builder.arguments.count, at: map ?? AffineMap(strides: rowMajorStrides(domain))))
    try append(
      domain: domain, stages: [reduction, store], vectorAxis: vectorAxis, reading: builder.arguments,
      writing: [target], faults: faults(of: builder), label: label(of: builder, then: last))
  }

  // MARK: Overlap-add

  /// A kernel for each choice of a piece along every folded axis; they write interleaved parts of the result.
  private mutating func lowerFold(_ value: Value, _ node: Node, _ rule: FoldOp) throws {
    let (result, operand) = (extents(value), extents(node.operands[0]))
    if operand.contains(0) {
      var builder = expression(dimensions: result.count)
      let zero = builder.append(KernelInstruction(.constant(0), node.types[0].dtype), from: node)
      return try appendStore(
        zero, builder, domain: result, target: value, at: AffineMap(strides: rowMajorStrides(result)),
        label: "fold")
    }
    let geometry = rule.geometry
    var choices: [[FoldPiece]] = [[]]
    for (position, axis) in geometry.axes.enumerated() {
      let pieces = FoldPiece.pieces(
        size: geometry.sizes[position], stride: geometry.strides[position],
        dilation: geometry.dilations[position], extent: result[axis])
      choices = choices.flatMap { choice in pieces.map { choice + [$0] } }
    }
    for choice in choices { try lowerFold(value, node, geometry, choice) }
  }

  private mutating func lowerFold(
    _ value: Value, _ node: Node, _ geometry: WindowGeometry, _ pieces: [FoldPiece]
  ) throws {
    let (result, operand) = (extents(value), extents(node.operands[0]))
    let loop = pieces.map(\.terms)
    let dimensions = result.count + pieces.count + loop.count
    let nowhere = AffineMap.constant(0, dimensions: dimensions)
    var domain: [Int] = []
    var maps = [AffineMap](repeating: nowhere, count: operand.count)
    var target = nowhere
    for (axis, stride) in rowMajorStrides(result).enumerated() {
      guard let position = geometry.axes.firstIndex(of: axis) else {
        maps[axis] = index(domain.count, of: dimensions)
        target = target + maps[axis] * stride
        domain.append(result[axis])
        continue
      }
      let piece = pieces[position]
      // Vectors run along the longer of the two.
      let residuesFirst = axis == result.count - 1 && piece.turns >= piece.residues
      let turn = index(domain.count + (residuesFirst ? 1 : 0), of: dimensions)
      let residue = index(domain.count + (residuesFirst ? 0 : 1), of: dimensions)
      domain += residuesFirst ? [piece.residues, piece.turns] : [piece.turns, piece.residues]
      // A step that is never taken may be of any size.
      let term = piece.terms == 1 ? nowhere : index(result.count + pieces.count + position, of: dimensions)
      let step = piece.turns == 1 ? 0 : geometry.strides[position]
      maps[axis] = .constant(piece.window, dimensions: dimensions) + turn + term * -piece.windowStep
      maps[result.count + position] =
        .constant(piece.element, dimensions: dimensions) + residue + term * piece.elementStep
      target = target + (.constant(piece.first, dimensions: dimensions) + turn * step + residue) * stride
    }
    let bounds = geometry.axes.indices.compactMap { position -> KernelInstruction.Bound? in
      let axis = geometry.axes[position]
      return pieces[position].keepsWithin(operand[axis])
        ? nil : KernelInstruction.Bound(maps[axis], below: operand[axis])
    }
    var builder = ExpressionBuilder(
      module: module, inlining: inlining, dimensions: dimensions, bounds: bounds)
    var element = try builder.element(of: node.operands[0], at: maps)
    let dtype = node.types[0].dtype
    // A load gives 0 by itself.
    let isLoad = if case .loadWithin = builder.body[element].operation { true } else { false }
    if !bounds.isEmpty, !isLoad {
      let isThere = builder.append(KernelInstruction(.isWithin(bounds), .bool), from: node)
      let zero = builder.append(KernelInstruction(.constant(0), dtype), from: node)
      element = builder.append(
        KernelInstruction(.function(.select), dtype, [isThere, element, zero]), from: node)
    }
    try appendReduction(
      builder, .reduce(.sum, value: element, lanes: 1), domain: domain, loop: loop, target: value,
      at: AffineMap(offset: target.offset, strides: Array(target.strides[..<domain.count])),
      vectorAxis: .domain, label: "fold")
  }

  /// Fills the result with the border's value, then copies the operand to its places.
  private mutating func lowerPad(_ value: Value, _ node: Node, _ rule: PadOp) throws {
    let result = extents(value)
    let strides = rowMajorStrides(result)
    var border = expression(dimensions: result.count)
    let filling = try border.element(of: node.operands[1], at: [AffineMap]())
    try appendStore(
      filling, border, domain: result, target: value, at: AffineMap(strides: strides), label: "pad border")
    let source = extents(node.operands[0])
    let offset = zip(rule.low, strides).reduce(0) { $0 + $1.0 * $1.1 }
    // Between the elements of an axis that has but one there is no gap, however long.
    let steps = source.indices.map { source[$0] <= 1 ? 0 : strides[$0] * (rule.interior[$0] + 1) }
    try appendPiece(
      node.operands[0], target: value, label: "pad", at: AffineMap(offset: offset, strides: steps))
  }

  private mutating func lowerConcatenate(_ value: Value, _ node: Node, _ rule: ConcatenateOp) throws {
    let strides = rowMajorStrides(extents(value))
    var start = 0
    for operand in node.operands {
      try appendPiece(
        operand, target: value, label: "concatenate",
        at: AffineMap(offset: start * strides[rule.axis], strides: strides))
      start += extents(operand)[rule.axis]
    }
  }

  private mutating func appendPiece(
    _ operand: Value, target: Value, label last: String, at map: AffineMap
  ) throws {
    let domain = extents(operand)
    var builder = expression(dimensions: domain.count)
    let element = try builder.element(of: operand, at: domain.indices.map { index($0, of: domain.count) })
    try appendStore(
      element, builder, domain: domain, target: target, at: map, label: label(of: builder, then: last))
  }

  // MARK: Contractions

  /// A library call. The pass `canonicalize-dots` has brought the operands into a layout that the library takes.
  private mutating func lowerMatrixProduct(_ value: Value, _ node: Node, _ rule: DotOp) throws {
    let (lhs, rhs) = (extents(node.operands[0]), extents(node.operands[1]))
    let lhsFree = rule.lhsFree(rank: lhs.count)
    let rhsFree = rule.rhsFree(rank: rhs.count)
    let leading = Array(rule.lhsBatch.indices)
    guard rule.lhsBatch == leading, rule.rhsBatch == leading else {
      throw Lowering.bug("a dot's batch axes are not its first", module)
    }
    let all = { (rank: Int) in Array(0..<rank) }
    let transposeA: Bool
    switch leading + lhsFree + rule.lhsContract {
    case all(lhs.count): transposeA = false
    default:
      guard leading + rule.lhsContract + lhsFree == all(lhs.count) else {
        throw Lowering.bug("a dot's lhs axes are interleaved", module)
      }
      transposeA = true
    }
    let transposeB: Bool
    switch leading + rule.rhsContract + rhsFree {
    case all(rhs.count): transposeB = false
    default:
      guard leading + rhsFree + rule.rhsContract == all(rhs.count) else {
        throw Lowering.bug("a dot's rhs axes are interleaved", module)
      }
      transposeB = true
    }
    let product = { (axes: [Int], extents: [Int]) in axes.reduce(1) { $0 * extents[$1] } }
    let call = MatrixProduct(
      dtype: node.types[0].dtype, batch: product(leading, lhs), m: product(lhsFree, lhs),
      n: product(rhsFree, rhs), k: product(rule.lhsContract, lhs), transposeA: transposeA,
      transposeB: transposeB)
    if call.batch * call.m * call.n == 0 { return }
    steps.append(
      .matrixProduct(
        call, a: try buffer(of: node.operands[0]), b: try buffer(of: node.operands[1]),
        c: try buffer(of: value),
        origin: node.origin))
  }
}
