// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// Pointwise functions through the interpreter, at the values where languages differ. The functions' own tests hold their
/// definitions against the C library.
@Suite struct OpArithmeticTests {
  private let special = NDArray([Float](arrayLiteral: 0, -0.0, 1, -1, .infinity, -.infinity, .nan))

  @Test func integersWrap() throws {
    let extremes = NDArray([Int32](arrayLiteral: .max, .min, .min, 7))
    let other = NDArray([Int32](arrayLiteral: 1, -1, .min, -2))
    #expect(try value(of: "add %a, %b", extremes, other) == NDArray([Int32](arrayLiteral: .min, .max, 0, 5)))
    #expect(
      try value(of: "subtract %a, %b", extremes, other)
        == NDArray([Int32](arrayLiteral: .max - 1, .min + 1, 0, 9)))
    #expect(
      try value(of: "multiply %a, %b", extremes, other) == NDArray([Int32](arrayLiteral: .max, .min, 0, -14)))
    #expect(try value(of: "negate %a", extremes) == NDArray([Int32](arrayLiteral: -.max, .min, .min, -7)))
    #expect(try value(of: "abs %a", extremes) == NDArray([Int32](arrayLiteral: .max, .min, .min, 7)))
    let bytes = NDArray([UInt8](arrayLiteral: 200, 0, 3))
    #expect(try value(of: "add %a, %a", bytes) == NDArray([UInt8](arrayLiteral: 144, 0, 6)))
    #expect(try value(of: "negate %a", bytes) == NDArray([UInt8](arrayLiteral: 56, 0, 253)))
    #expect(try value(of: "multiply %a, %a", NDArray([UInt32.max])) == NDArray([UInt32(1)]))
    #expect(try value(of: "add %a, %a", NDArray([Int64.max])) == NDArray([Int64(-2)]))
  }

  @Test func integerDivisionTruncates() throws {
    let x = NDArray([Int32](arrayLiteral: 7, -7, 7, -7, .min))
    let y = NDArray([Int32](arrayLiteral: 2, 2, -2, -2, -1))
    #expect(try value(of: "divide %a, %b", x, y) == NDArray([Int32](arrayLiteral: 3, -3, -3, 3, .min)))
    #expect(try value(of: "remainder %a, %b", x, y) == NDArray([Int32](arrayLiteral: 1, -1, 1, -1, 0)))
  }

  @Test(arguments: ["divide", "remainder"])
  func integerDivisionByZeroFailsTheRun(function: String) throws {
    let module = try ModuleParser.parse(
      """
      module @zero {
        param %a: i32[3]
        param %b: i32[3]
        %0 = \(function) %a, %b : i32[3]
        result %0
      }
      """, file: "zero.gir")
    let good = try Interpreter.run(module, parameters: [[6, 7, 8], [1, 2, 3]])
    #expect(good.results[0] == (function == "divide" ? [6, 3, 2] : [0, 1, 2]))
    do {
      _ = try Interpreter.run(module, parameters: [[6, 7, 8], [1, 0, 3]])
      Issue.record("the run succeeds")
    } catch let error as Diagnostic {
      #expect(
        error.description == """
          error[\(function).value]: \(function): integer \(function) by zero
            --> zero.gir:4:8
          """)
    }
    // Nothing is divided in a tensor without elements, and floating point has an answer.
    #expect(try value(of: "\(function) %a, %a", counting([0])).count == 0)
    #expect(try value(of: "\(function) %a, %b", [1.0], [0.0]).floats[0].isFinite == false)
  }

  @Test func floatsFollowTheStandard() throws {
    #expect(
      try value(
        of: "divide %a, %b", NDArray([Float](arrayLiteral: 1, -1, 1)),
        NDArray([Float](arrayLiteral: 0, 0, -0.0))
      ).floats == [.infinity, -.infinity, -.infinity])
    #expect(try value(of: "divide %a, %a", [0.0]).floats[0].isNaN)
    #expect(
      try value(of: "negate %a", special).floats.prefix(4).map(\.sign) == [.minus, .plus, .minus, .plus])
    #expect(try value(of: "abs %a", special).floats.prefix(6) == [0, 0, 1, 1, .infinity, .infinity])
    #expect(try value(of: "add %a, %b", [1e30], [-1e30]).floats == [0])
    // Each op rounds on its own: the product of 1 + 2⁻¹² with itself loses its last bit before the sum.
    let x: Float = 1 + 0x1p-12
    let product = try value(of: "multiply %a, %a", NDArray([x]))
    #expect(try value(of: "subtract %a, %b", product, NDArray([1 + 0x1p-11 as Float])).floats == [0])
    #expect(try value(of: "multiply %a, %b", NDArray([Float.leastNonzeroMagnitude]), [0.5]).floats == [0])
    #expect(try value(of: "round %a", [0.5, 1.5, 2.5, -0.5]) == [0.0, 2.0, 2.0, -0.0])
    #expect(try value(of: "floor %a", [1.5, -1.5, -0.0]) == [1.0, -2.0, -0.0])
    #expect(try value(of: "ceil %a", [1.5, -1.5, -0.5]) == [2.0, -1.0, -0.0])
    #expect(try value(of: "sign %a", special).floats.prefix(6) == [0, -0.0, 1, -1, 1, -1])
  }

  @Test func comparisonsTreatNaNAsUnordered() throws {
    let nan = NDArray([Float.nan, 1, 0])
    let other = NDArray([Float.nan, .nan, -0.0])
    let expected: [String: [Bool]] = [
      "equal": [false, false, true], "notEqual": [true, true, false], "less": [false, false, false],
      "lessOrEqual": [false, false, true], "greater": [false, false, false],
      "greaterOrEqual": [false, false, true],
    ]
    for (function, answers) in expected {
      #expect(try value(of: "\(function) %a, %b", nan, other).bools == answers, "\(function)")
    }
    // Unsigned numbers have no negative half.
    let large = NDArray([UInt32.max])
    #expect(try value(of: "greater %a, %b", large, NDArray([UInt32(1)])) == [true])
    #expect(try value(of: "equal %a, %b", [true, false], [true, true]) == [true, false])
  }

  @Test func extremaLetNaNThroughAndOrderZeros() throws {
    let x = NDArray([Float.nan, 1, 0, -0.0])
    let y = NDArray([Float(1), .nan, -0.0, 0])
    let low = try value(of: "minimum %a, %b", x, y).floats
    let high = try value(of: "maximum %a, %b", x, y).floats
    #expect(low[0].isNaN && low[1].isNaN && high[0].isNaN && high[1].isNaN)
    #expect(low[2...].map(\.sign) == [.minus, .minus] && high[2...].map(\.sign) == [.plus, .plus])
    let bounds = NDArray([Float](arrayLiteral: 0, 0, 0, 2))
    let clamped = try value(
      of: "clamp %a, %b, %c", NDArray([Float(-5), 5, .nan, 1]), bounds, NDArray([Float(1), 1, 1, 1])
    ).floats
    #expect(clamped[0] == 0 && clamped[1] == 1 && clamped[2].isNaN && clamped[3] == 1)
  }

  @Test func logicAndChoice() throws {
    let (p, q): (NDArray, NDArray) = ([true, true, false, false], [true, false, true, false])
    #expect(try value(of: "and %a, %b", p, q) == [true, false, false, false])
    #expect(try value(of: "or %a, %b", p, q) == [true, true, true, false])
    #expect(try value(of: "xor %a, %b", p, q) == [false, true, true, false])
    #expect(try value(of: "not %a", p) == [false, false, true, true])
    #expect(try value(of: "select %a, %b, %c", [true, false], [1, 2], [3, 4]) == [1, 4])
    #expect(
      try value(of: "select %a, %b, %c", [true, false], [true, true], [false, false]) == [true, false])
    // What is not chosen leaves no trace.
    #expect(try value(of: "select %a, %b, %c", [true], [1.0], NDArray([Float.nan])) == [1.0])
  }

  @Test func powers() throws {
    #expect(
      try value(of: "power %a, %b", [2, -3, 5, 2, -1, 0], [10, 3, 0, -1, -3, 0]) == [1024, -27, 1, 0, -1, 1])
    #expect(try value(of: "power %a, %b", [2.0, 4.0, 0.0], [3.0, 0.5, 0.0]) == [8.0, 2.0, 1.0])
    #expect(try value(of: "power %a, %b", [-2.0], [0.5]).floats[0].isNaN)
  }

  @Test func everyShapeHasItsElements() throws {
    for shape in [[], [0], [1], [3, 0, 2], [1, 1], [2, 3, 5]] {
      let x = counting(shape, from: 1, .float32)
      #expect(try value(of: "add %a, %a", x).floats == x.floats.map { $0 + $0 })
      #expect(try value(of: "sqrt %a", x).shape == shape)
    }
  }
}
