// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import GraphKernels
import GraphTransforms
import Testing

@testable import Graphc

/// Small examples of convolutions and pools with published answers.
@Suite struct WindowExampleTests {
  /// An image of 6 by 6 grey values.
  private static let image: [Double] = [
    81, 2, 209, 44, 71, 58, 24, 56, 108, 98, 12, 112, 91, 0, 189, 65, 79, 232, 12, 0, 0, 5, 1, 71, 2, 32, 23,
    58, 8, 208, 4, 23, 2, 1, 3, 9,
  ]

  @Test("E60 a filter slides over an image")
  func slidingFilter() throws {
    let graph = Graph()
    let image = graph.doubles(Self.image, [1, 6, 6, 1])
    let kernel = graph.doubles([0, 1, 1, 1, 0, 0, 1, 0, 1], [3, 3, 1, 1])
    try expect(
      convolution(image, kernel),
      equals: [515, 374, 491, 524, 267, 211, 300, 265, 226, 344, 175, 582, 8, 61, 34, 140],
      shape: [1, 4, 4, 1])
    // A convolution in the sense of mathematics turns the filter around.
    #expect(try convolution(image, kernel.reversed(axes: [0, 1])).values()[0] == 489)
  }

  @Test("E64 an image is pooled to a quarter")
  func pooling() throws {
    let graph = Graph()
    let image = graph.doubles(Self.image, [1, 6, 6, 1])
    try expect(
      maxPool(image, window: [2, 2]), equals: [81, 209, 112, 91, 189, 232, 32, 58, 208], shape: [1, 3, 3, 1])
    try expect(
      averagePool(image, window: [2, 2]),
      equals: [40.75, 114.75, 63.25, 25.75, 64.75, 95.75, 15.25, 21, 57])
  }

  /// (W − K + 2·P) / S + 1.
  @Test("E65 a border of two keeps a width of 32 under a filter of 5")
  func borders() {
    let graph = Graph()
    let images = graph.placeholder(.float32, [nil, 32, 32, 3])
    let kernel = graph.zeros([5, 5, 3, 8])
    let padded = convolution(images, kernel, padding: .explicit([(2, 2)]))
    #expect(padded.shape == [nil, 32, 32, 8])
    #expect(convolution(images, kernel, padding: .same).shape == padded.shape)
    #expect(convolution(images, kernel).shape == [nil, 28, 28, 8])
    #expect(graph.diagnostics.isEmpty)
  }

  /// What a plan says before anything runs.
  private func plan(_ batch: Int) throws -> (parameters: Int, plan: Plan) {
    let graph = Graph()
    let images = graph.placeholder(.float32, [Extent(batch), 100, 150, 3])
    let kernel = graph.variable([5, 5, 3, 200])
    let bias = graph.variable([200])
    let maps = convolution(images, kernel, padding: .same)
    let count = [kernel, bias].reduce(0) { $0 + $1.tensor.shape.extents!.reduce(1, *) }
    let module = try graph.withState { state in
      try state.builder.module(results: [Module.Result(name: "maps", value: maps.value)])
    }
    return (count, try Lowering.plan(for: Pipeline.standard.run(module)))
  }

  @Test("E66 what 200 filters of 5 by 5 take")
  func memory() throws {
    let (parameters, one) = try plan(1)
    #expect(parameters == 15_200)
    let products = one.steps.compactMap { step -> MatrixProduct? in
      if case .matrixProduct(let product, _, _, _, _) = step { product } else { nil }
    }
    #expect(products.map { $0.batch * $0.m * $0.n * $0.k } == [225_000_000])
    // 96,000,000 bits an image, and one copy of the windows for the product to read.
    #expect(one.outputs == [12_000_000])
    let (border, windows) = (104 * 154 * 3 * 4, 100 * 150 * 75 * 4)
    #expect(one.arenaByteCount >= border + windows)
    #expect(one.arenaByteCount < border + windows + 1024)
    #expect(try plan(100).plan.outputs == [1_200_000_000])
  }

  /// Nothing of this is allocated: a plan knows what it would take.
  @Test("E67 why pixels are not connected to everything: 1.6e9 weights a layer")
  func fullyConnectedLimit() throws {
    let graph = Graph()
    let pixels = graph.placeholder(.float32, [1, 200, 200])
    var layer = pixels.reshaped(to: [1, 40_000])
    let weights = (0..<10).map { _ in graph.variable([40_000, 40_000]) }
    for weight in weights { layer = matmul(layer, weight) }
    let counts = weights.map { $0.tensor.shape.extents!.reduce(1, *) }
    #expect(counts == Array(repeating: 1_600_000_000, count: 10))
    let module = try graph.withState { state in
      try state.builder.module(results: [Module.Result(name: "layer", value: layer.value)])
    }
    let plan = try Lowering.plan(for: Pipeline.standard.run(module))
    #expect(plan.variables.compactMap(\.type.byteCount).reduce(0, +) == 64_000_000_000)
    #expect(plan.arenaByteCount < 1 << 20)
  }

  /// A convolution sums over the channels: a map for each filter. A depthwise one has a map for each pair.
  @Test("E68 five filters make 5 maps of 3 channels, 15 only depthwise")
  func maps() {
    let graph = Graph()
    let images = graph.placeholder(.float32, [nil, 8, 8, 3])
    #expect(convolution(images, graph.variable([3, 3, 3, 5])).shape == [nil, 6, 6, 5])
    #expect(depthwiseConvolution(images, graph.variable([3, 3, 3, 5])).shape == [nil, 6, 6, 15])
    #expect(graph.diagnostics.isEmpty)
  }
}
