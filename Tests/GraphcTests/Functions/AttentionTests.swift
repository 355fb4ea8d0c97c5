// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

/// Numbers by NumPy and SciPy.
@Suite("Attention")
struct AttentionTests {
  let graph = Graph()

  private func numbers(_ shape: [Int], _ function: (Double) -> Double) -> NDArray {
    NDArray((0..<shape.reduce(1, *)).map { function(Double($0)) }, shape: shape)
  }
  // sin and cos of 0, 1, … without the standard library's: by the graph's own.
  private func wave(_ shape: [Int], _ step: Double = 1, _ function: (Tensor) -> Tensor) -> Tensor {
    function(graph.constant(numbers(shape) { $0 * step }))
  }

  var query: Tensor { wave([1, 3, 4]) { sin($0) } }
  var key: Tensor { wave([1, 2, 4]) { cos($0) } }
  var value: Tensor { graph.constant(numbers([1, 2, 3]) { $0 * 0.5 - 1 }) }

  @Test("Weighted means of values; masks, causality, bent scores")
  func attention() throws {
    let plain = [
      -0.017594369899, 0.482405630101, 0.982405630101, 0.133582706592, 0.633582706592, 1.133582706592,
      -0.838848124278, -0.338848124278, 0.161151875722,
    ]
    let causal = [-1, -0.5, 0] + plain[3...]
    try expect(
      scaledDotProductAttention(query: query, key: key, value: value), equals: plain, shape: [1, 3, 3])
    try expect(
      scaledDotProductAttention(query: query, key: key, value: value, isCausal: true), equals: causal)
    let mask = graph.ones([3, 2], dtype: .bool).lowerTriangle()
    try expect(scaledDotProductAttention(query: query, key: key, value: value, mask: mask), equals: causal)
    let added = select(mask, 0, -Double.infinity).converted(to: .float64)
    try expect(scaledDotProductAttention(query: query, key: key, value: value, mask: added), equals: causal)
    try expect(
      scaledDotProductAttention(query: query, key: key, value: value, softcap: 2),
      equals: [
        -0.023767395625, 0.476232604375, 0.976232604375, 0.117298179147, 0.617298179147, 1.117298179147,
        -0.809947470731, -0.309947470731, 0.190052529269,
      ])
    try expect(
      scaledDotProductAttention(query: query * 0.5, key: key, value: value, scale: 1), equals: plain)
    // Query 0 sees no key.
    let shifted = scaledDotProductAttention(
      query: query, key: key, value: value, isCausal: true, causalOffset: -1)
    try expect(shifted, equals: [0, 0, 0, -1, -0.5, 0] + plain[6...])
    let slopes = graph.gradients(of: shifted, withRespectTo: [query, key, value])
    #expect(try bothEngines(slopes).allSatisfy { $0.doubles.allSatisfy(\.isFinite) })
  }

  @Test("Heads of queries share heads of keys; batches broadcast; unknown lengths")
  func heads() throws {
    let q = wave([4, 2, 3]) { sin($0) }
    let k = wave([2, 3, 3]) { cos($0) }
    let v = wave([2, 3, 2], 0.5) { sin($0) }
    let expected = [
      0.596992868162, 0.664402283028, 0.555184884865, 0.696145192651, 0.630618900365, 0.710884819882,
      0.512879468262, 0.649514916161, -0.488039140271, -0.671113842116, -0.578373356774, -0.708485237644,
      -0.447790751027, -0.62316565844, -0.609517667422, -0.758943601943,
    ]
    try expect(scaledDotProductAttention(query: q, key: k, value: v), equals: expected, shape: [4, 2, 2])
    let pair = scaledDotProductAttention(
      query: stack([q, q]), key: k.expandingDims(at: 0), value: v.expandingDims(at: 0))
    try expect(pair, equals: expected + expected, shape: [2, 4, 2, 2])
    let long = graph.placeholder(.float64, [nil, 4, nil, 3], name: "long")
    let open = graph.placeholder(.float64, [nil, 2, nil, 3], name: "open")
    let values = graph.placeholder(.float64, [nil, 2, nil, 2], name: "values")
    let arrays = try bothEngines([q, k, v].map { $0.expandingDims(at: 0) })
    try expect(
      scaledDotProductAttention(query: long, key: open, value: values, isCausal: true, causalOffset: 2),
      equals: expected, feeding: [long: arrays[0], open: arrays[1], values: arrays[2]])
    #expect(
      scaledDotProductAttention(
        query: graph.zeros([5, 2, 3]), key: graph.zeros([1, 4, 3]), value: graph.zeros([4, 2])
      )
      .shape == [5, 2, 2])
  }

  @Test("Derivatives")
  func derivatives() throws {
    try expectGradients([spread([2, 3]), spread([4, 3], -1, 1), spread([4, 2])]) {
      scaledDotProductAttention(query: $0[0], key: $0[1], value: $0[2], isCausal: true, causalOffset: 1)
    }
    try expectGradients([spread([2, 2, 3]), spread([1, 4, 3], -1, 1), spread([1, 4, 2])]) {
      scaledDotProductAttention(query: $0[0], key: $0[1], value: $0[2], softcap: 1.5)
    }
    try expectGradients([spread([2, 4]), spread([2], -1, 1), spread([2])]) {
      rotaryEmbedding($0[0], cosines: $0[1], sines: $0[2])
        + rotaryEmbedding($0[0], cosines: $0[2], sines: $0[1], isInterleaved: true)
    }
  }

  @Test("Softmax over what a mask leaves, pairs turned by angles")
  func parts() throws {
    let scores = graph.doubles([1, 2, 3, 4], [2, 2])
    let mask = graph.constant([[true, false], [false, false]])
    try expect(maskedSoftmax(scores, mask: mask), equals: [1, 0, 0, 0])
    try expect(maskedSoftmax(scores, mask: mask, axis: 0), equals: [1, 0, 0, 0])
    let x = graph.doubles([1, 2, 3, 4], [1, 4])
    let (cosine, sine) = (graph.doubles([0, 1]), graph.doubles([1, 0]))
    try expect(rotaryEmbedding(x, cosines: cosine, sines: sine), equals: [-3, 2, 1, 4])
    try expect(
      rotaryEmbedding(x, cosines: cosine, sines: sine, isInterleaved: true), equals: [-2, 1, 3, 4],
      shape: [1, 4])
    #expect(
      rotaryEmbedding(x[.all, 0..<3], cosines: cosine, sines: sine).complaint.hasPrefix("[split.extent]"))
  }

  @Test("Mistakes")
  func mistakes() {
    func complaint(_ q: [Int], _ k: [Int], _ v: [Int]) -> String {
      scaledDotProductAttention(query: graph.zeros(q), key: graph.zeros(k), value: graph.zeros(v)).complaint
    }
    #expect(
      complaint([2, 3], [4, 5], [4, 1])
        == "[attention.features] scaledDotProductAttention: queries and keys have different lengths: the query is f32[2,3], the key f32[4,5]"
    )
    #expect(complaint([2, 3], [4, 3], [5, 1]).hasPrefix("[attention.keys]"))
    #expect(
      complaint([3], [4, 3], [4, 1])
        == "[attention.rank] scaledDotProductAttention: the query is f32[3]; it needs at least two axes")
    #expect(complaint([3, 2, 3], [2, 4, 3], [2, 4, 1]).hasPrefix("[einsum.extent]"))
  }
}
