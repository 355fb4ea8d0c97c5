// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphIR

/// Whole files, read and written.
package enum FileSystem {
  /// The content of a file or of a pipe.
  ///
  /// - Throws: a diagnostic with the code `file.read`.
  package static func read(_ path: String) throws(Diagnostic) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure("read", path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure("read", path) }
    // A device such as /dev/zero has no end.
    let kind = status.st_mode & S_IFMT
    if kind == S_IFCHR || kind == S_IFBLK {
      throw Diagnostic(.run, code: "file.read", "cannot read '\(path)': it is a device")
    }
    var bytes: [UInt8] = []
    // One byte more, so that the read that meets the end comes without another round.
    var step = kind == S_IFREG ? Int(clamping: status.st_size) + 1 : 1 << 16
    while true {
      let chunk = read(file, upTo: step)
      guard let chunk else { throw failure("read", path) }
      if chunk.isEmpty { return bytes }
      bytes = bytes.isEmpty ? chunk : bytes + chunk
      step = max(1 << 16, bytes.count)
    }
  }

  /// One read of at most `count` bytes; empty at the end, nil on an error.
  private static func read(_ file: Int32, upTo count: Int) -> [UInt8]? {
    // The size that a file claims is no reason to take that much memory at once.
    let count = min(count, 1 << 30)
    var failed = false
    let chunk = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while true {
        let length = Glibc.read(file, buffer.baseAddress, count)
        if length < 0 && errno == EINTR { continue }
        failed = length < 0
        filled = max(length, 0)
        return
      }
    }
    return failed ? nil : chunk
  }

  /// Writes a file that appears complete or not at all: into a temporary file beside it, to the disk, then under its
  /// name. What is no ordinary file, as /dev/stdout, is written to directly.
  ///
  /// - Parameter survivesCrashes: false leaves it to the system when the bytes go to the disk.
  /// - Throws: a diagnostic with the code `file.write`; the file is then as it was.
  package static func write(
    _ bytes: [UInt8], to path: String, survivesCrashes: Bool = true
  ) throws(Diagnostic) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT != S_IFREG {
      let file = open(path, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { throw failure("write", path) }
      defer { close(file) }
      guard write(bytes, into: file) else { throw failure("write", path) }
      return
    }
    // Through a link to the file itself, so that the link stays.
    let target = exists ? resolved(path) : path
    let mode = exists ? status.st_mode & 0o7777 : 0o666
    let (file, temporary) = try openTemporary(beside: target, mode: mode)
    var succeeded = write(bytes, into: file)
    if exists { succeeded = succeeded && fchmod(file, mode) == 0 }
    if survivesCrashes { succeeded = succeeded && fsync(file) == 0 }
    let error = errno
    // Some file systems report a failed write only here.
    let closed = close(file) == 0
    guard succeeded && closed && rename(temporary, target) == 0 else {
      let reason = succeeded ? errno : error
      unlink(temporary)
      throw failure("write", path, reason)
    }
    if survivesCrashes { syncDirectory(of: target) }
  }

  private static func write(_ bytes: [UInt8], into file: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        guard let start = buffer.baseAddress else { return true }
        let length = Glibc.write(file, start + done, buffer.count - done)
        if length < 0 && errno == EINTR { continue }
        if length < 0 { return false }
        done += length
      }
      return true
    }
  }

  private static func openTemporary(
    beside path: String, mode: mode_t
  ) throws(Diagnostic) -> (file: Int32, path: String) {
    for attempt in 0..<1000 {
      let temporary = "\(path).\(getpid())-\(attempt).tmp"
      let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      if file >= 0 { return (file, temporary) }
      if errno != EEXIST { break }
    }
    throw failure("write", path)
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// So that the name survives a crash as well; not every file system can.
  private static func syncDirectory(of path: String) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return }
    fsync(file)
    close(file)
  }

  private static func failure(_ verb: String, _ path: String, _ reason: Int32 = errno) -> Diagnostic {
    Diagnostic(.run, code: "file.\(verb)", "cannot \(verb) '\(path)': \(String(cString: strerror(reason)))")
  }
}
