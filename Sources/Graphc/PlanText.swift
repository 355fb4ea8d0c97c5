// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels

/// A plan for people: what lies where, and what is done in which order.
struct PlanText {
  let plan: Plan
  /// The module that the plan was made from, before the passes; for the names of its results.
  let module: Module

  init(_ plan: Plan, _ module: Module) {
    self.plan = plan
    self.module = module
  }

  var text: String {
    let counts = [
      count(plan.steps.count, "step"), count(plan.kernels.count, "kernel"),
      "arena of \(plan.arenaByteCount) bytes",
    ]
    var text = "plan @\(module.name): \(counts.joined(separator: ", "))\n"
    text += section("buffers", rows(of: plan.buffers, place), rightAligned: [3])
    text += section("steps", rows(of: plan.steps, in: ""), rightAligned: [0])
    for (path, body) in plan.placedBodies {
      text += section("buffers of \(path)", rows(of: body.buffers, placeInBody), rightAligned: [3])
      text += section("steps of \(path)", rows(of: body.steps, in: path + "/"))
    }
    text += section("results", results)
    text += section("updates", updates)
    return text
  }

  private func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private func section(_ title: String, _ rows: [[String]], rightAligned: Set<Int> = []) -> String {
    rows.isEmpty ? "" : "\n\(title)\n" + TextTable(rows, indent: "  ", rightAligned: rightAligned).text
  }

  // MARK: Rows

  private func rows(of buffers: [Plan.Buffer], _ place: (Plan.Storage) -> String) -> [[String]] {
    buffers.enumerated().map { index, buffer in
      ["b\(index)", buffer.type.description, place(buffer.storage), "\(buffer.byteCount) bytes"]
    }
  }

  private func place(_ storage: Plan.Storage) -> String {
    switch storage {
    case .parameter(let index): parameter(index)
    case .variable(let index): variable(index)
    case .constant(let index): "constant \(index)" + constantValue(index)
    case .arena(let offset): "arena + \(offset)"
    case .output(let index): "output \(index)"
    }
  }

  private func placeInBody(_ storage: Plan.Storage) -> String {
    switch storage {
    case .parameter(let index): "operand \(index)"
    case .output(let index): "result \(index)"
    case .arena(let offset): "scratch + \(offset)"
    case .constant, .variable: place(storage)
    }
  }

  private func parameter(_ index: Int) -> String {
    "parameter \"" + (plan.parameters.indices.contains(index) ? plan.parameters[index].name : "?") + "\""
  }

  private func variable(_ index: Int) -> String {
    "variable \"" + (plan.variables.indices.contains(index) ? plan.variables[index].name : "?") + "\""
  }

  private func constantValue(_ index: Int) -> String {
    guard plan.constants.indices.contains(index), plan.constants[index].count == 1 else { return "" }
    let array = plan.constants[index]
    return switch array.dtype {
    case .float16: " = \(Float16(bits: array.bits(at: 0)))"
    case .bfloat16: " = \(BFloat16(bits: array.bits(at: 0)))"
    case .float32: " = \(Float(bits: array.bits(at: 0)))"
    case .float64: " = \(array.scalar)"
    case .bool: array.bits(at: 0) == 0 ? " = false" : " = true"
    case .uint8, .int8, .int32, .int64, .uint32: " = \(array.ints[0])"
    case .string: ""
    }
  }

  private func rows(of steps: [Plan.Step], in path: String) -> [[String]] {
    steps.enumerated().map { number, step in
      let index = path + String(number)
      let uses = step.uses
      let buffers = { (list: [Int]) in list.map { "b\($0)" }.joined(separator: ", ") }
      let arrow = "\(buffers(uses.reads)) → \(buffers(uses.writes))"
      switch step {
      case .kernel(let call): return ["\(index)", "kernel \(call.kernel)", arrow, "// " + call.label]
      case .host(let step): return ["\(index)", step.call.op.mnemonic, arrow, ""]
      case .control(let step):
        return ["\(index)", step.mnemonic, arrow, PlanText.comment(on: step)]
      case .matrixProduct, .copy: return ["\(index)", PlanText.libraryCall(step) ?? "copy", arrow, ""]
      }
    }
  }

  /// How a step runs its bodies.
  private static func comment(on step: Plan.ControlStep) -> String {
    guard case .scan(let scan) = step.kind else { return "" }
    let places = scan.places.enumerated().map { carry, place in
      switch place {
      case .turns: "carry \(carry) in turns"
      case .history(let output): "carry \(carry) before each step in output \(output)"
      case .output(let output): "carry \(carry) in output \(output)"
      }
    }
    let steps = "\(scan.length) steps" + (scan.reverse ? " backwards" : "")
    return "// " + ([steps] + places).joined(separator: ", ")
  }

  private var results: [[String]] {
    plan.results.enumerated().map { index, source in
      let name = module.results.indices.contains(index) ? module.results[index].name : ""
      return ["\"\(name)\"", source.type.description, place(source.place)]
    }
  }

  private var updates: [[String]] {
    plan.updates.map { [variable($0.variable), $0.source.type.description, place($0.source.place)] }
  }

  private func place(_ place: Plan.Source.Place) -> String {
    switch place {
    case .parameter(let index): parameter(index)
    case .variable(let index): variable(index)
    case .constant(let index): "constant \(index)"
    case .output(let index): "output \(index)"
    }
  }

  /// What a step asks of a library, or nil for a step of another kind: `dot f32 [4,2] × [2,8]ᵀ`.
  static func libraryCall(_ step: Plan.Step) -> String? {
    guard case .matrixProduct(let product, _, _, _, _) = step else { return nil }
    let batch = product.batch == 1 ? "" : "\(product.batch) × "
    let a = product.transposeA ? "[\(product.k),\(product.m)]ᵀ" : "[\(product.m),\(product.k)]"
    let b = product.transposeB ? "[\(product.n),\(product.k)]ᵀ" : "[\(product.k),\(product.n)]"
    return "dot \(product.dtype) \(batch)\(a) · \(b)"
  }
}

/// Rows of texts under one another.
struct TextTable {
  let rows: [[String]]
  let indent: String
  let rightAligned: Set<Int>

  init(_ rows: [[String]], indent: String = "", rightAligned: Set<Int> = []) {
    self.rows = rows
    self.indent = indent
    self.rightAligned = rightAligned
  }

  var text: String { text(width: .max) }

  /// - Parameter width: lines that are longer are cut short.
  func text(width: Int) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? "" : "  ") + (rightAligned.contains(column) ? padding + cell : cell + padding)
      }
      while line.last == " " { line.removeLast() }
      if line.count > width { line = line.prefix(width - 1) + "…" }
      return line + "\n"
    }.joined()
  }
}
