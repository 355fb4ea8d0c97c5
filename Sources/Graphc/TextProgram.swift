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
  ///   - feeds: an array for each parameter that is needed, by name.
  ///   - variables: what variables start as, by name; zeros for the others.
  ///   - keepsUpdates: whether the updates are computed too.
  /// - Throws: `Diagnostic` or `DiagnosticList`.
  package func run(
    fetches: [String], feeds: [(name: String, value: NDArray)],
    variables: [(name: String, value: NDArray)] = [],
    keepsUpdates: Bool = false, engine: Engine = .native
  ) throws -> Outcome {
    let values = ModuleNames(module)
    let results = try fetches.map { Module.Result(name: $0, value: try values.value(named: $0)) }
    let (wanted, kept) = try needed(for: results, keepsUpdates ? module.updates : [])

    let parameterNames = zip(module.parameters.map(\.name), names.parameters).map { [$0, $1] }
    let allFed = try matched(feeds, to: parameterNames, noun: "parameter")
    let fed = try complete(kept.map { allFed[$0] }, wanted.parameters)
    let bound = try Pass.gradients.run(wanted.bound(by: bind(fed, wanted.parameters)))

    let variableNames = zip(module.variables.map(\.name), names.variables).map { [$0, $1] }
    let start = try initialValues(
      matched(variables, to: variableNames, noun: "variable"), bound.variables)
    let outcome = try evaluate(bound, fed, start, engine)
    var end = start
    for (variable, value) in outcome.updates { end[variable] = value }
    let fileNames = names.variables.map { String($0.dropFirst()) }
    return Outcome(
      results: outcome.results, variables: zip(fileNames, end).map { (name: $0, value: $1) })
  }

  /// The part of the program that some results and updates need, with all variables, and the numbers of the parameters
  /// that it has left.
  private func needed(
    for results: [Module.Result], _ updates: [Module.Update]
  ) throws -> (module: Module, parameters: [Int]) {
    let needed = NeededNodes(results.map(\.value) + updates.map(\.value), fed: [], in: module.nodes)
    let builder = ModuleBuilder(name: module.name)
    builder.variables = module.variables
    builder.reserveSymbols(of: module.nodes.flatMap(\.types))
    var parameters: [Int] = []
    var renamed: [Value: Value] = [:]
    for index in module.nodes.indices where needed[index] {
      let node = module.nodes[index]
      if case .parameter(let rule) = node.op {
        let parameter = module.parameters[rule.index]
        parameters.append(rule.index)
        renamed[Value(node: Int32(index))] = builder.addParameter(
          name: parameter.name, type: parameter.type, origin: node.origin)
        continue
      }
      let operands = needed.operands(of: index).compactMap { renamed[$0] }
      let values = try builder.appendAll(
        node.op, operands, origin: node.origin, annotated: needed.types(of: index))
      for (result, value) in zip(needed.results(of: index), values) {
        renamed[Value(node: Int32(index), result: Int32(result))] = value
      }
    }
    let new = { (value: Value) in renamed[value] ?? value }
    let part = try builder.module(
      results: results.map { Module.Result(name: $0.name, value: new($0.value)) },
      updates: updates.map { Module.Update(variable: $0.variable, value: new($0.value)) })
    return (part, parameters)
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

  /// The feeds, all of them.
  private func complete(_ fed: [NDArray?], _ parameters: [Module.Parameter]) throws -> [NDArray] {
    let missing = zip(parameters, fed).filter { $1 == nil }.map { parameter, _ in
      Diagnostic(
        .run, code: "feed.missing",
        "parameter '\(parameter.name)' \(parameter.type) is needed by this run and is not fed")
    }
    if !missing.isEmpty { throw DiagnosticList(missing) }
    return fed.compactMap { $0 }
  }

  /// The numbers that the feeds give the symbols.
  private func bind(_ fed: [NDArray], _ parameters: [Module.Parameter]) throws -> [Int: Int] {
    var bindings: [Int: Int] = [:]
    for (parameter, array) in zip(parameters, fed) {
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
    for (parameter, array) in zip(parameters, fed) {
      let type = parameter.type.bound(by: bindings.mapValues { Dim($0) })
      if type.isStatic, type != array.type {
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
