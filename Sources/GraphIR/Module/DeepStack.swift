// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc

/// Room for recursion.
///
/// What walks nested regions recurses, and a caller's thread may have as little as 512 KiB of stack. Walks of programs
/// with more than a few levels therefore run on a thread of their own, which the caller waits for.
public enum DeepStack {
  /// So many levels fit the smallest stack.
  static let fewLevels = 4
  /// More than any walk takes for a level: the greatest, measured in code that is not optimised, takes 60 KiB.
  private static let bytesPerLevel = 256 << 10

  /// Calls `body` where a walk of regions that stand in one another `levels` deep has room.
  public static func run<Answer, Failure: Error>(
    levels: Int, _ body: () throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    if levels <= fewLevels || levels <= grantedLevels { return try body() }
    var outcome: Result<Answer, Failure>?
    withoutActuallyEscaping(
      { do throws(Failure) { outcome = .success(try body()) } catch { outcome = .failure(error) } },
      do: { work in onThread(levels: levels, work) })
    // Without a thread the caller's stack has to do.
    guard let outcome else { return try body() }
    return try outcome.get()
  }

  private final class Job {
    let levels: Int
    let work: () -> Void

    init(levels: Int, work: @escaping () -> Void) {
      self.levels = levels
      self.work = work
    }
  }

  /// Where a thread keeps how many levels its stack was made for; nil if the system has no place left.
  private static let levelsKey: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()

  /// The levels that the current thread's stack was made for; 0 on the caller's own thread. A walk that begins within
  /// another one has no more levels than that one.
  private static var grantedLevels: Int {
    get { levelsKey.map { Int(bitPattern: pthread_getspecific($0)) } ?? 0 }
    set { if let levelsKey { pthread_setspecific(levelsKey, UnsafeRawPointer(bitPattern: newValue)) } }
  }

  /// Does the work, or nothing if the system gives no thread.
  private static func onThread(levels: Int, _ work: @escaping () -> Void) {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, (levels + 16) * bytesPerLevel)
    let job = Unmanaged.passRetained(Job(levels: levels, work: work))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
        DeepStack.grantedLevels = job.levels
        job.work()
        return nil
      }, job.toOpaque())
    if status == 0 {
      pthread_join(thread, nil)
    } else {
      job.release()
    }
  }
}

extension Module {
  /// How deep regions stand in one another: 0 where there is none.
  public var regionDepth: Int { nodes.lazy.flatMap(\.op.regions).map(\.depth).max() ?? 0 }
}
