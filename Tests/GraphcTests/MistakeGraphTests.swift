// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Testing

@testable import Graphc

/// What a newcomer reads after building an expression that cannot be, once a run needs it.
@Suite("Mistakes in graphs")
struct MistakeGraphTests {
  let graph = Graph()

  /// Runs, and expects these words.
  private func expect(
    _ fetches: [Tensor], says text: String, _ location: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let session = try Session(graph)
    let thrown = thrownText(location) { _ = try session.run(fetches) }
    #expect(thrown == text, sourceLocation: location)
  }

  @Test("matmul of matrices that do not fit")
  func matmulMismatch() throws {
    let x = graph.placeholder(.float32, [nil, 784], name: "x")
    let w = graph.variable([100, 10], name: "w")
    let line = #line - 2
    let y = matmul(x, w)
    try expect(
      [y],
      says: """
        error[dot.C2]: matmul: inner dimensions differ: lhs f32[?0,784] axis 1 is 784, rhs f32[100,10] axis 0 is 100
          --> MistakeGraphTests.swift:\(line + 3)
          note: lhs is placeholder "x", created at MistakeGraphTests.swift:\(line)
          note: rhs is variable "w", created at MistakeGraphTests.swift:\(line + 1)
        """)
  }

  @Test("Operands of + that do not broadcast: the line comes from the stack, in release builds too")
  func broadcastMismatch() throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    let b = graph.variable([4], name: "b")
    let line = #line - 2
    let y = graph.scope("layer") { 2 * x + b }
    let sum = y.sum()
    try expect(
      [sum],
      says: """
        error[broadcast.mismatch]: +: the shapes [?0,3] and [4] do not broadcast together: axis -1 is 3 and 4
          --> MistakeGraphTests.swift:\(line + 3) in scope "layer"
          note: lhs is %4 multiply in scope "layer"
          note: rhs is variable "b", created at MistakeGraphTests.swift:\(line + 1)
        """)
  }

  @Test("Each operator names the line that it stands on")
  func operatorLines() throws {
    let a = graph.zeros([3])
    let b = graph.zeros([4])
    let line = #line
    let results = [
      a - b,
      (a .> 0) .& (b .> 0),
      (b - 1) - (a + 1),
    ]
    let lines = graph.diagnostics.map { $0.location?.description }
    #expect(lines == (2...4).map { "MistakeGraphTests.swift:\(line + $0)" })
    #expect(results.allSatisfy { !$0.isValid })
  }

  @Test("Two assignments to one variable in one run")
  func assignedTwice() throws {
    let v = graph.variable([], initializer: .zeros, name: "v")
    let first = v.assign(v + 1)
    let second = v.assign(v + 2)
    let line = #line - 2
    let session = try Session(graph)
    let both = graph.group(first, second)
    #expect(
      thrownText { try session.run(both) } == """
        error[assign.twice]: variable "v" is assigned twice in one run; run the assignments one after the other, or build the second on pending(_:)
          --> MistakeGraphTests.swift:\(line + 1)
          note: the other assignment, created at MistakeGraphTests.swift:\(line)
        """)
    #expect(try session.value(of: v).scalar == 0)
    #expect(try session.run(second).scalar == 2)
  }

  @Test("A gradient through argMax")
  func cutGradient() throws {
    let w = graph.variable([2, 3], name: "w")
    let best = w.argMax(axis: 1)
    let loss = best.converted(to: .float32).sum()
    let gradient = graph.gradients(of: loss, withRespectTo: [w])[0]
    let line = #line - 4
    try expect(
      [gradient],
      says: """
        error[gradient.cut]: gradients: no gradient of the loss flows to variable "w": it is cut at argMax at MistakeGraphTests.swift:\(line + 1): an index does not move with the values it points to
          --> MistakeGraphTests.swift:\(line + 3)
          note: the path ends at %1 argMax, created at MistakeGraphTests.swift:\(line + 1)
          note: the path: %3 reduce (MistakeGraphTests.swift:\(line + 2)) ← %2 convert (MistakeGraphTests.swift:\(line + 2)) ← %1 argMax (MistakeGraphTests.swift:\(line + 1); cut here) ← variable "w" (MistakeGraphTests.swift:\(line))
          note: the loss is %3 reduce, created at MistakeGraphTests.swift:\(line + 2)
          note: target 0 is variable "w", created at MistakeGraphTests.swift:\(line)
        """)
  }

  @Test("A gradient of an integer loss, and with respect to integers")
  func integerGradient() throws {
    let w = graph.variable([2], name: "w")
    let n = graph.variable([2], initializer: .zeros, dtype: .int32, name: "n")
    let errors = (w .> 0).converted(to: .int32).sum()
    let line = #line - 3
    let first = graph.gradients(of: errors, withRespectTo: [w])[0]
    try expect(
      [first],
      says: """
        error[gradient.C2]: gradients: the loss is i32[]; a gradient needs a floating-point type
          --> MistakeGraphTests.swift:\(line + 4)
          note: the loss is %6 reduce, created at MistakeGraphTests.swift:\(line + 2)
          note: target 0 is variable "w", created at MistakeGraphTests.swift:\(line)
        """)
    let second = graph.gradients(of: w.sum(), withRespectTo: [w, n])[1]
    let session = try Session(graph)
    #expect(
      thrownText { _ = try session.run(second) }.hasPrefix(
        "error[gradient.C2]: gradients: target 1 is i32[2]; a gradient needs a floating-point type\n"))
  }

  @Test("An operator between tensors of two graphs")
  func mixed() throws {
    let x = graph.placeholder(.float32, [], name: "x")
    let y = Graph().placeholder(.float32, [], name: "y")
    let sum = x + y
    let line = #line - 2
    try expect(
      [sum],
      says: """
        error[graph.mixed]: +: takes tensors of one graph, got one of another
          --> MistakeGraphTests.swift:\(line + 1)
          note: the other graph's tensor is placeholder "y", created at MistakeGraphTests.swift:\(line)
        """)
  }

  @Test("A reshape to another number of elements")
  func reshape() throws {
    let x = graph.placeholder(.float32, [2, 3], name: "x")
    let line = #line - 1
    try expect(
      [x.reshaped(to: [4, 2]), x.reshaped(to: [-1, 4]), x.reshaped(to: [-1, -1])],
      says: """
        error[reshape.C2]: reshaped: cannot give f32[2,3] (6 elements) the shape [4,2] (8 elements)
          --> MistakeGraphTests.swift:\(line + 3)
          note: the operand is placeholder "x", created at MistakeGraphTests.swift:\(line)
        error[reshape.C2]: reshaped: cannot give f32[2,3] (6 elements) the shape [-1, 4]: 6 is no multiple of 4
          --> MistakeGraphTests.swift:\(line + 3)
          note: the operand is placeholder "x", created at MistakeGraphTests.swift:\(line)
        error[reshape.extent]: reshaped: only one extent of [-1, -1] can be left open
          --> MistakeGraphTests.swift:\(line + 3)
          note: the operand is placeholder "x", created at MistakeGraphTests.swift:\(line)
        """)
  }

  @Test("An axis that is not there")
  func axis() throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    let line = #line - 1
    let mean = x.mean(axis: 2)
    try expect(
      [mean],
      says: """
        error[axis.range]: mean: axis 2 is outside f32[?0,3], which has 2 axes
          --> MistakeGraphTests.swift:\(line + 2)
          note: the operand is placeholder "x", created at MistakeGraphTests.swift:\(line)
        """)
  }

  @Test("concatenate of tensors that differ on another axis")
  func concatenation() throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "x")
    let y = graph.placeholder(.float32, [nil, 4], name: "y")
    let line = #line - 2
    let both = concatenate([x, y])
    try expect(
      [both],
      says: """
        error[concatenate.C2]: concatenate: f32[?0,3] and f32[?1,4] differ on an axis other than 0
          --> MistakeGraphTests.swift:\(line + 3)
          note: lhs is placeholder "x", created at MistakeGraphTests.swift:\(line)
          note: rhs is placeholder "y", created at MistakeGraphTests.swift:\(line + 1)
        """)
  }

  @Test("A slice and a position out of range")
  func slice() throws {
    let x = graph.placeholder(.float32, [3, 2], name: "x")
    let line = #line - 1
    let rows = x[1..<5]
    let cell = x[0, -3]
    try expect(
      [rows, cell],
      says: """
        error[slice.C3]: subscript: axis 0 of f32[3,2] is 3 long, sliced from 1 to 5
          --> MistakeGraphTests.swift:\(line + 2)
          note: the operand is placeholder "x", created at MistakeGraphTests.swift:\(line)
        error[slice.C3]: subscript: position -3 is outside axis 1 of f32[3,2]
          --> MistakeGraphTests.swift:\(line + 3)
          note: the operand is placeholder "x", created at MistakeGraphTests.swift:\(line)
        """)
  }

  @Test("Text in arithmetic")
  func textInArithmetic() throws {
    let names = graph.placeholder(.string, [nil], name: "names")
    let y = names + 1
    let line = #line - 2
    try expect(
      [y],
      says: """
        error[promotion.string]: +: takes no text, got string[?0], 1
          --> MistakeGraphTests.swift:\(line + 1)
          note: lhs is placeholder "names", created at MistakeGraphTests.swift:\(line)
        """)
  }

  @Test("select with a condition of numbers")
  func condition() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let y = select(x, 1, 0)
    let line = #line - 2
    try expect(
      [y],
      says: """
        error[select.C1]: select: the condition is f32[?0]; it must be bool, for example `x .!= 0`
          --> MistakeGraphTests.swift:\(line + 1)
          note: the condition is placeholder "x", created at MistakeGraphTests.swift:\(line)
        """)
  }

  @Test("Assignments of the wrong shape and element type")
  func assignments() throws {
    let w = graph.variable([2, 3], name: "w")
    let row = graph.placeholder(.float32, [3], name: "row")
    let line = #line - 2
    let first = w.assign(row)
    let second = w.assign(w.converted(to: .float64))
    try expect(
      [first],
      says: """
        error[assign.type]: assign: the variable is f32[2,3], the new value is f32[3]
          --> MistakeGraphTests.swift:\(line + 3)
          note: the target is variable "w", created at MistakeGraphTests.swift:\(line)
          note: the new value is placeholder "row", created at MistakeGraphTests.swift:\(line + 1)
        (1 more error in parts of the graph that this run does not reach)
        """)
    try expect(
      [second],
      says: """
        error[assign.type]: assign: the variable is f32[2,3], the new value is f64[2,3]; convert it with `converted(to:)`
          --> MistakeGraphTests.swift:\(line + 4)
          note: the target is variable "w", created at MistakeGraphTests.swift:\(line)
          note: the new value is %2 convert, created at MistakeGraphTests.swift:\(line + 4)
        (1 more error in parts of the graph that this run does not reach)
        """)
  }

  @Test("Extents that cannot be")
  func extents() throws {
    let x = graph.placeholder(.float32, [-1, 3], name: "x")
    let v = graph.variable([2, -3], name: "v")
    let line = #line - 2
    let sum = x.sum() + v.sum()
    try expect(
      [sum],
      says: """
        error[placeholder.extent]: placeholder: an extent of f32[-1,3] is negative; write nil where a run decides
          --> MistakeGraphTests.swift:\(line)
        error[variable.extent]: variable: an extent of f32[2,-3] is negative
          --> MistakeGraphTests.swift:\(line + 1)
        """)
  }

  @Test("Initializers that do not fit their variable")
  func initializers() throws {
    let counts = graph.variable([3], dtype: .int32, name: "counts")
    let table = graph.variable([3], initializer: .value([1, 2]), name: "table")
    let half = graph.variable([], initializer: .constant(0.5), dtype: .int64, name: "half")
    let line = #line - 3
    try expect(
      [counts.value, table.value, half.value],
      says: """
        error[variable.initializer]: variable: random numbers are floating-point, the variable is i32; give it `initializer: .zeros` or an initialValue
          --> MistakeGraphTests.swift:\(line)
        error[variable.initializer]: variable: the value's shape is [2], the variable's [3]
          --> MistakeGraphTests.swift:\(line + 1)
        error[variable.initializer]: variable: 0.5 is no i64
          --> MistakeGraphTests.swift:\(line + 2)
        """)
    let session = try Session(graph)
    let used = thrownText { _ = try session.value(of: half) }
    #expect(used.hasPrefix("error[variable.initializer]: variable: 0.5 is no i64\n"))
    #expect(used.hasSuffix("\n(2 more errors in parts of the graph that this run does not reach)"))
  }

  @Test("One cause is said once, what follows from it is silent, what is not reached is counted")
  func poison() throws {
    let x = graph.placeholder(.float32, [2], name: "x")
    let bad = x + graph.zeros([3])
    let line = #line - 1
    let a = tanh(bad)
    let b = (bad * 2).sum(axis: 7)
    _ = x[9]
    _ = x.reshaped(to: [5])
    let w = graph.variable([2], name: "w")
    let step = w.assign(a + b)
    let session = try Session(graph)
    let message = """
      error[broadcast.mismatch]: +: the shapes [2] and [3] do not broadcast together: axis -1 is 2 and 3
        --> MistakeGraphTests.swift:\(line)
        note: lhs is placeholder "x", created at MistakeGraphTests.swift:\(line - 1)
        note: rhs is %2 broadcast, created at MistakeGraphTests.swift:\(line)
      (2 more errors in parts of the graph that this run does not reach)
      """
    #expect(
      thrownText { _ = try session.run([a, b], targets: [step.operation], feeding: [x: [1, 2]]) } == message)
    #expect(thrownText { _ = try session.run(x, feeding: [x: [1, 2], bad: [1, 2]]) } == message)
    // The rest of the graph runs all the same.
    #expect(try session.run(x + 1, feeding: [x: [1, 2]]) == NDArray([2, 3] as [Float]))
  }

  @Test("Labels that do not fit the logits")
  func labels() throws {
    let logits = graph.placeholder(.float32, [nil, 3], name: "logits")
    let labels = graph.placeholder(.float32, [nil, 1], name: "labels")
    let line = #line - 2
    let first = softmaxCrossEntropy(logits: logits, labels: labels)
    let second = softmaxCrossEntropy(logits: logits, labels: labels.converted(to: .int32))
    try expect(
      [first.mean()],
      says: """
        error[loss.labels]: softmaxCrossEntropy: the labels are f32[?1,1]; they must be integers, or be given as `probabilities:`
          --> MistakeGraphTests.swift:\(line + 3)
          note: logits is placeholder "logits", created at MistakeGraphTests.swift:\(line)
          note: labels is placeholder "labels", created at MistakeGraphTests.swift:\(line + 1)
        (1 more error in parts of the graph that this run does not reach)
        """)
    try expect(
      [second.mean()],
      says: """
        error[loss.shape]: softmaxCrossEntropy: the labels are i32[?1,1], the logits f32[?0,3]: there must be one label for each row of logits
          --> MistakeGraphTests.swift:\(line + 4)
          note: logits is placeholder "logits", created at MistakeGraphTests.swift:\(line)
          note: labels is %6 convert, created at MistakeGraphTests.swift:\(line + 4)
        (1 more error in parts of the graph that this run does not reach)
        """)
  }

  @Test("A program text that does not parse")
  func programText() {
    let program = """
      module @step {
        param %x: f32[?0,4]
        %0 = multply %x, %x : f32[?0,4]
        result %0 : f32[?0,4]
      }
      """
    let error = #expect(throws: Diagnostic.self) { try Inspection(text: program, file: "models/step.gir") }
    #expect(
      error?.description == """
        error[parse.op]: there is no op 'multply'; did you mean 'multiply'?
          --> step.gir:3:8
           3 |   %0 = multply %x, %x : f32[?0,4]
             |        ^~~~~~~
        """)
  }

  @Test("Every library's sources are told from a program's")
  func librarySources() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources")
    let libraries = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter {
      !$0.hasPrefix("C")
    }
    #expect(libraries.count >= 7)
    for library in libraries {
      #expect(!UserFrame.isUserSource(sources.path + "/\(library)/File.swift"))
      #expect(!UserFrame.isUserSource("Sources/\(library)/File.swift"), "\(library)")
    }
  }
}
