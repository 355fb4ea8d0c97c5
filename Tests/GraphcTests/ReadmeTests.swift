// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Testing

@Suite struct ReadmeTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test("the example in the README is the one that is compiled here")
  func exampleIsCompiled() throws {
    let example = try text("Tests/GraphcTests/ReadmeExample.swift")
    #expect(try text("README.md").contains("```swift\n\(example)```"))
  }

  @Test("the example does what it says")
  func exampleRuns() throws {
    let line = try learnALine()
    #expect(abs(line.slope - 3) < 1e-4)
    #expect(abs(line.intercept + 1) < 1e-4)
  }

  @Test("every path on the README's map exists, and every library is on it")
  func mapIsTrue() throws {
    let readme = try text("README.md")
    let map = readme.components(separatedBy: "## Map").last?.components(separatedBy: "## Adding").first ?? ""
    let paths = map.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
      row.split(separator: "|").first.map {
        $0.split(separator: "`").filter { $0.contains(where: \.isLetter) }
      } ?? []
    }
    #expect(paths.count > 10)
    for path in paths {
      #expect(
        FileManager.default.fileExists(atPath: root.appendingPathComponent(String(path)).path), "\(path)")
    }
    let sources = try FileManager.default.contentsOfDirectory(
      atPath: root.appendingPathComponent("Sources").path)
    for module in sources { #expect(map.contains("Sources/\(module)`"), "\(module) is not on the map") }
  }
}
