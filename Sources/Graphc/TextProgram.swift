// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphCPU
import GraphIR
import GraphKernels
import GraphRuntime
import GraphTransforms

/// A program in the language of `IR/SPEC.md` that runs on its own, without a graph; what `graphc run` does.
package struct TextProgram: Sendable {
  private let module: Module
  private let names: ValueNames

  /// What evaluates the program.
  package enum Engine: Sendable {
    /// Machine code made for this machine.
    case native
    /// The slow, obvious reference implementation.
    case interpreter
  }

  /// What a run gives.
  package struct Outcome: Sendable {
    /// In the order of the fetches.
    package var results: [NDArray]
    /// The values of all variables after the run, in the order of their declarations, under names fit for files.
    package var variables: [(name: String, value: NDArray)]
  }

  /// - Parameter file: the name of the text in diagnostics.
  package init(text: String, file: String) throws {
    module = try ModuleParser.parse(text, file: file)
    names = ValueNames(module)
  }

  /// The names of the results, in order.
  package var resultNames: [String] { module.results.map(\.name) }

  /// Runs the program once.
  ///
  /// - Parameters:
  ///   - fetches: names of results or of other values, `%7`.
  ///   - feeds: an array for each parameter, by name.
  ///   - variables: what variables start as, by name; zeros for the others.
  ///   - keepsUpdates: whether the updates are computed too.
  /// - Throws: `Diagnostic` or `DiagnosticList`.
  package func run(
    fetches: [String], feeds: [(name: String, value: NDArray)],
    variables: [(name: String, value: NDArray)] = [],
    keepsUpdates: Bool = false, engine: Engine = .native
  ) throws -> Outcome {
    let values = ModuleNames(module)
    var wanted = module
    wanted.results = try fetches.map { Module.Result(name: $0, value: try values.value(named: $0)) }
    if !keepsUpdates { wanted.updates = [] }

    let parameterNames = zip(module.parameters.map(\.name), names.parameters).map { [$0, $1] }
    let fed = try matched(feeds, to: parameterNames, noun: "parameter")
    try requireFeeds(fed)
    let bindings = try bind(fed)
    let bound = try Pass.gradients.run(wanted.bound(by: bindings))

    let variableNames = zip(module.variables.map(\.name), names.variables).map { [$0, $1] }
    let given = try matched(variables, to: variableNames, noun: "variable")
    let start = try initialValues(given, bound.variables)
    let parameters = try fed.map { array throws(Diagnostic) in
      guard let array else { throw Diagnostic(.bug, code: "feed.missing", "a feed is gone") }
      return array
    }
    let (results, updates) = try evaluate(bound, parameters, start, engine)
    var end = start
    for (variable, value) in updates { end[variable] = value }
    let fileNames = names.variables.map { String($0.dropFirst()) }
    return Outcome(results: results, variables: Array(zip(fileNames, end)).map { (name: $0, value: $1) })
  }

  private func evaluate(
    _ module: Module, _ parameters: [NDArray], _ variables: [NDArray], _ engine: Engine
  ) throws -> (results: [NDArray], updates: [(Int, NDArray)]) {
    try Limits.check(module, keepsAll: engine == .interpreter)
    switch engine {
    case .interpreter:
      let outcome = try Interpreter.run(module, parameters: parameters, variables: variables)
      return (outcome.results, outcome.updates.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    case .native:
      let plan = try Lowering.plan(for: try Pipeline.standard.run(module))
      try Limits.check(plan)
      let executable = try Executable(plan: plan, kernels: KernelCache(backend: try CPUBackend()))
      let outcome = try executable.run(parameters: parameters, variables: variables)
      return (outcome.results, Array(zip(plan.updates.map(\.variable), outcome.updates)))
    }
  }

  // MARK: Arguments

  /// For each declaration, which may go by any of its names, what is given.
  private func matched(
    _ given: [(name: String, value: NDArray)], to declared: [[String]], noun: String
  ) throws(Diagnostic) -> [NDArray?] {
    var values = [NDArray?](repeating: nil, count: declared.count)
    for (name, value) in given {
      guard let index = declared.firstIndex(where: { $0.contains(name) }) else {
        throw Diagnostic(
          .run, code: "name.unknown",
          "the program has no \(noun) named '\(name)'"
            + ModuleNames.hint(for: name, among: declared.map { $0[0] }))
      }
      if values[index] != nil {
        throw Diagnostic(.run, code: "name.twice", "the \(noun) '\(declared[index][0])' is given twice")
      }
      values[index] = value
    }
    return values
  }

  private func requireFeeds(_ fed: [NDArray?]) throws {
    let missing = module.parameters.indices.filter { fed[$0] == nil }.map { index in
      Diagnostic(
        .run, code: "feed.missing",
        "parameter '\(module.parameters[index].name)' \(module.parameters[index].type) is not fed")
    }
    if !missing.isEmpty { throw DiagnosticList(missing) }
  }

  /// The numbers that the feeds give the symbols.
  private func bind(_ fed: [NDArray?]) throws -> [Int: Int] {
    var bindings: [Int: Int] = [:]
    for (parameter, array) in zip(module.parameters, fed) {
      guard let array else { continue }
      let type = parameter.type
      if array.dtype != type.dtype {
        throw misfit("feed.dtype", parameter, array, "save it as \(type.dtype)")
      }
      if array.rank != type.rank { throw misfit("feed.shape", parameter, array, "it has \(array.rank) axes") }
      for (axis, (dim, extent)) in zip(type.shape.dims, array.shape).enumerated() {
        if dim.coefficient == 1, dim.symbols.count == 1, bindings[dim.symbols[0]] == nil {
          bindings[dim.symbols[0]] = extent
        }
        let expected = dim.bound(by: bindings.mapValues { Dim($0) })
        if let number = expected.value, number != extent {
          throw misfit("feed.shape", parameter, array, "axis \(axis) must be \(number)")
        }
      }
    }
    for (parameter, array) in zip(module.parameters, fed) {
      let type = parameter.type.bound(by: bindings.mapValues { Dim($0) })
      if let array, type.isStatic, type != array.type {
        throw misfit("feed.shape", parameter, array, "with the other feeds it must be \(type)")
      }
    }
    return bindings
  }

  private func misfit(
    _ code: String, _ parameter: Module.Parameter, _ array: NDArray, _ advice: String
  ) -> Diagnostic {
    Diagnostic(
      .run, code: code,
      "parameter '\(parameter.name)' is \(parameter.type) and is fed with \(array.type); \(advice)")
  }

  private func initialValues(_ given: [NDArray?], _ variables: [Module.Variable]) throws -> [NDArray] {
    try zip(given, variables).map { array, variable in
      if let array {
        if array.type == variable.type { return array }
        throw Diagnostic(
          .run, code: "variable.type",
          "variable '\(variable.name)' is \(variable.type) and is given \(array.type)")
      }
      guard let extents = variable.type.shape.extents else {
        throw Diagnostic(
          .run, code: "variable.type",
          "variable '\(variable.name)' is \(variable.type), whose extents no feed decides")
      }
      return NDArray(dtype: variable.type.dtype, shape: extents) { _ in 0 }
    }
  }
}
