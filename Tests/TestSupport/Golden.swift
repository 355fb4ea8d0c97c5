// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Testing

/// Files of the repository, by their path from its root.
public enum Repository {
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  public static func url(_ path: String) -> URL { root.appendingPathComponent(path) }

  /// The text of a file, or nil when there is none.
  public static func text(_ path: String) -> String? {
    (try? Data(contentsOf: url(path))).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The paths of a folder's files with this extension, in alphabetical order.
  public static func files(in folder: String, extension suffix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url(folder).path)) ?? []
    return names.filter { $0.hasSuffix("." + suffix) }.sorted().map { folder + "/" + $0 }
  }
}

/// Whether goldens are written instead of compared: `GRAPHC_RECORD=1`.
public var isRecording: Bool { ProcessInfo.processInfo.environment["GRAPHC_RECORD"] == "1" }

/// Expects a text to be that of a file of the repository. With `GRAPHC_RECORD=1` the file is written instead, and what
/// changed is printed.
///
/// - Parameters:
///   - path: from the repository's root, `IR/golden/…`.
///   - hint: the command that makes the file, where it is not the test.
public func expectGolden(
  _ text: String, _ path: String, hint: String = "GRAPHC_RECORD=1 swift test",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let expected = Repository.text(path)
  if expected == text { return }
  let difference = LineDifference.text(from: expected ?? "", to: text)
  if isRecording {
    do {
      let url = Repository.url(path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
      print("recorded \(path)\n\(difference)")
    } catch {
      Issue.record("cannot write \(path): \(error)", sourceLocation: sourceLocation)
    }
    return
  }
  let problem = expected == nil ? "is missing" : "is stale"
  Issue.record(
    "\(path) \(problem); if the new text is right, run: \(hint)\n\(difference)",
    sourceLocation: sourceLocation)
}

/// What differs between two texts, line by line.
enum LineDifference {
  static func text(from old: String, to new: String) -> String {
    let (old, new) = (lines(old), lines(new))
    var prefix = 0
    while prefix < min(old.count, new.count), old[prefix] == new[prefix] { prefix += 1 }
    var suffix = 0
    while suffix < min(old.count, new.count) - prefix,
      old[old.count - 1 - suffix] == new[new.count - 1 - suffix]
    {
      suffix += 1
    }
    let before = old[max(prefix - 3, 0)..<prefix].map { "  " + $0 }
    let after = new[(new.count - suffix)..<min(new.count - suffix + 3, new.count)].map { "  " + $0 }
    let middle = changes(Array(old[prefix..<old.count - suffix]), Array(new[prefix..<new.count - suffix]))
    return (["@@ line \(prefix + 1) @@"] + before + middle + after).joined(separator: "\n")
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static func changes(_ old: [String], _ new: [String]) -> [String] {
    guard old.count * new.count <= 1 << 18 else { return old.map { "- " + $0 } + new.map { "+ " + $0 } }
    // common[i][j]: the length of the longest common subsequence of old[i...] and new[j...].
    var common = [[Int]](repeating: [Int](repeating: 0, count: new.count + 1), count: old.count + 1)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        common[i][j] = old[i] == new[j] ? common[i + 1][j + 1] + 1 : max(common[i + 1][j], common[i][j + 1])
      }
    }
    var result: [String] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i] == new[j] {
        result.append("  " + old[i])
        (i, j) = (i + 1, j + 1)
      } else if i < old.count, j == new.count || common[i + 1][j] >= common[i][j + 1] {
        result.append("- " + old[i])
        i += 1
      } else {
        result.append("+ " + new[j])
        j += 1
      }
    }
    return result
  }
}
