// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// A stage's body: what becomes known as each axis gets an index.
extension KernelEmitter {
  /// Computes what depends on no index.
  func enterEmptyIndex(_ number: Int, _ frame: inout Frame) {
    computeInstructions(number, &frame, depth: 0)
  }

  /// Computes what depends on the index of `axis` and on no axis further in.
  func enter(_ number: Int, _ frame: inout Frame, axis: Int, _ index: LaneIndex) {
    let stage = stages[number]
    for (position, map) in stage.maps.enumerated() where map.strides[axis] != 0 {
      advance(&frame.offsets[position], by: map.strides[axis], index, lanes: frame.lanes)
    }
    computeInstructions(number, &frame, depth: stage.axisDepth(axis))
  }

  private func advance(_ offset: inout LaneOffset, by stride: Int, _ index: LaneIndex, lanes: Int) {
    switch index {
    case .uniform(let scalar):
      advanceBase(&offset, by: stride, scalar)
    case .consecutive(let first):
      advanceBase(&offset, by: stride, first)
      offset.stride += stride
    case .perLane(let vector):
      let term = ir.mul(vector, ir.repeated(ir.index(stride), lanes))
      offset.lanes = offset.lanes.map { ir.add($0, term) } ?? term
    }
  }

  private func advanceBase(_ offset: inout LaneOffset, by stride: Int, _ index: IRValue) {
    if LLVMIsConstant(index) != 0 {
      offset.constant += stride * Int(LLVMConstIntGetSExtValue(index))
    } else {
      let term = scaled(index, by: stride)
      offset.base = offset.base.map { ir.add($0, term) } ?? term
    }
  }

  /// Sets the number of lanes, before anything that varies is computed.
  func setLanes(_ number: Int, _ frame: inout Frame, _ lanes: Int) {
    frame.lanes = lanes
    let stage = stages[number]
    for position in stage.instructions.indices {
      frame.splats[position] = nil
      if lanes > 1, stage.needsSplat[position], let value = frame.values[position] {
        frame.splats[position] = ir.splat(value, lanes)
      }
    }
  }

  /// The lanes of an instruction's value.
  func lanes(_ number: Int, _ position: Int, _ frame: Frame) -> Int {
    stages[number].varies[position] ? frame.lanes : 1
  }

  /// A sink's value, once every axis has an index: a vector if it varies.
  func value(of sink: StageProgram.Sink, _ number: Int, _ frame: Frame) -> IRValue {
    frame.values[sink.value] ?? ir.constant(stages[number].dtype(sink), bits: 0)
  }

  // MARK: - Instructions

  private func computeInstructions(_ number: Int, _ frame: inout Frame, depth: Int) {
    let stage = stages[number]
    for (position, instruction) in stage.instructions.enumerated()
    where stage.depth[position] == depth && stage.isNeeded[position] {
      let lanes = lanes(number, position, frame)
      let value: IRValue
      if instruction.operation == .input {
        value = leaf(
          stage.leaves[Int(instruction.payload)], at: place(number, position, frame), frame, lanes: lanes)
      } else {
        let operands = instruction.operands.map { operand in
          stage.varies[position] ? vector(number, Int(operand), frame) : scalar(number, Int(operand), frame)
        }
        value = emit(
          instruction, operands, types: instruction.operands.map { stage.instructions[Int($0)].type },
          lanes: lanes, tables: stage.tables, faultCode: stage.faultCodes[position])
      }
      if instruction.type == .bool, let code = stage.faultCodes[position] {
        report(value, code, lanes: lanes)
      }
      frame.values[position] = value
      if frame.lanes > 1, stage.needsSplat[position] { frame.splats[position] = ir.splat(value, frame.lanes) }
    }
  }

  private func scalar(_ number: Int, _ position: Int, _ frame: Frame) -> IRValue {
    frame.values[position] ?? ir.constant(stages[number].instructions[position].type, bits: 0)
  }

  private func vector(_ number: Int, _ position: Int, _ frame: Frame) -> IRValue {
    frame.lanes == 1 || stages[number].varies[position]
      ? scalar(number, position, frame)
      : frame.splats[position] ?? ir.splat(scalar(number, position, frame), frame.lanes)
  }

  /// The place of a leaf: what its map gives, and what a gather adds.
  private func place(_ number: Int, _ position: Int, _ frame: Frame) -> LaneOffset {
    let stage = stages[number]
    let leaf = stage.leaves[Int(stage.instructions[position].payload)]
    guard !stage.maps.isEmpty else { return LaneOffset(constant: 0, base: nil) }
    var place = frame.offsets[leaf.map]
    guard let offset = stage.offset(of: position) else { return place }
    let added = scalar(number, offset, frame)
    if !stage.varies[offset] || frame.lanes == 1 {
      place.base = place.base.map { ir.add($0, added) } ?? added
    } else {
      place.lanes = place.lanes.map { ir.add($0, added) } ?? added
      if place.stride != 0 {
        // Neighbours no longer; each lane has its own place.
        let steps = ir.vector(of: (0..<frame.lanes).map { ir.index($0 * place.stride) })
        place.lanes = place.lanes.map { ir.add($0, steps) }
        place.stride = 0
      }
    }
    return place
  }

  private func leaf(
    _ leaf: StageProgram.Leaf, at place: LaneOffset, _ frame: Frame, lanes: Int
  ) -> IRValue {
    switch leaf.source {
    case .load(let buffer) where leaf.bounds.isEmpty: load(buffer, place, lanes: lanes)
    case .gather(let buffer, _): load(buffer, place, lanes: lanes)
    case .load(let buffer):
      load(buffer, place, where: laneMask(leaf.bounds, frame, lanes: lanes), lanes: lanes)
    case .isWithin: inEveryLane(laneMask(leaf.bounds, frame, lanes: lanes), lanes: lanes)
    case .index: number(place, leaf.dtype, lanes: lanes)
    case .stageResult(let stage, let sink):
      results[stage][sink] ?? ir.constant(leaf.dtype, bits: 0, lanes: lanes)
    }
  }

  /// An index expression as a number.
  private func number(_ offset: LaneOffset, _ dtype: DType, lanes: Int) -> IRValue {
    var wide = first(offset)
    if lanes > 1 {
      wide = ir.splat(wide, lanes)
      if offset.stride != 0 {
        wide = ir.add(wide, ir.vector(of: (0..<lanes).map { ir.index($0 * offset.stride) }))
      }
      if let perLane = offset.lanes { wide = ir.add(wide, perLane) }
    }
    return convert(wide, from: .int64, to: dtype, lanes: lanes)
  }

  // MARK: - Memory

  /// The position of the first lane but for what is particular to each lane.
  func first(_ offset: LaneOffset) -> IRValue {
    guard let base = offset.base else { return ir.index(offset.constant) }
    return offset.constant == 0 ? base : ir.add(base, ir.index(offset.constant))
  }

  /// The addresses of all lanes, when they are not neighbours.
  private func addresses(_ buffer: Int, _ offset: LaneOffset, lanes: Int) -> [IRValue] {
    let element = ir.memoryType(kernel.buffers[buffer].dtype)
    let origin = address(buffer, offset)
    return (0..<lanes).map { lane in
      var address = origin
      if let perLane = offset.lanes { address = ir.address(address, element, ir.extract(perLane, lane)) }
      return lane == 0 || offset.stride == 0
        ? address : ir.address(address, element, ir.index(lane * offset.stride))
    }
  }

  private func address(_ buffer: Int, _ offset: LaneOffset) -> IRValue {
    let element = ir.memoryType(kernel.buffers[buffer].dtype)
    // Scratch memory may begin before its first element, which is not there.
    if scratch.buffers.contains(buffer) {
      return ir.looseAddress(bufferBases[buffer], element, first(offset))
    }
    var address = bufferBases[buffer]
    if let base = offset.base { address = ir.address(address, element, base) }
    return offset.constant == 0 ? address : ir.address(address, element, ir.index(offset.constant))
  }

  private func load(_ buffer: Int, _ offset: LaneOffset, lanes: Int) -> IRValue {
    let dtype = kernel.buffers[buffer].dtype
    let element = ir.memoryType(dtype)
    let read = { [self] (address: IRValue, lanes: Int) -> IRValue in
      let load = ir.load(ir.vector(element, lanes), address, alignment: dtype.byteCount)
      tagAccess(load, buffer: buffer)
      return load
    }
    let stored: IRValue
    if lanes == 1 {
      stored = read(address(buffer, offset), 1)
    } else if offset.lanes == nil, offset.stride == 1 {
      stored = read(address(buffer, offset), lanes)
    } else if offset.lanes == nil, offset.stride == -1 {
      stored = reversed(read(lowest(buffer, offset, lanes), lanes), lanes)
    } else if offset.lanes == nil, offset.stride == 0 {
      stored = ir.splat(read(address(buffer, offset), 1), lanes)
    } else if let perLane = offset.lanes, offset.stride == 0 {
      stored = ir.gather(
        element, ir.address(address(buffer, offset), element, perLane), lanes: lanes,
        alignment: dtype.byteCount)
      tagAccess(stored, buffer: buffer)
    } else {
      stored = addresses(buffer, offset, lanes: lanes).enumerated().reduce(
        ir.poison(ir.vector(element, lanes))
      ) { ir.insert($0, read($1.element, 1), $1.offset) }
    }
    return inRegister(stored, dtype, lanes: lanes)
  }

  /// What memory has for elements of a type as values of that type: a bool is a byte there.
  func inRegister(_ stored: IRValue, _ dtype: DType, lanes: Int) -> IRValue {
    dtype == .bool ? ir.compare(LLVMIntNE, stored, ir.repeated(ir.integer(ir.i8, 0), lanes)) : stored
  }

  /// The reverse of `inRegister`.
  func inMemory(_ value: IRValue, _ dtype: DType, lanes: Int) -> IRValue {
    dtype == .bool ? ir.cast(LLVMZExt, value, ir.vector(ir.i8, lanes)) : value
  }

  /// The address of the last lane where lanes go backwards.
  private func lowest(_ buffer: Int, _ offset: LaneOffset, _ lanes: Int) -> IRValue {
    var last = offset
    last.constant -= lanes - 1
    return address(buffer, last)
  }

  private func reversed(_ vector: IRValue, _ lanes: Int) -> IRValue {
    ir.shuffle(vector, ir.poison(ir.type(of: vector)), (0..<lanes).reversed())
  }

  /// Stores and keeps what a stage has at one point, once every axis has an index.
  func serveSinks(_ number: Int, _ frame: Frame) {
    for (position, sink) in stages[number].sinks.enumerated() {
      switch sink.sink {
      case .store(_, let buffer, _): store(sink, number, frame, to: buffer)
      case .keep: results[number][position] = value(of: sink, number, frame)
      case .reduce, .argReduce: break
      }
    }
  }

  private func store(_ sink: StageProgram.Sink, _ number: Int, _ frame: Frame, to buffer: Int) {
    let stage = stages[number]
    let offset = frame.offsets[sink.map]
    let dtype = stage.dtype(sink)
    let moves = frame.lanes > 1 && (offset.stride != 0 || offset.lanes != nil)
    let lanes = moves ? frame.lanes : 1
    var value = value(of: sink, number, frame)
    if stage.varies[sink.value], !moves, frame.lanes > 1 {
      // All lanes go to one element, in order.
      value = ir.extract(value, frame.lanes - 1)
    } else if !stage.varies[sink.value] {
      value = ir.splat(value, lanes)
    }
    value = inMemory(value, dtype, lanes: lanes)
    let write = { [self] (value: IRValue, address: IRValue) in
      tagAccess(ir.store(value, address, alignment: dtype.byteCount), buffer: buffer)
    }
    if lanes == 1 || (offset.lanes == nil && offset.stride == 1) {
      write(value, address(buffer, offset))
    } else if offset.lanes == nil, offset.stride == -1 {
      write(reversed(value, lanes), lowest(buffer, offset, lanes))
    } else {
      for (lane, address) in addresses(buffer, offset, lanes: lanes).enumerated() {
        write(ir.extract(value, lane), address)
      }
    }
  }
}
