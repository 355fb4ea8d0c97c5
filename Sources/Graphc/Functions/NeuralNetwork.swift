// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// exp(x) scaled to a sum of 1 along an axis; computed from the distance to the maximum, so that nothing overflows.
public func softmax(
  _ x: some TensorConvertible, axis: Int = -1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("softmax", fileID, line).composing {
    let weights = exp(distanceToMaximum(x, axis: axis))
    return weights / weights.sum(axis: axis, keepDims: true)
  }
}

/// The logarithm of `softmax`, without its rounding to 0.
public func logSoftmax(
  _ x: some TensorConvertible, axis: Int = -1, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("logSoftmax", fileID, line).composing {
    let distance = distanceToMaximum(x, axis: axis)
    return distance - log(exp(distance).sum(axis: axis, keepDims: true))
  }
}

/// log(Σ exp(x)) along an axis, without overflow.
public func logSumExp(
  _ x: some TensorConvertible, axis: Int = -1, keepDims: Bool = false, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("logSumExp", fileID, line).composing {
    let maximum = x.max(axis: axis, keepDims: true).stopGradient()
    let sum = log(exp(x.tensor - maximum).sum(axis: axis, keepDims: true)) + maximum
    return keepDims ? sum : sum.squeezing(axes: [axis])
  }
}

/// The maximum cancels in what is made of the result, so its gradient is not wanted.
private func distanceToMaximum(_ x: some TensorConvertible, axis: Int) -> Tensor {
  x.tensor - x.max(axis: axis, keepDims: true).stopGradient()
}

/// The cross entropy of each example between its label and the softmax of its logits.
///
/// - Parameters:
///   - logits: `[…, classes]`.
///   - labels: the class of each example, an integer, `[…]`. The loss of a label outside `0 ..< classes` is NaN.
/// - Returns: `[…]`: one loss an example; `.mean()` is the usual objective.
public func softmaxCrossEntropy(
  logits: some TensorConvertible, labels: some TensorConvertible, fileID: String = #fileID, line: Int = #line
) -> Tensor {
  CallSite("softmaxCrossEntropy", fileID, line).composing {
    let (logits, labels) = (logits.tensor, labels.tensor)
    let checked = build([logits, labels], at: inner, in: logits.graph, roles: ["logits", "labels"]) {
      state, terms throws(BuildError) in
      let scores = try state.promoted([terms[0]], .floating)[0]
      try state.requireLabels(state.value(terms[1]), for: scores)
      return scores
    }
    let distance = distanceToMaximum(checked, axis: -1)
    let classes = build([distance], at: inner, in: logits.graph) { state, terms throws(BuildError) in
      try state.indices(along: -1, of: state.value(terms[0]))
    }
    let count = build([distance], at: inner, in: logits.graph) { state, terms throws(BuildError) in
      let value = try state.value(terms[0])
      return try state.elementCount(of: value, axes: [state.axis(-1, of: value)], as: .int32)
    }
    let isLabel = labels.expandingDims(at: -1) .== classes
    // Chosen rather than multiplied: a logit of −∞ elsewhere must not become 0 · ∞.
    let chosen = select(isLabel, distance, 0).sum(axis: -1)
    let loss = log(exp(distance).sum(axis: -1)) - chosen
    return select((labels .>= 0) .& (labels .< count), loss, Double.nan)
  }
}

/// The cross entropy of each example between a distribution over the classes and the softmax of its logits.
///
/// - Parameters:
///   - logits: `[…, classes]`.
///   - probabilities: of the same shape, with a sum of 1 along the last axis; a one-hot row for a certain label.
/// - Returns: `[…]`: one loss an example.
public func softmaxCrossEntropy(
  logits: some TensorConvertible, probabilities: some TensorConvertible, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("softmaxCrossEntropy", fileID, line).composing {
    let (logits, probabilities) = (logits.tensor, probabilities.tensor)
    let weights = sameShape(probabilities, logits, roles: ["the probabilities", "the logits"])
    return -(weights * logSoftmax(logits)).sum(axis: -1)
  }
}

/// The cross entropy of each element between a probability and the sigmoid of its logit; both of one shape.
///
/// max(x, 0) − x·z + log(1 + exp(−|x|)) for the logit x and the probability z, which overflows nowhere.
public func sigmoidCrossEntropy(
  logits: some TensorConvertible, probabilities: some TensorConvertible, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("sigmoidCrossEntropy", fileID, line).composing {
    let x = logits.tensor
    let z = sameShape(probabilities.tensor, x, roles: ["the probabilities", "the logits"])
    return maximum(x, 0) - x * z + log1p(exp(-abs(x)))
  }
}

/// The mean over all elements of the squared differences between two tensors of one shape; a scalar.
public func meanSquaredError(
  _ predictions: some TensorConvertible, _ targets: some TensorConvertible, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("meanSquaredError", fileID, line).composing {
    let targets = sameShape(targets.tensor, predictions.tensor, roles: ["the targets", "the predictions"])
    return square(predictions.tensor - targets).mean()
  }
}

/// 1 where the last, new axis has the index's value, else 0; all 0 for an index outside `0 ..< depth`.
///
/// - Parameter indices: integers, `[…]`.
/// - Returns: `[…, depth]`.
public func oneHot(
  _ indices: some TensorConvertible, depth: Int, dtype: DType = .float32, fileID: String = #fileID,
  line: Int = #line
) -> Tensor {
  CallSite("oneHot", fileID, line).composing {
    let indices = indices.tensor
    let positions = build([indices], at: inner, in: indices.graph) { state, terms throws(BuildError) in
      let type = try state.type(of: state.value(terms[0]))
      if !type.dtype.isInteger { throw BuildError("oneHot.indices", "takes integers, got \(type)") }
      if depth < 0 { throw BuildError("oneHot.depth", "a depth of \(depth) is negative") }
      return try state.append(.iota(IotaOp(type: TensorType(.int32, Shape([depth])), axis: 0)))
    }
    return (indices.expandingDims(at: -1) .== positions).converted(to: dtype)
  }
}

/// For expressions that are part of a composite: the composite's own call takes its place.
private let inner = CallSite(operator: "")

/// The first tensor, after both are known to have one shape: a loss that broadcasts is a mistake.
private func sameShape(_ tensor: Tensor, _ other: Tensor, roles: [String]) -> Tensor {
  build([tensor, other], at: inner, in: tensor.graph, roles: roles) { state, terms throws(BuildError) in
    let (value, reference) = (try state.value(terms[0]), try state.value(terms[1]))
    let (type, wanted) = (state.type(of: value), state.type(of: reference))
    if !state.unifyShapes(type.shape, wanted.shape) {
      throw BuildError(
        "loss.shape", "\(roles[0]) are \(type), \(roles[1]) \(wanted): their shapes must be the same")
    }
    return value
  }
}

extension GraphState {
  fileprivate mutating func requireLabels(_ labels: Value, for logits: Value) throws(BuildError) {
    let (type, scores) = (type(of: labels), type(of: logits))
    if scores.rank == 0 {
      throw BuildError("loss.shape", "the logits are \(scores); they need an axis for the classes")
    }
    if !type.dtype.isInteger {
      throw BuildError(
        "loss.labels", "the labels are \(type); they must be integers, or be given as `probabilities:`")
    }
    if !unifyShapes(type.shape, scores.shape.removing(axes: [scores.rank - 1])) {
      throw BuildError(
        "loss.shape",
        "the labels are \(type), the logits \(scores): there must be one label for each row of logits")
    }
  }

  /// `0, 1, …` along an axis of a value, `i32[extent]`.
  fileprivate mutating func indices(along axis: Int, of value: Value) throws(BuildError) -> Value {
    let extent = type(of: value).shape[try self.axis(axis, of: value)]
    return try append(.iota(IotaOp(type: TensorType(.int32, Shape([extent])), axis: 0)))
  }
}
