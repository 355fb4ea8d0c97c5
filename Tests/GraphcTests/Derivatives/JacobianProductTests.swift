// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Functions of f64 whose derivatives are compared with finite differences.
struct DerivativeCase: Sendable, CustomStringConvertible {
  let description: String
  let shapes: [[Int]]
  /// Outputs from inputs.
  let build: @Sendable (Graph, [Tensor]) -> [Tensor]

  init(
    _ description: String, _ shapes: [[Int]], _ build: @escaping @Sendable (Graph, [Tensor]) -> [Tensor]
  ) {
    self.description = description
    self.shapes = shapes
    self.build = build
  }

  static let all = [
    DerivativeCase("products and sines", [[3], [3]]) { _, x in [sin(x[0]) * x[1] * x[0]] },
    DerivativeCase("a softmax of a matrix product", [[2, 3], [3, 4]]) { _, x in
      [softmax(matmul(x[0], x[1]))]
    },
    DerivativeCase("two outputs, one of them a scalar", [[4], [2, 4]]) { _, x in
      [(x[0] * x[1]).sum(axis: 1), exp(x[0]).mean()]
    },
    DerivativeCase("a gelu behind a norm", [[3, 4]]) { _, x in
      let centered = x[0] - x[0].mean(axis: 1, keepDims: true)
      let norm = centered * rsqrt(square(centered).mean(axis: 1, keepDims: true) + 0.01)
      return [0.5 * norm * (1 + erf(norm * 0.5.squareRoot()))]
    },
    DerivativeCase("slices, joins and a maximum", [[5], [2]]) { _, x in
      let joined = concatenate([x[0].sliced(axis: 0, from: 1, to: 4), x[1] * x[1]])
      return [joined * joined.max(), tanh(joined)]
    },
    DerivativeCase("a scan and a branch", [[3, 2], [2]]) { graph, x in
      let (last, outputs) = graph.scan(over: x[0], from: x[1]) { h, row in
        let next = sin(h * row) + x[1]
        return (carry: next, output: next * h)
      }
      return [graph.cond(last.sum() .> 0, then: { last * x[1] }, else: { last }), outputs]
    },
    DerivativeCase("a map of checkpoints", [[2, 2], [2]]) { graph, x in
      [graph.map(over: x[0]) { row in graph.checkpoint(row) { tanh($0) * x[1] } }]
    },
  ]

  /// Inputs no two of which are alike.
  var inputs: [[Double]] {
    shapes.enumerated().map { (position: Int, shape: [Int]) -> [Double] in
      (0..<shape.reduce(1, *)).map { (index: Int) -> Double in
        let step = Double((index * 7 + position * 3) % 11)
        return 0.3 + 0.1 * step - 0.05 * Double(index)
      }
    }
  }

  func vectors(_ shapes: [[Int]], seed: Int) -> [[Double]] {
    shapes.enumerated().map { (position: Int, shape: [Int]) -> [Double] in
      (0..<shape.reduce(1, *)).map { (index: Int) -> Double in
        let step = Double((index * 5 + position * 3 + seed) % 7)
        return step / 3.5 - 0.9
      }
    }
  }
}

/// A case with its inputs as placeholders.
struct DerivativeProgram {
  let graph = Graph()
  let inputs: [Tensor]
  let outputs: [Tensor]
  let feeds: [Tensor: NDArray]

  init(_ derivativeCase: DerivativeCase) {
    let graph = graph
    inputs = derivativeCase.shapes.map { graph.placeholder(.float64, TensorShape($0), name: "x") }
    outputs = derivativeCase.build(graph, inputs)
    feeds = Dictionary(
      uniqueKeysWithValues: zip(zip(inputs, derivativeCase.shapes), derivativeCase.inputs).map {
        ($0.0, NDArray($1, shape: $0.1))
      })
  }

  var outputShapes: [[Int]] { outputs.map { $0.shape.extents ?? [] } }

  func arrays(_ numbers: [[Double]], like tensors: [Tensor]) -> [NDArray] {
    zip(numbers, tensors).map { NDArray($0, shape: $1.shape.extents ?? []) }
  }

  /// The derivative of tensors along a direction of the inputs, by differences.
  func difference(of tensors: [Tensor], along direction: [[Double]], in session: Session) throws -> [[Double]]
  {
    let h = 0x1p-12
    let at = { (distance: Double) in
      let moved = zip(inputs, direction).map { input, v in
        let array = feeds[input]!
        let numbers = zip(array.doubles, v).map { $0 + distance * $1 }
        return (input, NDArray(numbers, shape: array.shape))
      }
      return try session.run(tensors, feeding: Dictionary(uniqueKeysWithValues: moved)).map(\.doubles)
    }
    let (near, far) = (try zip(at(h), at(-h)), try zip(at(2 * h), at(-2 * h)))
    return zip(near, far).map { near, far in
      zip(zip(near.0, near.1), zip(far.0, far.1)).map { (8 * ($0.0 - $0.1) - ($1.0 - $1.1)) / (12 * h) }
    }
  }
}

@Suite("Products with the Jacobian matrix")
struct JacobianProductTests {
  private func dot(_ a: [[Double]], _ b: [[Double]]) -> Double {
    zip(a, b).reduce(0) { $0 + zip($1.0, $1.1).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  @Test("jvp agrees with differences, and vjp with jvp", arguments: DerivativeCase.all)
  func products(derivativeCase: DerivativeCase) throws {
    let program = DerivativeProgram(derivativeCase)
    let (graph, inputs, outputs) = (program.graph, program.inputs, program.outputs)
    let u = derivativeCase.vectors(derivativeCase.shapes, seed: 1)
    let v = derivativeCase.vectors(program.outputShapes, seed: 4)
    let forward = graph.jacobianVectorProduct(
      of: outputs, withRespectTo: inputs, vectors: program.arrays(u, like: inputs))
    let reverse = graph.vectorJacobianProduct(
      of: outputs, withRespectTo: inputs, vectors: program.arrays(v, like: outputs))
    #expect(forward.map(\.shape) == outputs.map(\.shape))
    #expect(reverse.map(\.shape) == inputs.map(\.shape))
    let session = try Session(graph, threads: 1)
    let values = try session.run(forward + reverse, feeding: program.feeds).map(\.doubles)
    let (columns, rows) = (Array(values[..<outputs.count]), Array(values[outputs.count...]))
    let numeric = try program.difference(of: outputs, along: u, in: session)
    for (column, expected) in zip(columns, numeric) { #expect(isClose(column, expected, within: 1e-9)) }
    #expect(
      abs(dot(v, columns) - dot(rows, u)) < 1e-12 * (1 + dot(v.map { $0.map(abs) }, v.map { $0.map(abs) })))
    let interpreted = try Session(graph, engine: .interpreter).run(forward + reverse, feeding: program.feeds)
    for (native, slow) in zip(values, interpreted) { #expect(isClose(native, slow.doubles, within: 1e-13)) }
  }

  @Test(
    "Products of second and third order agree with differences of those before", arguments: DerivativeCase.all
  )
  func orders(derivativeCase: DerivativeCase) throws {
    let program = DerivativeProgram(derivativeCase)
    let (graph, inputs) = (program.graph, program.inputs)
    let u = derivativeCase.vectors(derivativeCase.shapes, seed: 2)
    let vectors = program.arrays(u, like: inputs)
    let first = graph.jacobianVectorProduct(of: program.outputs, withRespectTo: inputs, vectors: vectors)
    let second = graph.jacobianVectorProduct(of: first, withRespectTo: inputs, vectors: vectors)
    let third = graph.jacobianVectorProduct(of: second, withRespectTo: inputs, vectors: vectors)
    let session = try Session(graph, threads: 1)
    for (lower, higher) in [(first, second), (second, third)] {
      let values = try session.run(higher, feeding: program.feeds).map(\.doubles)
      let numeric = try program.difference(of: lower, along: u, in: session)
      for (value, expected) in zip(values, numeric) { #expect(isClose(value, expected, within: 1e-7)) }
    }
  }

  @Test("hvp agrees with differences of the gradient", arguments: DerivativeCase.all)
  func hessianProducts(derivativeCase: DerivativeCase) throws {
    let program = DerivativeProgram(derivativeCase)
    let (graph, inputs) = (program.graph, program.inputs)
    let loss = program.outputs.map { square($0).sum() }.reduce(graph.constant(0.0, dtype: .float64), +)
    let u = derivativeCase.vectors(derivativeCase.shapes, seed: 3)
    let product = graph.hessianVectorProduct(
      of: loss, withRespectTo: inputs, vectors: program.arrays(u, like: inputs))
    let gradients = graph.gradients(of: loss, withRespectTo: inputs)
    let session = try Session(graph, threads: 1)
    let values = try session.run(product, feeding: program.feeds).map(\.doubles)
    let numeric = try program.difference(of: gradients, along: u, in: session)
    for (value, expected) in zip(values, numeric) { #expect(isClose(value, expected, within: 1e-8)) }
  }

  let graph = Graph()

  @Test("Vectors may be tensors, arrays and numbers; derivatives flow to tensors")
  func vectors() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let v = graph.placeholder(.float32, [nil], name: "v")
    let y = x * x
    let products = [
      graph.vectorJacobianProduct(of: [y], withRespectTo: [x], vectors: [v])[0],
      graph.vectorJacobianProduct(of: [y], withRespectTo: [x], vectors: [2])[0],
      graph.jacobianVectorProduct(of: [y], withRespectTo: [x], vectors: [0.5])[0],
      graph.jacobianVectorProduct(of: [y], withRespectTo: [x], vectors: [[1, 10] as NDArray])[0],
    ]
    // 2xv, its derivative with respect to v is 2x and with respect to x 2v.
    let second = graph.gradients(of: products[0], withRespectTo: [v, x])
    let values = try Session(graph).run(products + second, feeding: [x: [3, 5], v: [7, 11]])
    #expect(values.map(\.doubles) == [[42, 110], [12, 20], [3, 5], [6, 100], [6, 10], [14, 22]])
  }

  @Test("A cotangent that depends on the target is a constant to the product")
  func dependentVector() throws {
    let x = graph.placeholder(.float32, [2], name: "x")
    let product = graph.vectorJacobianProduct(of: [x * x], withRespectTo: [x], vectors: [x])[0]
    let next = graph.gradients(of: product, withRespectTo: [x])[0]
    let values = try Session(graph).run([product, next], feeding: [x: [3, 5]])
    // x · 2x, whose derivative counts both factors.
    #expect(values.map(\.doubles) == [[18, 50], [12, 20]])
  }

  @Test("Zeros where nothing depends, without an error; one output twice counts twice")
  func zeros() throws {
    let x = graph.placeholder(.float32, [2], name: "x")
    let z = graph.placeholder(.float32, [3], name: "z")
    let y = x * 3
    let rows = graph.vectorJacobianProduct(of: [y, y], withRespectTo: [x, z], vectors: [1, 10])
    let columns = graph.jacobianVectorProduct(of: [y, z], withRespectTo: [z], vectors: [2])
    let hessian = graph.hessianVectorProduct(of: y, withRespectTo: [x], vectors: [1])
    let values = try Session(graph).run(rows + columns + hessian, feeding: [x: [1, 2], z: [1, 2, 3]])
    #expect(values.map(\.doubles) == [[33, 33], [0, 0, 0], [0, 0], [2, 2, 2], [0, 0]])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("What only the sweep back computes is dropped from a jvp")
  func forwardCost() throws {
    let x = graph.placeholder(.float32, [4], name: "x")
    let y = exp(sin(x))
    let product = graph.jacobianVectorProduct(of: [y], withRespectTo: [x], vectors: [1])[0]
    let text = try Inspection(graph, fetches: [product], feeding: [x: [1, 2, 3, 4]]).text(of: .optimized)
    for (mnemonic, count) in [("exp", 1), ("sin", 1), ("cos", 1), ("multiply", 1)] {
      #expect(text.components(of: " = \(mnemonic) ") == count, "\(mnemonic) in \(text)")
    }
  }

  @Test("Mistakes")
  func mistakes() {
    let x = graph.placeholder(.float32, [2], name: "x")
    let n = graph.placeholder(.int32, [2], name: "n")
    let y = x * x
    let vjp = { (outputs: [Tensor], targets: [Tensor], vectors: [any TensorOperand]) in
      graph.vectorJacobianProduct(of: outputs, withRespectTo: targets, vectors: vectors)[0].complaint
    }
    #expect(
      vjp([y], [x], [])
        == "[vectors.count] vectorJacobianProduct: takes a vector for each output: 1, got 0")
    #expect(
      vjp([y], [x], [[1, 2, 3] as NDArray])
        == "[vectors.type] vectorJacobianProduct: vector 0 is f32[3], where output 0 is f32[2]")
    #expect(vjp([y], [x], [graph.constant([1.0, 2], dtype: .float64)]).hasPrefix("[vectors.type]"))
    #expect(vjp([], [x], []).hasPrefix("[vectorJacobianProduct.empty]"))
    #expect(vjp([n], [x], [1]).hasPrefix("[gradient.C2] vectorJacobianProduct: output 0 is i32[2]"))
    #expect(vjp([y], [n], [1]).hasPrefix("[gradient.C2] vectorJacobianProduct: target 0 is i32[2]"))
    #expect(
      vjp([floor(x)], [x], [1]).hasPrefix(
        "[gradient.cut] vectorJacobianProduct: no gradient of the output flows to placeholder \"x\": it is cut at floor"
      ))
    let jvp = graph.jacobianVectorProduct(of: [round(x), sign(x)], withRespectTo: [x], vectors: [1])
    #expect(jvp.allSatisfy { $0.shape == [2] })
    #expect(
      jvp[0].complaint.contains("no gradient of the outputs flows to placeholder \"x\": it is cut at round"))
    #expect(
      graph.jacobianVectorProduct(of: [n], withRespectTo: [x], vectors: [1])[0].complaint.hasPrefix(
        "[gradient.C2]"))
    #expect(graph.vectorJacobianProduct(of: [y], withRespectTo: [], vectors: [1]).isEmpty)
    #expect(
      graph.hessianVectorProduct(of: y, withRespectTo: [x, n], vectors: [1, 1])[0].complaint.hasPrefix(
        "[gradient.C2]"))
  }
}

extension String {
  /// How often a text is in this one.
  fileprivate func components(of text: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: text) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
