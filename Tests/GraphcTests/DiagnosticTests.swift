// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Diagnostics of building")
struct DiagnosticTests {
  let graph = Graph()

  @Test("A mismatch of matmul, word for word")
  func wholeText() {
    let x = graph.placeholder(.float32, [nil, 784], name: "x")
    let line = #line + 3
    graph.scope("classifier") {
      graph.scope("dense_2") {
        let dropout = graph.identity(x, name: "dropout")
        let kernel = graph.variable([100, 10], name: "kernel")
        #expect(!matmul(dropout, kernel).isValid)
      }
    }
    #expect(
      graph.diagnostics.first?.description == """
        error[dot.C2]: matmul: inner dimensions differ: lhs f32[?0,784] axis 1 is 784, rhs f32[100,10] axis 0 is 100
          --> DiagnosticTests.swift:\(line + 2) in scope "classifier/dense_2"
          note: lhs is %1 "classifier/dense_2/dropout", created at DiagnosticTests.swift:\(line)
          note: rhs is variable "classifier/dense_2/kernel", created at DiagnosticTests.swift:\(line + 1)
        """)
    #expect(graph.diagnostics.first?.kind == .graph)
  }

  @Test("An operator's line is found")
  func operatorLine() {
    let (a, b) = (graph.zeros([3]), graph.zeros([4]))
    _ = a + b
    let line = #line - 1
    let location = graph.diagnostics.first?.location
    #expect(location?.description == "DiagnosticTests.swift:\(line)")
    // On one line: of a closure that it inlines an optimized build knows the line where it begins.
    _ = graph.scope("inner") { [a].map { $0 * 2 .< b } }
    let second = #line - 1
    #expect(graph.diagnostics.last?.location?.description == "DiagnosticTests.swift:\(second)")
    #expect(graph.diagnostics.last?.scope == "inner")
  }

  @Test("An operator's line in a function of another file's extension counts as the program's")
  func extensionLine() {
    let bad = graph.zeros([3]).scaledBadly()
    #expect(bad.complaint.hasPrefix("[broadcast.mismatch] *:"))
    #expect(graph.diagnostics.first?.location?.line == badLine)
  }

  @Test("What is the library's own source and what is not")
  func userSource() {
    #expect(UserFrame.isUserSource(#filePath))
    #expect(UserFrame.isUserSource("/home/user/App/Sources/App/Graphc/Model.swift"))
    #expect(!UserFrame.isUserSource("//<compiler-generated>"))
    // As an optimized build writes them.
    #expect(UserFrame.isUserSource("Sources/App/Graphc/Model.swift"))
    #expect(!UserFrame.isUserSource("Sources/Graphc/Tensor.swift"))
    #expect(!UserFrame.isUserSource(".build/checkouts/graphc/Sources/GraphIR/Ops/Op.swift"))
    #expect(!UserFrame.isUserSource("/build/swift/stdlib/public/core/Array.swift"))
  }

  @Test("A composite reports its parts under its own name and line")
  func composites() {
    func gelu(_ x: Tensor, _ y: Tensor, fileID: String = #fileID, line: Int = #line) -> Tensor {
      composite("gelu", fileID: fileID, line: line) { 0.5 * x * (1 + erf(y)) }
    }
    _ = gelu(graph.zeros([2]), graph.zeros([3]))
    let line = #line - 1
    #expect(graph.diagnostics.map(\.code) == ["broadcast.mismatch"])
    #expect(graph.diagnostics.first?.message.hasPrefix("gelu: the shapes") == true)
    #expect(graph.diagnostics.first?.location?.line == line)
    let inner = gelu(graph.placeholder(.float32, []), graph.placeholder(.float32, []))
    let origin = graph.withState { $0.builder.node(inner.value).origin }
    #expect(origin.location?.line == #line - 2)
  }

  @Test("Inputs and variables that cannot be")
  func inputs() {
    #expect(graph.placeholder(.float32, [2, -3]).complaint.hasPrefix("[placeholder.extent]"))
    #expect(
      graph.placeholder(.float32, [nil, 1 << 62]).complaint.contains("more bytes than 63 bits can count"))
    #expect(graph.variable([2, -3]).value.complaint.hasPrefix("[variable.extent]"))
    #expect(graph.variable([2], dtype: .int32).value.complaint.contains("random numbers are floating-point"))
    #expect(
      graph.variable([2], initializer: .zeros, dtype: .string).value.complaint.contains("cannot hold text"))
    #expect(graph.variable([2], initializer: .value([1.0])).value.complaint.contains("shape is [1]"))
    #expect(
      graph.variable([2], initializer: .constant(0.5), dtype: .int32).value.complaint.contains(
        "0.5 is no i32"))
    #expect(graph.variable([2], initializer: .uniform(1, 0)).value.complaint.contains("not in order"))
    #expect(
      graph.variable([2], initializer: .normal(mean: 0, stddev: -1)).value.complaint.contains("negative"))
    #expect(graph.variable([1 << 40, 1 << 40]).value.complaint.hasPrefix("[variable.extent]"))
    #expect(graph.variable([1 << 40, 1 << 40, 0]).value.complaint.hasPrefix("[variable.extent]"))
    #expect(graph.variable([0, 5]).value.isValid)
    #expect(graph.variable([-1]).name == "")
    #expect(graph.variable([2, -3]).shape == [2, -3])
  }

  @Test("Text takes no part in arithmetic")
  func text() {
    let names = graph.placeholder(.string, [nil], name: "names")
    let x = graph.placeholder(.float32, [nil], name: "x")
    #expect((names + x).complaint == "[promotion.string] +: takes no text, got string[?0], f32[?1]")
    #expect((names .== names).complaint.hasPrefix("[promotion.string] .==:"))
    #expect(exp(names).complaint.hasPrefix("[promotion.string] exp:"))
    #expect(matmul(names, x).complaint.hasPrefix("[promotion.string] matmul:"))
    #expect(select(x .> 0, names, names).complaint.hasPrefix("[promotion.string]"))
    #expect(names.reshaped(to: [-1, 1]).complaint == "[module.V7] reshaped: takes no text, got string[?0]")
    #expect(graph.identity(names).isValid)
  }

  @Test("Tensors of two graphs do not meet")
  func mixed() {
    let x = graph.placeholder(.float32, [2], name: "x")
    let y = Graph().placeholder(.float32, [2], name: "y")
    let sum = x + y
    let line = #line - 2
    #expect(sum.graph === graph)
    #expect(sum.complaint == "[graph.mixed] +: takes tensors of one graph, got one of another")
    #expect(
      graph.diagnostics[0].notes == [
        .init("the other graph's tensor is placeholder \"y\"", at: SourceLocation(file: #fileID, line: line))
      ])
    #expect(graph.gradients(of: y, withRespectTo: [x])[0].complaint.hasPrefix("[graph.mixed] gradients:"))
    #expect(graph.identity(y).complaint.hasPrefix("[graph.mixed]"))
    #expect(concatenate([x, y]).complaint.hasPrefix("[graph.mixed]"))
    #expect(graph.pending(Graph().variable([2])).graph !== graph)
    #expect(graph.diagnostics(reachedFrom: [Graph().placeholder(.float32, [-1])]).reached.isEmpty)
    #expect(graph.variable([2]).assign(y).complaint.hasPrefix("[graph.mixed]"))
  }

  @Test("Conditions, scalars and axes")
  func various() {
    let x = graph.zeros([2, 3])
    #expect(
      select(x, 1, 0).complaint
        == "[select.C1] select: the condition is f32[2,3]; it must be bool, for example `x .!= 0`")
    #expect(matmul(x, graph.constant(2.0)).complaint.hasPrefix("[matmul.rank]"))
    #expect(
      matmul(graph.zeros([2, 2, 3]), graph.zeros([4, 3, 2])).complaint.hasPrefix("[dot.C3] matmul: batch"))
    #expect((.!x).complaint.hasPrefix("[logical.type] .!:"))
  }

  @Test("Assignments that do not fit, and to what is no variable")
  func assignments() {
    let w = graph.variable([2, 3], name: "w")
    #expect(
      w.assign(graph.zeros([3])).complaint
        == "[assign.type] assign: the variable is f32[2,3], the new value is f32[3]")
    #expect(
      w.assign(graph.zeros([2, 3], dtype: .float64)).complaint.hasSuffix("convert it with `converted(to:)`"))
    #expect(graph.diagnostics[0].notes.map(\.message)[0] == "the target is variable \"w\"")
    #expect(w.assign([1.0, 2.0] as NDArray).complaint.hasPrefix("[assign.type]"))
    #expect(w.assignAdd(graph.zeros([4])).complaint.hasPrefix("[broadcast.mismatch] assignAdd:"))
    #expect(
      graph.variable([1], initializer: .zeros, dtype: .int32).assign(0.5).complaint.hasPrefix(
        "[literal.range]"))
    #expect(graph.withState { $0.assignments.isEmpty })
  }

  @Test("Gradients of what has none, and where every path is cut")
  func gradients() throws {
    let w = graph.variable([2, 3], name: "w")
    let loss = w.argMax(axis: 1).converted(to: .float32).sum()
    let line = #line - 1
    let gradient = graph.gradients(of: loss, withRespectTo: [w])[0]
    #expect(gradient.shape == [2, 3])
    let diagnostic = try #require(graph.diagnostics.first)
    #expect(diagnostic.code == "gradient.cut")
    #expect(
      diagnostic.message
        == "gradients: no gradient of the loss flows to variable \"w\": it is cut at argMax at DiagnosticTests.swift:\(line): an index does not move with the values it points to"
    )
    #expect(diagnostic.location?.line == line + 2)
    #expect(diagnostic.notes[0].location?.line == line)
    let cut = { (loss: Tensor) in graph.gradients(of: loss, withRespectTo: [w])[0].complaint }
    #expect(cut(floor(w).sum()).contains("cut at floor at"))
    #expect(cut(select(w .> 0, graph.ones([2, 3]), 0).sum()).contains("cut at greater: a comparison"))
    #expect(cut(w.stopGradient().sum()).contains("cut at stopGradient"))
    #expect(cut(w.converted(to: .int32).converted(to: .float32).sum()).contains("cut at convert"))
    #expect(cut(loss.converted(to: .int32)).hasPrefix("[gradient.C2] gradients: the loss is i32[]"))
    let n = graph.variable([2], initializer: .zeros, dtype: .int32, name: "n")
    #expect(graph.gradients(of: w.sum(), withRespectTo: [n])[0].complaint.hasPrefix("[gradient.C2]"))
    let count = graph.diagnostics.count
    // One open path is enough.
    #expect(graph.gradients(of: (w + floor(w)).sum(), withRespectTo: [w])[0].isValid)
    #expect(graph.diagnostics.count == count)
  }
}

/// Where `scaledBadly` multiplies.
private let badLine = #line + 4

extension Tensor {
  fileprivate func scaledBadly() -> Tensor {
    self * graph.zeros([5])
  }
}
