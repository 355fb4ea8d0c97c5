// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// What two runs of a program gave.
enum Outcomes {
  typealias Outcome = Result<Interpreter.Outcome, any Error>

  /// The error of a value with rounded products behind it, relative to the largest of its array and to the coarser of
  /// its own precision and theirs; rounded values meet tame functions only.
  private static let productTolerance = 4096.0

  /// In what two outcomes differ; nil when they are the same.
  ///
  /// - Parameter products: the relative precision of the coarsest sums without a fixed order, nil where every order is
  ///   fixed and no bit may differ.
  static func difference(_ expected: Outcome, _ given: Outcome, products: Double?) -> String? {
    switch (expected, given) {
    case (.failure, .failure): return nil
    case (.failure(let error), .success): return "succeeds, where the interpreter fails: \(error)"
    case (.success, .failure(let error)): return "fails: \(error)"
    case (.success(let expected), .success(let given)):
      guard expected.results.count == given.results.count, expected.updates.count == given.updates.count
      else {
        return "other numbers of results"
      }
      for (index, (left, right)) in zip(expected.results, given.results).enumerated() {
        if let text = difference(left, right, products) { return "result \(index): \(text)" }
      }
      for (variable, left) in expected.updates.sorted(by: { $0.key < $1.key }) {
        guard let right = given.updates[variable] else { return "variable \(variable) is not updated" }
        if let text = difference(left, right, products) {
          return "update of variable \(variable): \(text)"
        }
      }
      return nil
    }
  }

  private static func difference(_ left: NDArray, _ right: NDArray, _ products: Double?) -> String? {
    guard left.type == right.type else { return "\(right.type), not \(left.type)" }
    if left == right { return nil }
    let scale = left.doubles.lazy.map(\.magnitude).filter(\.isFinite).max() ?? 0
    let epsilon = max(left.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne), products ?? 0)
    for index in 0..<left.count where left.bits(at: index) != right.bits(at: index) {
      let (x, y) = (left.number(at: index), right.number(at: index))
      if x.isNaN && y.isNaN && left.dtype.isFloatingPoint { continue }
      if products != nil, left.dtype.isFloatingPoint,
        (x - y).magnitude <= productTolerance * epsilon * max(scale, 1)
      {
        continue
      }
      return "element \(index) of \(left.type) is \(y), not \(x)"
    }
    return nil
  }
}
