// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import Testing

@Suite struct ReadmeTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test(
    "the examples in the README are those that are compiled here",
    arguments: ["ReadmeExample", "ReadmeLoopExample"])
  func exampleIsCompiled(name: String) throws {
    let example = try text("Tests/GraphcTests/\(name).swift")
    #expect(try text("README.md").contains("```swift\n\(example)```"))
  }

  @Test("the example does what it says")
  func exampleRuns() throws {
    let line = try learnALine()
    #expect(abs(line.slope - 3) < 1e-4)
    #expect(abs(line.intercept + 1) < 1e-4)
  }

  @Test("the example of a loop does what it says")
  func loopExampleRuns() throws {
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil, nil, 3])
    let (outputs, gradients) = recurrentNetwork(graph, over: x)
    let values = try Session(graph, seed: 1).run([outputs] + gradients, feeding: [x: singles([5, 2, 3])])
    #expect(values.map(\.shape) == [[5, 2, 4], [3, 4], [4, 4]])
    #expect(values.allSatisfy { $0.doubles.allSatisfy { $0 != 0 && abs($0) < 1 } })
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
