// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Slices of what is put together, and slices put together.
  static let parts = [
    RewriteRule("slice (iota) = a smaller iota, where it starts at 0", on: .slice) { site in
      guard case .slice(let rule) = site.op, case .iota(let iota) = site.op(of: site[0]),
        rule.starts[iota.axis] == 0, rule.strides[iota.axis] == 1
      else { return nil }
      return try site.builder.append(.iota(IotaOp(type: site.type, axis: iota.axis)))
    },
    RewriteRule("slice (transpose x) = transpose (slice x)", on: .slice) { site in
      guard case .slice(let rule) = site.op, case .transpose(let transpose) = site.op(of: site[0]) else {
        return nil
      }
      let inverse = transpose.inverse
      let part = SliceOp(
        starts: inverse.map { rule.starts[$0] }, limits: inverse.map { rule.limits[$0] },
        strides: inverse.map { rule.strides[$0] })
      return try site.builder.transpose(
        site.builder.append(.slice(part), [site.source(of: site[0])]), transpose.permutation)
    },
    RewriteRule("slice (reverse x) = reverse (slice x)", on: .slice) { site in
      guard case .slice(let rule) = site.op, case .reverse(let reverse) = site.op(of: site[0]),
        let source = site.type(of: site[0]).shape.extents, let extents = site.type.shape.extents,
        !extents.contains(0)
      else { return nil }
      // The last of the elements from behind is the first from the front.
      let starts = source.indices.map { axis in
        reverse.axes.contains(axis)
          ? source[axis] - 1 - rule.starts[axis] - (extents[axis] - 1) * rule.strides[axis]
          : rule.starts[axis]
      }
      let limits = source.indices.map { starts[$0] + (extents[$0] - 1) * rule.strides[$0] + 1 }
      let part = SliceOp(starts: starts, limits: limits, strides: rule.strides)
      return try site.builder.append(
        .reverse(reverse), [site.builder.append(.slice(part), [site.source(of: site[0])])])
    },
    RewriteRule("slice (pad x) = pad (slice x)", on: .slice) { site in
      guard case .slice(let rule) = site.op, case .pad(let pad) = site.op(of: site[0]),
        pad.interior.allSatisfy({ $0 == 0 }), rule.strides.allSatisfy({ $0 == 1 }),
        let extents = site.type.shape.extents
      else { return nil }
      let (x, value) = (site.source(of: site[0]), site.builder.node(site[0]).operands[1])
      guard let source = site.type(of: x).shape.extents else { return nil }
      // What is left of x, in its own numbers.
      let starts = extents.indices.map { min(max(rule.starts[$0] - pad.low[$0], 0), source[$0]) }
      let ends = extents.indices.map {
        min(max(rule.starts[$0] + extents[$0] - pad.low[$0], starts[$0]), source[$0])
      }
      let low = extents.indices.map { min(max(pad.low[$0] - rule.starts[$0], 0), extents[$0]) }
      let high = extents.indices.map { extents[$0] - low[$0] - (ends[$0] - starts[$0]) }
      if extents.indices.contains(where: { starts[$0] >= ends[$0] }) { return try site.everywhere(value) }
      let part = SliceOp(starts: starts, limits: ends, strides: starts.map { _ in 1 })
      return try site.builder.append(
        .pad(PadOp(low: low, high: high, interior: pad.interior)),
        [site.builder.append(.slice(part), [x]), value])
    },
    RewriteRule("slice (concatenate x, y, z) = concatenate (slice x, slice y)", on: .slice) { site in
      guard case .slice(let rule) = site.op, case .concatenate(let join) = site.op(of: site[0]),
        rule.strides[join.axis] == 1, let extents = site.type.shape.extents, !extents.contains(0)
      else { return nil }
      let (start, end) = (rule.starts[join.axis], rule.starts[join.axis] + extents[join.axis])
      let parts = site.builder.node(site[0]).operands
      var pieces: [(part: Value, start: Int, end: Int)] = []
      var first = 0
      for part in parts {
        guard let length = site.type(of: part).shape[join.axis].value else { return nil }
        let (low, high) = (max(start - first, 0), min(end - first, length))
        if low < high { pieces.append((part, low, high)) }
        first += length
      }
      // Where all parts stay, one slice of the whole is as good.
      if pieces.count == parts.count { return nil }
      let slices = try pieces.map { piece in
        var (starts, limits) = (rule.starts, rule.limits)
        for axis in extents.indices where axis != join.axis {
          limits[axis] = rule.starts[axis] + (extents[axis] - 1) * rule.strides[axis] + 1
        }
        (starts[join.axis], limits[join.axis]) = (piece.start, piece.end)
        return try site.builder.append(
          .slice(SliceOp(starts: starts, limits: limits, strides: rule.strides)), [piece.part])
      }
      return try site.builder.append(.concatenate(join), slices)
    },
    RewriteRule("concatenate neighbouring slices of x = slice x", on: .concatenate) { site in
      guard case .concatenate(let join) = site.op else { return nil }
      var parts: [Value] = []
      for part in site.operands {
        if let last = parts.last, let both = try site.neighbours(last, part, axis: join.axis) {
          parts[parts.count - 1] = both
        } else {
          parts.append(part)
        }
      }
      if parts.count == site.operands.count { return nil }
      return parts.count == 1 ? parts[0] : try site.builder.append(site.op, parts)
    },
  ]
}

extension RewriteSite {
  /// One slice of what two slices take, where the second goes on at which the first ends.
  fileprivate func neighbours(_ first: Value, _ second: Value, axis: Int) throws -> Value? {
    guard case .slice(let low) = op(of: first), case .slice(let high) = op(of: second),
      source(of: first) == source(of: second), low.strides == high.strides,
      let count = type(of: first).shape[axis].value, let rest = type(of: second).shape[axis].value,
      let extents = type(of: first).shape.extents, !extents.contains(0), rest > 0
    else { return nil }
    let isBeside = extents.indices.allSatisfy { place in
      place == axis
        ? high.starts[place] == low.starts[place] + count * low.strides[place]
        : high.starts[place] == low.starts[place]
    }
    guard isBeside else { return nil }
    let counts = extents.indices.map { $0 == axis ? count + rest : extents[$0] }
    let limits = extents.indices.map { low.starts[$0] + (counts[$0] - 1) * low.strides[$0] + 1 }
    return try builder.append(
      .slice(SliceOp(starts: low.starts, limits: limits, strides: low.strides)), [source(of: first)])
  }
}
