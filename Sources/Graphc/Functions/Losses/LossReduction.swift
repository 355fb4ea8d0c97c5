// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// What becomes of the losses of a batch.
public enum LossReduction: Hashable, Sendable {
  /// They stay as they are, one an element or an example.
  case none
  case sum
  /// Their mean; where classes have weights, or a label is ignored, the mean that these weights give.
  case mean
}

extension Tensor {
  func reduced(by reduction: LossReduction) -> Tensor {
    switch reduction {
    case .none: self
    case .sum: sum()
    case .mean: mean()
    }
  }

  /// Times the weights, and reduced; the mean is over the number of losses.
  func weighted(by weights: (any TensorConvertible)?, _ reduction: LossReduction) -> Tensor {
    guard let weights else { return reduced(by: reduction) }
    return (self * weights.tensor).reduced(by: reduction)
  }
}

/// Predictions and targets as floating-point numbers, after both are known to have one shape.
func pair(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible
) -> (predictions: Tensor, targets: Tensor) {
  let checked = sameShape(targets, predictions, roles: ["the targets", "the predictions"])
  return (floating(predictions), floating(checked))
}
