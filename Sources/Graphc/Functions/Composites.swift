// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// What functions made of other functions have in common.

extension CallSite {
  /// For expressions that are part of a composite: the composite's own call takes its place.
  static let inner = CallSite(operator: "")
}

/// The tensor itself, after a look at what the program has given; part of a composite.
func checked(
  _ tensors: [any TensorConvertible], roles: [String] = [],
  _ check: (inout GraphState, [Value]) throws(BuildError) -> Void
) -> Tensor {
  build(tensors, at: .inner, in: tensors[0].tensor.graph, roles: roles) { state, terms throws(BuildError) in
    var values: [Value] = []
    for term in terms { values.append(try state.value(term)) }
    try check(&state, values)
    return values[0]
  }
}

/// The tensor as floating-point numbers: integers and `bool` become `f32`.
func floating(_ x: some TensorConvertible) -> Tensor {
  build([x], at: .inner, in: x.tensor.graph) { state, terms throws(BuildError) in
    try state.promoted(terms, .floating)[0]
  }
}

/// Tensors repeated to the shape that they broadcast to together.
func broadcast(_ tensors: [Tensor]) -> [Tensor] {
  tensors[0].graph.buildAll(tensors, at: .inner, poisonTypes: tensors.map { _ in nil }) {
    state, terms throws(BuildError) in
    var values: [Value] = []
    for term in terms { values.append(try state.value(term)) }
    return try state.broadcast(values)
  }
}

/// The first tensor, after both are known to have one shape: what pairs up element by element and would broadcast is a
/// mistake.
func sameShape(
  _ tensor: some TensorConvertible, _ other: some TensorConvertible, roles: [String]
) -> Tensor {
  checked([tensor.tensor, other.tensor], roles: roles) { state, values throws(BuildError) in
    let (type, wanted) = (state.type(of: values[0]), state.type(of: values[1]))
    if !state.unifyShapes(type.shape, wanted.shape) {
      throw BuildError(
        "loss.shape", "\(roles[0]) are \(type), \(roles[1]) \(wanted): their shapes must be the same")
    }
  }
}

/// The number of elements along some axes, as a scalar of the tensor's floating-point type.
func elementCount(of x: Tensor, axes: [Int]?) -> Tensor {
  build([x], at: .inner, in: x.graph) { state, terms throws(BuildError) in
    let value = try state.value(terms[0])
    return try state.elementCount(
      of: value, axes: state.axes(axes, of: value), as: state.type(of: value).dtype)
  }
}

/// `0, 1, …` along an axis of a tensor; `i32[extent]`.
func indices(along axis: Int, of x: Tensor) -> Tensor {
  build([x], at: .inner, in: x.graph) { state, terms throws(BuildError) in
    let value = try state.value(terms[0])
    let extent = state.type(of: value).shape[try state.axis(axis, of: value)]
    return try state.iota(.int32, Shape([extent]), axis: 0)
  }
}

/// A vector with as many axes of extent 1 behind it as let it broadcast along an axis of another tensor. What is no
/// vector stays as it is.
func aligned(_ vector: some TensorConvertible, with axis: Int, of x: Tensor) -> Tensor {
  build([vector.tensor, x], at: .inner, in: x.graph) { state, terms throws(BuildError) in
    let (value, reference) = (try state.value(terms[0]), try state.value(terms[1]))
    let place = try state.axis(axis, of: reference)
    let type = state.type(of: value)
    if type.rank != 1 { return value }
    let rest = state.type(of: reference).rank - place - 1
    return try state.reshaped(value, to: Shape(type.shape.dims + Array(repeating: 1, count: rest)))
  }
}

/// The square root, whose derivative at 0 is 0.
func flatRoot(_ x: Tensor) -> Tensor {
  let isZero = x .== 0
  return select(isZero, 0, sqrt(select(isZero, 1, x)))
}

/// The root of degree p, whose derivative at 0 is 0.
func flatRoot(_ x: Tensor, _ p: Double) -> Tensor {
  if p == 2 { return flatRoot(x) }
  let isZero = x .== 0
  return select(isZero, 0, pow(select(isZero, 1, x), 1 / p))
}

/// log(1 + exp(x)), exact in both tails.
///
/// Wherever it is evaluated it is one smooth expression, log(1 + exp(x)) up to 0 and x + log(1 + exp(−x)) beyond, so that
/// its derivatives of every order are right at 0 as well: those of max(x, 0) and |x| there are not.
func smoothRamp(_ x: Tensor) -> Tensor {
  let isPositive = x .> 0
  return select(isPositive, x, 0) + log1p(exp(select(isPositive, -x, x)))
}

/// The part above 0. Its derivative at 0 is 1, as that of PyTorch's `clamp_min`; see `relu`.
func nonNegativePart(_ x: Tensor) -> Tensor { select(x .< 0, 0, x) }

/// The larger of x and a number; at the number the derivative is that of x.
func atLeast(_ limit: Double, _ x: Tensor) -> Tensor { select(x .< limit, limit, x) }

/// The tensor as numbers: `bool` becomes `i32`.
func numeric(_ x: some TensorConvertible) -> Tensor {
  build([x], at: .inner, in: x.tensor.graph) { state, terms throws(BuildError) in
    try state.promoted(terms, .arithmetic)[0]
  }
}
