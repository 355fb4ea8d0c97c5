// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import Testing

@testable import GraphTransforms

/// The whole pipeline on random modules.
@Suite struct RandomPipelineTests {
  static let seeds = 0..<100

  @Test(arguments: seeds) func keepsEveryBit(seed: Int) throws {
    let module = try RandomProgram.module(seed: UInt64(seed), steps: 14)
    let expanded = try Autodiff.expandGradients(module)
    let check = SemanticCheck(
      parameters: RandomProgram.inputs(for: module, seed: UInt64(seed)), dotTolerance: 0)
    _ = try Pipeline.standard.run(expanded, options: PipelineOptions(verify: true, semanticCheck: check))
  }

  /// What the pipeline leaves it would leave again.
  @Test(arguments: seeds) func comesToRest(seed: Int) throws {
    let module = try RandomProgram.module(seed: UInt64(seed), steps: 14)
    let once = try Pipeline.standard.run(module)
    let twice = try Pipeline.standard.run(once)
    let isAtRest = twice.hasSameNodes(as: once)
    #expect(isAtRest)
    #expect(once.parameters == module.parameters)
    #expect(once.results.map { once.type(of: $0.value) } == module.results.map { module.type(of: $0.value) })
  }

  /// The random modules try most of the rules, and not in isolation.
  @Test func rulesFireTogether() throws {
    var fired: Set<String> = []
    for seed in Self.seeds {
      let module = try RandomProgram.module(seed: UInt64(seed), steps: 14)
      let rules = RewriteRule.folding + RewriteRule.simplify
      _ = try Autodiff.expandGradients(module).rewritten(by: rules, in: "test") { fired.insert($0.name) }
    }
    let silent = RewriteRule.simplify.map(\.name).filter { !fired.contains($0) }
    #expect(silent.count < RewriteRule.simplify.count / 2, "\(silent)")
  }
}
