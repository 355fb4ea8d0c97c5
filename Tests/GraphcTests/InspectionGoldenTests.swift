// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import TestSupport
import Testing

@testable import GraphcCLI

/// Holds what `graphc dump` shows of the built-in models against the files in `IR/golden/models`, stage by stage.
///
/// After a change of the compiler that is meant, `Tools/record-goldens` writes them anew and shows what is different.
@Suite struct InspectionGoldenTests {
  @Test(
    arguments: ["xor", "iris"], ["graph", "gradients", "optimized", "kernels", "plan"])
  func stages(model: String, stage: String) {
    expectSame(["dump", model, "--emit", stage], "\(model).\(stage)")
  }

  // The dump names the machine's own platform where it has the processor's architecture.
  #if arch(x86_64)
    @Test(arguments: ["xor", "iris"]) func code(model: String) {
      expectSame(["dump", model, "--emit", "llvm", "--cpu", "x86-64-v3"], "\(model).llvm")
    }
  #endif

  private func expectSame(_ arguments: [String], _ name: String) {
    let outcome = CommandLineTool.run(arguments)
    #expect(outcome.status == .success)
    #expect(outcome.errors.isEmpty)
    expectGolden(outcome.output, "IR/golden/models/\(name).txt", hint: "Tools/record-goldens")
  }
}
