// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// Telling penguins apart by their bills, by rules with published numbers and by one that is fitted.
@Suite("Worked examples of penguins")
struct WorkedPenguinTests {
  static let engines: [Session.Engine] = [.native, .interpreter]
  let graph = Graph()

  /// All penguins, `[342, 2]`, and whether each is of a species that comes first, second or third here.
  private func table(_ species: Int) -> (bills: NDArray, labels: [Bool]) {
    let all = [PenguinBills.adelie, PenguinBills.gentoo, PenguinBills.chinstrap]
    let labels = all.enumerated().flatMap { index, numbers in
      Array(repeating: index == species, count: numbers.count / 2)
    }
    return (NDArray(all.flatMap { $0 }, shape: [labels.count, 2]), labels)
  }

  private func score(_ bills: Tensor, _ weights: [Double], _ bias: Double) -> Tensor {
    matmul(bills, graph.doubles(weights)) + bias
  }

  /// How many of all penguins a score above zero is right for.
  private func hits(_ score: (Tensor) -> Tensor, species: Int, engine: Session.Engine) throws -> Int {
    let (bills, labels) = table(species)
    let x = graph.placeholder(.float64, [nil, 2], name: "bills")
    let y = graph.placeholder(.bool, [nil], name: "labels")
    let count = ((score(x) .> 0) .== y).converted(to: .int32).sum()
    return Int(
      try Session(graph, engine: engine).run(count, feeding: [x: bills, y: NDArray(labels)]).scalar)
  }

  @Test("The table: so many of each species")
  func penguins() {
    #expect(
      [PenguinBills.adelie, PenguinBills.gentoo, PenguinBills.chinstrap].map { $0.count / 2 } == [
        151, 123, 68,
      ]
    )
    #expect(PenguinBills.adelie.prefix(4) == [39.1, 18.7, 39.5, 17.4])
    #expect(PenguinBills.chinstrap.suffix(2) == [50.2, 18.7])
  }

  @Test("E13 a score for Adelie penguins", arguments: engines)
  func adelie(engine: Session.Engine) throws {
    let z = score(graph.doubles([40, 20, 40, 15], [2, 2]), [-1.5, 2], 25)
    try expect(z, equals: [5, -5])
    try expect(sigmoid(z), equals: [0.993_307_149_1, 0.006_692_850_9], within: 1e-9)
    #expect(try hits({ score($0, [-1.5, 2], 25) }, species: 0, engine: engine) == 315)  // 92.1 %
  }

  @Test("E14 a score for Gentoo penguins", arguments: engines)
  func gentoo(engine: Session.Engine) throws {
    let z = score(graph.doubles([40, 15], [1, 2]), [0.5, -3], 28)
    try expect(z, equals: [3])
    try expect(sigmoid(z), equals: [0.952_574_126_8])
    #expect(try hits({ score($0, [0.5, -3], 28) }, species: 1, engine: engine) == 334)  // 97.7 %
  }

  @Test("E15 logistic regression with a penalty, by Newton's method", arguments: engines)
  func logisticRegression(engine: Session.Engine) throws {
    #expect(try hits({ score($0, [-1.37, 1.98], 24.29) }, species: 0, engine: engine) == 335)  // 97.95 %

    let (bills, labels) = table(0)
    let x = graph.constant(bills)
    let y = graph.constant(NDArray(labels)).converted(to: .float64)
    let parameters = graph.variable([3], initializer: .zeros, dtype: .float64, name: "parameters")
    let weights = parameters.value.sliced(axis: 0, to: 2)
    let z = matmul(x, weights) + parameters.value.sliced(axis: 0, from: 2).reshaped(to: [])
    // Half the square of the weights and the losses of all penguins; the bias goes free.
    let loss = 0.5 * square(weights).sum() + (softplus(z) - y * z).sum()
    let slope = graph.gradients(of: loss, withRespectTo: [parameters.value])[0]
    let curvature = graph.hessian(of: loss, withRespectTo: parameters.value)
    let step = parameters.assign(parameters.value - solve(curvature, slope))
    let session = try Session(graph, engine: engine)
    for _ in 0..<11 { _ = try session.run(step) }
    let fitted = try session.value(of: parameters).doubles
    // The least, to which Newton's method in another program came too.
    #expect(
      isClose(fitted, [-1.380_473_532_841, 1.988_682_940_449, 24.328_232_670_078], within: 1e-10), "\(fitted)"
    )
    let remainder = try session.run(slope).doubles.map { abs($0) }
    #expect(remainder.allSatisfy { $0 < 1e-8 }, "\(remainder)")
    // scikit-learn stops near it.
    #expect(isClose(fitted, [-1.3805, 1.9886, 24.3308], within: 2e-4))
    let right = ((z .> 0) .== (y .> 0)).converted(to: .int32).sum()
    #expect(try session.run(right).scalar == 336)  // 98.25 %
  }
}
