// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension OpInfoOperators {
  @Sendable private static func product(_ call: OpInfoCall) throws -> [Tensor] {
    [matmul(try call.tensor(0), try call.tensor(1))]
  }

  /// beta · x + alpha · y · z
  @Sendable private static func added(_ call: OpInfoCall) throws -> [Tensor] {
    let product = matmul(try call.tensor(1), try call.tensor(2))
    let start = scaled(try call.tensor(0), by: try call.number(nil, "beta"))
    return [start + scaled(product, by: try call.number(nil, "alpha"))]
  }

  static let products: [String: Writer] = [
    "mm": product, "bmm": product, "mv": product, "dot": product, "matmul": product,
    "addmm": added, "addmv": added, "baddbmm": added,
    "outer": { call in
      [try call.tensor(0).expandingDims(at: 1) * call.tensor(1).expandingDims(at: 0)]
    },
    "addr": { call in
      let product = try call.tensor(1).expandingDims(at: 1) * call.tensor(2).expandingDims(at: 0)
      return [
        try scaled(call.tensor(0), by: call.number(nil, "beta"))
          + scaled(product, by: call.number(nil, "alpha"))
      ]
    },
    "inner": { call in
      let (x, y) = (try call.tensor(0), try call.tensor(1))
      if x.rank == 0 || y.rank == 0 { return [x * y] }
      let rows = x.reshaped(to: [-1, x.extents[x.rank - 1]])
      let columns = y.reshaped(to: [-1, y.extents[y.rank - 1]])
      return [
        matmul(rows, columns.transposed()).reshaped(to: Array(x.extents.dropLast() + y.extents.dropLast()))
      ]
    },
    "nn.functional.linear": { call in
      let product = matmul(try call.tensor(0), try call.tensor(1).transposed())
      return [try call.optionalTensor(2).map { product + $0 } ?? product]
    },
  ]
}
