// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let products: [String: Build] = [
    "MatMul": single { call in matmul(try call.input(0), try call.input(1)) },
    "Det": single { call in determinant(try call.input(0)) },
    "Gemm": single { call in
      var (a, b) = (try call.input(0), try call.input(1))
      if call.flag("transA") { a = a.transposed() }
      if call.flag("transB") { b = b.transposed() }
      var product = matmul(a, b)
      let (alpha, beta) = (call.real("alpha", 1), call.real("beta", 1))
      if alpha != 1 { product = product * alpha }
      guard let c = call.optional(2) else { return product }
      return product + (beta == 1 ? c : c * beta)
    },
    "Einsum": single { call in
      einsum(call.text("equation", ""), try call.inputs.indices.map { try call.input($0) })
    },
  ]
}
