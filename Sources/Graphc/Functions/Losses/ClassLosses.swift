// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

// Losses of one class out of several, one loss an example. Classes lie along `axis`, the last one where nothing else is
// said: `[…, classes]`.

/// The cross entropy of each example between its label and the softmax of its logits.
///
/// - Parameters:
///   - logits: `[…, classes]`, the classes along `axis`.
///   - labels: the class of each example, an integer, `[…]`. The loss of a label outside `0 ..< classes` is NaN.
///   - classWeights: `[classes]`: what the loss of each class is multiplied with; the mean divides by their sum.
///   - ignoredLabel: examples with this label have a loss of 0 and do not count in the mean.
///   - labelSmoothing: how much of the label's probability is spread evenly over all classes.
/// - Returns: `[…]`: one loss an example; `.mean()` is the usual objective.
public func softmaxCrossEntropy(
  logits: some TensorConvertible, labels: some TensorConvertible, axis: Int = -1,
  classWeights: (any TensorConvertible)? = nil, ignoredLabel: Int? = nil, labelSmoothing: Double = 0,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("softmaxCrossEntropy", fileID, line).composing {
    let scores = labelled(logits, labels, axis, roles: ["logits", "labels"])
    let distance = distanceToMaximum(scores, axes: [-1])
    let examples = LabelledExamples(distance, labels, classWeights, ignoredLabel)
    let chosen = examples.chosen(from: distance)
    let logSum = log(exp(distance).sum(axis: -1))
    let loss = logSum - chosen
    if labelSmoothing == 0 { return examples.reduced(loss, reduction) }
    let even = logSum.expandingDims(at: -1) - distance
    return examples.reduced(loss, smoothed: even, by: labelSmoothing, reduction)
  }
}

/// The cross entropy of each example between a distribution over the classes and the softmax of its logits.
///
/// - Parameters:
///   - logits: `[…, classes]`, the classes along `axis`.
///   - probabilities: of the same shape, with a sum of 1 along the classes; a one-hot row for a certain label.
///   - classWeights: `[classes]`: what the part of each class is multiplied with.
///   - labelSmoothing: how much of the probabilities is spread evenly over all classes.
/// - Returns: `[…]`: one loss an example.
public func softmaxCrossEntropy(
  logits: some TensorConvertible, probabilities: some TensorConvertible, axis: Int = -1,
  classWeights: (any TensorConvertible)? = nil, labelSmoothing: Double = 0,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("softmaxCrossEntropy", fileID, line).composing {
    let (logits, probabilities) = (logits.tensor, probabilities.tensor)
    let targets = sameShape(probabilities, logits, roles: ["the probabilities", "the logits"])
    let smooth = smoothed(targets, by: labelSmoothing, classes: logits, axis)
    let weighted = classWeights.map { smooth * aligned($0.tensor, with: axis, of: logits) } ?? smooth
    return (-(weighted * logSoftmax(logits, axis: axis)).sum(axis: axis)).reduced(by: reduction)
  }
}

/// Minus the logarithm that each example has for its label.
///
/// - Parameters:
///   - logProbabilities: `[…, classes]`, the classes along `axis`.
///   - labels: the class of each example, an integer, `[…]`. The loss of a label outside `0 ..< classes` is NaN.
///   - classWeights: `[classes]`: what the loss of each class is multiplied with; the mean divides by their sum.
///   - ignoredLabel: examples with this label have a loss of 0 and do not count in the mean.
/// - Returns: `[…]`: one loss an example.
public func negativeLogLikelihood(
  logProbabilities: some TensorConvertible, labels: some TensorConvertible, axis: Int = -1,
  classWeights: (any TensorConvertible)? = nil, ignoredLabel: Int? = nil,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("negativeLogLikelihood", fileID, line).composing {
    let scores = labelled(logProbabilities, labels, axis, roles: ["logarithms", "labels"])
    let examples = LabelledExamples(scores, labels, classWeights, ignoredLabel)
    return examples.reduced(-examples.chosen(from: scores), reduction)
  }
}

/// The cross entropy of each example between two distributions over the classes, −Σ t·log p. A class that has no part in
/// the targets adds nothing, whatever its probability. `softmaxCrossEntropy` is more exact where logits are at hand.
///
/// - Parameter epsilon: probabilities are first held between it and one less it (Keras has 1e-7).
/// - Returns: `[…]`: one loss an example.
public func categoricalCrossEntropy(
  _ probabilities: some TensorConvertible, _ targets: some TensorConvertible, axis: Int = -1,
  epsilon: Double = 0, labelSmoothing: Double = 0, reduction: LossReduction = .none,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("categoricalCrossEntropy", fileID, line).composing {
    let (x, given) = pair(probabilities, targets)
    let t = smoothed(given, by: labelSmoothing, classes: x, axis)
    let p = epsilon > 0 ? clamp(x, epsilon, 1 - epsilon) : x
    let isAbsent = t .== 0
    return (-(t * log(select(isAbsent, 1, p))).sum(axis: axis)).reduced(by: reduction)
  }
}

/// Minus the logarithm of the probability that each example gives its label.
///
/// - Parameters:
///   - probabilities: `[…, classes]`, the classes along `axis`.
///   - labels: the class of each example, an integer, `[…]`. The loss of a label outside `0 ..< classes` is NaN.
///   - epsilon: probabilities are first held between it and one less it (Keras has 1e-7).
/// - Returns: `[…]`: one loss an example.
public func categoricalCrossEntropy(
  _ probabilities: some TensorConvertible, labels: some TensorConvertible, axis: Int = -1,
  epsilon: Double = 0, ignoredLabel: Int? = nil, reduction: LossReduction = .none,
  fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("categoricalCrossEntropy", fileID, line).composing {
    let x = labelled(probabilities, labels, axis, roles: ["probabilities", "labels"])
    let examples = LabelledExamples(x, labels, nil, ignoredLabel)
    let p = examples.chosen(from: epsilon > 0 ? clamp(x, epsilon, 1 - epsilon) : x)
    return examples.reduced(-log(p), reduction)
  }
}

/// Probabilities of which a part is spread evenly over the classes along an axis.
private func smoothed(_ probabilities: Tensor, by part: Double, classes: Tensor, _ axis: Int) -> Tensor {
  if part == 0 { return probabilities }
  return (1 - part) * probabilities + part / elementCount(of: floating(classes), axes: [axis])
}
