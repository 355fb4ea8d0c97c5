// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension GraphState {
  /// What the tensors among the components of a subscript read of a part that the other components have cut out.
  mutating func taken(
    _ part: Value, _ terms: [Term], _ components: [IndexComponent]
  ) throws(BuildError) -> Value {
    if terms.isEmpty { return part }
    let axes = axesOfTensors(components, rank: type(of: part).rank)
    var places: [Value] = []
    for (term, axis) in zip(terms, axes) {
      places.append(
        try counted(indices(term), from: part, axes: [axis], isVector: false))
    }
    let dtype: DType = places.contains { type(of: $0).dtype == .int64 } ? .int64 : .int32
    let shape = try commonShape(places.map { type(of: $0).shape })
    var columns: [Value] = []
    for place in places { columns.append(try column(broadcast(converted(place, to: dtype), to: shape))) }
    let indices =
      columns.count == 1 ? columns[0] : try append(.concatenate(ConcatenateOp(axis: shape.rank)), columns)
    let result = try append(.gather(GatherOp(axes: axes)), [part, indices])
    let isOneBlock = axes[axes.count - 1] - axes[0] == axes.count - 1
    let rest = Array(shape.rank..<type(of: result).rank)
    let front = isOneBlock ? axes[0] : 0
    return try transposed(result, rest.prefix(front) + Array(0..<shape.rank) + rest.dropFirst(front))
  }

  /// The axes that the tensors index, among those that the other components leave.
  private func axesOfTensors(_ components: [IndexComponent], rank: Int) -> [Int] {
    let kept = components.count { component in
      switch component.content {
      case .position, .ellipsis: false
      case .range, .newAxis, .tensor: true
      }
    }
    var axes: [Int] = []
    var axis = 0
    for component in components {
      switch component.content {
      case .position: break
      case .ellipsis: axis += rank - kept
      case .tensor:
        axes.append(axis)
        axis += 1
      case .range, .newAxis: axis += 1
      }
    }
    return axes
  }
}
