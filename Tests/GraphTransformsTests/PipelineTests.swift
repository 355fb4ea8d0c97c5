// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Synchronization
import Testing

@testable import GraphTransforms

@Suite struct PipelineTests {
  /// x · (x set apart), differentiated at the second: x, once markers are gone.
  func program() throws -> Module {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float64, [2]))
    let apart = try b.append(.identity(IdentityOp(id: 0)), [x])
    let gradient = try b.append(.gradient(GradientOp()), [b.multiply(x, apart), apart])
    return try b.module(results: [Module.Result(name: "g", value: gradient)])
  }

  @Test func gradientsThenMarkers() throws {
    let optimized = try Pipeline.standard.run(program())
    #expect(optimized.nodes.map(\.op.mnemonic) == ["parameter"])
    let result = try Interpreter.run(optimized, parameters: [NDArray([3.0, 4])]).results[0]
    #expect(result == NDArray([3.0, 4]))
  }

  @Test func theLogHasEveryPass() throws {
    let logs = Mutex<[PassLog]>([])
    let options = PipelineOptions(log: { log in logs.withLock { $0.append(log) } })
    let optimized = try Pipeline.standard.run(program(), options: options)
    let entries = logs.withLock { $0 }
    #expect(entries.map(\.pass) == Pipeline.standard.passes.map(\.name))
    #expect(entries.map(\.isUnchanged) == [true, false, true, false, true, true, true, true, true])
    #expect(entries.last?.after.nodes.count == optimized.nodes.count)
    #expect(entries.last?.text == "(unchanged)\n")
    #expect(entries[1].text == entries[1].after.description)
    #expect(entries[3].firings.map(\.rule) == ["x · 1 = x"])
    #expect(entries.allSatisfy { $0.duration >= .zero })
  }

  @Test func anEmptyModulePasses() throws {
    #expect(try Pipeline.standard.run(Module(name: "empty")).nodes.isEmpty)
  }

  /// The check finds a wrong rule among right ones and names it.
  @Test func theSemanticCheckNamesTheRule() throws {
    let wrong = RewriteRule("x + 0 = x", on: .function(.add)) { site in
      site.commuting { x, zero in site.is(zero, 0) ? x : nil }
    }
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [2]))
    let sum = try b.add(b.multiply(x, b.full(1, like: x)), b.full(0, like: x))
    let module = try b.module(results: [Module.Result(name: "sum", value: sum)])
    let pipeline = Pipeline([Pass("algebra", rules: RewriteRule.arithmetic + [wrong])])
    let harmless = SemanticCheck(parameters: [NDArray([1 as Float, 2])])
    _ = try pipeline.run(module, options: PipelineOptions(semanticCheck: harmless))
    let revealing = SemanticCheck(parameters: [NDArray([1 as Float, -0.0])])
    let error = #expect(throws: Diagnostic.self) {
      try pipeline.run(module, options: PipelineOptions(semanticCheck: revealing))
    }
    #expect(error?.kind == .bug)
    #expect(error?.message == "the pass algebra changes the result \"sum\", by its rule 'x + 0 = x'")
  }

  @Test func theSemanticCheckNamesThePassAndTheUpdate() throws {
    let b = ModuleBuilder()
    let w = b.addVariable(name: "w", type: TensorType(.float32, [2]))
    let module = try b.module(results: [], updates: [Module.Update(variable: 0, value: b.negate(w))])
    let pipeline = Pipeline([
      Pass("forget") { module in
        try module.rebuilt { node, operands, _ in node.operands.isEmpty ? nil : [operands[0]] }
      }
    ])
    let check = SemanticCheck(variables: [NDArray([1 as Float, 2])])
    let error = #expect(throws: Diagnostic.self) {
      try pipeline.run(module, options: PipelineOptions(semanticCheck: check))
    }
    #expect(error?.message == "the pass forget changes the update of @w")
  }

  @Test func theVerifierNamesThePass() throws {
    let pipeline = Pipeline([
      Pass("reverse") { module in
        var module = module
        module.nodes.reverse()
        return module
      }
    ])
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [2]))
    let module = try b.module(results: [Module.Result(name: "y", value: b.negate(x))])
    let error = #expect(throws: Diagnostic.self) {
      try pipeline.run(module, options: PipelineOptions(verify: true))
    }
    #expect(error?.kind == .bug)
    #expect(error?.notes.last?.message == "the pass reverse made this module")
  }
}

@Suite struct SemanticCheckTests {
  /// A rule that rounds may be off by a rounding, and not by more.
  @Test func roundingsAreNoFaults() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [8]))
    let y = try b.append(.pointwise(PointwiseOp(.log)), [b.add(b.full(1, like: x), b.multiply(x, x))])
    let module = try b.module(results: [Module.Result(name: "y", value: y)])
    let check = PipelineOptions(semanticCheck: SemanticCheck(madeUpFor: module))
    _ = try Pipeline([.stabilize]).run(module, options: check)
    let wrong = RewriteRule("log x = log1p x", .rounding, on: .function(.log)) { site in
      try site.apply(.log1p, site[0])
    }
    let error = #expect(throws: Diagnostic.self) {
      try Pipeline([Pass("algebra", rules: [wrong])]).run(module, options: check)
    }
    #expect(error?.message == "the pass algebra changes the result \"y\", by its rule 'log x = log1p x'")
  }

  @Test func numbersAreMadeUpForEveryType() {
    let types = DType.allCases.filter { $0 != .string }.map { TensorType($0, [3, 4]) }
    let module = Module(name: "m", parameters: types.map { Module.Parameter(name: "p", type: $0) })
    let check = SemanticCheck(madeUpFor: module)
    #expect(check.parameters.map(\.type) == types)
    #expect(
      check.parameters.allSatisfy {
        Set($0.doubles).count > 1 && $0.doubles.allSatisfy { (-1...2).contains($0) }
      })
  }
}
