// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Dispatch
import GraphIR
import GraphKernels
import Synchronization
import TestSupport
import Testing

@testable import GraphRuntime

@Suite struct ExecutableTests {
  /// exp(x) + v, its sum over all, and v's next value.
  private func program(_ shape: [Int]) throws -> ModuleCase {
    try ModuleCase("program") { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.float32, shape, .finite)
      let v = inputs.variable(.float32, shape, .finite)
      let sum = try b.add(b.apply(.exp, x), v)
      inputs.update(0, to: try b.multiply(sum, sum))
      return [sum, try b.reduce(.sum, sum, axes: Array(shape.indices))]
    }
  }

  /// Two blocks an output take turns: the one that the caller has let go of is the next one.
  @Test func theSteadyStateAllocatesNothing() throws {
    let example = try program([3, 40])
    let executable = try Native.executable(example.module)
    let run = { (variables: [NDArray]) in
      try executable.run(parameters: example.parameters, variables: variables)
    }
    struct Block { weak var storage: NDArrayStorage? }
    var variables = example.variables
    var held = try run(variables)
    variables = held.updates
    var known = (held.results + held.updates).map { Block(storage: $0.storage) }
    held = try run(variables)
    variables = held.updates
    known += (held.results + held.updates).map { Block(storage: $0.storage) }
    for _ in 0..<20 {
      held = try run(variables)
      variables = held.updates
      for array in held.results + held.updates {
        #expect(known.contains { $0.storage === array.storage }, "an output has a new storage")
      }
    }
    // Nobody has let go of a block and taken another in its place.
    #expect(known.allSatisfy { $0.storage != nil })
    #expect(Set(known.map { $0.storage.map(ObjectIdentifier.init) }).count == 6)
  }

  @Test func resultsThatAreHeldStay() throws {
    let example = try program([50])
    let executable = try Native.executable(example.module)
    var outcomes: [(input: NDArray, outcome: Executable.Outcome)] = []
    for seed in 0..<10 {
      let input = SampleArray.make(.float32, [50], .finite, seed: seed)
      outcomes.append((input, try executable.run(parameters: [input], variables: example.variables)))
    }
    for (input, outcome) in outcomes {
      let expected = try Interpreter.run(example.module, parameters: [input], variables: example.variables)
      #expect(outcome.results == expected.results)
      #expect(outcome.updates == [expected.updates[0]])
    }
  }

  /// Runs from several threads overlap, with a pool that only one of them gets.
  @Test func runsOverlap() throws {
    let example = try program([40, 100])
    let executable = try Native.executable(example.module)
    let pool = ThreadPool(threadCount: 2)
    let inputs = (0..<4).map { SampleArray.make(.float32, [40, 100], .finite, seed: $0) }
    let expected = try inputs.map {
      try executable.run(parameters: [$0], variables: example.variables).results
    }
    let failures = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { caller in
      for round in 0..<40 {
        let choice = (caller + round) % inputs.count
        let outcome = try? executable.run(
          parameters: [inputs[choice]], variables: example.variables, pool: round % 2 == 0 ? pool : nil)
        if outcome?.results != expected[choice] { failures.add(1, ordering: .relaxed) }
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
  }

  @Test(arguments: [1, 2]) func aFaultNamesItsLineAndChangesNothing(_ threads: Int) throws {
    let count = 300_000
    let example = try ModuleCase("fault") { inputs in
      let b = inputs.builder
      let x = inputs.parameter(NDArray([Int32](repeating: 6, count: count)))
      let v = inputs.variable(.int32, [count], .whole)
      let y = try b.apply(.divide, x, b.full(2, like: x))
      b.currentOrigin = Origin(location: SourceLocation(file: "App/Model.swift", line: 17), scope: "net")
      let z = try b.apply(.remainder, y, v)
      b.currentOrigin = .unknown
      inputs.update(0, to: try b.add(z, v))
      return [z]
    }
    let executable = try Native.executable(example.module)
    let pool = threads > 1 ? ThreadPool(threadCount: threads) : nil
    let good = NDArray([Int32](repeating: 2, count: count))
    let first = try executable.run(parameters: example.parameters, variables: [good], pool: pool)
    var elements = [Int32](repeating: 2, count: count)
    elements[count - 5] = 0
    let bad = NDArray(elements)
    for _ in 0..<3 {
      let error = #expect(throws: Diagnostic.self) {
        try executable.run(parameters: example.parameters, variables: [bad], pool: pool)
      }
      #expect(
        error?.description
          == "error[remainder.value]: remainder: integer remainder by zero\n  --> Model.swift:17 in scope \"net\""
      )
    }
    #expect(bad == NDArray(elements))
    #expect(first.results == [NDArray([Int32](repeating: 1, count: count))])
    #expect(first.updates == [NDArray([Int32](repeating: 3, count: count))])
    let again = try executable.run(parameters: example.parameters, variables: [good], pool: pool)
    #expect(again.results == first.results)
  }

  @Test func whatIsThereAlreadyIsHandedOn() throws {
    let example = try ModuleCase("names") { inputs in
      let x = inputs.parameter(.float32, [2, 3])
      let v = inputs.variable(.float32, [4])
      return [x, try inputs.builder.reshape(x, to: [6]), v]
    }
    let outcome = try Native.executable(example.module).run(
      parameters: example.parameters, variables: example.variables)
    #expect(outcome.results[0].storage === example.parameters[0].storage)
    #expect(outcome.results[1].storage === example.parameters[0].storage)
    #expect(outcome.results[1].shape == [6])
    #expect(outcome.results[2].storage === example.variables[0].storage)
  }

  @Test func aModuleWithoutResults() throws {
    let executable = try Native.executable(try Module(name: "empty").rebuilt())
    let outcome = try executable.run(parameters: [], variables: [])
    #expect(outcome.results.isEmpty && outcome.updates.isEmpty)
  }
}
