// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Testing

@testable import Graphc

/// A batch whose extent only a run decides: values and gradients are those of the same numbers in a known shape.
@Suite("Functions of unknown extents")
struct SymbolicFunctionTests {
  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let function: @Sendable (Tensor) -> Tensor

    init(_ description: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
      self.description = description
      self.function = function
    }
  }

  /// Labels of a batch of unknown extent, made of the batch.
  private static func labels(of x: Tensor) -> Tensor { (x.sum(axis: 1) * 0).converted(to: .int32) + 2 }

  static let shapes = [
    Case("diagonalMatrix") { $0.diagonalMatrix() },
    Case("diagonal") { matmul($0, $0.transposed()).diagonal() },
    Case("trace") { matmul($0, $0.transposed()).trace() },
    Case("upperTriangle") { $0.upperTriangle(offset: 1) },
    Case("tiled") { $0.tiled(by: [2, 3, 1]) },
    Case("repeating") { $0.repeating(3, axis: 0) },
    Case("rolled") { $0.rolled(by: [1, 2], axes: [0, 1]) },
    Case("rolled in row-major order") { $0.rolled(by: -3) * $0 },
    Case("rotated90") { $0.rotated90(times: 3) },
    Case("movingAxis") { $0.expandingDims(at: 0).movingAxis(from: 1, to: -1) },
    Case("meshgrid") { meshgrid([$0[.all, 0], $0[.all, 1]])[0] },
    Case("split") { split($0, into: 2, axis: 1)[1] },
    Case("unstack") { unstack($0, axis: 1)[3] },
    Case("differences") { $0.differences(order: 2) },
    Case("differences of a batch") { $0.differences(axis: 0) },
    Case("kron") { kron($0, $0[.all, 0..<2]) },
    Case("outer") { outer($0, $0) },
    Case("tensordot") { tensordot($0, $0, axes: ([0], [0])) },
    Case("einsum") { einsum("bi,bj,ci->bcj", $0, $0, $0) },
    Case("cross") { cross($0[.all, 0..<3], $0[.all, 1..<4]) },
    Case("pixelShuffle") { pixelShuffle($0.expandingDims(at: -1).expandingDims(at: -1), factor: 2) },
  ]

  static let reductions = [
    Case("norm of a batch") { $0.norm(p: 3, axes: [0]) },
    Case("norm") { $0.norm(p: 2, axes: [1], keepDims: true) },
    Case("variance") { $0.variance(axes: [0], correction: 1) },
    Case("varianceAndMean") { $0.varianceAndMean(axes: [0, 1]).mean },
    Case("standardDeviation") { $0.standardDeviation(axes: [0]) },
    Case("nanMean") { $0.nanMean(axes: [0]) },
    Case("logSumExp") { logSumExp($0, axes: [0]) },
    Case("softmax") { softmax($0, axes: [0, 1]) },
    Case("logSoftmax") { logSoftmax($0, axis: 0) },
    Case("sparsemax") { sparsemax($0) },
    Case("distances") { distances($0, $0 + 1) },
    Case("cosineSimilarity") { cosineSimilarity($0, $0[0...0]) },
  ]

  static let networks = [
    Case("gelu") { gelu($0) }, Case("glu") { glu($0) }, Case("mish") { mish($0) },
    Case("layerNormalization") { layerNormalization($0) },
    Case("batchNormalization") { batchNormalization($0).output },
    Case("groupNormalization") { groupNormalization($0, groups: 2) },
    Case("instanceNormalization") { instanceNormalization(stack([$0, $0 * 2, $0 * $0], axis: 2), axis: 1) },
    Case("localResponseNormalization") { localResponseNormalization($0, size: 3) },
    Case("normalized") { normalized($0, axes: [0]) },
    Case("attention") { scaledDotProductAttention(query: $0, key: $0, value: $0, isCausal: true) },
    Case("softmaxCrossEntropy") {
      softmaxCrossEntropy(
        logits: $0, labels: labels(of: $0), ignoredLabel: 1, labelSmoothing: 0.1, reduction: .mean)
    },
    Case("negativeLogLikelihood") { negativeLogLikelihood(logProbabilities: $0, labels: labels(of: $0)) },
    Case("multiMarginLoss") { multiMarginLoss($0, labels: labels(of: $0)) },
    Case("huberLoss") { huberLoss($0, $0 * 2, reduction: .mean) },
    Case("klDivergence") { klDivergence(logProbabilities: $0, targets: softmax($0), reduction: .sum) },
    Case("tripletMarginLoss") { tripletMarginLoss(anchor: $0, positive: $0 + 1, negative: $0 * 2) },
  ]

  @Test("A batch of unknown extent", arguments: shapes + reductions + networks)
  func batch(item: Case) throws {
    let graph = Graph()
    let numbers = spread([3, 4])
    let open = graph.placeholder(.float64, [nil, 4], name: "open")
    let known = graph.placeholder(.float64, [3, 4], name: "known")
    let results = [open, known].flatMap { x in
      let value = item.function(x)
      return [value] + graph.gradients(of: square(value), withRespectTo: [x])
    }
    #expect(graph.diagnostics.isEmpty, "\(graph.diagnostics)")
    let values = try bothEngines(results, feeding: [open: numbers, known: numbers])
    #expect(values[0].shape == values[2].shape)
    #expect(isClose(values[0].doubles, values[2].doubles, within: 1e-13))
    #expect(isClose(values[1].doubles, values[3].doubles, within: 1e-13))
  }
}
