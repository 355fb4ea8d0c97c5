// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Reductions")
struct TensorReductionTests {
  let graph = Graph()

  @Test("Each reduction over all axes, one axis and several")
  func reductions() throws {
    let x = graph.counting([2, 3]) + 1
    #expect(try x.sum().numbers() == [21])
    #expect(try x.sum(axis: 0).numbers() == [5, 7, 9])
    #expect(try x.sum(axes: [1, -2]).numbers() == [21])
    #expect(x.sum(axes: []) == x)
    #expect(try x.mean(axis: -1).numbers() == [2, 5])
    #expect(try x.product(axes: [1]).numbers() == [6, 120])
    #expect(try x.max(axis: 0).numbers() == [4, 5, 6])
    #expect(try x.min().numbers() == [1])
    #expect(try (x .> 5).any(axes: [1]).numbers() == [0, 1])
    #expect(try (x .> 0).all().numbers() == [1])
    #expect(try x.argMax(axis: 1).numbers() == [2, 2])
    #expect(try (-x).argMin(axis: 0).numbers() == [1, 1, 1])
    #expect(isClose(try x.variance().numbers(), [35.0 / 12]))
    #expect(isClose(try x.standardDeviation(axes: [1]).numbers(), [0.816_496_58, 0.816_496_58]))
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("keepDims leaves axes that broadcast back")
  func keepDims() throws {
    let x = graph.counting([2, 3])
    #expect(x.sum(axis: 1, keepDims: true).shape == [2, 1])
    #expect(x.max(keepDims: true).shape == [1, 1])
    #expect(x.argMax(axis: 0, keepDims: true).shape == [1, 3])
    #expect(try (x - x.mean(axis: 1, keepDims: true)).numbers() == [-1, 0, 1, -1, 0, 1])
  }

  @Test("The mean over unknown extents counts what is fed, exactly beyond 2²⁴ too")
  func openMean() throws {
    let x = graph.placeholder(.float32, [nil, 2, nil], name: "x")
    let feed = NDArray((0..<12).map { Float($0) }, shape: [3, 2, 2])
    #expect(try x.mean().numbers(feeding: [x: feed]) == [5.5])
    #expect(try x.mean(axis: 0).numbers(feeding: [x: feed]) == [4, 5, 6, 7])
    #expect(try x.mean(axes: [0, 1]).numbers(feeding: [x: feed]) == [5, 6])
    #expect(x.mean(axis: 0).shape == [2, nil])
    let gradient = graph.gradients(of: x.mean(), withRespectTo: [x])[0]
    #expect(isClose(try gradient.numbers(feeding: [x: feed]), Array(repeating: 1.0 / 12, count: 12)))
    #expect(try x.mean().numbers(feeding: [x: NDArray([Float](), shape: [0, 2, 4])]).allSatisfy(\.isNaN))
    // The count is an i64 sum over the unknown extents alone.
    let wide = graph.placeholder(.float32, [nil, 1 << 25])
    _ = wide.mean()
    let counts = graph.withState { state in
      state.builder.nodes.filter { $0.types[0] == TensorType(.int64, [Dim.symbol(2)]) }.count
    }
    #expect(counts == 1)
  }

  @Test("Types: bool counts as i32, means of integers are f32")
  func types() throws {
    let flags = graph.constant([true, false, true])
    #expect(flags.sum().dtype == .int32)
    #expect(try flags.sum().numbers() == [2])
    #expect(isClose(try flags.mean().numbers(), [2.0 / 3]))
    #expect(graph.constant([1, 2]).mean().dtype == .float32)
    #expect(graph.constant([1, 2], dtype: .uint8).sum().dtype == .uint8)
    #expect(graph.constant([1, 2], dtype: .float64).mean().dtype == .float64)
    #expect(graph.diagnostics.isEmpty)
    let x = graph.counting([2, 3])
    #expect(x.any().complaint == "[logical.type] any: takes bool tensors, got f32[2,3]")
    #expect(x.sum(axis: 2).complaint == "[axis.range] sum: axis 2 is outside f32[2,3], which has 2 axes")
    #expect(x.mean(axes: [0, -2]).complaint.hasPrefix("[axis.repeated] mean: axis -2 of f32[2,3]"))
    #expect(x.variance(axes: [5]).complaint.hasPrefix("[axis.range] variance:"))
    #expect(graph.zeros([0]).argMax(axis: 0).complaint.hasPrefix("[argMax.C2]"))
    #expect(graph.constant("a").sum().complaint == "[promotion.string] sum: takes no text, got string[]")
  }
}

@Suite("Losses")
struct TensorLossTests {
  let graph = Graph()

  // scipy.special.softmax and logsumexp of [[1, 2, 3], [1000, 1000, -1000]].
  @Test("softmax, logSoftmax and logSumExp, far from zero too")
  func softmaxes() throws {
    let x = graph.constant([[1.0, 2.0, 3.0], [1000.0, 1000.0, -1000.0]])
    let expected = [0.090_030_573, 0.244_728_471, 0.665_240_956, 0.5, 0.5, 0]
    #expect(isClose(try softmax(x).numbers(), expected))
    #expect(
      isClose(
        try logSoftmax(x).numbers(),
        [-2.407_605_964, -1.407_605_964, -0.407_605_964, -0.693_147_181, -0.693_147_181, -2000.693_147_181]))
    #expect(isClose(try logSumExp(x).numbers(), [3.407_605_964, 1000.693_147_181]))
    #expect(logSumExp(x, keepDims: true).shape == [2, 1])
    #expect(try softmax(x, axis: 0).numbers().count == 6)
    #expect(
      softmax(x, axis: 2).complaint == "[axis.range] softmax: axis 2 is outside f32[2,3], which has 2 axes")
  }

  @Test("Cross entropy of labels and of distributions agree; a label out of range is NaN")
  func crossEntropy() throws {
    let logits = graph.constant([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [1000.0, 0.0, 0.0], [0.0, 1.0, 2.0]])
    let labels = graph.constant([2, 0, 1, 3])
    let losses = softmaxCrossEntropy(logits: logits, labels: labels)
    #expect(isClose(try losses.numbers(), [0.407_605_964, 1.098_612_289, 1000, .nan]))
    #expect(losses.shape == [4])
    let soft = softmaxCrossEntropy(logits: logits, probabilities: oneHot(labels, depth: 3))
    #expect(isClose(try soft.numbers(), [0.407_605_964, 1.098_612_289, 1000, 0]))
    let small = softmaxCrossEntropy(logits: logits, labels: labels.converted(to: .uint8))
    #expect(isClose(try small.numbers(), try losses.numbers()))
  }

  @Test("The gradient of the mean cross entropy is (softmax − one-hot) / N")
  func crossEntropyGradient() throws {
    let x = graph.placeholder(.float32, [nil, 3], name: "logits")
    let labels = graph.placeholder(.int32, [nil], name: "labels")
    let loss = softmaxCrossEntropy(logits: x, labels: labels).mean()
    let gradient = graph.gradients(of: loss, withRespectTo: [x])[0]
    let expected = (softmax(x) - oneHot(labels, depth: 3)) / 2
    #expect(graph.diagnostics.isEmpty)
    let feed: [Tensor: NDArray] = [x: [[1.0, 2.0, 3.0], [-1.0, 0.0, 5.0]], labels: [0, 2]]
    let values = try graph.evaluate([gradient, expected], feeding: feed)
    #expect(isClose(values[0].doubles, values[1].doubles, within: 1e-7))
  }

  @Test("Sigmoid cross entropy and the mean squared error")
  func others() throws {
    let x = graph.vector([0, 2, -100, 100])
    let z = graph.vector([1, 0, 1, 1])
    let losses = sigmoidCrossEntropy(logits: x, probabilities: z)
    #expect(isClose(try losses.numbers(), [0.693_147_181, 2.126_928_011, 100, 0]))
    let gradient = graph.gradients(of: losses.sum(), withRespectTo: [x])[0]
    #expect(isClose(try gradient.numbers(), [-0.5, 0.880_797_078, -1, 0]))
    #expect(try meanSquaredError(x, x + 2).numbers() == [4])
    #expect(try oneHot(graph.constant([1, -1, 0]), depth: 2).numbers() == [0, 1, 0, 0, 1, 0])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("A loss does not broadcast its labels")
  func errors() {
    let logits = graph.zeros([4, 3])
    #expect(
      softmaxCrossEntropy(logits: logits, labels: graph.zeros([1], dtype: .int32)).complaint
        == "[loss.shape] softmaxCrossEntropy: the labels are i32[1], the logits f32[4,3]: there must be one label for each row of logits"
    )
    #expect(
      softmaxCrossEntropy(logits: logits, labels: graph.zeros([4])).complaint.hasPrefix("[loss.labels]"))
    #expect(
      softmaxCrossEntropy(logits: graph.constant(1.0), labels: graph.constant(1)).complaint.hasPrefix(
        "[loss.shape]"))
    #expect(
      softmaxCrossEntropy(logits: logits, probabilities: graph.zeros([3])).complaint.hasPrefix("[loss.shape]")
    )
    #expect(
      meanSquaredError(logits, graph.zeros([4, 1])).complaint.hasPrefix("[loss.shape] meanSquaredError:"))
    #expect(
      sigmoidCrossEntropy(logits: logits, probabilities: graph.zeros([4, 1])).complaint.hasPrefix(
        "[loss.shape]"))
    #expect(oneHot(logits, depth: 3).complaint == "[oneHot.indices] oneHot: takes integers, got f32[4,3]")
    #expect(oneHot(graph.constant(1), depth: -3).complaint.hasPrefix("[oneHot.depth]"))
  }
}
