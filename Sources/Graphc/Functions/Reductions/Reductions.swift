// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Reductions remove the axes that they go over, all of them unless some are named; negative axes count from the end.
// `keepDims` keeps them with extent 1, so that the result broadcasts against the operand.

extension TensorConvertible {
  /// The sum; `bool` counts as `i32`, an empty sum is 0.
  public func sum(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.sum, axes, keepDims, .arithmetic, CallSite("sum", fileID, line))
  }

  public func sum(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.sum, [axis], keepDims, .arithmetic, CallSite("sum", fileID, line))
  }

  /// The product; `bool` counts as `i32`, an empty product is 1.
  public func product(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.product, axes, keepDims, .arithmetic, CallSite("product", fileID, line))
  }

  public func product(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.product, [axis], keepDims, .arithmetic, CallSite("product", fileID, line))
  }

  /// The largest element; NaN where there is one, and the least value of the type where there are no elements.
  public func max(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.max, axes, keepDims, .arithmetic, CallSite("max", fileID, line))
  }

  public func max(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.max, [axis], keepDims, .arithmetic, CallSite("max", fileID, line))
  }

  /// The smallest element; NaN where there is one, and the greatest value of the type where there are no elements.
  public func min(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.min, axes, keepDims, .arithmetic, CallSite("min", fileID, line))
  }

  public func min(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.min, [axis], keepDims, .arithmetic, CallSite("min", fileID, line))
  }

  /// Whether any element is true.
  public func any(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.any, axes, keepDims, .logical, CallSite("any", fileID, line))
  }

  public func any(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.any, [axis], keepDims, .logical, CallSite("any", fileID, line))
  }

  /// Whether every element is true.
  public func all(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.all, axes, keepDims, .logical, CallSite("all", fileID, line))
  }

  public func all(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced(.all, [axis], keepDims, .logical, CallSite("all", fileID, line))
  }

  /// The arithmetic mean; of integers it is `f32`, of nothing NaN.
  public func mean(
    axes: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    mean(axes, keepDims, CallSite("mean", fileID, line))
  }

  public func mean(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    mean([axis], keepDims, CallSite("mean", fileID, line))
  }

  /// The index of the largest element along an axis, the first of several; `i32`.
  public func argMax(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    argReduced(.max, axis, keepDims, CallSite("argMax", fileID, line))
  }

  /// The index of the largest element in row-major order, the first of several; `i32`.
  public func argMax(fileID: String = #fileID, line: Int = #line) -> Tensor {
    CallSite("argMax", fileID, line).composing { flattened().argMax(axis: 0) }
  }

  /// The index of the smallest element in row-major order, the first of several; `i32`.
  public func argMin(fileID: String = #fileID, line: Int = #line) -> Tensor {
    CallSite("argMin", fileID, line).composing { flattened().argMin(axis: 0) }
  }

  /// The index of the smallest element along an axis, the first of several; `i32`.
  public func argMin(
    axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    argReduced(.min, axis, keepDims, CallSite("argMin", fileID, line))
  }

  private func reduced(
    _ kind: ReduceOp.Kind, _ axes: [Int]?, _ keepDims: Bool, _ rule: Promotion.Rule, _ site: CallSite
  ) -> Tensor {
    build([self], at: site, in: tensor.graph) { state, terms throws(BuildError) in
      try state.reduced(kind, state.promoted(terms, rule)[0], axes, keepDims: keepDims)
    }
  }

  private func mean(_ axes: [Int]?, _ keepDims: Bool, _ site: CallSite) -> Tensor {
    build([self], at: site, in: tensor.graph) { state, terms throws(BuildError) in
      let operand = try state.promoted(terms, .floating)[0]
      let reducedAxes = try state.axes(axes, of: operand)
      let sum = try state.reduced(.sum, operand, axes, keepDims: keepDims)
      let dtype = state.type(of: operand).dtype
      let count = try state.elementCount(of: operand, axes: reducedAxes, as: dtype)
      return try state.pointwise(.divide, sum, state.broadcast(count, to: state.type(of: sum).shape))
    }
  }

  private func argReduced(
    _ kind: ArgReduceOp.Kind, _ axis: Int, _ keepDims: Bool, _ site: CallSite
  ) -> Tensor {
    build([self], at: site, in: tensor.graph) { state, terms throws(BuildError) in
      let operand = try state.promoted(terms, .arithmetic)[0]
      let index = try state.axis(axis, of: operand)
      let result = try state.append(.argReduce(ArgReduceOp(kind, axis: index)), [operand])
      return keepDims ? try state.restoringAxes([index], of: operand, in: result) : result
    }
  }
}

extension GraphState {
  mutating func reduced(
    _ kind: ReduceOp.Kind, _ operand: Value, _ axes: [Int]?, keepDims: Bool
  ) throws(BuildError) -> Value {
    let axes = try self.axes(axes, of: operand)
    let result =
      axes.isEmpty ? operand : try append(.reduce(ReduceOp(kind, axes: axes)), [operand])
    return keepDims ? try restoringAxes(axes, of: operand, in: result) : result
  }

  /// The reduced tensor with its axes back, of extent 1.
  mutating func restoringAxes(
    _ axes: [Int], of operand: Value, in reduced: Value
  ) throws(BuildError) -> Value {
    let dims = type(of: operand).shape.dims.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
    return try reshaped(reduced, to: Shape(dims))
  }

  /// The number of elements along some axes as a scalar.
  ///
  /// An extent that a run decides is counted by a sum over it, in integers so that any count below 2⁶³ is exact until
  /// it is converted; the sum is a constant as soon as the extent is bound.
  mutating func elementCount(
    of operand: Value, axes: [Int], as dtype: DType
  ) throws(BuildError) -> Value {
    let shape = type(of: operand).shape
    let count = axes.reduce(Dim(1)) { $0 * shape[$1] }
    if let number = count.value { return try constant(.integer(number), as: dtype) }
    let known = try constant(.integer(count.coefficient), as: .int64)
    // One axis for all of them, so that a run that knows but the product of the extents can count.
    let open = Shape([Dim(coefficient: 1, symbols: count.symbols)])
    let sum = try append(.reduce(ReduceOp(.sum, axes: [0])), [broadcast(known, to: open)])
    return try converted(sum, to: dtype)
  }
}
