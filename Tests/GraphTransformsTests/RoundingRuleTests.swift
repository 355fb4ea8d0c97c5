// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import Testing

@testable import GraphTransforms

/// Rules that round differently, held against f64.
@Suite struct RoundingRuleTests {
  static let rules = RewriteRule.stabilizing + RewriteRule.rounding + RewriteRule.reassociating

  /// Every rule fires on its cases, leaves what they say, and is no further from f64 than the program was, but for a few
  /// roundings of a result.
  @Test(arguments: rules.map(\.name)) func ruleIsAsExact(name: String) throws {
    let rule = try #require(Self.rules.first { $0.name == name })
    #expect(rule.exactness == .rounding)
    let cases = RoundingCase.all.filter { $0.rule == name }
    #expect(!cases.isEmpty, "no case tests this rule")
    for (index, roundingCase) in cases.enumerated() {
      let program = try build(roundingCase, .float32)
      let judge = try build(roundingCase, .float64)
      var fired = 0
      let rewritten = try program.rewritten(by: [rule], in: "test") { _ in fired += 1 }
      #expect(fired > 0, "case \(index)")
      let ops = rewritten.nodes.map(\.op.mnemonic).filter { $0 != "parameter" }
      #expect(ops.joined(separator: " ") == roundingCase.result, "case \(index)")
      for scale in [0.01, 1, 15] {
        let inputs = numbers(program, scale: scale)
        let before = try Interpreter.run(program, parameters: inputs).results[0]
        let after = try Interpreter.run(rewritten, parameters: inputs).results[0]
        let exact = try Interpreter.run(
          judge, parameters: inputs.map { NDArray($0.doubles, shape: $0.shape) }
        )
        .results[0]
        for place in 0..<exact.count {
          let truth = exact.number(at: place)
          let (old, new) = (before.number(at: place) - truth, after.number(at: place) - truth)
          let rounding = 4 * Double(Float.ulpOfOne) * max(truth.magnitude, 1e-30)
          #expect(
            new.magnitude <= old.magnitude + rounding || !old.isFinite,
            "case \(index): \(truth) was off by \(old), is by \(new)")
          #expect(after.number(at: place).isFinite)
        }
      }
    }
  }

  @Test func everyCaseNamesARule() {
    let names = Set(Self.rules.map(\.name))
    #expect(names.count == Self.rules.count, "two rules have one name")
    for roundingCase in RoundingCase.all { #expect(names.contains(roundingCase.rule)) }
  }

  /// `strictOrder` leaves each of these programs as it is; without it each changes.
  @Test(arguments: RoundingCase.all.indices) func strictOrderTurnsItOff(index: Int) throws {
    let roundingCase = RoundingCase.all[index]
    let program = try build(roundingCase, .float32)
    var fired: Set<String> = []
    for pass in Pipeline.standard(RewriteOptions(strictOrder: true, reassociates: true)).passes {
      #expect(pass.rules.allSatisfy { $0.exactness == .exact }, "\(pass.name)")
      _ = try program.rewritten(by: pass.rules, in: "test") { fired.insert($0.name) }
    }
    #expect(!fired.contains(roundingCase.rule))
    let inputs = numbers(program, scale: 1)
    let strict = try Pipeline.standard(RewriteOptions(strictOrder: true)).run(program)
    #expect(
      try Interpreter.run(strict, parameters: inputs).results[0]
        == Interpreter.run(program, parameters: inputs).results[0])
    let free = try Pipeline.standard(RewriteOptions(reassociates: true)).run(program)
    #expect(!free.hasSameNodes(as: strict))
  }

  /// Constants are gathered on request only.
  @Test func reassociationIsOffByDefault() throws {
    let names = Set(RewriteRule.reassociating.map(\.name))
    let rules = Pipeline.standard.passes.flatMap(\.rules)
    #expect(!rules.contains { names.contains($0.name) })
    #expect(RewriteRule.catalogue.filter { names.contains($0.rule.name) }.count == names.count)
  }

  /// The results of the stable forms where the others overflow: numbers that are known without them.
  @Test(arguments: [
    ("log", "sigmoid", [-200.0, 0, 200], [-200, -0.693_147_180_559_945_3, 0]),
    ("log1p", "exp", [-200.0, 0, 200], [0, 0.693_147_180_559_945_3, 200]),
    ("log", "exp", [-200.0, 1, 200], [-200, 1, 200]),
  ]) func extremes(outer: String, inner: String, inputs: [Double], expected: [Double]) throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [3]))
    let functions = try [inner, outer].map { try #require(ScalarFunction(rawValue: $0)) }
    let value = try functions.reduce(x) { try b.append(.pointwise(PointwiseOp($1)), [$0]) }
    let module = try Pipeline.standard.run(b.module(results: [Module.Result(name: "y", value: value)]))
    let result = try Interpreter.run(module, parameters: [NDArray(inputs.map { Float($0) })]).results[0]
    for (number, known) in zip(result.doubles, expected) {
      #expect((number - known).magnitude <= 1e-6 * known.magnitude)
    }
  }

  @Test func logarithmsOfSumsOfInfinities() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [4, 2]))
    let powers = try b.append(.pointwise(PointwiseOp(.exp)), [x])
    let value = try b.append(.pointwise(PointwiseOp(.log)), [b.sum(powers, axes: [1])])
    let module = try b.module(results: [Module.Result(name: "y", value: value)])
    let (inf, ln2) = (Float.infinity, 0.693_147_180_559_945_3)
    let input = NDArray([-inf, -inf, inf, 1, 300, 300, .nan, 1], shape: [4, 2])
    let stable = try Interpreter.run(Pipeline.standard.run(module), parameters: [input]).results[0].doubles
    #expect(stable[0] == -.infinity && stable[1] == .infinity && stable[3].isNaN)
    #expect((stable[2] - 300 - ln2).magnitude < 1e-4)
    let strict = try Interpreter.run(
      Pipeline.standard(RewriteOptions(strictOrder: true)).run(module), parameters: [input]
    ).results[0].doubles
    #expect(strict[2] == .infinity)
  }

  // MARK: Gradients

  /// −log softmax(x)[0] where the probability is 0 in f32: the gradient is softmax(x) − (1, 0, 0), not NaN.
  @Test func gradientsAreThoseOfTheStableForm() throws {
    let c = CaseBuilder()
    let x = c.parameter(.float32, [1, 3])
    let logs = try c.f(.log, c.softmax(x, isShifted: true))
    let loss = try c.b.negate(c.slice(logs, [0, 0], [1, 1]))
    let gradient = try c.b.append(.gradient(GradientOp()), [loss, x])
    let module = try c.b.module(results: [Module.Result(name: "g", value: gradient)])
    let input = NDArray([Float(-300), 0, 0], shape: [1, 3])
    let stable = try Interpreter.run(Pipeline.standard.run(module), parameters: [input]).results[0]
    #expect(stable.doubles == [-1, 0.5, 0.5])
    let plain = try Pipeline.standard(RewriteOptions(strictOrder: true)).run(module)
    #expect(try Interpreter.run(plain, parameters: [input]).results[0].doubles[0].isNaN)
  }

  /// A gradient with respect to the probabilities themselves goes through them.
  @Test func targetsStay() throws {
    let c = CaseBuilder()
    let x = c.parameter(.float32, [1, 3])
    let p = try c.softmax(x, isShifted: true)
    let logs = try c.f(.log, p)
    let gradient = try c.b.append(.gradient(GradientOp()), [logs, p])
    let module = try c.b.module(results: [Module.Result(name: "g", value: gradient)])
    let input = NDArray([Float(1), 2, 3], shape: [1, 3])
    let expected = try Interpreter.run(Autodiff.expandGradients(module), parameters: [input]).results[0]
    let given = try Interpreter.run(Pipeline.standard.run(module), parameters: [input]).results[0]
    #expect(given == expected)
    #expect(expected.doubles[0] > 1)
  }

  // MARK: Helpers

  private func build(_ roundingCase: RoundingCase, _ dtype: DType) throws -> Module {
    let builder = CaseBuilder()
    return try builder.b.module(
      results: [Module.Result(name: "r", value: roundingCase.build(builder, dtype))])
  }

  /// Numbers that f32 has, in a row around 0 and without it.
  private func numbers(_ module: Module, scale: Double) -> [NDArray] {
    module.parameters.map { parameter in
      let extents = parameter.type.shape.extents ?? []
      let count = extents.reduce(1, *)
      return NDArray(
        (0..<count).map {
          Float(scale * (Double(($0 * 7) % count) - Double(count) / 2 + 0.3) / Double(count))
        },
        shape: extents)
    }
  }
}
