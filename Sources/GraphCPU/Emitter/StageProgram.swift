// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Synchronization

/// A stage's body with its functions expanded: one scalar program whose inputs are the body's leaves.
struct StageProgram {
  /// What feeds the program.
  struct Leaf: Hashable {
    enum Source: Hashable {
      case load(buffer: Int)
      /// From a place that instruction `offset` of the stage's body adds to.
      case gather(buffer: Int, offset: Int)
      case index
      case isWithin
      case stageResult(Int, sink: Int)
    }
    /// A position that must lie in `0 ..< extent`.
    struct Bound: Hashable {
      /// An index into `maps`.
      let map: Int
      let extent: Int
      /// Whether 32 bits hold every position and the extent.
      let isNarrow: Bool
    }
    let source: Source
    let dtype: DType
    /// An index into `maps`; meaningless for a stage result.
    var map = 0
    /// Where they are not kept the leaf is 0.
    var bounds: [Bound] = []
  }

  /// Where a value of the stage goes.
  struct Sink {
    let sink: Stage.Sink
    /// The position of the value in `instructions`.
    let value: Int
    /// The map of the element that is stored, an index into `maps`.
    var map = 0
    /// How two elements are combined, if the sink reduces.
    var combiner: ScalarProgram?
  }

  /// What becomes of the points of the loop.
  enum Reduction: Hashable {
    case none
    case lanes(Int)
    case position(ArgReduceOp.Kind)
  }

  let loop: [Int]
  private(set) var sinks: [Sink] = []
  private(set) var reduction = Reduction.none
  private(set) var leaves: [Leaf] = []
  /// The distinct access maps of the stage.
  private(set) var maps: [AffineMap] = []
  private(set) var instructions: [ScalarInstruction] = []
  private(set) var tables: [[UInt64]] = []
  /// For each leaf that is a gather the position of what is added to its place.
  private(set) var offsets: [Int: Int] = [:]
  /// The fault code of each integer division that has one, and of each bool that is true where the kernel fails; by
  /// position.
  private(set) var faultCodes: [Int: Int] = [:]
  /// Whether the value or a fault needs the instruction.
  private(set) var isNeeded: [Bool] = []
  /// How many axes, in the order in which they get their indices, must have one before the instruction can be computed.
  private(set) var depth: [Int] = []
  /// The axis of the domain that gets its index after those of the loop; nil where all get theirs from the outermost in.
  let lastAxis: Int?
  /// Whether the lanes of the instruction differ; only then is it computed as a vector.
  private(set) var varies: [Bool] = []
  /// Whether an instruction that does not vary is an operand of one that does.
  private(set) var needsSplat: [Bool] = []

  var loopCount: Int { loop.reduce(1, *) }

  func dtype(_ sink: Sink) -> DType { instructions[sink.value].type }

  /// The sinks that combine the loop's elements, with their places among all.
  var reducingSinks: [(position: Int, sink: Sink)] {
    sinks.enumerated().compactMap { position, sink in
      switch sink.sink {
      case .reduce, .argReduce: (position, sink)
      case .store, .keep: nil
      }
    }
  }

  /// The program of stage `number` of a kernel whose axes are merged.
  init(_ number: Int, of kernel: Kernel, lastAxis: Int? = nil) throws(MalformedKernel) {
    let stage = kernel.stages[number]
    loop = stage.loop
    self.lastAxis = lastAxis
    guard loop.allSatisfy({ $0 >= 0 }) else { throw MalformedKernel("stage \(number): a negative extent") }
    try collectLeaves(stage, number, kernel)
    var builder = ScalarBuilder(inputs: leaves.map(\.dtype))
    let positions = try expand(stage, number, kernel, into: &builder)
    instructions = builder.instructions
    tables = builder.tables
    for sink in stage.sinks {
      guard positions.indices.contains(sink.value) else {
        throw MalformedKernel("stage \(number) has no value v\(sink.value)")
      }
      try resolve(Sink(sink: sink, value: Int(positions[sink.value])), number, kernel)
    }
    findNeeded()
    findDepths(kernel)
  }

  private mutating func resolve(_ sink: Sink, _ number: Int, _ kernel: Kernel) throws(MalformedKernel) {
    var sink = sink
    let dtype = dtype(sink)
    switch sink.sink {
    case .store(_, let buffer, let map):
      guard kernel.buffers.indices.contains(buffer), kernel.buffers[buffer].dtype == dtype,
        kernel.buffers[buffer].access == .write
      else { throw MalformedKernel("stage \(number) stores \(dtype) to a buffer that does not take it") }
      sink.map = try add(map, number, kernel)
    case .reduce(let kind, _, let lanes):
      sink.combiner = ProgramCache.program(kind.combiner, [dtype, dtype])
      guard sink.combiner != nil, lanes == 1 || lanes == ReductionOrder.laneCount else {
        throw MalformedKernel("stage \(number) takes the \(kind) of \(dtype) in \(lanes) lanes")
      }
      try setReduction(.lanes(lanes), number)
    case .argReduce(let kind, _):
      guard dtype.isNumeric else { throw MalformedKernel("stage \(number) compares \(dtype)") }
      guard kernel.stages[number].sinks.count == 1 else {
        throw MalformedKernel("stage \(number) finds a position and does more")
      }
      try setReduction(.position(kind), number)
    case .keep: break
    }
    sinks.append(sink)
  }

  private mutating func setReduction(_ reduction: Reduction, _ number: Int) throws(MalformedKernel) {
    guard self.reduction == .none || self.reduction == reduction else {
      throw MalformedKernel("stage \(number) reduces in several ways")
    }
    self.reduction = reduction
  }

  private mutating func add(_ map: AffineMap, _ number: Int, _ kernel: Kernel) throws(MalformedKernel) -> Int
  {
    guard map.strides.count == kernel.domain.count + loop.count else {
      throw MalformedKernel("stage \(number): an access map has \(map.strides.count) strides")
    }
    if let known = maps.firstIndex(of: map) { return known }
    maps.append(map)
    return maps.count - 1
  }

  private mutating func add(
    _ bounds: [KernelInstruction.Bound], _ number: Int, _ kernel: Kernel
  ) throws(MalformedKernel) -> [Leaf.Bound] {
    var result: [Leaf.Bound] = []
    for bound in bounds {
      let position = try add(bound.index, number, kernel)
      let greatest = zip(bound.index.strides, kernel.domain + loop).reduce(
        bound.index.offset.magnitude + bound.extent.magnitude
      ) { $0 + $1.0.magnitude * $1.1.magnitude }
      result.append(
        Leaf.Bound(map: position, extent: bound.extent, isNarrow: greatest <= Int32.max.magnitude))
    }
    return result
  }

  private mutating func collectLeaves(
    _ stage: Stage, _ number: Int, _ kernel: Kernel
  ) throws(MalformedKernel) {
    var known: Set<Leaf> = []
    for instruction in stage.body {
      guard let leaf = try leaf(instruction, number, kernel), known.insert(leaf).inserted else { continue }
      leaves.append(leaf)
    }
  }

  private mutating func leaf(
    _ instruction: KernelInstruction, _ number: Int, _ kernel: Kernel
  ) throws(MalformedKernel) -> Leaf? {
    switch instruction.operation {
    case .load(let buffer, let map):
      try requireBuffer(buffer, instruction.dtype, number, kernel)
      return Leaf(
        source: .load(buffer: buffer), dtype: instruction.dtype, map: try add(map, number, kernel))
    case .loadWithin(let buffer, let map, let bounds):
      try requireBuffer(buffer, instruction.dtype, number, kernel)
      return Leaf(
        source: .load(buffer: buffer), dtype: instruction.dtype, map: try add(map, number, kernel),
        bounds: try add(bounds, number, kernel))
    case .isWithin(let bounds):
      guard instruction.dtype == .bool else {
        throw MalformedKernel("stage \(number) asks for bounds in \(instruction.dtype)")
      }
      return Leaf(source: .isWithin, dtype: .bool, bounds: try add(bounds, number, kernel))
    case .gather(let buffer, let map):
      try requireBuffer(buffer, instruction.dtype, number, kernel)
      guard instruction.operands.count == 1 else {
        throw MalformedKernel("stage \(number) gathers from \(instruction.operands.count) places at once")
      }
      return Leaf(
        source: .gather(buffer: buffer, offset: instruction.operands[0]), dtype: instruction.dtype,
        map: try add(map, number, kernel))
    case .index(let map):
      return Leaf(source: .index, dtype: instruction.dtype, map: try add(map, number, kernel))
    case .stageResult(let stage, let sink):
      guard stage >= 0, stage < number,
        kernel.stages[stage].resultType(ofSink: sink) == instruction.dtype
      else { throw MalformedKernel("stage \(number) reads no \(instruction.dtype) from stage \(stage)") }
      return Leaf(source: .stageResult(stage, sink: sink), dtype: instruction.dtype)
    case .check, .constant, .function, .convert: return nil
    }
  }

  private func requireBuffer(
    _ buffer: Int, _ dtype: DType, _ number: Int, _ kernel: Kernel
  ) throws(MalformedKernel) {
    guard kernel.buffers.indices.contains(buffer), kernel.buffers[buffer].dtype == dtype else {
      throw MalformedKernel("stage \(number) loads \(dtype) from buffer \(buffer), which has none")
    }
  }

  private mutating func expand(
    _ stage: Stage, _ number: Int, _ kernel: Kernel, into builder: inout ScalarBuilder
  ) throws(MalformedKernel) -> [Int32] {
    let leafPositions = Dictionary(uniqueKeysWithValues: leaves.enumerated().map { ($1, $0) })
    var positions: [Int32] = []
    positions.reserveCapacity(stage.body.count)
    for (place, instruction) in stage.body.enumerated() {
      guard instruction.operands.allSatisfy({ positions.indices.contains($0) }), instruction.dtype != .string
      else {
        throw MalformedKernel("stage \(number), v\(place): no such operand")
      }
      let operands = instruction.operands.map { positions[$0] }
      let types = operands.map { builder.type(of: $0) }
      switch instruction.operation {
      case .load, .loadWithin, .gather, .isWithin, .index, .stageResult:
        guard let leaf = try leaf(instruction, number, kernel), let position = leafPositions[leaf] else {
          throw MalformedKernel("stage \(number), v\(place): no such leaf")
        }
        if case .gather = leaf.source, let offset = operands.first {
          guard types == [.int64] else {
            throw MalformedKernel("stage \(number), v\(place): a place is an i64, not \(types)")
          }
          offsets[position] = Int(offset)
        }
        positions.append(builder.input(position))
      case .check(let extent):
        guard types == [.int64] else {
          throw MalformedKernel("stage \(number), v\(place): an index is an i64, not \(types)")
        }
        let (bounded, isOutside) = builder.bounded(operands[0], extent: extent)
        positions.append(bounded)
        faultCodes[Int(isOutside)] =
          faultCodes[Int(isOutside)] ?? kernel.faultCode(stage: number, instruction: place)
      case .constant(let bits):
        positions.append(builder.constant(instruction.dtype, bits: bits))
      case .convert:
        guard let operand = operands.first else {
          throw MalformedKernel("stage \(number), v\(place): nothing to convert")
        }
        positions.append(
          types[0] == instruction.dtype ? operand : builder.append(.convert, instruction.dtype, [operand]))
      case .function(let function):
        guard let program = ProgramCache.program(function, types), program.resultTypes == [instruction.dtype]
        else {
          throw MalformedKernel("stage \(number), v\(place): \(function.name) does not take \(types)")
        }
        let result = builder.inline(program, operands)[0]
        positions.append(result)
        // Of equal divisions, which are one instruction here, the first reports.
        if function == .divide || function == .remainder, faultCodes[Int(result)] == nil {
          faultCodes[Int(result)] = kernel.faultCode(stage: number, instruction: place)
        }
      }
    }
    return positions
  }

  private mutating func findNeeded() {
    isNeeded = [Bool](repeating: false, count: instructions.count)
    // A body that never runs may not even load what its loop does not move.
    guard loopCount > 0 else { return }
    for sink in sinks { isNeeded[sink.value] = true }
    for position in instructions.indices.reversed() {
      if faultCodes[position] != nil { isNeeded[position] = true }
      guard isNeeded[position] else { continue }
      for operand in instructions[position].operands { isNeeded[Int(operand)] = true }
      if let offset = offset(of: position) { isNeeded[offset] = true }
    }
  }

  /// The position of what is added to the place of a gather.
  func offset(of position: Int) -> Int? {
    let instruction = instructions[position]
    return instruction.operation == .input ? offsets[Int(instruction.payload)] : nil
  }

  private mutating func findDepths(_ kernel: Kernel) {
    let deepest = kernel.domain.count + loop.count
    for instruction in instructions {
      if instruction.operation != .input {
        depth.append(instruction.operands.reduce(0) { max($0, depth[Int($1)]) })
        continue
      }
      let leaf = leaves[Int(instruction.payload)]
      switch leaf.source {
      // An earlier stage may have stored the element, at this very point.
      case .load(let buffer) where kernel.buffers[buffer].access == .write: depth.append(deepest)
      case .gather(let buffer, _) where kernel.buffers[buffer].access == .write: depth.append(deepest)
      case .load, .gather, .index, .isWithin:
        let added = offsets[Int(instruction.payload)].map { depth[$0] } ?? 0
        depth.append(max(axesNeeded(by: leaf), added))
      case .stageResult: depth.append(kernel.domain.isEmpty ? 0 : axisDepth(kernel.domain.count - 1))
      }
    }
  }

  /// The access map of a leaf and its bounds.
  private func maps(of leaf: Leaf) -> [AffineMap] {
    (leaf.source == .isWithin ? [] : [maps[leaf.map]]) + leaf.bounds.map { maps[$0.map] }
  }

  /// How many axes must have an index before a leaf can be computed.
  private func axesNeeded(by leaf: Leaf) -> Int {
    maps(of: leaf).reduce(0) { depth, map in
      map.strides.indices.reduce(depth) { map.strides[$1] == 0 ? $0 : max($0, axisDepth($1)) }
    }
  }

  /// The depth of what an axis's index is the last to be needed for.
  func axisDepth(_ axis: Int) -> Int {
    guard let lastAxis, axis >= lastAxis else { return axis + 1 }
    return axis == lastAxis ? lastAxis + 1 + loop.count : axis
  }

  /// Finds what varies, when the indices of these axes do.
  mutating func setVarying(axes: Range<Int>, varyingResults: [[Bool]]) {
    varies = []
    for instruction in instructions {
      if instruction.operation != .input {
        varies.append(instruction.operands.contains { varies[Int($0)] })
        continue
      }
      let leaf = leaves[Int(instruction.payload)]
      switch leaf.source {
      case .load, .gather, .index, .isWithin:
        let moves = maps(of: leaf).contains { map in axes.contains { map.strides[$0] != 0 } }
        varies.append(moves || offsets[Int(instruction.payload)].map { varies[$0] } ?? false)
      case .stageResult(let stage, let sink): varies.append(varyingResults[stage][sink])
      }
    }
    needsSplat = [Bool](repeating: false, count: instructions.count)
    for (position, instruction) in instructions.enumerated() where varies[position] && isNeeded[position] {
      for operand in instruction.operands where !varies[Int(operand)] { needsSplat[Int(operand)] = true }
    }
  }
}

extension ScalarBuilder {
  /// An `i64` moved into `0 ..< extent` (to 0 for an extent of 0), and whether it was outside.
  fileprivate mutating func bounded(_ index: Int32, extent: Int) -> (value: Int32, isOutside: Int32) {
    let zero = constant(.int64, bits: 0)
    if extent < 1 { return (zero, append(.equal, .bool, [index, index])) }
    let last = constant(.int64, bits: UInt64(extent - 1))
    let value = append(.minimum, .int64, [append(.maximum, .int64, [index, zero]), last])
    return (value, append(.notEqual, .bool, [index, value]))
  }
}

/// A kernel that breaks the rules of its language.
struct MalformedKernel: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

extension Kernel {
  /// What the kernel returns if this instruction fails.
  fileprivate func faultCode(stage: Int, instruction: Int) -> Int? {
    faultSites.firstIndex { $0 == (stage, instruction) }.map { $0 + 1 }
  }
}

/// The definitions of scalar functions, which take a while to make.
enum ProgramCache {
  private struct Key: Hashable {
    let function: ScalarFunction
    let operands: [DType]
  }
  private static let programs = Mutex<[Key: ScalarProgram]>([:])

  static func program(_ function: ScalarFunction, _ operands: [DType]) -> ScalarProgram? {
    let key = Key(function: function, operands: operands)
    if let known = programs.withLock({ $0[key] }) { return known }
    guard let program = function.program(for: operands) else { return nil }
    programs.withLock { $0[key] = program }
    return program
  }
}
