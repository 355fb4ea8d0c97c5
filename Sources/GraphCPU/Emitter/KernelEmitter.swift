// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// Writes one kernel as an LLVM function with explicit vectors.
///
/// The function walks the domain and runs the stages at each point (`StageEmitter.swift`), each of which computes its
/// body (`BodyEmitter.swift`, `ScalarEmitter.swift`) and stores or reduces (`ReductionEmitter.swift`). An instruction
/// is emitted outside of the loops that it does not depend on, so nothing is left for LLVM to hoist.
final class KernelEmitter {
  let ir: LLVMBuilder
  let kernel: Kernel
  let target: Target
  /// What the outermost axis's range is multiplied by, since axes are merged.
  let rangeFactor: Int
  var stages: [StageProgram] = []
  /// Whether vectors run along the innermost domain axis; else along each stage's loop.
  let vectorsAlongDomain: Bool
  /// Lanes of a full vector.
  private(set) var width = 1
  /// Full vectors that the domain's loop takes at once where a stage reduces: a dependent chain for each.
  private(set) var interleave = 1
  /// Positions of the innermost domain axis that each stage works through before the next one has its turn; nil where
  /// all stages have theirs at each vector of it.
  let blockLength: Int?
  /// Memory of the function's own, where stages leave what later ones see.
  let scratch: Scratch

  private(set) var function: IRValue
  var bufferBases: [IRValue] = []
  /// The first byte of each array of the scratch memory.
  private(set) var scratchStarts: [IRValue] = []
  /// By stage and sink memory for the sums of a chunk.
  private(set) var chunkStarts: [[IRValue?]] = []
  /// What each sink of each stage reduced to or kept at the current point, unless it is in scratch memory.
  var results: [[IRValue?]]
  /// Where the least fault code so far is kept; nil if nothing can fail.
  private(set) var faultSlot: IRValue?
  private var aliasScopes: [LLVMMetadataRef?] = []
  private var writtenScopes: LLVMMetadataRef?

  var domainRank: Int { kernel.domain.count }

  /// Adds a function named `name` to the builder's module.
  static func emit(_ kernel: Kernel, name: String, for target: Target, into ir: LLVMBuilder)
    throws(MalformedKernel)
    -> IRValue
  {
    let emitter = try KernelEmitter(kernel, name: name, for: target, ir)
    emitter.emit()
    return emitter.function
  }

  private init(_ kernel: Kernel, name: String, for target: Target, _ ir: LLVMBuilder) throws(MalformedKernel)
  {
    self.ir = ir
    self.target = target
    let (merged, rangeFactor) = try kernel.mergingAxes()
    self.rangeFactor = rangeFactor
    // The axis is a hint that changes no result: a reduction with many lanes has its own vectors.
    vectorsAlongDomain =
      kernel.vectorAxis == .domain && !kernel.domain.isEmpty
      && !kernel.stages.flatMap(\.sinks).contains { sink in
        if case .reduce(_, _, let lanes) = sink { lanes != 1 } else { false }
      }
    blockLength = vectorsAlongDomain ? merged.blockLength : nil
    // An upper bound of the lanes that a point of the innermost domain axis may have.
    let span = vectorsAlongDomain ? blockLength ?? target.vectorBits / 32 * 4 : nil
    (self.kernel, scratch) = merged.usingScratch(span: span, forAll: blockLength != nil)
    results = kernel.stages.map { [IRValue?](repeating: nil, count: $0.sinks.count) }
    function = ir.function(
      name, ir.i32, [ir.pointer, ir.i64, ir.i64], names: ["buffers", "begin", "end"])
    let lastAxis = blockLength == nil ? nil : merged.domain.count - 1
    for number in self.kernel.stages.indices {
      stages.append(try StageProgram(number, of: self.kernel, lastAxis: lastAxis))
    }
    for buffer in kernel.buffers where buffer.dtype == .string {
      throw MalformedKernel("a buffer of \(buffer.dtype)")
    }
    chooseVaryingAxes(vectorBits: target.vectorBits)
  }

  // MARK: - Vector shape

  private func chooseVaryingAxes(vectorBits: Int) {
    // The width follows from the types that vary, and what varies in a loop of odd extents from the width.
    width = vectorBits / 32
    setVarying()
    width = vectorBits / (8 * widestVaryingElement)
    setVarying()
    // Short loops overlap in the processor as they are.
    if vectorsAlongDomain, blockLength == nil, stages.contains(where: { $0.loopCount >= 64 }) {
      let work = stages.reduce(0) { $0 + zip($1.varies, $1.isNeeded).count { $0 && $1 } }
      interleave = work <= 16 ? 4 : work <= 40 ? 2 : 1
    }
  }

  private func setVarying() {
    var varyingResults: [[Bool]] = []
    for number in stages.indices {
      stages[number].setVarying(axes: varyingAxes(number), varyingResults: varyingResults)
      let stage = stages[number]
      varyingResults.append(stage.sinks.map { vectorsAlongDomain && stage.varies[$0.value] })
    }
  }

  /// The axes whose indices differ between lanes.
  private func varyingAxes(_ number: Int) -> Range<Int> {
    let stage = stages[number]
    let (rank, axes) = (domainRank, domainRank + stage.loop.count)
    if vectorsAlongDomain { return rank - 1..<rank }
    switch stage.reduction {
    case _ where stage.loop.isEmpty: return axes..<axes
    case .none: return axes - 1..<axes
    case .lanes(1), .position: return axes..<axes
    case .lanes: return loopRowsAreWholeVectors(stage) ? axes - 1..<axes : rank..<axes
    }
  }

  /// Whether no vector of a loop's row-major run spans two rows.
  func loopRowsAreWholeVectors(_ stage: StageProgram) -> Bool {
    stage.loop.count == 1 || (stage.loop.last ?? 1) % width == 0
  }

  /// Bytes; at least 4.
  private var widestVaryingElement: Int {
    var widest = 4
    for stage in stages {
      for (position, instruction) in stage.instructions.enumerated()
      where stage.varies[position] && stage.isNeeded[position] {
        widest = max(widest, instruction.type.byteCount)
      }
    }
    return widest
  }

  // MARK: - Function

  private func emit() {
    ir.addAttribute("nounwind", to: function)
    for attribute in ["noalias", "nocapture", "readonly"] {
      ir.addAttribute(attribute, to: function, parameter: 0)
    }
    ir.move(to: ir.block(function, "entry"))
    if stages.contains(where: { !$0.faultCodes.isEmpty }) {
      let slot = ir.alloca(ir.i32, "fault")
      ir.store(ir.integer(ir.i32, Int(Int32.max)), slot, alignment: 4)
      faultSlot = slot
    }
    scratchStarts = zip(scratch.buffers, scratch.counts).map { buffer, count in
      ir.alloca(ir.memoryType(kernel.buffers[buffer].dtype), count: count, "s\(buffer)")
    }
    chunkStarts = scratchOfChunks()
    let begin: IRValue = LLVMGetParam(function, 1)
    let end: IRValue = LLVMGetParam(function, 2)
    let exit = ir.block(function, "exit")
    if kernel.domain.contains(0) {
      ir.jump(exit)
    } else {
      let work = ir.block(function, "work")
      ir.branch(ir.compare(LLVMIntSLT, begin, end), work, exit)
      ir.move(to: work)
      loadBufferBases()
      bufferBases += scratchStarts
      var frames = stages.map(Frame.init)
      for number in stages.indices { enterEmptyIndex(number, &frames[number]) }
      emitDomain(
        axis: 0, frames, from: scaled(begin, by: rangeFactor), to: scaled(end, by: rangeFactor))
      ir.jump(exit)
    }
    LLVMMoveBasicBlockAfter(exit, LLVMGetLastBasicBlock(function))
    ir.move(to: exit)
    ir.ret(faultCode())
  }

  /// What the function returns.
  private func faultCode() -> IRValue {
    let none = ir.integer(ir.i32, 0)
    guard let faultSlot else { return none }
    let code = ir.load(ir.i32, faultSlot, alignment: 4)
    return ir.select(ir.compare(LLVMIntEQ, code, ir.integer(ir.i32, Int(Int32.max))), none, code)
  }

  func scaled(_ value: IRValue, by factor: Int) -> IRValue {
    factor == 1 ? value : ir.mul(value, ir.index(factor))
  }

  private func loadBufferBases() {
    let table: IRValue = LLVMGetParam(function, 0)
    let written = kernel.buffers.indices.filter { kernel.buffers[$0].access == .write }
    let aliasDomain = ir.node([ir.text("kernel")])
    aliasScopes = kernel.buffers.map { _ in nil }
    for buffer in written { aliasScopes[buffer] = ir.node([ir.text("b\(buffer)"), aliasDomain]) }
    writtenScopes = written.isEmpty ? nil : ir.node(written.compactMap { aliasScopes[$0] })
    for index in kernel.buffers.indices where !scratch.buffers.contains(index) {
      let slot = index == 0 ? table : ir.address(table, ir.pointer, ir.index(index))
      bufferBases.append(ir.load(ir.pointer, slot, alignment: 8, name: "b\(index)"))
    }
  }

  /// Memory for the sums of chunks, where blocks are reduced in several.
  private func scratchOfChunks() -> [[IRValue?]] {
    stages.map { stage in
      stage.sinks.enumerated().map { position, sink in
        guard let blockLength, stage.loopCount > ReductionOrder.chunkSteps, case .reduce = sink.sink else {
          return nil
        }
        return ir.alloca(ir.memoryType(stage.dtype(sink)), count: blockLength, "chunk")
      }
    }
  }

  /// Lets the scratch memory begin at a position of the innermost domain axis.
  func moveScratch(to position: IRValue) {
    for (index, buffer) in scratch.buffers.enumerated() {
      bufferBases[buffer] = shifted(scratchStarts[index], kernel.buffers[buffer].dtype, back: position)
    }
  }

  /// The address so many elements before another.
  func shifted(_ address: IRValue, _ dtype: DType, back count: IRValue) -> IRValue {
    ir.looseAddress(address, ir.memoryType(dtype), ir.negate(count))
  }

  /// Says what an access of a buffer may overlap: buffers that are read never overlap those that are written.
  func tagAccess(_ instruction: IRValue, buffer: Int) {
    if let scope = aliasScopes[buffer] {
      ir.attach("alias.scope", ir.node([scope]), to: instruction)
      let others = aliasScopes.enumerated().filter { $0.offset != buffer }.compactMap(\.element)
      if !others.isEmpty { ir.attach("noalias", ir.node(others), to: instruction) }
    } else if let writtenScopes {
      ir.attach("noalias", writtenScopes, to: instruction)
    }
  }

  // MARK: - Loops

  /// Emits a loop over `from ..< to` that carries values from each turn to the next; what it carries at its end.
  ///
  /// The body gets the index and what is carried into the turn.
  func loop(
    _ name: String, from: IRValue, to: IRValue, step: Int = 1, mayBeEmpty: Bool,
    carrying initial: [IRValue] = [],
    _ body: (IRValue, [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    let before = ir.currentBlock
    let turn = ir.block(function, name)
    let after = ir.block(function, "\(name).end")
    if mayBeEmpty {
      ir.branch(ir.compare(LLVMIntSLT, from, to), turn, after)
    } else {
      ir.jump(turn)
    }
    ir.move(to: turn)
    let index = ir.phi(ir.i64, name)
    ir.addIncoming(index, from, from: before)
    let carried = initial.map { value in
      let phi = ir.phi(ir.type(of: value), "")
      ir.addIncoming(phi, value, from: before)
      return phi
    }
    let results = body(index, carried)
    let next = ir.add(index, ir.index(step))
    let latch = ir.currentBlock
    ir.addIncoming(index, next, from: latch)
    for (phi, result) in zip(carried, results) { ir.addIncoming(phi, result, from: latch) }
    ir.branch(ir.compare(LLVMIntSLT, next, to), turn, after)
    LLVMMoveBasicBlockAfter(after, latch)
    ir.move(to: after)
    guard mayBeEmpty else { return results }
    return zip(initial, results).map { initial, result in
      let phi = ir.phi(ir.type(of: initial), "")
      ir.addIncoming(phi, initial, from: before)
      ir.addIncoming(phi, result, from: latch)
      return phi
    }
  }

  /// The same over constant bounds; a single turn is no loop. There is at least one turn.
  func loop(
    _ name: String, _ range: Range<Int>, step: Int = 1, carrying initial: [IRValue] = [],
    _ body: (IRValue, [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    if range.count <= step { return body(ir.index(range.lowerBound), initial) }
    return loop(
      name, from: ir.index(range.lowerBound), to: ir.index(range.upperBound), step: step, mayBeEmpty: false,
      carrying: initial, body)
  }

  /// Emits a loop whose body says where the next turn starts, from 0 until that is `end`.
  func whileBelow(
    _ name: String, _ end: IRValue, carrying initial: [IRValue],
    _ body: (IRValue, [IRValue]) -> (next: IRValue, carried: [IRValue])
  ) -> [IRValue] {
    let before = ir.currentBlock
    let turn = ir.block(function, name)
    let after = ir.block(function, "\(name).end")
    ir.jump(turn)
    ir.move(to: turn)
    let index = ir.phi(ir.i64, name)
    ir.addIncoming(index, ir.index(0), from: before)
    let carried = initial.map { value in
      let phi = ir.phi(ir.type(of: value), "")
      ir.addIncoming(phi, value, from: before)
      return phi
    }
    let (next, results) = body(index, carried)
    let latch = ir.currentBlock
    for (phi, result) in zip([index] + carried, [next] + results) { ir.addIncoming(phi, result, from: latch) }
    ir.branch(ir.compare(LLVMIntSLT, next, end), turn, after)
    LLVMMoveBasicBlockAfter(after, latch)
    ir.move(to: after)
    return results
  }

  /// What `body` makes of some values if a condition holds, else the values.
  func when(
    _ name: String, _ condition: IRValue, _ values: [IRValue], _ body: ([IRValue]) -> [IRValue]
  ) -> [IRValue] {
    let before = ir.currentBlock
    let then = ir.block(function, name)
    let after = ir.block(function, "\(name).end")
    ir.branch(condition, then, after)
    ir.move(to: then)
    let results = body(values)
    let last = ir.currentBlock
    ir.jump(after)
    LLVMMoveBasicBlockAfter(after, last)
    ir.move(to: after)
    return zip(values, results).map { value, result in
      let phi = ir.phi(ir.type(of: value), "")
      ir.addIncoming(phi, value, from: before)
      ir.addIncoming(phi, result, from: last)
      return phi
    }
  }
}
