// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let ordering: [String: Build] = [
    "CumSum": single { call in
      let (x, axis) = try cumulative(call)
      return cumulativeSum(x, axis: axis, exclusive: call.flag("exclusive"), reverse: call.flag("reverse"))
    },
    "CumProd": single { call in
      let (x, axis) = try cumulative(call)
      return cumulativeProduct(
        x, axis: axis, exclusive: call.flag("exclusive"), reverse: call.flag("reverse"))
    },
    "TopK": { call in
      let x = try call.input(0)
      guard let count = try call.optionalIntegers(1)?.first ?? call.integer("k") else {
        throw FixtureError("TopK lacks its count")
      }
      let (values, indices) = topK(
        x, count: count, axis: call.integer("axis", -1), largest: call.flag("largest", true))
      return [values, indices.converted(to: .int64)]
    },
    "Unique": { call in
      try call.require(call.flag("sorted", true), "the order of first occurrence")
      let x = call.has("axis") ? try call.input(0) : try call.input(0).flattened()
      let axis = try call.axis(call.integer("axis", 0), rank: x.rank)
      let distinct = unique(x, axis: axis, limit: try call.extents(x)[axis])
      let places = [distinct.firstIndices, distinct.inverse, distinct.counts].map { $0.converted(to: .int64) }
      call.builder.bound(distinct.values, axis: axis, count: distinct.count)
      for bounded in [places[0], places[2]] { call.builder.bound(bounded, axis: 0, count: distinct.count) }
      return [distinct.values] + places
    },
  ]

  private static func cumulative(_ call: ONNXCall) throws -> (Tensor, Int) {
    let x = try call.input(0)
    guard let axis = try call.integers(1).first else { throw FixtureError("\(call.node.op) lacks its axis") }
    return (x, try call.axis(axis, rank: x.rank))
  }
}
