// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// Builds one expression with one result; see `buildAll`.
  func build(
    _ operands: [any TensorOperand], at site: CallSite,
    poisonTypes: [TensorType?] = [nil],
    _ body: (inout GraphState, [Term]) throws(BuildError) -> Value
  ) -> Tensor {
    buildAll(operands, at: site, poisonTypes: poisonTypes) { state, terms throws(BuildError) in
      [try body(&state, terms)]
    }[0]
  }

  /// Builds one expression under the lock.
  ///
  /// Where an operand is invalid the results are, without another word. Where `body` throws, the graph keeps a
  /// diagnostic with the caller's line, and the results are stand-ins.
  ///
  /// - Parameters:
  ///   - roles: what notes call the operands; made up where it is empty.
  ///   - poisonTypes: one entry for each result, the type that it has even when it is invalid.
  func buildAll(
    _ operands: [any TensorOperand], at site: CallSite, roles: [String] = [], poisonTypes: [TensorType?],
    _ body: (inout GraphState, [Term]) throws(BuildError) -> [Value]
  ) -> [Tensor] {
    let site = site.resolved
    let scope = BuildContext.current.scope(of: self)
    let terms = operands.map(\.operand)
    let outcome: Result<[Value], BuildError>
    if let foreign = terms.compactMap(\.tensor).first(where: { $0.graph !== self }) {
      // An invalid expression brings its own diagnostics along.
      let inherited = foreign.graph.diagnostics(reachedFrom: [foreign]).reached
      if inherited.isEmpty {
        outcome = .failure(foreignOperand(foreign))
      } else {
        outcome = withState { state in
          let causes = inherited.map { state.adopt($0) }
          return .success(poisonTypes.map { state.poison(causes, type: $0) })
        }
      }
    } else {
      outcome = withState { state in
        let causes = terms.compactMap(\.tensor).flatMap { state.causes(of: $0.value) }
        if !causes.isEmpty { return .success(poisonTypes.map { state.poison(causes, type: $0) }) }
        state.begin(site, scope: scope, region: BuildContext.current.region(of: self))
        do throws(BuildError) {
          var local: [Term] = []
          for term in terms.map(\.term) { local.append(try state.local(term)) }
          let values = try body(&state, local)
          try state.checkFinality(of: values)
          if let trace = site.trace { state.keep(trace, for: values) }
          return .success(values)
        } catch {
          var error = error
          error.notes += state.notes(on: terms, roles: roles)
          return .failure(error)
        }
      }
    }
    switch outcome {
    case .success(let values): return values.map { Tensor(graph: self, value: $0) }
    case .failure(let error): return invalid(error, at: site, scope: scope, types: poisonTypes)
    }
  }

  /// Records an error and returns a stand-in for each result.
  func invalid(_ error: BuildError, at site: CallSite, scope: String, types: [TensorType?]) -> [Tensor] {
    // The stack is walked outside the lock: it takes milliseconds.
    let location = site.location ?? UserFrame.location()
    let diagnostic = Diagnostic(
      .graph, code: error.code, "\(site.function): \(error.message)", at: location, scope: scope,
      excerpt: error.excerpt, notes: error.notes)
    return withState { state in
      let cause = state.record(diagnostic)
      return types.map { state.poison([cause], type: $0) }
    }.map { Tensor(graph: self, value: $0) }
  }

  private func foreignOperand(_ tensor: Tensor) -> BuildError {
    let note = tensor.graph.withState { $0.note("the other graph's tensor", tensor.value) }
    return BuildError("graph.mixed", "takes tensors of one graph, got one of another", notes: [note])
  }
}

extension GraphState {
  fileprivate func notes(on operands: [Operand], roles: [String]) -> [Diagnostic.Note] {
    let tensors = operands.enumerated().compactMap { index, operand in
      operand.tensor.map { (index: index, value: $0.value) }
    }
    let madeUp =
      switch operands.count {
      case 1: ["the operand"]
      case 2: ["lhs", "rhs"]
      default: operands.indices.map { "operand \($0)" }
      }
    let names = roles.count == operands.count ? roles : madeUp
    return tensors.map { note(names[$0.index], $0.value) }
  }
}

/// Builds an expression in the graph of its first tensor.
func build(
  _ operands: [any TensorOperand], at site: CallSite, in graph: Graph, roles: [String] = [],
  _ body: (inout GraphState, [Term]) throws(BuildError) -> Value
) -> Tensor {
  graph.buildAll(operands, at: site, roles: roles, poisonTypes: [nil]) { state, terms throws(BuildError) in
    [try body(&state, terms)]
  }[0]
}
