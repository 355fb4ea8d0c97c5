// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import Testing

/// Gradients of `scatter` where differences cannot tell: among zeros, ties and updates that meet. Values are
/// PyTorch's for `scatter_reduce` where it has them, otherwise by hand.
@Suite struct IndexingGradientTests {
  /// The gradients of the sum of a weighted scatter into `operand`, by operand and updates; at order 2 those of the sum
  /// of both.
  private func gradients(
    _ kind: ScatterOp.Kind, _ operand: [Double], _ indices: [Int], _ updates: [Double],
    weights: [Double]? = nil,
    order: Int = 1
  ) throws -> [[Double]] {
    let b = ModuleBuilder()
    let parameters = [operand, updates].map {
      b.addParameter(name: "", type: TensorType(.float64, [Dim($0.count)]))
    }
    let places = NDArray(indices.map { Int64($0) }, shape: [indices.count, 1])
    let result = try b.append(
      .scatter(ScatterOp(kind, axes: [0])),
      [parameters[0], b.append(.constant(ConstantOp(places))), parameters[1]])
    let factors = try b.append(.constant(ConstantOp(NDArray(weights ?? operand.map { _ in 1 }))))
    var values = [try b.multiply(result, factors)]
    for _ in 0..<order {
      let sum = try values.map { try b.sum($0, axes: [0]) }
      values = try b.appendAll(
        .gradient(GradientOp()), [sum.dropFirst().reduce(sum[0]) { try b.add($0, $1) }] + parameters)
    }
    let module = try Autodiff.expandGradients(
      b.module(results: values.map { Module.Result(name: "", value: $0) }))
    return try Interpreter.run(module, parameters: [NDArray(operand), NDArray(updates)]).results.map(
      \.doubles)
  }

  @Test func theLastSetTakesTheGradient() throws {
    let values = try gradients(
      .set, [1, 2, 3, 4], [2, 0, 2, 2], [5, 6, 7, 8], weights: [1, 10, 100, 1000])
    #expect(values == [[0, 10, 0, 1000], [0, 1, 0, 100]])
  }

  @Test func sumsHandTheGradientToAll() throws {
    let values = try gradients(.add, [1, 2, 3], [2, 0, 2], [5, 6, 7], weights: [1, 10, 100])
    #expect(values == [[1, 10, 100], [100, 1, 100]])
  }

  /// torch.tensor([2., 0, 3]).scatter_reduce(0, [0, 0, 1, 2, 2, 2], [5., 0, 4, 0, 0, 7], 'prod'), and more zeros.
  @Test func productsWithZeros() throws {
    let indices = [0, 0, 1, 2, 2, 2]
    let values = try gradients(.multiply, [2, 0, 3], indices, [5, 0, 4, 0, 0, 7])
    #expect(values == [[0, 4, 0], [0, 10, 0, 0, 0, 0]])
    let weighted = try gradients(
      .multiply, [0, 0, 3], [0, 1, 2, 2], [5, 0, 0, 7], weights: [1, 10, 100])
    #expect(weighted == [[5, 0, 0], [0, 0, 2100, 0]])
  }

  /// Σ over pairs of the product of all others, where two of the factors are zeros: no division could give it.
  @Test func secondDerivativesOfProductsWithZeros() throws {
    // 3 · 0 · 0 · 7 at one place: ∂² by the two zeros is 21, by any other pair 0.
    let values = try gradients(.multiply, [3], [0, 0, 0], [0, 0, 7], order: 2)
    #expect(values == [[0], [21, 21, 0]])
    // A third zero takes that too, and leaves it to the third derivative.
    #expect(try gradients(.multiply, [0], [0, 0, 0], [0, 0, 7], order: 2) == [[0], [0, 0, 0]])
    #expect(try gradients(.multiply, [0], [0, 0, 0], [0, 0, 7], order: 3) == [[14], [14, 14, 0]])
  }

  /// torch.tensor([1., 5, 2]).scatter_reduce(0, [0, 0, 1, 2], [4., 4, 5, 1], 'amax'): the operand's element counts.
  @Test func tiesShareTheGradient() throws {
    let most = try gradients(.max, [1, 5, 2], [0, 0, 1, 2], [4, 4, 5, 1], weights: [1, 1, 3])
    #expect(most == [[0, 0.5, 3], [0.5, 0.5, 0.5, 0]])
    let least = try gradients(.min, [1, 5, 2], [0, 0, 1, 2], [1, 1, 5, 3], weights: [3, 1, 1])
    #expect(least == [[1, 0.5, 1], [1, 1, 0.5, 0]])
  }

  /// Where a NaN is nothing equals the result, and other places are as ever, at second order too.
  @Test func nansTakeNoGradient() throws {
    for order in 1...2 {
      let values = try gradients(.max, [.nan, 1, 2], [0, 1, 2], [4, 3, 1], order: order)
      #expect(values == (order == 1 ? [[0, 0, 1], [0, 1, 0]] : [[0, 0, 0], [0, 0, 0]]))
    }
  }

  @Test func indicesHaveNone() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [4]))
    let place = try b.convert(b.reshape(x, to: [4, 1]), to: .int32)
    let loss = try b.append(.gather(GatherOp(axes: [0])), [b.full(1, like: x), place])
    guard case .cut(let cuts) = Autodiff.explainPath(in: b.nodes, from: loss, to: x) else {
      Issue.record("an index has a gradient")
      return
    }
    #expect(
      cuts.map { "\($0.mnemonic): \($0.reason)" } == ["convert: a conversion to i32 is a step function"])
    for op in [Op.gather(GatherOp(axes: [0])), .scatter(ScatterOp(.add, axes: [0]))] {
      #expect(op.rule.differentiability(of: 1) == .cut("an index has no derivative"))
    }
  }
}
