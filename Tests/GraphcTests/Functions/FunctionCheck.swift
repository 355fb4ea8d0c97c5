// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import TestSupport
import Testing

@testable import Graphc

/// The values of some tensors by machine code, after the interpreter has been found to agree.
func bothEngines(
  _ tensors: [Tensor], feeding feeds: [Tensor: NDArray] = [:],
  _ location: Testing.SourceLocation = #_sourceLocation
) throws -> [NDArray] {
  guard let graph = tensors.first?.graph else { return [] }
  let session = try Session(graph, seed: 1, threads: 1, options: CompilationOptions(strictOrder: true))
  let native = try session.run(tensors, feeding: feeds)
  let reference = try Session(graph, seed: 1, engine: .interpreter).run(tensors, feeding: feeds)
  if zip(native, reference).allSatisfy(areSame) { return native }
  let module = try session.extraction(tensors, targets: [], feeding: feeds).boundModule()
  let isExact = try Compiler.expanded(module).isExact
  for (left, right) in zip(native, reference) { expectAgreement(left, right, isExact: isExact, location) }
  return native
}

extension Tensor {
  /// The numbers of this tensor, the same by both engines.
  func values(
    feeding feeds: [Tensor: NDArray] = [:], _ location: Testing.SourceLocation = #_sourceLocation
  ) throws -> [Double] {
    try bothEngines([self], feeding: feeds, location)[0].doubles
  }
}

/// Expects numbers, to a relative tolerance, by both engines.
func expect(
  _ tensor: Tensor, equals expected: [Double], shape: [Int]? = nil, feeding feeds: [Tensor: NDArray] = [:],
  within tolerance: Double = 1e-6, _ location: Testing.SourceLocation = #_sourceLocation
) throws {
  let array = try bothEngines([tensor], feeding: feeds, location)[0]
  if let shape { #expect(array.shape == shape, sourceLocation: location) }
  #expect(
    isClose(array.doubles, expected, within: tolerance), "\(array.doubles) instead of \(expected)",
    sourceLocation: location)
}

extension Graph {
  /// Numbers of `f64`: a variable's, since what is made of constants alone would be folded before it is machine code.
  func doubles(_ numbers: [Double], _ shape: [Int]? = nil) -> Tensor {
    variable(initialValue: NDArray(numbers, shape: shape ?? [numbers.count])).tensor
  }
}

/// Numbers of an interval in a scrambled order, no two alike.
func spread(_ shape: [Int], _ low: Double = -1.7, _ high: Double = 2.1) -> NDArray {
  let count = shape.reduce(1, *)
  // 61 shares no factor with the sizes in use.
  let values = (0..<count).map { low + (high - low) * (Double($0 * 61 % count) + 0.5) / Double(count) }
  return NDArray(values, shape: shape)
}

/// Holds the gradients of a function against finite differences along a direction: those of its weighted sum, and of
/// the weighted sum of its gradients, up to an order.
func expectGradients(
  _ inputs: [NDArray], orders: Int = 2, within tolerance: Double = 1e-7,
  _ location: Testing.SourceLocation = #_sourceLocation, _ function: ([Tensor]) -> Tensor
) throws {
  let graph = Graph()
  let x = inputs.map { graph.placeholder(.float64, $0.shape.map { Extent($0) }) }
  let feeds = Dictionary(uniqueKeysWithValues: zip(x, inputs))
  var objective = weighted([function(x)], seed: 1)
  for order in 1...orders {
    let gradients = graph.gradients(of: objective, withRespectTo: x)
    #expect(graph.diagnostics.isEmpty, "\(graph.diagnostics)", sourceLocation: location)
    let session = try Session(graph, threads: 1)
    let direction = inputs.enumerated().map { position, input in
      (0..<input.count).map { noise($0, order * 17 + position * 5) }
    }
    let along = { (distance: Double) in
      let moved = zip(inputs, direction).map { input, v in
        NDArray(zip(input.doubles, v).map { $0 + distance * $1 }, shape: input.shape)
      }
      return try session.run(objective, feeding: Dictionary(uniqueKeysWithValues: zip(x, moved))).scalar
    }
    let h = 0x1p-11
    let numeric = try (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
    let values = try bothEngines(gradients, feeding: feeds, location)
    let terms = zip(values, direction).flatMap { zip($0.doubles, $1).map { $0 * $1 } }
    let analytic = terms.reduce(0, +)
    let scale = max(1, terms.reduce(0) { $0 + $1.magnitude })
    #expect(
      abs(analytic - numeric) <= tolerance * scale, "order \(order): \(analytic), differences say \(numeric)",
      sourceLocation: location)
    objective = weighted(gradients, seed: order * 31)
  }
}

/// Σ weight · element over all values, with weights that differ from element to element.
private func weighted(_ values: [Tensor], seed: Int) -> Tensor {
  let sums = values.enumerated().map { position, value in
    let extents = value.shape.extents ?? []
    let weights = (0..<extents.reduce(1, *)).map { noise($0, seed + position) }
    return (value * NDArray(weights, shape: extents)).sum()
  }
  return sums.dropFirst().reduce(sums[0]) { $0 + $1 }
}

/// Numbers between ±1, at least 0.1 from 0.
private func noise(_ index: Int, _ seed: Int) -> Double {
  let fraction = (Double(index * 2 + seed) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
  return fraction < 0.5 ? fraction * 1.8 - 1 : fraction * 1.8 - 0.8
}
