// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc

/// Cases of one peer, and how their computations are written with graphc.
protocol ConformanceSuite: Sendable {
  /// As the option `--suite` names it.
  var name: String { get }
  /// All cases of the files, in their order.
  var cases: [CaseInfo] { get }

  /// The computation of a case, in a graph of its own.
  /// - Throws: `NotCovered` where graphc has no counterpart; any other error is a failure of the case.
  func build(_ info: CaseInfo) throws -> BuiltCase
}

/// What is known of a case before it is built.
struct CaseInfo: Sendable {
  let name: String
  /// The row of the report that it counts in.
  let op: String
  /// The case's place in the files.
  let line: Int
  /// Whether gradients are stored for it.
  var hasGradient = false
  var hasSecondGradient = false
}

/// There is no counterpart for something that a case needs: what it is.
struct NotCovered: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// The computation of a case and the values that it must give.
struct BuiltCase {
  var graph: Graph
  var feeds: [Tensor: NDArray] = [:]
  var checks: [Check] = []

  init(graph: Graph) { self.graph = graph }
}

/// One value of a case.
struct Check {
  enum Kind: Sendable, CaseIterable {
    case forward, gradient, secondGradient
  }

  var kind = Kind.forward
  /// As messages name it.
  var name: String
  /// What to compute.
  var fetches: [Tensor]
  /// Makes the value from what was computed; for results whose size depends on data, which graphc computes in a
  /// bounded form with a count.
  var finish: @Sendable ([NDArray]) throws -> NDArray = { $0[0] }
  var expected: NDArray
  var tolerance: Tolerance

  init(
    _ name: String, _ tensor: Tensor, kind: Kind = .forward, equals expected: NDArray,
    within tolerance: Tolerance
  ) {
    self.kind = kind
    self.name = name
    fetches = [tensor]
    self.expected = expected
    self.tolerance = tolerance
  }

  /// Takes the first elements along an axis, as many as a scalar says.
  mutating func trim(_ axis: Int, to count: Tensor) {
    fetches.append(count)
    finish = { arrays in try Check.trimmed(arrays[0], axis, to: arrays[1]) }
  }

  private static func trimmed(_ array: NDArray, _ axis: Int, to count: NDArray) throws -> NDArray {
    let extent = array.shape[axis]
    guard let count = count.ints.first, (0...extent).contains(count) else {
      throw FixtureError("the count of a result is no number from 0 to \(extent)")
    }
    var shape = array.shape
    shape[axis] = count
    let inner = array.shape[(axis + 1)...].reduce(1, *)
    return NDArray(dtype: array.dtype, shape: shape) { (index: Int) in
      let (outer, rest) = index.quotientAndRemainder(dividingBy: count * inner)
      return array.bits(at: outer * extent * inner + rest)
    }
  }
}

/// How far a value may be from what is expected: `|a − e| ≤ absolute + relative · |e|`.
struct Tolerance: Sendable {
  var relative: Double
  var absolute: Double
}
