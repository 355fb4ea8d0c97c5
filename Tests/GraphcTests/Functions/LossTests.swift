// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

/// Numbers by NumPy and SciPy from the losses' definitions.
@Suite("Losses of numbers, of yes or no, of margins")
struct ElementLossTests {
  let graph = Graph()

  var x: Tensor { graph.doubles([1, -2, 0.5, 0, 3, -1], [2, 3]) }
  var t: Tensor { graph.doubles([0.5, -2, 3, 2, 0, -1.25], [2, 3]) }

  @Test("Distances between predictions and targets")
  func regression() throws {
    try expect(huberLoss(x, t), equals: [0.125, 0, 2, 1.5, 2.5, 0.03125])
    try expect(huberLoss(x, t, delta: 2), equals: [0.125, 0, 3, 2, 4, 0.03125])
    try expect(smoothL1Loss(x, t, beta: 0.5), equals: [0.25, 0, 2.25, 1.75, 2.75, 0.0625])
    try expect(smoothL1Loss(x, t, beta: 0), equals: [0.5, 0, 2.5, 2, 3, 0.25])
    try expect(
      logCoshLoss(x, t),
      equals: [0.120114506958, 0, 1.813568167929, 1.325002747358, 2.309328504578, 0.03092980362],
      within: 1e-11)
    try expect(squaredError(x, t, reduction: .sum), equals: [0.25 + 6.25 + 4 + 9 + 0.0625])
    try expect(
      absoluteError(x, t, weights: graph.doubles([1, 2, 3]), reduction: .mean),
      equals: [(0.5 + 7.5 + 2 + 6 + 0.75) / 6])
    try expect(meanAbsoluteError(x, t), equals: [8.25 / 6])
    try expect(
      logCoshLoss(graph.doubles([-1000, 1000]), graph.doubles([0, 0])),
      equals: [999.306852819, 999.306852819])
    #expect(squaredError(graph.constant([1]), graph.constant([3])).dtype == .float32)
    #expect(
      huberLoss(x, t[0]).complaint
        == "[loss.shape] huberLoss: the targets are f64[3], the predictions f64[2,3]: their shapes must be the same"
    )
    for loss in [
      { huberLoss($0, $1, delta: 0.7) }, { smoothL1Loss($0, $1, beta: 0.6) }, { logCoshLoss($0, $1) },
    ] as [(Tensor, Tensor) -> Tensor] {
      try expectGradients([spread([6]), spread([6], -2, 1)]) { loss($0[0], $0[1]) }
    }
  }

  @Test("Likelihoods of counts, of normal numbers, of distributions")
  func likelihoods() throws {
    let rates = graph.doubles([0.5, 2, 3])
    let counts = graph.doubles([0, 1, 4])
    try expect(poissonLoss(rates, counts), equals: [0.5, 1.30685281444, -1.394449168006])
    try expect(poissonLoss(rates, counts, isFull: true), equals: [0.5, 1.30685281444, 1.762813990238])
    try expect(
      poissonLoss(rates, counts, predictionsAreLogarithms: true),
      equals: [1.6487212707, 5.389056098931, 8.085536923188])
    let (mean, y) = (graph.doubles([1, 2, 3]), graph.doubles([1.5, 0, 3]))
    let variance = graph.doubles([0.5, 2, 1e-9])
    try expect(
      gaussianLoss(mean, y, variances: variance), equals: [-0.09657359028, 1.34657359028, -6.907755278982])
    try expect(
      gaussianLoss(mean, y, variances: variance, isFull: true),
      equals: [0.822364942925, 2.265512123485, -5.988816745777])
    let slope = graph.gradients(of: gaussianLoss(mean, y, variances: variance), withRespectTo: [variance])[0]
    #expect(try slope.values()[2] == 0)
    let q = log(graph.doubles([0.1, 0.6, 0.3]))
    try expect(
      klDivergence(logProbabilities: q, targets: graph.doubles([0.2, 0.5, 0.3])),
      equals: [0.138629436112, -0.091160778397, 0])
    try expect(
      klDivergence(logProbabilities: q, targets: graph.doubles([0, 0.7, 0.3])),
      equals: [0, 0.107905475879, 0])
    let logarithms = log(graph.doubles([0.2, 0.5, 0.3]))
    try expect(
      klDivergence(logProbabilities: q, targets: logarithms, targetsAreLogarithms: true, reduction: .sum),
      equals: [0.138629436112 - 0.091160778397])
    try expectGradients([spread([4], 0.3, 2), spread([4], 1.2, 5.2), spread([4], 0.5, 2)]) {
      poissonLoss($0[0], $0[1], isFull: true) + gaussianLoss($0[0], $0[1], variances: $0[2])
        + klDivergence(logProbabilities: $0[0], targets: $0[2])
    }
  }

  @Test("Binary cross entropies of probabilities and of logits")
  func binary() throws {
    let p = graph.doubles([0.1, 0.7, 1, 0])
    let z = graph.doubles([0, 1, 0.5, 1])
    try expect(binaryCrossEntropy(p, z), equals: [0.105360515658, 0.356674943939, 50, 100])
    try expect(
      binaryCrossEntropy(p, z, epsilon: 1e-7),
      equals: [0.105360515658, 0.356674943939, 8.059047875742, 16.118095650958])
    let slope = graph.gradients(of: binaryCrossEntropy(p, z), withRespectTo: [p])[0]
    try expect(slope, equals: [1 / 0.9, -1 / 0.7, -0.5, 0])
    let logits = graph.doubles([-2, 0, 1.5, 30])
    let targets = graph.doubles([1, 0, 0.3, 1])
    try expect(
      sigmoidCrossEntropy(logits: logits, probabilities: targets, positiveWeight: graph.doubles([3])),
      equals: [6.380784033129, 0.69314718056, 1.372261244772, 0])
    try expect(
      sigmoidCrossEntropy(
        logits: logits, probabilities: targets, weights: graph.doubles([2, 0, 0, 1]), reduction: .mean),
      equals: [2 * 2.126928011043 / 4])
    // σ′(0) = 1/4 is the second derivative at a logit of 0.
    let zero = graph.doubles([0])
    let one = graph.doubles([1])
    let entropy = sigmoidCrossEntropy(logits: zero, probabilities: one)
    let gradient = graph.gradients(of: entropy, withRespectTo: [zero])[0]
    try expect(gradient, equals: [-0.5])
    try expect(graph.gradients(of: gradient, withRespectTo: [zero])[0], equals: [0.25])
    try expect(
      binaryFocalCrossEntropy(graph.doubles([0.1, 0.7, 0.4]), graph.doubles([0, 1, 1])),
      equals: [0.001053605157, 0.032100744954, 0.329864663475])
    try expect(
      binaryFocalCrossEntropy(
        graph.doubles([0.1, 0.7]), graph.doubles([0, 1]), alpha: 0.25, reduction: .sum),
      equals: [0.75 * 0.001053605157 + 0.25 * 0.032100744954])
    try expectGradients([spread([5], 0.1, 0.9), spread([5], 0, 1)]) { binaryCrossEntropy($0[0], $0[1]) }
    try expectGradients([spread([5], 0.1, 0.9), spread([5], 0, 1)]) { binaryFocalCrossEntropy($0[0], $0[1]) }
    try expectGradients([spread([5]), spread([5], 0, 1), spread([5], 0.5, 2)]) {
      sigmoidCrossEntropy(logits: $0[0], probabilities: $0[1], positiveWeight: $0[2])
    }
  }

  @Test("Losses with a margin")
  func margins() throws {
    let scores = graph.doubles([0.3, 0.5, 2, -3])
    let signs = graph.doubles([1, -1, 1, -1])
    try expect(hingeLoss(scores, signs), equals: [0.7, 1.5, 0, 0])
    try expect(squaredHingeLoss(scores, signs), equals: [0.49, 2.25, 0, 0])
    try expect(hingeEmbeddingLoss(scores, signs), equals: [0.3, 0.5, 2, 4])
    try expect(
      softMarginLoss(graph.doubles([0, 2]), graph.doubles([1, -1])), equals: [0.69314718056, 2.126928011043])
    try expect(
      marginRankingLoss(scores, graph.doubles([0, 1, 1, 1]), signs, margin: 0.5, reduction: .sum),
      equals: [0.2 + 0 + 0 + 0])
    let rows = graph.doubles([1, 2, 3, 0, -1, 1, 2, 2, 0], [3, 3])
    let labels = graph.constant([2, 0, 1])
    try expect(
      categoricalHingeLoss(rows, oneHot(labels, depth: 3, dtype: .float64)), equals: [0, 2, 1])
    try expect(multiMarginLoss(rows, labels: labels), equals: [0, 0.666666666667, 0.333333333333])
    try expect(
      multiMarginLoss(rows, labels: labels, margin: 1.5, p: 2),
      equals: [0.083333333333, 2.166666666667, 0.75])
    try expect(
      multiMarginLoss(rows, labels: labels, classWeights: graph.doubles([1, 2, 0.5]), reduction: .mean),
      equals: [1.333333333333 / 3])
    let anchor = graph.doubles([0, 1, 2, 2], [2, 2])
    let positive = graph.doubles([1, 1, 0, 1], [2, 2])
    let negative = graph.doubles([0, 1.5, 3, 3], [2, 2])
    for swaps in [false, true] {
      try expect(
        tripletMarginLoss(anchor: anchor, positive: positive, negative: negative, swaps: swaps),
        equals: [1.499999999999, 1.821857170981])
    }
    try expect(
      tripletMarginLoss(
        anchor: anchor * 0, positive: anchor * 0 + 1, negative: anchor * 0 + 2, margin: 3, epsilon: 0,
        swaps: true),
      equals: [3, 3])
    try expect(
      cosineEmbeddingLoss(anchor, positive, graph.doubles([1, -1]), margin: 0.2),
      equals: [0.292893218813, 0.507106781187])
    // At the margin the slope is still that of the loss.
    let edge = graph.doubles([1])
    try expect(graph.gradients(of: hingeLoss(edge, edge * 0 + 1), withRespectTo: [edge])[0], equals: [-1])
    try expectGradients([spread([3, 3])]) {
      multiMarginLoss($0[0], labels: $0[0].graph.constant([2, 0, 1]), p: 2)
    }
    try expectGradients([spread([2, 3]), spread([2, 3], -1, 1), spread([2, 3], 0, 3)]) {
      tripletMarginLoss(anchor: $0[0], positive: $0[1], negative: $0[2], margin: 5, swaps: true)
    }
    try expectGradients([spread([2, 3]), spread([2, 3], -1, 1)]) {
      cosineEmbeddingLoss($0[0], $0[1], $0[0].graph.doubles([1, -1]), margin: -1)
        + softMarginLoss($0[0], $0[1]).sum()
    }
  }
}

/// Numbers by NumPy and SciPy from the losses' definitions.
@Suite("Losses of classes")
struct ClassLossTests {
  let graph = Graph()

  var logits: Tensor { graph.doubles([1, 2, 3, 0, -1, 1, 2, 2, 0], [3, 3]) }
  var labels: Tensor { graph.constant([2, 0, 1]) }
  var weights: Tensor { graph.doubles([1, 2, 0.5]) }

  @Test("Weights, an ignored label, smoothing, reductions")
  func labelled() throws {
    func loss(
      _ weights: Tensor? = nil, ignoring label: Int? = nil, smoothing: Double = 0,
      _ reduction: LossReduction = .none
    ) -> Tensor {
      softmaxCrossEntropy(
        logits: logits, labels: labels, classWeights: weights, ignoredLabel: label, labelSmoothing: smoothing,
        reduction: reduction)
    }
    try expect(loss(), equals: [0.407605964444, 1.407605964444, 0.75862367568])
    try expect(loss(weights), equals: [0.203802982222, 1.407605964444, 1.517247351359])
    try expect(loss(weights, .mean), equals: [0.893901799435885])
    try expect(loss(ignoring: 0), equals: [0.407605964444, 0, 0.75862367568])
    try expect(loss(ignoring: 0, .mean), equals: [0.5831148200619469])
    try expect(loss(weights, ignoring: 0, .mean), equals: [0.6884201334324869])
    try expect(loss(smoothing: 0.1), equals: [0.507605964444, 1.407605964444, 0.825290342346])
    try expect(loss(weights, smoothing: 0.1), equals: [0.364310046518, 1.481066063852, 1.487362045052])
    try expect(loss(weights, smoothing: 0.1, .mean), equals: [0.9522109015493344])
    try expect(loss(ignoring: -100, .sum), equals: [0.407605964444 + 1.407605964444 + 0.75862367568])
    let logarithms = logSoftmax(logits)
    try expect(
      negativeLogLikelihood(
        logProbabilities: logarithms, labels: labels, classWeights: weights, ignoredLabel: 0, reduction: .mean
      ),
      equals: [0.6884201334324869])
    // Classes on another axis, labels of another type.
    try expect(
      softmaxCrossEntropy(
        logits: logits.transposed(), labels: labels.converted(to: .uint8), axis: 0, ignoredLabel: -1),
      equals: [0.407605964444, 1.407605964444, 0.75862367568])
    let bytes = labels.converted(to: .uint8)
    try expect(
      softmaxCrossEntropy(logits: logits, labels: bytes, ignoredLabel: 1000, reduction: .sum),
      equals: [0.407605964444 + 1.407605964444 + 0.75862367568])
    // An ignored label need not be a class; any other outside has a loss of NaN.
    let outside = graph.constant([2, 7, -1])
    try expect(
      softmaxCrossEntropy(logits: logits, labels: outside, ignoredLabel: 7),
      equals: [0.407605964444, 0, .nan])
    try expect(
      softmaxCrossEntropy(
        logits: logits, labels: graph.constant([5, 5, 5]), ignoredLabel: 5, reduction: .mean),
      equals: [.nan])
  }

  @Test("Distributions as targets; probabilities as predictions")
  func distributions() throws {
    let targets = graph.doubles([0.2, 0.3, 0.5, 1, 0, 0, 0, 0.5, 0.5], [3, 3])
    let plain = [1.107605964444, 1.407605964444, 1.75862367568]
    try expect(softmaxCrossEntropy(logits: logits, probabilities: targets), equals: plain)
    try expect(
      softmaxCrossEntropy(logits: logits, probabilities: targets, classWeights: weights),
      equals: [1.427986262667, 1.407605964444, 1.448279594599])
    try expect(
      softmaxCrossEntropy(logits: logits, probabilities: targets, labelSmoothing: 0.1),
      equals: [1.137605964444, 1.407605964444, 1.725290342346])
    try expect(
      softmaxCrossEntropy(
        logits: logits.transposed(), probabilities: targets.transposed(), axis: 0, classWeights: weights),
      equals: [1.427986262667, 1.407605964444, 1.448279594599])
    let p = softmax(logits)
    try expect(categoricalCrossEntropy(p, targets), equals: plain)
    try expect(
      categoricalCrossEntropy(p, targets, labelSmoothing: 0.1),
      equals: [1.137605964444, 1.407605964444, 1.725290342346])
    try expect(
      categoricalCrossEntropy(p, labels: labels), equals: [0.407605964444, 1.407605964444, 0.75862367568])
    // A class without a part in the target adds nothing, even where its probability is 0.
    try expect(categoricalCrossEntropy(graph.doubles([0, 1]), graph.doubles([0, 1])), equals: [0])
    try expect(
      categoricalCrossEntropy(graph.doubles([0, 1]), graph.doubles([1, 0]), epsilon: 1e-7),
      equals: [16.118095650958])
  }

  @Test("Derivatives")
  func derivatives() throws {
    try expectGradients([spread([3, 4]), spread([4], 0.5, 2)]) { x in
      softmaxCrossEntropy(
        logits: x[0], labels: x[0].graph.constant([3, 0, 2]), classWeights: x[1], ignoredLabel: 0,
        labelSmoothing: 0.2, reduction: .mean)
    }
    try expectGradients([spread([3, 4]), spread([3, 4], 0.1, 1)]) {
      softmaxCrossEntropy(logits: $0[0], probabilities: $0[1], labelSmoothing: 0.2)
    }
    try expectGradients([spread([3, 4], 0.1, 1), spread([3, 4], 0.1, 1)]) {
      categoricalCrossEntropy($0[0], $0[1])
    }
    try expectGradients([spread([3, 4], 0.1, 1)]) {
      categoricalCrossEntropy($0[0], labels: $0[0].graph.constant([3, 0, 2]))
    }
  }

  @Test("Mistakes")
  func mistakes() {
    #expect(
      softmaxCrossEntropy(logits: logits, labels: labels, classWeights: graph.doubles([1, 2])).complaint
        == "[loss.weights] softmaxCrossEntropy: the weights are f64[2]; there must be one for each of 3 classes"
    )
    #expect(
      negativeLogLikelihood(logProbabilities: logits, labels: logits).complaint
        == "[loss.labels] negativeLogLikelihood: the labels are f64[3,3]; they must be integers")
    #expect(
      multiMarginLoss(logits, labels: graph.constant([1])).complaint
        == "[loss.shape] multiMarginLoss: the labels are i32[1], the scores f64[3,3]: there must be one label for each row of scores"
    )
    #expect(softmaxCrossEntropy(logits: logits, labels: labels, axis: 2).complaint.hasPrefix("[axis.range]"))
  }
}
