// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// A kernel, or a plan, that breaks its contract: it reads beside a buffer, writes what it only reads, misuses a type.
public struct KernelFlaw: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// Runs a kernel point by point, body by body, one scalar at a time, and checks every access: the slow and obvious
/// meaning of `Kernel`, and the yardstick of whatever emits machine code for it.
public struct KernelEvaluator {
  public let kernel: Kernel
  /// For each stage and instruction its definition, where it has one.
  private let programs: [[ScalarProgram?]]
  /// For each stage and sink how it combines, if it reduces.
  private let combiners: [[ScalarProgram?]]
  /// The fault code of each instruction that can fail.
  private let codes: [[Int: Int]]

  public init(_ kernel: Kernel) throws {
    self.kernel = kernel
    var known: [KernelInstruction: [[DType]: ScalarProgram]] = [:]
    var programs: [[ScalarProgram?]] = []
    for stage in kernel.stages {
      var row: [ScalarProgram?] = []
      for (position, instruction) in stage.body.enumerated() {
        guard instruction.operands.allSatisfy({ $0 >= 0 && $0 < position }) else {
          throw KernelFlaw("an operand of v\(position) is not an earlier instruction in\n\(kernel)")
        }
        let types = instruction.operands.map { stage.body[$0].dtype }
        let shared = KernelInstruction(instruction.operation, instruction.dtype)
        let program = try known[shared]?[types] ?? KernelEvaluator.program(of: instruction, types, kernel)
        known[shared, default: [:]][types] = program
        row.append(program)
      }
      programs.append(row)
    }
    self.programs = programs
    combiners = kernel.stages.map { stage in
      stage.sinks.map { sink in
        guard case .reduce(let kind, let value, _) = sink else { return nil }
        return kind.combiner.program(for: [stage.body[value].dtype, stage.body[value].dtype])
      }
    }
    var codes = kernel.stages.map { _ in [Int: Int]() }
    for (position, site) in kernel.faultSites.enumerated() {
      codes[site.stage][site.instruction] = position + 1
    }
    self.codes = codes
  }

  private static func program(
    of instruction: KernelInstruction, _ types: [DType], _ kernel: Kernel
  ) throws -> ScalarProgram? {
    switch instruction.operation {
    case .constant, .stageResult: return nil
    case .isWithin:
      guard instruction.dtype == .bool else {
        throw KernelFlaw("bounds in \(instruction.dtype) in\n\(kernel)")
      }
      return nil
    case .check:
      guard types == [.int64], instruction.dtype == .int64 else {
        throw KernelFlaw("a check of \(types) in\n\(kernel)")
      }
      return nil
    case .gather where types != [.int64]:
      throw KernelFlaw("a place of \(types) in\n\(kernel)")
    case .load(let buffer, _), .loadWithin(let buffer, _, _), .gather(let buffer, _):
      guard kernel.buffers.indices.contains(buffer), kernel.buffers[buffer].dtype == instruction.dtype else {
        throw KernelFlaw("a load of \(instruction.dtype) from b\(buffer) in\n\(kernel)")
      }
      return nil
    case .index: return .conversion(from: .int64, to: instruction.dtype)
    case .convert:
      guard types.count == 1 else { throw KernelFlaw("a conversion of \(types) in\n\(kernel)") }
      return .conversion(from: types[0], to: instruction.dtype)
    case .function(let function):
      guard let program = function.program(for: types), program.resultTypes == [instruction.dtype] else {
        throw KernelFlaw("\(function) of \(types) to \(instruction.dtype) in\n\(kernel)")
      }
      return program
    }
  }

  /// Runs a part of the outermost domain axis on the buffers' bytes.
  ///
  /// - Returns: 0, or the least fault code.
  public func run(_ buffers: [UnsafeMutableRawBufferPointer], range: Range<Int>? = nil) throws -> Int {
    guard buffers.count == kernel.buffers.count else {
      throw KernelFlaw("\(buffers.count) buffers are given")
    }
    let range = range ?? 0..<kernel.rangeCount
    guard range.lowerBound >= 0, range.upperBound <= kernel.rangeCount else {
      throw KernelFlaw("range \(range)")
    }
    var part = kernel.domain
    if !part.isEmpty { part[0] = range.count } else if range.isEmpty { return 0 }
    let space = IndexSpace(part)
    var code = 0
    for linear in 0..<space.count {
      var point = space.point(at: linear)
      if !point.isEmpty { point[0] += range.lowerBound }
      try runPoint(point, buffers, &code)
    }
    return code
  }

  private func runPoint(_ point: [Int], _ buffers: [UnsafeMutableRawBufferPointer], _ code: inout Int) throws
  {
    var results: [[Result]] = []
    for (number, stage) in kernel.stages.enumerated() {
      let loop = IndexSpace(stage.loop)
      let types = stage.body.map(\.dtype)
      var elements = stage.sinks.map { _ in [UInt64]() }
      for k in 0..<loop.count {
        let indices = point + loop.point(at: k)
        let values = try runBody(number, indices, k, results, buffers, &code)
        for (position, sink) in stage.sinks.enumerated() {
          guard types.indices.contains(sink.value) else {
            throw KernelFlaw("no v\(sink.value) in\n\(kernel)")
          }
          guard case .store(let value, let buffer, let map) = sink else {
            elements[position].append(values[sink.value])
            continue
          }
          guard kernel.buffers[buffer].access == .write, kernel.buffers[buffer].dtype == types[value] else {
            throw KernelFlaw("a store of \(types[value]) to b\(buffer) in\n\(kernel)")
          }
          let address = try address(map, indices, buffers[buffer], types[value])
          write(values[value], address, types[value])
        }
      }
      results.append(
        try stage.sinks.enumerated().map { position, sink in
          let elements = elements[position]
          switch sink {
          case .store: return Result(dtype: .bool, bits: [], isKept: false)
          case .keep(let value):
            return Result(dtype: types[value], bits: elements, isKept: !stage.loop.isEmpty)
          case .reduce(let kind, let value, let lanes):
            let identity = kind.identity(types[value])
            let total = try reduce(elements, identity, lanes, combiners[number][position])
            return Result(dtype: types[value], bits: [total], isKept: false)
          case .argReduce(let kind, let value):
            let place = try argReduce(elements, kind, types[value])
            return Result(dtype: .int32, bits: [place], isKept: false)
          }
        })
    }
  }

  /// What a sink gives to later stages.
  private struct Result {
    let dtype: DType
    /// One, or one for each point of the loop where they are kept so.
    let bits: [UInt64]
    let isKept: Bool
  }

  private func runBody(
    _ number: Int, _ indices: [Int], _ k: Int, _ results: [[Result]],
    _ buffers: [UnsafeMutableRawBufferPointer], _ code: inout Int
  ) throws -> [UInt64] {
    var values: [UInt64] = []
    for (position, instruction) in kernel.stages[number].body.enumerated() {
      let program = programs[number][position]
      var fault = false
      switch instruction.operation {
      case .load(let buffer, let map):
        values.append(read(try address(map, indices, buffers[buffer], instruction.dtype), instruction.dtype))
      case .loadWithin(let buffer, let map, let bounds):
        guard bounds.allSatisfy({ isWithin($0, indices) }) else {
          values.append(0)
          continue
        }
        values.append(read(try address(map, indices, buffers[buffer], instruction.dtype), instruction.dtype))
      case .isWithin(let bounds): values.append(bounds.allSatisfy { isWithin($0, indices) } ? 1 : 0)
      case .gather(let buffer, let map):
        let place = Int(Int64(bits: values[instruction.operands[0]]))
        let address = try address(map, indices, buffers[buffer], instruction.dtype, adding: place)
        values.append(read(address, instruction.dtype))
      case .check(let extent):
        let index = Int(Int64(bits: values[instruction.operands[0]]))
        fault = index < 0 || index >= extent
        values.append(Int64(max(min(index, extent - 1), 0)).bits)
      case .constant(let bits): values.append(bits)
      case .index(let map):
        values += program?.evaluate([Int64(map(indices)).bits], fault: &fault) ?? []
      case .stageResult(let stage, let sink):
        guard results.indices.contains(stage), results[stage].indices.contains(sink),
          results[stage][sink].dtype == instruction.dtype
        else { throw KernelFlaw("stage \(stage) gives no \(instruction.dtype) in\n\(kernel)") }
        let result = results[stage][sink]
        let count = kernel.stages[number].loop.reduce(1, *)
        guard result.bits.count == (result.isKept ? count : 1) else {
          throw KernelFlaw("stage \(number) has other points than what stage \(stage) keeps in\n\(kernel)")
        }
        values.append(result.bits[result.isKept ? k : 0])
      case .function, .convert:
        values += program?.evaluate(instruction.operands.map { values[$0] }, fault: &fault) ?? []
      }
      if fault {
        guard let site = codes[number][position] else {
          throw KernelFlaw("v\(position) of stage \(number) fails and is no fault site in\n\(kernel)")
        }
        code = code == 0 ? site : min(code, site)
      }
    }
    return values
  }

  /// The language's rule, in its own words: chunks of `lanes · chunkSteps`, element `k` of a chunk to lane
  /// `k mod lanes`, lanes folded in halves, chunks combined in ascending order.
  private func reduce(
    _ elements: [UInt64], _ identity: UInt64, _ lanes: Int, _ combiner: ScalarProgram?
  ) throws -> UInt64 {
    guard let combiner, lanes > 0, lanes & (lanes - 1) == 0 else {
      throw KernelFlaw("a reduction in \(lanes) lanes in\n\(kernel)")
    }
    var fault = false
    let combine = { (x: UInt64, y: UInt64) in combiner.evaluate([x, y], fault: &fault)[0] }
    var total = identity
    let length = lanes * ReductionOrder.chunkSteps
    for start in stride(from: 0, to: elements.count, by: length) {
      let chunk = Array(elements[start..<min(start + length, elements.count)])
      var partial = (0..<lanes).map { lane in
        stride(from: lane, to: chunk.count, by: lanes).reduce(identity) { combine($0, chunk[$1]) }
      }
      while partial.count > 1 {
        let half = partial.count / 2
        partial = (0..<half).map { combine(partial[$0], partial[half + $0]) }
      }
      total = combine(total, partial[0])
    }
    return total
  }

  /// The first NaN, or else the first of the best.
  private func argReduce(_ elements: [UInt64], _ kind: ArgReduceOp.Kind, _ dtype: DType) throws -> UInt64 {
    let comparison: ScalarFunction = kind == .max ? .greater : .less
    guard let better = comparison.program(for: [dtype, dtype]),
      let differs = ScalarFunction.notEqual.program(for: [dtype, dtype]), !elements.isEmpty
    else { throw KernelFlaw("\(kind) of \(elements.count) elements of \(dtype) in\n\(kernel)") }
    var fault = false
    if let nan = elements.firstIndex(where: { differs.evaluate([$0, $0], fault: &fault) == [1] }) {
      return Int32(nan).bits
    }
    var winner = 0
    for index in elements.indices.dropFirst()
    where better.evaluate([elements[index], elements[winner]], fault: &fault) == [1] {
      winner = index
    }
    return Int32(winner).bits
  }

  // MARK: Memory

  private func isWithin(_ bound: KernelInstruction.Bound, _ indices: [Int]) -> Bool {
    (0..<bound.extent).contains(bound.index(indices))
  }

  private func address(
    _ map: AffineMap, _ indices: [Int], _ buffer: UnsafeMutableRawBufferPointer, _ dtype: DType,
    adding place: Int = 0
  ) throws -> UnsafeMutableRawPointer {
    guard map.strides.count == indices.count else {
      throw KernelFlaw("a map of \(map.strides.count) indices among \(indices.count) in\n\(kernel)")
    }
    let offset = (map(indices) + place) * dtype.byteCount
    guard let base = buffer.baseAddress, offset >= 0, offset + dtype.byteCount <= buffer.count else {
      throw KernelFlaw("byte \(offset) of a buffer of \(buffer.count) at \(indices) in\n\(kernel)")
    }
    return base + offset
  }

  private func read(_ address: UnsafeMutableRawPointer, _ dtype: DType) -> UInt64 {
    switch dtype.byteCount {
    case 1: UInt64(address.load(as: UInt8.self))
    case 2: UInt64(address.load(as: UInt16.self))
    case 4: UInt64(address.load(as: UInt32.self))
    default: address.load(as: UInt64.self)
    }
  }

  private func write(_ bits: UInt64, _ address: UnsafeMutableRawPointer, _ dtype: DType) {
    switch dtype.byteCount {
    case 1: address.storeBytes(of: UInt8(truncatingIfNeeded: bits), as: UInt8.self)
    case 2: address.storeBytes(of: UInt16(truncatingIfNeeded: bits), as: UInt16.self)
    case 4: address.storeBytes(of: UInt32(truncatingIfNeeded: bits), as: UInt32.self)
    default: address.storeBytes(of: bits, as: UInt64.self)
    }
  }
}
