// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Memory")
struct MemoryTests {
  @Test("A graph is freed with its last tensor, cycles of gradients and errors included")
  func lifetime() {
    weak var weakGraph: Graph?
    weak var weakStorage: NDArrayStorage?
    var survivor: Tensor?
    do {
      let graph = Graph()
      weakGraph = graph
      let array = NDArray([Float](repeating: 1, count: 6), shape: [2, 3])
      weakStorage = array.storage
      let x = graph.placeholder(.float32, [nil, 2], name: "x")
      let w = graph.variable(initialValue: NDArray([Float(1), 2], shape: [2, 1]), name: "w")
      let loss = graph.scope("loss") { square(matmul(x, graph.constant(array)) * w).sum() }
      _ = w.assign(w - 0.1 * graph.gradients(of: loss, withRespectTo: [w])[0])
      _ = loss + graph.placeholder(.string, [])
      _ = Graph().placeholder(.float32, []) + x
      survivor = loss
    }
    #expect(weakGraph != nil)
    #expect(weakStorage != nil)
    #expect(survivor?.rank == 0)
    survivor = nil
    #expect(weakGraph == nil)
    #expect(weakStorage == nil)
  }

  @Test("What the API hands out is Sendable")
  func sendable() async {
    func requireSendable(_ types: any Sendable.Type...) -> Int { types.count }
    let count = requireSendable(
      Graph.self, Tensor.self, Variable.self, Operation.self, NDArray.self, DType.self, Diagnostic.self,
      DiagnosticList.self, Initializer.self, TensorShape.self, Extent.self)
    #expect(count == 11)
    let graph = Graph()
    let x = graph.placeholder(.float32, [2])
    let rank = await Task.detached { (x + 1).rank }.value
    #expect(rank == 1)
  }
}
