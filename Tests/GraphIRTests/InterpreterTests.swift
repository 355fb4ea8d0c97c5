// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@Suite struct InterpreterTests {
  @Test func readsSeeTheOldValues() throws {
    let module = try ModuleParser.parse(
      """
      module @swap {
        var @a: f32[2]
        var @b: f32[2]
        var @c: f32[2]
        %0 = variable @a
        %1 = variable @b
        %2 = add %0, %1
        result %2  "sum"
        result %0  "a"
        update @a = %1
        update @b = %0
      }
      """)
    let outcome = try Interpreter.run(module, variables: [[1.0, 2.0], [3.0, 5.0], [0.0, 0.0]])
    #expect(outcome.results == [[4.0, 7.0], [1.0, 2.0]])
    #expect(outcome.updates == [0: [3.0, 5.0], 1: [1.0, 2.0]])
  }

  private func failure(_ text: String, _ parameters: [NDArray], _ variables: [NDArray] = []) throws
    -> Diagnostic
  {
    do {
      _ = try Interpreter.run(try ModuleParser.parse(text), parameters: parameters, variables: variables)
    } catch let error as Diagnostic {
      return error
    }
    Issue.record("the run succeeds")
    return Diagnostic(.run, code: "", "")
  }

  @Test func argumentsAreChecked() throws {
    let text = "module @m {\n  param %x: f32[2]  \"in/x\"\n  var @w: f32[]\n  result %x\n}"
    let missing = try failure(text, [], [1.5])
    #expect(missing.kind == .run && missing.code == "run.arity")
    let misshapen = try failure(text, [[1.0, 2.0, 3.0]], [1.5])
    #expect(
      misshapen.code == "run.type" && misshapen.message.contains("f32[2]")
        && misshapen.message.contains("f32[3]"))
    #expect(try failure(text, [[1, 2]], [1.5]).code == "run.type")
    #expect(try failure(text, [[1.0, 2.0]], []).code == "run.arity")
    #expect(try failure(text, [[1.0, 2.0]], [[1.5]]).message.contains("@w"))
  }

  @Test func whatIsNotExpandedHasNoValue() throws {
    let gradient = "module @m {\n  param %x: f32[2]\n  %0 = gradient %x, %x\n  result %0\n}"
    #expect(try failure(gradient, [[1.0, 2.0]]).message.contains("after it is expanded"))
    let symbol = "module @m {\n  param %x: f32[?0]\n  result %x\n}"
    #expect(try failure(symbol, [[1.0, 2.0]]).code == "run.type")
  }

  // MARK: Binding

  /// A slice whose extent is open, and a broadcast to that extent which does not read the slice.
  private static let open = """
    module @open {
      param %x: f32[?0]  "x"
      param %y: f32[?1]  "y"
      %0 = slice %x {starts = [0], limits = [end], strides = [2]} : f32[?2]
      %1 = constant {value = 7} : f32[]
      %2 = broadcast %1 {shape = [?2], axes = []} : f32[?2]
      result %2 : f32[?2]  "sevens"
    }

    """

  @Test func whatIntroducesASymbolIsKept() throws {
    let module = try ModuleParser.parse(Self.open)
    #expect(module.canonicalText == Self.open)
    #expect(try module.rebuilt().canonicalText == Self.open)
    let bound = try module.bound(by: [0: 5, 1: 3])
    try Verifier.verify(bound, isStatic: true)
    let outcome = try Interpreter.run(bound, parameters: [counting([5], .float32), counting([3], .float32)])
    #expect(outcome.results == [[7.0, 7.0, 7.0]])
    // The slice has done its duty.
    #expect(!bound.canonicalText.contains("slice"))
  }

  @Test func rebuildingKeepsTheNumbersOfSymbols() throws {
    // The dead slice had ?1; the live one keeps ?2, which the attribute of the broadcast names.
    let module = try ModuleParser.parse(
      """
      module @m {
        param %x: f32[?0]
        %dead = slice %x {starts = [1], limits = [end], strides = [1]} : f32[?1]
        %live = slice %x {starts = [0], limits = [end], strides = [3]} : f32[?2]
        %0 = constant {value = 1} : f32[]
        %1 = broadcast %0 {shape = [?2], axes = []} : f32[?2]
        %2 = add %live, %1 : f32[?2]
        result %2
      }
      """)
    #expect(try module.rebuilt().canonicalText == module.canonicalText)
    let bound = try module.bound(by: [0: 7])
    #expect(try Interpreter.run(bound, parameters: [counting([7], .float32)]).results == [[1.0, 4.0, 7.0]])
  }

  @Test func extentsThatContradictTheTextFailTheBinding() throws {
    // The text claims that every second row of ?0 is ?1, the extent of another parameter.
    let module = try ModuleParser.parse(
      """
      module @m {
        param %x: f32[?0]
        param %y: f32[?1]
        %0 = slice %x {starts = [0], limits = [end], strides = [2]} : f32[?1]
        %1 = add %0, %y : f32[?1]
        result %1
      }
      """)
    let good = try module.bound(by: [0: 5, 1: 3])
    #expect(
      try Interpreter.run(good, parameters: [counting([5], .float32), counting([3], .float32)]).results == [
        [0.0, 3.0, 6.0]
      ])
    #expect(throws: Diagnostic.self) { try module.bound(by: [0: 5, 1: 4]) }
  }

  @Test func symbolsThatMeetSettleOpenExtents() throws {
    // ?0 turns out to be 10 after the slice was made, so the slice has 5 elements.
    let builder = ModuleBuilder(name: "m")
    let extent = builder.freshSymbol()
    let x = builder.addParameter(name: "x", type: TensorType(.float32, [extent]))
    let half = try builder.append(.slice(SliceOp(starts: [0], limits: [nil], strides: [2])), [x])
    #expect(builder.unify(extent, 10))
    let module = try builder.module(results: [.init(name: "half", value: half)])
    try Verifier.verify(module, isStatic: true)
    #expect(module.type(of: module.results[0].value) == TensorType(.float32, [5]))
    #expect(try ModuleParser.parse(module.canonicalText).canonicalText == module.canonicalText)
  }

  // MARK: Limits

  @Test func typesThatNoMemoryHoldsAreRefused() throws {
    let builder = ModuleBuilder(name: "m")
    let x = builder.addParameter(name: "x", type: TensorType(.float32, [Dim(1 << 40)]))
    let violation = #expect(throws: ConstraintViolation.self) {
      try builder.append(.dot(DotOp(lhsContract: [], rhsContract: [])), [x, x])
    }
    #expect(violation?.code(for: "dot") == "module.V2")
    #expect(throws: ConstraintViolation.self) {
      try builder.append(.iota(IotaOp(type: TensorType(.int32, [-4]), axis: 0)))
    }
    #expect(throws: ConstraintViolation.self) {
      try builder.append(.broadcast(BroadcastOp(shape: [.unknown, Dim(1 << 40)], axes: [1])), [x])
    }
  }

  @Test func textsOfDifferentBytesDiffer() throws {
    let builder = ModuleBuilder(name: "m")
    let composed = try builder.append(.constant(ConstantOp(NDArray("é"))))
    let decomposed = try builder.append(.constant(ConstantOp(NDArray("e\u{301}"))))
    #expect(composed != decomposed)
    #expect(try builder.append(.constant(ConstantOp(NDArray("é")))) == composed)
  }
}
