// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation

/// Cases that are left out, each with a reason: `skips.txt`.
///
/// A line is `SUITE NAME: REASON` or `SUITE NAME MODE: REASON`; `*` in a name stands for any text. Empty lines and
/// those that begin with `#` say nothing.
struct SkipList: Sendable {
  private struct Entry: Sendable {
    let suite: String
    let pattern: Pattern
    let mode: Mode?
    let reason: String
  }

  private var entries: [Entry] = []

  init() {}

  /// - Throws: `FixtureError` for a line of another form.
  init(parsing text: String) throws {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.prefix { $0 != ":" }.split(separator: " ").map(String.init)
      let reason = line.drop { $0 != ":" }.dropFirst().trimmingPrefix { $0 == " " }
      let mode = words.count == 3 ? Mode(rawValue: words[2]) : nil
      guard (2...3).contains(words.count), words.count == 2 || mode != nil, !reason.isEmpty else {
        throw FixtureError("the skip list's line '\(line)' is not of the form 'SUITE NAME [MODE]: REASON'")
      }
      entries.append(
        Entry(suite: words[0], pattern: Pattern(words[1]), mode: mode, reason: String(reason)))
    }
  }

  /// Why a case is left out in a mode; nil where it is not.
  func reason(suite: String, name: String, mode: Mode) -> String? {
    entries.first { entry in
      entry.suite == suite && entry.mode ?? mode == mode && entry.pattern.matches(name)
    }?.reason
  }
}

/// A text in which `*` stands for any text.
struct Pattern: Sendable {
  private let parts: [String]

  init(_ text: String) {
    parts = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
  }

  /// Whether all of a text is of this form.
  func matches(_ text: String) -> Bool {
    guard parts.count > 1 else { return text == parts[0] }
    guard text.hasPrefix(parts[0]) else { return false }
    var rest = text.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() {
      guard let range = rest.range(of: part) else {
        if part.isEmpty { continue }
        return false
      }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}

/// The lists that lie in this folder.
struct Lists: Sendable {
  /// The folder `Tools/conformance` of the clone that this was built from.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  let folder: URL

  init(folder: URL = Lists.folder) { self.folder = folder }

  func skips() throws -> SkipList {
    let file = folder.appendingPathComponent("skips.txt")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return SkipList() }
    return try SkipList(parsing: text)
  }

  /// The names of the cases that pass in every mode; nil where there is no list.
  func passing(_ suite: String) -> Set<String>? {
    guard let text = try? String(contentsOf: file(suite), encoding: .utf8) else { return nil }
    return Set(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.flatMap { NameGroup.names(in: $0) })
  }

  func record(passing names: [String], of suite: String) throws {
    let heading = """
      # Cases of the suite \(suite) that pass in every mode; 'graphc conformance --record' writes this.
      # a/{b,c}/d stands for a/b/d and a/c/d.

      """
    let lines = NameGroup.groups(of: names).map { $0.text + "\n" }
    try (heading + lines.joined()).write(to: file(suite), atomically: true, encoding: .utf8)
  }

  private func file(_ suite: String) -> URL {
    folder.appendingPathComponent("passing").appendingPathComponent("\(suite).txt")
  }
}
