// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// The extents of a tensor, outermost first.
public struct Shape: Hashable, Sendable {
  public var dims: [Dim]

  public init(_ dims: [Dim]) { self.dims = dims }
  public init(_ extents: [Int]) { dims = extents.map { Dim($0) } }

  public static let scalar = Shape([Dim]())

  public var rank: Int { dims.count }
  public subscript(axis: Int) -> Dim { dims[axis] }

  /// The extents as numbers, or nil while a symbol is unbound.
  public var extents: [Int]? {
    var result: [Int] = []
    result.reserveCapacity(dims.count)
    for dim in dims {
      guard let extent = dim.value else { return nil }
      result.append(extent)
    }
    return result
  }

  public var isStatic: Bool { dims.allSatisfy { $0.symbols.isEmpty } }
  public var hasUnknown: Bool { dims.contains { $0.isUnknown } }

  /// The number of elements, symbolic while a symbol is unbound; 1 for a scalar.
  public var elementCount: Dim { dims.reduce(Dim(1), *) }

  public func bound(by bindings: [Int: Dim]) -> Shape { Shape(dims.map { $0.bound(by: bindings) }) }

  /// Whether the two agree wherever both are known.
  public func matches(_ other: Shape) -> Bool {
    rank == other.rank
      && zip(dims, other.dims).allSatisfy { $0 == $1 || $0.isUnknown || $1.isUnknown }
  }

  public func removing(axes: [Int]) -> Shape {
    Shape(dims.indices.filter { !axes.contains($0) }.map { dims[$0] })
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Dim...) { dims = elements }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + dims.map(\.description).joined(separator: ",") + "]" }
}

/// Row-major strides, in elements, of a contiguous array with these extents.
public func rowMajorStrides(_ extents: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: extents.count)
  var step = 1
  for axis in extents.indices.reversed() {
    strides[axis] = step
    step *= max(extents[axis], 1)
  }
  return strides
}
