// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

/// Numbers by NumPy and SciPy.
@Suite("Statistics, norms, distances, logarithms of sums")
struct ReductionFunctionTests {
  let graph = Graph()

  /// [[1, −2, 3], [0, 4, −2.5]]
  var table: Tensor { graph.doubles([1, -2, 3, 0, 4, -2.5], [2, 3]) }

  @Test("Variances with a correction, and their means")
  func variances() throws {
    let x = table
    try expect(x.variance(axes: [1], correction: 1), equals: [6.333333333333, 10.75])
    try expect(x.variance(correction: 0.5), equals: [6.21969696969697])
    try expect(x.standardDeviation(axes: [0]), equals: [0.5, 3, 2.75])
    let both = x.varianceAndMean(axes: [-1], keepDims: true, correction: 1)
    try expect(both.variance, equals: [6.333333333333, 10.75], shape: [2, 1])
    try expect(both.mean, equals: [2.0 / 3, 0.5], shape: [2, 1])
    try expect(x.varianceAndMean().mean, equals: [3.5 / 6], shape: [])
    // Nothing cancels far from zero.
    try expect(graph.doubles([1e8, 1e8 + 1, 1e8 + 2]).variance(), equals: [2.0 / 3], within: 1e-12)
    // One element leaves 0 / 0, and so does a correction beyond the count.
    #expect(try graph.doubles([3]).variance(correction: 1).values()[0].isNaN)
    #expect(try graph.doubles([3]).variance(correction: 2).values()[0].isNaN)
    #expect(graph.constant([1, 2]).varianceAndMean().variance.dtype == .float32)
    let open = graph.placeholder(.float64, [nil, 3], name: "open")
    try expect(
      open.variance(axes: [0], correction: 1), equals: [0.5, 18, 15.125],
      feeding: [open: NDArray([1, -2, 3, 0, 4, -2.5], shape: [2, 3])])
    try expectGradients([spread([3, 4])]) { $0[0].variance(axes: [0], correction: 1) }
    try expectGradients([spread([3, 4])]) { $0[0].standardDeviation(axes: [1], keepDims: true) }
    let same = graph.doubles([2, 2, 2])
    let flat = graph.gradients(of: same.standardDeviation(), withRespectTo: [same])[0]
    try expect(flat, equals: [0, 0, 0])
    #expect(x.varianceAndMean(axes: [2]).mean.complaint.hasPrefix("[axis.range] varianceAndMean:"))
  }

  @Test("What is not zero, and what is not NaN")
  func counts() throws {
    let x = graph.constant(NDArray([Float(1), 2, .nan, .nan, .nan, .nan, 3, 0, -6], shape: [3, 3]))
    try expect(x.nanSum(axes: [1]), equals: [3, 0, -3])
    try expect(x.nanMean(axes: [1], keepDims: true), equals: [1.5, .nan, -1], shape: [3, 1])
    try expect(x.nanMean(), equals: [0])
    try expect(graph.constant([0, 3, -1]).countNonzero(), equals: [2])
    try expect(x.countNonzero(axes: [0]), equals: [3, 2, 3])
    #expect(x.countNonzero().dtype == .int32)
    try expect(graph.constant([0, 3, -1]).nanMean(), equals: [2.0 / 3])
    let gradient = graph.gradients(of: x.nanMean(axes: [1]), withRespectTo: [x])[0]
    try expect(gradient[0], equals: [0.5, 0.5, 0])
  }

  @Test("Extremes and logic along one axis, positions in a whole tensor")
  func conveniences() throws {
    let x = table
    try expect(x.product(axis: 1), equals: [-6, 0])
    try expect((x .> 0).any(axis: 0), equals: [1, 1, 1])
    try expect((x .>= 0).all(axis: 0, keepDims: true), equals: [1, 0, 0], shape: [1, 3])
    try expect(x.argMax(), equals: [4])
    try expect(x.argMin(), equals: [5])
  }

  @Test("Norms of any power")
  func norms() throws {
    let x = table
    let rows: [(Double, [Double])] = [
      (0, [3, 2]), (1, [6, 6.5]), (2, [3.7416573867739413, 4.716990566028302]),
      (3, [3.3019272488946263, 4.302126224475824]), (4, [3.1463462836457885, 4.14456069883189]),
      (0.5, [17.191508225450303, 12.824555320336762]), (1.5, [4.334622872113609, 5.227743155817348]),
      (-1, [0.5454545454545455, 0]), (-2.1, [0.8721409471813831, 0]), (.infinity, [3, 4]),
      (-.infinity, [1, 0]),
    ]
    for (p, expected) in rows {
      try expect(x.norm(p: p, axes: [1]), equals: expected, within: 1e-13)
    }
    try expect(x.norm(), equals: [6.020797289396148])
    try expect(x.norm(p: 3, keepDims: true), equals: [4.871737900936644], shape: [1, 1])
    #expect(x.norm(p: .nan).complaint == "[norm.power] norm: there is no norm of power nan")
    #expect(graph.constant([3, 4]).norm().dtype == .float32)
    for p in [1.5, 2, 3, 4, 0.5, -1.5] {
      try expectGradients([spread([2, 3])]) { $0[0].norm(p: p, axes: [1]) }
    }
    for p in [Double.infinity, -Double.infinity, 1] {
      try expectGradients([spread([2, 3])], orders: 1) { $0[0].norm(p: p, axes: [1]) }
    }
  }

  // torch.linalg.vector_norm.
  @Test("Gradients of norms where they have none")
  func flatNorms() throws {
    for p in [0.5, 1, 1.5, 2, 3, 4, .infinity] {
      let zeros = graph.doubles([0, 0])
      let gradient = graph.gradients(of: zeros.norm(p: p), withRespectTo: [zeros])[0]
      try expect(gradient, equals: [0, 0])
    }
    let x = graph.doubles([0, 3, -4])
    let slopes: [(Double, [Double])] = [
      (1, [0, 1, -1]), (2, [0, 0.6, -0.8]), (0.5, [0, 2.154700538, -1.866025404]), (.infinity, [0, 0, -1]),
    ]
    for (p, slope) in slopes {
      try expect(graph.gradients(of: x.norm(p: p), withRespectTo: [x])[0], equals: slope)
    }
    let tie = graph.doubles([2, -2, 1])
    try expect(
      graph.gradients(of: tie.norm(p: .infinity), withRespectTo: [tie])[0], equals: [0.5, -0.5, 0])
  }

  @Test("Distances and cosines")
  func distancesOfRows() throws {
    let x = graph.doubles([0, 1, 2, 3], [2, 2])
    let y = graph.doubles([1, 1, 0, -2, 4, 4], [3, 2])
    try expect(
      distances(x, y), equals: [1, 3, 5, 2.2360679775, 5.385164807135, 2.2360679775], shape: [2, 3])
    try expect(distances(x, y, p: 1), equals: [1, 3, 7, 3, 7, 3])
    try expect(distances(x, y, p: .infinity), equals: [1, 3, 4, 2, 5, 2])
    try expect(
      distances(x, y, p: 3), equals: [1, 3, 4.497941445275, 2.080083823052, 5.104468722001, 2.080083823052])
    try expect(pairwiseDistance(x, y[0..<2], epsilon: 0), equals: [1, 5.385164807135])
    try expect(pairwiseDistance(x, y[0..<2], p: 1, keepDims: true), equals: [1, 7], shape: [2, 1])
    let rows = table
    try expect(cosineSimilarity(rows[0], rows[1]), equals: [-0.878218684489])
    try expect(cosineSimilarity(rows, rows * 2, axis: 0), equals: [1, 1, 1])
    try expect(cosineSimilarity(rows[0], rows[1] * 0), equals: [0])
    // A side of one element is broadcast to a whole vector first.
    try expect(
      cosineSimilarity(rows, graph.doubles([2])), equals: [2 / 42.0.squareRoot(), 1.5 / 66.75.squareRoot()])
    // Equal rows have a distance of 0, whose gradient is 0.
    let gradient = graph.gradients(of: distances(x, x), withRespectTo: [x])[0]
    #expect(try gradient.values().allSatisfy(\.isFinite))
    try expectGradients([spread([2, 3]), spread([3, 3], -1, 1)]) { distances($0[0], $0[1]) }
    try expectGradients([spread([2, 3]), spread([2, 3], -1, 1)]) { cosineSimilarity($0[0], $0[1]) }
    #expect(
      distances(x, rows).complaint
        == "[distances.extent] distances: the rows have different lengths in f64[2,2] and f64[2,3]")
    #expect(distances(x[0], y).complaint.hasPrefix("[distances.rank] distances: takes rows"))
  }

  @Test("Logarithms of sums of exponentials, infinities included")
  func logSums() throws {
    try expect(logSumExp(table, axes: nil), equals: [4.36461834925189], shape: [])
    try expect(logSumExp(table, axes: [0, 1], keepDims: true), equals: [4.36461834925189], shape: [1, 1])
    let x = graph.doubles(
      [1000, 1000.5, -.infinity, -.infinity, -.infinity, -.infinity, 1, .infinity, .infinity, 1, .nan, 2],
      [4, 3])
    let sum = logSumExp(x)
    try expect(sum, equals: [1000.9740769841801, -.infinity, .infinity, .nan])
    let gradient = graph.gradients(of: sum, withRespectTo: [x])[0]
    try expect(
      gradient,
      equals: [0.377540668798, 0.622459331202, 0, 0, 0, 0, 0, 0.5, 0.5, .nan, .nan, .nan])
    try expect(logSumExp(graph.zeros([2, 0])), equals: [-.infinity, -.infinity])
    try expect(logSumExp(graph.constant([0, 0])), equals: [0.69314718056])
    try expectGradients([spread([2, 3])]) { logSumExp($0[0], axes: [0]) }
  }

  @Test("Softmax over several axes, softmin, hardmax")
  func softmaxes() throws {
    let x = table
    try expect(
      softmax(x, axes: [0, 1]),
      equals: [
        0.034575209255, 0.001721398307, 0.255478160816, 0.012719508659, 0.694461642113, 0.001044080851,
      ])
    try expect(
      logSoftmax(x, axis: 0),
      equals: [
        -0.3132616875182, -6.002475685138, -0.004078443270571, -1.313261687518, -0.00247568513773,
        -5.504078443271,
      ])
    try expect(softmin(x), equals: try softmax(-x).values())
    try expect(hardmax(x), equals: [0, 0, 1, 0, 1, 0])
    try expect(hardmax(graph.constant([[3, 3], [1, 3]]), axis: 0), equals: [1, 1, 0, 0])
    #expect(hardmax(x, axis: 0).dtype == .float64)
    let open = graph.placeholder(.float64, [nil, nil], name: "open")
    try expect(
      hardmax(open, axis: 0), equals: [0, 1, 1, 0],
      feeding: [open: NDArray([1, 5, 2, 4.0], shape: [2, 2])])
    // By the algorithm in the paper.
    let sparse = graph.doubles([0.5, 0.2, -0.1, 1, 2, 3, 1, 1, 0], [3, 3])
    try expect(sparsemax(sparse), equals: [0.6 + 0.1 / 3, 1.0 / 3, 0.1 / 3, 0, 0, 1, 0.5, 0.5, 0])
    try expect(sparsemax(sparse.transposed(), axis: 0)[.all, 2], equals: [0.5, 0.5, 0])
    try expectGradients([spread([2, 3], -0.5, 0.7)]) { square(sparsemax($0[0])) }
    try expectGradients([spread([2, 3])]) { softmax($0[0], axes: [0, 1]) }
    try expectGradients([spread([2, 3])]) { logSoftmax($0[0]) }
  }
}
