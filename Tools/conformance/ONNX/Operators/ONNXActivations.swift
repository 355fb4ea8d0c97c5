// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let activations: [String: Build] = [
    "Relu": unary { relu($0) },
    "Shrink": single { call in
      let x = try call.input(0)
      let (limit, bias) = (call.real("lambd", 0.5), call.real("bias", 0))
      return select(x .< -limit, x + bias, select(x .> limit, x - bias, 0.0))
    },
    "Swish": single { call in
      let x = try call.input(0)
      return x * sigmoid(x * call.real("alpha", 1))
    },
    "SwiGLU": single { call in
      let (x, y) = (try call.input(0), try call.input(1))
      return x * sigmoid(x * call.real("alpha", 1)) * y
    },
    "Softmax": alongAxis { softmax($0, axis: $1) },
    "LogSoftmax": alongAxis { logSoftmax($0, axis: $1) },
    "Dropout": { call in
      // None of the cases trains.
      let isTraining =
        call.opset < 12 ? !call.flag("is_test", true) : try call.optionalArray(2)?.bools.first ?? false
      try call.require(!isTraining, "training")
      let x = try call.input(0)
      return [x, x.graph.full(true, x.shape.indices.map(x.shape.extent), dtype: .bool)]
    },
  ]

  /// Before opset 13 the axes from `axis` on count as one.
  private static func alongAxis(_ body: @escaping @Sendable (Tensor, Int) -> Tensor) -> Build {
    { call in
      let x = try call.input(0)
      if call.opset >= 13 { return [body(x, call.integer("axis", -1))] }
      let extents = try call.extents(x)
      let axis = try call.axis(call.integer("axis", 1), rank: x.rank)
      let rows = extents[..<axis].reduce(1, *)
      let flat = x.reshaped(to: [rows, extents[axis...].reduce(1, *)])
      return [body(flat, 1).reshaped(to: extents)]
    }
  }
}
