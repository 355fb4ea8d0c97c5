// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import Testing

/// The walk itself, with ops whose rules are simple.
@Suite struct GradientWalkTests {
  let b = ModuleBuilder()

  func gradients(_ loss: Value, _ targets: [Value]) throws -> [Value] {
    try b.appendAll(.gradient(GradientOp()), [loss] + targets)
  }

  func run(_ values: [Value], _ parameters: [NDArray]) throws -> [[Double]] {
    let module = try b.module(results: values.map { Module.Result(name: "r", value: $0) })
    let expanded = try Autodiff.expandGradients(module)
    #expect(!expanded.nodes.contains { if case .gradient = $0.op { true } else { false } })
    return try Interpreter.run(expanded, parameters: parameters).results.map(\.doubles)
  }

  func parameter(_ shape: Shape = [2], _ dtype: DType = .float64) -> Value {
    b.addParameter(name: "p\(b.parameters.count)", type: TensorType(dtype, shape))
  }

  @Test func gradientOfASumOfProducts() throws {
    let (x, y) = (parameter(), parameter())
    let loss = try b.sum(b.add(b.multiply(x, y), b.multiply(x, x)), axes: [0])
    let values = try run(gradients(loss, [x, y]), [NDArray([3.0, -2]), NDArray([5.0, 7])])
    #expect(values == [[11, 3], [3, -2]])
  }

  /// A loss that is no scalar stands for the sum of its elements.
  @Test func lossOfAnyShape() throws {
    let x = parameter([2, 2])
    let values = try run(gradients(b.multiply(x, x), [x]), [NDArray([1.0, 2, 3, 4], shape: [2, 2])])
    #expect(values == [[2, 4, 6, 8]])
  }

  /// The walk starts with the cotangents of several outputs, one of which is there twice.
  @Test func givenCotangents() throws {
    let (x, y, c) = (parameter(), parameter(), parameter())
    let product = try b.multiply(x, y)
    let ones = try b.full(1, like: x)
    let op = Op.gradient(GradientOp(outputCount: 3))
    let gradients = try b.appendAll(op, [product, x, product, c, ones, ones, x, y])
    let values = try run(gradients, [NDArray([3.0, -2]), NDArray([5.0, 7]), NDArray([10.0, 20])])
    // (c + 1) y + 1 and (c + 1) x
    #expect(values == [[56, 148], [33, -42]])
  }

  @Test func stackedCotangents() throws {
    let (x, y) = (parameter(), parameter([]))
    let square = try b.multiply(x, b.multiply(x, b.broadcast(y, to: [2], axes: [])))
    for rows in 0..<4 {
      let stack = try b.append(
        .constant(ConstantOp(NDArray((0..<rows * 2).map { Double($0 + 1) }, shape: [rows, 2]))))
      let gradients = try b.appendAll(
        .gradient(GradientOp(outputCount: 1, stacked: true)), [square, stack, x, y])
      let values = try run(gradients, [NDArray([3.0, -2]), NDArray(scalar: 10.0)])
      for row in 0..<rows {
        let first = Double(2 * row + 1)
        let second = first + 1
        #expect(Array(values[0][2 * row..<2 * row + 2]) == [60 * first, -40 * second])
        #expect(values[1][row] == 9 * first + 4 * second)
      }
    }
  }

  /// What does not depend on the cotangents is there once.
  @Test func rowsShareTheirFactors() throws {
    let x = parameter()
    let stack = try b.full(1, TensorType(.float64, [5, 2]))
    let gradients = try b.appendAll(
      .gradient(GradientOp(outputCount: 1, stacked: true)), [b.apply(.sin, x), stack, x])
    let module = try b.module(results: [Module.Result(name: "r", value: gradients[0])])
    let expanded = try Autodiff.expandGradients(module)
    #expect(expanded.nodes.filter { $0.op.mnemonic == "cos" }.count == 1)
  }

  @Test func lossIsItsOwnTarget() throws {
    let x = parameter()
    let loss = try b.multiply(x, x)
    let values = try run(gradients(loss, [loss, x]), [NDArray([3.0, -2])])
    #expect(values == [[1, 1], [6, -4]])
  }

  @Test func independentTargetsGetZeros() throws {
    let (x, y) = (parameter(), parameter([3]))
    let loss = try b.multiply(x, x)
    let later = try b.multiply(loss, x)
    let values = try run(gradients(loss, [y, later]), [NDArray([3.0, -2]), NDArray([1.0, 1, 1])])
    #expect(values == [[0, 0, 0], [0, 0]])
  }

  /// An intermediate value is a target like any other, and cuts nothing behind it.
  @Test func intermediateTargets() throws {
    let x = parameter()
    let square = try b.multiply(x, x)
    let loss = try b.add(b.multiply(square, square), x)
    let values = try run(gradients(loss, [square, x]), [NDArray([3.0, -2])])
    #expect(values == [[18, 8], [109, -31]])
  }

  /// Equal expressions are one value; an identity sets one use apart.
  @Test func identitySetsOneUseApart() throws {
    let x = parameter()
    let apart = try b.append(.identity(IdentityOp(id: b.freshIdentity())), [x])
    let loss = try b.multiply(x, apart)
    let values = try run(gradients(loss, [x, apart]), [NDArray([3.0, -2])])
    #expect(values == [[6, -4], [3, -2]])
  }

  @Test func stopGradientCuts() throws {
    let x = parameter()
    let loss = try b.multiply(x, b.append(.stopGradient(StopGradientOp()), [x]))
    #expect(try run(gradients(loss, [x]), [NDArray([3.0, -2])]) == [[3, -2]])
  }

  @Test func gradientsOfGradients() throws {
    let x = parameter()
    // x⁴, its derivatives 4x³, 12x², 24x
    let square = try b.multiply(x, x)
    let first = try gradients(b.multiply(square, square), [x])[0]
    let second = try gradients(first, [x])[0]
    let third = try gradients(second, [x])[0]
    let values = try run([third, first, second], [NDArray([3.0, -2])])
    #expect(values == [[72, -48], [108, -32], [108, 48]])
  }

  /// The penalty on a gradient's size that gradient penalties use: a loss made of another gradient.
  @Test func gradientWithinALoss() throws {
    let (x, w) = (parameter(), parameter())
    let inner = try gradients(b.multiply(b.multiply(x, x), w), [x])[0]
    let penalty = try b.sum(b.multiply(inner, inner), axes: [0])
    // inner = 2xw, penalty = 4x²w², its derivative by w is 8x²w
    let values = try run(gradients(penalty, [w]), [NDArray([3.0, -2]), NDArray([5.0, 7])])
    #expect(values == [[360, 224]])
  }

  @Test func nodesSayWhereTheyComeFrom() throws {
    let x = parameter()
    let origin = Origin(location: SourceLocation(file: "A/Model.swift", line: 7), scope: "dense", name: "y")
    let loss = try b.append(.pointwise(PointwiseOp(.exp)), [x], origin: origin)
    let module = try b.module(results: [Module.Result(name: "g", value: gradients(loss, [x])[0])])
    let expanded = try Autodiff.expandGradients(module)
    let product = try #require(expanded.nodes.first { $0.op.mnemonic == "multiply" })
    #expect(
      product.origin
        == Origin(location: origin.location, scope: "dense", derivation: "gradient of exp"))
  }

  @Test func unboundShapesAreRefused() throws {
    let x = parameter([.symbol(0)])
    let module = try b.module(
      results: [Module.Result(name: "g", value: gradients(b.multiply(x, x), [x])[0])])
    #expect(throws: Diagnostic.self) { try Autodiff.expandGradients(module) }
    let bound = try Autodiff.expandGradients(module.bound(by: [0: 1]))
    #expect(try Interpreter.run(bound, parameters: [NDArray([2.0])]).results[0].doubles == [4])
  }

  /// Depth costs time in proportion and no stack.
  @Test func deepChains() throws {
    let x = parameter([])
    var value = x
    let depth = 20_000
    for _ in 0..<depth { value = try b.negate(value) }
    let path = Autodiff.explainPath(in: b.nodes, from: value, to: x)
    guard case .differentiable = path else {
      Issue.record("\(path)")
      return
    }
    let module = try b.module(results: [Module.Result(name: "g", value: gradients(value, [x])[0])])
    let expanded = try Autodiff.expandGradients(module)
    #expect(expanded.nodes.count == depth + 2)
  }
}
