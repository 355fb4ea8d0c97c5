// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// Activations, losses, rules of learning and of regularization with published formulas and numbers; every one in native
/// code and in the interpreter.
@Suite("Worked examples of functions")
struct WorkedFunctionTests {
  let graph = Graph()

  @Test("E38 the slope of the sigmoid, and of a cross entropy")
  func derivatives() throws {
    let z = graph.doubles([-2, 0, 0.5, 3])
    let s = sigmoid(z)
    let slope = graph.gradients(of: s, withRespectTo: [z])[0]
    try expect(slope - s * (1 - s), equals: [0, 0, 0, 0], within: 1e-15)
    // Its maximum, at 0, is one quarter itself.
    try expect(slope.max(), equals: [0.25], within: 1e-15)
    let logits = graph.doubles([1, 2, 3, 0.5, -1, 0], [2, 3])
    let labels = graph.constant([0, 2])
    let loss = softmaxCrossEntropy(logits: logits, labels: labels)
    let gradient = graph.gradients(of: loss, withRespectTo: [logits])[0]
    let difference = softmax(logits) - oneHot(labels, depth: 3, dtype: .float64)
    try expect(gradient - difference, equals: Array(repeating: 0, count: 6), within: 1e-15)
    try expect(gradient[0], equals: [-0.909969426997, 0.244728471055, 0.665240955775])
  }

  @Test("E39 products of small slopes vanish")
  func vanishing() throws {
    let factors = graph.doubles([0.02, 0.01, 0.2, 0.3, 0.06, 0.5], [3, 2])
    try expect(factors.product(axis: 1), equals: [0.0002, 0.06, 0.03], within: 1e-15)
  }

  @Test("E42 a sheet of activation functions")
  func activations() throws {
    let z = graph.doubles([-2, -0.25, 0, 0.25, 2])
    // There are three conventions for the step at 0.
    try expect(unitStep(z, atZero: 0), equals: [0, 0, 0, 1, 1])
    try expect(unitStep(z, atZero: 1), equals: [0, 0, 1, 1, 1])
    try expect(unitStep(z, atZero: 0.5), equals: [0, 0, 0.5, 1, 1])
    try expect(sign(z), equals: [-1, -1, 0, 1, 1])
    try expect(graph.identity(z), equals: [-2, -0.25, 0, 0.25, 2])
    // Piecewise linear: z + 1/2 between 0 and 1.
    try expect(hardSigmoid(z, slope: 1), equals: [0, 0.25, 0.5, 0.75, 1])
    try expect(sigmoid(z), equals: [0.119202922022, 0.437823499114, 0.5, 0.562176500886, 0.880797077978])
    try expect(tanh(z), equals: [-0.964027580076, -0.244918662404, 0, 0.244918662404, 0.964027580076])
    try expect(relu(z), equals: [0, 0, 0, 0.25, 2])
    try expect(leakyRelu(z, slope: 0.001), equals: [-0.002, -0.00025, 0, 0.25, 2])
    try expect(leakyRelu(z, slope: 0.2), equals: [-0.4, -0.05, 0, 0.25, 2])
    try expect(elu(z), equals: [-0.864664716763, -0.221199216929, 0, 0.25, 2])
    try expect(
      softplus(z), equals: [0.126928011043, 0.575939419879, 0.69314718056, 0.825939419879, 2.126928011043],
      within: 1e-6)
    try expect(
      softmax(graph.doubles([1, 2, 3])), equals: [0.090030573171, 0.244728471055, 0.665240955775])
  }

  @Test("E43 outputs of a softmax and the classes that they mean")
  func softmaxOutputs() throws {
    let digits = graph.doubles([0.02, 0.95, 0.03])
    let animals = graph.doubles([0.80, 0.05, 0.02, 0.13])
    let labels = graph.doubles([0.1, 0.8, 0.1])
    for (output, position) in [(digits, 1.0), (animals, 0), (labels, 1)] {
      try expect(output.sum(), equals: [1], within: 1e-12)
      try expect(output.argMax(axis: 0), equals: [position])
      // The softmax of the logarithms gives such an output back.
      try expect(softmax(log(output)), equals: try output.values(), within: 1e-12)
    }
  }

  @Test("E47 formulas of losses")
  func losses() throws {
    let p = graph.doubles([0.9, 0.2, 0.6])
    let y = graph.doubles([1, 0, 1])
    // −(ln 0.9 + ln 0.8 + ln 0.6) / 3
    try expect(binaryCrossEntropy(p, y, reduction: .mean), equals: [0.279776557655])
    let rows = graph.doubles([0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6], [3, 3])
    let classes = graph.constant([1, 2, 3])
    let entropies = categoricalCrossEntropy(rows, oneHot(classes - 1, depth: 3, dtype: .float64))
    // −ln of 0.7, 0.8, 0.6
    try expect(entropies, equals: [0.356674943939, 0.223143551314, 0.510825623766])
    // Labels that count from 1 need an offset; then the sparse form is the same.
    try expect(
      categoricalCrossEntropy(rows, labels: classes - 1) - entropies, equals: [0, 0, 0], within: 1e-15)
    #expect(try categoricalCrossEntropy(rows, labels: classes).values()[2].isNaN)
    try expect(
      negativeLogLikelihood(logProbabilities: log(rows), labels: classes - 1, reduction: .sum),
      equals: [1.090644119019])
    try expect(
      softmaxCrossEntropy(logits: log(rows), labels: classes - 1),
      equals: [0.356674943939, 0.223143551314, 0.510825623766])
    // λ − t·ln λ
    try expect(
      poissonLoss(graph.doubles([2, 3]), graph.doubles([1, 4]), epsilon: 0),
      equals: [1.30685281944, -1.394449154672])
    try expect(hingeLoss(graph.doubles([0.5, -2, 3]), graph.doubles([1, 1, -1])), equals: [0.5, 3, 4])
    // Several classes with a margin of 0.5: max(0, 0.5 − 0.6 + 0.2) + max(0, 0.5 − 0.6 + 0.2), over 3 classes.
    try expect(
      multiMarginLoss(rows[2...], labels: classes[2...] - 1, margin: 0.5), equals: [0.2 / 3])
    try expect(
      categoricalHingeLoss(rows, oneHot(classes - 1, depth: 3, dtype: .float64)), equals: [0.5, 0.3, 0.6])
    let u = graph.doubles([3, 4])
    let v = graph.doubles([4, 3])
    try expect(cosineSimilarity(u, v), equals: [0.96])
    try expect(1 - cosineSimilarity(u, v), equals: [0.04])
    try expect(squaredError(u, v, reduction: .sum), equals: [2])
    try expect(meanSquaredError(u, v), equals: [1])
    try expect(meanAbsoluteError(u, v * 2), equals: [3.5])
    try expect(
      klDivergence(
        logProbabilities: log(graph.doubles([0.5, 0.5])), targets: graph.doubles([0.25, 0.75]),
        reduction: .sum),
      equals: [0.130812035941])
    try expect(huberLoss(graph.doubles([0.5, 3]), graph.doubles([0, 0])), equals: [0.125, 2.5])
  }

  @Test("E48, E49 the spread of initial weights")
  func initializers() throws {
    let count = 64
    let weights = { (initializer: Initializer) in
      let variable = graph.variable([count, count], initializer: initializer)
      return try Session(graph, seed: 3).value(of: variable).doubles
    }
    // √(6 / 2n) = √3 / √n, and σ = 1 / √n
    let limit = 3.0.squareRoot() / 8
    #expect(abs(limit - 0.2165063509) < 1e-10)
    let uniform = try weights(.glorotUniform)
    #expect(uniform.allSatisfy { abs($0) <= limit })
    #expect(uniform.map { abs($0) }.max() ?? 0 > 0.99 * limit)
    let deviation = { (numbers: [Double]) in
      (numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)).squareRoot()
    }
    #expect(abs(deviation(uniform) - 0.125) < 0.005)
    #expect(abs(deviation(try weights(.glorotNormal)) - 0.125) < 0.005)
    // He: √(2 / n)
    #expect(abs(deviation(try weights(.heNormal)) - 0.176776695297) < 0.007)
  }

  @Test("E50 one step of each optimizer from 1 with a gradient of 2")
  func optimizers() throws {
    let theta = graph.doubles([1])
    let gradient = graph.doubles([2])
    let rate = 0.1
    try expect(theta - rate * gradient, equals: [0.8])
    // Momentum and Nesterov's, from a velocity of 0.
    let velocity = 0.9 * graph.zeros(like: theta) - rate * gradient
    try expect(theta + velocity, equals: [0.8])
    try expect(theta + 0.9 * velocity - rate * gradient, equals: [0.62])
    // RMSProp with ρ = 0.9, ε inside the root.
    let square = 0.1 * gradient * gradient
    try expect(theta - rate * gradient / sqrt(square + 1e-7), equals: [1 - 0.2 / 0.6324556110], within: 1e-7)
    // Adam's first step moves by the rate; ε stands outside the root.
    let first = 0.1 * gradient / (1 - 0.9)
    let second = 0.001 * gradient * gradient / (1 - 0.999)
    try expect(theta - rate * first / (sqrt(second) + 1e-7), equals: [0.9], within: 1e-7)
  }

  @Test("E51 batch normalization with its moving averages")
  func batchNormalizations() throws {
    let x = graph.doubles([1, 10, 2, 20, 6, 60], [3, 2])
    let gamma = graph.doubles([2, 1])
    let beta = graph.doubles([0, -1])
    let trained = batchNormalization(x, scale: gamma, offset: beta)
    try expect(trained.mean, equals: [3, 30])
    // Of the population: 14 / 3, not 14 / 2.
    try expect(trained.variance, equals: [14.0 / 3, 1400.0 / 3])
    let root = (14.0 / 3 + 0.001).squareRoot()
    try expect(trained.output[.all, 0], equals: [-4 / root, -2 / root, 6 / root])
    // γ = 1 and β = −1: (x − 30) / √(1400 / 3 + 0.001) − 1.
    try expect(
      trained.output[.all, 1], equals: [-1.9258191078240388, -1.4629095539120194, 0.38872866173605813],
      within: 1e-12)
    let moving = 0.99 * graph.ones(like: trained.mean) + 0.01 * trained.mean
    try expect(moving, equals: [1.02, 1.29])
    // 0.99 + 0.01 · 14 / 3 and 0.99 + 0.01 · 1400 / 3; with the variance of a sample it would be 1.06 and 7.99.
    let movingVariance = 0.99 * graph.ones(like: trained.variance) + 0.01 * trained.variance
    try expect(movingVariance, equals: [1.0366666666666666, 5.656666666666667], within: 1e-12)
  }

  @Test("E52 weights of a norm at most r")
  func maxNorm() throws {
    let w = graph.doubles([3, 4, 0.3, 0.4], [2, 2])
    try expect(clippedByNorm(w, 2, axes: [1]), equals: [1.2, 1.6, 0.3, 0.4])
  }

  @Test("E53 penalties on weights")
  func regularizers() throws {
    let w = graph.doubles([1, -2, 3, -4])
    let n = 4.0
    let l1 = abs(w).sum() / n
    let l2 = square(w).sum() / (2 * n)
    try expect(l1, equals: [2.5])
    try expect(l2, equals: [3.75])
    try expect(0.25 * l1 + 0.75 * l2, equals: [3.4375])
    // Keras has plain sums.
    try expect(0.01 * w.norm(p: 1), equals: [0.1])
    try expect(0.01 * square(w).sum(), equals: [0.3])
    let loss = graph.doubles([0.5]) + 0.1 * l2
    try expect(graph.gradients(of: loss, withRespectTo: [w])[0], equals: [0.025, -0.05, 0.075, -0.1])
  }

  @Test("E54 dropout that halves an error of 5 %, and keeps a layer's mean")
  func dropoutReduction() throws {
    let errors = graph.doubles([0.05, 0.025])
    let (before, after) = (errors.sliced(axis: 0, to: 1), errors.sliced(axis: 0, from: 1))
    try expect((before - after) / before, equals: [0.5])
    // What is left of a layer is scaled so that the next one expects the same, and nothing happens once it is trained.
    let x = graph.full(1, [100, 100], dtype: .float64)
    let kept = try Session(graph, seed: 4, threads: 1).run(dropout(x, rate: 0.5)).doubles
    #expect(Set(kept) == [0, 2])
    // Four standard errors of a mean of ten thousand.
    #expect(abs(kept.reduce(0, +) / 10_000 - 1) < 0.04)
  }
}
