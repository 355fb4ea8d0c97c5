// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// The backend tests of ONNX: values of single nodes and of whole graphs.
struct ONNXSuite: ConformanceSuite {
  let name = "onnx"
  let folder: FixtureFolder
  let cases: [CaseInfo]

  init(_ folder: FixtureFolder) {
    self.folder = folder
    cases = []
  }

  func build(_ info: CaseInfo) throws -> BuiltCase {
    throw NotCovered("the operator \(info.op) is not mapped")
  }
}
