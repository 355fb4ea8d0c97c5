// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// The order of a reduction is part of its meaning: a rule may only change it where it does not show.
  static let reductions = [
    // Their gradients, which differ, are there already.
    RewriteRule("firstMax x = max x", on: .reduce) { site in
      guard case .reduce(let rule) = site.op, rule.kind == .firstMax else { return nil }
      return try site.builder.append(.reduce(ReduceOp(.max, axes: rule.axes)), site.operands)
    },
    // A sum starts from 0, and 0 + −0 is 0.
    RewriteRule("sum x along unit axes = reshape x + 0", on: .reduce) { site in
      guard case .reduce(let rule) = site.op, rule.kind == .sum, site.type.dtype.isFloatingPoint,
        site.reducesUnitAxesOnly(rule)
      else { return nil }
      return try site.apply(.add, site.builder.reshape(site[0], to: site.type.shape), site.everywhere(0))
    },
    RewriteRule("reduce x along unit axes = reshape x, but for sums of floats", on: .reduce) { site in
      guard case .reduce(let rule) = site.op, site.reducesUnitAxesOnly(rule),
        rule.kind != .sum || !site.type.dtype.isFloatingPoint
      else { return nil }
      return try site.builder.reshape(site[0], to: site.type.shape)
    },
    RewriteRule("reduce x along some unit axes = reduce (reshape x) along the others", on: .reduce) { site in
      guard case .reduce(let rule) = site.op else { return nil }
      let shape = site.type(of: site[0]).shape
      let kept = shape.dims.indices.filter { shape[$0] != 1 || !rule.axes.contains($0) }
      if kept.count == shape.rank { return nil }
      let fewer = ReduceOp(rule.kind, axes: kept.indices.filter { rule.axes.contains(kept[$0]) })
      guard site.keepsOrder(rule, rank: shape.rank, fewer, rank: kept.count) else { return nil }
      let smaller = try site.builder.reshape(site[0], to: Shape(kept.map { shape[$0] }))
      return try site.builder.append(.reduce(fewer), [smaller])
    },
    RewriteRule("max (max x) = max x along both, and so on where no order shows", on: .reduce) { site in
      guard case .reduce(let outer) = site.op, case .reduce(let inner) = site.op(of: site[0]),
        outer.kind == inner.kind, outer.hidesOrder(site.type.dtype)
      else { return nil }
      let x = site.source(of: site[0])
      let kept = (0..<site.type(of: x).rank).filter { !inner.axes.contains($0) }
      return try site.builder.reduce(outer.kind, x, axes: inner.axes + outer.axes.map { kept[$0] })
    },
    // Repeated elements change a sum, and neither max, min, any nor all.
    RewriteRule("reduce (repeat x) = repeat (reduce x)", on: .reduce) { site in
      guard case .reduce(let rule) = site.op, let (x, inner) = site.repeated(site[0]) else { return nil }
      let source = site.type(of: x).shape
      let isRepeated = { (axis: Int) in
        inner.axes.firstIndex(of: axis).map { source[$0] != inner.shape[axis] } ?? true
      }
      guard
        rule.axes.allSatisfy({ axis in
          !isRepeated(axis) || rule.ignoresRepetition && inner.shape[axis].value ?? 0 > 0
        })
      else { return nil }
      let part = ReduceOp(rule.kind, axes: inner.axes.indices.filter { rule.axes.contains(inner.axes[$0]) })
      guard site.keepsOrder(rule, rank: inner.shape.rank, part, rank: source.rank) else { return nil }
      let reduced = part.axes.isEmpty ? x : try site.builder.append(.reduce(part), [x])
      let left = (0..<inner.shape.rank).filter { !rule.axes.contains($0) }
      return try site.builder.broadcast(
        reduced, to: site.type.shape,
        axes: inner.axes.filter { !rule.axes.contains($0) }.compactMap { left.firstIndex(of: $0) })
    },
    RewriteRule("sum (repeat x, n times) = n · sum x for integers", on: .reduce) { site in
      site.type.dtype.isInteger ? try site.multipleOfSum() : nil
    },
    RewriteRule("reduce (transpose x) = transpose (reduce x)", on: .reduce) { site in
      guard case .reduce(let rule) = site.op, case .transpose(let transpose) = site.op(of: site[0]) else {
        return nil
      }
      let rank = transpose.permutation.count
      let axes = rule.axes.map { transpose.permutation[$0] }
      let isSameOrder =
        axes == axes.sorted()
        && site.keepsOrder(rule, rank: rank, ReduceOp(rule.kind, axes: axes), rank: rank)
      return rule.hidesOrder(site.type.dtype) || isSameOrder ? try site.reduceOfTranspose(rule) : nil
    },
  ]
}

extension RewriteSite {
  fileprivate func reducesUnitAxesOnly(_ rule: ReduceOp) -> Bool {
    rule.axes.allSatisfy { type(of: operands[0]).shape[$0] == 1 }
  }

  /// Whether the same elements are combined in the same order.
  fileprivate func keepsOrder(_ rule: ReduceOp, rank: Int, _ other: ReduceOp, rank otherRank: Int) -> Bool {
    rule.hidesOrder(type.dtype)
      || ReductionOrder(axes: rule.axes, rank: rank) == ReductionOrder(axes: other.axes, rank: otherRank)
  }
}

extension ReduceOp {
  /// Whether the result is the same for any order of combination.
  fileprivate func hidesOrder(_ dtype: DType) -> Bool { ignoresRepetition || dtype.isInteger }

  fileprivate var ignoresRepetition: Bool {
    switch kind {
    case .max, .min, .any, .all, .firstMax: true
    case .sum, .product: false
    }
  }
}
