// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

// Losses of yes-or-no questions, element by element.

/// The cross entropy of each element between a probability and the sigmoid of its logit; both of one shape.
///
/// max(x, 0) − x·z + log(1 + exp(−|x|)) for the logit x and the probability z, which overflows nowhere.
///
/// - Parameters:
///   - positiveWeight: what the part of the positive class, z·log σ(x), is multiplied with; broadcast.
///   - weights: of the losses; broadcast.
public func sigmoidCrossEntropy(
  logits: some TensorConvertible, probabilities: some TensorConvertible,
  positiveWeight: (any TensorConvertible)? = nil, weights: (any TensorConvertible)? = nil,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("sigmoidCrossEntropy", fileID, line).composing {
    let x = floating(logits)
    let z = sameShape(probabilities.tensor, x, roles: ["the probabilities", "the logits"])
    // One smooth expression on each side of 0, as in `smoothRamp`.
    let isPositive = x .> 0
    let tail = log1p(exp(select(isPositive, -x, x)))
    guard let positiveWeight else {
      return (select(isPositive, x, 0) - x * z + tail).weighted(by: weights, reduction)
    }
    // (1 − z)·x + (1 + (w − 1)·z)·log(1 + exp(−x))
    let factor = 1 + (positiveWeight.tensor - 1) * z
    let loss = (1 - z) * x + factor * (tail + select(isPositive, 0, -x))
    return loss.weighted(by: weights, reduction)
  }
}

/// The cross entropy of each element between a probability and a target: −z·log p − (1 − z)·log(1 − p).
///
/// Logarithms are held above −100, so that the loss of a certain mistake is finite. `sigmoidCrossEntropy` is more exact
/// where logits are at hand.
///
/// - Parameter epsilon: probabilities are first held between it and one less it (Keras has 1e-7).
public func binaryCrossEntropy(
  _ probabilities: some TensorConvertible, _ targets: some TensorConvertible, epsilon: Double = 0,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("binaryCrossEntropy", fileID, line).composing {
    let (x, z) = pair(probabilities, targets)
    let p = epsilon > 0 ? clamp(x, epsilon, 1 - epsilon) : x
    let loss = -(z * boundedLog(p) + (1 - z) * boundedLog(1 - p))
    return loss.weighted(by: weights, reduction)
  }
}

/// The focal loss of each element: the binary cross entropy times (1 − pₜ)^`gamma`, where pₜ is the probability of the
/// target (Lin and others, Focal Loss for Dense Object Detection, 2017).
///
/// - Parameter alpha: with it the parts of the two classes are multiplied with alpha and 1 − alpha.
public func binaryFocalCrossEntropy(
  _ probabilities: some TensorConvertible, _ targets: some TensorConvertible, gamma: Double = 2,
  alpha: Double? = nil, epsilon: Double = 0, weights: (any TensorConvertible)? = nil,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("binaryFocalCrossEntropy", fileID, line).composing {
    let (x, z) = pair(probabilities, targets)
    let p = epsilon > 0 ? clamp(x, epsilon, 1 - epsilon) : x
    let chosen = z * p + (1 - z) * (1 - p)
    let entropy = -(z * boundedLog(p) + (1 - z) * boundedLog(1 - p))
    let loss = pow(1 - chosen, gamma) * entropy
    guard let alpha else { return loss.weighted(by: weights, reduction) }
    return ((z * alpha + (1 - z) * (1 - alpha)) * loss).weighted(by: weights, reduction)
  }
}

/// The logarithm, −100 where it is less, and without a gradient there.
private func boundedLog(_ p: Tensor) -> Tensor {
  // exp(−100)
  let isTiny = p .< 3.720_075_976_020_836e-44
  return select(isTiny, -100, log(select(isTiny, 1, p)))
}
