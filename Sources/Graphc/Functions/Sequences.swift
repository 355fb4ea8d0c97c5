// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Graph {
  /// `0, 1, …` up to `count`, of one axis.
  public func range(
    _ count: Extent, dtype: DType = .int32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("range", fileID, line)) { state, _ throws(BuildError) in
      try state.iota(dtype, state.filled([count]), axis: 0)
    }
  }

  @_disfavoredOverload
  public func range(
    _ count: Int, dtype: DType = .int32, fileID: String = #fileID, line: Int = #line
  ) -> Tensor {
    range(Extent(count), dtype: dtype, fileID: fileID, line: line)
  }

  /// `start, start + step, …` before `end`; of one axis, empty where `end` lies the other way.
  public func range(
    from start: Int, to end: Int, by step: Int = 1, dtype: DType = .int32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("range", fileID, line)) { state, _ throws(BuildError) in
      let (distance, overflow) = end.subtractingReportingOverflow(start)
      if step == 0 || overflow {
        throw BuildError("range.step", "there is no range from \(start) to \(end) by \(step)")
      }
      let isEmpty = distance == 0 || (distance < 0) != (step < 0)
      let count = isEmpty ? 0 : Int(clamping: (distance.magnitude - 1) / step.magnitude + 1)
      return try state.progression(
        .integer(start), .integer(step), count: count, in: .int64, as: dtype)
    }
  }

  /// `start, start + step, …` before `end`; of one axis, empty where `end` lies the other way. Computed in `float64`.
  @_disfavoredOverload
  public func range(
    from start: Double, to end: Double, by step: Double = 1, dtype: DType = .float32,
    fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("range", fileID, line)) { state, _ throws(BuildError) in
      guard let count = Int(exactly: ((end - start) / step).rounded(.up)) else {
        throw BuildError("range.step", "there is no range from \(start) to \(end) by \(step)")
      }
      return try state.progression(
        .real(start), .real(step), count: Swift.max(count, 0), in: .float64, as: dtype)
    }
  }

  /// `count` numbers at equal distances, the first `start` and the last `end`; of one axis.
  ///
  /// Computed in `float64` and from both ends, so that both are exact and the numbers are symmetric between them.
  public func linspace(
    from start: Double, through end: Double, count: Int, dtype: DType = .float32, fileID: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    build([], at: CallSite("linspace", fileID, line)) { state, _ throws(BuildError) in
      if count < 0 { throw BuildError("linspace.count", "a count of \(count) is negative") }
      let step = count > 1 ? (end - start) / Double(count - 1) : 0
      let forward = try state.progression(.real(start), .real(step), count: count, in: .float64, as: .float64)
      let back = try state.progression(.real(end), .real(-step), count: count, in: .float64, as: .float64)
      let backward = try state.reversed(back, axes: [0])
      let index = try state.iota(.int64, Shape([count]), axis: 0)
      let middle = try state.broadcast(
        state.constant(.integer((count + 1) / 2), as: .int64), to: Shape([count]))
      let isFirstHalf = try state.pointwise(.less, index, middle)
      return try state.converted(state.pointwise(.select, isFirstHalf, forward, backward), to: dtype)
    }
  }
}

/// Which axis of a grid the first vector runs along.
public enum GridIndexing: Hashable, Sendable {
  /// The second: `x` from left to right, `y` from top to bottom, as in NumPy.
  case xy
  /// The first, as matrices are indexed.
  case ij
}

/// For each vector its values spread over the grid of all of them: `[m]` and `[n]` give two `[n, m]`, or two `[m, n]`
/// with `.ij`. A scalar counts as one value.
public func meshgrid(
  _ vectors: [any TensorConvertible], indexing: GridIndexing = .xy, fileID: String = #fileID,
  line: Int = #line
) -> [Tensor] {
  guard let graph = vectors.first?.tensor.graph else { return [] }
  let site = CallSite("meshgrid", fileID, line)
  return graph.buildAll(vectors, at: site, poisonTypes: vectors.map { _ in nil }) {
    state, terms throws(BuildError) in
    var values: [Value] = []
    for term in terms {
      let value = try state.value(term)
      let type = state.type(of: value)
      if type.rank > 1 { throw BuildError("meshgrid.rank", "takes vectors, got \(type)") }
      values.append(try state.reshaped(value, to: Shape([type.shape.elementCount])))
    }
    var places = Array(values.indices)
    if indexing == .xy, places.count > 1 { places.swapAt(0, 1) }
    var dims = [Dim](repeating: 1, count: values.count)
    for (value, place) in zip(values, places) { dims[place] = state.type(of: value).shape[0] }
    var results: [Value] = []
    for (value, place) in zip(values, places) {
      results.append(try state.append(.broadcast(BroadcastOp(shape: Shape(dims), axes: [place])), [value]))
    }
    return results
  }
}

extension GraphState {
  /// `start + step · i` for each i below `count`, computed in one type and converted to another.
  fileprivate mutating func progression(
    _ start: Term, _ step: Term, count: Int, in dtype: DType, as result: DType
  ) throws(BuildError) -> Value {
    if count > GraphState.largestExtent {
      throw BuildError("range.count", "a range of \(count) numbers is too long")
    }
    let shape = Shape([count])
    let index = try iota(dtype, shape, axis: 0)
    let scaled = try pointwise(.multiply, index, broadcast(constant(step, as: dtype), to: shape))
    let sum = try pointwise(.add, broadcast(constant(start, as: dtype), to: shape), scaled)
    return try converted(sum, to: result)
  }
}
