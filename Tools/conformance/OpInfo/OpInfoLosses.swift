// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// A loss of two tensors, reduced as the argument `reduction` says.
  private static func loss(
    _ function: @escaping @Sendable (Tensor, Tensor, LossReduction, OpInfoCall) throws -> Tensor
  ) -> Writer {
    { call in [try function(try call.tensor(0), try call.tensor(1), try reduction(call), call)] }
  }

  private static func reduction(_ call: OpInfoCall) throws -> LossReduction {
    switch try call.string(nil, "reduction") ?? "mean" {
    case "none": return .none
    case "sum": return .sum
    case "mean": return .mean
    case let other: throw NotCovered("the reduction \(other)")
    }
  }

  static let losses: [String: Writer] = [
    "nn.functional.l1_loss": loss { x, y, reduction, _ in absoluteError(x, y, reduction: reduction) },
    "nn.functional.mse_loss": loss { x, y, reduction, _ in squaredError(x, y, reduction: reduction) },
    "nn.functional.smooth_l1_loss": loss { x, y, reduction, call in
      smoothL1Loss(x, y, beta: try call.number(nil, "beta", default: 1), reduction: reduction)
    },
    "nn.functional.huber_loss": loss { x, y, reduction, call in
      huberLoss(x, y, delta: try call.number(nil, "delta", default: 1), reduction: reduction)
    },
    "nn.functional.binary_cross_entropy": loss { x, y, reduction, call in
      binaryCrossEntropy(x, y, weights: try call.optionalTensor(2, "weight"), reduction: reduction)
    },
    "nn.functional.binary_cross_entropy_with_logits": loss { x, y, reduction, call in
      sigmoidCrossEntropy(
        logits: x, probabilities: y, positiveWeight: try call.optionalTensor(nil, "pos_weight"),
        weights: try call.optionalTensor(2, "weight"), reduction: reduction)
    },
    "nn.functional.kl_div": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let areLogarithms = try call.bool(nil, "log_target")
      if try call.string(nil, "reduction") == "batchmean" {
        let sum = klDivergence(
          logProbabilities: x, targets: y, targetsAreLogarithms: areLogarithms, reduction: .sum)
        return [sum / x.extents[0]]
      }
      return [
        klDivergence(
          logProbabilities: x, targets: y, targetsAreLogarithms: areLogarithms, reduction: try reduction(call)
        )
      ]
    },
    "nn.functional.poisson_nll_loss": loss { x, y, reduction, call in
      poissonLoss(
        x, y, predictionsAreLogarithms: try call.bool(nil, "log_input", default: true),
        epsilon: try call.number(nil, "eps", default: 1e-8), isFull: try call.bool(nil, "full"),
        reduction: reduction)
    },
    "nn.functional.gaussian_nll_loss": loss { x, y, reduction, call in
      // Targets of fewer axes, or of one element along some, stand for more.
      gaussianLoss(
        x, y.broadcast(to: x.extents), variances: try call.tensor(2),
        epsilon: try call.number(nil, "eps", default: 1e-6),
        isFull: try call.bool(nil, "full"), reduction: reduction)
    },
    "nn.functional.hinge_embedding_loss": loss { x, y, reduction, call in
      hingeEmbeddingLoss(x, y, margin: try call.number(nil, "margin", default: 1), reduction: reduction)
    },
    "nn.functional.margin_ranking_loss": loss { x, y, reduction, call in
      marginRankingLoss(
        x, y, try call.tensor(2), margin: try call.number(nil, "margin", default: 0), reduction: reduction)
    },
    "nn.functional.soft_margin_loss": loss { x, y, reduction, _ in softMarginLoss(x, y, reduction: reduction)
    },
    "nn.functional.multi_margin_loss": loss { x, y, reduction, call in
      let rows = x.rank < 2 ? x.reshaped(to: [1, x.extents.first ?? 1]) : x
      let losses = multiMarginLoss(
        rows, labels: y.reshaped(to: [rows.extents[0]]), margin: try call.number(nil, "margin", default: 1),
        p: try call.number(nil, "p", default: 1), classWeights: try call.optionalTensor(nil, "weight"),
        reduction: reduction)
      return x.rank < 2 ? losses.reshaped(to: []) : losses
    },
    "nn.functional.triplet_margin_loss": loss { anchor, positive, reduction, call in
      tripletMarginLoss(
        anchor: anchor, positive: positive, negative: try call.tensor(2),
        margin: try call.number(nil, "margin", default: 1), p: try call.number(nil, "p", default: 2),
        epsilon: try call.number(nil, "eps", default: 1e-6), swaps: try call.bool(nil, "swap"),
        reduction: reduction)
    },
    "nn.functional.cosine_embedding_loss": loss { x, y, reduction, call in
      cosineEmbeddingLoss(
        x, y, try call.tensor(2), margin: try call.number(nil, "margin", default: 0), reduction: reduction)
    },
    "nn.functional.nll_loss": loss { x, y, reduction, call in
      negativeLogLikelihood(
        logProbabilities: x, labels: y, axis: x.rank == 1 ? 0 : 1,
        classWeights: try call.optionalTensor(2, "weight"),
        ignoredLabel: try call.integer(nil, "ignore_index", default: -100), reduction: reduction)
    },
    "nn.functional.cross_entropy": loss { x, y, reduction, call in
      let axis = x.rank == 1 ? 0 : 1
      let weights = try call.optionalTensor(2, "weight")
      let smoothing = try call.number(nil, "label_smoothing", default: 0)
      if y.dtype.isFloatingPoint {
        return softmaxCrossEntropy(
          logits: x, probabilities: y, axis: axis, classWeights: weights, labelSmoothing: smoothing,
          reduction: reduction)
      }
      return softmaxCrossEntropy(
        logits: x, labels: y, axis: axis, classWeights: weights,
        ignoredLabel: try call.integer(nil, "ignore_index", default: -100), labelSmoothing: smoothing,
        reduction: reduction)
    },
  ]
}
