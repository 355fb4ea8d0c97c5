// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphRuntime

extension Session {
  /// The value of a variable; its initial value when no run has needed it yet.
  public func value(of variable: Variable) throws -> NDArray {
    let index = try self.index(of: variable)
    initialize(index)
    let type = graph.withState { $0.variables[index].type }
    guard let storage = variables[index] else {
      throw DiagnosticList([Diagnostic(.bug, code: "session.value", "variable \(index) has no value")])
    }
    return NDArray(dtype: type.dtype, shape: type.shape.extents ?? [], storage: storage)
  }

  /// Gives a variable a value.
  /// - Throws: `DiagnosticList` when the array's type is not the variable's; the variable keeps its value.
  public func set(_ variable: Variable, to array: NDArray) throws {
    let index = try self.index(of: variable)
    let fitted = try DiagnosticList.wrapping { try Fitting.value.fit(array, to: variable.value).get() }
    variables.excludingUpdates { variables.set([(variable: index, storage: fitted.storage)]) }
  }

  /// What decides the numbers that the session's runs draw.
  ///
  /// It starts with the session's seed and step 0. Setting it takes effect with the next run; the initial values of
  /// variables do not depend on it.
  public var randomState: RandomState {
    get { state.withLock { $0.random } }
    set { variables.excludingUpdates { state.withLock { $0.random = newValue } } }
  }

  /// Gives the variables that a run reads their initial values, where they have none.
  func initializeVariables(of run: CompiledRun) {
    for variable in run.readVariables { initialize(variable) }
    run.hasValues.store(true, ordering: .releasing)
  }

  private func initialize(_ index: Int) {
    if variables[index] != nil { return }
    let declared = graph.withState { $0.variables[index] }
    let value = declared.initializer.makeValue(
      shape: declared.type.shape.extents ?? [], dtype: declared.type.dtype, seed: seed,
      stream: declared.stream)
    // Another thread may have been faster, with the same value.
    if variables.setFirst(index, to: value.storage) {
      state.withLock { $0.report.initializedVariableCount += 1 }
    }
  }

  private func index(of variable: Variable) throws -> Int {
    guard variable.graph === graph else { throw DiagnosticList(foreign(variable.value, "used")) }
    guard let index = graph.withState({ $0.variableIndex[variable.value.value] }) else {
      let reached = graph.diagnostics(reachedFrom: [variable.tensor])
      throw DiagnosticList(reached.reached, unreachedCount: reached.unreachedCount)
    }
    return index
  }
}
