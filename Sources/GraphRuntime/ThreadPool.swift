// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphKernels
import Synchronization

/// Worker threads that share the chunks of one kernel with the caller.
///
/// The caller may claim every chunk itself, so that a worker that the system has descheduled delays nothing that it
/// has not begun. Workers spin for about a millisecond after a job, since waking a parked thread costs more than a
/// small kernel, and then sleep. While they spin they let other threads have the processor again and again: on a
/// machine that is busy otherwise, one that spins through its time slice takes it from the thread that has the work.
/// Sleepers are woken for work of some length only.
///
/// How the memory is ordered: a job's description is written with relaxed stores and published by the store of its
/// ticket. A thread reads the description between loading a ticket and exchanging it, so that a successful exchange
/// proves that the job was not over, hence the description not overwritten. Every chunk's writes come before its
/// addition to `completed`; the caller returns after it has read the last of these additions.
public final class ThreadPool: Sendable {
  /// Threads that work on a job, the caller's included.
  public let threadCount: Int
  private let shared: Shared
  private let workers: [pthread_t]

  /// Creates the pool; fewer threads than asked for if the system gives no more.
  public init(threadCount: Int) {
    let shared = Shared()
    var workers: [pthread_t] = []
    for _ in 1..<max(threadCount, 1) {
      var worker = pthread_t()
      let argument = Unmanaged.passRetained(shared)
      let status = pthread_create(
        &worker, nil,
        { argument in
          if let argument { Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().work() }
          return nil
        }, argument.toOpaque())
      if status == 0 {
        workers.append(worker)
      } else {
        argument.release()
      }
    }
    self.shared = shared
    self.workers = workers
    self.threadCount = workers.count + 1
  }

  deinit {
    shared.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Runs `function` on `0..<count` in chunks and returns the least fault code that is not 0, or 0. When another
  /// thread is using the pool the caller does the work alone.
  func run(
    _ function: KernelFunction, _ arguments: UnsafePointer<UnsafeMutableRawPointer?>, count: Int, chunk: Int
  ) -> Int32 {
    let chunks = (count + chunk - 1) / chunk
    if workers.isEmpty || chunks > Shared.mostChunks || !shared.acquire() {
      return function(arguments, 0, count)
    }
    defer { shared.release() }
    return shared.run(function, arguments, count: count, chunk: chunk)
  }

  /// What the threads share. One job at a time.
  private final class Shared: Sendable {
    /// The current job's number in the upper half and its unclaimed chunks in the lower: claiming a chunk is a
    /// compare-and-exchange, which fails when the job has changed meanwhile.
    private let ticket = Atomic<UInt64>(0)
    private let isBusy = Atomic<Bool>(false)
    private let completed = Atomic<Int>(0)
    private let fault = Atomic<Int32>(0)
    private let function = Atomic<UInt>(0)
    private let arguments = Atomic<UInt>(0)
    private let count = Atomic<Int>(0)
    private let chunk = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let parking = Parking()

    /// What the lower half of a ticket can count.
    static let mostChunks = Int(UInt32.max)

    /// How long a worker spins before it parks.
    private static let spinNanoseconds = 1_000_000

    /// Polls between two looks at the clock, at which a worker offers its processor to others: about a quarter of a
    /// microsecond.
    private static let pollsPerTurn = 64

    /// Polls before the caller lets others have its processor: the thread that it waits for may need it.
    private static let patience = 1000

    /// How many chunks the caller does without help before it wakes those that sleep.
    private static let chunksPerWake = 8

    /// Chunks since the sleepers were last woken; the caller's alone.
    private let chunksAlone = Atomic<Int>(0)

    func acquire() -> Bool {
      isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
    }
    func release() { isBusy.store(false, ordering: .releasing) }

    func stop() {
      isStopping.store(true, ordering: .sequentiallyConsistent)
      parking.wakeAll()
    }

    func run(
      _ function: KernelFunction, _ arguments: UnsafePointer<UnsafeMutableRawPointer?>, count: Int, chunk: Int
    ) -> Int32 {
      let chunks = (count + chunk - 1) / chunk
      self.function.store(unsafeBitCast(function, to: UInt.self), ordering: .relaxed)
      self.arguments.store(UInt(bitPattern: arguments), ordering: .relaxed)
      self.count.store(count, ordering: .relaxed)
      self.chunk.store(chunk, ordering: .relaxed)
      completed.store(0, ordering: .relaxed)
      fault.store(0, ordering: .relaxed)
      let job = (ticket.load(ordering: .relaxed) >> 32) &+ 1
      ticket.store(job << 32 | UInt64(chunks), ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeIfWorthwhile(chunks) }
      while claim() {}
      var polls = 0
      while completed.load(ordering: .acquiring) < chunks {
        polls += 1
        if polls < Shared.patience { pauseBriefly() } else { sched_yield() }
      }
      return fault.load(ordering: .relaxed)
    }

    /// To miss a wake-up costs help, and nothing else.
    private func wakeIfWorthwhile(_ chunks: Int) {
      let alone = chunksAlone.load(ordering: .relaxed) + chunks
      if alone < Shared.chunksPerWake {
        chunksAlone.store(alone, ordering: .relaxed)
      } else if parking.tryToWakeAll() {
        chunksAlone.store(0, ordering: .relaxed)
      }
    }

    /// Takes a chunk and runs it; false when there is none.
    private func claim() -> Bool {
      let current = ticket.load(ordering: .acquiring)
      let remaining = Int(current & 0xffff_ffff)
      guard remaining > 0 else { return false }
      let code = function.load(ordering: .relaxed)
      let table = arguments.load(ordering: .relaxed)
      let total = count.load(ordering: .relaxed)
      let size = chunk.load(ordering: .relaxed)
      let claimed = ticket.compareExchange(
        expected: current, desired: current - 1, ordering: .acquiringAndReleasing)
      // Another thread was faster, perhaps with another job: look again.
      guard claimed.exchanged, let table = UnsafePointer<UnsafeMutableRawPointer?>(bitPattern: table) else {
        return true
      }
      let begin = ((total + size - 1) / size - remaining) * size
      let status = unsafeBitCast(code, to: KernelFunction.self)(table, begin, min(begin + size, total))
      if status != 0 { report(status) }
      completed.add(1, ordering: .releasing)
      return true
    }

    private func report(_ status: Int32) {
      var known = fault.load(ordering: .relaxed)
      while known == 0 || status < known {
        let exchange = fault.compareExchange(expected: known, desired: status, ordering: .relaxed)
        if exchange.exchanged { return }
        known = exchange.original
      }
    }

    func work() {
      var polls = 0
      var deadline = 0
      while !isStopping.load(ordering: .relaxed) {
        if claim() {
          polls = 0
          deadline = 0
          continue
        }
        polls += 1
        if polls < Shared.pollsPerTurn {
          pauseBriefly()
          continue
        }
        polls = 0
        let time = Shared.nanoseconds()
        if deadline == 0 { deadline = time + Shared.spinNanoseconds }
        if time < deadline {
          sched_yield()
        } else {
          park()
          deadline = 0
        }
      }
    }

    private static func nanoseconds() -> Int {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private func park() {
      sleepers.add(1, ordering: .sequentiallyConsistent)
      parking.sleep {
        ticket.load(ordering: .sequentiallyConsistent) & 0xffff_ffff == 0
          && !isStopping.load(ordering: .sequentiallyConsistent)
      }
      sleepers.subtract(1, ordering: .sequentiallyConsistent)
    }

    private func pauseBriefly() {
      // A few dependent loads: the loop stays off the bus without a system call.
      for _ in 0..<4 { _ = isStopping.load(ordering: .relaxed) }
    }
  }
}

/// Where threads sleep: a mutex and a condition variable.
private final class Parking: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// How often the sleepers were woken; guarded by the mutex.
  private var wakes = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func wakeAll() {
    pthread_mutex_lock(mutex)
    wake()
  }

  /// Wakes the sleepers unless one of them is on its way to sleep or from it, for which nobody should wait: on a busy
  /// machine it may have lost its processor there. Whether it has.
  func tryToWakeAll() -> Bool {
    if pthread_mutex_trylock(mutex) != 0 { return false }
    wake()
    return true
  }

  private func wake() {
    wakes &+= 1
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Sleeps until it is woken, unless `isIdle` says that there is something to do. Others may have done it by the time
  /// that the thread is awake: it returns all the same, and so is ready for what follows.
  func sleep(while isIdle: () -> Bool) {
    pthread_mutex_lock(mutex)
    let before = wakes
    while wakes == before, isIdle() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }
}
