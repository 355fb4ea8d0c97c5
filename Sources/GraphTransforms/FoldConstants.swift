// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Elements that folding may add to a program for one constant.
  private static let resultLimit = 1024
  /// Elements that folding may read, and products that it may sum, for one constant.
  private static let workLimit = 1 << 16

  /// The rule of the pass `fold-constants`. A repeated scalar stays a broadcast, which costs a kernel nothing.
  static let folding = [
    RewriteRule("f(constants) = a constant", on: .any) { site in
      switch site.op {
      case .broadcast, .identity, .stopGradient, .gradient: return nil
      default: if site.op.lowering == .control { return nil }
      }
      guard !site.operands.isEmpty, site.operands.allSatisfy(site.isConstant), site.type.dtype != .string,
        let count = site.type.shape.elementCount.value
      else { return nil }
      var operands: [NDArray] = []
      var stored = 0
      for operand in site.operands {
        guard let array = site.array(operand, limit: workLimit) else { return nil }
        operands.append(array)
        if case .constant = site.op(of: operand) { stored += array.count }
      }
      guard count <= max(resultLimit, stored), work(of: site, count: count) <= workLimit,
        let value = try? site.op.evaluate(operands, types: [site.type]).first
      else { return nil }
      return try site.builder.append(.constant(ConstantOp(value)))
    }
  ]

  /// How many elements an evaluation reads, roughly.
  private static func work(of site: RewriteSite, count: Int) -> Int {
    let inputs = site.operands.reduce(0) { $0 + (site.type(of: $1).shape.elementCount.value ?? workLimit) }
    guard case .dot(let rule) = site.op, let extents = site.type(of: site[0]).shape.extents else {
      return inputs + count
    }
    let (products, overflow) = count.multipliedReportingOverflow(
      by: rule.lhsContract.reduce(1) { $0 * extents[$1] })
    return overflow ? .max : inputs + products
  }
}

extension RewriteSite {
  /// Whether a value is a constant or a broadcast of one.
  fileprivate func isConstant(_ value: Value) -> Bool {
    switch op(of: value) {
    case .constant: true
    case .broadcast: isConstant(source(of: value))
    default: false
    }
  }

  /// The elements of a constant, or of a broadcast of one, when they are few.
  fileprivate func array(_ value: Value, limit: Int) -> NDArray? {
    guard let count = type(of: value).shape.elementCount.value, count <= limit else { return nil }
    switch op(of: value) {
    case .constant(let rule): return rule.value.dtype == .string ? nil : rule.value
    case .broadcast(let rule):
      guard let source = array(source(of: value), limit: limit) else { return nil }
      return try? rule.evaluate([source], type: type(of: value))
    default: return nil
    }
  }
}
