// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// What a graph knows about its symbols: `?1` is `?0`, `?2` is 784.
///
/// Two placeholders with unknown extents that meet in one expression must be fed with equal extents. The equation is
/// kept here, and types are compared and shown in its terms.
public struct SymbolEquations: Hashable, Sendable {
  /// By symbol what it stands for, in symbols that have no entry of their own.
  public private(set) var solutions: [Int: Dim] = [:]

  public init() {}

  public var isEmpty: Bool { solutions.isEmpty }

  public func canonical(_ dim: Dim) -> Dim { isEmpty ? dim : dim.bound(by: solutions) }
  public func canonical(_ shape: Shape) -> Shape { isEmpty ? shape : shape.bound(by: solutions) }
  public func canonical(_ type: TensorType) -> TensorType { isEmpty ? type : type.bound(by: solutions) }
  public func canonical(_ op: Op) -> Op { isEmpty ? op : op.bound(by: solutions) }

  /// Adds the equation `lhs = rhs`.
  ///
  /// Common factors are cancelled, which asks more than needed only where a factor is 0. Of two symbols the older one
  /// stays. Sums, and products of several symbols with another coefficient, are not solved.
  ///
  /// - Returns: false, and the equations are unchanged, when the two are known to differ or no symbol can be isolated.
  public mutating func unify(_ lhs: Dim, _ rhs: Dim) -> Bool {
    var (left, right) = (canonical(lhs), canonical(rhs))
    if left == right { return true }
    if left.isUnknown || right.isUnknown { return false }
    for symbol in left.symbols where right.symbols.contains(symbol) {
      guard let l = left.divided(by: .symbol(symbol)), let r = right.divided(by: .symbol(symbol)) else {
        continue
      }
      (left, right) = (l, r)
    }
    // The younger symbol goes, and a symbol rather than a number.
    if (left.symbols.last ?? -1) < (right.symbols.last ?? -1) { swap(&left, &right) }
    for (side, other) in [(left, right), (right, left)] where side.symbols.count == 1 {
      if let solution = other.divided(by: Dim(side.coefficient)) {
        solve(side.symbols[0], solution)
        return true
      }
    }
    return false
  }

  private mutating func solve(_ symbol: Int, _ solution: Dim) {
    let step = [symbol: solution]
    for key in solutions.keys { solutions[key] = solutions[key]?.bound(by: step) }
    solutions[symbol] = solution
  }
}
