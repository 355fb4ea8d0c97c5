// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Suggestions for misspelt names.
public enum Spelling {
  /// The name that is nearest to a word by edits, the first of them in alphabetical order; nil when none is near.
  public static func nearest(to word: String, among names: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let limit = word.utf8.count / 3
    var best: (distance: Int, name: String)?
    for name in names where abs(name.utf8.count - word.utf8.count) <= limit {
      let distance = distance(word, name)
      if distance > limit { continue }
      if let known = best, (known.distance, known.name) <= (distance, name) { continue }
      best = (distance, name)
    }
    return best?.name
  }

  /// The least number of insertions, deletions, replacements and swaps of neighbours, case aside.
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased().utf8), Array(b.lowercased().utf8))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}

/// `1 operand`, `2 operands`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
