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

  /// Why no tensor can have this type, or nil: an extent that is negative or unknown, a symbol out of range, or more
  /// bytes than 63 bits can count. Empty axes count as one long, so that strides fit as well.
  public var flaw: String? {
    // A text takes 16 bytes where it is kept.
    var bytes = max(dtype.byteCount, dtype == .string ? 16 : 1)
    for dim in shape.dims {
      if dim.isUnknown { return "an extent of \(self) is unknown, or too large for 63 bits" }
      if dim.coefficient < 0 { return "an extent of \(self) is negative" }
      if let symbol = dim.symbols.last, symbol > TensorType.greatestSymbol {
        return "the symbol ?\(symbol) is out of range: the greatest is ?\(TensorType.greatestSymbol)"
      }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(dim.coefficient, 1))
      if overflow { return "a tensor \(self) has more bytes than 63 bits can count" }
      bytes = product
    }
    return nil
  }

  /// Symbol numbers go from 0 to this.
  public static let greatestSymbol = Int(Int32.max)

  public func bound(by bindings: [Int: Dim]) -> TensorType { TensorType(dtype, shape.bound(by: bindings)) }

  public func with(dtype: DType) -> TensorType { TensorType(dtype, shape) }
  public func with(shape: Shape) -> TensorType { TensorType(dtype, shape) }
}

extension TensorType: CustomStringConvertible {
  public var description: String { dtype.name + shape.description }
}
