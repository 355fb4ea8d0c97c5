// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@Suite struct ScalarBuilderTests {
  @Test func equalInstructionsAreOne() {
    var builder = ScalarBuilder(inputs: [.float32, .float32])
    let (x, y) = (builder.input(0), builder.input(1))
    let sum = builder.append(.add, .float32, [x, y])
    #expect(builder.input(0) == x)
    #expect(builder.append(.add, .float32, [x, y]) == sum)
    #expect(builder.append(.add, .float32, [y, x]) != sum)
    let zero = builder.constant(.float32, bits: 0)
    #expect(builder.constant(.float32, bits: 0x8000_0000) != zero)
    #expect(builder.constant(.int32, bits: 0) != zero)
    #expect(builder.constant(.uint8, bits: 0x1ff) == builder.constant(.uint8, bits: 0xff))
  }

  @Test func valuesFlattenInOrderWithoutRepeats() {
    let x = ScalarValue.input(0, .float64)
    let square = x * x
    let program = ScalarProgram(inputs: [.float64], [square.fma(2, x * x + 1), square])
    #expect(
      program.description == """
        %0: f64 = input #0
        %1: f64 = multiply %0 %0
        %2: f64 = constant 2.0
        %3: f64 = constant 1.0
        %4: f64 = add %1 %3
        %5: f64 = fusedMultiplyAdd %1 %2 %4
        return %5 %1
        """)
    #expect(program.resultTypes == [.float64, .float64])
    #expect(program.flaw == nil)
    var fault = false
    let result = program.evaluate([(3.0).bitPattern], fault: &fault)
    #expect(result.map { Double(bitPattern: $0) } == [28, 9])
  }

  @Test func deepExpressionsFlatten() {
    var value = ScalarValue.input(0, .int32)
    for _ in 0..<5000 { value = value + 1 }
    let program = ScalarProgram(inputs: [.int32], [value])
    var fault = false
    #expect(program.evaluate([7], fault: &fault) == [5007])
  }

  @Test func finishDropsWhatIsNotNeeded() {
    var builder = ScalarBuilder(inputs: [.int32, .int32])
    let (x, y) = (builder.input(0), builder.input(1))
    let unused = builder.append(.multiply, .int32, [x, y])
    let used = builder.append(.negate, .int32, [y])
    let program = builder.finish([used])
    #expect(program.instructions.count == 2)
    #expect(program.inputs == [.int32, .int32])
    #expect(program.flaw == nil)
    #expect(builder.finish([unused, used]).instructions.count == 4)
    var fault = false
    #expect(program.evaluate([1, 2], fault: &fault) == [0xffff_fffe])
  }

  @Test func inliningComposesPrograms() throws {
    let table: [UInt64] = [10, 20, 30]
    let entry = ScalarProgram(
      inputs: [.int32], [ScalarValue.input(0, .int32).lookup(in: table, .int32)])
    let divide = try #require(ScalarFunction.divide.program(for: [.int32, .int32]))
    var builder = ScalarBuilder(inputs: [.int32, .int32])
    // A table of its own first, so that the inlined one gets another index.
    let other = builder.add(ScalarValue.input(0, .int32).lookup(in: [7, 8], .int32))
    let looked = builder.inline(entry, [builder.input(1)])
    let again = builder.inline(entry, [builder.input(1)])
    #expect(looked == again)
    let quotient = builder.inline(divide, [looked[0], other])
    let program = builder.finish(quotient)
    #expect(program.flaw == nil)
    #expect(program.tables == [[7, 8], table])
    var fault = false
    #expect(program.evaluate([1, 2], fault: &fault) == [3])
    #expect(builder.finish(looked).tables == [table])
  }

  @Test func flawsAreNamed() {
    let x = ScalarInstruction(.input, .float32, payload: 0)
    func flaw(_ instructions: [ScalarInstruction], _ results: [Int32] = [0], tables: [[UInt64]] = [])
      -> String?
    {
      ScalarProgram(inputs: [.float32], instructions: instructions, results: results, tables: tables).flaw
    }
    #expect(flaw([x]) == nil)
    #expect(flaw([x], [1]) == "a result is not an instruction")
    #expect(flaw([x, ScalarInstruction(.negate, .float32, [1])])?.contains("not an earlier") == true)
    #expect(flaw([x, ScalarInstruction(.negate, .int32, [0])])?.contains("cannot take") == true)
    #expect(flaw([x, ScalarInstruction(.add, .float32, [0])])?.contains("cannot take") == true)
    #expect(flaw([ScalarInstruction(.input, .float64, payload: 0)])?.contains("no input 0") == true)
    #expect(flaw([ScalarInstruction(.input, .float32, payload: 1)])?.contains("no input 1") == true)
    let index = ScalarInstruction(.convert, .int32, [0])
    let lookup = ScalarInstruction(.lookup, .float32, [1], payload: 0)
    #expect(flaw([x, index, lookup])?.contains("no table 0") == true)
    #expect(flaw([x, index, lookup], tables: [[]])?.contains("no table 0") == true)
    #expect(flaw([x, index, lookup], tables: [[0]]) == nil)
  }

  @Test(arguments: ScalarOperation.allCases)
  func operationsRejectStringsAndWrongCounts(_ operation: ScalarOperation) {
    let strings = Array(repeating: DType.string, count: operation.arity)
    #expect(!operation.accepts(strings, result: .string))
    let many = Array(repeating: DType.float32, count: operation.arity + 1)
    #expect(!operation.accepts(many, result: .float32))
  }
}
