// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import GraphKernels

@Suite struct KernelSimplifierTests {
  @Test(arguments: 0..<300) func meaningStays(_ seed: Int) throws {
    let example = KernelCase(seed: seed)
    let simple = example.kernel.simplified()
    #expect(try example.run(simple) == example.run(example.kernel), "\(example.kernel)\n\(simple)")
    #expect(!simple.domain.contains(1))
    #expect(simple.stages.allSatisfy { !$0.loop.contains(1) })
    #expect(simple.simplified() == simple)
  }

  @Test func randomKernelsAreSimplifiedInEveryWay() {
    let examples = (0..<300).map { KernelCase(seed: $0).kernel }
    let changed = examples.filter { $0.simplified() != $0 }
    #expect(changed.count > 200)
    #expect(examples.contains { $0.simplified().domain.count < $0.domain.filter { $0 != 1 }.count })
    #expect(
      examples.contains { kernel in
        zip(kernel.stages, kernel.simplified().stages).contains {
          $1.loop.count < $0.loop.filter { $0 != 1 }.count && !$0.loop.contains(0)
        }
      })
  }

  /// One loop for every shape of the same length, so that they share code.
  @Test func shapesShareCode() throws {
    let kernels = try [[12], [3, 4], [2, 1, 6], [1, 12, 1]].map { shape in
      let example = try ModuleCase("") { [try $0.builder.negate($0.parameter(.float32, shape))] }
      return try #require(try Lowering.plan(for: example.module).kernels.first)
    }
    #expect(Set(kernels).count == 1)
    #expect(kernels[0].domain == [12])
  }

  /// The order of the reduced elements is part of the language; only neighbours that keep it merge.
  @Test func reducedAxesKeepTheirOrder() throws {
    let loops = try [nil, [2, 1, 0], [2, 0, 1]].map { (order: [Int]?) in
      let example = try ModuleCase("") { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [2, 3, 4])
        return [try b.reduce(.sum, order.map { try b.transpose(x, $0) } ?? x, axes: [0, 1, 2])]
      }
      return try Lowering.plan(for: example.module).kernels.map(\.stages[0].loop)
    }.flatMap { $0 }
    #expect(loops == [[24], [4, 3, 2], [4, 6]])
  }
}
