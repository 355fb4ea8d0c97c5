// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@Suite struct OpReferenceTests {
  @Test func theReferenceIsUpToDate() {
    expectGolden(
      OpReference.markdown(), "IR/OPS.md", hint: "swift run graphc ops --markdown > IR/OPS.md")
  }

  @Test(arguments: Op.roster.map(\.mnemonic))
  func everyOpHasAPage(mnemonic: String) throws {
    let kind = try #require(Op.kind(named: mnemonic))
    #expect(!kind.doc.semantics.isEmpty && !kind.doc.gradient.isEmpty && !kind.doc.outputs.isEmpty)
    #expect(!kind.doc.constraints.isEmpty && !kind.doc.examples.isEmpty)
    let page = try #require(OpReference.text(for: mnemonic))
    for title in ["SEMANTICS", "OUTPUTS", "CONSTRAINTS", "EXAMPLES", "GRADIENT"] {
      #expect(page.split(separator: "\n").contains { $0 == title })
    }
    #expect(page.split(separator: "\n").allSatisfy { $0.count <= 110 })
  }

  @Test func otherNamesHaveNone() {
    #expect(OpReference.text(for: "matmul") == nil)
    #expect(OpReference.text(for: "argMin") == OpReference.text(for: "argMax"))
  }

  /// The examples are programs in canonical form, and show the op they are there for.
  @Test(arguments: Op.roster.map(\.mnemonic))
  func examplesAreCanonicalPrograms(mnemonic: String) throws {
    let examples = try #require(Op.kind(named: mnemonic)).doc.examples
    let assigned = examples.filter { $0.hasPrefix("%") }.map { String($0.split(separator: " ")[0]) }
    let results = assigned.flatMap { name -> [String] in
      let parts = name.split(separator: ":")
      return parts.count == 1
        ? ["result \(name)"] : (0..<(Int(parts[1]) ?? 0)).map { "result \(parts[0])#\($0)" }
    }
    // Parameters may stand where they are used first; the canonical text has them on top.
    let text = "module @example {\n" + (examples + results).joined(separator: "\n") + "\n}"
    let module = try ModuleParser.parse(text)
    let lines = module.canonicalText.split(separator: "\n").map { $0.drop { $0 == " " } }
    for example in examples.flatMap({ $0.split(separator: "\n") }) {
      let example = example.drop { $0 == " " }
      #expect(
        lines.contains { $0 == example || (example.hasPrefix("param") && $0.hasPrefix(example + "  \"")) },
        "\(example) is not canonical:\n\(module.canonicalText)")
    }
    #expect(module.nodes.contains { $0.op.mnemonic == mnemonic })
  }
}
