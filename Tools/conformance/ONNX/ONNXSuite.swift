// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// The backend tests of ONNX: values of single nodes and of whole graphs.
struct ONNXSuite: ConformanceSuite {
  let name = "onnx"
  let folder: FixtureFolder
  let cases: [CaseInfo]

  init(_ folder: FixtureFolder) {
    self.folder = folder
    let heads = (0..<folder.count).map { line in
      (
        name: folder.text(of: "name", on: line) ?? "case \(line + 1)",
        family: folder.text(of: "family", on: line) ?? "", ops: folder.texts(of: "ops", on: line)
      )
    }
    // A case of many nodes that expands an op counts in that op's row.
    var ops: [String: String] = [:]
    for head in heads where head.ops.count == 1 { ops[head.family] = head.ops[0] }
    cases = heads.enumerated().map { line, head in
      CaseInfo(name: head.name, op: ops[head.family] ?? "graph", line: line)
    }
  }

  func build(_ info: CaseInfo) throws -> BuiltCase {
    let json = try folder.parsed(info.line)
    guard let graph = json["graph"], let relative = json["rtol"]?.number, let absolute = json["atol"]?.number
    else {
      throw FixtureError("the case has no graph or no tolerance")
    }
    let description = try ONNXCase(
      name: info.name, opset: json["opset"]?["ai.onnx"]?.integer ?? 1, graph: ONNXGraph(graph),
      inputs: json["inputs"]?.object ?? [:], outputs: json["outputs"]?.object ?? [:],
      tolerance: Tolerance(relative: relative, absolute: absolute), tensors: folder.tensors)
    var constants: Set<String> = []
    // Each round binds at least one more input.
    while true {
      do {
        return try ONNXBuilder(description, constants: constants).build()
      } catch let needed as NeedsConstants where !needed.names.isSubset(of: constants) {
        constants.formUnion(needed.names)
      }
    }
  }
}

/// A case as its line has it.
struct ONNXCase: Sendable {
  let name: String
  let opset: Int
  let graph: ONNXGraph
  let inputs: [String: JSONValue]
  let outputs: [String: JSONValue]
  let tolerance: Tolerance
  let tensors: SafeTensors

  /// A tensor of the case.
  func array(_ key: String) throws -> NDArray {
    guard let array = try tensors.array("\(name)/\(key)") else {
      throw FixtureError("there is no tensor '\(key)'")
    }
    return array
  }

  /// The value of an input: stored, or n steps from 0 to almost 1.
  func input(_ json: JSONValue) throws -> NDArray {
    if let key = json["tensor"]?.string { return try array(key) }
    guard let shape = json["ramp"]?.integers else { throw FixtureError("an input has no value") }
    let count = shape.reduce(1, *)
    return NDArray(dtype: .float32, shape: shape) { (index: Int) in Float(Double(index) / Double(count)).bits
    }
  }
}
