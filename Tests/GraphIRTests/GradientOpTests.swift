// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@Suite struct GradientOpTests {
  private func types(_ op: GradientOp, _ operands: String...) -> String {
    do throws(ConstraintViolation) {
      return try op.inferTypes(operands.map(type)).map(\.description).joined(separator: " ")
    } catch {
      return "\(error.code(for: op.mnemonic)): \(error.message)"
    }
  }

  /// `f32[?0,4]`
  private func type(_ text: String) -> TensorType {
    let parts = text.split(separator: "[")
    let dims = parts[1].dropLast().split(separator: ",").map { part -> Dim in
      part.hasPrefix("?") ? .symbol(Int(part.dropFirst()) ?? 0) : Dim(Int(part) ?? -1)
    }
    return TensorType(DType(name: parts[0]) ?? .string, Shape(dims))
  }

  @Test func resultTypes() {
    #expect(types(GradientOp(), "f32[?0]", "f64[3]") == "f64[3]")
    #expect(types(GradientOp(outputCount: 1), "f32[?0]", "f32[?0]", "f64[3]", "f32[]") == "f64[3] f32[]")
    #expect(types(GradientOp(outputCount: 2), "f32[2]", "f64[]", "f32[2]", "f64[]", "f32[7]") == "f32[7]")
    let stacked = GradientOp(outputCount: 2, stacked: true)
    #expect(
      types(stacked, "f32[2]", "f64[]", "f32[?1,2]", "f64[?1]", "f32[7]", "f32[]") == "f32[?1,7] f32[?1]")
    #expect(types(GradientOp(outputCount: 1, stacked: true), "f32[]", "f32[0]", "f32[2]") == "f32[0,2]")
  }

  @Test func violations() {
    #expect(types(GradientOp(), "f32[2]") == "gradient.C1: takes a loss and at least one target")
    let short = "gradient.C1: takes 2 outputs, as many cotangents and at least one target, got 4 operands"
    #expect(types(GradientOp(outputCount: 2), "f32[]", "f32[]", "f32[]", "f32[]") == short)
    #expect(types(GradientOp(outputCount: .max), "f32[]", "f32[]", "f32[]").hasPrefix("gradient.C1"))
    #expect(types(GradientOp(outputCount: 0), "f32[]").hasPrefix("gradient.C1"))
    let given = GradientOp(outputCount: 1)
    #expect(types(given, "i32[2]", "i32[2]", "f32[]").hasPrefix("gradient.C2: output 0 is i32[2]"))
    #expect(types(given, "f32[2]", "i32[2]", "f32[]").hasPrefix("gradient.C2: cotangent 0 is i32[2]"))
    #expect(types(given, "f32[2]", "f32[2]", "bool[]").hasPrefix("gradient.C2: target 0 is bool[]"))
    #expect(
      types(given, "f32[2]", "f32[3]", "f32[]")
        == "gradient.C3: cotangent 0 is f32[3], where f32[2] is needed")
    #expect(types(given, "f32[2]", "f64[2]", "f32[]").hasPrefix("gradient.C3"))
    let stacked = GradientOp(outputCount: 1, stacked: true)
    #expect(
      types(stacked, "f32[]", "f32[]", "f32[]")
        == "gradient.C3: cotangent 0 is f32[], which has no first axis")
    #expect(types(stacked, "f32[2]", "f32[2]", "f32[]").hasPrefix("gradient.C3"))
    let several = GradientOp(outputCount: 2, stacked: true)
    #expect(
      types(several, "f32[]", "f32[]", "f32[2]", "f32[3]", "f32[]")
        == "gradient.C4: the first axes of the cotangents are 2 and 3")
  }

  @Test func attributes() throws {
    let text = """
      module @m {
        param %x: f32[2]
        param %v: f32[3,2]
        %0 = exp %x : f32[2]
        %1 = gradient %0, %x, %x {outputs = 1, cotangents = given} : f32[2]
        %2 = gradient %0, %v, %x {outputs = 1, cotangents = stacked} : f32[3,2]
        result %1
        result %2
      }
      """
    let lines = ModulePrinter(try ModuleParser.parse(text)).text.split(separator: "\n")
    for line in text.split(separator: "\n") where line.contains("gradient") {
      #expect(lines.contains { $0.hasPrefix(line) })
    }
    for attributes in ["{outputs = 1}", "{cotangents = given}", "{outputs = 1, cotangents = ones}"] {
      let wrong = "module @m {\n  param %x: f32[2]\n  %0 = gradient %x, %x, %x \(attributes)\n  result %0\n}"
      #expect(throws: Diagnostic.self) { try ModuleParser.parse(wrong) }
    }
  }
}
