// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Kernel: CustomStringConvertible {
  /// The kernel as text:
  /// ```
  /// kernel (b0: read f32, b1: write f32) domain [16] vector loop {
  ///   stage 0 loop [3] {
  ///     v0 = load b0[3*d0 + l0] : f32
  ///     v1 = exp v0 : f32
  ///     reduce sum v1, 32 lanes
  ///   }
  /// }
  /// ```
  public var description: String {
    let parameters = buffers.enumerated().map { index, buffer in
      "b\(index): \(buffer.access == .read ? "read" : "write") \(buffer.dtype)"
    }
    let axis = vectorAxis == .domain ? "domain" : "loop"
    var text = "kernel (\(parameters.joined(separator: ", "))) domain \(domain) vector \(axis) {\n"
    for (number, stage) in stages.enumerated() {
      text += "  stage \(number) loop \(stage.loop) {\n"
      for (position, instruction) in stage.body.enumerated() {
        text += "    v\(position) = \(phrase(instruction)) : \(instruction.dtype)\n"
      }
      for sink in stage.sinks { text += "    \(phrase(sink))\n" }
      text += "  }\n"
    }
    return text + "}"
  }

  private func phrase(_ instruction: KernelInstruction) -> String {
    let operands = instruction.operands.map { "v\($0)" }.joined(separator: ", ")
    switch instruction.operation {
    case .load(let buffer, let map): return "load b\(buffer)[\(map.description(domainRank: domain.count))]"
    case .loadWithin(let buffer, let map, let bounds):
      return "load b\(buffer)[\(map.description(domainRank: domain.count))] where \(phrase(bounds))"
    case .isWithin(let bounds): return "within \(phrase(bounds))"
    case .gather(let buffer, let map):
      let isZero = map.offset == 0 && map.strides.allSatisfy { $0 == 0 }
      let fixed = isZero ? "" : map.description(domainRank: domain.count) + " + "
      return "gather b\(buffer)[\(fixed)\(operands)]"
    case .check(let extent): return "check \(operands) in 0 ..< \(extent)"
    case .constant(let bits):
      return "constant \(NDArray(dtype: instruction.dtype, shape: [], bits: [bits]).elementText)"
    case .index(let map): return "index \(map.description(domainRank: domain.count))"
    case .stageResult(let stage, let sink):
      return stages.indices.contains(stage) && stages[stage].sinks.count == 1
        ? "result of stage \(stage)" : "result \(sink) of stage \(stage)"
    case .function(let function): return "\(function.name) \(operands)"
    case .convert: return "convert \(operands)"
    }
  }

  private func phrase(_ bounds: [KernelInstruction.Bound]) -> String {
    bounds.map { "0 <= \($0.index.description(domainRank: domain.count)) < \($0.extent)" }.joined(
      separator: ", ")
  }

  private func phrase(_ sink: Stage.Sink) -> String {
    switch sink {
    case .store(let value, let buffer, let map):
      "store v\(value), b\(buffer)[\(map.description(domainRank: domain.count))]"
    case .reduce(let kind, let value, let lanes):
      "reduce \(kind.rawValue) v\(value), \(lanes) \(lanes == 1 ? "lane" : "lanes")"
    case .argReduce(let kind, let value): "argReduce \(kind.rawValue) v\(value)"
    case .keep(let value): "keep v\(value)"
    }
  }
}

extension NDArray {
  /// The first element, as short as its bits allow.
  fileprivate var elementText: String {
    switch dtype {
    case .float16: "\(Float16(bits: bits(at: 0)))"
    case .bfloat16: "\(BFloat16(bits: bits(at: 0)))"
    case .float32: "\(Float(bits: bits(at: 0)))"
    case .float64: "\(Double(bits: bits(at: 0)))"
    case .bool: bits(at: 0) != 0 ? "true" : "false"
    default: "\(ints.first ?? 0)"
    }
  }
}
