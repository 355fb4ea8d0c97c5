// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The name of a result of a node; equality is identity within one graph.
public struct Value: Hashable, Sendable {
  public let node: Int32
  public let result: Int32

  public init(node: Int32, result: Int32 = 0) {
    self.node = node
    self.result = result
  }

  public var nodeIndex: Int { Int(node) }
}

/// One operation applied to earlier values. Nodes are immutable; an operand's node precedes its user.
public struct Node: Sendable {
  public let op: Op
  public let operands: [Value]
  public let types: [TensorType]
  public var origin: Origin

  public init(op: Op, operands: [Value], types: [TensorType], origin: Origin) {
    self.op = op
    self.operands = operands
    self.types = types
    self.origin = origin
  }
}
