// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

/// Numbers by NumPy.
@Suite("Einstein sums and other products of tensors")
struct EinsumTests {
  let graph = Graph()

  @Test("Matrix products with the result named and implied")
  func matrixProducts() throws {
    let a = graph.counting([2, 3]) * 0.5 - 1
    let b = graph.counting([3, 4]) * 0.25 - 1
    try expect(einsum("ij,jk", a, b), equals: [1, 0.625, 0.25, -0.125, 1, 1.75, 2.5, 3.25], shape: [2, 4])
    try expect(
      einsum(" ij , jk -> ki ", a, b), equals: [1, 1, 0.625, 1.75, 0.25, 2.5, -0.125, 3.25], shape: [4, 2])
    try expect(einsum("ij->", a), equals: [1.5])
    try expect(einsum("ij->j", a), equals: [-0.5, 0.5, 1.5])
    #expect(einsum("ba", a).shape == [3, 2])
    #expect(einsum("ij->ij", a) == a)
    try expect(einsum("i,i", graph.vector([1, 2]), graph.vector([3, 4])), equals: [11])
    try expect(einsum("i,j->ji", graph.vector([1, 2]), graph.vector([3, 4])), equals: [3, 6, 4, 8])
    try expect(einsum(",i->i", graph.constant(2.0), graph.vector([3, 4])), equals: [6, 8])
    try expect(einsum("->", graph.constant(2.0)), equals: [2])
    try expect(
      einsum("bi,bi->b", graph.counting([2, 2]), graph.counting([2, 2]) + 1), equals: [2, 2 * 3 + 3 * 4])
    #expect(einsum("ij,kj->ik", graph.constant([[true]]), graph.constant([[3]])).dtype == .int32)
  }

  @Test("Diagonals, ellipses, extents of 1")
  func specials() throws {
    let t = graph.counting([3, 2, 3])
    try expect(einsum("iji->j", t), equals: [21, 30])
    try expect(einsum("iji", t), equals: [21, 30])
    try expect(einsum("iji->ij", t), equals: [0, 3, 7, 10, 14, 17])
    try expect(einsum("ii->i", graph.counting([3, 3])), equals: [0, 4, 8])
    try expect(einsum("iii->i", graph.counting([2, 2, 2])), equals: [0, 7])
    try expect(einsum("i...->...", t), equals: [18, 21, 24, 27, 30, 33], shape: [2, 3])
    let rows = graph.counting([2, 3])
    #expect(einsum("...i,j...->ij...", rows, graph.counting([4, 2])).shape == [3, 4, 2])
    #expect(einsum("...ij,...jk", graph.zeros([5, 1, 2, 3]), graph.zeros([4, 3, 2])).shape == [5, 4, 2, 2])
    // Without an ellipsis in the result its axes are summed.
    try expect(einsum("...i->i", t), equals: [45, 51, 57])
    try expect(
      einsum("ij,jk->ik", graph.ones([2, 1]), graph.ones([3, 4])), equals: Array(repeating: 3, count: 8))
    let x = graph.placeholder(.float32, [nil, nil], name: "x")
    let y = graph.placeholder(.float32, [nil, 2], name: "y")
    let product = einsum("bi,io->bo", x, y)
    try expect(product, equals: [11, 14], shape: [1, 2], feeding: [x: [[1, 2]], y: [[3, 4], [4, 5]]])
    #expect(throws: (any Error).self) {
      try Session(graph).run(product, feeding: [x: [[1]], y: [[3, 4], [4, 5]]])
    }
    let square = graph.placeholder(.float32, [nil, nil], name: "square")
    try expect(einsum("ii", square), equals: [5], feeding: [square: [[1, 2], [3, 4]]])
  }

  @Test("More than two operands, in the order of fewest multiplications")
  func chains() throws {
    let a = graph.counting([2, 3, 4]) * 0.1
    let b = graph.counting([4, 2]) * 0.2 - 0.5
    let c = graph.counting([2, 3]) * 0.3 - 0.4
    let d = graph.counting([2, 3]) * 0.2
    try expect(einsum("abc,cd,de,ae->b", a, b, c, d), equals: [3.8676, 5.1252, 6.3828])
    func pairs(_ terms: [Set<Int>], _ output: Set<Int>, _ extents: [Double]) -> [[Int]] {
      ContractionOrder(terms: terms, output: output, extents: extents).pairs.map { [$0.0, $0.1] }
    }
    // A vector at the end is multiplied first: matrix, matrix, vector.
    #expect(pairs([[0, 1], [1, 2], [2]], [0], [100, 100, 100]) == [[1, 2], [0, 3]])
    #expect(pairs([[0, 1], [1, 2], [2, 3]], [0, 3], [10, 1000, 10, 1000]) == [[0, 1], [3, 2]])
    // Nine operands go by the cheapest pair.
    let chain = (0..<9).map { Set([$0, $0 + 1]) }
    let extents = (0..<10).map { Double($0 + 2) }
    #expect(pairs(chain, [0, 9], extents).count == 8)
    #expect(pairs(chain, [0, 9], extents)[0] == [0, 1])
    #expect(pairs([[0]], [0], [2]).isEmpty)
    let factors = (0..<9).map { graph.counting([2, 2]) * 0.5 + Double($0) * 0.1 }
    let letters = Array("abcdefghij")
    let equation = (0..<9).map { "\(letters[$0])\(letters[$0 + 1])" }.joined(separator: ",")
    let product = factors.dropFirst().reduce(factors[0]) { matmul($0, $1) }
    let values = try product.values()
    try expect(einsum(equation, factors), equals: values, within: 1e-5)
  }

  @Test("Gradients of sums of products")
  func gradients() throws {
    try expectGradients([spread([2, 3]), spread([3, 4], -1, 1)]) { einsum("ij,jk->ki", $0[0], $0[1]) }
    try expectGradients([spread([2, 3, 2]), spread([3, 2]), spread([2])]) {
      einsum("iji,jk,k->j", $0[0], $0[1], $0[2])
    }
    try expectGradients([spread([2, 1, 3]), spread([2, 3, 2])]) { einsum("...ij,...jk->k...i", $0[0], $0[1]) }
  }

  private func excerpt(_ equation: String, _ operands: [any TensorConvertible]) -> String {
    let result = einsum(equation, operands)
    guard let diagnostic = result.graph.diagnostics.last else { return "" }
    return "[\(diagnostic.code)] \(diagnostic.message)\n\(diagnostic.excerpt)"
  }

  @Test("Mistakes show the equation with a mark")
  func mistakes() {
    let a = graph.zeros([2, 3])
    let b = graph.zeros([4, 5])
    #expect(
      excerpt("ij,jk->ik", [a, b]) == """
        [einsum.extent] einsum: the extents of 'j' differ: 3 in axis 1 of operand 0, f32[2,3], and 4 in axis 0 of operand 1, f32[4,5]
           | ij,jk->ik
           |  ^ ^
        """)
    #expect(
      excerpt("ii->i", [a]) == """
        [einsum.extent] einsum: the extents of 'i' differ: 2 in axis 0 of operand 0, f32[2,3], and 3 in axis 1 of operand 0, f32[2,3]
           | ii->i
           | ^^
        """)
    #expect(
      excerpt("...j,...k->jk", [a, b]) == """
        [einsum.extent] einsum: the extents of axis -1 under '...' differ: 2 in axis 0 of operand 0, f32[2,3], and 4 in axis 0 of operand 1, f32[4,5]
           | ...j,...k->jk
           | ^    ^
        """)
    #expect(
      excerpt("ij,1k->ik", [a, b]) == """
        [einsum.equation] einsum: a letter, ',', '->' or '...' must stand here, not '1'
           | ij,1k->ik
           |    ^
        """)
    #expect(
      excerpt("ij->ik", [a]) == """
        [einsum.equation] einsum: the result names 'k', which no operand has
           | ij->ik
           |      ^
        """)
    #expect(
      excerpt("ij->ii", [a]) == """
        [einsum.equation] einsum: the result names 'i' twice
           | ij->ii
           |      ^
        """)
    #expect(
      excerpt("ij->i,j", [a]) == """
        [einsum.equation] einsum: the result is one term, not ','
           | ij->i,j
           |      ^
        """)
    #expect(
      excerpt("...i...->i", [a]) == """
        [einsum.equation] einsum: a term has at most one '...'
           | ...i...->i
           |     ^
        """)
    #expect(
      excerpt("ij,ijk->k", [a, b]) == """
        [einsum.rank] einsum: operand 1 is f32[4,5] with 2 axes, its term names 3
           | ij,ijk->k
           |    ^^^
        """)
    #expect(
      excerpt("i->i", [a]) == """
        [einsum.rank] einsum: operand 0 is f32[2,3] with 2 axes, its term names 1
           | i->i
           | ^
        """)
    #expect(
      excerpt("ij,jk->ik", [a]) == """
        [einsum.operands] einsum: the equation has 2 terms for operands, 1 is given
           | ij,jk->ik
           | ^  ^
        """)
    #expect(
      excerpt("", [a]).hasPrefix("[einsum.rank] einsum: operand 0 is f32[2,3] with 2 axes, its term names 0"))
    #expect(excerpt("ij", []).hasPrefix("[einsum.operands]"))
    #expect(excerpt("i.j", [a]).hasPrefix("[einsum.equation]"))
  }

  @Test("Products over pairs of axes")
  func tensorProducts() throws {
    let a = graph.counting([2, 3])
    let b = graph.counting([3, 2])
    try expect(tensordot(a, b, axes: 1), equals: [10, 13, 28, 40])
    try expect(tensordot(a, b, axes: ([0, 1], [1, 0])), equals: [50])
    #expect(tensordot(a, b, axes: 0).shape == [2, 3, 3, 2])
    try expect(tensordot(graph.vector([1, 2]), graph.vector([3, 4]), axes: 0), equals: [3, 4, 6, 8])
    try expect(inner(a, a), equals: [5, 14, 14, 50])
    try expect(inner(graph.vector([1, 2]), graph.vector([3, 4])), equals: [11])
    try expect(dot(a, graph.vector([1, 2, 3])), equals: [8, 26])
    try expect(dot(graph.constant(2.0), a), equals: [0, 2, 4, 6, 8, 10])
    #expect(dot(graph.zeros([2, 3, 4]), graph.zeros([5, 4, 6])).shape == [2, 3, 5, 6])
    try expect(
      outer(graph.vector([1, 2]), graph.vector([3, 4, 5])), equals: [3, 4, 5, 6, 8, 10], shape: [2, 3])
    try expect(
      kron(graph.counting([2, 2]) + 1, a),
      equals: [0, 1, 2, 0, 2, 4, 3, 4, 5, 6, 8, 10, 0, 3, 6, 0, 4, 8, 9, 12, 15, 12, 16, 20], shape: [4, 6])
    #expect(kron(graph.vector([1, 2]), a).shape == [2, 6])
    try expect(cross(a + 1, graph.vector([2, -1, 3])), equals: [9, 3, -5, 21, 0, -14])
    try expect(cross(graph.vector([1, 0, 0]), graph.vector([0, 1, 0])), equals: [0, 0, 1])
    try expectGradients([spread([2, 3]), spread([3], -1, 1)]) { cross($0[0], $0[1]) }
    try expectGradients([spread([2, 2]), spread([1, 3], -1, 1)]) { kron($0[0], $0[1]) }
    try expectGradients([spread([2, 3, 2]), spread([2, 2, 3], -1, 1)]) {
      tensordot($0[0], $0[1], axes: ([2, 1], [0, 2]))
    }
    #expect(
      tensordot(a, a, axes: 1).complaint
        == "[dot.C2] tensordot: inner dimensions differ: lhs f32[2,3] axis 1 is 3, rhs f32[2,3] axis 0 is 2")
    #expect(tensordot(a, b, axes: ([0], [1, 0])).complaint.hasPrefix("[dot.C4]"))
    #expect(
      tensordot(a, b, axes: 3).complaint
        == "[tensordot.axes] tensordot: cannot sum over 3 axes of f32[2,3], f32[3,2]")
    #expect(
      cross(a, b).complaint
        == "[cross.extent] cross: axis -1 must have extent 3 in both, got f32[2,3], f32[3,2]"
    )
    #expect(dot(a, a).complaint.hasPrefix("[dot.C2] dot:"))
  }
}
