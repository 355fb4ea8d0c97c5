// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

/// Regions that stand in one another as deep as they may, walked from a thread with little stack.
@Suite struct DeepRegionTests {
  /// A program that adds one to `%x` behind so many conditions.
  private func text(levels: Int) -> String {
    let parameters = "param %p: bool[]\nparam %x: f32[?0]\n"
    var inner = "{\n\(parameters)%0 = add %x, %x\nresult %0\n}"
    for _ in 1..<levels {
      inner =
        "{\n\(parameters)%0 = cond %p, %p, %x {then = \(inner), else = {\n\(parameters)result %x\n}}\nresult %0\n}"
    }
    return """
      module @deep {
      \(parameters)%0 = cond %p, %p, %x {then = \(inner), else = {
      \(parameters)result %x
      }}
      result %0
      }

      """
  }

  @Test func theGreatestDepthIsWalked() throws {
    let module = try ModuleParser.parse(text(levels: Region.greatestDepth))
    #expect(module.regionDepth == Region.greatestDepth)
    try Verifier.verify(module)
    #expect(try ModuleParser.parse(module.canonicalText).canonicalText == module.canonicalText)
    #expect(module.json.count > 10_000)
    let bound = try module.bound(by: [0: 2])
    let x = NDArray(dtype: .float32, shape: [2]) { Float($0 + 1).bits }
    for (flag, sums) in [(true, [2, 4] as [Float]), (false, [1, 2])] {
      let condition = NDArray(dtype: .bool, shape: []) { _ in flag ? 1 : 0 }
      let outcome = try Interpreter.run(bound, parameters: [condition, x])
      #expect(outcome.results[0] == NDArray(dtype: .float32, shape: [2]) { sums[$0].bits })
    }
  }

  @Test(arguments: [1, 64])
  func oneLevelMoreIsRefused(more: Int) {
    #expect {
      _ = try ModuleParser.parse(text(levels: Region.greatestDepth + more))
    } throws: { ($0 as? Diagnostic)?.code == "module.V14" }
  }
}
