// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Everything that is true of one kind of operation: documentation, attributes, types, meaning, gradient, and how it
/// is lowered. A rule is a value; equal rules on equal operands are the same node.
public protocol OpRule: Hashable, Sendable {
  /// The documentation of this kind, from which the op reference is made.
  static var doc: OpDoc { get }

  /// The name in the text.
  var mnemonic: String { get }

  /// The attributes in the order of the documentation.
  var attributes: [Attribute] { get }

  /// The contract between this op and the kernels.
  var lowering: LoweringClass { get }

  /// Whether, and why not, a gradient flows from the result to operand `index`.
  func differentiability(of index: Int) -> Differentiability

  /// Whether, and why not, a gradient flows from some of the results to operand `index`.
  func differentiability(of index: Int, from results: [Bool]) -> Differentiability

  /// The result types, or the constraint that the operands violate. A result extent that is no product of symbols
  /// is `Dim.unknown`.
  func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType]

  /// Whether a result may have an extent that is no product of the operands' symbols.
  var leavesExtentsOpen: Bool { get }

  /// Whether the op computes with its elements, other than each by itself: then operands of `f16` and `bf16` are widened
  /// to `f32` before it and results are rounded once behind it, in the interpreter and in kernels alike, so that
  /// `evaluate` and kernels never see them.
  var widensHalves: Bool { get }

  /// The meaning, on values; slow and obvious. `types` are the static result types; one array a result.
  func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray]

  /// The gradient of a scalar with respect to each operand, from the gradients with respect to the results; nil where
  /// none flows. Called with static shapes only.
  func gradient(_ context: GradientContext) throws -> [Value?]

  /// The same op with the symbols in its attributes replaced.
  func bound(by bindings: [Int: Dim]) -> Self

  /// The operand that a host routine of this op finds in the memory of its first result and changes there; nil for a
  /// routine whose results are apart from its operands.
  var updatedOperand: Int? { get }

  /// What a fault code of a host routine of this op says, in the words of an `EvaluationFault`.
  func faultMessage(_ code: Int32) -> String

  /// The same for an op on operands of these types.
  func faultMessage(_ code: Int32, operands: [TensorType]) -> String
}

/// A rule of an op that has one result.
public protocol SingleResultRule: OpRule {
  /// The meaning, on values; slow and obvious. `type` is the static result type.
  func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray
}

extension SingleResultRule {
  public func evaluate(_ operands: [NDArray], types: [TensorType]) throws(EvaluationFault) -> [NDArray] {
    [try evaluate(operands, type: types[0])]
  }
}

extension OpRule {
  public var leavesExtentsOpen: Bool { false }
  public var updatedOperand: Int? { nil }
  public var widensHalves: Bool { false }
  public func faultMessage(_ code: Int32) -> String { "the result cannot be computed (code \(code))" }
  public func faultMessage(_ code: Int32, operands: [TensorType]) -> String { faultMessage(code) }
  public func bound(by bindings: [Int: Dim]) -> Self { self }
  public func differentiability(of index: Int) -> Differentiability { .differentiable }
  public func differentiability(of index: Int, from results: [Bool]) -> Differentiability {
    differentiability(of: index)
  }
}

/// Whether a gradient flows through an operand.
public enum Differentiability: Hashable, Sendable {
  case differentiable
  /// No gradient flows, for the given reason: a clause that follows the op's name.
  case cut(String)
}

/// How an op becomes part of a kernel.
public enum LoweringClass: String, CaseIterable, Hashable, Sendable {
  /// A value that is there before any kernel runs.
  case leaf
  /// Each result element from the operands' elements at the same index.
  case pointwise
  /// Each element from its index alone.
  case generator
  /// An affine re-indexing of its operand.
  case view
  /// The same elements, in the same order, under another shape.
  case relabel
  /// Several operands placed into one result.
  case join
  case reduction
  case contraction
  /// Elements at places that are computed.
  case indirect
  /// Runs its regions.
  case control
  /// A routine on whole arrays in memory.
  case library
  /// Expanded by a pass before kernels are made.
  case expanded
}

/// What went wrong while a value was computed.
public struct EvaluationFault: Error, Hashable, Sendable {
  public let message: String
  /// What a node of a region reports, where it is that one which has no value.
  public let inner: Diagnostic?

  public init(_ message: String) {
    self.message = message
    inner = nil
  }

  init(within diagnostic: Diagnostic) {
    message = diagnostic.message
    inner = diagnostic
  }
}

/// The documentation of an op kind, with the five headings of the op reference.
public struct OpDoc: Hashable, Sendable {
  /// `dot`; for the pointwise family each function has a page of its own.
  public let name: String
  public let semantics: String
  /// `lhs: f32[M,K] — the left factor`
  public let inputs: [String]
  public let attributes: [String]
  public let outputs: [String]
  /// Without their numbers: the first is C1.
  public let constraints: [String]
  /// Statements that make a module together, in canonical form.
  public let examples: [String]
  public let gradient: String

  public init(
    name: String, semantics: String, inputs: [String] = [], attributes: [String] = [], outputs: [String] = [],
    constraints: [String] = [], examples: [String] = [], gradient: String
  ) {
    self.name = name
    self.semantics = semantics
    self.inputs = inputs
    self.attributes = attributes
    self.outputs = outputs
    self.constraints = constraints
    self.examples = examples
    self.gradient = gradient
  }
}

/// What a gradient rule sees of its node.
public struct GradientContext {
  /// Appends the nodes of the gradient.
  public let builder: ModuleBuilder
  public let operands: [Value]
  public let results: [Value]
  /// The gradients with respect to the results, of their types; nil is zero. At least one is not.
  public let cotangents: [Value?]
  /// The first result, the only one of most ops.
  public let result: Value
  /// The gradient with respect to the first result that has one.
  public let cotangent: Value

  /// The operands whose gradients are used; a rule may leave the others out.
  public let wanted: Set<Int>
  private let differentiate: Differentiation

  /// Appends to a builder the gradients of some values with respect to others, from the cotangents of the first; nil
  /// where none flows.
  public typealias Differentiation = (
    _ builder: ModuleBuilder, _ cotangents: [(value: Value, cotangent: Value)], _ targets: [Value]
  ) throws -> [Value?]

  /// Nil when no result has a cotangent.
  ///
  /// - Parameter differentiate: the walk, for rules of ops that run regions.
  public init?(
    builder: ModuleBuilder, operands: [Value], results: [Value], cotangents: [Value?],
    wanted: Set<Int>? = nil, differentiate: @escaping Differentiation
  ) {
    guard let result = results.first, let cotangent = cotangents.lazy.compactMap({ $0 }).first else {
      return nil
    }
    self.builder = builder
    self.operands = operands
    self.results = results
    self.cotangents = cotangents
    self.wanted = wanted ?? Set(operands.indices)
    self.differentiate = differentiate
    self.result = result
    self.cotangent = cotangent
  }

  /// The gradient with respect to a result, zeros where none came.
  public func cotangent(ofResult index: Int) throws(ConstraintViolation) -> Value {
    if let cotangent = cotangents[index] { return cotangent }
    return try builder.full(0, like: results[index])
  }

  /// Appends to the builder of a region the gradients of what it computes, one for each target and of its type, zeros
  /// where none flows.
  public func pullBack(
    in region: ModuleBuilder, _ cotangents: [(value: Value, cotangent: Value)], to targets: [Value]
  ) throws -> [Value] {
    try zip(targets, differentiate(region, cotangents, targets)).map { target, gradient in
      try gradient ?? region.full(0, like: target)
    }
  }

  public func type(ofOperand index: Int) -> TensorType { builder.type(of: operands[index]) }
  public var resultType: TensorType { builder.type(of: result) }
}

/// Checks the number of operands; every op's constraint C1.
func requireOperands(_ count: Int, _ operands: [TensorType]) throws(ConstraintViolation) {
  if operands.count != count {
    let noun = count == 1 ? "operand" : "operands"
    throw ConstraintViolation("C1", "takes \(count) \(noun), got \(operands.count)")
  }
}

/// Checks that axes are distinct and lie in a shape of the given rank.
func requireAxes(_ axes: [Int], rank: Int, _ constraint: String) throws(ConstraintViolation) {
  for (position, axis) in axes.enumerated() {
    if axis < 0 || axis >= rank {
      throw ConstraintViolation(constraint, "axis \(axis) is outside a tensor of rank \(rank)")
    }
    if axes[..<position].contains(axis) {
      throw ConstraintViolation(constraint, "axis \(axis) is named twice")
    }
  }
}
