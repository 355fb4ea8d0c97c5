// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import Synchronization

/// The processors that this process may use.
public enum ProcessorCount {
  /// At least one. What the machine has is no measure where a process is bound to some of it.
  public static let available: Int = allowed ?? max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)

  /// What Linux says of this process: a line such as `Cpus_allowed:	3`, a bit a processor.
  private static var allowed: Int? {
    guard let bytes = try? FileSystem.read("/proc/self/status") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let mask = lines.first(where: { $0.hasPrefix("Cpus_allowed:") })?.dropFirst(13) else { return nil }
    let count = mask.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return count > 0 ? count : nil
  }
}

/// Does numbered things on several threads at once.
enum Parallel {
  /// Calls `body` once for each number below `count`, on at most `threads` threads, this one among them.
  static func forEach(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    let others = min(threads, count) - 1
    if others <= 0 {
      for index in 0..<count { body(index) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let work = Work(count: count, body)
      var threads: [pthread_t] = []
      for _ in 0..<others {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(work)
        let status = pthread_create(
          &thread, nil,
          { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
          }, argument.toOpaque())
        if status == 0 {
          threads.append(thread)
        } else {
          // This thread does what the system gives no other for.
          argument.release()
        }
      }
      work.run()
      for thread in threads { pthread_join(thread, nil) }
    }
  }

  private final class Work: Sendable {
    private let count: Int
    private let body: @Sendable (Int) -> Void
    private let next = Atomic(0)

    init(count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.count = count
      self.body = body
    }

    func run() {
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        if index >= count { return }
        body(index)
      }
    }
  }
}
