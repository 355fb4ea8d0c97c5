// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Dispatch
import GraphIR
import GraphKernels
import Synchronization
import TestSupport
import Testing

@testable import GraphRuntime

@Suite struct KernelCacheTests {
  /// As many different kernels as numbers.
  private func kernels(_ numbers: ClosedRange<Int>) -> [Kernel] {
    numbers.map { number in
      let body = [KernelInstruction(.constant(UInt64(number)), .int32)]
      let stage = Stage(loop: [], body: body, sink: .store(value: 0, buffer: 0, at: AffineMap(strides: [1])))
      return Kernel(buffers: [.init(.int32, .write)], domain: [8], stages: [stage], vectorAxis: .domain)
    }
  }

  @Test func aKernelIsCompiledOnce() throws {
    let backend = CountingBackend()
    let cache = KernelCache(backend: backend)
    #expect(try cache.code(for: kernels(1...3)).functions.count == 3)
    #expect(try cache.code(for: kernels(2...5)).functions.count == 4)
    #expect(try cache.code(for: kernels(1...5)).functions.count == 5)
    #expect(try cache.code(for: []).functions.isEmpty)
    // Each by itself, and only what was missing.
    #expect(backend.state.withLock { $0.batches } == [1, 1, 1, 1, 1])
    #expect(cache.compiledCount == 5)
  }

  @Test(arguments: [CountingBackend.Behaviour.throwsErrors, .forgetsOne])
  func aFailureLeavesTheCacheAsItWas(_ behaviour: CountingBackend.Behaviour) throws {
    let backend = CountingBackend()
    let cache = KernelCache(backend: backend)
    _ = try cache.code(for: kernels(1...2))
    backend.state.withLock { $0.behaviour = behaviour }
    let error = #expect(throws: Diagnostic.self) { try cache.code(for: kernels(1...4)) }
    #expect(error?.kind == .bug)
    #expect(cache.compiledCount == 2)
    // What was there is still there, and what failed is tried again.
    #expect(try cache.code(for: kernels(1...2)).functions.count == 2)
    backend.state.withLock {
      $0.behaviour = .works
      $0.batches = []
    }
    #expect(try cache.code(for: kernels(1...4)).functions.count == 4)
    #expect(backend.state.withLock { $0.batches } == [1, 1])
    #expect(cache.compiledCount == 4)
  }

  @Test func whatWasNotUsedForLongestGoes() throws {
    let backend = CountingBackend()
    let cache = KernelCache(backend: backend, limit: 8)
    for number in 1...8 { _ = try cache.code(for: kernels(number...number)) }
    // The first two are used again before there is too much.
    _ = try cache.code(for: kernels(1...2))
    _ = try cache.code(for: kernels(9...9))
    #expect(cache.compiledCount == 9)
    #expect(try cache.code(for: kernels(1...2)).compilations.isEmpty)
    #expect(try cache.code(for: kernels(9...9)).compilations.isEmpty)
    #expect(try cache.code(for: kernels(3...3)).compilations.map(\.kernel) == [0])
    // More at once than there is room for is there together all the same.
    #expect(try cache.code(for: kernels(20...40)).functions.count == 21)
  }

  @Test func manyAskAtOnce() {
    let backend = CountingBackend()
    let cache = KernelCache(backend: backend)
    let failures = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { caller in
      for start in 1...20 {
        let found = try? cache.code(for: kernels(start...start + 5)).functions.count
        if found != 6 { failures.add(1, ordering: .relaxed) }
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
    #expect(backend.state.withLock { $0.batches.reduce(0, +) } == 25)
    #expect(cache.compiledCount == 25)
  }

  @Test func executablesShareKernels() throws {
    let backend = CountingBackend()
    let cache = KernelCache(backend: backend)
    for name in ["one", "two"] {
      let example = try ModuleCase(name) { [try $0.builder.negate($0.parameter(.float32, [5]))] }
      _ = try Executable(plan: Lowering.plan(for: example.module), kernels: cache)
    }
    #expect(cache.compiledCount == 1)
  }
}
