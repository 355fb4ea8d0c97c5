// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Index arithmetic that is wider than an extent asks for, as where the extent was open when it was written.
  static let indices = [
    RewriteRule("convert (iota in T) = iota where T holds the indices", on: .convert) { site in
      guard case .iota(let rule) = site.op(of: site[0]), site.type.dtype.isNumeric,
        let extent = rule.type.shape[rule.axis].value, rule.type.dtype.holdsIndices(below: extent)
      else { return nil }
      // An integer wraps where a float would stop at the last number.
      if rule.type.dtype.isFloatingPoint, site.type.dtype.isInteger,
        !site.type.dtype.holdsIndices(below: extent)
      {
        return nil
      }
      return try site.builder.append(.iota(IotaOp(type: site.type, axis: rule.axis)))
    },
    RewriteRule("iota / c = 0 where no index reaches c", on: .function(.divide)) { site in
      guard case .iota(let rule) = site.op(of: site[0]), rule.type.dtype.isInteger,
        let extent = rule.type.shape[rule.axis].value, rule.type.dtype.holdsIndices(below: extent),
        let divisor = site.constant(site[1]), Double(extent) <= divisor.scalar
      else { return nil }
      return try site.everywhere(0)
    },
  ]
}

extension DType {
  /// Whether each of 0, 1, … `limit` − 1 is a number of this type.
  fileprivate func holdsIndices(below limit: Int) -> Bool {
    switch self {
    case .int8: limit <= 1 << 7
    case .uint8, .bfloat16: limit <= 1 << 8
    case .float16: limit <= 1 << 11
    case .int32: limit <= 1 << 31
    case .uint32: limit <= 1 << 32
    case .int64: true
    case .float32: limit <= 1 << 24
    case .float64: limit <= 1 << 53
    case .bool, .string: false
    }
  }
}
