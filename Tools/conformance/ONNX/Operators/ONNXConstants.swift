// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let constants: [String: Build] = [
    "Constant": single { call in
      if let value = try call.tensor("value") { return call.builder.constant(value) }
      if let value = call.real("value_float") { return call.builder.constant(NDArray(scalar: Float(value))) }
      if let value = call.integer("value_int") { return call.builder.constant(NDArray(scalar: Int64(value))) }
      if let values = call.integers("value_ints") { return call.builder.constant(values) }
      if let values = call.reals("value_floats") {
        return call.builder.constant(NDArray(values.map { Float($0) }))
      }
      throw NotCovered("a Constant that is no number")
    },
    "ConstantOfShape": single { call in
      let shape = try call.integers(0)
      let value = try call.tensor("value") ?? NDArray([Float(0)])
      return call.graph.constant(value).reshaped(to: []).broadcast(to: shape)
    },
    "Range": single { call in
      let (start, limit, step) = (try call.array(0), try call.array(1), try call.array(2))
      let count = Swift.max(Int(((limit.scalar - start.scalar) / step.scalar).rounded(.up)), 0)
      let steps = call.graph.range(Extent(count), dtype: start.dtype)
      return steps * call.graph.constant(step) + call.graph.constant(start)
    },
    "EyeLike": single { call in
      let x = try call.input(0)
      let extents = try call.extents(x)
      let rows = call.graph.range(Extent(extents[0])).expandingDims(at: 1)
      let columns = call.graph.range(Extent(extents[1]))
      let dtype = try call.integer("dtype").map { try call.dtype($0) } ?? x.dtype
      return (rows + call.integer("k", 0) .== columns).converted(to: dtype)
    },
    "OneHot": single { call in
      let (indices, values) = (try call.input(0), try call.input(2))
      guard let depth = try call.integers(1).first else { throw FixtureError("OneHot without a depth") }
      let wrapped = floorMod(indices.converted(to: .int64), depth)
      let axis = try call.axis(call.integer("axis", -1), rank: indices.rank + 1)
      var shape = Array(repeating: 1, count: indices.rank + 1)
      shape[axis] = depth
      let positions = call.graph.range(Extent(depth), dtype: .int64).reshaped(to: shape)
      // An index outside -depth ..< depth has no place.
      let isInside = ((indices .>= -depth) .& (indices .< depth)).expandingDims(at: axis)
      let isHot = (wrapped.expandingDims(at: axis) .== positions) .& isInside
      return select(isHot, values[1], values[0])
    },
  ]
}
