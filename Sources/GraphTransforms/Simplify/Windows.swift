// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Slices and reversals.
  static let windows = [
    RewriteRule("slice all of x = x", on: .slice) { site in
      return site.type(of: site[0]) == site.type ? site[0] : nil
    },
    RewriteRule("slice (slice x) = slice x", on: .slice) { site in
      guard case .slice(let outer) = site.op, case .slice(let inner) = site.op(of: site[0]) else {
        return nil
      }
      let starts = outer.starts.indices.map { inner.starts[$0] + outer.starts[$0] * inner.strides[$0] }
      let strides = outer.strides.indices.map { inner.strides[$0] * outer.strides[$0] }
      return try site.slice(site.source(of: site[0]), from: starts, by: strides)
    },
    RewriteRule("slice (repeat x) = repeat (slice x)", on: .slice) { site in
      guard case .slice(let rule) = site.op, let (x, inner) = site.repeated(site[0]),
        let extents = site.type.shape.extents
      else { return nil }
      // A stretched unit axis has nothing to choose from.
      let source = site.type(of: x).shape
      let sliced = inner.axes.indices.map { source[$0] == 1 ? nil : inner.axes[$0] }
      let part = SliceOp(
        starts: sliced.map { $0.map { rule.starts[$0] } ?? 0 },
        limits: sliced.map { $0.map { end(rule.starts[$0], extents[$0], rule.strides[$0]) } ?? 1 },
        strides: sliced.map { $0.map { rule.strides[$0] } ?? 1 })
      return try site.builder.broadcast(
        site.builder.append(.slice(part), [x]), to: site.type.shape, axes: inner.axes)
    },
    RewriteRule("slice within one part of concatenate = slice the part", on: .slice) { site in
      guard case .slice(let rule) = site.op, case .concatenate(let join) = site.op(of: site[0]),
        let extents = site.type.shape.extents
      else { return nil }
      var first = 0
      for part in site.builder.node(site[0]).operands {
        guard let length = site.type(of: part).shape[join.axis].value else { return nil }
        let start = rule.starts[join.axis] - first
        if start >= 0, end(start, extents[join.axis], rule.strides[join.axis]) <= length {
          var starts = rule.starts
          starts[join.axis] = start
          return try site.slice(part, from: starts, by: rule.strides)
        }
        first += length
      }
      return nil
    },
    RewriteRule("slice (pad x) within x = slice x", on: .slice) { site in
      guard case .slice(let rule) = site.op, case .pad(let pad) = site.op(of: site[0]),
        let extents = site.type.shape.extents, pad.interior.allSatisfy({ $0 == 0 })
      else { return nil }
      let x = site.source(of: site[0])
      guard let source = site.type(of: x).shape.extents else { return nil }
      let starts = rule.starts.indices.map { rule.starts[$0] - pad.low[$0] }
      let isWithin = starts.indices.allSatisfy {
        starts[$0] >= 0 && end(starts[$0], extents[$0], rule.strides[$0]) <= source[$0]
      }
      return isWithin ? try site.slice(x, from: starts, by: rule.strides) : nil
    },
    RewriteRule("reverse x along unit axes = x", on: .reverse) { site in
      guard case .reverse(let rule) = site.op else { return nil }
      let axes = rule.axes.filter { site.type.shape[$0] != 1 }
      return axes.count == rule.axes.count && !axes.isEmpty ? nil : try site.reverse(site[0], axes)
    },
    RewriteRule("reverse (reverse x) = reverse x along the axes of one", on: .reverse) { site in
      guard case .reverse(let outer) = site.op, case .reverse(let inner) = site.op(of: site[0]) else {
        return nil
      }
      return try site.reverse(
        site.source(of: site[0]), Set(outer.axes).symmetricDifference(inner.axes).sorted())
    },
    RewriteRule("reverse (repeat x) = repeat (reverse x)", on: .reverse) { site in
      guard case .reverse(let rule) = site.op, let (x, inner) = site.repeated(site[0]) else { return nil }
      let source = site.type(of: x).shape
      let axes = inner.axes.indices.filter { source[$0] != 1 && rule.axes.contains(inner.axes[$0]) }
      return try site.builder.broadcast(site.reverse(x, axes), to: site.type.shape, axes: inner.axes)
    },
  ]

  /// Windows that slide.
  static let slidings = [
    RewriteRule("windows of one element = slice, with unit axes", on: .window) { site in
      guard case .window(let rule) = site.op, rule.geometry.sizes.allSatisfy({ $0 == 1 }) else { return nil }
      let strides = rule.geometry.stridesOfAll(rank: site.type(of: site[0]).rank)
      guard let extents = site.type.shape.extents else { return nil }
      let slice = SliceOp(
        starts: strides.map { _ in 0 }, limits: strides.indices.map { end(0, extents[$0], strides[$0]) },
        strides: strides)
      return try site.builder.reshape(
        site.builder.append(.slice(slice), [site[0]]), to: site.type.shape)
    },
    RewriteRule("windows along axes that repeat x = repeat x", on: .window) { site in
      guard case .window(let rule) = site.op, let (x, inner) = site.repeated(site[0]) else { return nil }
      let source = site.type(of: x).shape
      let moving = inner.axes.indices.filter { source[$0] != 1 }.map { inner.axes[$0] }
      if rule.geometry.axes.contains(where: moving.contains) { return nil }
      return try site.builder.broadcast(x, to: site.type.shape, axes: inner.axes)
    },
  ]

  /// Paddings and concatenations.
  static let joins = [
    RewriteRule("pad x with nothing = x", on: .pad) { site in
      return site.type(of: site[0]) == site.type ? site[0] : nil
    },
    RewriteRule("pad (repeat s) with s = repeat s", on: .pad) { site in
      guard site.repeatedScalar(site[0]) == site[1] else { return nil }
      return try site.everywhere(site[1])
    },
    RewriteRule("pad (pad x) = pad x with the same value", on: .pad) { site in
      guard case .pad(let outer) = site.op, case .pad(let inner) = site.op(of: site[0]),
        site.builder.node(site[0]).operands[1] == site[1], outer.interior.allSatisfy({ $0 == 0 })
      else { return nil }
      let both = PadOp(
        low: zip(outer.low, inner.low).map(+), high: zip(outer.high, inner.high).map(+),
        interior: inner.interior)
      return try site.builder.append(.pad(both), [site.source(of: site[0]), site[1]])
    },
    RewriteRule("concatenate x = x", on: .concatenate) { site in
      guard site.operands.count == 1 else { return nil }
      return site[0]
    },
    RewriteRule("concatenate (x, empty, y) = concatenate (x, y)", on: .concatenate) { site in
      guard case .concatenate(let rule) = site.op, site.type.shape.elementCount != 0 else { return nil }
      let parts = site.operands.filter { site.type(of: $0).shape[rule.axis] != 0 }
      return parts.count == site.operands.count ? nil : try site.builder.append(site.op, parts)
    },
    RewriteRule("concatenate (concatenate (x, y), z) = concatenate (x, y, z)", on: .concatenate) { site in
      let parts = site.operands.flatMap { part in
        site.op(of: part) == site.op ? site.builder.node(part).operands : [part]
      }
      return parts.count == site.operands.count ? nil : try site.builder.append(site.op, parts)
    },
    RewriteRule("concatenate (repeat s, repeat s) = repeat s", on: .concatenate) { site in
      guard let scalar = site.repeatedScalar(site[0]),
        site.operands.allSatisfy({ site.repeatedScalar($0) == scalar })
      else { return nil }
      return try site.everywhere(scalar)
    },
  ]

  /// One past the last of `count` elements from `start` by `stride`.
  fileprivate static func end(_ start: Int, _ count: Int, _ stride: Int) -> Int {
    count == 0 ? start : start + (count - 1) * stride + 1
  }
}

extension WindowGeometry {
  /// The strides along every axis of a tensor of this rank.
  fileprivate func stridesOfAll(rank: Int) -> [Int] {
    (0..<rank).map { axis in axes.firstIndex(of: axis).map { strides[$0] } ?? 1 }
  }
}

extension RewriteSite {
  /// As many elements of `x` as the site has.
  fileprivate func slice(_ x: Value, from starts: [Int], by strides: [Int]) throws -> Value? {
    guard let extents = type.shape.extents else { return nil }
    let limits = starts.indices.map { RewriteRule.end(starts[$0], extents[$0], strides[$0]) }
    return try builder.append(.slice(SliceOp(starts: starts, limits: limits, strides: strides)), [x])
  }

  fileprivate func reverse(_ x: Value, _ axes: [Int]) throws -> Value {
    axes.isEmpty ? x : try builder.append(.reverse(ReverseOp(axes: axes)), [x])
  }
}
