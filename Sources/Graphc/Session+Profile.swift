// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphRuntime
import Synchronization

extension Session {
  /// Does something, and tells what the runs that this session makes meanwhile do, step by step.
  ///
  /// ```swift
  /// let (_, timeline) = try session.profile { for batch in batches { try step(batch) } }
  /// print(timeline)
  /// try timeline.chromeTrace.write(toFile: "trace.json", atomically: true, encoding: .utf8)
  /// ```
  ///
  /// Each step takes some 50 ns more; a session that is not profiled loses nothing. The steps within a loop are told as
  /// one. The interpreter has no steps. One profile of a session at a time: the inner one of two takes the runs.
  public func profile<Result>(_ body: () throws -> Result) rethrows -> (result: Result, timeline: Timeline) {
    let recorder = Recorder()
    let outer = profiling.withLock { current in
      defer { current = recorder }
      return current
    }
    isProfiling.store(true, ordering: .relaxed)
    defer {
      profiling.withLock { $0 = outer }
      isProfiling.store(outer != nil, ordering: .relaxed)
    }
    let result = try body()
    return (result, Timeline(recorder))
  }

  /// What keeps the times of a run that begins now.
  var recorder: Recorder? {
    isProfiling.load(ordering: .relaxed) ? profiling.withLock { $0 } : nil
  }
}
