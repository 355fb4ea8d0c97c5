// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphAutodiff
import GraphIR
import Testing

@Suite struct GradientPathTests {
  let b = ModuleBuilder()

  func parameter(_ dtype: DType = .float32, _ shape: Shape = [.symbol(0), 4]) -> Value {
    b.addParameter(name: "p\(b.parameters.count)", type: TensorType(dtype, shape))
  }

  func path(_ loss: Value, _ target: Value) -> GradientPath {
    Autodiff.explainPath(in: b.nodes, from: loss, to: target)
  }

  /// `mnemonic: reason` of each cut.
  func cuts(_ loss: Value, _ target: Value) throws -> [String] {
    let path = path(loss, target)
    guard case .cut(let cuts) = path else {
      Issue.record("\(path)")
      return []
    }
    return cuts.map { "\($0.mnemonic): \($0.reason)" }
  }

  @Test func differentiable() throws {
    let (x, y) = (parameter(), parameter())
    let loss = try b.multiply(b.apply(.floor, x), b.add(x, y))
    for target in [x, y, loss] {
      guard case .differentiable = path(loss, target) else {
        Issue.record("\(target)")
        continue
      }
    }
  }

  @Test func independent() throws {
    let (x, y) = (parameter(), parameter())
    let loss = try b.apply(.exp, x)
    let later = try b.apply(.sin, loss)
    for target in [y, later] {
      guard case .independent = path(loss, target) else {
        Issue.record("\(target)")
        continue
      }
    }
  }

  @Test func everyPathHasItsFirstCut() throws {
    let x = parameter()
    let square = try b.multiply(x, x)
    let stopped = try b.append(.stopGradient(StopGradientOp()), [square])
    let steps = try b.apply(.floor, b.apply(.round, square))
    let loss = try b.add(b.apply(.exp, stopped), steps)
    #expect(
      try cuts(loss, x) == [
        "stopGradient: the program says so",
        "round: it is a step function, its derivative is zero wherever it has one",
      ])
  }

  /// A cut that the loss does not see is not reported.
  @Test func onlyCutsOnThePathCount() throws {
    let x = parameter()
    _ = try b.apply(.floor, x)
    let loss = try b.append(.argReduce(ArgReduceOp(.max, axis: 1)), [x])
    let count = try b.convert(loss, to: .float32)
    #expect(try cuts(count, x) == ["argMax: an index does not move with the values it points to"])
  }

  @Test func conversionsThroughIntegers() throws {
    let x = parameter()
    let loss = try b.convert(b.convert(x, to: .int32), to: .float32)
    #expect(try cuts(loss, x) == ["convert: a conversion to i32 is a step function"])
  }

  @Test func comparisonsAndConditions() throws {
    let (x, y) = (parameter(), parameter())
    let loss = try b.select(b.apply(.less, x, y), y, b.full(0, TensorType(.float32, [.symbol(0), 4])))
    #expect(try cuts(loss, x) == ["less: a comparison has no derivative"])
    guard case .differentiable = path(loss, y) else {
      Issue.record("y is chosen")
      return
    }
  }

  @Test func integerTargets() throws {
    let x = parameter(.int32)
    let loss = try b.convert(x, to: .float32)
    #expect(
      try cuts(loss, x) == ["parameter: it is i32[?0,4], and only floating-point values have a gradient"])
  }

  @Test func cutsKnowTheirOrigin() throws {
    let x = parameter()
    let origin = Origin(location: SourceLocation(file: "M/Model.swift", line: 9), scope: "head", name: "top")
    let loss = try b.append(.pointwise(PointwiseOp(.sign)), [x], origin: origin)
    guard case .cut(let cuts) = path(loss, x) else {
      Issue.record("sign has no derivative")
      return
    }
    #expect(cuts.map(\.origin) == [origin])
    #expect(cuts.map(\.value) == [loss])
  }

  /// Gradient nodes are passed on the way, before they are expanded.
  @Test func throughGradientNodes() throws {
    let x = parameter()
    let gradient = try b.append(.gradient(GradientOp()), [b.apply(.exp, x), x])
    guard case .differentiable = path(gradient, x) else {
      Issue.record("a gradient depends on its target")
      return
    }
  }

  @Test func manyTargetsAtOnce() throws {
    let inputs = (0..<3).map { _ in parameter() }
    let loss = try b.add(b.apply(.exp, inputs[0]), b.apply(.floor, inputs[1]))
    let paths = Autodiff.explainPaths(in: b.nodes, from: loss, to: inputs)
    let words = paths.map { path in
      switch path {
      case .differentiable: "differentiable"
      case .independent: "independent"
      case .cut(let cuts): "cut at \(cuts.map(\.mnemonic))"
      }
    }
    #expect(words == ["differentiable", "cut at [\"floor\"]", "independent"])
  }
}
