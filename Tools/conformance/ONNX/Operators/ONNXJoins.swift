// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

extension ONNXOperators {
  static let joins: [String: Build] = [
    "Concat": single { call in
      let parts = try call.inputs.indices.map { try call.input($0) }
      return concatenate(parts, axis: try call.axis(call.integer("axis", 1), rank: parts[0].rank))
    },
    "Split": { call in
      let x = try call.input(0)
      let axis = try call.axis(call.integer("axis", 0), rank: x.rank)
      let extent = try call.extents(x)[axis]
      var sizes = try call.integers("split", orInput: 1) ?? []
      if sizes.isEmpty {
        // Equal parts; the last one is smaller where they do not fill the axis.
        let count = call.integer("num_outputs", call.node.outputs.count)
        let size = (extent + count - 1) / count
        sizes = (0..<count).map { Swift.min(size, Swift.max(extent - $0 * size, 0)) }
      }
      return split(x, sizes: sizes, axis: axis)
    },
    "Tile": single { call in try call.input(0).tiled(by: call.integers(1)) },
  ]
}
