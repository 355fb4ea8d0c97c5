// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Writes the body of a stage: turns a value at an index into instructions, through everything that is computed in
/// place, down to loads of stored values. Views compose into the access map and cost no instruction, except on an index that is
/// computed itself (`ElementIndex.swift`, `ExpressionBuilder+Indirect.swift`).
struct ExpressionBuilder {
  let module: Module
  private let inlining: Inlining
  /// The indices that maps range over: the domain's axes and the stage's loop axes.
  let dimensions: Int

  private(set) var body: [KernelInstruction] = []
  /// The node behind each instruction.
  private(set) var origins: [Plan.Fault] = []
  /// The stored value behind each buffer argument.
  private(set) var arguments: [Value]

  private struct Point: Hashable {
    let value: Value
    let axes: [ElementIndex]
  }
  private var known: [Point: Int] = [:]
  /// The same for values that are computed although they are stored.
  private var defined: [Point: Int] = [:]
  private var positions: [KernelInstruction: Int] = [:]
  /// What every load keeps within.
  private let bounds: [KernelInstruction.Bound]
  /// The stored values that the kernel computes itself.
  var members: [Value: KernelMember] = [:]
  /// The members that were asked for, and whether one of them was asked for at another point than the kernel's own.
  private(set) var usedMembers: Set<Value> = []
  private(set) var isAstray = false

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

  /// - Parameter fault: what it means when the instruction fails; for one that is no integer division.
  mutating func append(
    _ instruction: KernelInstruction, from node: Node, fault: @autoclosure () -> String? = nil
  ) -> Int {
    if let position = positions[instruction] { return position }
    body.append(instruction)
    let mnemonic = node.op.mnemonic
    let message = instruction.canFault ? fault() ?? "integer \(mnemonic) by zero" : ""
    origins.append(Plan.Fault(mnemonic: mnemonic, message: message, origin: node.origin))
    positions[instruction] = body.count - 1
    return body.count - 1
  }

  /// Instructions for one element of a value. The recursion is as deep as the expression, which `Inlining` bounds.
  ///
  /// - Parameter axes: the index along each axis of the value.
  mutating func element(of value: Value, at axes: [ElementIndex]) throws -> Int {
    let point = Point(value: value, axes: axes)
    if let position = known[point] { return position }
    let position = try build(value, axes)
    known[point] = position
    return position
  }

  mutating func element(of value: Value, at axes: [AffineMap]) throws -> Int {
    try element(of: value, at: axes.map { ElementIndex($0) })
  }

  private mutating func build(_ value: Value, _ axes: [ElementIndex]) throws -> Int {
    // Under another shape the same memory is walked in the same order.
    if inlining.isInMemory(value) {
      let memory = inlining.memory(of: value)
      let node = module.nodes[memory.nodeIndex]
      if let member = members[memory] {
        usedMembers.insert(memory)
        let index = linear(axes, module.type(of: value), for: node)
        if index.offset == nil, member.isPlaced(at: index.map) {
          if let result = member.result { return append(result, of: memory) }
          return try element(definitionOf: memory, at: member.axes)
        }
        isAstray = true
      }
      return try load(memory, at: linear(axes, module.type(of: value), for: node), from: node)
    }
    return try element(definitionOf: value, at: axes)
  }

  /// Instructions that compute one element of a value, even if the value is to be stored.
  mutating func element(definitionOf value: Value, at axes: [AffineMap]) throws -> Int {
    let point = Point(value: value, axes: axes.map { ElementIndex($0) })
    if let position = defined[point] { return position }
    let position = try element(definitionOf: value, at: point.axes)
    defined[point] = position
    return position
  }

  private mutating func element(definitionOf value: Value, at axes: [ElementIndex]) throws -> Int {
    let node = module.nodes[value.nodeIndex]
    let type = module.type(of: value)
    switch node.op {
    case .constant(let constant):
      return append(KernelInstruction(.constant(constant.value.bits(at: 0)), type.dtype), from: node)
    case .iota(let rule):
      let index = axes[rule.axis]
      if index.offset == nil {
        return append(KernelInstruction(.index(index.map), type.dtype), from: node)
      }
      let number = number(index, for: node)
      return type.dtype == .int64
        ? number : append(KernelInstruction(.convert, type.dtype, [number]), from: node)
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
        operand.shape[axis] == 1 ? constantIndex(0) : axes[rule.axes[axis]]
      }
      return try element(of: node.operands[0], at: source)
    case .slice(let rule):
      let source = axes.indices.map { axis in
        // A stride that takes no step may be of any size.
        let stride = type.shape[axis] == 1 ? 0 : rule.strides[axis]
        return shifted(scaled(axes[axis], by: stride, for: node), by: rule.starts[axis])
      }
      return try element(of: node.operands[0], at: source)
    case .window(let rule):
      let operand = module.type(of: node.operands[0])
      var source = Array(axes[..<operand.rank])
      for (position, axis) in rule.geometry.axes.enumerated() {
        // The step to a second window or element that is not there may be of any size.
        let stride = type.shape[axis] == 1 ? 0 : rule.geometry.strides[position]
        let dilation = rule.geometry.sizes[position] == 1 ? 0 : rule.geometry.dilations[position]
        source[axis] = sum(
          scaled(axes[axis], by: stride, for: node),
          scaled(axes[operand.rank + position], by: dilation, for: node), for: node)
      }
      return try element(of: node.operands[0], at: source)
    case .reverse(let rule):
      let extents = type.shape.extents ?? []
      let source = axes.indices.map { axis in
        rule.axes.contains(axis)
          ? shifted(scaled(axes[axis], by: -1, for: node), by: extents[axis] - 1) : axes[axis]
      }
      return try element(of: node.operands[0], at: source)
    case .reshape:
      let operand = node.operands[0]
      guard let parts = Inlining.reshapeAxes(from: module.type(of: operand), to: type) else {
        throw Lowering.bug("a reshape that merges axes was not given a stored operand", module)
      }
      let sourceAxes = parts.map { part in
        part.reduce(constantIndex(0)) { sum($0, scaled(axes[$1.axis], by: $1.stride, for: node), for: node) }
      }
      return try element(of: operand, at: sourceAxes)
    case .gather(let rule): return try gathered(rule, node, at: axes)
    case .dynamicSlice: return try windowed(node, at: axes)
    case .dynamicUpdate: return try updated(node, at: axes)
    default:
      throw Lowering.bug("\(node.op.mnemonic) cannot be computed in place", module)
    }
  }

  private mutating func linear(_ axes: [ElementIndex], _ type: TensorType, for node: Node) -> ElementIndex {
    let strides = rowMajorStrides(type.shape.extents ?? [])
    return zip(axes, strides).reduce(constantIndex(0)) {
      sum($0, scaled($1.0, by: $1.1, for: node), for: node)
    }
  }

  private mutating func load(_ value: Value, at index: ElementIndex, from node: Node) throws -> Int {
    let argument: Int
    if let known = arguments.firstIndex(of: value) {
      argument = known
    } else {
      arguments.append(value)
      argument = arguments.count - 1
    }
    let dtype = module.type(of: value).dtype
    guard let offset = index.offset else {
      let load =
        bounds.isEmpty
        ? KernelInstruction.Operation.load(buffer: argument, at: index.map)
        : .loadWithin(buffer: argument, at: index.map, bounds)
      return append(KernelInstruction(load, dtype), from: node)
    }
    if !bounds.isEmpty { throw Lowering.bug("a place that is computed has bounds", module) }
    return append(KernelInstruction(.gather(buffer: argument, at: index.map), dtype, [offset]), from: node)
  }
}
