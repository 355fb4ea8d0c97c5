// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// The derivative of every element of an output with respect to every element of a target: its shape is the output's,
  /// followed by the target's.
  ///
  /// It is made row by row from one-hot cotangents, or column by column where the target is known to have fewer elements
  /// than the output. It takes as many sweeps as that; where a product with it is all that is wanted,
  /// `vectorJacobianProduct` and `jacobianVectorProduct` take one.
  public func jacobian(
    of output: some TensorConvertible, withRespectTo target: some TensorConvertible,
    cuts: CutGradients = .areMistakes, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    jacobians(of: output, [target], cuts, at: CallSite("jacobian", fileID, line))[0]
  }

  /// The derivative with respect to each of several targets, all from the same sweeps.
  public func jacobians(
    of output: some TensorConvertible, withRespectTo targets: [any TensorConvertible],
    cuts: CutGradients = .areMistakes, fileID: String = #fileID, line: Int = #line
  ) -> [Tensor] {
    jacobians(of: output, targets, cuts, at: CallSite("jacobians", fileID, line))
  }

  private func jacobians(
    of output: some TensorConvertible, _ targets: [any TensorConvertible], _ cuts: CutGradients,
    at site: CallSite
  ) -> [Tensor] {
    derivative([output], targets, cuts: cuts, at: site, types: targets.map { _ in nil }) {
      state, outputs, targets, _ throws(BuildError) in
      try state.jacobians(of: outputs[0], targets)
    }
  }

  /// The second derivatives of the sum of `loss`'s elements with respect to a target: its shape is the target's, twice.
  ///
  /// It takes a sweep for each element of the target; `hessianVectorProduct` takes one.
  public func hessian(
    of loss: some TensorConvertible, withRespectTo target: some TensorConvertible,
    cuts: CutGradients = .areMistakes, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    hessians(of: loss, [target], cuts, at: CallSite("hessian", fileID, line))[0][0]
  }

  /// The second derivatives with respect to several targets: the entry at `[i][j]` has the shape of target i, followed by
  /// that of target j.
  public func hessians(
    of loss: some TensorConvertible, withRespectTo targets: [any TensorConvertible],
    cuts: CutGradients = .areMistakes, fileID: String = #fileID, line: Int = #line
  ) -> [[Tensor]] {
    hessians(of: loss, targets, cuts, at: CallSite("hessians", fileID, line))
  }

  private func hessians(
    of loss: some TensorConvertible, _ targets: [any TensorConvertible], _ cuts: CutGradients,
    at site: CallSite
  ) -> [[Tensor]] {
    let count = targets.count
    let types = [TensorType?](repeating: nil, count: count * count)
    let blocks = derivative([loss], targets, cuts: cuts, at: site, types: types) {
      state, outputs, targets, _ throws(BuildError) in
      let gradients = try state.gradients(of: outputs[0], targets)
      var blocks: [Value] = []
      for gradient in gradients {
        let rows = try state.unitVectors(like: gradient)
        let products = try state.vectorJacobianProduct(of: [gradient], targets, [rows], stacked: true)
        blocks += try state.unstacked(products, from: gradient, to: targets)
      }
      return blocks
    }
    return (0..<count).map { Array(blocks[$0 * count..<($0 + 1) * count]) }
  }
}

extension GraphState {
  fileprivate mutating func jacobians(of output: Value, _ targets: [Value]) throws(BuildError) -> [Value] {
    let rowCount = type(of: output).shape.elementCount.value
    var results: [Value] = []
    // Targets that are swept by rows share the sweeps.
    let columns = targets.filter { target in
      guard let columnCount = type(of: target).shape.elementCount.value else { return false }
      return rowCount.map { columnCount < $0 } ?? true
    }
    let rowTargets = targets.filter { !columns.contains($0) }
    var byRows: [Value] = []
    if !rowTargets.isEmpty {
      let rows = try unitVectors(like: output)
      byRows = try vectorJacobianProduct(of: [output], rowTargets, [rows], stacked: true)
    }
    for target in targets {
      if let index = rowTargets.firstIndex(of: target) {
        results += try unstacked([byRows[index]], from: output, to: [target])
      } else {
        results.append(try jacobianByColumns(of: output, target))
      }
    }
    return results
  }

  private mutating func jacobianByColumns(of output: Value, _ target: Value) throws(BuildError) -> Value {
    let columns = try unitVectors(like: target)
    let products = try jacobianVectorProduct(of: [output], [target], [columns], stacked: true)
    let (shape, targetShape) = (type(of: output).shape, type(of: target).shape)
    let last = try transposed(products[0], Array(1..<shape.rank + 1) + [0])
    return try reshaped(last, to: Shape(shape.dims + targetShape.dims))
  }

  /// One-hot tensors of a value's type, a stack of as many as it has elements.
  fileprivate mutating func unitVectors(like value: Value) throws(BuildError) -> Value {
    let type = type(of: value)
    if !type.dtype.isFloatingPoint {
      throw BuildError(
        "gradient.C2", "\(describe(value)) is \(type); a derivative needs a floating-point type")
    }
    let count = type.shape.elementCount
    let square = TensorType(.int64, Shape([count, count]))
    let isOne = try pointwise(
      .equal, append(.iota(IotaOp(type: square, axis: 0))), append(.iota(IotaOp(type: square, axis: 1))))
    return try reshaped(converted(isOne, to: type.dtype), to: Shape([count] + type.shape.dims))
  }

  /// Stacks of a derivative's rows in the shape of both sides.
  fileprivate mutating func unstacked(
    _ stacks: [Value], from output: Value, to targets: [Value]
  ) throws(BuildError) -> [Value] {
    let shape = type(of: output).shape
    var results: [Value] = []
    for (stack, target) in zip(stacks, targets) {
      results.append(try reshaped(stack, to: Shape(shape.dims + type(of: target).shape.dims)))
    }
    return results
  }
}
