// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// Reductions in the order that the language fixes (`ReductionOrder`), whatever the width of a vector.
extension KernelEmitter {
  // MARK: - One lane

  /// Reduces a stage's loop element by element; each lane of the frame is a result of its own.
  ///
  /// - Returns: a value for each sink that reduces.
  func reduceSequentially(_ number: Int, _ frame: Frame) -> [IRValue] {
    let stage = stages[number]
    let identities = identities(number, frame)
    let steps = ReductionOrder.chunkSteps
    if stage.loopCount == 0 { return identities }
    if stage.loopCount <= steps {
      // One chunk, which is the total: what starts from the identity is not changed by combining it with that.
      return forEachElement(number, frame, carrying: identities) { inner, _, sums in
        add(number, inner, to: sums)
      }
    }
    if stage.loop.count == 1 {
      return loop("chunk", 0..<stage.loopCount, step: steps, carrying: identities) { start, totals in
        let end = chunkEnd(start, steps: steps, limit: stage.loopCount)
        let sums = loop("l0", from: start, to: end, mayBeEmpty: false, carrying: identities) { index, sums in
          var inner = frame
          enter(number, &inner, axis: domainRank, .uniform(index))
          return add(number, inner, to: sums)
        }
        return combine(number, totals, sums, frame)
      }
    }
    let state = identities + identities + [ir.index(steps)]
    let end = reduceRows(number, frame, axis: 0, identities, carrying: state)
    let (sums, totals) = (Array(end[..<identities.count]), Array(end[identities.count..<end.count - 1]))
    return stage.loopCount % steps == 0 ? totals : combine(number, totals, sums, frame)
  }

  /// Where each sink's reduction starts, in the lanes of a frame.
  private func identities(_ number: Int, _ frame: Frame) -> [IRValue] {
    stages[number].reducingSinks.map { _, sink in
      identity(number, sink, lanes: lanes(number, sink.value, frame))
    }
  }

  func identity(_ number: Int, _ sink: StageProgram.Sink, lanes: Int) -> IRValue {
    let dtype = stages[number].dtype(sink)
    guard case .reduce(let kind, _, _) = sink.sink else { return ir.constant(dtype, bits: 0, lanes: lanes) }
    return ir.constant(dtype, bits: kind.identity(dtype), lanes: lanes)
  }

  /// Serves the other sinks at a point of the loop, and combines what it has with what there is.
  private func add(_ number: Int, _ frame: Frame, to sums: [IRValue]) -> [IRValue] {
    serveSinks(number, frame)
    return zip(stages[number].reducingSinks, sums).map { entry, sum in
      let sink = entry.sink
      return combine(sink, sum, value(of: sink, number, frame), lanes: lanes(number, sink.value, frame))
    }
  }

  /// Combines two values of each sink.
  private func combine(_ number: Int, _ a: [IRValue], _ b: [IRValue], _ frame: Frame) -> [IRValue] {
    stages[number].reducingSinks.enumerated().map { index, entry in
      combine(entry.sink, a[index], b[index], lanes: lanes(number, entry.sink.value, frame))
    }
  }

  /// Where a chunk ends, that of the last one being `limit`.
  private func chunkEnd(_ start: IRValue, steps: Int, limit: Int) -> IRValue {
    let end = ir.add(start, ir.index(steps))
    return limit % steps == 0 ? end : ir.intrinsic("llvm.smin", [ir.i64], [end, ir.index(limit)])
  }

  /// The same for a loop of several axes, whose chunks end anywhere in a row. Carries the chunk's values, the totals and
  /// the number of elements that the chunk still takes.
  private func reduceRows(
    _ number: Int, _ frame: Frame, axis: Int, _ identities: [IRValue], carrying state: [IRValue]
  ) -> [IRValue] {
    let stage = stages[number]
    let extent = ir.index(stage.loop[axis])
    if axis < stage.loop.count - 1 {
      return loop("l\(axis)", 0..<stage.loop[axis], carrying: state) { index, state in
        var inner = frame
        enter(number, &inner, axis: domainRank + axis, .uniform(index))
        return reduceRows(number, inner, axis: axis + 1, identities, carrying: state)
      }
    }
    let count = identities.count
    // Runs within one row and one chunk; the turn count is a bound, since each turn but the last ends a chunk.
    return whileBelow("run", extent, carrying: state) { start, state in
      let (sums, totals, left) = (Array(state[..<count]), Array(state[count..<2 * count]), state[2 * count])
      let end = ir.intrinsic("llvm.smin", [ir.i64], [ir.add(start, left), extent])
      let sum = loop("l\(axis)", from: start, to: end, mayBeEmpty: false, carrying: sums) { index, sums in
        var inner = frame
        enter(number, &inner, axis: domainRank + axis, .uniform(index))
        return add(number, inner, to: sums)
      }
      let rest = ir.sub(left, ir.sub(end, start))
      let isFull = ir.compare(LLVMIntEQ, rest, ir.index(0))
      let combined = combine(number, totals, sum, frame)
      return (
        end,
        zip(identities, sum).map { ir.select(isFull, $0, $1) }
          + zip(combined, totals).map { ir.select(isFull, $0, $1) }
          + [ir.select(isFull, ir.index(ReductionOrder.chunkSteps), rest)]
      )
    }
  }

  /// Calls `body` in a loop at each point of the stage's loop, which has one, with the row-major number of the point
  /// and what is carried.
  private func forEachElement(
    _ number: Int, _ frame: Frame, axis: Int = 0, ordinal: IRValue? = nil, carrying state: [IRValue],
    _ body: (_ inner: Frame, _ ordinal: IRValue, _ state: [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    let extents = stages[number].loop
    guard axis < extents.count else { return body(frame, ordinal ?? ir.index(0), state) }
    return loop("l\(axis)", 0..<extents[axis], carrying: state) { index, state in
      var inner = frame
      enter(number, &inner, axis: domainRank + axis, .uniform(index))
      let ordinal = ordinal.map { ir.add(scaled($0, by: extents[axis]), index) } ?? index
      return forEachElement(number, inner, axis: axis + 1, ordinal: ordinal, carrying: state, body)
    }
  }

  // MARK: - Position

  /// The number of the first greatest or least element, or of the first NaN.
  func reduceToPosition(_ number: Int, _ frame: Frame, _ kind: ArgReduceOp.Kind) -> IRValue {
    let stage = stages[number]
    let sink = stage.sinks[0]
    let dtype = stage.dtype(sink)
    let lanes = lanes(number, sink.value, frame)
    let first = ir.constant(.int32, bits: 0, lanes: lanes)
    if stage.loopCount == 0 { return first }
    // An element that equals this start is not better than it, so that the first one wins where all do.
    let worst = (kind == .max ? ReduceOp.Kind.max : .min).identity(dtype)
    let start = [ir.constant(dtype, bits: worst, lanes: lanes), first]
    return forEachElement(number, frame, carrying: start) { inner, ordinal, state in
      let value = value(of: sink, number, inner)
      let isBetter = isBetter(value, than: state[0], kind, dtype)
      let position = ir.splat(ir.cast(LLVMTrunc, ordinal, ir.i32), lanes)
      return [ir.select(isBetter, value, state[0]), ir.select(isBetter, position, state[1])]
    }[1]
  }

  private func isBetter(
    _ value: IRValue, than best: IRValue, _ kind: ArgReduceOp.Kind, _ dtype: DType
  ) -> IRValue {
    guard dtype.isFloatingPoint else {
      let predicate =
        switch (kind, dtype.isSigned) {
        case (.max, true): LLVMIntSGT
        case (.max, false): LLVMIntUGT
        case (.min, true): LLVMIntSLT
        case (.min, false): LLVMIntULT
        }
      return ir.compare(predicate, value, best)
    }
    // Greater, or either is NaN; but a NaN stays.
    let isGreater = ir.compare(kind == .max ? LLVMRealUGT : LLVMRealULT, value, best)
    return ir.binary(LLVMAnd, isGreater, ir.compare(LLVMRealORD, best, best))
  }

  // MARK: - Many lanes

  /// Reduces a stage's loop in `ReductionOrder.laneCount` lanes, as several vectors, at some points of the domain at once.
  ///
  /// - Returns: for each frame a value for each sink that reduces.
  func reduceInLanes(_ number: Int, _ frames: [Frame]) -> [[IRValue]] {
    let stage = stages[number]
    let (laneCount, count) = (ReductionOrder.laneCount, stage.loopCount)
    let chunk = laneCount * ReductionOrder.chunkSteps
    let sinks = stage.reducingSinks.map(\.sink)
    let identities = frames.flatMap { _ in sinks.map { identity(number, $0, lanes: 1) } }
    if count == 0 { return rows(identities, frames.count) }
    // By frame, then by sink, then by part of the lanes.
    let start = frames.flatMap { _ in
      sinks.flatMap { sink in
        [IRValue](repeating: identity(number, sink, lanes: width), count: laneCount / width)
      }
    }
    // From here on a last row of lanes is not full.
    let whole = count / laneCount * laneCount
    let wide = frames.map { frame in
      var wide = frame
      setLanes(number, &wide, width)
      return wide
    }
    if count <= chunk {
      var lanes = start
      if whole > 0 {
        lanes = loop("k", 0..<whole, step: laneCount, carrying: lanes) { index, lanes in
          addRow(number, wide, at: index, to: lanes)
        }
      }
      return rows(fold(sinks, addRest(number, frames, wide, from: whole, to: lanes)), frames.count)
    }
    let totals = loop("chunk", 0..<count, step: chunk, carrying: identities) { first, totals in
      let next = ir.add(first, ir.index(chunk))
      let end = ir.intrinsic("llvm.smin", [ir.i64], [next, ir.index(whole)])
      var lanes = loop(
        "k", from: first, to: end, step: laneCount, mayBeEmpty: whole % chunk == 0 && whole < count,
        carrying: start
      ) { index, lanes in addRow(number, wide, at: index, to: lanes) }
      if whole < count {
        let isLast = ir.compare(LLVMIntSGE, next, ir.index(count))
        lanes = when("rest", isLast, lanes) { addRest(number, frames, wide, from: whole, to: $0) }
      }
      return zip(totals, fold(sinks, lanes)).enumerated().map { place, values in
        combine(sinks[place % sinks.count], values.0, values.1, lanes: 1)
      }
    }
    return rows(totals, frames.count)
  }

  private func rows(_ values: [IRValue], _ count: Int) -> [[IRValue]] {
    let length = values.count / count
    return (0..<count).map { Array(values[$0 * length..<($0 + 1) * length]) }
  }

  /// Adds one element to each lane.
  private func addRow(_ number: Int, _ wide: [Frame], at index: IRValue, to lanes: [IRValue]) -> [IRValue] {
    var lanes = lanes
    for part in 0..<ReductionOrder.laneCount / width {
      let first = part == 0 ? index : ir.add(index, ir.index(part * width))
      for (row, frame) in wide.enumerated() {
        add(elements(number, frame, at: first), number, row: row, part: part, to: &lanes)
      }
    }
    return lanes
  }

  /// Adds vectors of full width, one for each sink that reduces, to a part of the lanes of a row.
  ///
  /// - Parameter mask: the lanes that there are; nil for all.
  private func add(
    _ elements: [IRValue], _ number: Int, row: Int, part: Int, to lanes: inout [IRValue],
    where mask: IRValue? = nil
  ) {
    let parts = ReductionOrder.laneCount / width
    let sinks = stages[number].reducingSinks.map(\.sink)
    for (place, sink) in sinks.enumerated() {
      let slot = (row * sinks.count + place) * parts + part
      let sum = combine(sink, lanes[slot], elements[place], lanes: width)
      lanes[slot] = mask.map { ir.select($0, sum, lanes[slot]) } ?? sum
    }
  }

  /// Adds the elements from `first` to the loop's end, fewer than there are lanes.
  private func addRest(
    _ number: Int, _ frames: [Frame], _ wide: [Frame], from first: Int, to lanes: [IRValue]
  ) -> [IRValue] {
    var lanes = lanes
    let rest = stages[number].loopCount - first
    let (part, left) = (rest / width, rest % width)
    let isLive = ir.vector(of: (0..<width).map { ir.integer(ir.i1, $0 < left ? 1 : 0) })
    for row in frames.indices {
      for part in 0..<part {
        let elements = elements(number, wide[row], at: ir.index(first + part * width))
        add(elements, number, row: row, part: part, to: &lanes)
      }
      guard left > 0 else { continue }
      var narrow = frames[row]
      setLanes(number, &narrow, left)
      let elements = elements(number, narrow, at: ir.index(first + part * width)).map {
        widened($0, from: left)
      }
      add(elements, number, row: row, part: part, to: &lanes, where: isLive)
    }
    return lanes
  }

  /// A vector of full width whose first lanes are these.
  private func widened(_ elements: IRValue, from lanes: Int) -> IRValue {
    guard lanes > 1 else { return ir.insert(ir.poison(ir.vector(ir.type(of: elements), width)), elements, 0) }
    return ir.shuffle(elements, ir.poison(ir.type(of: elements)), (0..<width).map { min($0, lanes) })
  }

  /// For each sink that reduces the elements from number `first` of the loop on, as many as the frame has lanes; the
  /// other sinks are served.
  private func elements(_ number: Int, _ frame: Frame, at first: IRValue) -> [IRValue] {
    let stage = stages[number]
    var inner = frame
    for (axis, index) in loopIndices(stage, at: first, lanes: frame.lanes).enumerated() {
      enter(number, &inner, axis: domainRank + axis, index)
    }
    serveSinks(number, inner)
    return stage.reducingSinks.map { _, sink in
      let value = value(of: sink, number, inner)
      return stage.varies[sink.value] ? value : ir.splat(value, frame.lanes)
    }
  }

  /// The indices of a loop's axes in lanes that are consecutive elements of its row-major run.
  private func loopIndices(_ stage: StageProgram, at first: IRValue, lanes: Int) -> [LaneIndex] {
    if stage.loop.count == 1 { return [lanes == 1 ? .uniform(first) : .consecutive(first)] }
    let inRow = lanes == 1 || loopRowsAreWholeVectors(stage)
    var rest = first
    if !inRow {
      rest = ir.add(ir.splat(first, lanes), ir.vector(of: (0..<lanes).map { ir.index($0) }))
    }
    var indices: [LaneIndex] = []
    for (axis, extent) in stage.loop.enumerated().reversed() {
      let divisor = ir.repeated(ir.index(extent), inRow ? 1 : lanes)
      let index = axis == 0 ? rest : ir.binary(LLVMURem, rest, divisor)
      if axis > 0 { rest = ir.binary(LLVMUDiv, rest, divisor) }
      let isConsecutive = lanes > 1 && axis == stage.loop.count - 1
      indices.append(inRow ? (isConsecutive ? .consecutive(index) : .uniform(index)) : .perLane(index))
    }
    return indices.reversed()
  }

  /// The lanes of each row and sink combined in halves down to one.
  private func fold(_ sinks: [StageProgram.Sink], _ lanes: [IRValue]) -> [IRValue] {
    let parts = ReductionOrder.laneCount / width
    return (0..<lanes.count / parts).map { place in
      fold(sinks[place % sinks.count], Array(lanes[place * parts..<(place + 1) * parts]))
    }
  }

  private func fold(_ sink: StageProgram.Sink, _ lanes: [IRValue]) -> IRValue {
    var parts = lanes
    while parts.count > 1 {
      let half = parts.count / 2
      parts = (0..<half).map { combine(sink, parts[$0], parts[$0 + half], lanes: width) }
    }
    var value = parts[0]
    var half = width / 2
    while half > 0 {
      let (low, high): (IRValue, IRValue)
      if half == 1 {
        (low, high) = (ir.extract(value, 0), ir.extract(value, 1))
      } else {
        let none = ir.poison(ir.type(of: value))
        (low, high) = (
          ir.shuffle(value, none, Array(0..<half)), ir.shuffle(value, none, Array(half..<2 * half))
        )
      }
      value = combine(sink, low, high, lanes: half)
      half /= 2
    }
    return value
  }

  func combine(_ sink: StageProgram.Sink, _ a: IRValue, _ b: IRValue, lanes: Int) -> IRValue {
    guard let combiner = sink.combiner else { return a }
    return emit(combiner, [a, b], lanes: lanes)
  }
}
