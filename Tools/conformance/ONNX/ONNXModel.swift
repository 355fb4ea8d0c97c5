// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// A graph of ONNX as the fixtures write it.
struct ONNXGraph: Sendable {
  /// The name and, where all of it is known, the shape of each input.
  let inputs: [String]
  let outputs: [String]
  let initializers: [(name: String, tensor: String)]
  /// In topological order.
  let nodes: [ONNXNode]

  init(_ json: JSONValue) throws {
    let names = { (member: String) throws in
      try (json[member]?.array ?? []).map { entry in
        guard let name = entry["name"]?.string else { throw FixtureError("a graph's \(member) has no name") }
        return name
      }
    }
    inputs = try names("inputs")
    outputs = try names("outputs")
    initializers = try (json["initializers"]?.array ?? []).map { entry in
      guard let name = entry["name"]?.string, let tensor = entry["tensor"]?.string else {
        throw FixtureError("an initializer has no name or no tensor")
      }
      return (name, tensor)
    }
    nodes = try (json["nodes"]?.array ?? []).map(ONNXNode.init)
  }
}

/// One operation of a graph.
struct ONNXNode: Sendable {
  let op: String
  /// Names of values; an empty one is an input that is left out.
  let inputs: [String]
  /// Names of values; an empty one is an output that nobody wants.
  let outputs: [String]
  let attributes: [String: JSONValue]

  init(_ json: JSONValue) throws {
    guard let op = json["op"]?.string, let inputs = json["in"]?.strings, let outputs = json["out"]?.strings
    else {
      throw FixtureError("a node lacks its op, its inputs or its outputs")
    }
    self.op = op
    self.inputs = inputs
    self.outputs = outputs
    attributes = json["attrs"]?.object ?? [:]
  }
}

/// One value of a graph on its way to graphc.
struct ONNXValue {
  let tensor: Tensor
  /// The inputs of the case on whose elements the value depends, those that are bound as constants apart.
  let sources: Set<String>
}

/// The elements of these inputs decide a shape, an axis, a count or a branch, so they must be bound when the graph is
/// built.
struct NeedsConstants: Error {
  let names: Set<String>
}
