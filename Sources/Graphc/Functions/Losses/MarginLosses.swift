// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

// Losses that are 0 once a score is right by a margin. At the margin itself their slope is still that of the loss.

/// max(0, 1 − t·x), for targets of ±1.
public func hingeLoss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("hingeLoss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    return nonNegativePart(1 - t * x).weighted(by: weights, reduction)
  }
}

/// max(0, 1 − t·x)², for targets of ±1.
public func squaredHingeLoss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("squaredHingeLoss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    return square(nonNegativePart(1 - t * x)).weighted(by: weights, reduction)
  }
}

/// max(0, 1 + n − p) for each example, where p is the score of its class, Σ t·x, and n the best of the others,
/// max (1 − t)·x; targets are one-hot along the axis (Keras's `categorical_hinge`).
public func categoricalHingeLoss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible, axis: Int = -1,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("categoricalHingeLoss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    let (right, wrong) = ((t * x).sum(axis: axis), ((1 - t) * x).max(axis: axis))
    return nonNegativePart(1 + wrong - right).reduced(by: reduction)
  }
}

/// For each example the sum over the other classes of max(0, margin − s + x)ᵖ, where s is the score of its label and x
/// that of the class, divided by the number of classes (Weston and Watkins, 1999; PyTorch's `multi_margin_loss`).
///
/// - Parameters:
///   - scores: `[…, classes]`.
///   - labels: the class of each example, an integer, `[…]`. The loss of a label outside `0 ..< classes` is NaN.
///   - p: 1 or 2 as a rule; at the margin the slope is 0.
///   - classWeights: `[classes]`: what the loss of an example of each class is multiplied with.
public func multiMarginLoss(
  _ scores: some TensorConvertible, labels: some TensorConvertible, margin: Double = 1, p: Double = 1,
  classWeights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("multiMarginLoss", fileID, line).composing {
    let rows = labelled(scores, labels, -1, roles: ["scores", "labels"])
    let examples = LabelledExamples(rows, labels, classWeights, nil)
    let own = examples.chosen(from: rows).expandingDims(at: -1)
    let gaps = relu(margin - own + rows)
    let losses = p == 1 ? gaps : p == 2 ? square(gaps) : pow(gaps, p)
    let loss = examples.others(of: losses).sum(axis: -1) / elementCount(of: rows, axes: [-1])
    return examples.reduced(loss, .none).reduced(by: reduction)
  }
}

/// max(0, margin − t·(x − y)): t is 1 where x should rank above y, −1 where below.
public func marginRankingLoss(
  _ x: some TensorConvertible, _ y: some TensorConvertible, _ targets: some TensorConvertible,
  margin: Double = 0, reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("marginRankingLoss", fileID, line).composing {
    nonNegativePart(margin - targets.tensor * (floating(x) - y)).reduced(by: reduction)
  }
}

/// The distance x where the target is 1, max(0, margin − x) where it is −1.
public func hingeEmbeddingLoss(
  _ x: some TensorConvertible, _ targets: some TensorConvertible, margin: Double = 1,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("hingeEmbeddingLoss", fileID, line).composing {
    let (x, t) = (floating(x), targets.tensor)
    let loss = select(t .!= -1, x, 0) + select(t .!= 1, nonNegativePart(margin - x), 0)
    return loss.reduced(by: reduction)
  }
}

/// log(1 + exp(−t·x)), for targets of ±1.
public func softMarginLoss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("softMarginLoss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    return smoothRamp(-t * x).reduced(by: reduction)
  }
}

/// max(0, margin + d(anchor, positive) − d(anchor, negative)) with the p-norm of differences along the last axis, to each
/// of which `epsilon` is added (PyTorch's `triplet_margin_loss`).
///
/// - Parameter swaps: takes the distance from positive to negative where it is less than that from the anchor (Balntas and
///   others, 2016).
public func tripletMarginLoss(
  anchor: some TensorConvertible, positive: some TensorConvertible, negative: some TensorConvertible,
  margin: Double = 1, p: Double = 2, epsilon: Double = 1e-6, swaps: Bool = false,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("tripletMarginLoss", fileID, line).composing {
    let near = pairwiseDistance(anchor, positive, p: p, epsilon: epsilon)
    let far = pairwiseDistance(anchor, negative, p: p, epsilon: epsilon)
    let apart = swaps ? minimum(far, pairwiseDistance(positive, negative, p: p, epsilon: epsilon)) : far
    return nonNegativePart(margin + near - apart).reduced(by: reduction)
  }
}

/// 1 − c where the target is 1, max(0, c − margin) where it is −1, for the cosine c between the last axes of x and y.
public func cosineEmbeddingLoss(
  _ x: some TensorConvertible, _ y: some TensorConvertible, _ targets: some TensorConvertible,
  margin: Double = 0, reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("cosineEmbeddingLoss", fileID, line).composing {
    let cosine = cosineSimilarity(x, y)
    let t = targets.tensor
    let loss = select(t .== 1, 1 - cosine, select(t .== -1, nonNegativePart(cosine - margin), 0))
    return loss.reduced(by: reduction)
  }
}
