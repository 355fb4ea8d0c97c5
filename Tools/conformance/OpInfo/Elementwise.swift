// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  /// An operator of one tensor.
  private static func unary(_ function: @escaping @Sendable (Tensor) -> Tensor) -> Writer {
    { call in [function(try call.tensor(0))] }
  }

  private static func binary(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Writer {
    { call in [function(try call.tensor(0), try call.tensor(1, "other"))] }
  }

  /// Functions of the elements at an index.
  static let elementwise: [String: Writer] = [
    "abs": unary { abs($0) }, "neg": unary { -$0 }, "positive": unary { $0 },
    "exp": unary { exp($0) }, "expm1": unary { expm1($0) }, "log": unary { log($0) },
    "log1p": unary { log1p($0) }, "sqrt": unary { sqrt($0) }, "rsqrt": unary { rsqrt($0) },
    "square": unary { square($0) }, "sin": unary { sin($0) }, "cos": unary { cos($0) },
    "tan": unary { tan($0) },
    "tanh": unary { tanh($0) }, "sigmoid": unary { sigmoid($0) }, "erf": unary { erf($0) },
    "sign": unary { sign($0) }, "floor": unary { floor($0) }, "ceil": unary { ceil($0) },
    "reciprocal": unary { 1 / $0 }, "nn.functional.relu": unary { relu($0) },

    "mul": binary { $0 * $1 }, "true_divide": binary { $0 / $1 },
    "maximum": binary { maximum($0, $1) }, "minimum": binary { minimum($0, $1) },
    "pow": binary { pow($0, $1) },
    "float_power": binary { pow($0.converted(to: .float64), $1.converted(to: .float64)) },
    "remainder": binary { floorMod($0, $1) }, "fmod": binary { $0 % $1 },

    "add": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      return [x + scaled(y, by: try call.number(nil, "alpha"))]
    },
    "sub": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      return [x - scaled(y, by: try call.number(nil, "alpha"))]
    },
    "rsub": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      return [y - scaled(x, by: try call.number(2, "alpha"))]
    },
    "addcmul": { call in
      let product = try call.tensor(1) * call.tensor(2)
      return [try call.tensor(0) + scaled(product, by: call.number(nil, "value"))]
    },
    "addcdiv": { call in
      let quotient = try call.tensor(1) / call.tensor(2)
      return [try call.tensor(0) + scaled(quotient, by: call.number(nil, "value"))]
    },
    "clamp": { call in
      var x = try call.tensor(0)
      if let low = try call.optionalTensor(1, "min") { x = maximum(x, low) }
      if let high = try call.optionalTensor(2, "max") { x = minimum(x, high) }
      return [x]
    },
    "clamp_min": binary { maximum($0, $1) }, "clamp_max": binary { minimum($0, $1) },
    "where": { call in [select(truth(try call.tensor(1)), try call.tensor(0), try call.tensor(2))] },
    "masked_fill": { call in
      let x = try call.tensor(0)
      return [select(try call.tensor(1), try call.tensor(2).converted(to: x.dtype), x)]
    },
  ]

  /// A tensor times a factor of its own type.
  static func scaled(_ x: Tensor, by factor: Double?) -> Tensor {
    factor.map { x * $0 } ?? x
  }

  // MARK: Comparisons

  static let comparisons: [String: Writer] = [
    "eq": binary { $0 .== $1 }, "ne": binary { $0 .!= $1 }, "lt": binary { $0 .< $1 },
    "le": binary { $0 .<= $1 },
    "gt": binary { $0 .> $1 }, "ge": binary { $0 .>= $1 },
    "logical_and": binary { truth($0) .& truth($1) }, "logical_or": binary { truth($0) .| truth($1) },
    "logical_xor": binary { truth($0) .^ truth($1) }, "logical_not": unary { truth($0) .== false },
    "isnan": unary { $0 .!= $0 }, "isinf": unary { abs($0) .== Double.infinity },
    "isfinite": unary { abs($0) .< Double.infinity },
    "isclose": { call in
      [
        isClose(
          try call.tensor(0), try call.tensor(1), relative: try call.number(nil, "rtol", default: 1e-5),
          absolute: try call.number(nil, "atol", default: 1e-8), nanEqual: try call.bool(nil, "equal_nan"))
      ]
    },
  ]

  /// Whether an element differs from zero.
  static func truth(_ x: Tensor) -> Tensor { x.converted(to: .bool) }
}
