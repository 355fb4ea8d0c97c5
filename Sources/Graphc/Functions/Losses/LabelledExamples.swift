// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// Scores as floating-point numbers with their classes on the last axis, after the labels are known to be integers, one
/// for each row of scores.
func labelled(
  _ scores: some TensorConvertible, _ labels: some TensorConvertible, _ axis: Int, roles: [String]
) -> Tensor {
  let scores = scores.tensor
  return build([scores, labels.tensor], at: .inner, in: scores.graph, roles: roles) {
    state, terms throws(BuildError) in
    let given = try state.promoted([terms[0]], .floating)[0]
    let type = state.type(of: given)
    if type.rank == 0 {
      throw BuildError("loss.shape", "the \(roles[0]) are \(type); they need an axis for the classes")
    }
    let moved = try state.moved(given, [(state.axis(axis, of: given), type.rank - 1)])
    try state.requireLabels(state.value(terms[1]), for: moved, named: roles[0])
    return moved
  }
}

/// Examples of one label each, and what their labels say about their weights.
struct LabelledExamples {
  /// Integers, `[…]`.
  private let labels: Tensor
  /// `[…, classes]`
  private let isLabel: Tensor
  private let classCount: Tensor
  /// One a class.
  private let classWeights: Tensor?
  private let isIgnored: Tensor?

  /// - Parameter scores: `[…, classes]`.
  init(
    _ scores: Tensor, _ labels: some TensorConvertible, _ classWeights: (any TensorConvertible)?,
    _ ignoredLabel: Int?
  ) {
    let classes = indices(along: -1, of: scores)
    classCount = build([scores], at: .inner, in: scores.graph) { state, terms throws(BuildError) in
      let value = try state.value(terms[0])
      return try state.elementCount(of: value, axes: [state.axis(-1, of: value)], as: .int32)
    }
    // The ignored label need not be a number of the labels' type.
    let given = labels.tensor
    let isNarrow = given.dtype.isInteger && given.dtype != .int32
    let all = ignoredLabel != nil && isNarrow ? given.converted(to: .int64) : given
    self.labels = all
    isLabel = (all.expandingDims(at: -1) .== classes)
    isIgnored = ignoredLabel.map { label in all .== label }
    self.classWeights = classWeights.map { weights in
      checked([weights.tensor, classes], roles: ["the weights", "the classes"]) {
        state, values throws(BuildError) in
        let types = values.map(state.type(of:))
        if !state.unifyShapes(types[0].shape, types[1].shape) {
          throw BuildError(
            "loss.weights",
            "the weights are \(types[0]); there must be one for each of \(types[1].shape[0]) classes")
        }
      }
    }
  }

  /// Of each row of `[…, classes]` the element of its label.
  func chosen(from rows: Tensor) -> Tensor {
    // Chosen rather than multiplied: an element of −∞ elsewhere must not become 0 · ∞.
    select(isLabel, rows, 0).sum(axis: -1)
  }

  /// Of each row of `[…, classes]` all elements, with 0 in the place of its label.
  func others(of rows: Tensor) -> Tensor { select(isLabel, 0, rows) }

  /// The losses, NaN for labels that are no class, weighted and reduced.
  func reduced(_ loss: Tensor, _ reduction: LossReduction) -> Tensor {
    reduced(loss, addend: nil, reduction)
  }

  /// The losses mixed with those of an even distribution over the classes.
  ///
  /// - Parameter even: `[…, classes]`, the loss that each class would have as the label.
  func reduced(
    _ loss: Tensor, smoothed even: Tensor, by part: Double, _ reduction: LossReduction
  ) -> Tensor {
    let weighted = classWeights.map { even * $0 } ?? even
    let share = weighted.sum(axis: -1) * (part / classCount.converted(to: even.dtype))
    return reduced((1 - part) * loss, addend: share, reduction)
  }

  private func reduced(_ loss: Tensor, addend: Tensor?, _ reduction: LossReduction) -> Tensor {
    let weight = classWeights.map { select(isLabel, $0, 0).sum(axis: -1) }
    let weighted = weight.map { loss * $0 } ?? loss
    let total = addend.map { weighted + $0 } ?? weighted
    let valid = select((labels .>= 0) .& (labels .< classCount), total, Double.nan)
    let losses = isIgnored.map { select($0, 0, valid) } ?? valid
    guard reduction == .mean, weight != nil || isIgnored != nil else { return losses.reduced(by: reduction) }
    let shares = weight ?? losses.graph.ones(like: losses)
    return losses.sum() / (isIgnored.map { select($0, 0, shares) } ?? shares).sum()
  }
}

extension GraphState {
  fileprivate mutating func requireLabels(
    _ labels: Value, for scores: Value, named name: String
  ) throws(BuildError) {
    let (type, wanted) = (type(of: labels), type(of: scores))
    if !type.dtype.isInteger {
      let advice = name == "logits" ? ", or be given as `probabilities:`" : ""
      throw BuildError("loss.labels", "the labels are \(type); they must be integers\(advice)")
    }
    if !unifyShapes(type.shape, wanted.shape.removing(axes: [wanted.rank - 1])) {
      throw BuildError(
        "loss.shape",
        "the labels are \(type), the \(name) \(wanted): there must be one label for each row of \(name)")
    }
  }
}
