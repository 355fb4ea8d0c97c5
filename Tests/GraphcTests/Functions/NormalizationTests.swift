// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

/// Numbers by NumPy.
@Suite("Normalizations")
struct NormalizationTests {
  let graph = Graph()

  /// 0, 1, … in `[2, 3, 4]`, times a factor a column.
  var x: Tensor {
    let numbers = (0..<24).map { Double($0) * [1, -0.5, 0.3, 2][$0 % 4] }
    return graph.doubles(numbers, [2, 3, 4])
  }
  /// 0^1.3, 1^1.3, … in `[2, 4, 4]`; channels first.
  var image: Tensor { pow(graph.doubles((0..<32).map(Double.init), [2, 4, 4]), 1.3) }
  var scale: Tensor { graph.doubles([1, 2, 0.5, -1]) }
  var offset: Tensor { graph.doubles([0, 0.1, 0.2, 0.3]) }

  @Test("By layers and by root mean squares")
  func layers() throws {
    try expect(
      layerNormalization(x, scale: scale, offset: offset)[0, 0..<2],
      equals: [
        -0.583658144447, -1.45004294099, 0.022988923406, -1.41270176813, -0.053671823754, -2.154216597689,
        -0.008494392277, -1.297768907153,
      ])
    try expect(
      layerNormalization(x, axes: [1, 2])[.all, 0],
      equals: [
        -0.606174761343, -0.676252768435, -0.522081152833, 0.234761323757, -0.041673075517, -1.105055002493,
        -0.490017887971, 0.992968799379,
      ])
    try expect(
      rmsNormalization(x, scale: scale)[0, 0..<2],
      equals: [
        0, -0.330544468589, 0.099163340577, -1.983266811533, 0.53754259829, -0.671928247863, 0.120947084615,
        -1.881399094017,
      ])
    let open = graph.placeholder(.float64, [nil, 2], name: "open")
    try expect(
      layerNormalization(open, epsilon: 0), equals: [-1, 1, 1, -1],
      feeding: [open: NDArray([1, 3, 5, 2.0], shape: [2, 2])])
    // A vector along the axis that is normalized, wherever it is.
    let turned = layerNormalization(x.movingAxis(from: 2, to: 0), axes: [0], scale: scale, offset: offset)
    try expect(
      turned.movingAxis(from: 0, to: 2),
      equals: try layerNormalization(x, scale: scale, offset: offset).values())
    try expectGradients([spread([2, 4]), spread([4], 0.5, 1.5), spread([4])]) {
      layerNormalization($0[0], scale: $0[1], offset: $0[2])
    }
    try expectGradients([spread([2, 4]), spread([4], 0.5, 1.5)]) { rmsNormalization($0[0], scale: $0[1]) }
    #expect(layerNormalization(x, axes: [3]).complaint.hasPrefix("[axis.range] layerNormalization:"))
  }

  @Test("By batches, trained and at work")
  func batches() throws {
    let trained = batchNormalization(x, scale: scale, offset: offset)
    let first = [-1.463834425567, 3.027574754045, -0.531837936333, 1.763846188411]
    try expect(trained.mean, equals: [10, -5.5, 3.6, 26], shape: [4])
    try expect(
      trained.variance, equals: [46.666666666667, 11.666666666667, 4.2, 186.666666666667], shape: [4])
    try expect(trained.output[0, 0], equals: first)
    let atWork = batchNormalization(
      x, mean: trained.mean, variance: trained.variance, scale: scale, offset: offset)
    try expect(atWork[0, 0], equals: first)
    let channelsFirst = batchNormalization(
      x.movingAxis(from: 2, to: 1), scale: scale, offset: offset, axis: 1)
    try expect(channelsFirst.output[0, .all, 0], equals: first)
    try expect(channelsFirst.variance, equals: try trained.variance.values())
    try expectGradients([spread([3, 4]), spread([4], 0.5, 1.5), spread([4])]) {
      batchNormalization($0[0], scale: $0[1], offset: $0[2]).output
    }
    try expectGradients([spread([3, 2]), spread([2]), spread([2], 0.5, 1.5)]) {
      batchNormalization($0[0], mean: $0[1], variance: $0[2])
    }
    #expect(batchNormalization(x, axis: 3).output.complaint.hasPrefix("[axis.range] batchNormalization:"))
    #expect(
      batchNormalization(x, mean: graph.zeros([3]), variance: graph.ones([3])).complaint.hasPrefix(
        "[broadcast.mismatch] batchNormalization:"))
  }

  @Test("By groups of channels and by single ones")
  func groups() throws {
    let grouped = groupNormalization(image, groups: 2, axis: 1, scale: scale, offset: offset)
    let expected = [
      -1.328561509601, -1.090360017899, 0.331244557919, 1.303305169486, -0.54267804418, -0.342973711613,
      0.110064857676, -0.338363552928,
    ]
    try expect(grouped[0, .all, 0..<2], equals: expected)
    let last = groupNormalization(image.swappingAxes(1, 2), groups: 2, scale: scale, offset: offset)
    try expect(last.swappingAxes(1, 2)[0, .all, 0..<2], equals: expected)
    try expect(
      instanceNormalization(image, axis: 1)[1, .all, 0],
      equals: [-1.333895662164, -1.335349390778, -1.336343435202, -1.337066126173])
    let open = graph.placeholder(.float64, [nil, 4, nil], name: "open")
    let feed: [Tensor: NDArray] = [open: try bothEngines([image])[0]]
    try expect(
      groupNormalization(open, groups: 2, axis: 1, scale: scale, offset: offset)[0, .all, 0..<2],
      equals: expected,
      feeding: feed)
    try expectGradients([spread([2, 4, 3]), spread([4], 0.5, 1.5)]) {
      groupNormalization($0[0], groups: 2, axis: 1, scale: $0[1])
    }
    try expectGradients([spread([2, 2, 3])]) { instanceNormalization($0[0], axis: 1) }
    #expect(
      groupNormalization(image, groups: 3, axis: 1).complaint
        == "[groups.extent] groupNormalization: the 4 channels of f64[2,4,4] do not make 3 equal groups")
    #expect(instanceNormalization(image, axis: 0).complaint.hasPrefix("[channels.axis]"))
    #expect(groupNormalization(image, groups: 2, axis: 5).complaint.hasPrefix("[axis.range]"))
  }

  @Test("By neighbouring channels")
  func neighbours() throws {
    let row = graph.doubles([1, -2, 3, 0.5], [1, 4])
    try expect(
      localResponseNormalization(row, size: 3, alpha: 0.1),
      equals: [0.890819895107, -1.500656968717, 2.280198270386, 0.408724997235])
    try expect(
      localResponseNormalization(row, size: 2, alpha: 0.1),
      equals: [0.964068794694, -1.691794021505, 2.060669278959, 0.375965590032])
    try expect(
      localResponseNormalization(row.transposed(), size: 2, alpha: 0.1, bias: 2, axis: 0, leansForward: true),
      equals: [0.544331053952, -0.962931935394, 1.52612137563, 0.295915754515])
    try expectGradients([spread([2, 4])]) { localResponseNormalization($0[0], size: 3, alpha: 0.5) }
    #expect(localResponseNormalization(row, size: 0).complaint.hasPrefix("[window.size]"))
    let open = graph.placeholder(.float64, [nil], name: "open")
    #expect(localResponseNormalization(open, size: 3).complaint.hasPrefix("[window.extent]"))
  }

  @Test("To unit length, and to a length at most")
  func unitLengths() throws {
    let rows = graph.doubles([3, -4, 0, 0], [2, 2])
    try expect(l2Normalized(rows), equals: [0.6, -0.8, 0, 0])
    try expect(normalized(rows, p: 1), equals: [3.0 / 7, -4.0 / 7, 0, 0])
    try expect(normalized(rows, axes: [0], epsilon: 5), equals: [0.6, -0.8, 0, 0])
    try expect(clippedByNorm(rows, 1, axes: [1]), equals: [0.6, -0.8, 0, 0])
    try expect(clippedByNorm(rows, 10), equals: [3, -4, 0, 0])
    try expect(
      graph.gradients(of: l2Normalized(rows).sum(), withRespectTo: [rows])[0][1] * 1e-12, equals: [1, 1])
    try expectGradients([spread([2, 3])]) { normalized($0[0], p: 3, axes: [1]) }
    try expectGradients([spread([2, 3])]) { clippedByNorm($0[0], 1.2, axes: [1]) }
  }
}
