// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Runtime

/// What surrounds an expression while it is built: the scopes, and the public function on whose behalf inner
/// expressions are made. Task-local, so that several tasks can build one graph.
struct BuildContext: Sendable {
  @TaskLocal static var current = BuildContext()

  /// The scope of each graph that has one open.
  private var scopes: [ObjectIdentifier: String] = [:]
  /// The outermost composite that is being built.
  var composite: CallSite?

  /// The region of each graph that is being built; 0 for the program itself.
  private var regions: [ObjectIdentifier: Int32] = [:]

  func region(of graph: Graph) -> Int32 { regions[ObjectIdentifier(graph)] ?? 0 }

  func entering(region: Int32, of graph: Graph) -> BuildContext {
    var copy = self
    copy.regions[ObjectIdentifier(graph)] = region
    return copy
  }

  func scope(of graph: Graph) -> String { scopes[ObjectIdentifier(graph)] ?? "" }

  func entering(_ scope: String, of graph: Graph) -> BuildContext {
    var copy = self
    copy.scopes[ObjectIdentifier(graph)] = scope
    return copy
  }

  func entering(_ composite: CallSite) -> BuildContext {
    var copy = self
    copy.composite = composite
    return copy
  }
}

/// Builds an expression out of others on behalf of one call: what goes wrong within, and what is made, is reported
/// under this name and line. For functions that stand to a program as `softmax` does.
///
///     func gelu(_ x: Tensor, fileID: String = #fileID, line: Int = #line) -> Tensor {
///       composite("gelu", fileID: fileID, line: line) { 0.5 * x * (1 + erf(x / 2.0.squareRoot())) }
///     }
public func composite<Result>(
  _ name: String, fileID: String = #fileID, line: Int = #line, _ body: () throws -> Result
) rethrows -> Result {
  try CallSite(name, fileID, line).composing(body)
}

/// The call of a building function: what errors are reported under.
struct CallSite: Sendable {
  /// `matmul`, or an operator's sign.
  var function: String
  /// The user's line; an operator cannot see it.
  var location: SourceLocation?
  /// Where the user's line can be found when it is wanted.
  var trace: Backtrace?

  init(_ function: String, _ fileID: String, _ line: Int) {
    self.function = function
    location = SourceLocation(file: fileID, line: line)
  }

  /// The use of an operator, whose line is found only when something is wrong with it.
  init(operator function: String) { self.function = function }

  /// A division by an operator, which can fail in a run when its operands are integers. Then it is too late to look at
  /// the stack.
  init(division function: String, _ dividend: some TensorOperand, by divisor: some TensorOperand) {
    self.function = function
    if BuildContext.current.composite != nil { return }
    if case .integer(let number) = divisor.operand.term, number != 0 { return }
    let dtypes = [dividend.operand, divisor.operand].compactMap { $0.tensor?.dtype }
    if !dtypes.contains(where: \.isFloatingPoint) { trace = UserFrame.trace() }
  }

  /// This call, or the composite that it is part of.
  var resolved: CallSite { BuildContext.current.composite ?? self }

  /// Builds an expression out of others, which count as part of this call.
  func composing<Result>(_ body: () throws -> Result) rethrows -> Result {
    if BuildContext.current.composite != nil { return try body() }
    return try BuildContext.$current.withValue(BuildContext.current.entering(self), operation: body)
  }
}
