// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// Writes one case with graphc.
final class ONNXBuilder {
  let description: ONNXCase
  let graph = Graph()
  /// Inputs whose elements are bound.
  private let constants: Set<String>
  private var feeds: [Tensor: NDArray] = [:]
  /// Values of tensors that depend on no placeholder, as far as they were wanted.
  private var known: [Tensor: NDArray] = [:]
  /// What the values made so far depend on; those of a nested graph do not depend on all that it sees.
  private var sourcesOf: [Tensor: Set<String>] = [:]
  /// How many elements of a result count along an axis, where that depends on data.
  private(set) var bounds: [Tensor: Bound] = [:]

  /// What a part of the graph that runs many times depends on, as if it were an input: where its elements must be known,
  /// loops are unrolled and branches taken.
  static let unrolling = "(steps)"
  /// How many regions are being built around what is added to the graph.
  private var depth = 0

  struct Bound {
    let axis: Int
    /// A scalar.
    let count: Tensor
  }

  init(_ description: ONNXCase, constants: Set<String>) {
    self.description = description
    self.constants = constants
  }

  func build() throws -> BuiltCase {
    var scope: [String: ONNXValue] = [:]
    for name in description.graph.inputs {
      guard let json = description.inputs[name] else { continue }
      scope[name] = try input(name, description.input(json))
    }
    let outputs = try run(description.graph, &scope)
    var built = BuiltCase(graph: graph)
    for (name, value) in zip(description.graph.outputs, outputs) {
      guard let key = description.outputs[name]?["tensor"]?.string else { continue }
      var check = Check(
        name, value.tensor, equals: try description.array(key), within: description.tolerance)
      if let bound = bounds[value.tensor] {
        check.trim(bound.axis, to: bound.count)
      }
      built.checks.append(check)
    }
    if built.checks.isEmpty { throw FixtureError("the case has no outputs") }
    built.feeds = feeds
    return built
  }

  private func input(_ name: String, _ array: NDArray) -> ONNXValue {
    if constants.contains(name) { return ONNXValue(tensor: constant(array), sources: []) }
    let placeholder = graph.placeholder(array.dtype, array.shape.map { Extent($0) })
    feeds[placeholder] = array
    return ONNXValue(tensor: placeholder, sources: [name])
  }

  // MARK: Regions

  /// Whether loops are unrolled.
  var isUnrolling: Bool { constants.contains(ONNXBuilder.unrolling) }

  /// Calls what builds regions.
  func withinRegion<Result>(_ body: () throws -> Result) rethrows -> Result {
    depth += 1
    defer { depth -= 1 }
    return try body()
  }

  // MARK: Graphs

  /// The outputs of a graph whose inputs are in the scope.
  func run(_ graph: ONNXGraph, _ scope: inout [String: ONNXValue]) throws -> [ONNXValue] {
    for (name, key) in graph.initializers where scope[name] == nil {
      scope[name] = ONNXValue(tensor: constant(try description.array(key)), sources: [])
    }
    for node in graph.nodes { try run(node, &scope) }
    return try graph.outputs.map { name in
      guard let value = scope[name] else { throw FixtureError("nothing makes the output '\(name)'") }
      return value
    }
  }

  private func run(_ node: ONNXNode, _ scope: inout [String: ONNXValue]) throws {
    guard let build = ONNXOperators.table[node.op] else {
      throw NotCovered("the operator \(node.op) is not mapped")
    }
    var inputs: [ONNXValue?] = []
    for name in node.inputs {
      if name.isEmpty {
        inputs.append(nil)
        continue
      }
      guard let value = scope[name] else {
        // An optional input of the case that it leaves out.
        inputs.append(nil)
        continue
      }
      // A result of open size can be an operand only when its elements are known.
      if bounds[value.tensor] != nil { throw NeedsConstants(names: value.sources) }
      inputs.append(value)
    }
    let call = ONNXCall(builder: self, node: node, inputs: inputs, scope: scope)
    let results = try build(call)
    if let mistake = graph.diagnostics.first { throw mistake }
    let sources = call.sources
    for (name, result) in zip(node.outputs, results) where !name.isEmpty {
      guard let result else { throw NotCovered("the output '\(name)' of \(node.op)") }
      let known = known[result] == nil ? sourcesOf[result] : []
      sourcesOf[result] = known ?? sources
      scope[name] = ONNXValue(tensor: result, sources: known ?? sources)
    }
    if let name = node.outputs.dropFirst(results.count).first(where: { !$0.isEmpty }) {
      throw NotCovered("the output '\(name)' of \(node.op)")
    }
  }

  // MARK: Constants

  /// An array whose value later nodes may ask for.
  func constant(_ array: NDArray) -> Tensor {
    let tensor = graph.constant(array)
    known[tensor] = array
    return tensor
  }

  func constant(_ integers: [Int]) -> Tensor { constant(NDArray(integers.map { Int64($0) })) }

  /// The value of a tensor, computed where it depends on constants alone.
  /// - Throws: `NeedsConstants` where it does not.
  func array(of value: ONNXValue) throws -> NDArray {
    if let array = known[value.tensor] { return array }
    if !value.sources.isEmpty { throw NeedsConstants(names: value.sources) }
    // A value of a region cannot be had on its own.
    if depth > 0 { throw NeedsConstants(names: [ONNXBuilder.unrolling]) }
    let array = try Session(graph, engine: .interpreter).run(value.tensor)
    known[value.tensor] = array
    return array
  }

  // MARK: Results of open size

  /// Says that only the first elements along an axis count.
  func bound(_ tensor: Tensor, axis: Int, count: Tensor) { bounds[tensor] = Bound(axis: axis, count: count) }
}
