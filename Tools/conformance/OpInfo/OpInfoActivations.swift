// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  private static func activation(
    _ function: @escaping @Sendable (Tensor, OpInfoCall) throws -> Tensor
  ) -> Writer {
    { call in [try function(try call.tensor(0), call)] }
  }

  static let activations: [String: Writer] = [
    "nn.functional.relu6": activation { x, _ in relu6(x) },
    "nn.functional.leaky_relu": activation { x, call in
      leakyRelu(x, slope: try call.number(1, "negative_slope", default: 0.01))
    },
    "nn.functional.prelu": activation { x, call in
      prelu(x, slope: try call.tensor(1), axis: x.rank < 2 ? nil : 1)
    },
    "nn.functional.elu": activation { x, call in elu(x, alpha: try call.number(1, "alpha", default: 1)) },
    "nn.functional.celu": activation { x, call in celu(x, alpha: try call.number(1, "alpha", default: 1)) },
    "nn.functional.selu": activation { x, _ in selu(x) },
    "nn.functional.gelu": activation { x, call in
      gelu(x, approximate: try call.string(nil, "approximate") == "tanh")
    },
    "nn.functional.silu": activation { x, _ in silu(x) },
    "nn.functional.mish": activation { x, _ in mish(x) },
    "nn.functional.softplus": activation { x, call in
      softplus(
        x, beta: try call.number(1, "beta", default: 1),
        threshold: try call.number(2, "threshold", default: 20)
      )
    },
    "nn.functional.softsign": activation { x, _ in softsign(x) },
    "nn.functional.logsigmoid": activation { x, _ in logSigmoid(x) },
    "nn.functional.tanhshrink": activation { x, _ in tanhShrink(x) },
    "nn.functional.hardshrink": activation { x, call in
      hardShrink(x, threshold: try call.number(1, "lambd", default: 0.5))
    },
    "nn.functional.softshrink": activation { x, call in
      softShrink(x, threshold: try call.number(1, "lambd", default: 0.5))
    },
    "nn.functional.hardsigmoid": activation { x, _ in hardSigmoid(x) },
    "nn.functional.hardswish": activation { x, _ in hardSilu(x) },
    "nn.functional.hardtanh": activation { x, call in
      hardTanh(
        x, min: try call.number(1, "min_val", default: -1), max: try call.number(2, "max_val", default: 1))
    },
    "nn.functional.threshold": activation { x, call in
      threshold(
        x, above: try call.number(1, "threshold", default: 0),
        otherwise: try call.number(2, "value", default: 0))
    },
    "nn.functional.glu": activation { x, call in glu(x, axis: try call.integer(1, "dim", default: -1)) },
    "nn.functional.scaled_dot_product_attention": activation { query, call in
      if try call.number(4, "dropout_p", default: 0) > 0 { throw NotCovered("dropout, which is random") }
      let mask = try call.optionalTensor(3, "attn_mask")
      return scaledDotProductAttention(
        query: query, key: try call.tensor(1), value: try call.tensor(2), mask: mask,
        isCausal: try call.bool(5, "is_causal"), scale: try call.number(nil, "scale"))
    },
  ]
}
