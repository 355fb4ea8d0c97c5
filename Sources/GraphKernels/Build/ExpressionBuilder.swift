// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Writes the body of a stage: turns a value at an index into instructions, through everything that is computed in
/// place, down to loads of stored values. Views compose into the access map and cost no instruction.
struct ExpressionBuilder {
  private let module: Module
  private let inlining: Inlining
  /// The indices that maps range over: the domain's axes and the stage's loop axes.
  private let dimensions: Int

  private(set) var body: [KernelInstruction] = []
  /// The node behind each instruction.
  private(set) var origins: [Plan.Fault] = []
  /// The stored value behind each buffer argument.
  private(set) var arguments: [Value]

  private struct Point: Hashable {
    let value: Value
    let axes: [AffineMap]
  }
  private var known: [Point: Int] = [:]
  private var positions: [KernelInstruction: Int] = [:]
  /// What every load keeps within.
  private let bounds: [KernelInstruction.Bound]

  /// - Parameter bounds: an element outside of them is 0 wherever it is loaded.
  init(
    module: Module, inlining: Inlining, dimensions: Int, arguments: [Value] = [],
    bounds: [KernelInstruction.Bound] = []
  ) {
    self.bounds = bounds
    self.module = module
    self.inlining = inlining
    self.dimensions = dimensions
    self.arguments = arguments
  }

  mutating func append(_ instruction: KernelInstruction, from node: Node) -> Int {
    if let position = positions[instruction] { return position }
    body.append(instruction)
    origins.append(Plan.Fault(mnemonic: node.op.mnemonic, origin: node.origin))
    positions[instruction] = body.count - 1
    return body.count - 1
  }

  /// Instructions for one element of a value. The recursion is as deep as the expression, which `Inlining` bounds.
  ///
  /// - Parameter axes: the index along each axis of the value.
  mutating func element(of value: Value, at axes: [AffineMap]) throws -> Int {
    let point = Point(value: value, axes: axes)
    if let position = known[point] { return position }
    let position = try build(value, axes)
    known[point] = position
    return position
  }

  private mutating func build(_ value: Value, _ axes: [AffineMap]) throws -> Int {
    // Under another shape the same memory is walked in the same order.
    if inlining.isInMemory(value) {
      let memory = inlining.memory(of: value)
      return load(memory, at: linear(axes, module.type(of: value)), from: module.nodes[memory.nodeIndex])
    }
    return try element(definitionOf: value, at: axes)
  }

  /// Instructions that compute one element of a value, even if the value is to be stored.
  mutating func element(definitionOf value: Value, at axes: [AffineMap]) throws -> Int {
    let node = module.nodes[value.nodeIndex]
    let type = module.type(of: value)
    switch node.op {
    case .constant(let constant):
      return append(KernelInstruction(.constant(constant.value.bits(at: 0)), type.dtype), from: node)
    case .iota(let rule):
      return append(KernelInstruction(.index(axes[rule.axis]), type.dtype), from: node)
    case .pointwise(let rule):
      let operands = try node.operands.map { try element(of: $0, at: axes) }
      return append(KernelInstruction(.function(rule.function), type.dtype, operands), from: node)
    case .convert:
      let operand = try element(of: node.operands[0], at: axes)
      return append(KernelInstruction(.convert, type.dtype, [operand]), from: node)
    case .identity, .stopGradient:
      return try element(of: node.operands[0], at: axes)
    case .transpose(let rule):
      return try element(of: node.operands[0], at: rule.inverse.map { axes[$0] })
    case .broadcast(let rule):
      let operand = module.type(of: node.operands[0])
      let source = rule.axes.indices.map { axis in
        operand.shape[axis] == 1 ? AffineMap.constant(0, dimensions: dimensions) : axes[rule.axes[axis]]
      }
      return try element(of: node.operands[0], at: source)
    case .slice(let rule):
      let source = axes.indices.map { axis in
        // A stride that takes no step may be of any size.
        axes[axis] * (type.shape[axis] == 1 ? 0 : rule.strides[axis])
          + .constant(rule.starts[axis], dimensions: dimensions)
      }
      return try element(of: node.operands[0], at: source)
    case .window(let rule):
      let operand = module.type(of: node.operands[0])
      var source = Array(axes[..<operand.rank])
      for (position, axis) in rule.geometry.axes.enumerated() {
        // The step to a second window or element that is not there may be of any size.
        let stride = type.shape[axis] == 1 ? 0 : rule.geometry.strides[position]
        let dilation = rule.geometry.sizes[position] == 1 ? 0 : rule.geometry.dilations[position]
        source[axis] = axes[axis] * stride + axes[operand.rank + position] * dilation
      }
      return try element(of: node.operands[0], at: source)
    case .reverse(let rule):
      let extents = type.shape.extents ?? []
      let source = axes.indices.map { axis in
        rule.axes.contains(axis)
          ? axes[axis] * -1 + .constant(extents[axis] - 1, dimensions: dimensions) : axes[axis]
      }
      return try element(of: node.operands[0], at: source)
    case .reshape:
      let operand = node.operands[0]
      guard let parts = Inlining.reshapeAxes(from: module.type(of: operand), to: type) else {
        throw Lowering.bug("a reshape that merges axes was not given a stored operand", module)
      }
      let sourceAxes = parts.map { part in
        part.reduce(AffineMap.constant(0, dimensions: dimensions)) { $0 + axes[$1.axis] * $1.stride }
      }
      return try element(of: operand, at: sourceAxes)
    default:
      throw Lowering.bug("\(node.op.mnemonic) cannot be computed in place", module)
    }
  }

  private func linear(_ axes: [AffineMap], _ type: TensorType) -> AffineMap {
    let strides = rowMajorStrides(type.shape.extents ?? [])
    return zip(axes, strides).reduce(AffineMap.constant(0, dimensions: dimensions)) { $0 + $1.0 * $1.1 }
  }

  private mutating func load(_ value: Value, at map: AffineMap, from node: Node) -> Int {
    let argument: Int
    if let known = arguments.firstIndex(of: value) {
      argument = known
    } else {
      arguments.append(value)
      argument = arguments.count - 1
    }
    let dtype = module.type(of: value).dtype
    let load =
      bounds.isEmpty
      ? KernelInstruction.Operation.load(buffer: argument, at: map)
      : .loadWithin(buffer: argument, at: map, bounds)
    return append(KernelInstruction(load, dtype), from: node)
  }
}
