// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

/// Numbers by NumPy and SciPy from the functions' definitions; slopes at kinks as PyTorch has them.
@Suite("Activations")
struct ActivationTests {
  let graph = Graph()

  static let points = [-3, -1, -0.5, 0, 0.5, 2, 4.0]

  @Test("Values at seven points")
  func values() throws {
    let x = graph.doubles(Self.points)
    let table: [(Tensor, [Double])] = [
      (relu(x), [0, 0, 0, 0, 0.5, 2, 4]),
      (relu6(2 * x), [0, 0, 0, 0, 1, 4, 6]),
      (leakyRelu(x), [-0.03, -0.01, -0.005, 0, 0.5, 2, 4]),
      (elu(x, alpha: 2), [-1.900425863264, -1.264241117657, -0.786938680575, 0, 0.5, 2, 4]),
      (
        selu(x),
        [
          -1.670568728767, -1.111330737813, -0.691758187803, 0, 0.525350493678, 2.101401974711,
          4.202803949422,
        ]
      ),
      (celu(x, alpha: 2), [-1.553739679703, -0.786938680575, -0.442398433857, 0, 0.5, 2, 4]),
      (
        gelu(x),
        [
          -0.004049694095, -0.158655253931, -0.154268769363, 0, 0.345731230637, 1.954499736104,
          3.999873315033,
        ]
      ),
      (
        gelu(x, approximate: true),
        [
          -0.003637392082, -0.158808009392, -0.154285990175, 0, 0.345714009825, 1.954597694088,
          3.999929754052,
        ]
      ),
      (
        silu(x),
        [-0.142277619533, -0.26894142137, -0.188770334399, 0, 0.311229665601, 1.761594155956, 3.928055160152]
      ),
      (
        silu(x, beta: 2),
        [-0.00741786947, -0.119202922022, -0.134470710685, 0, 0.365529289315, 1.964027580076, 3.998658599478]
      ),
      (
        mish(x),
        [
          -0.145647461276, -0.303401461374, -0.220743774652, 0, 0.375245211305, 1.943958959534,
          3.997412806976,
        ]
      ),
      (
        softplus(x),
        [
          0.048587351574, 0.313261687518, 0.47407698418, 0.69314718056, 0.97407698418, 2.126928011043,
          4.018149927918,
        ]
      ),
      (
        softplus(x, beta: 3, threshold: 1.4),
        [0.000041134063, 0.016195783858, 0.067137759328, 0.231049060187, 0.5, 2, 4]
      ),
      (
        squareplus(x),
        [0.302775637732, 0.61803398875, 0.780776406404, 1, 1.280776406404, 2.414213562373, 4.2360679775]
      ),
      (softsign(x), [-0.75, -0.5, -0.333333333333, 0, 0.333333333333, 0.666666666667, 0.8]),
      (
        logSigmoid(x),
        [
          -3.048587351574, -1.313261687518, -0.97407698418, -0.69314718056, -0.47407698418, -0.126928011043,
          -0.018149927918,
        ]
      ),
      (
        tanhShrink(x),
        [-2.004945246313, -0.238405844044, -0.03788284274, 0, 0.03788284274, 1.035972419924, 3.000670700261]
      ),
      (hardSigmoid(x), [0, 0.333333333333, 0.416666666667, 0.5, 0.583333333333, 0.833333333333, 1]),
      (hardSigmoid(x, slope: 0.2), [0, 0.3, 0.4, 0.5, 0.6, 0.9, 1]),
      (hardSilu(x), [0, -0.333333333333, -0.208333333333, 0, 0.291666666667, 1.666666666667, 4]),
      (hardTanh(x), [-1, -1, -0.5, 0, 0.5, 1, 1]),
      (hardShrink(x), [-3, -1, 0, 0, 0, 2, 4]),
      (softShrink(x), [-2.5, -0.5, 0, 0, 0, 1.5, 3.5]),
      (shrink(x, threshold: 1.5, bias: 1), [-2, 0, 0, 0, 0, 1, 3]),
      (threshold(x, above: 0.5, otherwise: 9), [9, 9, 9, 9, 9, 2, 4]),
      (unitStep(x, atZero: 0.5), [0, 0, 0, 0.5, 1, 1, 1]),
    ]
    for (tensor, expected) in table { try expect(tensor, equals: expected, within: 1e-10) }
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Far tails keep their digits, and nothing overflows")
  func tails() throws {
    let x = graph.doubles([-745, -40, 40, 745])
    try expect(
      softplus(x) / exp(x), equals: [1, 1, 40 / 2.3538526683702e17, 0], within: 1e-12)
    #expect(try softplus(x).values()[3] == 745)
    #expect(try elu(x).values() == [-1, -1, 40, 745])
    #expect(try mish(x).values().allSatisfy(\.isFinite))
    let single = graph.vector([-5, -8])
    let bell = gelu(single, approximate: true) * graph.vector([1e7, 1e20])
    try expect(bell, equals: [-2.291796196629504, -0.3107782937501135], within: 1e-5)
    // By mpmath.
    let low = graph.doubles([-5, -10, -30])
    let slope = graph.gradients(of: gelu(low), withRespectTo: [low])[0]
    let curve = graph.gradients(of: slope, withRespectTo: [low])[0]
    let exact: [(Tensor, [Double])] = [
      (gelu(low), [-1.4332578593959696e-6, -7.6198530241605261e-23, -1.4720141781444561e-196]),
      (slope, [-7.1469460017922946e-6, -7.6184000964648141e-22, -4.4160316907084944e-195]),
      (curve, [-3.4194548838888847e-5, -7.540706654172291e-21, -1.3233342291209357e-193]),
    ]
    for (tensor, expected) in exact {
      let ones = [Double](repeating: 1, count: 3)
      try expect(tensor / graph.doubles(expected), equals: ones, within: 1e-12)
    }
    let singles = gelu(graph.vector([-5, -10])) / graph.vector([-1.4332579e-6, -7.6198530e-23])
    try expect(singles, equals: [1, 1], within: 1e-5)
    for function in [softplus(x), logSigmoid(x), mish(x), silu(x), elu(x), celu(x), selu(x)] {
      let slope = graph.gradients(of: function, withRespectTo: [x])[0]
      let curve = graph.gradients(of: slope, withRespectTo: [x])[0]
      #expect(try (slope + curve).values().allSatisfy(\.isFinite))
    }
    let extreme = graph.doubles([.infinity, -.infinity])
    try expect(softplus(extreme), equals: [.infinity, 0])
    try expect(graph.gradients(of: softplus(extreme), withRespectTo: [extreme])[0], equals: [1, 0])
    try expect(logSigmoid(extreme), equals: [0, -.infinity])
    try expect(hardTanh(extreme), equals: [1, -1])
    try expect(elu(extreme), equals: [.infinity, -1])
  }

  @Test("NaN stays NaN")
  func notANumber() throws {
    let x = graph.doubles([.nan])
    let all = [
      relu(x), relu6(x), leakyRelu(x), elu(x), selu(x), celu(x), gelu(x), silu(x), mish(x), softplus(x),
      softsign(x), logSigmoid(x), hardSigmoid(x), hardSilu(x), hardTanh(x), hardShrink(x), softShrink(x),
      threshold(x, above: 0, otherwise: 1), unitStep(x, atZero: 0),
    ]
    for tensor in all { #expect(try tensor.values()[0].isNaN) }
  }

  @Test("Slopes at kinks")
  func kinks() throws {
    func slope(_ points: [Double], _ function: (Tensor) -> Tensor) throws -> [Double] {
      let x = graph.doubles(points)
      return try graph.gradients(of: function(x), withRespectTo: [x])[0].values()
    }
    #expect(try slope([0]) { relu($0) } == [0])
    #expect(try slope([0, 6]) { relu6($0) } == [0, 0])
    #expect(try slope([0]) { leakyRelu($0, slope: 0.25) } == [0.25])
    #expect(try slope([0]) { elu($0, alpha: 2) } == [2])
    #expect(try slope([0]) { celu($0, alpha: 2) } == [1])
    #expect(isClose(try slope([0]) { selu($0) }, [1.758099340847377]))
    #expect(try slope([-3, 3]) { hardSigmoid($0) } == [0, 0])
    #expect(try slope([-3, 3]) { hardSilu($0) } == [0, 1])
    #expect(try slope([-1, 1, 0]) { hardTanh($0) } == [0, 0, 1])
    #expect(try slope([-0.5, 0.5, 1]) { hardShrink($0) } == [0, 0, 1])
    #expect(try slope([-0.5, 0.5, 1]) { softShrink($0) } == [0, 0, 1])
    #expect(try slope([1, 2]) { threshold($0, above: 1, otherwise: 5) } == [0, 1])
    #expect(try slope([0]) { softplus($0) } == [0.5])
    #expect(try slope([0]) { logSigmoid($0) } == [0.5])
    #expect(try slope([0]) { softsign($0) } == [1])
    #expect(try slope([-1, 1, 0]) { clamp($0, -1, 1) } == [1, 1, 1])
    #expect(try slope([0]) { abs($0) } == [0])
    // Second derivatives of smooth functions are right at 0 as well: σ′(0) = 1/4.
    let x = graph.doubles([0])
    for (function, expected) in [(softplus(x), 0.25), (logSigmoid(x), -0.25), (mish(x), 0.64)] {
      let first = graph.gradients(of: function, withRespectTo: [x])[0]
      try expect(graph.gradients(of: first, withRespectTo: [x])[0], equals: [expected])
    }
  }

  /// Without a kink nearby.
  static let curvePoints = spread([2, 4], -3.3, 3.9)

  @Test("Derivatives of first and second order of units")
  func derivatives() throws {
    let functions: [(Tensor) -> Tensor] = [
      { elu($0, alpha: 0.7) }, { selu($0) }, { celu($0, alpha: 1.3) }, { gelu($0) },
      { gelu($0, approximate: true) }, { silu($0, beta: 1.5) }, { mish($0) }, { hardSilu($0) },
      { square(leakyRelu($0)) }, { square(softShrink($0)) }, { square(hardTanh($0)) },
    ]
    for function in functions { try expectGradients([Self.curvePoints]) { function($0[0]) } }
  }

  @Test("Derivatives of first and second order of ramps and gates")
  func rampDerivatives() throws {
    let functions: [(Tensor) -> Tensor] = [
      { softplus($0, beta: 2) }, { softplus($0, beta: 2, threshold: 3) }, { squareplus($0) },
      { softsign($0) }, { logSigmoid($0) }, { tanhShrink($0) }, { glu($0) }, { glu($0, axis: 0) },
    ]
    let x = Self.curvePoints
    for function in functions { try expectGradients([x]) { function($0[0]) } }
    try expectGradients([x, NDArray([0.2, -0.3, 0.4, 0.1])]) { prelu($0[0], slope: $0[1]) }
    try expectGradients([x, NDArray([0.2, -0.3])]) { prelu($0[0], slope: $0[1], axis: 0) }
  }

  @Test("Gates, integers and mistakes")
  func others() throws {
    try expect(glu(graph.doubles([1, 2, 0, 100], [1, 4])), equals: [0.5, 2])
    #expect(glu(graph.zeros([2, 3])).complaint.hasPrefix("[split.extent] glu: axis 1 of f32[2,3] is 3 long"))
    try expect(
      prelu(graph.doubles([-2, 4, -6, 8], [2, 2]), slope: graph.doubles([0.5, 2]), axis: 0),
      equals: [-1, 4, -12, 8])
    #expect(relu(graph.constant([1, -1])).dtype == .int32)
    #expect(silu(graph.constant([1, -1])).dtype == .float32)
    #expect(
      hardTanh(graph.zeros([2]), min: 1, max: -1).complaint
        == "[hardTanh.bounds] hardTanh: the bounds 1.0 and -1.0 cross")
    #expect(celu(graph.zeros([2]), alpha: 0).complaint == "[activation.alpha] celu: alpha must not be 0")
    #expect(softplus(graph.zeros([2]), beta: 0).complaint.hasPrefix("[activation.beta]"))
    #expect(gelu(graph.constant("a")).complaint == "[promotion.string] gelu: takes no text, got string[]")
    let x = graph.vector([1])
    let cut = graph.gradients(of: unitStep(x, atZero: 1), withRespectTo: [x])[0]
    #expect(cut.complaint.hasPrefix("[gradient.cut]"))
  }
}
