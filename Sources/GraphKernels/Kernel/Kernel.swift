// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A row program: for each point of a parallel domain, a short list of stages.
///
/// A kernel is content without names or addresses, so that equal kernels are compiled once: it is its own cache key.
/// It runs over a range of its outermost domain axis; ranges are independent of one another.
public struct Kernel: Hashable, Sendable {
  /// An array that the kernel reads or writes, by its position in the argument list.
  public struct Buffer: Hashable, Sendable {
    public enum Access: Hashable, Sendable { case read, write }
    public let dtype: DType
    public let access: Access

    public init(_ dtype: DType, _ access: Access) {
      self.dtype = dtype
      self.access = access
    }
  }

  /// The axis along which an emitter forms vectors.
  public enum VectorAxis: Hashable, Sendable {
    /// The innermost axis of the domain: neighbouring lanes are neighbouring results.
    case domain
    /// The innermost axis of each stage's loop: lanes share a result.
    case loop
  }

  public var buffers: [Buffer]
  /// Extents, outermost first; empty for one point.
  public var domain: [Int]
  public var stages: [Stage]
  public var vectorAxis: VectorAxis

  public init(buffers: [Buffer], domain: [Int], stages: [Stage], vectorAxis: VectorAxis) {
    self.buffers = buffers
    self.domain = domain
    self.stages = stages
    self.vectorAxis = vectorAxis
  }

  /// The length of the axis whose ranges run independently.
  public var rangeCount: Int { domain.first ?? 1 }

  /// Scalar body executions of the whole domain, the measure of its work.
  public var workCount: Int {
    stages.reduce(0) { $0 + $1.loop.reduce(1, *) * $1.body.count } * domain.reduce(1, *)
  }

  /// The least of the range that is worth a chunk: columns that are walked down together should fill whole lines of the
  /// cache, and some for the processor to fetch ahead.
  public var smallestChunk: Int {
    let isColumns = domain.count == 1 && vectorAxis == .domain && stages.contains { !$0.loop.isEmpty }
    return isColumns ? min(max(rangeCount / 256 * 64, 64), 256) : 1
  }

  /// The instructions that can fail, integer divisions and checks of indices, in the order of their fault codes: a kernel returns 0, or
  /// 1 + the position in this list of an instruction that failed.
  public var faultSites: [(stage: Int, instruction: Int)] {
    stages.indices.flatMap { stage in
      stages[stage].body.indices.compactMap { position in
        stages[stage].body[position].canFault ? (stage, position) : nil
      }
    }
  }
}

/// An inner loop over a scalar body whose values go to one or more sinks. With an empty loop the body runs once.
public struct Stage: Hashable, Sendable {
  /// Extents, outermost first.
  public var loop: [Int]
  /// In SSA form: operands are positions of earlier instructions.
  public var body: [KernelInstruction]
  /// Served in this order at each point of the loop. Those that reduce do so in the same number of lanes; one that
  /// finds a position is alone.
  public var sinks: [Sink]

  public init(loop: [Int], body: [KernelInstruction], sinks: [Sink]) {
    self.loop = loop
    self.body = body
    self.sinks = sinks
  }

  public init(loop: [Int], body: [KernelInstruction], sink: Sink) {
    self.init(loop: loop, body: body, sinks: [sink])
  }

  /// Where a value of the body goes.
  public enum Sink: Hashable, Sendable {
    /// Element `at` of a buffer.
    case store(value: Int, buffer: Int, at: AffineMap)
    /// Combined over the loop in the language's order with this many lanes; later stages see the result.
    case reduce(ReduceOp.Kind, value: Int, lanes: Int)
    /// The first position in the loop of the greatest or least value, as `i32`; NaN wins.
    case argReduce(ArgReduceOp.Kind, value: Int)
    /// Later stages see the value. Where the loop is not empty, those whose loop has as many points do, at the point of
    /// the same row-major number.
    case keep(value: Int)

    /// The position in the body of the value.
    public var value: Int {
      switch self {
      case .store(let value, _, _), .reduce(_, let value, _), .argReduce(_, let value), .keep(let value):
        value
      }
    }
  }

  /// Every linear function of the indices that the stage takes.
  public var maps: [AffineMap] {
    body.flatMap(\.maps)
      + sinks.compactMap { sink in if case .store(_, _, let map) = sink { map } else { nil } }
  }

  /// Changes every linear function of the indices.
  public mutating func mapMaps(_ change: (AffineMap) -> AffineMap) {
    for position in body.indices { body[position] = body[position].mappingMaps(change) }
    for position in sinks.indices {
      if case .store(let value, let buffer, let map) = sinks[position] {
        sinks[position] = .store(value: value, buffer: buffer, at: change(map))
      }
    }
  }

  /// The type of what a sink gives to later stages; nil if it gives nothing, or there is no such sink.
  public func resultType(ofSink position: Int) -> DType? {
    guard sinks.indices.contains(position), body.indices.contains(sinks[position].value) else { return nil }
    switch sinks[position] {
    case .store: return nil
    case .reduce(_, let value, _), .keep(let value): return body[value].dtype
    case .argReduce: return .int32
    }
  }
}

/// One scalar value of a stage's body.
public struct KernelInstruction: Hashable, Sendable {
  public enum Operation: Hashable, Sendable {
    case load(buffer: Int, at: AffineMap)
    /// The element if every index lies within its bounds, else 0, and nothing is read.
    case loadWithin(buffer: Int, at: AffineMap, [Bound])
    /// Whether every index lies within its bounds, a `bool`.
    case isWithin([Bound])
    /// A load from a place that is computed: the map's plus the operand, an `i64`.
    case gather(buffer: Int, at: AffineMap)
    /// The operand, an `i64`, which must lie in `0 ..< extent`: where it does not, the kernel fails, and the value is
    /// the nearest number that does (0 for an extent of 0).
    case check(extent: Int)
    /// A bit pattern, zero-extended.
    case constant(UInt64)
    /// The number that an index expression gives.
    case index(AffineMap)
    /// What a sink of an earlier stage reduced to at this domain point, or kept at this point of the loop.
    case stageResult(Int, sink: Int = 0)
    case function(ScalarFunction)
    case convert
  }

  /// An index that lies in `0 ..< extent`, or does not.
  public struct Bound: Hashable, Sendable {
    public let index: AffineMap
    public let extent: Int

    public init(_ index: AffineMap, below extent: Int) {
      self.index = index
      self.extent = extent
    }
  }

  public let operation: Operation
  public let dtype: DType
  public let operands: [Int]

  public init(_ operation: Operation, _ dtype: DType, _ operands: [Int] = []) {
    self.operation = operation
    self.dtype = dtype
    self.operands = operands
  }

  /// Every linear function of the indices that this one takes.
  public var maps: [AffineMap] {
    switch operation {
    case .load(_, let map), .gather(_, let map), .index(let map): [map]
    case .loadWithin(_, let map, let bounds): [map] + bounds.map(\.index)
    case .isWithin(let bounds): bounds.map(\.index)
    case .check, .constant, .stageResult, .function, .convert: []
    }
  }

  /// The same with other linear functions.
  public func mappingMaps(_ change: (AffineMap) -> AffineMap) -> KernelInstruction {
    let changed: Operation
    switch operation {
    case .load(let buffer, let map): changed = .load(buffer: buffer, at: change(map))
    case .gather(let buffer, let map): changed = .gather(buffer: buffer, at: change(map))
    case .index(let map): changed = .index(change(map))
    case .loadWithin(let buffer, let map, let bounds):
      changed = .loadWithin(
        buffer: buffer, at: change(map), bounds.map { Bound(change($0.index), below: $0.extent) })
    case .isWithin(let bounds): changed = .isWithin(bounds.map { Bound(change($0.index), below: $0.extent) })
    case .check, .constant, .stageResult, .function, .convert: return self
    }
    return KernelInstruction(changed, dtype, operands)
  }

  /// Whether this is an integer division or the check of an index.
  var canFault: Bool {
    switch operation {
    case .check: true
    case .function(.divide), .function(.remainder): dtype.isInteger
    default: false
    }
  }
}
