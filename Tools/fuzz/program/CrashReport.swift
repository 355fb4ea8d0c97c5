// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc

/// Says at which seed the program died or hung.
enum CrashReport {
  /// A seed that takes longer is taken for a hang.
  private static let secondsPerSeed: UInt32 = 60

  /// What is written when a signal comes; nothing is computed then.
  nonisolated(unsafe) private static let text = UnsafeMutablePointer<CChar>.allocate(capacity: 64)

  static func install() {
    text.initialize(repeating: 0, count: 64)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
      signal(number) { number in
        _ = write(STDOUT_FILENO, CrashReport.text, strlen(CrashReport.text))
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  static func begin(_ seed: Int) {
    for (index, unit) in "\ncrash or hang at seed \(seed)\n".utf8CString.prefix(64).enumerated() {
      text[index] = unit
    }
    alarm(secondsPerSeed)
  }

  static func end() { alarm(0) }
}
