// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A value of a graph: an expression, not numbers. A session computes the numbers.
///
/// Equal tensors are the same value of the same graph.
public struct Tensor: TensorConvertible {
  public let graph: Graph
  let value: Value

  init(graph: Graph, value: Value) {
    self.graph = graph
    self.value = value
  }

  public var tensor: Tensor { self }

  private var knownType: TensorType? { graph.withState { $0.knownType(of: value) } }

  /// The element type; `float32` where an invalid expression leaves it open.
  public var dtype: DType { knownType?.dtype ?? .float32 }

  /// The extents, nil where a run decides.
  public var shape: TensorShape { TensorShape(knownType?.shape) }

  /// The number of axes; 0 for an invalid expression.
  public var rank: Int { shape.rank }

  /// The name that the program gave, made unique; nil for an expression without one.
  public var name: String? { graph.withState { $0.names[value] } }

  /// Whether the expression is valid; where it is not, `graph.diagnostics` says why.
  public var isValid: Bool { value.poisonIndex == nil }
}

extension Tensor: Hashable {
  public static func == (lhs: Tensor, rhs: Tensor) -> Bool {
    lhs.graph === rhs.graph && lhs.value == rhs.value
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(graph))
    hasher.combine(value)
  }
}

extension Tensor: CustomStringConvertible {
  /// What it is and its type: `placeholder "x": f32[?0,784]`.
  public var description: String {
    graph.withState { state in
      guard value.poisonIndex == nil else { return "an invalid expression" }
      return "\(state.describe(value)): \(state.builder.type(of: value))"
    }
  }
}

/// State that a session keeps between runs. In an expression it stands for its value at the start of the run.
public struct Variable: TensorConvertible, Hashable {
  /// The value before the run; every read within a run sees it, whatever the run assigns.
  public let value: Tensor

  init(value: Tensor) { self.value = value }

  public var tensor: Tensor { value }
  public var graph: Graph { value.graph }
  public var dtype: DType { value.dtype }
  public var shape: TensorShape { value.shape }
  public var rank: Int { value.rank }
  /// Unique within the graph.
  public var name: String { value.name ?? "" }
}

extension Variable: CustomStringConvertible {
  public var description: String { value.description }
}

/// Something to run for its effect: assignments, mostly.
public struct Operation: Sendable, Hashable {
  /// What is computed; results of `assign` among them update their variables.
  public let tensors: [Tensor]
  public let name: String?

  init(tensors: [Tensor], name: String? = nil) {
    self.tensors = tensors
    self.name = name
  }
}

/// What can be run for its effect: operations, and tensors such as the results of `assign`.
public protocol OperationConvertible: Sendable {
  var operation: Operation { get }
}

extension Operation: OperationConvertible {
  public var operation: Operation { self }
}

extension Tensor: OperationConvertible {
  public var operation: Operation { Operation(tensors: [self]) }
}

extension Variable: OperationConvertible {
  public var operation: Operation { value.operation }
}
