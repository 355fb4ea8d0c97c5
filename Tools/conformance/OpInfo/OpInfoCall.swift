// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// One call of an operator: its arguments, tensors as placeholders of the case's graph.
final class OpInfoCall {
  let graph: Graph
  let op: String
  let variant: String
  private let positional: [OpInfoArgument]
  private let keywords: [String: OpInfoArgument]
  private let arrays: [String: NDArray]
  /// New values of arguments that the operator updates in place, by their names (`a.1`).
  var updated: [String: Tensor] = [:]
  /// How many elements of a result count along axis 0, a scalar, where that depends on data.
  var counts: [Tensor: Tensor] = [:]

  init(
    graph: Graph, op: String, variant: String, positional: [OpInfoArgument],
    keywords: [String: OpInfoArgument], arrays: [String: NDArray]
  ) {
    self.graph = graph
    self.op = op
    self.variant = variant
    self.positional = positional
    self.keywords = keywords
    self.arrays = arrays
  }

  /// How many arguments stand without a name.
  var count: Int { positional.count }

  /// The argument at a position or with a name; nil where it is left out, or null.
  func argument(_ position: Int?, _ name: String? = nil) -> OpInfoArgument? {
    let given = position.flatMap { positional.indices.contains($0) ? positional[$0] : nil }
    let value = given ?? name.flatMap { keywords[$0] }
    if case .null? = value { return nil }
    return value
  }

  private func mismatch(_ position: Int?, _ name: String?, _ wanted: String) -> FixtureError {
    FixtureError("\(op): argument \(name ?? position.map(String.init) ?? "?") is no \(wanted)")
  }

  // MARK: Tensors

  func optionalTensor(_ position: Int?, _ name: String? = nil) throws -> Tensor? {
    switch argument(position, name) {
    case nil: return nil
    case .tensor(_, let tensor): return tensor
    case .real(let number): return graph.constant(NDArray(scalar: number))
    case .integer(let number): return graph.constant(NDArray(scalar: Int64(number)))
    default: throw mismatch(position, name, "tensor")
    }
  }

  func tensor(_ position: Int?, _ name: String? = nil) throws -> Tensor {
    guard let tensor = try optionalTensor(position, name) else { throw mismatch(position, name, "tensor") }
    return tensor
  }

  /// A list of tensors, or the tensors from a position on.
  func tensors(_ position: Int) throws -> [Tensor] {
    if case .list(let elements)? = argument(position) {
      return try elements.map { element in
        guard case .tensor(_, let tensor) = element else { throw mismatch(position, nil, "list of tensors") }
        return tensor
      }
    }
    return try (position..<count).map { try tensor($0) }
  }

  /// The elements of a tensor argument, for what a graph needs to know when it is built.
  func array(_ position: Int?, _ name: String? = nil) throws -> NDArray {
    guard case .tensor(let key, _)? = argument(position, name), let array = arrays[key] else {
      throw mismatch(position, name, "tensor")
    }
    return array
  }

  /// The name of a tensor argument, for `updated`.
  func key(_ position: Int?, _ name: String? = nil) -> String? {
    if case .tensor(let key, _)? = argument(position, name) { return key }
    return nil
  }

  // MARK: Numbers and words

  func integer(_ position: Int?, _ name: String? = nil) throws -> Int? {
    switch argument(position, name) {
    case nil: return nil
    case .integer(let number): return number
    case .tensor: return Int(try array(position, name).scalar)
    default: throw mismatch(position, name, "integer")
    }
  }

  func integer(_ position: Int?, _ name: String? = nil, default value: Int) throws -> Int {
    try integer(position, name) ?? value
  }

  func number(_ position: Int?, _ name: String? = nil) throws -> Double? {
    switch argument(position, name) {
    case nil: return nil
    case .integer(let number): return Double(number)
    case .real(let number): return number
    case .bool(let value): return value ? 1 : 0
    default: throw mismatch(position, name, "number")
    }
  }

  func number(_ position: Int?, _ name: String? = nil, default value: Double) throws -> Double {
    try number(position, name) ?? value
  }

  func bool(_ position: Int?, _ name: String? = nil, default value: Bool = false) throws -> Bool {
    switch argument(position, name) {
    case nil: return value
    case .bool(let value): return value
    default: throw mismatch(position, name, "truth value")
    }
  }

  func string(_ position: Int?, _ name: String? = nil) throws -> String? {
    switch argument(position, name) {
    case nil: return nil
    case .string(let text): return text
    default: throw mismatch(position, name, "text")
    }
  }

  func dtype(_ position: Int?, _ name: String? = nil) throws -> DType? {
    switch argument(position, name) {
    case nil: return nil
    case .dtype(let dtype): return dtype
    default: throw mismatch(position, name, "element type")
    }
  }

  /// One integer or several.
  func integers(_ position: Int?, _ name: String? = nil) throws -> [Int]? {
    switch argument(position, name) {
    case nil: return nil
    case .integer(let number): return [number]
    case .tensor: return try array(position, name).ints
    case .list(let elements):
      return try elements.map { element in
        guard case .integer(let number) = element else { throw mismatch(position, name, "list of integers") }
        return number
      }
    default: throw mismatch(position, name, "list of integers")
    }
  }

  /// One integer for all of `count` axes, or one for each.
  func integers(_ position: Int?, _ name: String? = nil, count: Int, default value: Int) throws -> [Int] {
    let given = try integers(position, name) ?? [value]
    return given.count == 1 ? Array(repeating: given[0], count: count) : given
  }

  /// Axes counted from the front; all for an argument left out or empty.
  func axes(_ position: Int?, _ name: String? = "dim", of x: Tensor) throws -> [Int] {
    guard let axes = try integers(position, name), !axes.isEmpty else { return Array(0..<x.rank) }
    return x.rank == 0 ? [] : axes.map { $0 < 0 ? $0 + x.rank : $0 }
  }
}

/// An argument as the fixtures have it.
enum OpInfoArgument {
  /// A tensor and its name in the case.
  case tensor(String, Tensor)
  case integer(Int)
  case real(Double)
  case bool(Bool)
  case string(String)
  case dtype(DType)
  case list([OpInfoArgument])
  case slice(Int?, Int?, Int?)
  case ellipsis
  case null
}

extension Tensor {
  /// Of a static shape.
  var extents: [Int] { shape.map { $0 ?? 0 } }
}
