// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// NumPy's broadcasting: shapes are aligned at their last axes, and a missing axis or one of extent 1 is repeated.
extension GraphState {
  /// Demands that two shapes are equal; false, and nothing is demanded, when they cannot be.
  mutating func unifyShapes(_ lhs: Shape, _ rhs: Shape) -> Bool {
    var trial = builder.symbols
    guard lhs.rank == rhs.rank, zip(lhs.dims, rhs.dims).allSatisfy({ trial.unify($0, $1) }) else {
      return false
    }
    return zip(lhs.dims, rhs.dims).allSatisfy { unify($0, $1) }
  }

  /// The shape that all the given shapes broadcast to. Unknown extents that meet are equal from now on; one that
  /// meets a number other than 1 is that number.
  mutating func commonShape(_ shapes: [Shape]) throws(BuildError) -> Shape {
    var trial = builder.symbols
    guard let dims = GraphState.common(shapes, unify: { trial.unify($0, $1) }) else {
      throw BuildError("broadcast.mismatch", mismatch(shapes))
    }
    // Again, for the record: now that all is known to agree.
    _ = GraphState.common(shapes) { unify($0, $1) }
    return builder.symbols.canonical(Shape(dims))
  }

  private static func common(_ shapes: [Shape], unify: (Dim, Dim) -> Bool) -> [Dim]? {
    let rank = shapes.map(\.rank).max() ?? 0
    var result = [Dim](repeating: 1, count: rank)
    for shape in shapes {
      for (position, dim) in shape.dims.enumerated() {
        let axis = rank - shape.rank + position
        if result[axis] == 1 {
          result[axis] = dim
        } else if dim != 1, !unify(result[axis], dim) {
          return nil
        }
      }
    }
    return result
  }

  private func mismatch(_ shapes: [Shape]) -> String {
    let list = shapes.map(\.description)
    let text = list.dropLast().joined(separator: ", ") + " and " + (list.last ?? "")
    let rank = shapes.map(\.rank).max() ?? 0
    for distance in 1...max(rank, 1) {
      let dims = shapes.compactMap { $0.rank >= distance ? $0[$0.rank - distance] : nil }.filter { $0 != 1 }
      var trial = builder.symbols
      if let first = dims.first, let other = dims.first(where: { !trial.unify(first, $0) }) {
        return "the shapes \(text) do not broadcast together: axis -\(distance) is \(first) and \(other)"
      }
    }
    return "the shapes \(text) do not broadcast together"
  }

  /// A value repeated to a shape that it broadcasts to.
  mutating func broadcast(_ value: Value, to shape: Shape) throws(BuildError) -> Value {
    let operand = type(of: value).shape
    if operand == shape { return value }
    let axes = Array(shape.rank - operand.rank..<shape.rank)
    return try append(.broadcast(BroadcastOp(shape: shape, axes: axes)), [value])
  }

  /// The values repeated to their common shape.
  mutating func broadcast(_ values: [Value]) throws(BuildError) -> [Value] {
    let shape = try commonShape(values.map { type(of: $0).shape })
    var result: [Value] = []
    for value in values { result.append(try broadcast(value, to: shape)) }
    return result
  }
}
