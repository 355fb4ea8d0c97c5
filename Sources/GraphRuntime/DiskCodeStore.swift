// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Glibc
import GraphKernels
import Synchronization

/// Machine code in files of a directory, one for each thing that code was made of.
///
/// Several processes may use one directory. A file appears under its name complete; what is read is used only if its
/// checksum is right and it holds the very bytes that are asked for, so that a damaged file, or another one of the same
/// name, is made anew. Files are not forced to the disk: one that a crash of the machine tears is a damaged one. What has
/// not been used for longest goes when the directory grows beyond its limit. Nothing that fails here fails a run.
public final class DiskCodeStore: CodeStore {
  public let directory: String
  /// The directory is cut back to three quarters of it.
  public let byteLimit: Int

  private struct State {
    /// Whether the directory is there, ours, and nobody else's to write to; nil until it was looked at.
    var isUsable: Bool?
    /// Bytes that this process has added since it last measured the directory.
    var added: Int?
  }
  private let state = Mutex(State())

  private static let magic = Array("graphc 1".utf8)
  private static let headerByteCount = magic.count + 8 + 8 + 16
  private static let suffix = ".code"

  public init(directory: String, byteLimit: Int = 256 << 20) {
    self.directory = directory
    self.byteLimit = byteLimit
  }

  public func code(for key: [UInt8]) -> [UInt8]? {
    let path = path(for: key)
    guard isUsable(), let file = try? FileSystem.read(path) else { return nil }
    guard let code = DiskCodeStore.code(in: file, for: key) else {
      unlink(path)
      return nil
    }
    touch(path)
    return code
  }

  public func keep(_ code: [UInt8], for key: [UInt8]) {
    guard isUsable() else { return }
    let file = DiskCodeStore.file(key: key, code: code)
    do {
      try FileSystem.write(file, to: path(for: key), survivesCrashes: false)
    } catch {
      // A full disk, or no right to write: programs run without.
      state.withLock { $0.isUsable = false }
      return
    }
    makeRoom(after: file.count)
  }

  private func path(for key: [UInt8]) -> String { "\(directory)/\(Digest(key).text)\(DiskCodeStore.suffix)" }

  // MARK: Files

  /// What identifies the format, the lengths of the two parts, the digest of both, the parts.
  static func file(key: [UInt8], code: [UInt8]) -> [UInt8] {
    var file: [UInt8] = []
    file.reserveCapacity(headerByteCount + key.count + code.count)
    file += magic
    for word in [UInt64(key.count), UInt64(code.count)] + words(key + code) {
      withUnsafeBytes(of: word.littleEndian) { file += $0 }
    }
    file += key
    file += code
    return file
  }

  static func code(in file: [UInt8], for key: [UInt8]) -> [UInt8]? {
    guard file.count >= headerByteCount, file.starts(with: magic) else { return nil }
    let header = file.withUnsafeBytes { bytes in
      (0..<4).map {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: magic.count + 8 * $0, as: UInt64.self))
      }
    }
    let body = Array(file[headerByteCount...])
    guard header[0] == UInt64(key.count), header[1] == UInt64(body.count - min(key.count, body.count)),
      words(body) == Array(header[2...]), memcmp(body, key, key.count) == 0
    else { return nil }
    return Array(body[key.count...])
  }

  private static func words(_ bytes: [UInt8]) -> [UInt64] {
    let words = Digest(bytes).words
    return [words.0, words.1]
  }

  // MARK: The directory

  private func isUsable() -> Bool {
    state.withLock { state in
      if let known = state.isUsable { return known }
      let usable = prepareDirectory()
      state.isUsable = usable
      return usable
    }
  }

  /// Makes the directory where it is missing. Machine code is read only from where nobody else can put it.
  private func prepareDirectory() -> Bool {
    var parent = ""
    for part in directory.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
      parent +=
        parent.isEmpty && part.isEmpty ? "/" : parent.hasSuffix("/") || parent.isEmpty ? part : "/\(part)"
      if !parent.isEmpty { mkdir(parent, 0o755) }
    }
    mkdir(directory, 0o700)
    var status = stat()
    return stat(directory, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
  }

  /// Notes that a file was used; to the hour.
  private func touch(_ path: String) {
    var status = stat()
    if stat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec > 3600 {
      utimensat(AT_FDCWD, path, nil, 0)
    }
  }

  /// Measures the directory now and then, and removes what has not been used for longest.
  private func makeRoom(after byteCount: Int) {
    let isDue = state.withLock { state in
      let added = state.added.map { $0 + byteCount }
      let isDue = added.map { $0 > byteLimit / 16 } ?? true
      state.added = isDue ? 0 : added
      return isDue
    }
    if isDue { trim() }
  }

  private func trim() {
    var files: [(path: String, byteCount: Int, time: Int)] = []
    for name in DiskCodeStore.names(in: directory) {
      let path = "\(directory)/\(name)"
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      if name.hasSuffix(DiskCodeStore.suffix) {
        files.append((path, Int(status.st_size), status.st_mtim.tv_sec))
      } else if name.contains("\(DiskCodeStore.suffix)."), time(nil) - status.st_mtim.tv_sec > 3600 {
        // What a process left behind that ended while it wrote.
        unlink(path)
      }
    }
    var total = files.reduce(0) { $0 + $1.byteCount }
    if total <= byteLimit { return }
    for file in files.sorted(by: { ($0.time, $0.path) < ($1.time, $1.path) }) {
      if total <= byteLimit / 4 * 3 { return }
      unlink(file.path)
      total -= file.byteCount
    }
  }

  private static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }
}
