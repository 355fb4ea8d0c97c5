// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphcFuzz
import TestSupport
import Testing

@Suite struct VerifierTests {
  static let base = """
    module @base {
      param %x: f32[?0,4]  "x"
      param %y: f32[4]  "y"
      var @w: f32[4]
      var @v: f32[4]
      %0 = variable @w : f32[4]
      %1 = add %y, %0 : f32[4]
      %2 = identity %1 {id = 0} : f32[4]
      %3 = identity %1 {id = 1} : f32[4]
      %4 = slice %x {starts = [0, 0], limits = [end, end], strides = [2, 1]} : f32[?1,4]
      %5 = gradient %2, %y : f32[4]
      %6 = constant {value = ["a", "b"]} : string[2]
      result %3 : f32[4]  "a"
      result %4 : f32[?1,4]  "b"
      result %5 : f32[4]  "c"
      result %6 : string[2]  "d"
      update @w = %2
    }
    """

  /// The diagnostic for the base module after a change.
  private func violation(isStatic: Bool = false, _ change: (inout Module) -> Void) throws -> Diagnostic {
    var module = try ModuleParser.parse(Self.base)
    try Verifier.verify(module)
    change(&module)
    do throws(Diagnostic) {
      try Verifier.verify(module, isStatic: isStatic)
    } catch {
      return error
    }
    Issue.record("the change is accepted:\n\(module)")
    throw NoViolation()
  }
  private struct NoViolation: Error {}

  /// Expects exactly this diagnostic for the base module after a change: what no text violates has no golden.
  private func expectViolation(
    _ code: String, _ message: String, isStatic: Bool = false,
    sourceLocation: Testing.SourceLocation = #_sourceLocation, _ change: (inout Module) -> Void
  ) throws {
    let diagnostic = try violation(isStatic: isStatic, change)
    #expect(diagnostic.code == code, sourceLocation: sourceLocation)
    #expect(diagnostic.message == message, sourceLocation: sourceLocation)
    #expect(diagnostic.kind == .bug, sourceLocation: sourceLocation)
  }

  /// The index of the node that a text shows as `%number`; parameters come first.
  private func index(_ number: Int) -> Int { number + 2 }

  private func replace(
    _ module: inout Module, _ number: Int, op: Op? = nil, operands: [Value]? = nil, types: [TensorType]? = nil
  ) {
    let node = module.nodes[index(number)]
    module.nodes[index(number)] = Node(
      op: op ?? node.op, operands: operands ?? node.operands, types: types ?? node.types, origin: node.origin)
  }

  private func value(_ number: Int, _ result: Int32 = 0) -> Value {
    Value(node: Int32(index(number)), result: result)
  }

  @Test func namesAreDistinct() throws {
    #expect(try violation { $0.parameters[1].name = "x" }.code == "module.V1")
    #expect(try violation { $0.variables[1].name = "w" }.code == "module.V1")
  }

  @Test func typesAreWellFormed() throws {
    #expect(try violation { $0.parameters[0].type.shape = [-1, 4] }.code == "module.V2")
    #expect(try violation { $0.parameters[0].type.shape = [.unknown, 4] }.code == "module.V2")
    #expect(try violation { $0.parameters[0].type.shape = [.symbol(1 << 40), 4] }.code == "module.V2")
    #expect(try violation { $0.parameters[0].type.shape = [Dim(.max), 2] }.code == "module.V2")
    // Strides count empty axes as one long.
    #expect(try violation { $0.parameters[0].type.shape = [Dim(.max), 2, 0] }.code == "module.V2")
    #expect(try violation { $0.variables[1].type.dtype = .string }.code == "module.V2")
  }

  @Test func operandsPrecedeUsers() throws {
    let operands: [(Value, String)] = [
      (value(3), "%3"), (value(2), "%2"), (Value(node: -1), "%?-1"), (value(1, 1), "%1#1"),
    ]
    for (operand, name) in operands {
      try expectViolation(
        "module.V3", "identity: the operand \(name) is no result of an earlier node"
      ) { replace(&$0, 2, operands: [operand]) }
    }
    for result in [value(99), value(1, -1)] {
      try expectViolation("module.V3", "the result 'a' is no result of a node") {
        $0.results[0].value = result
      }
    }
    try expectViolation("module.V3", "the update of 'w' is no result of a node") {
      $0.updates[0].value = value(99)
    }
  }

  @Test func leavesAreDeclared() throws {
    try expectViolation("module.V4", "variable: names no declaration of the module") {
      replace(&$0, 0, op: .variable(VariableOp(index: 7)))
    }
    try expectViolation("module.V4", "parameter: names no declaration of the module") {
      replace(&$0, 0, op: .parameter(ParameterOp(index: -1)))
    }
    try expectViolation("module.V4", "parameter: parameter 1 has two nodes") {
      replace(&$0, 0, op: .parameter(ParameterOp(index: 1)))
    }
    try expectViolation("module.V4", "variable: takes no operands") {
      replace(&$0, 0, operands: [Value(node: 1)])
    }
    try expectViolation("module.V4", "variable: is declared as f32[4], the node has f32[5]") {
      replace(&$0, 0, types: [TensorType(.float32, [5])])
    }
    try expectViolation("module.V4", "variable: is declared as f32[4], the node has ") {
      replace(&$0, 0, types: [])
    }
  }

  @Test func typesAreInferred() throws {
    #expect(try violation { replace(&$0, 1, types: [TensorType(.float32, [5])]) }.code == "module.V5")
    #expect(try violation { replace(&$0, 1, types: [TensorType(.float64, [4])]) }.code == "module.V5")
    #expect(try violation { replace(&$0, 2, types: []) }.code == "module.V5")
    #expect(
      try violation { replace(&$0, 4, types: [TensorType(.float32, [.symbol(1), 5])]) }.code == "module.V5")
    // An op's own constraint has its own code.
    #expect(try violation { replace(&$0, 1, operands: [value(0)]) }.code == "add.C1")
    #expect(
      try violation { replace(&$0, 4, operands: [Value(node: 1)], types: [TensorType(.float32, [4])]) }.code
        == "slice.C2")
  }

  @Test func symbolsAreIntroduced() throws {
    let wild = TensorType(.float32, [.symbol(9)])
    #expect(
      try violation { replace(&$0, 0, op: .iota(IotaOp(type: wild, axis: 0)), types: [wild]) }.code
        == "module.V6")
  }

  @Test func textsAreNotComputedWith() throws {
    let turned = Op.reverse(ReverseOp(axes: [0]))
    let diagnostic = try violation { module in
      module.nodes.append(
        Node(op: turned, operands: [value(6)], types: [TensorType(.string, [2])], origin: .unknown))
    }
    #expect(diagnostic.code == "module.V7")
  }

  @Test func identitiesAreDistinct() throws {
    #expect(try violation { replace(&$0, 3, op: .identity(IdentityOp(id: 0))) }.code == "module.V8")
    #expect(try violation { replace(&$0, 3, op: .identity(IdentityOp(id: -1))) }.code == "module.V8")
  }

  @Test func updatesFitTheirVariables() throws {
    #expect(try violation { $0.updates[0].variable = 2 }.code == "module.V9")
    #expect(try violation { $0.updates[0].value = value(4) }.code == "module.V9")
    #expect(try violation { $0.updates.append($0.updates[0]) }.code == "module.V10")
  }

  @Test func staticModulesHaveNeitherSymbolsNorGradients() throws {
    try expectViolation(
      "module.V11", "parameter: f32[?0,4] has a symbol in the static stage", isStatic: true
    ) { _ in }
    let bound = try ModuleParser.parse(Self.base).bound(by: [0: 5])
    try expectViolation(
      "module.V12", "gradient: a gradient is not expanded in the static stage", isStatic: true
    ) { $0 = bound }
    var module = bound
    module.results.removeAll { $0.name == "c" }
    try Verifier.verify(try module.rebuilt(), isStatic: true)
  }

  @Test func regionsOfStaticModulesHaveNeither() throws {
    let text = """
      module @m {
        param %x: f32[?0]
        %0 = call %x {checkpoint = false, body = {
          param %x: f32[?0]
          %0 = gradient %x, %x : f32[?0]
          result %0 : f32[?0]
        }} : f32[?0]
        result %0 : f32[?0]  "y"
      }
      """
    let bound = try ModuleParser.parse(text).bound(by: [0: 5])
    let diagnostic = try violation(isStatic: true) { $0 = bound }
    #expect(diagnostic.code == "module.V12")
    #expect(diagnostic.message == "gradient: a gradient is not expanded in the static stage")
    #expect(diagnostic.notes.map(\.message) == ["this stands in a region of call"])
    // A symbol in a region alone: what is around it is static.
    let open = try ModuleParser.parse(text)
    let inner = try violation(isStatic: true) { module in
      module = bound
      module.nodes[1] = Node(
        op: open.nodes[1].op, operands: module.nodes[1].operands, types: module.nodes[1].types,
        origin: .unknown)
    }
    #expect(inner.code == "module.V11")
    #expect(inner.message == "parameter: f32[?0] has a symbol in the static stage")
  }

  @Test func theProgramIsShownAroundThePlace() throws {
    let diagnostic = try violation { replace(&$0, 3, types: [TensorType(.float32, [5])]) }
    #expect(diagnostic.kind == .bug)
    #expect(
      diagnostic.description == """
        internal error[module.V5]: identity: gives f32[4], not f32[5] as written
          --> text.gir:9:8
                var @w: f32[4]
                var @v: f32[4]
                %0 = variable @w : f32[4]
                %1 = add %y, %0 : f32[4]
                %2 = identity %1 {id = 0} : f32[4]
          -->   %3 = identity %1 {id = 1} : f32[5]
                %4 = slice %x {starts = [0, 0], limits = [end, end], strides = [2, 1]} : f32[?1,4]
                %5 = gradient %2, %y : f32[4]
                %6 = constant {value = ["a", "b"]} : string[2]
                result %3 : f32[5]  "a"
                result %4 : f32[?1,4]  "b"
        """)
  }

  @Test func brokenModulesPrint() throws {
    var module = try ModuleParser.parse(Self.base)
    replace(&module, 0, op: .variable(VariableOp(index: 7)), types: [])
    replace(&module, 1, operands: [Value(node: -1), value(77, 3)])
    module.results[0].value = value(88)
    module.updates[0].variable = -4
    #expect(module.canonicalText.contains("%0:0 = variable @?7 : \n"))
    #expect(module.canonicalText.contains("%1 = add %?-1, %?79 : f32[4]"))
    #expect(module.canonicalText.contains("result %?90  \"a\""))
    #expect(module.canonicalText.contains("update @?-4 = %2"))
    #expect(module.json.contains("\"operands\": [\"%?-1\", \"%?79\"]"))
    #expect(module.dot.contains("n3 -> n4;") && !module.dot.contains("n-1"))
  }

  @Test func everyConstraintHasAStatement() throws {
    let specification = try #require(Repository.text("IR/SPEC.md"))
    for constraint in ModuleConstraint.allCases {
      #expect(specification.contains("* **\(constraint.number)** \(constraint.statement)"))
    }
  }

  @Test(arguments: 0..<30)
  func randomModulesAreValid(seed: Int) throws {
    let random = try RandomModule.make(seed: 1000 + seed, isSymbolic: true)
    try Verifier.verify(random.module)
    let bound = try random.module.bound(by: random.bindings)
    try Verifier.verify(bound, isStatic: true)
    let outcome = try Interpreter.run(bound, parameters: random.parameters, variables: random.variables)
    #expect(outcome.results.map(\.type) == bound.results.map { bound.type(of: $0.value) })
    #expect(Set(outcome.updates.keys) == Set(bound.updates.map(\.variable)))
  }

  @Test func randomModulesHaveEveryOp() throws {
    var missing = Set(Op.roster.map(\.mnemonic))
    for seed in 0..<1000 where !missing.isEmpty {
      missing.subtract(
        try RandomModule.make(seed: seed, nodeCount: 60, textOnly: true).module.nodes.map(\.op.mnemonic))
    }
    #expect(missing == [])
  }
}
