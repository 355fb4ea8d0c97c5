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
}

/// How far a value may be from what is expected: `|a − e| ≤ absolute + relative · |e|`.
struct Tolerance: Sendable {
  var relative: Double
  var absolute: Double
}
