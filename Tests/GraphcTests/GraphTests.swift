// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Graph")
struct GraphTests {
  @Test("A linear classifier with its gradients and updates builds without a diagnostic")
  func classifier() {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, 784], name: "x")
    let labels = graph.placeholder(.int32, [nil], name: "labels")
    let w = graph.variable([784, 10], initializer: .glorotUniform, name: "w")
    let b = graph.variable([10], initializer: .zeros, name: "b")
    let loss = softmaxCrossEntropy(logits: matmul(x, w) + b, labels: labels).mean()
    let gradients = graph.gradients(of: loss, withRespectTo: [w, b])
    let train = graph.group(w.assign(w - 0.1 * gradients[0]), b.assign(b - 0.1 * gradients[1]), name: "train")
    #expect(graph.diagnostics.isEmpty)
    #expect(loss.shape == [])
    #expect(loss.dtype == .float32)
    #expect(gradients.map { Array($0.shape) } == [[784, 10], [10]])
    #expect(train.tensors.count == 2)
    #expect(train.name == "train")
    #expect(x.shape == [nil, 784])
    // The two unknown extents met in the loss.
    #expect(x.shape.extent(0) == labels.shape.extent(0))
  }

  @Test("An equal pure expression adds no node; placeholders, variables and identities are never merged")
  func interning() {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, 3])
    let y = graph.placeholder(.float32, [nil, 3])
    let w = graph.variable([3])
    let count = { graph.withState { $0.builder.nodes.count } }
    let first = softmax(2 * x + w).mean()
    let before = count()
    #expect(softmax(2 * x + w).mean() == first)
    #expect(count() == before)
    #expect(x != y)
    #expect(graph.identity(x) != graph.identity(x))
    #expect(graph.variable([3]).value != w.value)
    #expect(graph.constant([1, 2]) == graph.constant([1, 2]))
    #expect(graph.constant([0.0]) != graph.constant([-0.0]))
  }

  @Test("Names are unique, in scopes too, and an equal expression under another name stays apart")
  func names() {
    let graph = Graph()
    #expect(graph.placeholder(.float32, [], name: "x").name == "x")
    #expect(graph.placeholder(.float32, [], name: "x").name == "x_1")
    #expect(graph.placeholder(.float32, [], name: "x_1").name == "x_1_1")
    #expect(graph.placeholder(.float32, [], name: "x").name == "x_2")
    #expect(graph.placeholder(.float32, []).name == "placeholder")
    let kernels = (0..<3).map { _ in
      graph.scope("dense") { graph.scope("inner") { graph.variable([2], name: "kernel").name } }
    }
    #expect(kernels == ["dense/inner/kernel", "dense_1/inner/kernel", "dense_2/inner/kernel"])
    #expect(graph.variable([2], name: "kernel").name == "kernel")
    let one = graph.constant([1, 2], name: "one")
    let other = graph.constant([1, 2], name: "other")
    #expect(one.name == "one")
    #expect(other.name == "other")
    #expect((one + other).name == nil)
  }

  @Test("A scope belongs to its graph and to its task")
  func scopes() async {
    let graph = Graph()
    let other = Graph()
    graph.scope("a") {
      #expect(other.variable([1], name: "v").name == "v")
      #expect(graph.variable([1], name: "v").name == "a/v")
    }
    let names = await withTaskGroup(of: String.self) { group in
      for index in 0..<8 {
        group.addTask {
          await graph.scope("task\(index)") {
            await Task.yield()
            return graph.variable([1], name: "v").name
          }
        }
      }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(names == Set((0..<8).map { "task\($0)/v" }))
  }

  @Test("Several tasks build one graph")
  func concurrent() async throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, 4], name: "x")
    let sums = await withTaskGroup(of: Tensor.self) { group in
      for index in 0..<16 {
        group.addTask { (0..<20).reduce(x * Double(index % 4)) { sum, k in tanh(sum + k) }.sum() }
      }
      return await group.reduce(into: Set<Tensor>()) { $0.insert($1) }
    }
    // Four different expressions, each built four times.
    #expect(sums.count == 4)
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Assignments: the new value, its table, and what it takes the place of")
  func assignments() {
    let graph = Graph()
    let mean = graph.variable([3], initializer: .zeros, name: "mean")
    #expect(graph.pending(mean) == mean.value)
    let x = graph.placeholder(.float32, [3])
    let first = mean.assign(0.9 * graph.pending(mean) + 0.1 * x)
    #expect(first != mean.value)
    #expect(first.shape == [3])
    #expect(graph.pending(mean) == first)
    let second = mean.assign(0.9 * graph.pending(mean) + 0.1 * x)
    let rival = mean.assign(x)
    graph.withState { state in
      #expect(state.assignments.map(\.value) == [first.value, second.value, rival.value])
      #expect(state.assignments.map(\.supersedes) == [[], [0], []])
      #expect(state.assignments.map { state.variables[$0.variable].name } == ["mean", "mean", "mean"])
      #expect(state.assignmentIndex[second.value] == 1)
    }
    // Assigning the same value twice gives two assignments.
    #expect(mean.assign(x) != rival)
  }

  @Test("A number fills a variable; assignAdd and assignSubtract broadcast")
  func assignNumbers() throws {
    let graph = Graph()
    let v = graph.variable(initialValue: [[1.0, 2.0], [3.0, 4.0]], name: "v")
    let row = graph.vector([10, 20])
    // One by one: a run assigns a variable once.
    let results = try [v.assign(7), v.assignAdd(row), v.assignSubtract(0.5)].map {
      try graph.evaluate([$0])[0]
    }
    #expect(results.map(\.doubles) == [[7, 7, 7, 7], [11, 22, 13, 24], [0.5, 1.5, 2.5, 3.5]])
    #expect(results.allSatisfy { $0.shape == [2, 2] })
    let counter = graph.variable([], initializer: .zeros, dtype: .int64, name: "step")
    #expect(try graph.evaluate([counter.assignAdd(1)])[0] == NDArray(scalar: Int64(1)))
  }

  @Test("A group holds each tensor once, whatever it is made of")
  func groups() {
    let graph = Graph()
    let v = graph.variable([1], name: "v")
    let update = v.assign(1.0)
    let inner = graph.group(update, v)
    let outer = graph.group(inner, update, v.value)
    #expect(outer.tensors == [update, v.value])
    #expect(graph.group().tensors.isEmpty)
  }

  @Test("Gradients: of a variable, a placeholder, an inner value; zeros where nothing depends")
  func gradients() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil], name: "x")
    let w = graph.variable(initialValue: [2.0], name: "w")
    let unused = graph.variable([2], initializer: .ones, name: "unused")
    let product = w * x
    let loss = square(product).sum()
    let targets: [any TensorConvertible] = [w, x, product, unused]
    let all = graph.gradients(of: loss, withRespectTo: targets)
    let values = try graph.evaluate(all, feeding: [x: [1.0, 3.0]])
    #expect(values.map(\.doubles) == [[40], [8, 24], [4, 12], [0, 0]])
    #expect(all[1].shape == [nil])
    #expect(graph.diagnostics.isEmpty)
    let second = graph.gradients(of: all[0], withRespectTo: [w])
    #expect(try second[0].numbers(feeding: [x: [1.0, 3.0]]) == [20])
    #expect(
      graph.gradients(of: loss, withRespectTo: [w])[0] == graph.gradients(of: loss, withRespectTo: [w])[0])
    #expect(graph.gradients(of: loss, withRespectTo: [Tensor]()).isEmpty)
  }

  @Test("explainGradient tells a zero from a cut")
  func explanation() {
    let graph = Graph()
    let w = graph.variable([3], name: "w")
    let v = graph.variable([3], name: "v")
    let loss = (w * floor(v)).sum()
    #expect(graph.explainGradient(of: loss, withRespectTo: w).contains("flows to variable \"w\""))
    #expect(graph.explainGradient(of: w, withRespectTo: v).contains("does not depend"))
    let cut = graph.explainGradient(of: loss, withRespectTo: v)
    #expect(cut.contains("floor at GraphTests.swift:") && cut.contains("step function"))
    let path =
      /the path: %\d+ reduce \(.*\) ← %\d+ multiply ← %\d+ floor \(.*; cut here\) ← variable "v" \(.*\)/
    #expect(cut.firstMatch(of: path) != nil, "\(cut)")
    #expect(graph.explainGradient(of: matmul(w, graph.variable([4])), withRespectTo: w).contains("invalid"))
  }

  @Test("A long path to a cut is shown at its ends and around the cut")
  func longPath() {
    let graph = Graph()
    let v = graph.variable([3], name: "v")
    var x = v.value
    for _ in 0..<50 { x = sin(x) }
    x = stopGradient(x)
    for _ in 0..<50 { x = cos(x) }
    let text = graph.explainGradient(of: x, withRespectTo: v)
    #expect(text.contains("… 42 more …") && text.contains("… 43 more …"), "\(text)")
    #expect(text.contains("← %50 sin") && text.contains("← %52 cos") && text.contains("← variable \"v\""))
    #expect(text.split(separator: "←").count == 19)
  }

  @Test("The description lists inputs, variables and assignments")
  func description() {
    let graph = Graph()
    let x = graph.placeholder(.float32, ["batch", 4], name: "x")
    let w = graph.variable([4], name: "w")
    let y = w.assign(w + 1)
    let text = graph.description
    #expect(text.hasPrefix("graph: 6 nodes, 1 placeholder, 1 variable, 1 assignment, 0 errors"))
    #expect(text.contains("placeholder \"x\": f32[?0,4]  // GraphTests.swift:"))
    #expect(text.contains("assignment to \"w\": f32[4]"))
    #expect(x.description == "placeholder \"x\": f32[?0,4]")
    #expect(y.description.hasSuffix(": f32[4]"))
    #expect(w.description == "variable \"w\": f32[4]")
  }
}

@Suite("Symbols that meet")
struct GraphSymbolTests {
  @Test("Two unknown extents that meet are one; a number decides; the reason is kept")
  func unification() throws {
    let graph = Graph()
    let a = graph.placeholder(.float32, [nil, nil], name: "a")
    let b = graph.placeholder(.float32, [nil, nil], name: "b")
    let w = graph.variable([5, 2], name: "w")
    let sum = a + b
    #expect(graph.diagnostics.isEmpty)
    #expect(a.shape.extent(0) == b.shape.extent(0))
    #expect(a.shape.extent(0) != a.shape.extent(1))
    #expect(matmul(sum, w).shape == [nil, 2])
    #expect(a.shape == [nil, 5])
    #expect(b.shape == [nil, 5])
    graph.withState { state in
      #expect(state.equations.map(\.function) == ["+", "+", "matmul"])
      #expect(state.equations[2].origin.location?.file.hasSuffix("GraphTests.swift") == true)
    }
    let module = try graph.withState { try $0.builder.module(results: [.init(name: "s", value: sum.value)]) }
    #expect(module.parameters.map(\.type.description) == ["f32[?0,5]", "f32[?0,5]"])
  }

  @Test("A failed broadcast demands nothing")
  func failedMeeting() {
    let graph = Graph()
    let a = graph.placeholder(.float32, [nil, 3])
    let b = graph.placeholder(.float32, [nil, 4])
    #expect(!(a + b).isValid)
    #expect(a.shape.extent(0) != b.shape.extent(0))
    #expect(graph.withState { $0.equations.isEmpty })
  }

  @Test("An extent of 1 is stretched over an unknown one and demands nothing")
  func stretching() {
    let graph = Graph()
    let a = graph.placeholder(.float32, [nil, 1])
    let b = graph.placeholder(.float32, [1, nil])
    let c = graph.placeholder(.float32, [3, 4])
    #expect((a * b).shape == [nil, nil])
    #expect(graph.withState { $0.equations.isEmpty })
    #expect((a * b + c).shape == [3, 4])
  }

  @Test("Named extents are shared, and shapes pass them on")
  func namedExtents() {
    let graph = Graph()
    let a = graph.placeholder(.float32, ["batch", "time", 8])
    let b = graph.placeholder(.int32, ["batch"])
    let c = graph.placeholder(.float32, a.shape)
    #expect(a.shape.extent(0) == b.shape.extent(0))
    #expect(a.shape == c.shape)
    let flat = a.reshaped(to: [-1, 8])
    #expect(flat.shape == [nil, 8])
    #expect(flat.shape.description == "[?0*?1,8]")
    #expect(flat.reshaped(to: a.shape).shape == a.shape)
    #expect(flat.reshaped(to: [a.shape.extent(0) * a.shape.extent(1), 2, 4]).shape == [nil, 2, 4])
  }

  @Test("Equations: cancelled factors, multiples, contradictions")
  func equations() {
    var symbols = SymbolEquations()
    let meet = { symbols.unify($0, $1) }
    let (a, b, c) = (Dim.symbol(0), Dim.symbol(1), Dim.symbol(2))
    #expect(meet(b, a))
    #expect(symbols.canonical(b) == a)
    #expect(meet(Dim(4) * c, Dim(8) * a))
    #expect(symbols.canonical(c) == Dim(2) * a)
    #expect(!meet(Dim(3) * a, 7))
    #expect(!meet(3, 4))
    #expect(symbols.canonical(a) == a)
    #expect(meet(a * b, Dim(5) * b))
    #expect(symbols.canonical(c) == 10)
    #expect(!meet(a, 6))
    #expect(!meet(.unknown, 6))
  }

  @Test("Binding learns what an op computes and names a node that contradicts")
  func binding() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil], name: "x")
    let z = graph.placeholder(.float32, [nil], name: "z")
    let odd = x.sliced(axis: 0, from: 1, by: 2)
    let sum = odd * 2 + graph.constant([1.0])
    #expect(try sum.numbers(feeding: [x: [0.0, 1.0, 2.0, 3.0, 4.0]]) == [3, 7])
    let met = odd + z
    #expect(graph.diagnostics.isEmpty)
    #expect(try met.numbers(feeding: [x: [0.0, 1.0, 2.0], z: [10.0]]) == [11])
    #expect(throws: Diagnostic.self) { try met.numbers(feeding: [x: [0.0, 1.0, 2.0], z: [10.0, 20.0]]) }
    let far = x[7]
    let thrown = #expect(throws: Diagnostic.self) { try far.numbers(feeding: [x: [0.0, 1.0]]) }
    #expect(thrown?.code == "slice.C3")
    #expect(thrown?.kind == .run)
    #expect(thrown?.location?.description.hasPrefix("GraphTests.swift:") == true)
  }
}
