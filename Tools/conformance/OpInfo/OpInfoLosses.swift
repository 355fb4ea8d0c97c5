// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// A loss of each element, reduced as the argument `reduction` says.
  private static func loss(_ function: @escaping @Sendable (OpInfoCall) throws -> Tensor) -> Writer {
    { call in [try reduced(try function(call), call)] }
  }

  private static func reduced(_ losses: Tensor, _ call: OpInfoCall) throws -> Tensor {
    switch try call.string(nil, "reduction") ?? "mean" {
    case "none": return losses
    case "sum": return losses.sum()
    case "mean": return losses.mean()
    case let other: throw NotCovered("the reduction \(other)")
    }
  }

  static let losses: [String: Writer] = [
    "nn.functional.l1_loss": loss { abs(try $0.tensor(0) - $0.tensor(1)) },
    "nn.functional.mse_loss": loss { square(try $0.tensor(0) - $0.tensor(1)) },
    "nn.functional.smooth_l1_loss": loss { call in
      let distance = abs(try call.tensor(0) - call.tensor(1))
      let beta = try call.number(nil, "beta", default: 1)
      if beta == 0 { return distance }
      return select(distance .< beta, 0.5 * square(distance) / beta, distance - 0.5 * beta)
    },
    "nn.functional.huber_loss": loss { call in
      let distance = abs(try call.tensor(0) - call.tensor(1))
      let delta = try call.number(nil, "delta", default: 1)
      return select(distance .<= delta, 0.5 * square(distance), delta * (distance - 0.5 * delta))
    },
    "nn.functional.binary_cross_entropy": loss { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let losses = -(y * maximum(log(x), -100) + (1 - y) * maximum(log1p(-x), -100))
      return try call.optionalTensor(2, "weight").map { losses * $0 } ?? losses
    },
    "nn.functional.binary_cross_entropy_with_logits": loss { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let tail = log1p(exp(-abs(x))) + maximum(-x, 0)
      let positive = try call.optionalTensor(nil, "pos_weight")
      let losses = (1 - y) * x + (positive.map { (1 + ($0 - 1) * y) * tail } ?? tail)
      return try call.optionalTensor(2, "weight").map { losses * $0 } ?? losses
    },
    "nn.functional.kl_div": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let losses =
        try call.bool(nil, "log_target") ? exp(y) * (y - x) : select(y .== 0, 0, y * log(y)) - y * x
      if try call.string(nil, "reduction") == "batchmean" { return [losses.sum() / x.extents[0]] }
      return [try reduced(losses, call)]
    },
    "nn.functional.poisson_nll_loss": loss { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let epsilon = try call.number(nil, "eps", default: 1e-8)
      var losses =
        try call.bool(nil, "log_input", default: true) ? exp(x) - y * x : x - y * log(x + epsilon)
      if try call.bool(nil, "full") {
        let stirling = y * log(y) - y + 0.5 * log(2 * Double.pi * y)
        losses = losses + select(y .> 1, stirling, 0)
      }
      return losses
    },
    "nn.functional.gaussian_nll_loss": loss { call in
      let (x, y, spread) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
      // The bound changes the value and not the gradient.
      let least = try call.number(nil, "eps", default: 1e-6)
      let bounded = spread + (maximum(spread, least) - spread).stopGradient()
      let losses = 0.5 * (log(bounded) + square(x - y) / bounded)
      return try call.bool(nil, "full") ? losses + 0.5 * Double.log2Pi : losses
    },
    "nn.functional.hinge_embedding_loss": loss { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let margin = try call.number(nil, "margin", default: 1)
      return select(y .!= 1, maximum(margin - x, 0), 0) + select(y .!= -1, x, 0)
    },
    "nn.functional.margin_ranking_loss": loss { call in
      let difference = try call.tensor(0) - call.tensor(1)
      return maximum(-(try call.tensor(2)) * difference + (try call.number(nil, "margin", default: 0)), 0)
    },
    "nn.functional.soft_margin_loss": loss { log1p(exp(-(try $0.tensor(1)) * (try $0.tensor(0)))) },
    "nn.functional.multi_margin_loss": loss { call in
      let (given, labels) = (try call.tensor(0), try call.tensor(1))
      let x = given.rank < 2 ? given.reshaped(to: [1, given.extents.first ?? 1]) : given
      let classes = x.extents[1]
      let isLabel = oneHot(labels.reshaped(to: [x.extents[0]]), depth: classes, dtype: x.dtype)
      let own = (x * isLabel).sum(axis: 1, keepDims: true)
      var losses = maximum((try call.number(nil, "margin", default: 1)) - own + x, 0)
      if try call.number(nil, "p", default: 1) == 2 { losses = square(losses) }
      if let weight = try call.optionalTensor(nil, "weight") {
        losses = losses * (isLabel * weight).sum(axis: 1, keepDims: true)
      }
      losses = ((1 - isLabel) * losses).sum(axis: 1) / classes
      return given.rank < 2 ? losses.reshaped(to: []) : losses
    },
    "nn.functional.triplet_margin_loss": loss { call in
      let (anchor, positive, negative) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
      let near = try distance(anchor, positive, call)
      var far = try distance(anchor, negative, call)
      if try call.bool(nil, "swap") { far = minimum(far, try distance(positive, negative, call)) }
      return maximum(near - far + (try call.number(nil, "margin", default: 1)), 0)
    },
    "nn.functional.cosine_embedding_loss": loss { call in
      let (x, y, labels) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
      let margin = try call.number(nil, "margin", default: 0)
      let lengths = sqrt((square(x).sum(axis: -1) + 1e-12) * (square(y).sum(axis: -1) + 1e-12))
      let cosine = (x * y).sum(axis: -1) / lengths
      return select(labels .== 1, 1 - cosine, select(labels .== -1, maximum(cosine - margin, 0), 0))
    },
    "nn.functional.pairwise_distance": { call in
      [try distance(try call.tensor(0), try call.tensor(1), call)]
    },
    "nn.functional.cosine_similarity": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      let shape = joined(x.extents, y.extents)
      let (a, b) = (x.broadcast(to: shape), y.broadcast(to: shape))
      let axis = try call.integer(2, "dim", default: 1)
      let least = try call.number(3, "eps", default: 1e-8)
      if shape.isEmpty { return [a * b / (maximum(abs(a), least) * maximum(abs(b), least))] }
      let lengths =
        maximum(sqrt(square(a).sum(axis: axis)), least) * maximum(sqrt(square(b).sum(axis: axis)), least)
      return [(a * b).sum(axis: axis) / lengths]
    },
    "nn.functional.nll_loss": { call in
      [try labelLoss(try call.tensor(0), call)]
    },
    "nn.functional.cross_entropy": { call in
      let x = try call.tensor(0)
      let scores = logSoftmax(x, axis: x.rank == 1 ? 0 : 1)
      guard try call.tensor(1).dtype.isFloatingPoint else { return [try labelLoss(scores, call)] }
      var target = try call.tensor(1)
      let axis = x.rank == 1 ? 0 : 1
      let smoothing = try call.number(nil, "label_smoothing", default: 0)
      if smoothing > 0 { target = target * (1 - smoothing) + smoothing / Double(x.extents[axis]) }
      var terms = target * scores
      if let weight = try call.optionalTensor(2, "weight") { terms = terms * along(weight, axis, x.rank) }
      let losses = -terms.sum(axis: axis)
      if try call.string(nil, "reduction") ?? "mean" == "mean" {
        return [losses.sum() / max(losses.extents.reduce(1, *), 1)]
      }
      return [try reduced(losses, call)]
    },
  ]

  /// The p-norm of x − y + eps along the last axis.
  private static func distance(_ x: Tensor, _ y: Tensor, _ call: OpInfoCall) throws -> Tensor {
    let difference = x - y + (try call.number(nil, "eps", default: 1e-6))
    let p = try call.number(nil, "p", default: 2)
    if p == 2 { return sqrt(square(difference).sum(axis: -1)) }
    return pow(pow(abs(difference), p).sum(axis: -1), 1 / p)
  }

  /// A vector along an axis of a tensor of the given rank.
  static func along(_ vector: Tensor, _ axis: Int, _ rank: Int) -> Tensor {
    vector.reshaped(to: (0..<rank).map { $0 == axis ? vector.extents[0] : 1 })
  }

  /// The negated score of each label; weighted, with an average over the weights, without labels that are ignored.
  private static func labelLoss(_ scores: Tensor, _ call: OpInfoCall) throws -> Tensor {
    let labels = try call.tensor(1)
    let axis = scores.rank == 1 ? 0 : 1
    let classes = scores.extents[axis]
    let ignored = try call.integer(nil, "ignore_index", default: -100)
    let isCounted = labels.expandingDims(at: axis) .!= ignored
    let isLabel =
      (labels.expandingDims(at: axis)
        .== call.graph.range(classes, dtype: labels.dtype).reshaped(
          to: (0..<scores.rank).map { $0 == axis ? classes : 1 })) .& isCounted
    let weight = try call.optionalTensor(2, "weight").map { along($0, axis, scores.rank) }
    let ones = call.graph.ones(like: scores)
    let factors = select(isLabel, weight.map { ones * $0 } ?? ones, 0)
    let smoothing = try call.number(nil, "label_smoothing", default: 0)
    var losses = -select(isLabel, factors * scores, 0).sum(axis: axis)
    let mean = try call.string(nil, "reduction") ?? "mean" == "mean"
    let total = factors.sum()
    if smoothing > 0 {
      let spread = select(isCounted, weight.map { scores * $0 } ?? scores, 0).sum(axis: axis)
      if mean {
        return (1 - smoothing) * losses.sum() / total - smoothing / Double(classes) * spread.sum() / total
      }
      losses = (1 - smoothing) * losses - smoothing / Double(classes) * spread
    }
    return mean ? losses.sum() / total : try reduced(losses, call)
  }
}

extension Double {
  /// log(2π)
  static let log2Pi = 1.837_877_066_409_345_5
}
