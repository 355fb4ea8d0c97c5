// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// How an array differs from what is expected.
struct Comparison {
  /// The largest |a − e| / max(|e|, absolute / relative tolerance).
  var relativeError = 0.0
  /// The largest |a − e|.
  var absoluteError = 0.0
  /// Why the array is not what is expected; nil where it is.
  var failure: String?

  /// Holds an array against another: shapes and element types must be the same, integers and truth values equal,
  /// and |a − e| ≤ absolute + relative · |e|, where NaN equals NaN and an infinity itself.
  init(_ actual: NDArray, _ expected: NDArray, within tolerance: Tolerance) {
    if actual.dtype != expected.dtype || actual.shape != expected.shape {
      failure = "is \(actual.type), expected \(expected.type)"
      return
    }
    if !expected.dtype.isFloatingPoint {
      if actual == expected { return }
      if let index = (0..<expected.count).first(where: { actual.bits(at: $0) != expected.bits(at: $0) }) {
        failure = Comparison.words(index, actual.number(at: index), expected.number(at: index))
      }
      return
    }
    let floor = tolerance.relative > 0 ? tolerance.absolute / tolerance.relative : 0
    var worst = (excess: 0.0, index: -1)
    for index in 0..<expected.count {
      let (a, e) = (actual.number(at: index), expected.number(at: index))
      if a == e || (a.isNaN && e.isNaN) { continue }
      let error = (a - e).magnitude
      let allowed = tolerance.absolute + tolerance.relative * e.magnitude
      // Not `error > allowed`, which a NaN passes.
      if !(error <= allowed) || e.isInfinite {
        let excess = error.isNaN || e.isInfinite ? Double.infinity : error / allowed
        if excess > worst.excess || worst.index < 0 { worst = (excess, index) }
        continue
      }
      absoluteError = max(absoluteError, error)
      relativeError = max(relativeError, error / max(e.magnitude, floor))
    }
    if worst.index >= 0 {
      let (a, e) = (actual.number(at: worst.index), expected.number(at: worst.index))
      failure = Comparison.words(worst.index, a, e)
    }
  }

  private static func words(_ index: Int, _ actual: Double, _ expected: Double) -> String {
    "element \(index) is \(actual), expected \(expected)"
  }
}
