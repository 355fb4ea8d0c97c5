// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  /// Several operands, element by element.
  static let arithmetic: [String: Build] = [
    "Add": binary { $0 + $1 },
    "Sub": binary { $0 - $1 },
    "Mul": binary { $0 * $1 },
    "Div": binary { x, y in
      // The quotient of integers below 2⁵³ is exact, or truncated to what it should be.
      x.dtype.isFloatingPoint
        ? x / y : (x.converted(to: .float64) / y.converted(to: .float64)).converted(to: x.dtype)
    },
    "Mod": single { call in
      let (x, y) = (try call.input(0), try call.input(1))
      return call.flag("fmod") ? x % y : floorMod(x, y)
    },
    "Pow": single { call in
      let base = try call.input(0)
      return try pow(base, aligned(call)).converted(to: base.dtype)
    },
    "And": binary { $0 .& $1 },
    "Or": binary { $0 .| $1 },
    "Xor": binary { $0 .^ $1 },
    "Equal": binary { $0 .== $1 },
    "Less": binary { $0 .< $1 },
    "LessOrEqual": binary { $0 .<= $1 },
    "Greater": binary { $0 .> $1 },
    "GreaterOrEqual": binary { $0 .>= $1 },
    "Where": single { call in select(try call.input(0), try call.input(1), try call.input(2)) },
    "Max": single { call in try folded(call) { maximum($0, $1) } },
    "Min": single { call in try folded(call) { minimum($0, $1) } },
    "Sum": single { call in try folded(call) { $0 + $1 } },
    "Mean": single { call in try folded(call) { $0 + $1 } / Double(call.inputs.count) },
  ]

  private static func binary(_ body: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Build {
    { call in [body(try call.input(0), try aligned(call))] }
  }

  /// The second operand. Before opset 7 its axes stand for those of the first from `axis` on.
  private static func aligned(_ call: ONNXCall) throws -> Tensor {
    let y = try call.input(1)
    guard call.opset < 7, let axis = call.integer("axis") else { return y }
    let rank = try call.input(0).rank
    let missing = try rank - call.axis(axis, rank: rank) - y.rank
    return missing > 0 ? y.reshaped(to: try call.extents(y) + Array(repeating: 1, count: missing)) : y
  }

  private static func folded(_ call: ONNXCall, _ body: (Tensor, Tensor) -> Tensor) throws -> Tensor {
    var result = try call.input(0)
    for index in call.inputs.indices.dropFirst() { result = body(result, try call.input(index)) }
    return result
  }
}
