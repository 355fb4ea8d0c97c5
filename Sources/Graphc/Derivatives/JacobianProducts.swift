// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

// Products with the Jacobian matrix, which is never made. Each costs a small multiple of the outputs, whatever their
// number.

extension Graph {
  /// Vectors times the Jacobian matrix: for each target the gradient of Σ vector · output over all outputs, the vectors
  /// taken as constants. Results have the targets' shapes and types.
  ///
  ///     let rows = graph.vectorJacobianProduct(of: [y], withRespectTo: [x, w], vectors: [v])
  ///
  /// A result is zero where no output depends on its target. Derivatives of the results flow to the vectors too.
  ///
  /// - Parameter vectors: one for each output, of its shape; arrays and numbers take its element type.
  public func vectorJacobianProduct(
    of outputs: [any TensorConvertible], withRespectTo targets: [any TensorConvertible],
    vectors: [any TensorOperand], cuts: CutGradients = .areMistakes, fileID: String = #fileID,
    line: Int = #line
  ) -> [Tensor] {
    let site = CallSite("vectorJacobianProduct", fileID, line)
    return derivative(outputs, targets, vectors, cuts: cuts, at: site, shapedLike: targets) {
      state, outputs, targets, vectors throws(BuildError) in
      let vectors = try state.matched(vectors, to: outputs, noun: "output")
      return try state.vectorJacobianProduct(of: outputs, targets, vectors)
    }
  }

  /// The Jacobian matrix times vectors: the rates at which the outputs change when each target moves along its vector,
  /// Σ ∂output/∂target · vector over all targets. Results have the outputs' shapes and types.
  ///
  /// It is taken by reverse mode twice (Townsend 2017, "A new trick for calculating Jacobian vector products"): the
  /// product of a cotangent and the Jacobian matrix is linear in the cotangent, and its gradient with respect to the
  /// cotangent, along the vectors, is this product. So every op needs one rule, not two that may disagree; what only the
  /// first sweep computes is dropped before anything runs, and the work left over is that of forward mode.
  ///
  /// - Parameter vectors: one for each target, of its shape; arrays and numbers take its element type.
  public func jacobianVectorProduct(
    of outputs: [any TensorConvertible], withRespectTo targets: [any TensorConvertible],
    vectors: [any TensorOperand], cuts: CutGradients = .areMistakes, fileID: String = #fileID,
    line: Int = #line
  ) -> [Tensor] {
    let site = CallSite("jacobianVectorProduct", fileID, line)
    return derivative(outputs, targets, vectors, cuts: cuts, at: site, shapedLike: outputs) {
      state, outputs, targets, vectors throws(BuildError) in
      let vectors = try state.matched(vectors, to: targets, noun: "target")
      return try state.jacobianVectorProduct(of: outputs, targets, vectors)
    }
  }

  /// The Hessian matrix of the sum of `loss`'s elements times vectors: for each target the rate at which its gradient
  /// changes when all targets move along their vectors. Results have the targets' shapes and types.
  ///
  /// - Parameter vectors: one for each target, of its shape; arrays and numbers take its element type.
  public func hessianVectorProduct(
    of loss: some TensorConvertible, withRespectTo targets: [any TensorConvertible],
    vectors: [any TensorOperand], cuts: CutGradients = .areMistakes, fileID: String = #fileID,
    line: Int = #line
  ) -> [Tensor] {
    let site = CallSite("hessianVectorProduct", fileID, line)
    return derivative([loss], targets, vectors, cuts: cuts, at: site, shapedLike: targets) {
      state, outputs, targets, vectors throws(BuildError) in
      let vectors = try state.matched(vectors, to: targets, noun: "target")
      let gradients = try state.gradients(of: outputs[0], targets)
      // The matrix is symmetric, so that the cheaper product of a row is that of a column.
      return try state.vectorJacobianProduct(of: gradients, targets, vectors)
    }
  }

  /// Builds derivatives of outputs with respect to targets.
  ///
  /// - Parameters:
  ///   - others: further operands.
  ///   - model: tensors whose types the results have.
  func derivative(
    _ outputs: [any TensorConvertible], _ targets: [any TensorConvertible],
    _ others: [any TensorOperand] = [],
    cuts: CutGradients, at site: CallSite, shapedLike model: [any TensorConvertible],
    _ body: (inout GraphState, [Value], [Value], [Term]) throws(BuildError) -> [Value]
  ) -> [Tensor] {
    let types = model.map { tensor in
      tensor.tensor.graph === self ? withState { $0.knownType(of: tensor.tensor.value) } : nil
    }
    return derivative(outputs, targets, others, cuts: cuts, at: site, types: types, body)
  }

  /// - Parameter types: those of the results, as far as they are known even where an operand is invalid.
  func derivative(
    _ outputs: [any TensorConvertible], _ targets: [any TensorConvertible],
    _ others: [any TensorOperand] = [],
    cuts: CutGradients, at site: CallSite, types: [TensorType?],
    _ body: (inout GraphState, [Value], [Value], [Term]) throws(BuildError) -> [Value]
  ) -> [Tensor] {
    if types.isEmpty { return [] }
    let roles =
      outputs.indices.map { "output \($0)" } + targets.indices.map { "target \($0)" }
      + others.indices.map { "vector \($0)" }
    return buildAll(outputs + targets + others, at: site, roles: roles, poisonTypes: types) {
      state, terms throws(BuildError) in
      var values: [Value] = []
      for term in terms.prefix(outputs.count + targets.count) { values.append(try state.value(term)) }
      let (sources, goals) = (Array(values.prefix(outputs.count)), Array(values.dropFirst(outputs.count)))
      if sources.isEmpty { throw BuildError("\(site.function).empty", "takes at least one output") }
      if goals.isEmpty { throw BuildError("\(site.function).empty", "takes at least one target") }
      let results = try body(&state, sources, goals, Array(terms.dropFirst(values.count)))
      try state.requirePathsWithin(from: sources, to: goals)
      if cuts == .areMistakes {
        try state.requirePaths(
          from: sources, to: goals, noun: sources.count == 1 ? "the output" : "the outputs")
      }
      return results
    }
  }
}

extension GraphState {
  /// One gradient for each target.
  mutating func gradients(of loss: Value, _ targets: [Value]) throws(BuildError) -> [Value] {
    try appendAll(.gradient(GradientOp()), [loss] + targets)
  }

  /// - Parameter stacked: whether each vector is a stack of them, as the results then are.
  mutating func vectorJacobianProduct(
    of outputs: [Value], _ targets: [Value], _ vectors: [Value], stacked: Bool = false
  ) throws(BuildError) -> [Value] {
    try appendAll(
      .gradient(GradientOp(outputCount: outputs.count, stacked: stacked)), outputs + vectors + targets)
  }

  /// - Parameter stacked: whether each vector is a stack of them, as the results then are.
  mutating func jacobianVectorProduct(
    of outputs: [Value], _ targets: [Value], _ vectors: [Value], stacked: Bool = false
  ) throws(BuildError) -> [Value] {
    // The numbers do not matter, only that nothing else is these values.
    var cotangents: [Value] = []
    for output in outputs {
      let type = type(of: output)
      if !type.dtype.isFloatingPoint {
        throw BuildError("gradient.C2", "the output is \(type); a derivative needs a floating-point type")
      }
      cotangents.append(try identity(of: broadcast(constant(.integer(0), as: type.dtype), to: type.shape)))
    }
    let products = try vectorJacobianProduct(of: outputs, targets, cotangents)
    return try vectorJacobianProduct(of: products, cotangents, vectors, stacked: stacked)
  }

  /// Vectors in the types of the values that they belong to.
  mutating func matched(
    _ vectors: [Term], to values: [Value], noun: String
  ) throws(BuildError) -> [Value] {
    if vectors.count != values.count {
      throw BuildError(
        "vectors.count", "takes a vector for each \(noun): \(values.count), got \(vectors.count)")
    }
    var result: [Value] = []
    for (index, (term, value)) in zip(vectors, values).enumerated() {
      let type = type(of: value)
      if !type.dtype.isFloatingPoint {
        throw BuildError(
          "gradient.C2", "\(noun) \(index) is \(type); a derivative needs a floating-point type")
      }
      var vector: Value
      switch term {
      case .value(let tensor): vector = tensor
      case .integer, .real: vector = try broadcast(constant(term, as: type.dtype), to: type.shape)
      case .array: vector = try constant(term, as: type.dtype)
      }
      let found = self.type(of: vector)
      if found.dtype != type.dtype || !unifyShapes(found.shape, type.shape) {
        throw BuildError("vectors.type", "vector \(index) is \(found), where \(noun) \(index) is \(type)")
      }
      // Where an extent has just become known, both are shown with it.
      vector = try broadcast(vector, to: self.type(of: value).shape)
      result.append(vector)
    }
    return result
  }
}
