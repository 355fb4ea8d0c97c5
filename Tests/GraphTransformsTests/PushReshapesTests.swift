// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphTransforms
import Testing

/// Which reshapes move to the operands of pointwise functions, and that values stay.
@Suite struct PushReshapesTests {
  private func pushed(_ statements: String) throws -> [String] {
    let module = try ModuleParser.parse("module @m {\n\(statements)\n}\n")
    let moved = try Pass.pushReshapes.run(module)
    try Verifier.verify(moved, isStatic: true)
    let check = SemanticCheck(madeUpFor: module)
    let (parameters, variables) = (check.parameters, check.variables)
    let before = try Interpreter.run(module, parameters: parameters, variables: variables).results
    #expect(try Interpreter.run(moved, parameters: parameters, variables: variables).results == before)
    #expect(try Pass.pushReshapes.run(moved).hasSameNodes(as: moved))
    return moved.nodes.map(\.op.mnemonic).filter { $0 != "parameter" }
  }

  @Test func aChainLetsAReshapePass() throws {
    let ops = try pushed(
      """
      param %x: f32[2,3,4]
      param %y: f32[2,3,4]
      %0 = multiply %x, %y
      %1 = tanh %0
      %2 = convert %1 {to = f64}
      %3 = reshape %2 {shape = [6, 4]}
      %4 = reduce %3 {kind = sum, axes = [0]}
      result %4
      """)
    #expect(ops == ["reshape", "reshape", "multiply", "tanh", "convert", "reduce"])
  }

  @Test func repeatsAlongWholeGroupsPass() throws {
    let ops = try pushed(
      """
      param %x: f32[2,3,4]
      param %y: f32[4]
      param %z: f32[2,3]
      param %s: f32[]
      %0 = broadcast %y {shape = [2, 3, 4], axes = [2]}
      %1 = broadcast %z {shape = [2, 3, 4], axes = [0, 1]}
      %2 = broadcast %s {shape = [2, 3, 4], axes = []}
      %3 = add %x, %0
      %4 = add %3, %1
      %5 = add %4, %2
      %6 = reshape %5 {shape = [6, 4]}
      result %6
      """)
    #expect(ops == ["reshape", "broadcast", "add", "reshape", "broadcast", "add", "broadcast", "add"])
  }

  @Test(arguments: [
    // Half of what is merged is repeated.
    """
    param %x: f32[2,3,4]
    param %y: f32[3,4]
    %0 = broadcast %y {shape = [2, 3, 4], axes = [1, 2]}
    %1 = add %x, %0
    %2 = reshape %1 {shape = [6, 4]}
    result %2
    """,
    // The sum is wanted in both shapes.
    """
    param %x: f32[2,3,4]
    %0 = exp %x
    %1 = reshape %0 {shape = [6, 4]}
    result %0
    result %1
    """,
    // A kernel reads what this one merges nothing of.
    """
    param %x: f32[6,4]
    %0 = exp %x
    %1 = reshape %0 {shape = [2, 3, 4]}
    result %1
    """,
    // A transpose does not lie in memory.
    """
    param %x: f32[4,3,2]
    %0 = transpose %x {permutation = [2, 1, 0]}
    %1 = exp %0
    %2 = reshape %1 {shape = [6, 4]}
    result %2
    """,
  ]) func othersStay(program: String) throws {
    let module = try ModuleParser.parse("module @m {\n\(program)\n}\n")
    #expect(try pushed(program) == module.nodes.map(\.op.mnemonic).filter { $0 != "parameter" })
  }
}
