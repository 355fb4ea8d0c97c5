// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

// Losses of numbers. Predictions and targets have one shape, which the losses have as well unless a reduction is asked
// for; `weights` are broadcast against them.

/// The mean over all elements of the squared differences between two tensors of one shape; a scalar.
public func meanSquaredError(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("meanSquaredError", fileID, line).composing {
    let targets = sameShape(targets, predictions, roles: ["the targets", "the predictions"])
    return square(predictions.tensor - targets).mean()
  }
}

/// The mean over all elements of the distances between two tensors of one shape; a scalar.
public func meanAbsoluteError(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("meanAbsoluteError", fileID, line).composing {
    let targets = sameShape(targets, predictions, roles: ["the targets", "the predictions"])
    return abs(predictions.tensor - targets).mean()
  }
}

/// (prediction − target)².
public func squaredError(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("squaredError", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    return square(x - t).weighted(by: weights, reduction)
  }
}

/// |prediction − target|; its derivative at 0 is 0.
public func absoluteError(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("absoluteError", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    return abs(x - t).weighted(by: weights, reduction)
  }
}

/// ½·d² for a distance d up to `delta`, delta·(d − ½·delta) beyond (Huber, 1964).
public func huberLoss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible, delta: Double = 1,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("huberLoss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    let distance = abs(x - t)
    let loss = select(
      distance .<= delta, 0.5 * distance * distance, delta * (distance - 0.5 * delta))
    return loss.weighted(by: weights, reduction)
  }
}

/// ½·d²/beta for a distance d below `beta`, d − ½·beta beyond: the Huber loss over beta; for a beta of 0 the distance
/// itself (PyTorch's `smooth_l1_loss`).
public func smoothL1Loss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible, beta: Double = 1,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("smoothL1Loss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    let distance = abs(x - t)
    if beta == 0 { return distance.weighted(by: weights, reduction) }
    let loss = select(distance .< beta, 0.5 * distance * distance / beta, distance - 0.5 * beta)
    return loss.weighted(by: weights, reduction)
  }
}

/// log cosh(prediction − target), which is close to ½·d² near 0 and to |d| − log 2 far away.
public func logCoshLoss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("logCoshLoss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    let difference = x - t
    // log cosh d = d + log(1 + exp(−2d)) − log 2
    let loss = difference + smoothRamp(-2 * difference) - 0.693_147_180_559_945_3
    return loss.weighted(by: weights, reduction)
  }
}

/// Minus the logarithm of a Poisson distribution's probability of a count: λ − t·log λ for the rate λ, without what does
/// not depend on λ.
///
/// - Parameters:
///   - predictions: the rates, or their logarithms.
///   - epsilon: added to rates before their logarithm is taken.
///   - isFull: with Stirling's approximation of log t!, t·log t − t + ½·log(2πt), for counts above 1.
public func poissonLoss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible,
  predictionsAreLogarithms: Bool = false, epsilon: Double = 1e-8, isFull: Bool = false,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("poissonLoss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    var loss = predictionsAreLogarithms ? exp(x) - t * x : x - t * log(x + epsilon)
    if isFull {
      let isMany = t .> 1
      let count = select(isMany, t, 1)
      let factorial = count * log(count) - count + 0.5 * log(2 * Double.pi * count)
      loss = loss + select(isMany, factorial, 0)
    }
    return loss.weighted(by: weights, reduction)
  }
}

/// Minus the logarithm of a normal distribution's density: ½·(log σ² + d²/σ²) for the difference d from its mean.
///
/// - Parameters:
///   - variances: broadcast against the predictions; at least `epsilon`, below which they have no gradient.
///   - isFull: with the constant ½·log 2π.
public func gaussianLoss(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible,
  variances: some TensorConvertible, epsilon: Double = 1e-6, isFull: Bool = false,
  weights: (any TensorConvertible)? = nil, reduction: LossReduction = .none, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("gaussianLoss", fileID, line).composing {
    let (x, t) = pair(predictions, targets)
    let variance = atLeast(epsilon, floating(variances))
    let loss = 0.5 * (log(variance) + square(x - t) / variance)
    // ½·log 2π
    return (isFull ? loss + 0.918_938_533_204_672_8 : loss).weighted(by: weights, reduction)
  }
}

/// t·log(t / p), where 0·log 0 is 0; summed over a distribution it is the Kullback–Leibler divergence.
///
/// - Parameters:
///   - logProbabilities: log p.
///   - targets: t, or its logarithm.
public func klDivergence(
  logProbabilities: some TensorConvertible, targets: some TensorConvertible,
  targetsAreLogarithms: Bool = false, weights: (any TensorConvertible)? = nil,
  reduction: LossReduction = .none, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("klDivergence", fileID, line).composing {
    let (x, t) = pair(logProbabilities, targets)
    if targetsAreLogarithms { return (exp(t) * (t - x)).weighted(by: weights, reduction) }
    let isZero = t .== 0
    let loss = t * log(select(isZero, 1, t)) - t * x
    return loss.weighted(by: weights, reduction)
  }
}
