// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import Synchronization

/// A slow, obvious evaluator of kernels, one scalar at a time: what compiled code is held against.
struct KernelReference {
  let kernel: Kernel
  /// The elements of each buffer as bit patterns.
  var buffers: [[UInt64]]
  /// 0, or the least fault code.
  private(set) var fault = 0

  init(_ kernel: Kernel, _ buffers: [[UInt64]]) {
    self.kernel = kernel
    self.buffers = buffers
  }

  /// Runs the whole domain.
  mutating func run() {
    for point in IndexSpace(kernel.domain).points { run(at: point) }
  }

  private mutating func run(at point: [Int]) {
    var results: [UInt64] = []
    for (number, stage) in kernel.stages.enumerated() {
      let space = IndexSpace(stage.loop)
      switch stage.sink {
      case .store(let value, let buffer, let map):
        for element in space.points {
          let values = body(number, point + element, results)
          buffers[buffer][map(point + element)] = values[value]
        }
        results.append(0)
      case .reduce(let kind, let value, let lanes):
        let dtype = stage.body[value].dtype
        let order = ReductionOrder(axes: [0], rank: lanes == 1 ? 2 : 1)
        let elements = space.points.map { body(number, point + $0, results)[value] }
        let combiner = KernelReference.programs(kind.combiner, [dtype, dtype])
        var ignored = false
        results.append(
          order.reduce(
            count: elements.count, identity: kind.identity(dtype), element: { elements[$0] },
            combine: { combiner.evaluate([$0, $1], fault: &ignored)[0] }))
      case .argReduce(let kind, let value):
        let dtype = stage.body[value].dtype
        let array = NDArray(
          dtype: dtype, shape: [space.count],
          bits: space.points.map { body(number, point + $0, results)[value] })
        let result = try? ArgReduceOp(kind, axis: 0).evaluate(
          [array], type: TensorType(.int32, Shape([Int]())))
        results.append(result?.bits(at: 0) ?? 0)
      }
    }
  }

  /// The values of a stage's body.
  private mutating func body(_ number: Int, _ index: [Int], _ results: [UInt64]) -> [UInt64] {
    var values: [UInt64] = []
    for (position, instruction) in kernel.stages[number].body.enumerated() {
      let operands = instruction.operands.map { values[$0] }
      let types = instruction.operands.map { kernel.stages[number].body[$0].dtype }
      var failed = false
      switch instruction.operation {
      case .load(let buffer, let map): values.append(buffers[buffer][map(index)])
      case .loadWithin(let buffer, let map, let bounds):
        values.append(isWithin(bounds, index) ? buffers[buffer][map(index)] : 0)
      case .isWithin(let bounds): values.append(isWithin(bounds, index) ? 1 : 0)
      case .gather(let buffer, let map):
        values.append(buffers[buffer][map(index) + Int(Int64(bits: operands[0]))])
      case .check(let extent):
        let place = Int(Int64(bits: operands[0]))
        failed = !(0..<extent).contains(place)
        values.append(Int64(Swift.max(0, Swift.min(place, extent - 1))).bits)
      case .constant(let bits): values.append(bits)
      case .index(let map):
        values.append(converted(UInt64(bitPattern: Int64(map(index))), from: .int64, to: instruction.dtype))
      case .stageResult(let stage): values.append(results[stage])
      case .convert: values.append(converted(operands[0], from: types[0], to: instruction.dtype))
      case .function(let function):
        values.append(KernelReference.programs(function, types).evaluate(operands, fault: &failed)[0])
      }
      if failed, let site = kernel.faultSites.firstIndex(where: { $0 == (number, position) }) {
        fault = fault == 0 ? site + 1 : min(fault, site + 1)
      }
    }
    return values
  }

  private func isWithin(_ bounds: [KernelInstruction.Bound], _ index: [Int]) -> Bool {
    bounds.allSatisfy { $0.index(index) >= 0 && $0.index(index) < $0.extent }
  }

  private func converted(_ bits: UInt64, from source: DType, to target: DType) -> UInt64 {
    var ignored = false
    let program = ScalarProgram(inputs: [source], [ScalarValue.input(0, source).converted(target)])
    return program.evaluate([bits], fault: &ignored)[0]
  }

  private static func programs(_ function: ScalarFunction, _ types: [DType]) -> ScalarProgram {
    let key = types.reduce(function.name) { "\($0) \($1)" }
    return cache.withLock { cache in
      if let known = cache[key] { return known }
      let program = function.program(for: types)!
      cache[key] = program
      return program
    }
  }

  private static let cache = Mutex<[String: ScalarProgram]>([:])
}

extension IndexSpace {
  /// All points in row-major order.
  var points: [[Int]] { (0..<count).map { point(at: $0) } }
}
