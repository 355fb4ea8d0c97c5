// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Operators")
struct OperatorTests {
  let graph = Graph()

  @Test("Arithmetic with tensors, variables and numbers on both sides")
  func arithmetic() throws {
    let x = graph.vector([1, 2, -3])
    let v = graph.variable(initialValue: [4.0, 5.0, 6.0])
    #expect(try (x + v).numbers() == [5, 7, 3])
    #expect(try (v - x).numbers() == [3, 3, 9])
    #expect(try (v * v).numbers() == [16, 25, 36])
    #expect(try (v / x).numbers() == [4, 2.5, -2])
    #expect(try (2 - x).numbers() == [1, 0, 5])
    #expect(try (x * 0.5).numbers() == [0.5, 1, -1.5])
    #expect(try (6 / v).numbers().map { ($0 * 10).rounded() } == [15, 12, 10])
    #expect(try (-v + 1).numbers() == [-3, -4, -5])
    let factor: Float = 3
    let count = 2
    #expect(try (factor * x + count).numbers() == [5, 8, -7])
    #expect(try (x + NDArray([Float(1), 1, 1])).numbers() == [2, 3, -2])
  }

  @Test(
    "% has the sign of the left side, floorMod that of the right",
    arguments: [DType.int32, .float32, .float64])
  func remainders(dtype: DType) throws {
    let x = graph.constant([7, -7, 7, -7, 6, -6], dtype: dtype)
    let y = graph.constant([3, 3, -3, -3, 3, -3], dtype: dtype)
    #expect(try (x % y).numbers() == [1, -1, 1, -1, 0, 0])
    #expect(try floorMod(x, y).numbers() == [1, 2, -2, -1, 0, 0])
    #expect(try floorMod(x, 4).numbers() == [3, 1, 3, 1, 2, 2])
    #expect(floorMod(x, y).dtype == dtype)
  }

  @Test("floorMod of unsigned integers is the remainder")
  func unsignedRemainder() throws {
    let x = graph.constant([200, 7], dtype: .uint8)
    #expect(try floorMod(x, 16).numbers() == [8, 7])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Comparisons give bool; a NaN equals nothing")
  func comparisons() throws {
    let x = graph.vector([1, 2, .nan])
    let v = graph.variable(initialValue: [2.0, 2.0, 2.0])
    #expect(try (x .< v).numbers() == [1, 0, 0])
    #expect(try (x .<= v).numbers() == [1, 1, 0])
    #expect(try (v .> x).numbers() == [1, 0, 0])
    #expect(try (x .>= 2).numbers() == [0, 1, 0])
    #expect(try (2 .== x).numbers() == [0, 1, 0])
    #expect(try (x .!= x).numbers() == [0, 0, 1])
    #expect((x .< v).dtype == .bool)
  }

  @Test("Logic on bool")
  func logic() throws {
    let a = graph.constant([true, true, false, false])
    let b = graph.constant([true, false, true, false])
    #expect(try (a .& b).numbers() == [1, 0, 0, 0])
    #expect(try (a .| b).numbers() == [1, 1, 1, 0])
    #expect(try (a .^ b).numbers() == [0, 1, 1, 0])
    #expect(try (.!a).numbers() == [0, 0, 1, 1])
    #expect(try (a .& true).numbers() == [1, 1, 0, 0])
    #expect(try (a .== b).numbers() == [1, 0, 0, 1])
  }

  // These took the type checker seconds with an overload for each pair of types; together they take milliseconds.
  @Test("Long expressions of mixed operands")
  func expressions() throws {
    let w = graph.variable(initialValue: [0.5, -0.25])
    let (a, b, c, x) = (
      graph.vector([1, 2]), graph.vector([3, 4]), graph.vector([5, 6]), graph.vector([0, 1])
    )
    let gradients = graph.gradients(of: square(w - x).sum(), withRespectTo: [w])
    let updated = w - 0.1 * gradients[0]
    #expect(isClose(try updated.numbers(), [0.4, 0]))
    let sum = a * a * b + b + c
    #expect(try sum.numbers() == [11, 26])
    let logistic = 1 / (1 + exp(-x))
    #expect(isClose(try logistic.numbers(), [0.5, 0.731_058_6]))
    let gelu = 0.5 * x * (1 + tanh(0.797_884_56 * (x + 0.044_715 * x * x * x)))
    #expect(isClose(try gelu.numbers(), [0, 0.841_192]))
    let moment = 0.9 * w + 0.1 * gradients[0] * gradients[0]
    let step = w - 0.001 * moment / (sqrt(abs(moment)) + 1e-7) * 2 + a - c * 4
    #expect(step.shape == [2])
    let entropy = -(x * log(a) + (1 - x) * log(1 + c)).sum() / 2
    #expect(isClose(try entropy.numbers(), [-(1.791_759_5 + 0.693_147_2) / 2]))
    let polynomial = a * 2 + c * 3 - x * 4 + w * 5 - b * 6 + 7
    #expect(try polynomial.numbers() == [8.5, -0.25])
  }
}

@Suite("Functions of elements")
struct OperatorFunctionTests {
  let graph = Graph()

  @Test("Each function of one operand, against values from tables")
  func unary() throws {
    let x = graph.vector([0.5])
    let table: [(Tensor, Double)] = [
      (exp(x), 1.648_721_270_700_128), (expm1(x), 0.648_721_270_700_128), (log(x), -0.693_147_180_559_945),
      (log1p(x), 0.405_465_108_108_164), (sqrt(x), 0.707_106_781_186_547), (rsqrt(x), 1.414_213_562_373_095),
      (sin(x), 0.479_425_538_604_203), (cos(x), 0.877_582_561_890_373), (tan(x), 0.546_302_489_843_790),
      (tanh(x), 0.462_117_157_260_010), (sigmoid(x), 0.622_459_331_201_855), (erf(x), 0.520_499_877_813_047),
      (abs(-x), 0.5), (sign(-x), -1), (floor(x), 0), (ceil(x), 1), (round(x), 0), (square(x), 0.25),
      (relu(x), 0.5), (relu(-x), 0),
    ]
    for (tensor, expected) in table {
      #expect(isClose(try tensor.numbers(), [expected], within: 3e-7), "\(tensor)")
    }
  }

  @Test("Powers, extrema and bounds")
  func several() throws {
    let x = graph.vector([-2, 0.5, 3])
    #expect(isClose(try pow(x, 2).numbers(), [4, 0.25, 9]))
    #expect(isClose(try pow(2, x).numbers(), [0.25, 1.414_213_6, 8]))
    #expect(try pow(graph.constant([2, -3]), 3).numbers() == [8, -27])
    #expect(try maximum(x, 0).numbers() == [0, 0.5, 3])
    #expect(try minimum(1, x).numbers() == [-2, 0.5, 1])
    #expect(try clamp(x, -1, 1).numbers() == [-1, 0.5, 1])
    #expect(try clamp(x, graph.vector([0, 1, 2]), 2.5).numbers() == [0, 1, 2.5])
    #expect(try select(x .> 0, x, 0).numbers() == [0, 0.5, 3])
    #expect(try select(graph.constant(true), 1, x).numbers() == [1, 1, 1])
  }

  @Test("floor, ceil and round leave integers as they are")
  func integers() {
    let n = graph.constant([1, 2])
    #expect(floor(n) == n)
    #expect(ceil(n) == n)
    #expect(round(n) == n)
  }
}
