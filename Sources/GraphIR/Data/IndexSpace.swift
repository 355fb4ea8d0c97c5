// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The points of a row-major index space; for references that are slow and obvious.
public struct IndexSpace: Sendable {
  public let extents: [Int]
  public let strides: [Int]
  public var count: Int { extents.reduce(1, *) }

  public init(_ extents: [Int]) {
    self.extents = extents
    strides = rowMajorStrides(extents)
  }

  /// The index along each axis of the element at a linear position.
  public func point(at linear: Int) -> [Int] {
    extents.indices.map { linear / strides[$0] % max(extents[$0], 1) }
  }

  public func linear(_ point: [Int]) -> Int {
    zip(point, strides).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension NDArray {
  /// The array whose element at each point of `extents` is the operand's element at `source(point)`.
  static func gathered(
    from operand: NDArray, extents: [Int], source: ([Int]) -> [Int]
  ) -> NDArray {
    let result = IndexSpace(extents)
    let space = IndexSpace(operand.shape)
    return NDArray(dtype: operand.dtype, shape: extents) { index in
      operand.bits(at: space.linear(source(result.point(at: index))))
    }
  }
}

/// The extents of a static type, or a fault that names the unbound shape.
func staticExtents(_ type: TensorType) throws(EvaluationFault) -> [Int] {
  guard let extents = type.shape.extents else {
    throw EvaluationFault("the shape \(type.shape) is not bound to numbers")
  }
  return extents
}
