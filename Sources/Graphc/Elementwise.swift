// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GraphState {
  /// A pointwise function with its operands promoted and broadcast.
  mutating func elementwise(
    _ function: ScalarFunction, _ terms: [Term], _ rule: Promotion.Rule? = nil
  ) throws(BuildError) -> Value {
    let values = try broadcast(promoted(terms, rule ?? function.promotion))
    return try append(.pointwise(PointwiseOp(function)), values)
  }
}

extension ScalarFunction {
  /// How the operands' types become one.
  var promotion: Promotion.Rule {
    switch typeRule {
    case .sameNumeric, .ordering: .arithmetic
    case .sameFloat: .floating
    case .equality, .select, .words: .uniform
    case .bitwise: .bitwise
    case .sameInteger: .integer
    }
  }
}

/// A function of one operand.
func elementwise(_ function: ScalarFunction, _ operand: some TensorConvertible, at site: CallSite) -> Tensor {
  build([operand], at: site, in: operand.tensor.graph) { state, terms throws(BuildError) in
    try state.elementwise(function, terms)
  }
}

/// A function of two operands, of which the first is a tensor.
func elementwise(
  _ function: ScalarFunction, _ lhs: some TensorConvertible, _ rhs: some TensorOperand, at site: CallSite,
  as rule: Promotion.Rule? = nil
) -> Tensor {
  build([lhs, rhs], at: site, in: lhs.tensor.graph) { state, terms throws(BuildError) in
    try state.elementwise(function, terms, rule)
  }
}

/// A function of two operands, of which the second is a tensor.
func elementwise(
  _ function: ScalarFunction, _ lhs: some ConstantOperand, _ rhs: some TensorConvertible, at site: CallSite,
  as rule: Promotion.Rule? = nil
) -> Tensor {
  build([lhs, rhs], at: site, in: rhs.tensor.graph) { state, terms throws(BuildError) in
    try state.elementwise(function, terms, rule)
  }
}

/// The operands in the one type that a rule takes them in, for a function that is composed of others.
func promoted(_ operands: [any TensorOperand], _ rule: Promotion.Rule, in graph: Graph) -> [Tensor] {
  graph.buildAll(
    operands, at: CallSite(operator: ""), poisonTypes: operands.map { _ in nil }
  ) { state, terms throws(BuildError) in
    try state.promoted(terms, rule)
  }
}
