// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

@Suite("Graph")
struct GraphTests {
  @Test("A linear classifier with its gradients and updates builds without a diagnostic")
  func classifier() {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, 784], name: "x")
    let target = graph.placeholder(.float32, [nil, 10], name: "target")
    let w = graph.variable([784, 10], initializer: .glorotUniform, name: "w")
    let b = graph.variable([10], initializer: .zeros, name: "b")
    let loss = square(matmul(x, w) + b - target).mean()
    let gradients = graph.gradients(of: loss, withRespectTo: [w, b])
    let train = graph.group(w.assign(w - 0.1 * gradients[0]), b.assign(b - 0.1 * gradients[1]))
    #expect(graph.diagnostics.isEmpty)
    #expect(loss.shape == [])
    #expect(loss.dtype == .float32)
    #expect(gradients.map { Array($0.shape) } == [[784, 10], [10]])
    #expect(train.tensors.count == 2)
    #expect(x.shape == [nil, 784])
    #expect(x.shape == target.shape.first.map { [$0, 784] } ?? [])
  }
}
