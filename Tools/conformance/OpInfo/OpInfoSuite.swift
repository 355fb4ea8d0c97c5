// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// PyTorch's OpInfo samples: values, gradients and second-order gradients of one operator each.
struct OpInfoSuite: ConformanceSuite {
  let name = "opinfo"
  let folder: FixtureFolder
  let cases: [CaseInfo]

  init(_ folder: FixtureFolder) {
    self.folder = folder
    cases = (0..<folder.count).map { line in
      CaseInfo(
        name: folder.text(of: "name", on: line) ?? "case \(line + 1)",
        op: folder.text(of: "op", on: line) ?? "",
        line: line, hasGradient: folder.mentions("grad", on: line),
        hasSecondGradient: folder.mentions("grad2", on: line))
    }
  }

  func build(_ info: CaseInfo) throws -> BuiltCase {
    throw NotCovered("the operator \(info.op) is not mapped")
  }
}
