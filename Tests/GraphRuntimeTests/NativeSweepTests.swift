// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import TestSupport
import Testing

@testable import GraphRuntime

/// Machine code gives the interpreter's bits: every op, element type, shape and layout, alone and together.
@Suite struct NativeSweepTests {
  private func expectSame(_ example: ModuleCase) throws {
    let expected = try Interpreter.run(
      example.module, parameters: example.parameters, variables: example.variables)
    let actual = try Native.executable(example.module).run(
      parameters: example.parameters, variables: example.variables)
    for (index, (left, right)) in zip(actual.results, expected.results).enumerated()
    where !areSame(left, right) {
      Issue.record("\(example.name), result \(index), \(difference(left, right))")
    }
    for (update, value) in zip(example.module.updates, actual.updates) {
      let right = try #require(expected.updates[update.variable])
      if !areSame(value, right) { Issue.record("\(example.name), update, \(difference(value, right))") }
    }
    #expect(actual.results.count == expected.results.count)
  }

  /// Dots among them: on whole numbers their sums are exact in any order.
  @Test(arguments: Op.roster.map(\.mnemonic)) func everyOp(_ mnemonic: String) throws {
    let kind = try #require(Op.kind(named: mnemonic))
    let cases = try #require(try ModuleCase.cases(for: kind), "there are no cases for \(mnemonic)")
    for example in cases { try expectSame(example) }
  }

  @Test(arguments: try ModuleCase.structures()) func structures(_ example: ModuleCase) throws {
    try expectSame(example)
  }

  @Test(arguments: 0..<20) func randomPrograms(_ batch: Int) throws {
    for seed in batch * 5..<batch * 5 + 5 { try expectSame(ModuleCase.random(seed: seed, products: false)) }
  }

  /// Longer than a chunk of the pool's, and no multiple of any vector.
  @Test func longArrays() throws {
    try expectSame(
      ModuleCase("long") { inputs in
        let b = inputs.builder
        let (x, y) = (inputs.parameter(.float32, [23, 2_003]), inputs.parameter(.float32, [2_003]))
        let sum = try b.add(x, b.broadcast(y, to: [23, 2_003], axes: [1]))
        return [sum, try b.reduce(.max, sum, axes: [0])]
      })
    try expectSame(
      ModuleCase("sums") { inputs in
        let b = inputs.builder
        // Several chunks of all lanes, and a rest.
        let x = inputs.parameter(.float32, [2, 9_001], .finite)
        return [try b.reduce(.sum, x, axes: [1]), try b.reduce(.sum, x, axes: [0, 1])]
      })
  }

  /// |a − b| ≤ c·K·ε·Σ|x||y| against f64.
  @Test(arguments: [DType.float32, .float64]) func productsStayWithinTheirBound(_ dtype: DType) throws {
    for (m, k, n) in [(1, 1, 1), (3, 70, 5), (17, 33, 1), (1, 300, 9), (40, 129, 31)] {
      let example = try ModuleCase("product") { inputs in
        let b = inputs.builder
        let (x, y) = (inputs.parameter(dtype, [m, k], .finite), inputs.parameter(dtype, [k, n], .finite))
        let dot = Op.dot(DotOp(lhsContract: [1], rhsContract: [0]))
        return [try b.append(dot, [x, y]), try b.append(dot, [b.apply(.abs, x), b.apply(.abs, y)])]
      }
      let exact = try Interpreter.run(example.module, parameters: example.parameters).results
      let native = try Native.executable(example.module).run(parameters: example.parameters, variables: [])
        .results
      let epsilon = dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
      for index in 0..<m * n {
        let error = abs(native[0].number(at: index) - exact[0].number(at: index))
        #expect(error <= 2 * Double(k) * epsilon * exact[1].number(at: index))
      }
    }
  }

  // MARK: Threads

  /// The bits do not depend on the number of threads.
  @Test(arguments: [2, 3]) func oneThreadOrMore(_ threads: Int) throws {
    let pool = ThreadPool(threadCount: threads)
    for example in try ThreadPrograms.all() {
      let executable = try Native.executable(example.module)
      let alone = try executable.run(parameters: example.parameters, variables: example.variables)
      for _ in 0..<3 {
        let shared = try executable.run(
          parameters: example.parameters, variables: example.variables, pool: pool)
        for (left, right) in zip(shared.results, alone.results) where left != right {
          Issue.record("\(example.name): \(difference(left, right))")
        }
      }
    }
  }

  /// The programs of that test have steps that the pool shares.
  @Test func threadProgramsAreLarge() throws {
    for example in try ThreadPrograms.all() {
      let program = try Program(plan: Lowering.plan(for: example.module), kernels: Native.cache())
      #expect(program.steps.contains { $0.chunk < $0.count }, "\(example.name)")
    }
  }
}

/// Programs large enough for more than one thread.
private enum ThreadPrograms {
  static func all() throws -> [ModuleCase] {
    [
      try ModuleCase("pointwise") { inputs in
        let b = inputs.builder
        let x = parameter(inputs, [301, 701])
        return [try b.apply(.tanh, b.add(x, b.transpose(parameter(inputs, [701, 301]), [1, 0])))]
      },
      try ModuleCase("rows") { inputs in
        let b = inputs.builder
        let x = parameter(inputs, [400, 997])
        let sum = try b.reduce(.sum, x, axes: [1])
        return [sum, try b.divide(x, b.broadcast(sum, to: [400, 997], axes: [0]))]
      },
      try ModuleCase("columns") { inputs in
        let x = parameter(inputs, [997, 401])
        return [
          try inputs.builder.reduce(.sum, x, axes: [0]), try inputs.builder.reduce(.product, x, axes: [0]),
          try inputs.builder.append(.argReduce(ArgReduceOp(.max, axis: 0)), [x]),
        ]
      },
      try ModuleCase("middle") { inputs in
        [try inputs.builder.reduce(.sum, parameter(inputs, [67, 190, 33]), axes: [1])]
      },
      try ModuleCase("join") { inputs in
        let b = inputs.builder
        let x = parameter(inputs, [333, 500])
        let joined = try b.append(.concatenate(ConcatenateOp(axis: 1)), [x, b.apply(.exp, x)])
        return [try b.append(.reverse(ReverseOp(axes: [0, 1])), [joined])]
      },
    ]
  }

  /// Large arrays, made quickly: a short one over and over.
  private static func parameter(_ inputs: CaseBuilder, _ shape: [Int]) -> Value {
    let period = SampleArray.make(.float32, [1009], .finite, seed: inputs.parameters.count)
    return inputs.parameter(
      NDArray(dtype: .float32, shape: shape) { bytes in
        let elements = bytes.bindMemory(to: Float.self)
        period.withUnsafeBytes { source in
          let values = source.bindMemory(to: Float.self)
          for index in elements.indices { elements[index] = values[index % 1009] }
        }
      })
  }
}
