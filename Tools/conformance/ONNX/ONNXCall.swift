// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// A node with its inputs at hand: what the operators are written in terms of.
struct ONNXCall {
  let builder: ONNXBuilder
  let node: ONNXNode
  let inputs: [ONNXValue?]
  /// What the node's nested graphs see.
  let scope: [String: ONNXValue]

  var graph: Graph { builder.graph }
  var opset: Int { builder.description.opset }

  /// The inputs of the case on which the results depend; nested graphs may depend on anything in scope.
  var sources: Set<String> {
    let hasGraphs = node.attributes.values.contains { $0["graph"] != nil }
    let values = inputs.compactMap { $0 } + (hasGraphs ? Array(scope.values) : [])
    return values.reduce(into: []) { $0.formUnion($1.sources) }
  }

  // MARK: Inputs

  /// An input that must be there.
  func input(_ index: Int) throws -> Tensor {
    guard let tensor = optional(index) else { throw FixtureError("\(node.op) lacks input \(index)") }
    return tensor
  }

  /// An input, or nil where it is left out.
  func optional(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index]?.tensor : nil }

  /// The elements of an input that must be known while the graph is built; nil where it is left out.
  /// - Throws: `NeedsConstants` where they depend on inputs of the case.
  func optionalArray(_ index: Int) throws -> NDArray? {
    guard index < inputs.count, let value = inputs[index] else { return nil }
    return try builder.array(of: value)
  }

  func array(_ index: Int) throws -> NDArray {
    guard let array = try optionalArray(index) else { throw FixtureError("\(node.op) lacks input \(index)") }
    return array
  }

  func integers(_ index: Int) throws -> [Int] { try array(index).ints }
  func optionalIntegers(_ index: Int) throws -> [Int]? { try optionalArray(index)?.ints }

  /// Integers that are an attribute in some opsets and an input in others; nil where they are left out.
  func integers(_ attribute: String, orInput index: Int) throws -> [Int]? {
    try integers(attribute) ?? optionalIntegers(index)
  }

  /// Whether output `index` is wanted.
  func wants(_ index: Int) -> Bool { index < node.outputs.count && !node.outputs[index].isEmpty }

  // MARK: Attributes

  func has(_ attribute: String) -> Bool { node.attributes[attribute] != nil }

  func integer(_ attribute: String) -> Int? { node.attributes[attribute]?["i"]?.integer }
  func integer(_ attribute: String, _ standard: Int) -> Int { integer(attribute) ?? standard }
  func flag(_ attribute: String, _ standard: Bool = false) -> Bool {
    integer(attribute).map { $0 != 0 } ?? standard
  }

  func real(_ attribute: String) -> Double? { node.attributes[attribute]?["f"]?.number }
  /// A real attribute; all of them are `float32`.
  func real(_ attribute: String, _ standard: Float) -> Double { real(attribute) ?? Double(standard) }

  func text(_ attribute: String, _ standard: String) -> String {
    node.attributes[attribute]?["s"]?.string ?? standard
  }

  func integers(_ attribute: String) -> [Int]? { node.attributes[attribute]?["ints"]?.integers }
  func reals(_ attribute: String) -> [Double]? {
    node.attributes[attribute]?["floats"]?.array?.compactMap(\.number)
  }
  func texts(_ attribute: String) -> [String]? { node.attributes[attribute]?["strings"]?.strings }

  func tensor(_ attribute: String) throws -> NDArray? {
    try node.attributes[attribute]?["tensor"]?.string.map { try builder.description.array($0) }
  }

  func nested(_ attribute: String) throws -> ONNXGraph {
    guard let json = node.attributes[attribute]?["graph"] else {
      throw FixtureError("\(node.op) lacks its graph '\(attribute)'")
    }
    return try ONNXGraph(json)
  }

  // MARK: Shapes and types

  /// The extents of a tensor, all of them numbers.
  func extents(_ tensor: Tensor) throws -> [Int] {
    guard let extents = tensor.shape.extents else { throw NotCovered("a shape that depends on data") }
    return extents
  }

  /// An axis counted from the front.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    let index = axis < 0 ? axis + rank : axis
    guard (0..<Swift.max(rank, 1)).contains(index) else {
      throw FixtureError("\(node.op): axis \(axis) of \(rank)")
    }
    return index
  }

  /// The type with this number in ONNX.
  func dtype(_ number: Int) throws -> DType {
    let names = [
      1: "f32", 2: "u8", 3: "i8", 6: "i32", 7: "i64", 9: "bool", 10: "f16", 11: "f64", 12: "u32", 16: "bf16",
    ]
    guard let name = names[number], let dtype = DType(name: name) else {
      throw NotCovered("the element type number \(number)")
    }
    return dtype
  }

  /// Refuses what has no counterpart.
  func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    if !condition { throw NotCovered("\(node.op) with \(what())") }
  }
}

/// How nodes are written with graphc, by operator.
enum ONNXOperators {
  /// The results of a node, in order; nil for one that is not made.
  typealias Build = @Sendable (ONNXCall) throws -> [Tensor?]

  static let table: [String: Build] = {
    var table: [String: Build] = [:]
    for family in [
      elementwise, arithmetic, activations, reductions, shapes, joins, constants, products, normalization,
      losses, attention, recurrent, controlFlow, ordering, indexing, windows, resizing, pointwise,
    ] {
      table.merge(family) { first, _ in first }
    }
    return table
  }()

  /// An operator of one result.
  static func single(_ body: @escaping @Sendable (ONNXCall) throws -> Tensor) -> Build { { [try body($0)] } }

  /// An operator of one input and one result.
  static func unary(_ body: @escaping @Sendable (Tensor) -> Tensor) -> Build { { [body(try $0.input(0))] } }
}
