// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphKernels
import Synchronization

/// Keeps when the steps of runs began and ended.
public final class Recorder: Sendable {
  /// One run.
  public struct Run: Sendable {
    public let plan: Plan
    /// Which of the system's threads made the run.
    public let thread: UInt64
    /// By step of the plan, in nanoseconds of the system's steady clock; those behind one that failed are missing.
    public let steps: [Step]
  }

  public struct Step: Sendable {
    public let begin: Int
    public let end: Int
  }

  private let recorded = Mutex<[Run]>([])

  public init() {}

  /// In the order in which the runs ended.
  public var runs: [Run] { recorded.withLock { $0 } }

  func add(_ steps: [Step], of plan: Plan) {
    let run = Run(plan: plan, thread: UInt64(pthread_self()), steps: steps)
    recorded.withLock { $0.append(run) }
  }

  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

extension RunContext {
  /// As `execute(pool:)`, with a look at the clock before and after each step.
  func execute(pool: ThreadPool?, recording recorder: Recorder) -> Int {
    var steps: [Recorder.Step] = []
    steps.reserveCapacity(program.main.count)
    var failure = -1
    for index in program.main where failure < 0 {
      let begin = Recorder.now()
      failure = run(index..<index + 1, pool)
      steps.append(Recorder.Step(begin: begin, end: Recorder.now()))
    }
    recorder.add(steps, of: program.plan)
    return failure
  }
}
