// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import TestSupport
import Testing

@testable import GraphRuntime

@Suite struct StoredExecutableTests {
  /// The case's variables in a store, at numbers other than the plan's.
  private func stored(_ example: ModuleCase) throws -> (run: StoredExecutable, store: VariableStore) {
    let store = VariableStore()
    let numbers = example.variables.indices.map { 2 * $0 + 1 }
    for (number, value) in zip(numbers, example.variables) {
      #expect(store.setFirst(number, to: value.storage))
      #expect(!store.setFirst(number, to: value.storage))
    }
    let run = StoredExecutable(
      try Native.executable(example.module), variables: numbers, in: store, drawsNumbers: false)
    return (run, store)
  }

  private func value(_ number: Int, _ store: VariableStore, like array: NDArray) throws -> NDArray {
    let storage = try #require(store[2 * number + 1])
    return NDArray(dtype: array.dtype, shape: array.shape, storage: storage)
  }

  /// v grows by x, and is fetched from before and after.
  private func walk(_ shape: [Int]) throws -> ModuleCase {
    try ModuleCase("walk") { inputs in
      let x = inputs.parameter(.float32, shape, .whole)
      let v = inputs.variable(.float32, shape, .whole)
      let next = try inputs.builder.add(v, x)
      inputs.update(0, to: next)
      return [v, next, try inputs.builder.negate(next)]
    }
  }

  @Test(arguments: [[], [3], [50], [7, 90]]) func updatesTakeTurns(_ shape: [Int]) throws {
    let example = try walk(shape)
    let (run, store) = try stored(example)
    let x = example.parameters[0]
    var expected = example.variables[0].doubles
    var held: [(NDArray, [Double])] = []
    for round in 0..<6 {
      let results = try run.run([x], order: nil, randomKey: 0, pool: nil)
      #expect(results[0].doubles == expected)
      expected = zip(expected, x.doubles).map { $0 + $1 }
      #expect(results[1].doubles == expected)
      #expect(results[2].doubles == expected.map { -$0 })
      #expect(try value(0, store, like: x).doubles == expected)
      // What a caller holds, later runs leave alone.
      if round % 2 == 0 { held.append((results[1], expected)) }
    }
    for (array, values) in held { #expect(array.doubles == values) }
  }

  @Test func theSteadyStateUsesTwoBlocksAVariable() throws {
    let example = try ModuleCase("steady") { inputs in
      let v = inputs.variable(.float32, [100], .finite)
      inputs.update(0, to: try inputs.builder.negate(v))
      return []
    }
    let (run, store) = try stored(example)
    _ = try run.run([], order: nil, randomKey: 0, pool: nil)
    struct Block { weak var storage: NDArrayStorage? }
    var blocks: [Block] = []
    for _ in 0..<2 {
      blocks.append(Block(storage: store[1]))
      _ = try run.run([], order: nil, randomKey: 0, pool: nil)
    }
    #expect(blocks[0].storage !== blocks[1].storage)
    for round in 0..<10 {
      #expect(store[1] === blocks[round % 2].storage)
      _ = try run.run([], order: nil, randomKey: 0, pool: nil)
    }
    // A value that someone holds is no memory for the next.
    let held = try value(0, store, like: example.variables[0])
    let before = held.doubles
    for _ in 0..<4 { _ = try run.run([], order: nil, randomKey: 0, pool: nil) }
    #expect(held.doubles == before)
  }

  /// a takes b's value, b takes a's, c a fed array, d and e the same new value, f a constant.
  @Test func updatesByWhatIsThereAlready() throws {
    let example = try ModuleCase("exchange") { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.float32, [4], .whole)
      let variables = (0..<6).map { _ in inputs.variable(.float32, [4], .whole) }
      let sum = try b.add(variables[3], variables[4])
      inputs.update(0, to: variables[1])
      inputs.update(1, to: variables[0])
      inputs.update(2, to: x)
      inputs.update(3, to: sum)
      inputs.update(4, to: sum)
      inputs.update(5, to: try b.append(.constant(ConstantOp(NDArray([1, 2, 3, 4] as [Float])))))
      return [variables[0], sum]
    }
    let (run, store) = try stored(example)
    var variables = example.variables
    for _ in 0..<5 {
      let expected = try Interpreter.run(
        example.module, parameters: example.parameters, variables: variables)
      let results = try run.run(example.parameters, order: nil, randomKey: 0, pool: nil)
      #expect(results == expected.results)
      for variable in variables.indices { variables[variable] = try #require(expected.updates[variable]) }
      for (number, array) in variables.enumerated() {
        #expect(try value(number, store, like: array) == array)
      }
    }
  }

  @Test func feedsComeInAnyOrder() throws {
    let example = try ModuleCase("order") { inputs in
      let x = inputs.parameter(.float32, [3], .whole)
      let y = inputs.parameter(.float32, [3], .whole)
      return [try inputs.builder.subtract(x, y), y]
    }
    let (run, _) = try stored(example)
    let (x, y) = (example.parameters[0], example.parameters[1])
    let straight = try run.run([x, y], order: nil, randomKey: 0, pool: nil)
    #expect(try run.run([y, x], order: [1, 0], randomKey: 0, pool: nil) == straight)
    #expect(straight[0].doubles == zip(x.doubles, y.doubles).map { $0 - $1 })
    #expect(straight[1].storage === y.storage)
  }

  @Test func aFailedRunChangesNothing() throws {
    let example = try ModuleCase("failure") { inputs in
      let d = inputs.parameter(NDArray([1, 0] as [Int32]))
      let v = inputs.variable(.int32, [2], .whole)
      let w = inputs.variable(.int32, [2], .whole)
      inputs.update(0, to: try inputs.builder.add(v, w))
      inputs.update(1, to: try inputs.builder.apply(.remainder, w, d))
      return []
    }
    let (run, store) = try stored(example)
    for _ in 0..<3 {
      #expect(throws: Diagnostic.self) {
        try run.run(example.parameters, order: nil, randomKey: 0, pool: nil)
      }
      for (number, array) in example.variables.enumerated() {
        #expect(try value(number, store, like: array) == array)
      }
    }
    _ = try run.run([NDArray([5, 7] as [Int32])], order: nil, randomKey: 0, pool: nil)
    let sums = zip(example.variables[0].ints, example.variables[1].ints).map { $0 + $1 }
    #expect(try value(0, store, like: example.variables[0]).ints == sums)
  }

  /// Memory on large pages: aligned, writable from end to end, and apart from its neighbours.
  @Test func largeMemory() {
    for count in [Pages.leastMappedByteCount - 1, Pages.leastMappedByteCount, 5_000_001, 8 << 20] {
      let blocks = (0..<3).map { _ in Pages.storage(byteCount: count) }
      for (number, block) in blocks.enumerated() {
        #expect(block.byteCount == count)
        #expect(Int(bitPattern: block.base) % NDArrayStorage.alignment == 0)
        block.base.initializeMemory(as: UInt8.self, repeating: UInt8(number + 1), count: count)
      }
      for (number, block) in blocks.enumerated() {
        let bytes = UnsafeRawBufferPointer(start: block.base, count: count)
        #expect(bytes.first == UInt8(number + 1) && bytes.last == UInt8(number + 1))
        #expect(bytes[count / 2] == UInt8(number + 1))
      }
    }
  }
}
