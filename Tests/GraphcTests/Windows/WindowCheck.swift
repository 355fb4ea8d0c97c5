// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

extension Graph {
  /// The numbers of a grid; a variable's, so that nothing is folded.
  func numbers(_ grid: Grid, _ dtype: DType = .float64) -> Tensor {
    variable(initialValue: NDArray(grid.numbers, shape: grid.shape)).converted(to: dtype)
  }
}

/// Tensors and what they must be, collected so that one run compiles and checks them all.
final class WindowCheck {
  let graph = Graph()
  private var cases: [(name: String, tensor: Tensor, expected: Grid)] = []

  func expect(_ tensor: Tensor, _ expected: Grid, _ name: String) { cases.append((name, tensor, expected)) }

  /// The same by the machine's code and by the interpreter: whole numbers are exact in any order.
  func run(_ location: Testing.SourceLocation = #_sourceLocation) throws {
    for engine in [Session.Engine.native, .interpreter] {
      let session = try Session(graph, threads: 1, engine: engine)
      let values = try session.run(cases.map(\.tensor))
      if engine == .native, cases.contains(where: { !$0.expected.numbers.isEmpty }) {
        #expect((session.report.compilations.last?.kernelCount ?? 0) > 0, sourceLocation: location)
      }
      for (value, (name, _, expected)) in zip(values, cases) {
        #expect(value.shape == expected.shape, "\(name)", sourceLocation: location)
        #expect(value.doubles == expected.numbers, "\(name), \(engine)", sourceLocation: location)
      }
    }
  }

  /// `[N, spatial…, C]` as `[N, C, spatial…]`.
  static func channelsFirst(_ x: Tensor) -> Tensor {
    let rank = x.shape.rank
    return x.transposed(permutation: [0, rank - 1] + Array(1..<rank - 1))
  }

  static func channelsLast(_ x: Tensor) -> Tensor {
    let rank = x.shape.rank
    return x.transposed(permutation: [0] + Array(2..<rank) + [1])
  }

  /// `[spatial…, C, O]` as `[O, C, spatial…]`.
  static func filterFirst(_ filter: Tensor) -> Tensor {
    let rank = filter.shape.rank
    return filter.transposed(permutation: [rank - 1, rank - 2] + Array(0..<rank - 2))
  }
}
