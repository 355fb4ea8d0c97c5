// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// An element position as a linear function of loop indices: `offset + Σ strides[d] · index[d]`.
///
/// The indices are those of a kernel's domain followed by those of the stage's loop, outermost first.
public struct AffineMap: Hashable, Sendable {
  public var offset: Int
  public var strides: [Int]

  public init(offset: Int = 0, strides: [Int]) {
    self.offset = offset
    self.strides = strides
  }

  public static func constant(_ offset: Int, dimensions: Int) -> AffineMap {
    AffineMap(offset: offset, strides: [Int](repeating: 0, count: dimensions))
  }

  public static func + (lhs: AffineMap, rhs: AffineMap) -> AffineMap {
    AffineMap(offset: lhs.offset + rhs.offset, strides: zip(lhs.strides, rhs.strides).map { $0 + $1 })
  }

  public static func * (lhs: AffineMap, factor: Int) -> AffineMap {
    AffineMap(offset: lhs.offset * factor, strides: lhs.strides.map { $0 * factor })
  }

  public func callAsFunction(_ indices: [Int]) -> Int {
    zip(strides, indices).reduce(offset) { $0 + $1.0 * $1.1 }
  }

  /// In the names of a kernel's text: `d0, d1` for the domain, `l0` for the loop.
  func description(domainRank: Int) -> String {
    var terms: [String] = []
    for (position, stride) in strides.enumerated() where stride != 0 {
      let name = position < domainRank ? "d\(position)" : "l\(position - domainRank)"
      terms.append(stride == 1 ? name : stride == -1 ? "-\(name)" : "\(stride)*\(name)")
    }
    if offset != 0 || terms.isEmpty { terms.append(String(offset)) }
    return terms.joined(separator: " + ").replacingMinus
  }
}

extension String {
  fileprivate var replacingMinus: String {
    split(separator: "+ -", omittingEmptySubsequences: false).joined(separator: "- ")
  }
}
