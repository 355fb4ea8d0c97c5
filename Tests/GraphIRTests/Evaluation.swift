// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport

/// The value of one op, `dot %a, %b {…}`, on arrays that it knows as `%a`, `%b` and `%c`.
func value(of expression: String, _ operands: NDArray..., type: String? = nil) throws -> NDArray {
  let names = ["a", "b", "c", "d"]
  let parameters = zip(names, operands).map { "  param %\($0): \($1.type)\n" }.joined()
  let annotation = type.map { " : " + $0 } ?? ""
  let module = try ModuleParser.parse(
    "module @test {\n\(parameters)  %0 = \(expression)\(annotation)\n  result %0\n}")
  return try Interpreter.run(module, parameters: operands).results[0]
}

/// An array of these extents whose elements count up from a number.
func counting(_ shape: [Int], from first: Int = 0, _ dtype: DType = .int32) -> NDArray {
  NDArray(dtype: dtype, shape: shape) { index in
    dtype == .float32 ? Float(first + index).bits : UInt64(bitPattern: Int64(first + index)) & dtype.bitMask
  }
}
