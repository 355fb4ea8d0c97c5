// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Synchronization

/// A computation that is defined first and run later, by a session.
///
/// A graph only grows. Building an invalid expression neither traps nor throws: the graph keeps a diagnostic, the
/// expression becomes a stand-in that silences what follows from it, and a run that needs it throws.
///
/// A graph may be built from several tasks at once; a tensor keeps its graph alive.
public final class Graph: Sendable {
  private let state = Mutex(GraphState())

  public init() {}

  /// The state, under the lock. `body` must not build through the public API.
  func withState<Result, Failure: Error>(
    _ body: (inout GraphState) throws(Failure) -> Result
  ) throws(Failure) -> Result where Result: Sendable {
    try state.withLock { (state) throws(Failure) in try body(&state) }
  }

  // MARK: Inputs and constants

  /// An input, fed at each run.
  ///
  /// - Parameters:
  ///   - shape: a number for each axis, `nil` where a run decides, or a name for an extent that several inputs share.
  ///   - name: made unique by a number behind it, `x_1`.
  public func placeholder(
    _ dtype: DType, _ shape: [Extent], name: String? = nil, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("placeholder", fileID, line)) { state, _ throws(BuildError) in
      try state.addPlaceholder(dtype, shape, name: name)
    }
  }

  @_disfavoredOverload
  public func placeholder(
    _ dtype: DType, _ shape: [Int?], name: String? = nil, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    placeholder(
      dtype, shape.map { $0.map { Extent($0) } ?? .unknown }, name: name, fileID: fileID, line: line)
  }

  /// An input of the shape of another tensor, unknown extents included.
  public func placeholder(
    _ dtype: DType, _ shape: TensorShape, name: String? = nil, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    placeholder(dtype, (0..<shape.rank).map(shape.extent), name: name, fileID: fileID, line: line)
  }

  /// An array that the graph carries. A literal takes `dtype` where its numbers keep their values in it; any other
  /// array is converted.
  public func constant(
    _ value: NDArray, dtype: DType? = nil, name: String? = nil, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("constant", fileID, line)) { state, _ throws(BuildError) in
      try state.named(state.constant(value, as: dtype), name)
    }
  }

  /// A value of its own, equal to the operand.
  ///
  /// Equal expressions of a graph are one value. An identity sets one apart, so that a feed, a gradient or a name at
  /// it does not mean the others.
  public func identity(
    _ operand: some TensorConvertible, name: String? = nil, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([operand], at: CallSite("identity", fileID, line)) { state, terms throws(BuildError) in
      try state.named(state.identity(of: state.value(terms[0])), name)
    }
  }

  // MARK: Variables

  /// State that a session keeps between runs.
  ///
  /// - Parameter shape: numbers only.
  public func variable(
    _ shape: [Int], initializer: Initializer = .glorotUniform, dtype: DType = .float32, name: String? = nil,
    fileID: String = #fileID, line: Int = #line
  ) -> Variable {
    let site = CallSite("variable", fileID, line)
    let type = TensorType(dtype, Shape(shape))
    let tensor = build([], at: site, poisonTypes: [type]) { state, _ throws(BuildError) in
      if let flaw = type.flaw { throw BuildError("variable.extent", flaw) }
      if let problem = initializer.problem(shape: shape, dtype: dtype) {
        throw BuildError("variable.initializer", problem)
      }
      return state.addVariable(type, initializer, name: name)
    }
    return Variable(value: tensor)
  }

  /// A variable that starts as the given array, of its shape and element type.
  public func variable(
    initialValue: NDArray, dtype: DType? = nil, name: String? = nil, fileID: String = #fileID,
    line: Int = #line
  ) -> Variable {
    variable(
      initialValue.shape, initializer: .value(initialValue), dtype: dtype ?? initialValue.dtype, name: name,
      fileID: fileID, line: line)
  }

  /// The value that was last assigned to a variable while the graph was built; the variable's own where none was.
  ///
  /// An assignment of something computed from it takes the place of the earlier one, so that several uses of a layer
  /// can each add to its statistics.
  public func pending(_ variable: Variable) -> Tensor {
    guard variable.graph === self else { return variable.value }
    let value = withState { state in
      state.variableIndex[variable.value.value].flatMap { state.lastAssignment[$0] }
        .map { state.assignments[$0].value }
    }
    return value.map { Tensor(graph: self, value: $0) } ?? variable.value
  }

  /// One name for several things to run.
  public func group(_ operations: any OperationConvertible..., name: String? = nil) -> Operation {
    group(operations, name: name)
  }

  public func group(_ operations: [any OperationConvertible], name: String? = nil) -> Operation {
    var seen: Set<Tensor> = []
    let tensors = operations.flatMap(\.operation.tensors).filter { seen.insert($0).inserted }
    return Operation(tensors: tensors, name: name)
  }

  // MARK: Scopes

  /// Builds under a name: what `body` makes is called `name/…`. A name used again gets a number, `dense_1`.
  public func scope<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    try BuildContext.$current.withValue(entered(name), operation: body)
  }

  public func scope<Result>(_ name: String, _ body: () async throws -> Result) async rethrows -> Result {
    try await BuildContext.$current.withValue(entered(name), operation: body)
  }

  private func entered(_ name: String) -> BuildContext {
    let context = BuildContext.current
    let scope = withState { $0.uniqueName(name, in: context.scope(of: self)) }
    return context.entering(scope, of: self)
  }

  // MARK: The end of building

  /// Ends the building of the graph: what would add to it from here on is an invalid expression, whose diagnostic has
  /// the line. Expressions that are there already may be written again.
  ///
  /// A program that makes its graph in the loop that runs it compiles in every round; this finds the line.
  public func finalize() { withState { $0.finalize() } }

  /// Whether the graph was finalized.
  public var isFinalized: Bool { withState { $0.finalNodeCount != nil } }

  // MARK: Diagnostics

  /// What is wrong with the graph so far, in building order.
  public var diagnostics: [Diagnostic] { withState { $0.diagnostics } }

  /// The diagnostics that the given tensors depend on, in building order, and how many others there are.
  func diagnostics(reachedFrom tensors: [Tensor]) -> (reached: [Diagnostic], unreachedCount: Int) {
    withState { state in
      let causes = Set(tensors.flatMap { $0.graph === self ? state.causes(of: $0.value) : [] }).sorted()
      return (causes.map { state.diagnostics[$0] }, state.diagnostics.count - causes.count)
    }
  }
}
