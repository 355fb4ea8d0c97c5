// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// What a shape can be given as, other than a list of extents: the shape of a tensor, unknown extents included, and an
/// array of numbers.
public protocol ShapeConvertible: Sendable {
  /// One for each axis.
  var extentList: [Extent] { get }
}

extension TensorShape: ShapeConvertible {
  public var extentList: [Extent] { (0..<rank).map(extent) }
}

extension [Int]: ShapeConvertible {
  public var extentList: [Extent] { map { Extent($0) } }
}
