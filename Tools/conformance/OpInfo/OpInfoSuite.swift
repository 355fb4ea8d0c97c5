// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// PyTorch's OpInfo samples: values, gradients and second-order gradients of one operator each.
struct OpInfoSuite: ConformanceSuite {
  let name = "opinfo"
  let folder: FixtureFolder
  let cases: [CaseInfo]

  init(_ folder: FixtureFolder) {
    self.folder = folder
    cases = (0..<folder.count).map { line in
      CaseInfo(
        name: folder.text(of: "name", on: line) ?? "case \(line + 1)",
        op: folder.text(of: "op", on: line) ?? "",
        line: line, hasGradient: folder.mentions("grad", on: line),
        hasSecondGradient: folder.mentions("grad2", on: line))
    }
  }

  func build(_ info: CaseInfo) throws -> BuiltCase {
    guard let write = OpInfoOperators.table[info.op] else {
      throw NotCovered("the operator \(info.op) is not mapped")
    }
    var writer = OpInfoWriter(suite: self, name: info.name, json: try folder.parsed(info.line))
    return try writer.build(info.op, write)
  }
}

/// How operators are written with graphc, by PyTorch's name.
enum OpInfoOperators {
  typealias Writer = @Sendable (OpInfoCall) throws -> [Tensor]

  static let table: [String: Writer] = [
    elementwise, comparisons, activations, reductions, statistics, normalizations, shapes, arrangements,
    products, losses, accumulations, orders, indexing, windows, resizing, pointwise, linearAlgebra,
  ].reduce(into: [:]) { $0.merge($1) { _, later in later } }
}

/// The state of writing one case.
private struct OpInfoWriter {
  let suite: OpInfoSuite
  let name: String
  let json: JSONValue
  private var built: BuiltCase
  /// By name (`a.0`).
  private var inputs: [String: Tensor] = [:]
  private var arrays: [String: NDArray] = [:]
  /// How many elements of results that are trimmed there are along axis 0.
  private var lengths: [Tensor: Int] = [:]

  init(suite: OpInfoSuite, name: String, json: JSONValue) {
    self.suite = suite
    self.name = name
    self.json = json
    built = BuiltCase(graph: Graph())
  }

  private func tolerance(_ prefix: String = "") -> Tolerance {
    Tolerance(
      relative: json[prefix + "rtol"]?.number ?? 0, absolute: json[prefix + "atol"]?.number ?? 0)
  }

  private func expected(_ key: String) throws -> NDArray {
    guard let array = try suite.folder.tensors.array("\(name)/\(key)") else {
      throw FixtureError("\(name) has no tensor '\(key)'")
    }
    return array
  }

  mutating func build(_ op: String, _ write: OpInfoOperators.Writer) throws -> BuiltCase {
    let positional = try (json["args"]?.array ?? []).map { try argument($0) }
    var keywords: [String: OpInfoArgument] = [:]
    for (keyword, value) in json["kwargs"]?.object ?? [:] { keywords[keyword] = try argument(value) }
    let call = OpInfoCall(
      graph: built.graph, op: op, variant: json["variant"]?.string ?? "", positional: positional,
      keywords: keywords, arrays: arrays)
    let outputs = try write(call)
    let count = json["n_out"]?.integer ?? 1
    guard outputs.count == count else {
      throw FixtureError("\(outputs.count) results are made, \(count) are expected")
    }
    for (index, output) in outputs.enumerated() {
      var check = Check("out.\(index)", output, equals: try expected("out.\(index)"), within: tolerance())
      if let count = call.counts[output] {
        check.trim(0, to: count)
        lengths[output] = check.expected.shape.first
      }
      built.checks.append(check)
    }
    for key in json["post"]?.strings ?? [] {
      guard let value = call.updated[key] else { throw NotCovered("\(op) updates no \(key)") }
      built.checks.append(
        Check("post.\(key)", value, equals: try expected("post.\(key)"), within: tolerance()))
    }
    try addGradients(of: outputs)
    return built
  }

  // MARK: Arguments

  private mutating func argument(_ json: JSONValue) throws -> OpInfoArgument {
    switch json {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .integer(let number): return .integer(number)
    case .real(let number): return .real(number)
    case .string(let text): return .string(text)
    case .array(let elements):
      var list: [OpInfoArgument] = []
      for element in elements { list.append(try argument(element)) }
      return .list(list)
    case .object:
      if let key = json["t"]?.string { return .tensor(key, try input(key)) }
      if let number = json["f"]?.number { return .real(number) }
      if let name = json["dtype"]?.string {
        guard let dtype = OpInfoWriter.dtypes[name] else { throw NotCovered("the element type \(name)") }
        return .dtype(dtype)
      }
      if let bounds = json["slice"]?.array, bounds.count == 3 {
        return .slice(bounds[0].integer, bounds[1].integer, bounds[2].integer)
      }
      if json["ellipsis"] != nil { return .ellipsis }
      throw NotCovered("an argument of the form \(json)")
    }
  }

  private static let dtypes: [String: DType] = [
    "float32": .float32, "float64": .float64, "int32": .int32, "int64": .int64, "uint8": .uint8,
    "bool": .bool,
  ]

  private mutating func input(_ key: String) throws -> Tensor {
    if let known = inputs[key] { return known }
    let array = try expected(key)
    let tensor = built.graph.placeholder(array.dtype, array.shape.map { Extent($0) }, name: key)
    built.feeds[tensor] = array
    arrays[key] = array
    inputs[key] = tensor
    return tensor
  }

  // MARK: Gradients

  /// The values 0.5 … 1.5 over a shape, evenly, and zeros for what is trimmed.
  private func cotangent(_ x: Tensor) -> Tensor {
    let all = x.extents.reduce(1, *)
    let count = lengths[x].map { $0 * x.extents.dropFirst().reduce(1, *) } ?? all
    let values = (0..<all).map { place in
      place >= count ? 0 : count == 1 ? 0.5 : 0.5 + Double(place) / Double(count - 1)
    }
    let array = NDArray(dtype: .float64, shape: x.extents, bits: values.map(\.bitPattern))
    return built.graph.constant(array).converted(to: x.dtype)
  }

  /// The sum of the floating-point ones among some tensors, weighted.
  private func weightedSum(_ tensors: [Tensor]) -> Tensor? {
    tensors.filter { $0.dtype.isFloatingPoint }.map { ($0 * cotangent($0)).sum() }.reduce(nil) { sum, term in
      sum.map { $0 + term.converted(to: $0.dtype) } ?? term
    }
  }

  private mutating func addGradients(of outputs: [Tensor]) throws {
    let wanted = json["grad"]?.strings ?? []
    let absent = json["grad_none"]?.strings ?? []
    let targets = try (wanted + absent).map { try target($0) }
    guard !targets.isEmpty, let objective = weightedSum(outputs) else { return }
    let gradients = built.graph.gradients(of: objective, withRespectTo: targets, cuts: .areZero)
    for (key, gradient) in zip(wanted + absent, gradients) {
      let expected = absent.contains(key) ? zeros(key) : try expected("grad.\(key)")
      built.checks.append(
        Check("grad.\(key)", gradient, kind: .gradient, equals: expected, within: tolerance("grad_")))
    }
    try addSecondGradients(zip(wanted, gradients).map { $1 })
  }

  private mutating func addSecondGradients(_ gradients: [Tensor]) throws {
    let wanted = json["grad2"]?.strings ?? []
    let absent = json["grad2_none"]?.strings ?? []
    let targets = try (wanted + absent).map { try target($0) }
    guard !targets.isEmpty, let objective = weightedSum(gradients) else { return }
    let seconds = built.graph.gradients(of: objective, withRespectTo: targets, cuts: .areZero)
    for (key, second) in zip(wanted + absent, seconds) {
      let expected = absent.contains(key) ? zeros(key) : try expected("grad2.\(key)")
      built.checks.append(
        Check("grad2.\(key)", second, kind: .secondGradient, equals: expected, within: tolerance("grad_")))
    }
  }

  private func target(_ key: String) throws -> Tensor {
    guard let tensor = inputs[key] else { throw FixtureError("there is no argument '\(key)'") }
    return tensor
  }

  private func zeros(_ key: String) -> NDArray {
    let array = arrays[key] ?? NDArray(scalar: Float(0))
    return NDArray(dtype: array.dtype, shape: array.shape) { (_: Int) in 0 }
  }
}
