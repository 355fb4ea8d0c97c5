// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import Graphc

/// What other tests hold machine code against the interpreter with.
@Suite("Evaluation in tests")
struct GraphEvaluationTests {
  @Test("One bit is a difference, unless sums have no order")
  func agreement() {
    let one = NDArray([1.0])
    #expect(agree(NDArray([1.0, .nan]), NDArray([1.0, -.nan]), isExact: true))
    #expect(agree(NDArray([1 + Double.ulpOfOne]), one, isExact: false))
    #expect(!agree(NDArray([1 + Double.ulpOfOne]), one, isExact: true))
    #expect(!agree(NDArray([0.0]), NDArray([-0.0]), isExact: true))
    #expect(!agree(NDArray([1 + 1e-11]), one, isExact: false))
    #expect(!agree(NDArray([1] as [Int32]), NDArray([2] as [Int32]), isExact: false))
    #expect(!agree(NDArray([1] as [Float]), one, isExact: false))
  }

  @Test("Sums of products and factorizations have an order of their own, in loops too")
  func exactness() throws {
    let graph = Graph()
    let (x, n) = (graph.counting([2, 2]), graph.constant([[1, 2], [3, 4]]))
    let cases: [(Tensor, Bool)] = [
      (tanh(x).sum(axis: 0), true), (matmul(n, n), true), (matmul(x, x), false), (inverse(x), false),
      (graph.fori(2, from: x) { _, y in y + x }, true),
      (graph.fori(2, from: x) { _, y in matmul(y, x) }, false),
      (graph.gradients(of: matmul(x, x), withRespectTo: [x])[0], false),
    ]
    for (tensor, isExact) in cases {
      let extraction = try Session(graph).extraction([tensor], targets: [], feeding: [:])
      #expect(try Compiler.expanded(extraction.boundModule()).isExact == isExact)
    }
  }
}
