// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension RewriteRule {
  /// Places that are known before the program runs.
  static let indexing = [
    RewriteRule("gather at one place = repeat (slice x)", on: .gather) { site in
      guard case .gather(let rule) = site.op, let place = site.constant(site[1])?.ints.first,
        let extents = site.type(of: site[0]).shape.extents,
        rule.indexed.axes.allSatisfy({ (0..<extents[$0]).contains(place) })
      else { return nil }
      let indexed = rule.indexed.axes
      let part = SliceOp(
        starts: extents.indices.map { indexed.contains($0) ? place : 0 },
        limits: extents.indices.map { indexed.contains($0) ? place + 1 : extents[$0] },
        strides: extents.map { _ in 1 })
      let row = try site.builder.reshape(
        site.builder.append(.slice(part), [site[0]]), to: Shape(extents).removing(axes: indexed))
      let positions = site.type(of: site[1]).rank - 1
      let kept = Array(0..<rule.indexed.batch) + Array(positions..<site.type.rank)
      return try site.builder.broadcast(row, to: site.type.shape, axes: kept)
    },
    RewriteRule("gather at equal steps = slice x", on: .gather) { site in
      guard case .gather(let rule) = site.op, rule.indexed.axes.count == 1, rule.indexed.batch == 0,
        let (start, step, count) = site.steps(site[1]), count > 1,
        let extents = site.type(of: site[0]).shape.extents
      else { return nil }
      let axis = rule.indexed.axes[0]
      let last = start + (count - 1) * step
      guard step != 0, (0..<extents[axis]).contains(start), (0..<extents[axis]).contains(last) else {
        return nil
      }
      let part = SliceOp(
        starts: extents.indices.map { $0 == axis ? min(start, last) : 0 },
        limits: extents.indices.map { $0 == axis ? max(start, last) + 1 : extents[$0] },
        strides: extents.indices.map { $0 == axis ? abs(step) : 1 })
      var rows = try site.builder.append(.slice(part), [site[0]])
      if step < 0 { rows = try site.builder.append(.reverse(ReverseOp(axes: [axis])), [rows]) }
      return try site.builder.transpose(rows, [axis] + rule.indexed.remaining(rank: extents.count))
    },
    RewriteRule("scatter nothing into x = x", on: .scatter) { site in
      return site.type(of: site[2]).shape.elementCount == 0 ? site[0] : nil
    },
    RewriteRule("dynamicSlice all of x = x", on: .dynamicSlice) { site in
      return site.type(of: site[0]) == site.type ? site[0] : nil
    },
    RewriteRule("dynamicSlice at constants = slice", on: .dynamicSlice) { site in
      guard let extents = site.type(of: site[0]).shape.extents, let sizes = site.type.shape.extents else {
        return nil
      }
      var starts: [Int] = []
      for axis in extents.indices {
        let room = extents[axis] - sizes[axis]
        guard room == 0 || site.constant(site[1 + axis]) != nil else { return nil }
        starts.append(room == 0 ? 0 : min(max(site.constant(site[1 + axis])?.ints.first ?? 0, 0), room))
      }
      let slice = SliceOp(starts: starts, limits: zip(starts, sizes).map(+), strides: sizes.map { _ in 1 })
      return try site.builder.append(.slice(slice), [site[0]])
    },
    RewriteRule("dynamicUpdate all of x with y = y", on: .dynamicUpdate) { site in
      return site.type(of: site[1]) == site.type ? site[1] : nil
    },
    RewriteRule("dynamicUpdate x with nothing = x", on: .dynamicUpdate) { site in
      return site.type(of: site[1]).shape.elementCount == 0 ? site[0] : nil
    },
  ]
}

extension RewriteSite {
  /// Indices that count up or down along their only axis but the last, which has extent 1.
  fileprivate func steps(_ indices: Value) -> (start: Int, step: Int, count: Int)? {
    guard type(of: indices).rank == 2, let count = type(of: indices).shape[0].value else { return nil }
    switch op(of: indices) {
    case .constant(let rule):
      // A long list is no likely slice, and takes long to look through.
      guard count > 1, count <= 1 << 16 else { return nil }
      let places = rule.value.ints
      let (step, overflow) = places[1].subtractingReportingOverflow(places[0])
      // Far steps leave any axis.
      guard !overflow, step.magnitude < 1 << 40, places[0].magnitude < 1 << 40 else { return nil }
      return places.indices.allSatisfy { places[$0] == places[0] + $0 * step }
        ? (places[0], step, count) : nil
    case .iota(let rule) where rule.axis == 0: return (0, 1, count)
    case .reshape:
      guard case .iota = op(of: source(of: indices)), type(of: source(of: indices)).rank == 1 else {
        return nil
      }
      return (0, 1, count)
    default: return nil
    }
  }
}
