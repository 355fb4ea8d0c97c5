// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  /// One operand, element by element.
  static let elementwise: [String: Build] = [
    "Abs": unary { abs($0) },
    "Neg": unary { -$0 },
    "Exp": unary { exp($0) },
    "Log": unary { log($0) },
    "Sqrt": unary { sqrt($0) },
    "Sin": unary { sin($0) },
    "Cos": unary { cos($0) },
    "Tan": unary { tan($0) },
    "Tanh": unary { tanh($0) },
    "Sigmoid": unary { sigmoid($0) },
    "Erf": unary { erf($0) },
    "Sign": unary { sign($0) },
    "Ceil": unary { ceil($0) },
    "Floor": unary { floor($0) },
    "Round": unary { round($0) },
    "Not": unary { .!$0 },
    "Reciprocal": unary { 1 / $0 },
    "Identity": unary { $0 },
    "IsNaN": unary { $0 .!= $0 },
    "IsInf": single { call in
      let x = try call.input(0)
      let positive = call.flag("detect_positive", true) ? Float.infinity : .nan
      let negative = call.flag("detect_negative", true) ? -Float.infinity : .nan
      return (x .== positive) .| (x .== negative)
    },
    "Cast": single { call in
      guard let to = call.integer("to") else { throw NotCovered("Cast without a type") }
      return try call.input(0).converted(to: call.dtype(to))
    },
    "CastLike": single { call in try call.input(0).converted(to: call.input(1).dtype) },
    "Clip": single { call in
      var x = try call.input(0)
      if call.opset < 11 {
        if let low = call.real("min") { x = maximum(x, low) }
        if let high = call.real("max") { x = minimum(x, high) }
        return x
      }
      if let low = call.optional(1) { x = maximum(x, low) }
      if let high = call.optional(2) { x = minimum(x, high) }
      return x
    },
  ]
}
