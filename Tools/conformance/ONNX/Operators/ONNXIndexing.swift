// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let indexing: [String: Build] = [
    "Gather": single { call in
      let x = try call.input(0)
      return take(x, try call.input(1), axis: try call.axis(call.integer("axis", 0), rank: x.rank))
    },
    "GatherElements": single { call in
      let x = try call.input(0)
      let axis = try call.axis(call.integer("axis", 0), rank: x.rank)
      return takeAlong(x, try call.input(1), axis: axis, broadcasts: false)
    },
    "GatherND": single { call in
      gatherND(try call.input(0), try call.input(1), batchAxes: call.integer("batch_dims", 0))
    },
    "Scatter": single(scatterElements),
    "ScatterElements": single(scatterElements),
    "ScatterND": single { call in
      scatter(into: try call.input(0), at: try call.input(1), try call.input(2), mode: try mode(call))
    },
    "TensorScatter": single(tensorScatter),
    "ReverseSequence": single(reverseSequence),
    "NonZero": single { call in
      let x = try call.input(0)
      let (indices, count) = nonZero(x, limit: try call.extents(x).reduce(1, *))
      let result = indices.transposed().converted(to: .int64)
      call.builder.bound(result, axis: 1, count: count)
      return result
    },
    "Compress": single { call in
      let condition = try call.input(1)
      let x = call.has("axis") ? try call.input(0) : try call.input(0).flattened()
      let axis = try call.axis(call.integer("axis", 0), rank: x.rank)
      let (indices, count) = nonZero(condition, limit: try call.extents(condition)[0])
      let result = take(x, indices.squeezing(axes: [1]), axis: axis)
      call.builder.bound(result, axis: axis, count: count)
      return result
    },
  ]

  private static func mode(_ call: ONNXCall) throws -> ScatterMode {
    switch call.text("reduction", "none") {
    case "none": .set
    case "add": .add
    case "mul": .multiply
    case "max": .max
    case "min": .min
    case let name: throw NotCovered("the reduction \(name) of \(call.node.op)")
    }
  }

  private static func scatterElements(_ call: ONNXCall) throws -> Tensor {
    let x = try call.input(0)
    let axis = try call.axis(call.integer("axis", 0), rank: x.rank)
    return scatterAlong(
      into: x, try call.input(1), try call.input(2), axis: axis, mode: try mode(call), broadcasts: false)
  }

  /// Writes a stretch of a cache, from a position for each entry of the batch on.
  private static func tensorScatter(_ call: ONNXCall) throws -> Tensor {
    let (cache, update) = (try call.input(0), try call.input(1))
    let axis = try call.axis(call.integer("axis", -2), rank: cache.rank)
    let extents = try call.extents(update)
    var along = Array(repeating: 1, count: cache.rank)
    along[axis] = extents[axis]
    var positions = call.graph.range(Extent(extents[axis]), dtype: .int64).reshaped(to: along)
    if let start = call.optional(2) {
      positions = positions + start.reshaped(to: [-1] + Array(repeating: 1, count: cache.rank - 1))
    }
    if call.text("mode", "linear") == "circular" {
      positions = floorMod(positions, try call.extents(cache)[axis])
    }
    return scatterAlong(into: cache, positions.broadcast(to: extents), update, axis: axis)
  }

  /// The first elements of each sequence in reverse order, the others as they are.
  private static func reverseSequence(_ call: ONNXCall) throws -> Tensor {
    let (x, lengths) = (try call.input(0), try call.input(1))
    let extents = try call.extents(x)
    let (time, batch) = (call.integer("time_axis", 0), call.integer("batch_axis", 1))
    let along = { (axis: Int) in x.shape.indices.map { $0 == axis ? extents[axis] : 1 } }
    let steps = call.graph.range(Extent(extents[time]), dtype: .int64).reshaped(to: along(time))
    let counts = lengths.reshaped(to: along(batch))
    let positions = select(steps .< counts, counts - 1 - steps, steps)
    return takeAlong(x, positions.broadcast(to: extents), axis: time)
  }
}
