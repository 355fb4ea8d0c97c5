// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Names that differ in their last two parts only, in the order of one of them: `add/{000,002}/{float32,float64}`.
///
/// Names of fewer than three parts stand alone.
struct NameGroup {
  private let parent: Substring
  private var middles: [Substring]
  private let ends: [Substring]

  /// As a list has it.
  var text: String {
    if ends.isEmpty { return String(parent) }
    return "\(parent)/\(NameGroup.braced(middles))/\(NameGroup.braced(ends))"
  }

  private static func braced(_ parts: [Substring]) -> String {
    parts.count == 1 ? String(parts[0]) : "{" + parts.joined(separator: ",") + "}"
  }

  /// Groups of distinct names, in the order in which the first of each comes.
  static func groups(of names: [String]) -> [NameGroup] {
    // What stands before the last part, and the last parts that there are.
    var heads: [Substring] = []
    var ends: [Substring: [Substring]] = [:]
    for name in names {
      guard let slash = name.lastIndex(of: "/"), name[..<slash].contains("/") else {
        heads.append(Substring(name))
        continue
      }
      if ends[name[..<slash]] == nil { heads.append(name[..<slash]) }
      ends[name[..<slash], default: []].append(name[name.index(after: slash)...])
    }
    var groups: [NameGroup] = []
    for head in heads {
      guard let ends = ends[head], let slash = head.lastIndex(of: "/") else {
        groups.append(NameGroup(parent: head, middles: [], ends: []))
        continue
      }
      let middle = head[head.index(after: slash)...]
      if let last = groups.last, last.parent == head[..<slash], last.ends == ends {
        groups[groups.count - 1].middles.append(middle)
      } else {
        groups.append(NameGroup(parent: head[..<slash], middles: [middle], ends: ends))
      }
    }
    return groups
  }

  /// The names that a line of a list stands for.
  static func names(in line: Substring) -> [String] {
    var names = [""]
    for (index, part) in line.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
      let choices =
        part.hasPrefix("{") && part.hasSuffix("}")
        ? part.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false) : [part]
      names = names.flatMap { name in choices.map { index == 0 ? String($0) : "\(name)/\($0)" } }
    }
    return names
  }
}
