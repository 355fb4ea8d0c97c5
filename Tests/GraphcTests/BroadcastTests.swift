// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Broadcasting")
struct BroadcastTests {
  let graph = Graph()

  @Test(
    "NumPy's rules, as numpy.broadcast_shapes has them",
    arguments: [
      ([3], [], [3]), ([3], [1], [3]), ([2, 3], [3], [2, 3]), ([2, 1], [1, 3], [2, 3]),
      ([4, 1, 5], [3, 1], [4, 3, 5]),
      ([0], [1], [0]), ([2, 0], [1], [2, 0]), ([1, 1], [], [1, 1]), ([5, 4], [1, 5, 1], [1, 5, 4]),
    ] as [([Int], [Int], [Int])])
  func shapes(lhs: [Int], rhs: [Int], result: [Int]) {
    let (a, b) = (graph.zeros(lhs.map { Extent($0) }), graph.ones(rhs.map { Extent($0) }))
    #expect((a + b).shape.extents == result)
    #expect((b + a).shape.extents == result)
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Values land where NumPy puts them")
  func values() throws {
    let column = graph.counting([2, 1])
    let row = graph.counting([3]) * 10
    #expect(try (column + row).numbers() == [0, 10, 20, 1, 11, 21])
    #expect(try (graph.counting([2, 1, 2]) + column).numbers() == [0, 1, 1, 2, 2, 3, 3, 4])
    #expect(try select(column .> 0, row, -1).numbers() == [-1, -1, -1, 0, 10, 20])
    #expect(try clamp(row, column, 15).numbers() == [0, 10, 15, 1, 10, 15])
  }

  @Test("Shapes that do not fit are named, with the axis")
  func mismatch() {
    let a = graph.placeholder(.float32, [nil, 4, 3], name: "a")
    let b = graph.placeholder(.float32, [5, 3], name: "b")
    let sum = a + b
    #expect(
      sum.complaint
        == "[broadcast.mismatch] +: the shapes [?0,4,3] and [5,3] do not broadcast together: axis -2 is 4 and 5"
    )
    let notes = graph.diagnostics[0].notes.map(\.message)
    #expect(notes == ["lhs is placeholder \"a\"", "rhs is placeholder \"b\""])
    #expect(clamp(graph.zeros([2]), graph.zeros([3]), 1).complaint.contains("the shapes [2], [3] and []"))
  }

  @Test("broadcast(to:) repeats, keeps open extents and refuses to shrink")
  func explicit() throws {
    let x = graph.counting([2, 1])
    #expect(try x.broadcast(to: [2, 2]).numbers() == [0, 0, 1, 1])
    #expect(try x.broadcast(to: [3, -1, 2]).numbers() == [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1])
    let open = graph.placeholder(.float32, ["batch", 1])
    #expect(open.broadcast(to: [nil, 7]).shape == [nil, 7])
    #expect(open.broadcast(to: ["batch", 7]).shape.extent(0) == open.shape.extent(0))
    let other = graph.placeholder(.float32, ["batch", 7])
    #expect(open.broadcast(to: other.shape).shape == other.shape)
    #expect(graph.diagnostics.isEmpty)
    #expect(
      x.broadcast(to: [1, 2]).complaint
        == "[broadcast.mismatch] broadcast: f32[2,1] does not broadcast to [1,2]")
    #expect(x.broadcast(to: [2]).complaint.hasPrefix("[broadcast.mismatch]"))
    #expect(x.broadcast(to: [-1, 2, 2]).complaint.hasPrefix("[broadcast.extent]"))
  }

  @Test("matmul: vectors, matrices and batches, as numpy.matmul has them")
  func matmulShapes() throws {
    let table: [([Int], [Int], [Int])] = [
      ([3], [3], []), ([2, 3], [3], [2]), ([3], [3, 4], [4]), ([2, 3], [3, 4], [2, 4]),
      ([5, 2, 3], [3, 4], [5, 2, 4]), ([5, 2, 3], [3], [5, 2]), ([2, 3], [5, 3, 4], [5, 2, 4]),
      ([3], [5, 3, 4], [5, 4]),
      ([5, 2, 3], [5, 3, 4], [5, 2, 4]), ([6, 1, 2, 3], [5, 3, 4], [6, 5, 2, 4]),
    ]
    for (lhs, rhs, result) in table {
      let product = matmul(graph.counting(lhs), graph.counting(rhs))
      #expect(product.shape.extents == result, "\(lhs) · \(rhs)")
    }
    #expect(graph.diagnostics.isEmpty)
    #expect(try matmul(graph.counting([2, 3]), graph.counting([3, 2])).numbers() == [10, 13, 28, 40])
    #expect(try matmul(graph.counting([3]), graph.counting([3])).numbers() == [5])
    // numpy.matmul(arange(2), arange(8).reshape(2, 2, 2))
    #expect(try matmul(graph.counting([2]), graph.counting([2, 2, 2])).numbers() == [2, 3, 6, 7])
    let batched = matmul(graph.counting([2, 1, 2]), graph.counting([2, 2, 1]))
    #expect(try batched.numbers() == [1, 13])
    #expect(try matmul(graph.constant([[1, 2]]), graph.constant([[3], [4]])).numbers() == [11])
  }

  @Test("matmul with unknown extents")
  func symbolicMatmul() throws {
    let x = graph.placeholder(.float32, ["batch", "time", 4])
    #expect(matmul(x, graph.zeros([4, 8])).shape.description == "[?0,?1,8]")
    let scores = matmul(x, x.transposed(permutation: [0, 2, 1]))
    #expect(scores.shape.description == "[?0,?1,?1]")
    #expect(matmul(scores, x).shape == x.shape)
    #expect(graph.diagnostics.isEmpty)
  }
}
