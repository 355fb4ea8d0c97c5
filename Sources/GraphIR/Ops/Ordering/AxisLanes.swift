// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The lanes of a row-major array along one axis: `outer · inner` of them, each of `length` elements that lie `inner`
/// apart.
public struct AxisLanes: Hashable, Sendable {
  /// The elements of the axes before, within and behind the axis.
  public let outer: Int
  public let length: Int
  public let inner: Int

  public var count: Int { outer * inner }

  public init(_ extents: [Int], axis: Int) {
    outer = extents[..<axis].reduce(1, *)
    length = extents[axis]
    inner = extents[(axis + 1)...].reduce(1, *)
  }

  /// The row-major position of an element of a lane.
  public func position(lane: Int, _ index: Int) -> Int {
    (lane / inner * length + index) * inner + lane % inner
  }
}

extension ModuleBuilder {
  /// The elements moved by one place along an axis, away from its start or towards it; a number fills the gap.
  func shifted(
    _ value: Value, axis: Int, towardsStart: Bool, filling number: Double
  ) throws(ConstraintViolation) -> Value {
    let type = type(of: value)
    guard let extents = type.shape.extents, extents[axis] > 0 else { return value }
    let zeros = extents.map { _ in 0 }
    var (starts, limits, low, high) = (zeros, extents, zeros, zeros)
    if towardsStart {
      starts[axis] = 1
      high[axis] = 1
    } else {
      limits[axis] -= 1
      low[axis] = 1
    }
    let part = try append(
      .slice(SliceOp(starts: starts, limits: limits, strides: extents.map { _ in 1 })), [value])
    return try append(
      .pad(PadOp(low: low, high: high, interior: zeros)), [part, scalar(number, type.dtype)])
  }
}

extension Attribute {
  init(_ name: String, flag: Bool) { self.init(name, .word(flag ? "true" : "false")) }
}
