// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  private static func unary(_ function: @escaping @Sendable (Tensor) -> Tensor) -> Writer {
    { call in [function(try call.tensor(0))] }
  }

  private static func binary(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Writer {
    { call in [function(try call.tensor(0), try call.tensor(1, "other"))] }
  }

  /// Angles, special functions, roundings and special values.
  static let pointwise: [String: Writer] = [
    "asin": unary { asin($0) }, "acos": unary { acos($0) }, "atan": unary { atan($0) },
    "sinh": unary { sinh($0) }, "cosh": unary { cosh($0) }, "asinh": unary { asinh($0) },
    "acosh": unary { acosh($0) }, "atanh": unary { atanh($0) }, "sinc": unary { sinc($0) },
    "atan2": binary { atan2($0, $1) }, "hypot": binary { hypot($0, $1) },

    "exp2": unary { exp2($0) }, "log2": unary { log2($0) }, "log10": unary { log10($0) },
    "logaddexp": binary { logAddExp($0, $1) }, "xlogy": binary { xlogy($0, $1) },
    "logit": { call in [logit(try call.tensor(0), epsilon: try call.number(1, "eps"))] },
    "erfc": unary { erfc($0) }, "erfinv": unary { erfInverse($0) },
    "lgamma": unary { logGamma($0) }, "digamma": unary { digamma($0) },

    "trunc": unary { trunc($0) }, "frac": unary { fraction($0) },
    "round": { call in
      let x = try call.tensor(0)
      let decimals = try call.integer(nil, "decimals", default: 0)
      if decimals == 0 { return [round(x)] }
      let scale = (0..<Swift.abs(decimals)).reduce(1.0) { power, _ in power * 10 }
      return [decimals > 0 ? round(x * scale) / scale : round(x / scale) * scale]
    },
    "div": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1, "other"))
      switch try call.string(nil, "rounding_mode") {
      case nil: return [x / y]
      case "floor": return [floorDivide(x, y)]
      case "trunc": return [truncatedDivide(x, y)]
      case let mode?: throw NotCovered("rounding_mode '\(mode)'")
      }
    },
    "floor_divide": binary { floorDivide($0, $1) },

    "copysign": binary { copySign($0, $1) }, "fmax": binary { fmax($0, $1) },
    "fmin": binary { fmin($0, $1) }, "heaviside": binary { heaviside($0, $1) },
    "reciprocal": unary { reciprocal($0) },
    "isnan": unary { isNaN($0) }, "isinf": unary { isInfinite($0) }, "isfinite": unary { isFinite($0) },
    "lerp": { call in
      let (start, end) = (try call.tensor(0), try call.tensor(1))
      if case .real(let weight)? = call.argument(2, "weight") { return [lerp(start, end, weight)] }
      return [lerp(start, end, try call.tensor(2, "weight"))]
    },
    "nan_to_num": { call in
      [
        nanToNum(
          try call.tensor(0), nan: try call.number(1, "nan", default: 0),
          positiveInfinity: try call.number(2, "posinf"), negativeInfinity: try call.number(3, "neginf"))
      ]
    },
  ]
}
