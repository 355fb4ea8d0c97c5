// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import GraphKernels

/// Lowering keeps meaning: a plan, run without a backend, gives the interpreter's bits.
@Suite struct LoweringTests {
  @Test(arguments: Op.roster.map(\.mnemonic)) func everyOp(_ mnemonic: String) throws {
    let kind = try #require(Op.kind(named: mnemonic))
    let cases = try #require(try ModuleCase.cases(for: kind), "there are no cases for \(mnemonic)")
    for example in cases { try expectSameBits(example) }
  }

  @Test(arguments: try ModuleCase.structures()) func structures(_ example: ModuleCase) throws {
    try expectSameBits(example)
  }

  @Test func aGradientNodeIsRefused() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [2]))
    let y = try b.append(.gradient(GradientOp()), [b.negate(x), x])
    let module = try b.module(results: [Module.Result(name: "y", value: y)])
    let error = #expect(throws: Diagnostic.self) { try Lowering.plan(for: module) }
    #expect(error?.kind == .bug)
  }

  @Test func aSymbolIsRefused() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [.symbol(0)]))
    let module = try b.module(results: [Module.Result(name: "y", value: b.negate(x))])
    let error = #expect(throws: Diagnostic.self) { try Lowering.plan(for: module) }
    #expect(error?.message == "the module has unbound symbols (in module @module)")
  }

  @Test func anInterleavedProductIsRefused() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [2, 30, 4]))
    let y = b.addParameter(name: "y", type: TensorType(.float32, [30, 50]))
    let dot = Op.dot(DotOp(lhsContract: [1], rhsContract: [0]))
    let module = try b.module(results: [Module.Result(name: "z", value: b.append(dot, [x, y]))])
    let error = #expect(throws: Diagnostic.self) { try Lowering.plan(for: module) }
    #expect(error?.message == "a dot's lhs axes are interleaved (in module @module)")
  }

  // MARK: Faults

  @Test(arguments: [ScalarFunction.divide, .remainder]) func aDivisionByZeroIsBlamed(
    _ function: ScalarFunction
  ) throws {
    let example = try ModuleCase("fault") { inputs in
      let b = inputs.builder
      let x = inputs.parameter(NDArray([7 as Int32, 8]))
      let y = inputs.parameter(NDArray([1 as Int32, 0]))
      b.currentOrigin = Origin(location: SourceLocation(file: "Model.swift", line: 42), scope: "head")
      let quotient = try b.apply(function, b.add(x, y), y)
      b.currentOrigin = .unknown
      return [try b.reduce(.sum, b.negate(quotient), axes: [0])]
    }
    let expected = #expect(throws: Diagnostic.self) {
      try Interpreter.run(example.module, parameters: example.parameters)
    }
    let actual = #expect(throws: Diagnostic.self) {
      try PlanEvaluator.run(Lowering.plan(for: example.module), parameters: example.parameters)
    }
    #expect(actual == expected)
    #expect(actual?.location?.line == 42)
  }

  // MARK: Size

  /// Neither the stack nor the time may give out.
  @Test func aChainOfTenThousandSteps() throws {
    let example = try ModuleCase("chain") { inputs in
      let b = inputs.builder
      let y = inputs.parameter(.float32, [3], .finite)
      var x = inputs.parameter(.float32, [3], .finite)
      for step in 0..<10_000 { x = try b.apply([.add, .subtract, .minimum][step % 3], x, y) }
      return [x]
    }
    try expectSameBits(example)
    let plan = try Lowering.plan(for: example.module)
    #expect(plan.steps.count < 10_000 / 50)
    #expect(plan.arenaByteCount <= 3 * ArenaPlanner.alignment)
  }

  @Test(arguments: [
    Op.reverse(ReverseOp(axes: [0])), .identity(IdentityOp(id: 0)), .stopGradient(StopGradientOp()),
    .reshape(ReshapeOp(shape: [2, 2])), .transpose(TransposeOp(permutation: [1, 0])),
  ]) func aChainOfTenThousandViews(_ op: Op) throws {
    let example = try ModuleCase("views") { inputs in
      let b = inputs.builder
      var results: [Value] = []
      for var x in [inputs.parameter(.int32, [2, 2]), try b.negate(inputs.parameter(.int32, [2, 2]))] {
        for index in 0..<10_000 {
          switch op {
          case .identity: x = try b.append(.identity(IdentityOp(id: index)), [x])
          case .reshape: x = try b.append(.reshape(ReshapeOp(shape: index % 2 == 0 ? [4] : [2, 2])), [x])
          default: x = try b.append(op, [x])
          }
        }
        results += [x, try b.negate(x)]
      }
      return results
    }
    try expectSameBits(example)
  }

  @Test func aJoinOfManyTerms() throws {
    let example = try ModuleCase("terms") { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.int32, [2], .whole)
      let terms = try (0..<600).map { try b.multiply(x, b.full(Double($0), like: x)) }
      let joined = try b.append(.concatenate(ConcatenateOp(axis: 0)), terms)
      return [try b.reduce(.sum, joined, axes: [0])]
    }
    try expectSameBits(example)
    // The pieces go to their places without a stop on the way.
    #expect(try Lowering.plan(for: example.module).steps.count == 601)
  }

  /// Each level reads the one below twice, through different views.
  @Test func sharedViewsDoNotMultiply() throws {
    let example = try ModuleCase("doubling") { inputs in
      let b = inputs.builder
      var x = inputs.parameter(.float32, [4], .finite)
      for _ in 0..<200 { x = try b.subtract(b.append(.reverse(ReverseOp(axes: [0])), [x]), x) }
      return [x]
    }
    try expectSameBits(example)
    let plan = try Lowering.plan(for: example.module)
    #expect(plan.kernels.map(\.stages[0].body.count).max() ?? 0 <= 2 * Inlining.longestExpression)
  }
}

/// Compares a plan's run with the interpreter's, to the bit.
func expectSameBits(_ example: ModuleCase, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws {
  let expected = try Interpreter.run(
    example.module, parameters: example.parameters, variables: example.variables)
  let plan = try Lowering.plan(for: example.module)
  let actual = try PlanEvaluator.run(plan, parameters: example.parameters, variables: example.variables)
  if plan.replacedVariables.contains(where: { $0 != nil }) {
    let replaced = try PlanEvaluator.run(
      plan, parameters: example.parameters, variables: example.variables, replaces: true)
    #expect(
      replaced.updates == actual.updates && replaced.results == actual.results, "\(example.name) in place",
      sourceLocation: sourceLocation)
  }
  for (index, (left, right)) in zip(actual.results, expected.results).enumerated() where left != right {
    Issue.record("\(example.name), result \(index): \(left) is not \(right)", sourceLocation: sourceLocation)
  }
  let updates = example.module.updates.compactMap { expected.updates[$0.variable] }
  #expect(actual.updates == updates, "\(example.name)", sourceLocation: sourceLocation)
  #expect(actual.results.count == expected.results.count, "\(example.name)", sourceLocation: sourceLocation)
}
