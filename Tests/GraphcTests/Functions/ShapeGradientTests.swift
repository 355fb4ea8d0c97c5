// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// Gradients of order 1 and 2 of what moves elements. Cubes follow, so that the second ones are not zero and differ from
/// place to place.
@Suite("Gradients of functions of shapes")
struct ShapeGradientTests {
  private func cube(_ x: Tensor) -> Tensor { x * x * x }

  @Test("Rolling") func rolling() throws {
    try expectGradients([spread([2, 5])]) { cube($0[0].rolled(by: 2, axis: 1)) }
    try expectGradients([spread([3, 4])]) { cube($0[0].rolled(by: [-1, 3], axes: [0, 1])) }
    try expectGradients([spread([2, 3])]) { cube($0[0].rolled(by: 4)) }
  }

  /// Of Σ w · roll(x)³ the gradient is 3 · roll⁻¹(w) · x², that of its product with v 6 · roll⁻¹(w) · v · x.
  @Test("Rolling an axis whose extent a run decides", arguments: [1, -2]) func openRolling(_ shift: Int)
    throws
  {
    let graph = Graph()
    let x = graph.placeholder(.float64, [nil], name: "x")
    let (w, v) = ([2.0, 3, 5, 7], [1.0, -1, 2, 0.5])
    let objective = (cube(x.rolled(by: shift, axis: 0)) * graph.doubles(w)).sum()
    let slope = graph.gradients(of: objective, withRespectTo: [x])[0]
    let bend = graph.gradients(of: (slope * graph.doubles(v)).sum(), withRespectTo: [x])[0]
    let numbers = [1.0, -2, 0.5, 3]
    let values = try bothEngines([slope, bend], feeding: [x: NDArray(numbers)])
    let unrolled = (0..<4).map { w[($0 + shift + 4) % 4] }
    #expect(isClose(values[0].doubles, (0..<4).map { 3 * unrolled[$0] * numbers[$0] * numbers[$0] }))
    #expect(isClose(values[1].doubles, (0..<4).map { 6 * unrolled[$0] * v[$0] * numbers[$0] }))
  }

  @Test("Channels into pixels and back", arguments: Layout.allCases, [DepthOrder.dcr, .crd])
  func pixels(_ layout: Layout, _ mode: DepthOrder) throws {
    let isLast = layout == .channelsLast
    try expectGradients([spread(isLast ? [1, 2, 1, 8] : [1, 8, 2, 1])]) {
      cube(depthToSpace($0[0], block: 2, layout: layout, mode: mode))
    }
    try expectGradients([spread(isLast ? [1, 2, 4, 3] : [1, 3, 2, 4])]) {
      cube(spaceToDepth($0[0], block: 2, layout: layout, mode: mode))
    }
  }

  @Test("Pixels shuffled") func shuffling() throws {
    try expectGradients([spread([1, 9, 1, 2])]) { cube(pixelShuffle($0[0], factor: 3)) }
    try expectGradients([spread([2, 1, 4, 2])]) { cube(pixelUnshuffle($0[0], factor: 2)) }
  }

  @Test("Parts, and what they are joined to") func parts() throws {
    // Parts that meet in products: the second derivative crosses from one to the other.
    try expectGradients([spread([2, 6])]) {
      let parts = split($0[0], into: 3, axis: 1)
      return cube(parts[2]) * parts[0] + square(parts[1])
    }
    try expectGradients([spread([5, 2])]) {
      let parts = split($0[0], sizes: [2, 0, 3])
      return concatenate([cube(parts[2]), square(parts[0]) * parts[2].sum(), parts[1]])
    }
    try expectGradients([spread([2, 3]), spread([2, 3], -1, 1.3)]) {
      let joined = stack([$0[0], $0[1], $0[0] * $0[1]], axis: 1)
      return cube(joined)
    }
    try expectGradients([spread([3, 2, 2])]) {
      let slices = unstack($0[0], axis: -1)
      return stack([cube(slices[0]) * slices[1], square(slices[1])], axis: -1)
    }
  }

  @Test("Elements that a mask selects") func selection() throws {
    let mask = [true, false, true, true, false, true]
    // Room for all, with zeros behind them, and for some.
    for limit in [6, 4, 2] {
      try expectGradients([spread([2, 3])]) {
        let mask = $0[0].graph.constant(NDArray(mask, shape: [2, 3]))
        return cube(maskedSelect($0[0], mask, limit: limit).values)
      }
    }
    // The operand is repeated to the shape of the mask.
    try expectGradients([spread([3])]) {
      let mask = $0[0].graph.constant(NDArray(mask, shape: [2, 3]))
      return cube(maskedSelect($0[0], mask, limit: 5).values)
    }
  }

  /// Of Σ w · selected³ the gradient is 3 · w · x² where an element was selected, that of its product with v 6 · w · v · x.
  @Test("Elements that a mask made of themselves selects") func ownMask() throws {
    let graph = Graph()
    let x = graph.placeholder(.float64, [nil], name: "x")
    let values = maskedSelect(x, x .> 0, limit: 2).values
    let slope = graph.gradients(
      of: (cube(values) * graph.doubles([2, 5])).sum(), withRespectTo: [x])[0]
    let bend = graph.gradients(
      of: (slope * graph.doubles([1, 2, 3, 4, 5])).sum(), withRespectTo: [x])[0]
    let results = try bothEngines([slope, bend], feeding: [x: NDArray([-1.0, 3, -2, 0.5, 7])])
    #expect(isClose(results[0].doubles, [0, 54, 0, 3.75, 0]))
    #expect(isClose(results[1].doubles, [0, 72, 0, 60, 0]))
  }
}
