// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// Pseudorandom numbers, the same in every run for the same seed.
public struct Draws: Sendable {
  private let seed: UInt64
  private var count: UInt64 = 0

  public init(seed: Int) { self.seed = UInt64(seed) }

  /// A number below `bound`, which is positive.
  public mutating func next(_ bound: Int) -> Int {
    count += 1
    return Int(Threefry.block(key: seed, counter: count) % UInt64(bound))
  }

  public mutating func next<Element>(_ choices: [Element]) -> Element { choices[next(choices.count)] }

  /// True once in `count` times.
  public mutating func oneIn(_ count: Int) -> Bool { next(count) == 0 }
}

/// A kernel with buffers that it may run on.
public struct KernelCase: Sendable {
  public let kernel: Kernel
  public let elementCounts: [Int]

  /// A random kernel: a few stages over a few axes, unit and empty ones among them, whose loads walk their buffers
  /// forwards, backwards, with steps or not at all, in any order of the axes.
  public init(seed: Int) {
    var draws = Draws(seed: seed)
    let dtype = draws.next([DType.float32, .int32, .uint8, .float64])
    let extent = { (draws: inout Draws) in draws.oneIn(20) ? 0 : draws.next([1, 1, 2, 3, 4]) }
    let domain = (0..<draws.next(4)).map { _ in extent(&draws) }
    var buffers: [Kernel.Buffer] = []
    var counts: [Int] = []
    var stages: [Stage] = []
    for number in 0..<1 + draws.next(3) {
      let loop = (0..<draws.next(4)).map { _ in extent(&draws) }
      let space = domain + loop
      var body: [KernelInstruction] = []
      for _ in 0..<1 + draws.next(2) {
        if draws.oneIn(4) {
          let map = AffineMap(offset: draws.next(5), strides: KernelCase.map(over: space, &draws).map.strides)
          body.append(KernelInstruction(.index(map), dtype))
        } else {
          let (map, count) = KernelCase.map(over: space, &draws)
          buffers.append(Kernel.Buffer(dtype, .read))
          counts.append(count)
          body.append(KernelInstruction(.load(buffer: buffers.count - 1, at: map), dtype))
        }
      }
      let earlier = (0..<number).flatMap { stage in
        stages[stage].sinks.indices.compactMap { sink -> KernelInstruction.Operation? in
          switch stages[stage].sinks[sink] {
          case .reduce: .stageResult(stage, sink: sink)
          case .keep where stages[stage].loop == loop: .stageResult(stage, sink: sink)
          default: nil
          }
        }
      }
      if !earlier.isEmpty { body.append(KernelInstruction(draws.next(earlier), dtype)) }
      if draws.oneIn(3) {
        // An element of a table at some number.
        let map = KernelCase.map(over: space, &draws).map
        let extent = 1 + draws.next(6)
        body.append(KernelInstruction(.index(AffineMap(strides: map.strides.map { abs($0) })), .int64))
        let place = KernelInstruction(
          .function(.minimum), .int64, [body.count - 1, body.count])
        body.append(KernelInstruction(.constant(UInt64(extent - 1)), .int64))
        body.append(place)
        body.append(KernelInstruction(.check(extent: extent), .int64, [body.count - 1]))
        buffers.append(Kernel.Buffer(dtype, .read))
        counts.append(extent)
        let start = AffineMap.constant(0, dimensions: space.count)
        body.append(
          KernelInstruction(.gather(buffer: buffers.count - 1, at: start), dtype, [body.count - 1]))
        body.append(KernelInstruction(.function(.add), dtype, [body.count - 1, 0]))
      }
      while body.count < 4 {
        let fitting = body.indices.filter { body[$0].dtype == dtype }
        let operands = [draws.next(fitting), draws.next(fitting)]
        body.append(KernelInstruction(.function(draws.next([.add, .subtract, .maximum])), dtype, operands))
      }
      var sinks: [Stage.Sink] = []
      let lanes = draws.next([1, ReductionOrder.laneCount])
      for _ in 0..<1 + draws.next(2) {
        let value =
          sinks.isEmpty ? body.count - 1 : draws.next(body.indices.filter { body[$0].dtype == dtype })
        switch draws.next(5) {
        case 0: sinks.append(.keep(value: value))
        case 1, 2: sinks.append(.reduce(draws.next([.sum, .max]), value: value, lanes: lanes))
        default:
          buffers.append(Kernel.Buffer(dtype, .write))
          counts.append(space.reduce(1, *))
          let map = AffineMap(strides: rowMajorStrides(space))
          sinks.append(.store(value: value, buffer: buffers.count - 1, at: map))
        }
      }
      stages.append(Stage(loop: loop, body: body, sinks: sinks))
    }
    // What is reduced or kept must be seen.
    for number in stages.indices {
      for (position, sink) in stages[number].sinks.enumerated() {
        let loop: [Int]
        switch sink {
        case .reduce: loop = []
        case .keep: loop = stages[number].loop
        default: continue
        }
        let space = domain + loop
        buffers.append(Kernel.Buffer(dtype, .write))
        counts.append(space.reduce(1, *))
        let map = AffineMap(strides: rowMajorStrides(space))
        let sink = Stage.Sink.store(value: 0, buffer: buffers.count - 1, at: map)
        let body = [KernelInstruction(.stageResult(number, sink: position), dtype)]
        stages.append(Stage(loop: loop, body: body, sink: sink))
      }
    }
    kernel = Kernel(
      buffers: buffers, domain: domain, stages: stages, vectorAxis: draws.oneIn(2) ? .domain : .loop)
    elementCounts = counts
  }

  /// A map over a space, and how many elements it reaches.
  private static func map(over space: [Int], _ draws: inout Draws) -> (map: AffineMap, count: Int) {
    var order = Array(space.indices)
    if draws.oneIn(3) { order.sort { _, _ in draws.oneIn(2) } }
    var strides = [Int](repeating: 0, count: space.count)
    var (step, offset, last) = (1, 0, 0)
    for axis in order.reversed() {
      let reach = max(space[axis] - 1, 0)
      switch draws.next(8) {
      // Repeated along this axis.
      case 0: continue
      case 1:
        strides[axis] = -step
        offset += step * reach
      case 2: strides[axis] = step * 2
      default: strides[axis] = step
      }
      last += max(strides[axis], 0) * reach
      step *= max(space[axis], 1) * (abs(strides[axis]) / step)
    }
    return (AffineMap(offset: offset, strides: strides), offset + last + 1)
  }

  /// The elements of every buffer after a run of some kernel on this case's buffers.
  public func run(_ kernel: Kernel) throws -> [NDArray] {
    let arrays = zip(kernel.buffers, elementCounts).enumerated().map { index, buffer in
      SampleArray.make(buffer.0.dtype, [buffer.1], .whole, seed: index)
    }
    let buffers = arrays.map { array in
      UnsafeMutableRawBufferPointer(start: array.storage.base, count: array.storage.byteCount)
    }
    let code = try withExtendedLifetime(arrays) { try KernelEvaluator(kernel).run(buffers) }
    if code != 0 { throw KernelFlaw("fault \(code) in\n\(kernel)") }
    return arrays
  }
}
