// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import GraphcFuzz

/// A bounded part of each sweep that `fuzz` does at length; a failure names the seed, with which `fuzz` repeats it.
@Suite struct FuzzTests {
  @Test(arguments: 0..<20) func texts(_ batch: Int) throws {
    for seed in batch * 50..<batch * 50 + 50 { try FuzzCheck.parser.run(seed: seed) }
  }

  @Test(arguments: 0..<20) func optimizedPrograms(_ batch: Int) throws {
    for seed in batch * 50..<batch * 50 + 50 { try FuzzCheck.optimizer.run(seed: seed) }
  }

  @Test(arguments: 0..<20) func nativePrograms(_ batch: Int) throws {
    let seeds = batch * 50..<batch * 50 + 50
    FuzzCheck.native.prepare(seeds: seeds)
    for seed in seeds { try FuzzCheck.native.run(seed: seed) }
  }

  /// A fault in one op is shrunk to that op and values for its operands.
  @Test func shrinksToTheFault() throws {
    let sample = try #require(
      try (0..<400).lazy.map { try FuzzCheck.sample(seed: $0) }.first { hasTanh($0.module) })
    let least = Shrinker.shrink(sample) { hasTanh($0.module) }
    #expect(least.module.nodes.count < sample.module.nodes.count)
    #expect(least.module.nodes.filter { !$0.operands.isEmpty }.count == 1)
    #expect(least.module.updates.isEmpty && least.module.results.count == 1)
  }

  /// No op is left out of the programs that run, and nothing is left out of regions for being in them.
  @Test func programsHaveEveryOp() throws {
    func mnemonics(_ module: Module) -> [String] {
      module.nodes.flatMap { [$0.op.mnemonic] + $0.op.regions.flatMap { mnemonics($0.module) } }
    }
    func levels(_ module: Module) -> Int {
      module.nodes.flatMap(\.op.regions).map { 1 + levels($0.module) }.max() ?? 0
    }
    // Gradients are expanded before a program runs.
    var missing = Set(Op.roster.map(\.mnemonic)).subtracting(["gradient"])
    var deepest = 0
    for seed in 0..<1000 where !missing.isEmpty || deepest < 3 {
      let module = try FuzzCheck.sample(seed: seed).module
      missing.subtract(mnemonics(module))
      deepest = max(deepest, levels(module))
    }
    #expect(missing == [] && deepest == 3)
  }

  private func hasTanh(_ module: Module) -> Bool {
    module.nodes.contains { $0.op == .pointwise(PointwiseOp(.tanh)) }
  }

  /// Most mutated texts are refused, some are read: both ways are tried.
  @Test func mutationsAreNeitherHarmlessNorHopeless() throws {
    let read = (0..<300).filter { (try? ModuleParser.parse(TextMutation.text(seed: $0))) != nil }.count
    #expect(read > 10 && read < 290)
  }
}
