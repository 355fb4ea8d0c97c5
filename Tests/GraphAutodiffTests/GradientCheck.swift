// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR

/// A differentiable program of f64 inputs.
struct GradientCase: Sendable, CustomStringConvertible {
  /// The mnemonic of the op that the case is about.
  let op: String
  let title: String
  let inputs: [Ladder]
  let build: @Sendable (ModuleBuilder, [Value]) throws -> Value

  init(
    _ op: String, _ title: String, _ inputs: [Ladder],
    _ build: @escaping @Sendable (ModuleBuilder, [Value]) throws -> Value
  ) {
    self.op = op
    self.title = title
    self.inputs = inputs
    self.build = build
  }

  var description: String { "\(op): \(title)" }
}

/// Evenly spaced numbers of an interval in a scrambled order: inputs that are no two alike, so that no maximum is near
/// a tie.
struct Ladder: Sendable {
  let shape: [Int]
  let low: Double
  let high: Double

  init(_ shape: [Int], _ low: Double = -1.7, _ high: Double = 2.1) {
    self.shape = shape
    self.low = low
    self.high = high
  }

  var values: [Double] {
    let count = shape.reduce(1, *)
    // 61 shares no factor with the sizes in use.
    return (0..<count).map { low + (high - low) * (Double($0 * 61 % count) + 0.5) / Double(count) }
  }
}

/// Compares gradients with finite differences along a direction, at a cost that does not depend on the inputs' size.
struct GradientCheck {
  /// Balances the error of the stencil, h⁴·f⁽⁵⁾/30, against that of rounding, ε·f/h.
  static let step = 0x1p-12
  static let tolerance = 1e-8

  let module: Module
  /// How many parameters the program has.
  let inputCount: Int

  /// The module whose results are `F` and its gradients, where `F` is the program weighted and summed (order 1), or a
  /// weighted sum of the gradients of the `F` of the order below.
  init(_ inputTypes: [TensorType], order: Int, _ build: (ModuleBuilder, [Value]) throws -> Value) throws {
    let b = ModuleBuilder()
    let inputs = inputTypes.enumerated().map { b.addParameter(name: "x\($0)", type: $1) }
    var objective = try GradientCheck.weighted([build(b, inputs)], b, seed: 1)
    var gradients = try b.appendAll(.gradient(GradientOp()), [objective] + inputs)
    for level in 1..<order {
      objective = try GradientCheck.weighted(gradients, b, seed: level * 31)
      gradients = try b.appendAll(.gradient(GradientOp()), [objective] + inputs)
    }
    module = try Autodiff.expandGradients(
      b.module(results: ([objective] + gradients).map { Module.Result(name: "", value: $0) }))
    inputCount = inputs.count
  }

  /// Σ weight · element over all values, with weights that differ from element to element.
  private static func weighted(_ values: [Value], _ b: ModuleBuilder, seed: Int) throws -> Value {
    var total = try b.scalar(0, .float64)
    for (position, value) in values.enumerated() {
      let extents = b.type(of: value).shape.extents ?? []
      let weights = NDArray(dtype: .float64, shape: extents) { noise($0, seed + position).bits }
      let product = try b.multiply(value, b.append(.constant(ConstantOp(weights))))
      total = try b.add(total, b.sum(product, axes: Array(extents.indices)))
    }
    return total
  }

  /// Numbers between ±1, at least 0.1 from 0.
  private static func noise(_ index: Int, _ seed: Int) -> Double {
    let fraction = (Double(index * 2 + seed) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    return fraction < 0.5 ? fraction * 1.8 - 1 : fraction * 1.8 - 0.8
  }

  private func value(at inputs: [[Double]], _ objective: Module) throws -> Double {
    try Interpreter.run(objective, parameters: arrays(inputs)).results[0].scalar
  }

  private func arrays(_ inputs: [[Double]]) -> [NDArray] {
    zip(inputs, module.parameters).map { NDArray($0, shape: $1.type.shape.extents ?? []) }
  }

  func gradients(at inputs: [[Double]]) throws -> [[Double]] {
    try Interpreter.run(module, parameters: arrays(inputs)).results.dropFirst().map(\.doubles)
  }

  /// The derivative along a direction as the gradients have it and as differences have it, and the size of what the
  /// former adds up.
  func derivatives(at inputs: [[Double]], seed: Int) throws -> (
    analytic: Double, numeric: Double, scale: Double
  ) {
    let direction = inputs.enumerated().map { position, input in
      input.indices.map { GradientCheck.noise($0, seed * 17 + position * 5) }
    }
    let objective = try Module(
      name: "objective", parameters: module.parameters, nodes: module.nodes, results: [module.results[0]]
    ).rebuilt()
    let along = { (distance: Double) in
      try value(
        at: zip(inputs, direction).map { x, v in zip(x, v).map { $0 + distance * $1 } }, objective)
    }
    let h = GradientCheck.step
    let numeric = try (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
    let terms = zip(try gradients(at: inputs), direction).flatMap { zip($0, $1).map { $0 * $1 } }
    return (terms.reduce(0, +), numeric, terms.reduce(0) { $0 + $1.magnitude })
  }
}
