// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import Testing

/// Gradients where differences cannot tell: at ties, zeros and borders. Values are those of the rules' documentation.
@Suite struct GradientValueTests {
  /// The gradients of the given order of the sum of a program, at f64 vectors.
  func gradients(
    _ inputs: [[Double]], order: Int = 1, _ build: (ModuleBuilder, [Value]) throws -> Value
  ) throws -> [[Double]] {
    let b = ModuleBuilder()
    let parameters = inputs.map { b.addParameter(name: "", type: TensorType(.float64, [Dim($0.count)])) }
    var values = [try build(b, parameters)]
    for _ in 0..<order {
      var sum = try b.scalar(0, .float64)
      for value in values { sum = try b.add(sum, b.sum(value, axes: Array(0..<b.type(of: value).rank))) }
      values = try b.appendAll(.gradient(GradientOp()), [sum] + parameters)
    }
    let module = try Autodiff.expandGradients(
      b.module(results: values.map { Module.Result(name: "", value: $0) }))
    return try Interpreter.run(module, parameters: inputs.map { NDArray($0) }).results.map(\.doubles)
  }

  func expect<Values: Equatable>(
    _ given: Values, _ expected: Values, at place: Testing.SourceLocation = #_sourceLocation
  ) {
    #expect(given == expected, sourceLocation: place)
  }

  @Test func maxSharesTiesEvenly() throws {
    let values = try gradients([[3, 1, 3, 2, 3, 0]]) { b, x in try b.reduce(.max, x[0], axes: [0]) }
    expect(values, [[1.0 / 3, 0, 1.0 / 3, 0, 1.0 / 3, 0]])
    let least = try gradients([[3, 0, 3, 0]]) { b, x in try b.reduce(.min, x[0], axes: [0]) }
    expect(least, [[0, 0.5, 0, 0.5]])
  }

  /// Rows of [2, 3], reduced along one axis.
  @Test func maxSharesTiesRowByRow() throws {
    let values = try gradients([[1, 1, 0, 5, 6, 6]]) { b, x in
      try b.reduce(.max, b.reshape(x[0], to: [2, 3]), axes: [1])
    }
    expect(values, [[0.5, 0.5, 0, 0, 0.5, 0.5]])
  }

  /// Division-free: one zero leaves the product of the others, two leave nothing, and second derivatives are exact.
  @Test func productsWithZeros() throws {
    let product: (ModuleBuilder, [Value]) throws -> Value = { b, x in try b.reduce(.product, x[0], axes: [0])
    }
    expect(try gradients([[2, 0, 5, 3]], product), [[0, 30, 0, 0]])
    expect(try gradients([[2, 0, 5, 0]], product), [[0, 0, 0, 0]])
    // Each entry is the sum of the products of the others without one more, Σ_{j≠i} Π_{k≠i,j} x_k.
    expect(try gradients([[2, 0, 5, 3]], order: 2, product), [[15, 31, 6, 10]])
    expect(try gradients([[2, 0, 5, 0]], order: 2, product), [[0, 10, 0, 10]])
    expect(try gradients([[0, 0, 0]], order: 2, product), [[0, 0, 0]])
    expect(try gradients([[0, 0, 0]], order: 3, product), [[2, 2, 2]])
  }

  /// Derivatives of all orders of whole powers exist at 0.
  @Test func wholePowersAtZero() throws {
    let powers: (ModuleBuilder, [Value]) throws -> Value = { b, x in
      try b.apply(.power, x[0], b.append(.constant(ConstantOp(NDArray([0.0, 1, 2, 3])))))
    }
    let zero = [[0.0, 0, 0, 0]]
    expect(try gradients(zero, powers), [[0, 1, 0, 0]])
    expect(try gradients(zero, order: 2, powers), [[0, 0, 2, 0]])
    expect(try gradients(zero, order: 3, powers), [[0, 0, 0, 6]])
    expect(try gradients(zero, order: 4, powers), [[0, 0, 0, 0]])
    expect(try gradients(zero, order: 5, powers), [[0, 0, 0, 0]])
  }

  /// The same where one exponent serves all elements, and the slope of a square is a product.
  @Test(arguments: [0.0, 1, 2, 3]) func oneWholePowerAtZero(exponent: Double) throws {
    let power: (ModuleBuilder, [Value]) throws -> Value = { b, x in
      try b.apply(.power, x[0], b.full(exponent, like: x[0]))
    }
    for order in 1...5 {
      let factorial = (1...order).reduce(1, *)
      expect(try gradients([[0]], order: order, power), [[Double(order) == exponent ? Double(factorial) : 0]])
    }
    let slope = exponent * [0, 1, 3, 9][Int(exponent)]
    expect(try gradients([[3]], power), [[slope]])
  }

  @Test func otherPowersAtTheBorder() throws {
    // ∂x = y·x^(y − 1), ∂y = x^y·log x with 0 where x is 0.
    let values = try gradients([[0, 0, 0, 2, 0x1p-1060], [0, 2, 0.5, 0, 0]]) { b, x in
      try b.apply(.power, x[0], x[1])
    }
    expect(values[0], [0, 0, .infinity, 0, 0])
    expect(Array(values[1].prefix(4)), [0, 0, 0, 0.693_147_180_559_945_3])
    // ∂x∂y of x^y at y = 0 is 1 / x, and ∂y∂y is log² x.
    let mixed = try gradients([[4, 0], [0, 2]], order: 2) { b, x in try b.apply(.power, x[0], x[1]) }
    expect(mixed[0], [0.25, 2])
    #expect((mixed[1][0] - 0.25 - 1.921_812_055_672_805_8).magnitude < 1e-14)
    #expect(mixed[1][1] == 0)
  }

  @Test func tiesOfTwo() throws {
    for function in [ScalarFunction.maximum, .minimum] {
      let values = try gradients([[1, 2, 0.0], [1, 3, -0.0]]) { b, x in try b.apply(function, x[0], x[1]) }
      let first = function == .maximum ? 0.0 : 1
      expect(values, [[0.5, first, 0.5], [0.5, 1 - first, 0.5]])
    }
  }

  @Test func clampAtItsBounds() throws {
    let values = try gradients([[-2, -1, 0, 1, 2], [-1, -1, -1, -1, -1], [1, 1, 1, 1, 1]]) { b, x in
      try b.apply(.clamp, x[0], x[1], x[2])
    }
    expect(values, [[0, 1, 1, 1, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]])
  }

  /// At the origin, where they have no derivative, these have the gradient 0.
  @Test func distancesAndAnglesAtTheOrigin() throws {
    for function in [ScalarFunction.hypot, .atan2] {
      for order in 1...2 {
        let values = try gradients([[0, 0], [0, -0.0]], order: order) { b, x in
          try b.apply(function, x[0], x[1])
        }
        expect(values, [[0, 0], [0, 0]])
      }
    }
    // Squares that would overflow.
    let values = try gradients([[3e200], [4e200]]) { b, x in try b.apply(.hypot, x[0], x[1]) }
    #expect((values[0][0] - 0.6).magnitude < 1e-15 && (values[1][0] - 0.8).magnitude < 1e-15)
    expect(try gradients([[1e200, .infinity]]) { b, x in try b.apply(.atan, x[0]) }, [[0, 0]])
    expect(try gradients([[1e300]]) { b, x in try b.apply(.asinh, x[0]) }, [[1e-300]])
  }

  @Test func slopesAtTheEndsOfDomains() throws {
    expect(try gradients([[1, -1]]) { b, x in try b.apply(.asin, x[0]) }, [[.infinity, .infinity]])
    expect(try gradients([[1]]) { b, x in try b.apply(.acosh, x[0]) }, [[.infinity]])
    expect(try gradients([[0, -0.0]]) { b, x in try b.apply(.cbrt, x[0]) }, [[.infinity, .infinity]])
    expect(
      try gradients([[0, -2]]) { b, x in
        try b.apply(.copySign, x[0], b.append(.constant(ConstantOp(NDArray([-1.0, 1])))))
      }, [[0, -1]])
    let shares = try gradients([[1, .infinity, -.infinity, .infinity], [1, .infinity, -.infinity, 0]]) {
      b, x in
      try b.apply(.logAddExp, x[0], x[1])
    }
    expect(shares, [[0.5, 0.5, 0.5, 1], [0.5, 0.5, 0.5, 0]])
  }

  /// Third derivatives, by mpmath.
  @Test func gammaFunctionsToTheThirdOrder() throws {
    let points: [(Double, [Double])] = [
      (2.5, [0.7031566406452432, 0.4903577561002349, -0.2362040516417274]),
      (-1.5, [0.7031566406452432, 9.379246644989124, -0.2362040516417274]),
    ]
    for (x, expected) in points {
      for order in 1...3 {
        let value = try gradients([[x]], order: order) { b, x in try b.apply(.logGamma, x[0]) }[0][0]
        #expect((value - expected[order - 1]).magnitude < 1e-13 * max(1, expected[order - 1].magnitude))
      }
    }
  }

  @Test func jumpsOfTheSlope() throws {
    let slopes = try gradients([[-2, 0, -0.0, 3]]) { b, x in try b.apply(.abs, x[0]) }
    expect(slopes, [[-1, 0, 0, 1]])
    let relu = try gradients([[-1, 0, 2]]) { b, x in
      let zero = try b.full(0, like: x[0])
      return try b.select(b.apply(.greater, x[0], zero), x[0], zero)
    }
    expect(relu, [[0, 0, 1]])
  }

  /// The branch that is not chosen does not spoil the gradient of the one that is, when it is made safe.
  @Test func selectAroundASingularity() throws {
    let values = try gradients([[0, 4]]) { b, x in
      let positive = try b.apply(.greater, x[0], b.full(0, like: x[0]))
      let safe = try b.select(positive, x[0], b.full(1, like: x[0]))
      return try b.select(positive, b.apply(.sqrt, safe), b.full(0, like: x[0]))
    }
    expect(values, [[0, 0.25]])
  }

  /// A cotangent changes its type where its value did, and comes back in the type of the target.
  @Test func conversionsBetweenFloats() throws {
    let b = ModuleBuilder()
    let x = b.addParameter(name: "x", type: TensorType(.float32, [2]))
    let third = try b.full(1.0 / 3, TensorType(.float64, [2]))
    let loss = try b.multiply(b.convert(x, to: .float64), third)
    let gradient = try b.append(.gradient(GradientOp()), [loss, x])
    let module = try Autodiff.expandGradients(
      b.module(results: [Module.Result(name: "g", value: gradient)]))
    let result = try Interpreter.run(module, parameters: [NDArray([1 as Float, 2])]).results[0]
    #expect(result == NDArray([1 / 3 as Float, 1 / 3]))
  }

  @Test func variablesAreTargets() throws {
    let b = ModuleBuilder()
    let w = b.addVariable(name: "w", type: TensorType(.float64, [2]))
    let gradient = try b.append(.gradient(GradientOp()), [b.multiply(w, w), w])
    let updated = try b.subtract(w, gradient)
    let module = try Autodiff.expandGradients(
      b.module(results: [], updates: [Module.Update(variable: 0, value: updated)]))
    let outcome = try Interpreter.run(module, variables: [NDArray([3.0, -1])])
    #expect(outcome.updates[0] == NDArray([-3.0, 1]))
  }
}
