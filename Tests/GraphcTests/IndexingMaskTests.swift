// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Selections of unknown size")
struct IndexingMaskTests {
  let graph = Graph()
  private var x: Tensor { graph.constant([[3, -1, 0], [5, 2, -7]], dtype: .float32) }

  @Test("maskedSelect takes what it has room for, and says how many there are")
  func select() throws {
    let x = x
    let wide = maskedSelect(x, x .> 0, limit: 4)
    #expect(wide.values.shape == [4])
    #expect(try wide.values.numbers() == [3, 5, 2, 0])
    #expect(try wide.count.numbers() == [3])
    let narrow = maskedSelect(x, x .> 0, limit: 2)
    #expect(try narrow.values.numbers() == [3, 5])
    #expect(try narrow.count.numbers() == [3])
    let none = maskedSelect(x, x .> 0, limit: 0)
    #expect(none.values.shape == [0])
    #expect(try none.count.numbers() == [3])
    // A mask of columns, and one element for many places.
    #expect(
      try maskedSelect(x, graph.constant([true, false, true]), limit: 5).values.numbers() == [3, 0, 5, -7, 0])
    #expect(try maskedSelect(graph.constant(7), x .< 0, limit: 3).values.numbers() == [7, 7, 0])
    // Elements are moved, not computed with.
    let special = graph.vector([-0.0, .infinity, .nan])
    let kept = maskedSelect(special, graph.constant([true, true, true]), limit: 3).values
    let array = try graph.evaluate([kept])[0]
    #expect(array.bits(at: 0) == 1 << 31 && array.floats[1] == .infinity && array.floats[2].isNaN)
  }

  @Test("A batch of any size, none included")
  func openExtents() throws {
    let rows = graph.placeholder(.int32, [nil, 2], name: "rows")
    let selected = maskedSelect(rows, rows .>= 2, limit: 3)
    let places = nonZero(rows, limit: 3)
    let feed: NDArray = [[0, 5], [2, 1]]
    #expect(try selected.values.numbers(feeding: [rows: feed]) == [5, 2, 0])
    #expect(try places.indices.numbers(feeding: [rows: feed]) == [0, 1, 1, 0, 1, 1])
    let empty = NDArray([Int32](), shape: [0, 2])
    #expect(try selected.values.numbers(feeding: [rows: empty]) == [0, 0, 0])
    #expect(try places.count.numbers(feeding: [rows: empty]) == [0])
  }

  @Test("The gradient goes to what was selected")
  func gradient() throws {
    let fed = graph.placeholder(.float32, [2, 3], name: "fed")
    let values = maskedSelect(fed, fed .> 0, limit: 2).values
    let loss = (square(values) * graph.vector([1, 10])).sum()
    let slope = graph.gradients(of: loss, withRespectTo: [fed])[0]
    #expect(try slope.numbers(feeding: [fed: [[3, -1, 0], [5, 2, -7]]]) == [6, 0, 0, 100, 0, 0])
  }

  @Test("nonZero lists positions row by row")
  func positions() throws {
    let places = nonZero(x, limit: 6)
    #expect(places.indices.shape == [6, 2])
    #expect(places.indices.dtype == .int32)
    // np.argwhere, and a row of zeros.
    #expect(try places.indices.numbers() == [0, 0, 0, 1, 1, 0, 1, 1, 1, 2, 0, 0])
    #expect(try places.count.numbers() == [5])
    #expect(try nonZero(x .< 0, limit: 2).indices.numbers() == [0, 1, 1, 2])
    #expect(nonZero(graph.constant(3), limit: 2).indices.shape == [2, 0])
    #expect(try nonZero(graph.constant(3), limit: 2).count.numbers() == [1])
    // What was found can be read again.
    #expect(try gatherND(x, nonZero(x .< 0, limit: 2).indices).numbers() == [-1, -7])
  }

  @Test("Mistakes")
  func mistakes() {
    #expect(
      maskedSelect(x, x, limit: 2).values.complaint
        == "[mask.type] maskedSelect: the mask is f32[2,3], which is no bool")
    #expect(
      maskedSelect(x, x .> 0, limit: -1).count.complaint
        == "[mask.limit] maskedSelect: a limit of -1 is out of range")
    #expect(nonZero(x, limit: -2).indices.complaint.hasPrefix("[mask.limit]"))
  }
}
