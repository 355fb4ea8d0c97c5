// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let activations: [String: Build] = [
    "Relu": unary { relu($0) },
    "LeakyRelu": single { call in leakyRelu(try call.input(0), slope: call.real("alpha", 0.01)) },
    "PRelu": single { call in prelu(try call.input(0), slope: try preluSlope(call)) },
    "Elu": single { call in elu(try call.input(0), alpha: call.real("alpha", 1)) },
    "Selu": single { call in
      let (alpha, gamma) = (
        call.real("alpha", 1.67326319217681884765625), call.real("gamma", 1.05070102214813232421875)
      )
      return elu(try call.input(0), alpha: alpha) * gamma
    },
    "Celu": single { call in celu(try call.input(0), alpha: call.real("alpha", 1)) },
    "Gelu": single { call in
      gelu(try call.input(0), approximate: call.text("approximate", "none") == "tanh")
    },
    "HardSigmoid": single { call in
      hardSigmoid(try call.input(0), slope: call.real("alpha", 0.2), offset: call.real("beta", 0.5))
    },
    "HardSwish": unary { hardSilu($0) },
    "Softplus": unary { softplus($0) },
    "Softsign": unary { softsign($0) },
    "Mish": unary { mish($0) },
    "ThresholdedRelu": single { call in
      threshold(try call.input(0), above: call.real("alpha", 1), otherwise: 0)
    },
    "Hardmax": alongAxis { hardmax($0, axis: $1) },
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

  /// A slope for each channel, or of a shape that broadcasts.
  private static func preluSlope(_ call: ONNXCall) throws -> Tensor {
    let (x, slope) = (try call.input(0), try call.input(1))
    let extents = try call.extents(slope)
    guard call.opset < 7, slope.rank == 1, extents[0] > 1, x.rank > 2 else { return slope }
    return slope.reshaped(to: extents + Array(repeating: 1, count: x.rank - 2))
  }

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
