// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The type of a value: element type and shape, `f32[?0,784]`.
public struct TensorType: Hashable, Sendable {
  public var dtype: DType
  public var shape: Shape

  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  public var rank: Int { shape.rank }
  public var isStatic: Bool { shape.isStatic }

  /// Bytes of the tensor, or nil while a symbol is unbound.
  public var byteCount: Int? { shape.elementCount.value.map { $0 * dtype.byteCount } }

  public func bound(by bindings: [Int: Dim]) -> TensorType { TensorType(dtype, shape.bound(by: bindings)) }

  public func with(dtype: DType) -> TensorType { TensorType(dtype, shape) }
  public func with(shape: Shape) -> TensorType { TensorType(dtype, shape) }
}

extension TensorType: CustomStringConvertible {
  public var description: String { dtype.name + shape.description }
}
