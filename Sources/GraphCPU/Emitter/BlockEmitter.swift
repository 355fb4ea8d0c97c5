// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// The walk over the innermost domain axis in blocks, each of which goes through one stage after another: rows of the
/// stage's loop outside, vectors of the block inside. What stages give to later ones lies in scratch memory.
extension KernelEmitter {
  /// A part of the innermost domain axis.
  private struct Span {
    let begin: IRValue
    let end: IRValue
    /// Whether a whole number of full vectors fills it.
    let isWhole: Bool
  }

  func emitBlocks(_ frames: [Frame], from: IRValue, to: IRValue, length: Int) {
    let extent = kernel.domain[domainRank - 1]
    // Where the axis is the outermost one, ranges begin and end at multiples of the factor.
    let isWhole = (domainRank == 1 ? rangeFactor : extent) % width == 0 && length % width == 0
    _ = loop("block", from: from, to: to, step: length, mayBeEmpty: false) { begin, _ in
      let end = ir.intrinsic("llvm.smin", [ir.i64], [ir.add(begin, ir.index(length)), to])
      moveScratch(to: begin)
      for number in stages.indices {
        emitBlock(number, frames[number], Span(begin: begin, end: end, isWhole: isWhole))
      }
      return []
    }
  }

  private func emitBlock(_ number: Int, _ frame: Frame, _ span: Span) {
    switch stages[number].reduction {
    case .none:
      guard stages[number].loopCount > 0 else { return }
      emitRows(number, frame, axis: 0, left: nil) { [self] frame, left in
        forEachVector(number, [frame], span) { frames, _ in serveSinks(number, frames[0]) }
        return left
      }
    case .lanes, .position: reduceBlock(number, frame, span)
    }
  }

  /// Emits a stage's loop around a row of the block; what a row leaves goes to the next one.
  @discardableResult
  private func emitRows(
    _ number: Int, _ frame: Frame, axis: Int, left: IRValue?, _ row: (Frame, IRValue?) -> IRValue?
  ) -> IRValue? {
    let stage = stages[number]
    guard axis < stage.loop.count else { return row(frame, left) }
    return loop("l\(axis)", 0..<stage.loop[axis], carrying: left.map { [$0] } ?? []) { index, carried in
      var inner = frame
      enter(number, &inner, axis: domainRank + axis, .uniform(index))
      return emitRows(number, inner, axis: axis + 1, left: carried.first, row).map { [$0] } ?? []
    }.first
  }

  /// Emits loops over the vectors of a span, with several frames of a stage at the same place.
  ///
  /// - Parameter body: takes the frames, and the index of the first lane.
  private func forEachVector(
    _ number: Int, _ frames: [Frame], _ span: Span, _ body: ([Frame], IRValue) -> Void
  ) {
    var begin = span.begin
    for lanes in width > 1 ? [width, 1] : [1] {
      let isLast = span.isWhole || lanes == 1
      var limit = span.end
      if !isLast {
        let count = ir.binary(LLVMAnd, ir.sub(span.end, begin), ir.index(-lanes))
        limit = ir.add(begin, count)
      }
      var wide = frames
      for position in wide.indices { setLanes(number, &wide[position], lanes) }
      _ = loop("v", from: begin, to: limit, step: lanes, mayBeEmpty: !span.isWhole) { index, _ in
        var inner = wide
        for position in inner.indices {
          enter(
            number, &inner[position], axis: domainRank - 1,
            lanes == 1 ? .uniform(index) : .consecutive(index))
        }
        body(inner, index)
        return []
      }
      if isLast { return }
      begin = limit
    }
  }

  // MARK: - Reductions

  /// Where a block's values of a sink lie.
  private struct Sums {
    let sink: StageProgram.Sink
    let dtype: DType
    /// Of what the reduction comes to.
    let total: IRValue
    /// Of a chunk's sum; the same where there is only one chunk.
    let sum: IRValue
  }

  private func reduceBlock(_ number: Int, _ frame: Frame, _ span: Span) {
    let stage = stages[number]
    let steps = ReductionOrder.chunkSteps
    let isChunked = stage.loopCount > steps
    let sums = stage.reducingSinks.compactMap { position, sink -> Sums? in
      guard let buffer = scratch.results[number][position] else { return nil }
      let dtype = stage.dtype(sink)
      let chunk = chunkStarts[number][position].map { shifted($0, dtype, back: span.begin) }
      return Sums(sink: sink, dtype: dtype, total: bufferBases[buffer], sum: chunk ?? bufferBases[buffer])
    }
    forEachVector(number, [frame], span) { frames, index in
      for sum in sums {
        let identity = identity(number, sum.sink, lanes: frames[0].lanes)
        write(identity, sum.dtype, to: sum.sum, at: index, lanes: frames[0].lanes)
        if isChunked { write(identity, sum.dtype, to: sum.total, at: index, lanes: frames[0].lanes) }
      }
    }
    guard stage.loopCount > 0 else { return }
    if stage.loop.count == 1 {
      reduceRows(number, frame, span, sums)
    } else {
      emitRows(number, frame, axis: 0, left: isChunked ? ir.index(steps) : nil) { [self] inner, left in
        add(number, [inner], span, sums)
        guard let left else { return nil }
        let rest = ir.sub(left, ir.index(1))
        let isFull = ir.compare(LLVMIntEQ, rest, ir.index(0))
        _ = when("full", isFull, []) { _ in
          endChunk(number, frame, span, sums)
          return []
        }
        return ir.select(isFull, ir.index(steps), rest)
      }
      if isChunked, stage.loopCount % steps != 0 { endChunk(number, frame, span, sums) }
    }
  }

  /// The rows of a loop of one axis, four at a time: a sum is then loaded and stored once for four.
  private func reduceRows(_ number: Int, _ frame: Frame, _ span: Span, _ sums: [Sums]) {
    let stage = stages[number]
    let steps = ReductionOrder.chunkSteps
    let together = zip(stage.varies, stage.isNeeded).count { $0 && $1 } <= 16 ? 4 : 1
    let rows = { [self] (first: IRValue, count: Int) in
      let inner = (0..<count).map { row -> Frame in
        var inner = frame
        let index = row == 0 ? first : ir.add(first, ir.index(row))
        enter(number, &inner, axis: domainRank, .uniform(index))
        return inner
      }
      add(number, inner, span, sums)
    }
    let chunk = { [self] (begin: IRValue, end: IRValue, wholeEnd: IRValue) in
      _ = loop("l0", from: begin, to: wholeEnd, step: together, mayBeEmpty: true) { index, _ in
        rows(index, together)
        return []
      }
      if together > 1, stage.loopCount % together != 0 {
        _ = loop("l0", from: wholeEnd, to: end, mayBeEmpty: true) { index, _ in
          rows(index, 1)
          return []
        }
      }
    }
    let count = stage.loopCount
    let whole = count / together * together
    guard count > steps else { return chunk(ir.index(0), ir.index(count), ir.index(whole)) }
    _ = loop("chunk", 0..<count, step: steps) { begin, _ in
      let next = ir.add(begin, ir.index(steps))
      chunk(
        begin, ir.intrinsic("llvm.smin", [ir.i64], [next, ir.index(count)]),
        ir.intrinsic("llvm.smin", [ir.i64], [next, ir.index(whole)]))
      endChunk(number, frame, span, sums)
      return []
    }
  }

  /// Adds some rows to the sums of the block.
  private func add(_ number: Int, _ frames: [Frame], _ span: Span, _ sums: [Sums]) {
    forEachVector(number, frames, span) { [self] frames, index in
      for frame in frames { serveSinks(number, frame) }
      for sum in sums {
        let lanes = frames[0].lanes
        var value = read(sum.dtype, from: sum.sum, at: index, lanes: lanes)
        for frame in frames {
          var element = self.value(of: sum.sink, number, frame)
          if !stages[number].varies[sum.sink.value] { element = ir.splat(element, lanes) }
          value = combine(sum.sink, value, element, lanes: lanes)
        }
        write(value, sum.dtype, to: sum.sum, at: index, lanes: lanes)
      }
    }
  }

  /// Adds the sums of a chunk to the totals, and begins the next one.
  private func endChunk(_ number: Int, _ frame: Frame, _ span: Span, _ sums: [Sums]) {
    forEachVector(number, [frame], span) { [self] frames, index in
      let lanes = frames[0].lanes
      for sum in sums {
        let total = read(sum.dtype, from: sum.total, at: index, lanes: lanes)
        let chunk = read(sum.dtype, from: sum.sum, at: index, lanes: lanes)
        write(
          combine(sum.sink, total, chunk, lanes: lanes), sum.dtype, to: sum.total, at: index, lanes: lanes)
        write(identity(number, sum.sink, lanes: lanes), sum.dtype, to: sum.sum, at: index, lanes: lanes)
      }
    }
  }

  private func read(_ dtype: DType, from base: IRValue, at index: IRValue, lanes: Int) -> IRValue {
    let element = ir.memoryType(dtype)
    let address = ir.looseAddress(base, element, index)
    return inRegister(
      ir.load(ir.vector(element, lanes), address, alignment: dtype.byteCount), dtype, lanes: lanes)
  }

  private func write(_ value: IRValue, _ dtype: DType, to base: IRValue, at index: IRValue, lanes: Int) {
    let address = ir.looseAddress(base, ir.memoryType(dtype), index)
    ir.store(inMemory(value, dtype, lanes: lanes), address, alignment: dtype.byteCount)
  }
}
