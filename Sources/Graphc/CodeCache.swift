// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphKernels
import GraphRuntime
import Synchronization

/// Machine code that outlives the process: what one run of a program has compiled, the next one loads.
///
/// It lies in files of one directory, by what it was made of: the code of a kernel before LLVM, the processor, and the
/// version of LLVM. Several processes may share the directory; what is damaged is made anew; what has not been used for
/// longest goes beyond `byteLimit`.
///
/// The environment variable `GRAPHC_CACHE` names another directory, or is `off`.
public enum CodeCache {
  private static let current = Mutex<DiskCodeStore?>(
    initialDirectory.map { DiskCodeStore(directory: $0, byteLimit: byteLimit) })

  /// Where the code lies; nil keeps none. Setting it takes effect with the next compilation.
  ///
  /// It starts as `GRAPHC_CACHE` says, or else with `graphc` in the user's directory for caches: `$XDG_CACHE_HOME`, or
  /// `~/.cache`.
  public static var directory: String? {
    get { current.withLock { $0?.directory } }
    set { current.withLock { $0 = newValue.map { DiskCodeStore(directory: $0, byteLimit: byteLimit) } } }
  }

  /// The most that the directory is to hold, in bytes.
  public static let byteLimit = 256 << 20

  static let store: any CodeStore = Store()

  /// Whatever the directory is at the time.
  private struct Store: CodeStore {
    func code(for key: [UInt8]) -> [UInt8]? { current.withLock { $0 }?.code(for: key) }
    func keep(_ code: [UInt8], for key: [UInt8]) { current.withLock { $0 }?.keep(code, for: key) }
  }

  private static var initialDirectory: String? {
    switch environment("GRAPHC_CACHE") {
    case "off": return nil
    case let directory?: return directory
    case nil:
      if let caches = environment("XDG_CACHE_HOME"), caches.hasPrefix("/") { return caches + "/graphc" }
      return environment("HOME").map { $0 + "/.cache/graphc" }
    }
  }

  /// A variable of the environment that has a value.
  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
