// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  /// Angles, hyperbolic functions and bits.
  static let pointwise: [String: Build] = [
    "Asin": unary { asin($0) },
    "Acos": unary { acos($0) },
    "Atan": unary { atan($0) },
    "Sinh": unary { sinh($0) },
    "Cosh": unary { cosh($0) },
    "Asinh": unary { asinh($0) },
    "Acosh": unary { acosh($0) },
    "Atanh": unary { atanh($0) },
    "BitwiseAnd": single { call in try call.input(0) .& call.input(1) },
    "BitwiseOr": single { call in try call.input(0) .| call.input(1) },
    "BitwiseXor": single { call in try call.input(0) .^ call.input(1) },
    "BitwiseNot": unary { .!$0 },
    "BitShift": single { call in
      let (x, y) = (try call.input(0), try call.input(1))
      switch call.text("direction", "") {
      case "LEFT": return shiftLeft(x, y)
      case "RIGHT": return shiftRight(x, y)
      default: throw NotCovered("BitShift without a direction")
      }
    },
  ]
}
