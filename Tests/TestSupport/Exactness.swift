// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

extension Module {
  /// Whether machine code must give the interpreter's bits: the order of sums in a floating-point `dot` and the steps of
  /// a factorization are the implementation's, and nothing else is.
  ///
  /// The module has its gradients expanded.
  public var isExact: Bool {
    nodes.allSatisfy { node in
      switch node.op {
      case .dot: !node.types[0].dtype.isFloatingPoint
      case .lu, .cholesky, .triangularSolve, .solve, .qr, .svd, .eigh: false
      default: node.op.regions.allSatisfy(\.module.isExact)
      }
    }
  }
}

/// Whether two arrays have the same type and, but for the kinds of NaN, the same bits.
public func areSame(_ left: NDArray, _ right: NDArray) -> Bool {
  if left == right { return true }
  guard left.type == right.type, left.dtype.isFloatingPoint else { return false }
  return (0..<left.count).allSatisfy { index in
    left.bits(at: index) == right.bits(at: index)
      || left.number(at: index).isNaN && right.number(at: index).isNaN
  }
}

/// The first element in which two arrays differ, for people.
public func difference(_ left: NDArray, _ right: NDArray) -> String {
  guard left.type == right.type else { return "\(left.type) is not \(right.type)" }
  let index = (0..<left.count).first { left.bits(at: $0) != right.bits(at: $0) } ?? 0
  return "\(left.type): element \(index) is \(left.number(at: index)), not \(right.number(at: index))"
}
