// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import CLLVM
import GraphIR
import GraphKernels

/// The walk over the domain, and the stages at each point.
extension KernelEmitter {
  /// Emits the domain from `axis` inwards. The bounds are those of the outermost axis.
  func emitDomain(axis: Int, _ frames: [Frame], from: IRValue, to: IRValue) {
    let isLast = axis == domainRank - 1
    if isLast && vectorsAlongDomain {
      if let blockLength {
        let bounds = axis == 0 ? (from, to) : (ir.index(0), ir.index(kernel.domain[axis]))
        return emitBlocks(frames, from: bounds.0, to: bounds.1, length: blockLength)
      }
      return axis == 0 ? emitRange(frames, from: from, to: to) : emitRow(frames)
    }
    if isLast, let rows = rowsAtOnce {
      let bounds = axis == 0 ? (from, to) : (ir.index(0), ir.index(kernel.domain[axis]))
      return emitRowGroups(frames, from: bounds.0, to: bounds.1, together: rows)
    }
    let body = { [self] (index: IRValue, _: [IRValue]) -> [IRValue] in
      if isLast {
        runStages(frames, at: .uniform(index))
      } else {
        var inner = frames
        for number in stages.indices { enter(number, &inner[number], axis: axis, .uniform(index)) }
        emitDomain(axis: axis + 1, inner, from: from, to: to)
      }
      return []
    }
    if axis == 0 {
      _ = loop("d0", from: from, to: to, mayBeEmpty: false, body)
    } else {
      _ = loop("d\(axis)", 0..<kernel.domain[axis], body)
    }
  }

  /// The vectors of the only domain axis, over a range that is known at run time.
  private func emitRange(_ frames: [Frame], from: IRValue, to: IRValue) {
    var from = from
    var mayBeEmpty = false
    // A short axis takes short vectors, since what full ones leave is done one by one.
    var widest = width
    while widest > kernel.domain[0] { widest /= 2 }
    for lanes in domainLanes(widest: widest) where lanes <= kernel.domain[0] {
      let isWhole = rangeFactor % lanes == 0
      var limit = to
      if !isWhole {
        mayBeEmpty = true
        let count = ir.sub(to, from)
        limit = ir.add(from, ir.sub(count, ir.binary(LLVMSRem, count, ir.index(lanes))))
      }
      let wide = setting(frames, lanes: lanes)
      _ = loop("d0", from: from, to: limit, step: lanes, mayBeEmpty: mayBeEmpty) {
        index, _ in
        runStages(wide, at: lanes == 1 ? .uniform(index) : .consecutive(index))
        return []
      }
      if isWhole { return }
      from = limit
      mayBeEmpty = true
    }
  }

  /// The vectors of an innermost domain axis of several, whose extent is known; a last vector has fewer lanes.
  private func emitRow(_ frames: [Frame]) {
    let extent = kernel.domain[domainRank - 1]
    var start = 0
    for lanes in domainLanes(widest: width).dropLast() {
      let limit = start + (extent - start) / lanes * lanes
      emitRow(frames, start..<limit, lanes: lanes)
      start = limit
    }
    emitRow(frames, start..<extent, lanes: extent - start)
  }

  private func emitRow(_ frames: [Frame], _ range: Range<Int>, lanes: Int) {
    guard !range.isEmpty else { return }
    let wide = setting(frames, lanes: lanes)
    _ = loop("d\(domainRank - 1)", range, step: lanes) { index, _ in
      runStages(wide, at: lanes == 1 ? .uniform(index) : .consecutive(index))
      return []
    }
  }

  /// The numbers of lanes to try along the domain, descending from the widest to 1.
  private func domainLanes(widest: Int) -> [Int] {
    (interleave > 1 ? [widest * interleave] : []) + (widest > 1 ? [widest] : []) + [1]
  }

  private func setting(_ frames: [Frame], lanes: Int) -> [Frame] {
    var frames = frames
    for number in stages.indices { setLanes(number, &frames[number], lanes) }
    return frames
  }

  // MARK: - Stages

  /// Runs all stages at a point of the domain, given the index of its innermost axis.
  func runStages(_ frames: [Frame], at index: LaneIndex, from first: Int = 0) {
    if vectorsAlongDomain, !scratch.buffers.isEmpty {
      switch index {
      case .uniform(let position), .consecutive(let position), .perLane(let position):
        moveScratch(to: position)
      }
    }
    for number in stages.indices.dropFirst(first) {
      var frame = frames[number]
      enter(number, &frame, axis: domainRank - 1, index)
      run(number, frame)
    }
  }

  private func run(_ number: Int, _ frame: Frame) {
    switch stages[number].reduction {
    case .none:
      guard stages[number].loopCount > 0 else { return }
      emitLoops(number, frame, axis: 0) { [self] frame in serveSinks(number, frame) }
    case .lanes(1): setResults(number, reduceSequentially(number, frame))
    case .lanes: setResults(number, reduceInLanes(number, [frame])[0])
    case .position(let kind): setResults(number, [reduceToPosition(number, frame, kind)])
    }
  }

  private func setResults(_ number: Int, _ values: [IRValue]) {
    for ((position, _), value) in zip(stages[number].reducingSinks, values) {
      results[number][position] = value
    }
  }

  /// The loops of a stage that reduces nothing.
  private func emitLoops(
    _ number: Int, _ frame: Frame, axis: Int, _ body: (Frame) -> Void
  ) {
    let stage = stages[number]
    guard axis < stage.loop.count else { return body(frame) }
    let extent = stage.loop[axis]
    if !vectorsAlongDomain, axis == stage.loop.count - 1 {
      return emitVectors(number, frame, axis: axis, 0..<extent, body)
    }
    _ = loop("l\(axis)", 0..<extent) { index, _ in
      var inner = frame
      enter(number, &inner, axis: domainRank + axis, .uniform(index))
      emitLoops(number, inner, axis: axis + 1, body)
      return []
    }
  }

  /// The innermost loop in full vectors and a last one with fewer lanes.
  private func emitVectors(
    _ number: Int, _ frame: Frame, axis: Int, _ range: Range<Int>,
    _ body: (Frame) -> Void
  ) {
    let limit = range.lowerBound + range.count / width * width
    for (range, lanes) in [
      (range.lowerBound..<limit, width), (limit..<range.upperBound, range.upperBound - limit),
    ]
    where !range.isEmpty {
      var wide = frame
      setLanes(number, &wide, lanes)
      _ = loop("l\(axis)", range, step: lanes) { index, _ in
        var inner = wide
        enter(number, &inner, axis: domainRank + axis, lanes == 1 ? .uniform(index) : .consecutive(index))
        body(inner)
        return []
      }
    }
  }
}
