// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Dispatch
import Foundation
import GraphIR
import GraphKernels
import Synchronization
import TestSupport
import Testing

@testable import GraphRuntime

/// Memory that test functions work on: a table of addresses as kernels get it.
private final class JobMemory: @unchecked Sendable {
  let table: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// One counter an item of the range.
  let counters: UnsafeMutableBufferPointer<Int32>

  init(count: Int, _ more: UnsafeMutableRawPointer?...) {
    counters = .allocate(capacity: max(count, 1))
    counters.initialize(repeating: 0)
    table = .allocate(capacity: 1 + more.count)
    table.initialize(to: UnsafeMutableRawPointer(counters.baseAddress))
    for (index, address) in more.enumerated() { (table + 1 + index).initialize(to: address) }
  }

  deinit {
    counters.deallocate()
    table.deallocate()
  }
}

/// Adds one to each item's counter.
private let countItems: KernelFunction = { buffers, begin, end in
  guard let counters = buffers[0]?.assumingMemoryBound(to: Int32.self) else { return 1 }
  for index in begin..<end { counters[index] += 1 }
  return 0
}

@Suite(.serialized) struct ThreadPoolTests {
  @Test(arguments: 1...4) func everyItemExactlyOnce(_ threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    #expect(pool.threadCount == threads)
    var draws = Draws(seed: threads)
    for _ in 0..<600 {
      let (count, chunk) = (draws.next(200), 1 + draws.next(20))
      let memory = JobMemory(count: count)
      #expect(pool.run(countItems, memory.table, count: count, chunk: chunk) == 0)
      #expect(memory.counters.prefix(count).allSatisfy { $0 == 1 })
    }
  }

  /// Jobs follow one another at once, so that a thread that is late for one meets the next.
  @Test(arguments: 2...4) func manySmallJobsInARow(_ threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    let memory = JobMemory(count: 7)
    let jobs = 20_000
    var faults = 0
    for _ in 0..<jobs {
      if pool.run(countItems, memory.table, count: 7, chunk: 1 + Int(memory.counters[0]) % 3) != 0 {
        faults += 1
      }
    }
    #expect(faults == 0)
    #expect(memory.counters.allSatisfy { $0 == Int32(jobs) })
  }

  /// What one job wrote, the next one reads, whichever threads run them.
  @Test func jobsSeeWhatEarlierOnesWrote() {
    let pool = ThreadPool(threadCount: 4)
    let count = 64
    let memory = JobMemory(count: count)
    // Each item becomes the sum of itself and its mirror, of the other half of the table.
    let other = UnsafeMutablePointer<Int32>.allocate(capacity: count)
    other.initialize(repeating: 0, count: count)
    defer { other.deallocate() }
    let step: KernelFunction = { buffers, begin, end in
      guard let source = buffers[0]?.assumingMemoryBound(to: Int32.self),
        let target = buffers[1]?.assumingMemoryBound(to: Int32.self)
      else { return 1 }
      for index in begin..<end { target[index] = source[63 - index] &+ 1 }
      return 0
    }
    let there = JobMemory(count: 0)
    there.table[0] = UnsafeMutableRawPointer(memory.counters.baseAddress)
    let forth: [UnsafeMutableRawPointer?] = [
      UnsafeMutableRawPointer(memory.counters.baseAddress), .init(other),
    ]
    let back: [UnsafeMutableRawPointer?] = [
      .init(other), UnsafeMutableRawPointer(memory.counters.baseAddress),
    ]
    for _ in 0..<2_000 {
      #expect(pool.run(step, forth, count: count, chunk: 3) == 0)
      #expect(pool.run(step, back, count: count, chunk: 5) == 0)
    }
    #expect(memory.counters.allSatisfy { $0 == 4_000 })
  }

  @Test func theLeastFaultIsReported() {
    let pool = ThreadPool(threadCount: 3)
    let faulty: KernelFunction = { buffers, begin, end in
      let status = countItems(buffers, begin, end)
      return status != 0 ? status : begin == 30 ? 7 : begin == 60 ? 3 : begin == 90 ? 5 : 0
    }
    for _ in 0..<500 {
      let memory = JobMemory(count: 100)
      #expect(pool.run(faulty, memory.table, count: 100, chunk: 10) == 3)
      // The others are done all the same, and the next job starts without a fault.
      #expect(memory.counters.allSatisfy { $0 == 1 })
      #expect(pool.run(countItems, memory.table, count: 100, chunk: 10) == 0)
    }
  }

  /// A pool in use leaves the work to the caller: several callers, and a job within a job.
  @Test func concurrentUse() {
    let pool = ThreadPool(threadCount: 2)
    let failures = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 4) { caller in
      for round in 0..<500 {
        let count = 10 + (caller * 37 + round) % 50
        let memory = JobMemory(count: count)
        let status = pool.run(countItems, memory.table, count: count, chunk: 4)
        if status != 0 || !memory.counters.allSatisfy({ $0 == 1 }) {
          failures.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
  }

  @Test func nestedUse() {
    let pool = ThreadPool(threadCount: 3)
    let nested: KernelFunction = { buffers, begin, end in
      guard let address = buffers[1] else { return 1 }
      let pool = Unmanaged<ThreadPool>.fromOpaque(address).takeUnretainedValue()
      for index in begin..<end {
        // Item `index` counts for ten items of its own.
        guard let counters = buffers[0]?.assumingMemoryBound(to: Int32.self) else { return 1 }
        let inner: [UnsafeMutableRawPointer?] = [UnsafeMutableRawPointer(counters + index * 10)]
        if pool.run(countItems, inner, count: 10, chunk: 1) != 0 { return 1 }
      }
      return 0
    }
    withExtendedLifetime(pool) {
      for _ in 0..<300 {
        let memory = JobMemory(count: 200, Unmanaged.passUnretained(pool).toOpaque())
        #expect(pool.run(nested, memory.table, count: 20, chunk: 1) == 0)
        #expect(memory.counters.allSatisfy { $0 == 1 })
      }
    }
  }

  /// A job's first chunk waits until another has begun: two threads must be at work, also after the worker has gone to
  /// sleep, from which a job of so many chunks wakes it.
  @Test func workersWakeUp() {
    let pool = ThreadPool(threadCount: 2)
    let meet: KernelFunction = { buffers, begin, end in
      guard let address = buffers[1] else { return 1 }
      let arrivals = Unmanaged<Counter>.fromOpaque(address).takeUnretainedValue()
      arrivals.value.add(1, ordering: .sequentiallyConsistent)
      let start = ContinuousClock.now
      while arrivals.value.load(ordering: .sequentiallyConsistent) < 2 {
        if ContinuousClock.now - start > .seconds(30) { return 1 }
      }
      return 0
    }
    for pause in [0, 100, 400_000, 0, 2_000, 400_000] {
      usleep(UInt32(pause))
      let arrivals = Counter()
      withExtendedLifetime(arrivals) {
        let memory = JobMemory(count: 8, Unmanaged.passUnretained(arrivals).toOpaque())
        #expect(pool.run(meet, memory.table, count: 8, chunk: 1) == 0)
      }
    }
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  @Test func poolsComeAndGo() throws {
    let threads = { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }
    let before = try threads()
    for index in 0..<200 {
      let pool = ThreadPool(threadCount: 4)
      // Some are never used, some go while their workers look for work, some while these sleep.
      if index % 3 != 0 {
        let memory = JobMemory(count: 20)
        #expect(pool.run(countItems, memory.table, count: 20, chunk: 1) == 0)
        #expect(memory.counters.allSatisfy { $0 == 1 })
      }
      if index % 50 == 49 { usleep(200_000) }
    }
    // 600 workers have come and gone. Other tests have threads too.
    #expect(try threads() < before + 100)
  }

  @Test func aPoolOfOneIsTheCaller() {
    let pool = ThreadPool(threadCount: 0)
    #expect(pool.threadCount == 1)
    let memory = JobMemory(count: 5)
    #expect(pool.run(countItems, memory.table, count: 5, chunk: 2) == 0)
    #expect(memory.counters.allSatisfy { $0 == 1 })
  }
}
