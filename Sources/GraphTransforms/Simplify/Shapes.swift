// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Reshapes, transposes and broadcasts, which the names call repeats.
  static let shapes = [
    RewriteRule("reshape x to its own shape = x", on: .reshape) { site in
      return site.type(of: site[0]) == site.type ? site[0] : nil
    },
    RewriteRule("reshape (reshape x) = reshape x", on: .reshape) { site in
      guard case .reshape(let outer) = site.op, case .reshape = site.op(of: site[0]) else { return nil }
      return try site.builder.reshape(site.source(of: site[0]), to: outer.shape)
    },
    RewriteRule("reshape (repeat s) = repeat s for a scalar s", on: .reshape) { site in
      return try site.repeatedScalar(site[0]).map(site.everywhere)
    },
    // What is one number everywhere has one form.
    RewriteRule("reshape s = repeat s for a scalar s", on: .reshape) { site in
      guard site.type(of: site[0]).rank == 0, site.type.rank > 0 else { return nil }
      return try site.everywhere(site[0])
    },
    RewriteRule("transpose x by the identity = x", on: .transpose) { site in
      guard case .transpose(let rule) = site.op else { return nil }
      return rule.permutation == Array(rule.permutation.indices) ? site[0] : nil
    },
    RewriteRule("transpose (transpose x) = transpose x", on: .transpose) { site in
      guard case .transpose(let outer) = site.op, case .transpose(let inner) = site.op(of: site[0]) else {
        return nil
      }
      return try site.builder.transpose(
        site.source(of: site[0]), outer.permutation.map { inner.permutation[$0] })
    },
    RewriteRule("transpose (repeat x) = repeat (transpose x)", on: .transpose) { site in
      guard case .transpose(let rule) = site.op, let (x, inner) = site.repeated(site[0]) else { return nil }
      let places = inner.axes.map { rule.inverse[$0] }
      let order = places.indices.sorted { places[$0] < places[$1] }
      return try site.builder.broadcast(
        site.builder.transpose(x, order), to: site.type.shape, axes: places.sorted())
    },
    RewriteRule("transpose x along unit axes = reshape x", on: .transpose) { site in
      guard case .transpose(let rule) = site.op else { return nil }
      let moved = rule.permutation.filter { site.type(of: site[0]).shape[$0] != 1 }
      return moved == moved.sorted() ? try site.builder.reshape(site[0], to: site.type.shape) : nil
    },
    RewriteRule("repeat (repeat x) = repeat x", on: .broadcast) { site in
      guard case .broadcast(let outer) = site.op, let (x, inner) = site.repeated(site[0]) else { return nil }
      return try site.builder.broadcast(x, to: outer.shape, axes: inner.axes.map { outer.axes[$0] })
    },
    RewriteRule("repeat x once = reshape x", on: .broadcast) { site in
      guard case .broadcast(let rule) = site.op, !rule.axes.isEmpty || rule.shape.rank == 0 else {
        return nil
      }
      let source = site.type(of: site[0]).shape
      let repeatsNothing = rule.shape.dims.indices.allSatisfy { axis in
        (rule.axes.firstIndex(of: axis).map { source[$0] } ?? 1) == rule.shape[axis]
      }
      return repeatsNothing ? try site.builder.reshape(site[0], to: rule.shape) : nil
    },
    RewriteRule("repeat x with unit axes = repeat (reshape x) without", on: .broadcast) { site in
      guard case .broadcast(let rule) = site.op else { return nil }
      let source = site.type(of: site[0]).shape
      let kept = rule.axes.indices.filter { source[$0] != 1 }
      if kept.count == source.rank { return nil }
      let smaller = try site.builder.reshape(site[0], to: Shape(kept.map { source[$0] }))
      return try site.builder.broadcast(smaller, to: rule.shape, axes: kept.map { rule.axes[$0] })
    },
    RewriteRule("a constant of equal elements = repeat its scalar", on: .constant) { site in
      guard case .constant(let rule) = site.op, rule.value.dtype != .string, rule.value.rank > 0,
        rule.value.count > 0
      else { return nil }
      let bits = rule.value.bits(at: 0)
      guard (1..<rule.value.count).allSatisfy({ rule.value.bits(at: $0) == bits }) else { return nil }
      let scalar = NDArray(dtype: rule.value.dtype, shape: [], bits: [bits])
      return try site.everywhere(site.builder.append(.constant(ConstantOp(scalar))))
    },
  ]

  /// Functions of repeated values are computed once.
  static let repeats = [
    RewriteRule("f(repeat x, repeat y) = repeat f(x, y)", on: .anyFunction, .convert) { site in
      switch site.op {
      case .pointwise, .convert: break
      default: return nil
      }
      let sources = site.operands.compactMap(site.repeated)
      guard sources.count == site.operands.count, let first = sources.first else { return nil }
      // Scalars follow the others, which must lie alike.
      let (model, rule) = sources.first { !$0.1.axes.isEmpty } ?? first
      let shape = site.type(of: model).shape
      let alike = sources.allSatisfy { x, other in
        other.axes.isEmpty || other.axes == rule.axes && site.type(of: x).shape == shape
      }
      guard alike else { return nil }
      let operands = try sources.map { x, other in
        other.axes.isEmpty ? try site.builder.broadcast(x, to: shape, axes: []) : x
      }
      return try site.builder.broadcast(
        site.builder.append(site.op, operands), to: site.type.shape, axes: rule.axes)
    }
  ]
}
