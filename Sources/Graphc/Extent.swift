// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// One extent of a shape as a program writes it: a number, `nil` for one that each run decides, or a name that
/// several shapes share.
///
///     let x = graph.placeholder(.float32, ["batch", 784])
///     let labels = graph.placeholder(.int32, ["batch"])
///
/// In a reshape, `-1` or `nil` stands for whatever is left.
public struct Extent: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    case dim(Dim)
    case unknown
    case named(String)
  }

  let content: Content

  init(_ dim: Dim) { content = .dim(dim) }

  public init(_ extent: Int) { content = .dim(Dim(extent)) }
  private init(_ content: Content) { self.content = content }

  /// Known when the graph runs.
  public static let unknown = Extent(Content.unknown)

  /// Known when the graph runs, and the same wherever this name stands in the graph.
  public static func named(_ name: String) -> Extent { Extent(Content.named(name)) }

  /// The number, or nil while only a run decides.
  public var value: Int? {
    if case .dim(let dim) = content { return dim.value }
    return nil
  }

  /// The product of two extents that come from numbers or from `TensorShape.extent`; unknown for any other.
  public static func * (lhs: Extent, rhs: Extent) -> Extent {
    guard case .dim(let left) = lhs.content, case .dim(let right) = rhs.content else { return .unknown }
    return Extent(left * right)
  }
}

extension Extent: ExpressibleByIntegerLiteral, ExpressibleByNilLiteral, ExpressibleByStringLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
  public init(nilLiteral: ()) { self = .unknown }
  public init(stringLiteral name: String) { self = .named(name) }
}

extension Extent: CustomStringConvertible {
  public var description: String {
    switch content {
    case .dim(let dim): dim.description
    case .unknown: "?"
    case .named(let name): name
    }
  }
}

/// The shape of a tensor: a number for each axis, nil where only a run decides.
///
/// It remembers which unknown extents are equal, so that `y.reshaped(to: x.shape)` works for any batch. The shape of an
/// invalid tensor has an unknown rank, shows no axes and answers nil to every subscript.
public struct TensorShape: Hashable, Sendable {
  /// nil when not even the rank is known.
  let dims: Shape?

  init(_ dims: Shape?) { self.dims = dims }

  public init(_ extents: [Int]) { dims = Shape(extents) }

  /// The number of axes; 0 where the rank is unknown.
  public var rank: Int { dims?.rank ?? 0 }

  /// Whether nothing is known, as for the result of an invalid expression.
  public var isUnknown: Bool { dims == nil }

  /// The extents when all are numbers.
  public var extents: [Int]? { dims?.extents }

  /// The extent along an axis, counted from the end when negative, in a form that other shapes can take; unknown for
  /// an axis that is not there.
  public func extent(_ axis: Int) -> Extent {
    guard let dims, let axis = resolved(axis) else { return .unknown }
    return Extent(dims[axis])
  }

  private func resolved(_ axis: Int) -> Int? {
    let index = axis < 0 ? axis + rank : axis
    return (0..<rank).contains(index) ? index : nil
  }
}

extension TensorShape: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { rank }

  /// The extent along an axis, counted from the end when negative; nil when only a run decides, or when there is no
  /// such axis.
  public subscript(axis: Int) -> Int? { extent(axis).value }
}

extension TensorShape {
  /// Whether the numbers are the same, with nil for what only a run decides.
  public static func == (lhs: TensorShape, rhs: [Int?]) -> Bool { !lhs.isUnknown && Array(lhs) == rhs }
  public static func != (lhs: TensorShape, rhs: [Int?]) -> Bool { !(lhs == rhs) }
}

extension TensorShape: CustomStringConvertible {
  /// `[?0,784]`, or `?` when not even the rank is known.
  public var description: String { dims?.description ?? "?" }
}
