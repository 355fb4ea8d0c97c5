// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Foundation
import Graphc
import Testing

@testable import GraphcConformance

/// Results of other programs, as far as they lie in the repository or the environment names their folder.
@Suite struct ConformanceTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  private func run(_ suite: String, in folder: String, sample: Int) throws -> Conformance.Outcome {
    var options = Conformance.Options()
    options.suites = [suite]
    options.fixtures = folder
    options.sample = sample
    return try Conformance.run(options)
  }

  @Test(arguments: Conformance.suiteNames) func nothingOfTheRepositorysCasesRegressed(_ suite: String) throws
  {
    let outcome = try run(suite, in: Self.fixtures, sample: 1)
    #expect(outcome.regressions.isEmpty, "\(outcome.text)")
    #expect(outcome.caseCount > 100)
    // The list of passing cases is what makes the first expectation one.
    let known = Lists().passing(suite) ?? []
    #expect(outcome.passedCount >= outcome.caseCount / 2 || known.isEmpty)
  }

  @Test(
    .enabled(
      if: Conformance.fixtureFolder(nil).map { FileManager.default.fileExists(atPath: $0) } ?? false,
      "GRAPHC_SHARED names no folder with fixtures"), arguments: Conformance.suiteNames)
  func nothingOfTheWholeSampledRegressed(_ suite: String) throws {
    let folder = try #require(Conformance.fixtureFolder(nil))
    let outcome = try run(suite, in: folder, sample: 1)
    #expect(outcome.regressions.isEmpty, "\(outcome.text)")
  }
}
