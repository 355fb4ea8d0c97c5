// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import GraphcModels

/// A workload of the peers' benchmark scripts, by their name; behind a colon the form in which it is run.
struct Workload: Sendable {
  let name: String
  /// Builds the graph and the session, and returns one step.
  let make: @Sendable (_ threads: Int) throws -> () throws -> Void

  static let all = [
    Workload(name: "scalar_graph", make: scalarGraph),
    Workload(name: "scalar_graph:callable", make: scalarCallable),
    Workload(name: "xor_mlp", make: xor),
    Workload(name: "xor_mlp:callable", make: xorCallable),
    Workload(name: "iris_mlp", make: iris),
  ]

  /// a·a·b + b + 3, two numbers fed and the value fetched at every run.
  private static func scalarGraph(threads: Int) throws -> () throws -> Void {
    let graph = Graph()
    let a = graph.placeholder(.float32, [], name: "a")
    let b = graph.placeholder(.float32, [], name: "b")
    let value = a * a * b + b + 3
    let session = try Session(graph, threads: threads)
    return {
      let result = try session.run(
        value, feeding: [a: NDArray(scalar: Float(1.5)), b: NDArray(scalar: Float(2.5))])
      guard result.scalar == 11.125 else { throw WrongResult(value: result.scalar) }
    }
  }

  /// The same through a callable.
  private static func scalarCallable(threads: Int) throws -> () throws -> Void {
    let graph = Graph()
    let a = graph.placeholder(.float32, [], name: "a")
    let b = graph.placeholder(.float32, [], name: "b")
    let value = a * a * b + b + 3
    let step = try Session(graph, threads: threads).callable(value, feeding: [a, b])
    return {
      let result = try step(NDArray(scalar: Float(1.5)), NDArray(scalar: Float(2.5)))[0]
      guard result.scalar == 11.125 else { throw WrongResult(value: result.scalar) }
    }
  }

  private struct WrongResult: Error { let value: Double }

  /// A training step of 2-2-1 with sigmoids on the four rows of exclusive or: MSE, gradient descent 0.25.
  private static func xor(threads: Int) throws -> () throws -> Void {
    let model = XORModel(learningRate: 0.25)
    let session = try Session(model.graph, threads: threads)
    let feeds = [model.inputs: XORModel.table.inputs, model.targets: XORModel.table.targets]
    return { try session.run(model.train, feeding: feeds) }
  }

  /// The same through a callable.
  private static func xorCallable(threads: Int) throws -> () throws -> Void {
    let model = XORModel(learningRate: 0.25)
    let session = try Session(model.graph, threads: threads)
    let step = try session.callable(model.train, feeding: [model.inputs, model.targets])
    let table = XORModel.table
    return { _ = try step(table.inputs, table.targets) }
  }

  /// A training step of 4-8-3 on one synthetic batch of 16: softmax cross-entropy, Adam 1e-5.
  private static func iris(threads: Int) throws -> () throws -> Void {
    let model = IrisModel(learningRate: 1e-5)
    let session = try Session(model.graph, threads: threads)
    var random = NumPyRandomState(seed: 0)
    // Sums of uniforms: near enough to normal for a batch whose values do not matter.
    let uniform = { () -> Float in Float(random.next()) / Float(UInt32.max) - 0.5 }
    let features = NDArray((0..<64).map { _ in uniform() + uniform() + uniform() }, shape: [16, 4])
    let labels = NDArray((0..<16).map { _ in Int32(random.interval(2)) })
    let feeds = [model.features: features, model.labels: labels]
    return { try session.run(model.train, feeding: feeds) }
  }
}
