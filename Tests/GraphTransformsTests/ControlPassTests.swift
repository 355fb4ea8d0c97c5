// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphTransforms
import Testing

/// What the passes on control flow make of small programs.
@Suite struct ControlPassTests {
  private func optimized(_ statements: String) throws -> Module {
    let module = try ModuleParser.parse("module @m {\n\(statements)\n}\n")
    let optimized = try Pipeline.standard.run(module)
    try Verifier.verify(optimized, isStatic: true)
    let arrays = module.parameters.map { parameter in
      NDArray(dtype: parameter.type.dtype, shape: parameter.type.shape.extents ?? []) { UInt64($0 + 1) }
    }
    let expected = try Interpreter.run(module, parameters: arrays).results
    #expect(try Interpreter.run(optimized, parameters: arrays).results == expected)
    return optimized
  }

  private func controlNodes(_ module: Module) -> [String] {
    module.nodes.filter { !$0.op.regions.isEmpty }.map(\.op.mnemonic)
  }

  @Test func whatOnlyADroppedCarryReadsIsDropped() throws {
    let module = try optimized(
      """
      param %n: i32[]
      %0 = constant {value = 0} : i32[]
      %1 = call %n {checkpoint = true, body = {
        param %x: i32[]
        %0 = negate %x
        result %0
      }}
      %2 = transpose %1 {permutation = []}
      %3:2 = while %0, %2, %n {carries = 2, condition = {
        param %i: i32[]
        param %x: i32[]
        param %n: i32[]
        %0 = less %i, %n
        result %0
      }, body = {
        param %i: i32[]
        param %x: i32[]
        param %n: i32[]
        %0 = constant {value = 1} : i32[]
        %1 = add %i, %0
        %2 = negate %x
        result %1
        result %2
      }}
      result %3#0
      """)
    #expect(controlNodes(module) == ["while"])
  }

  @Test(arguments: [("true", "negate"), ("false", "abs")])
  func aBranchThatIsKnownStandsInLine(predicate: String, op: String) throws {
    let module = try optimized(
      """
      param %x: i32[3]
      %0 = constant {value = \(predicate)} : bool[]
      %1 = cond %0, %x {then = {
        param %x: i32[3]
        %0 = negate %x
        result %0
      }, else = {
        param %x: i32[3]
        %0 = abs %x
        result %0
      }}
      result %1
      """)
    #expect(module.nodes.map(\.op.mnemonic).filter { $0 != "parameter" } == [op])
  }

  @Test func equalBranchesStandInLine() throws {
    let module = try optimized(
      """
      param %p: bool[]
      param %x: i32[3]
      %0 = cond %p, %x {then = {
        param %x: i32[3]
        %0 = negate %x
        result %0
      }, else = {
        param %y: i32[3]
        %0 = negate %y
        result %0
      }}
      result %0
      """)
    #expect(module.nodes.map(\.op.mnemonic).filter { $0 != "parameter" } == ["negate"])
  }

  @Test func aLoopOfOneStepStandsInLine() throws {
    let module = try optimized(
      """
      param %h: i32[3]
      param %xs: i32[1,3]
      %0:2 = scan %h, %xs {carries = 1, elements = 1, length = 1, reverse = false, body = {
        param %h: i32[3]
        param %x: i32[3]
        %0 = add %h, %x
        result %0
        result %0
      }}
      result %0#0
      result %0#1
      """)
    #expect(controlNodes(module).isEmpty)
  }
}
