// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Memory of a kernel's function: arrays on the stack, as further buffers of the kernel.
struct Scratch {
  /// The buffers that are no arguments, all behind those that are.
  var buffers: Range<Int>
  /// Elements of each.
  var counts: [Int] = []
  /// By stage and sink the buffer that holds what the sink reduced to.
  var results: [[Int?]]
}

extension Kernel {
  /// This kernel with what its stages keep in memory: a sink that keeps stores, and whoever wants the value loads it.
  /// Axes are merged already.
  ///
  /// - Parameters:
  ///   - span: the points of the innermost domain axis that are worked on together, if vectors run along it: the arrays
  ///     have a column for each. They begin at the first of these points.
  ///   - isForAll: whether what is reduced, and what is kept without a loop, lies there too; else it stays in a register.
  func usingScratch(span: Int?, forAll isForAll: Bool) -> (kernel: Kernel, scratch: Scratch) {
    var kernel = self
    var scratch = Scratch(
      buffers: buffers.count..<buffers.count, results: stages.map { $0.sinks.map { _ in nil } })
    /// Where a value of a point lies: a row for each point of the loop.
    let place = { (loop: [Int]) -> AffineMap in
      var outer = [Int](repeating: 0, count: domain.count)
      if span != nil, !outer.isEmpty { outer[outer.count - 1] = 1 }
      return AffineMap(strides: outer + rowMajorStrides(loop).map { $0 * (span ?? 1) })
    }
    for (number, stage) in stages.enumerated() {
      for (position, sink) in stage.sinks.enumerated() {
        guard let dtype = stage.resultType(ofSink: position) else { continue }
        let isKept = if case .keep = sink { true } else { false }
        guard isForAll || (isKept && !stage.loop.isEmpty) else { continue }
        let buffer = kernel.buffers.count
        kernel.buffers.append(Buffer(dtype, .write))
        scratch.results[number][position] = buffer
        scratch.counts.append((isKept ? stage.loop.reduce(1, *) : 1) * (span ?? 1))
        if isKept {
          kernel.stages[number].sinks[position] = .store(
            value: sink.value, buffer: buffer, at: place(stage.loop))
        }
      }
    }
    scratch.buffers = buffers.count..<kernel.buffers.count
    for number in kernel.stages.indices {
      for position in kernel.stages[number].body.indices {
        let instruction = kernel.stages[number].body[position]
        guard case .stageResult(let stage, let sink) = instruction.operation, stage < number,
          scratch.results.indices.contains(stage), scratch.results[stage].indices.contains(sink),
          let buffer = scratch.results[stage][sink]
        else { continue }
        let isKept = if case .keep = stages[stage].sinks[sink] { true } else { false }
        var map = place(isKept && !stages[stage].loop.isEmpty ? stages[number].loop : [])
        map.strides += [Int](
          repeating: 0, count: domain.count + stages[number].loop.count - map.strides.count)
        kernel.stages[number].body[position] = KernelInstruction(
          .load(buffer: buffer, at: map), instruction.dtype)
      }
    }
    return (kernel, scratch)
  }

  /// How many points of the innermost domain axis each stage should work through before the next one has its turn, for a
  /// kernel whose vectors run along that axis; nil where each vector should go through all stages at once.
  ///
  /// A reduction over rows of a matrix then walks along the rows, with a column's sum for each point in the first-level
  /// cache, and not down a few columns through all of memory. An expression in several stages has its temporaries there.
  var blockLength: Int? {
    let isSequence = stages.allSatisfy { stage in
      stage.sinks.allSatisfy { sink in if case .argReduce = sink { false } else { true } }
    }
    guard isSequence, let inner = domain.last else { return nil }
    let longest = stages.map { $0.loop.reduce(1, *) }.max() ?? 1
    if longest <= 1 { return stages.count > 1 && inner >= 512 ? 512 : nil }
    // What a few columns reach stays in the first-level cache: then registers serve better.
    guard inner >= 64, longest >= 8, longest * inner >= 1 << 14 else { return nil }
    let passes = stages.count { $0.loop.reduce(1, *) > 1 }
    if passes == 1 { return min(inner, 1024) }
    // What several passes read should stay in the second-level cache between them.
    let rows = (1 << 16) / longest
    return min(inner, max(64, min(rows / 64 * 64, 1024)))
  }
}
