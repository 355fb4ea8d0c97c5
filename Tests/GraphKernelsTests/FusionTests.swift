// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import GraphKernels

/// What shares a kernel, what does not, and that either way gives the reference's bits.
@Suite struct FusionTests {
  private func kernels(_ example: ModuleCase) throws -> [Kernel] {
    try expectSameBits(example)
    return try Lowering.plan(for: example.module).kernels
  }

  /// Rows normalized to mean 0 and variance 1, as means and inverse deviations of shape `[rows, 1]`.
  private static func normalized(_ b: ModuleBuilder, _ x: Value, _ shape: [Int]) throws -> Value {
    let (rows, columns) = (shape[0], shape[1])
    let column = Shape([rows, 1])
    let mean = { (value: Value) throws -> Value in
      let sum = try b.reshape(b.sum(value, axes: [1]), to: column)
      return try b.multiply(sum, b.full(1 / Double(columns), like: sum))
    }
    let spread = { (value: Value) throws -> Value in
      try b.spread(b.reshape(value, to: [Dim(rows)]), over: Shape(shape), axes: [1])
    }
    let centered = try b.subtract(x, spread(mean(x)))
    let variance = try mean(b.multiply(centered, centered))
    let scale = try b.apply(.rsqrt, b.add(variance, b.full(1e-3, like: variance)))
    return try b.multiply(centered, spread(scale))
  }

  private static func softmax(_ b: ModuleBuilder, _ x: Value, _ shape: [Int]) throws -> Value {
    let maximum = try b.spread(b.reduce(.max, x, axes: [1]), over: Shape(shape), axes: [1])
    let exponential = try b.apply(.exp, b.subtract(x, maximum))
    let sum = try b.spread(b.sum(exponential, axes: [1]), over: Shape(shape), axes: [1])
    return try b.divide(exponential, sum)
  }

  // MARK: One kernel

  @Test(arguments: [[3, 5], [2, 70], [9, 1], [1, 40]]) func softmaxOfRows(_ shape: [Int]) throws {
    let kernels = try kernels(
      ModuleCase("softmax") { inputs in
        [try Self.softmax(inputs.builder, inputs.parameter(.float32, shape, .finite), shape)]
      })
    #expect(kernels.count == 1)
    // The exponentials are kept, and neither they nor the statistics go to memory.
    #expect(kernels.first?.buffers.count == 2)
    let kept = kernels.first?.stages.flatMap(\.sinks).count { if case .keep = $0 { true } else { false } }
    #expect(kept == 1)
  }

  @Test(arguments: [[4, 6], [3, 100]]) func layerNormOfRows(_ shape: [Int]) throws {
    let kernels = try kernels(
      ModuleCase("layer norm") { inputs in
        [try Self.normalized(inputs.builder, inputs.parameter(.float32, shape, .finite), shape)]
      })
    #expect(kernels.count == 1 && kernels.first?.buffers.count == 2)
  }

  /// Cross-entropy of logits with its gradient: the loss of each row, and the softmax less the target.
  @Test func crossEntropyWithItsGradient() throws {
    let shape = [4, 7]
    let kernels = try kernels(
      ModuleCase("cross-entropy") { inputs in
        let b = inputs.builder
        let (x, target) = (
          inputs.parameter(.float32, shape, .finite), inputs.parameter(.float32, shape, .finite)
        )
        let probability = try Self.softmax(b, x, shape)
        let loss = try b.sum(b.multiply(target, b.apply(.log, probability)), axes: [1])
        return [try b.negate(loss), try b.subtract(probability, target)]
      })
    #expect(kernels.count == 1 && kernels.first?.buffers.count == 4)
  }

  /// The gradient of a bias beside what it is summed from.
  @Test(arguments: [[6, 4], [140, 3]]) func columnSums(_ shape: [Int]) throws {
    let kernels = try kernels(
      ModuleCase("bias gradient") { inputs in
        let b = inputs.builder
        let (x, y) = (inputs.parameter(.float32, shape, .finite), inputs.parameter(.float32, shape, .finite))
        let product = try b.multiply(x, y)
        return [product, try b.sum(product, axes: [0]), try b.reduce(.max, product, axes: [0])]
      })
    #expect(kernels.count == 1 && kernels.first?.buffers.count == 5)
    #expect(kernels.first?.stages.first?.sinks.count == 3)
  }

  /// Both moments and the variable, from one pass over the gradient.
  @Test func anAdamStep() throws {
    let example = try ModuleCase("adam") { inputs in
      let b = inputs.builder
      let g = inputs.parameter(.float32, [50], .finite)
      let (m, v, w) = (
        inputs.variable(.float32, [50], .finite), inputs.variable(.float32, [50], .finite),
        inputs.variable(.float32, [50], .finite)
      )
      let mixed = { (old: Value, new: Value, rate: Double) in
        try b.add(b.multiply(old, b.full(rate, like: old)), b.multiply(new, b.full(1 - rate, like: new)))
      }
      let first = try mixed(m, g, 0.9)
      let second = try mixed(b.multiply(v, v), b.multiply(g, g), 0.999)
      let root = try b.apply(.sqrt, second)
      let step = try b.divide(first, b.add(root, b.full(1e-7, like: root)))
      inputs.update(0, to: first)
      inputs.update(1, to: second)
      inputs.update(2, to: try b.subtract(w, step))
      return []
    }
    let kernels = try kernels(example)
    #expect(kernels.count == 1)
    #expect(kernels.first?.buffers.count { $0.access == .write } == 3)
    #expect(kernels.first?.stages.count == 1)
  }

  /// A small product is a reduction like another: it takes its bias and activation along, and the gradient's product
  /// the update.
  @Test func smallProducts() throws {
    let kernels = try kernels(
      ModuleCase("layer") { inputs in
        let b = inputs.builder
        let (x, w) = (
          inputs.parameter(.float32, [4, 3], .finite), inputs.parameter(.float32, [3, 5], .finite)
        )
        let bias = inputs.parameter(.float32, [5], .finite)
        let product = try b.append(.dot(DotOp(lhsContract: [1], rhsContract: [0])), [x, w])
        let sum = try b.add(product, b.broadcast(bias, to: Shape([4, 5]), axes: [1]))
        return [try b.apply(.tanh, sum)]
      })
    #expect(kernels.count == 1 && kernels.first?.buffers.count == 4)
  }

  // MARK: Refusals

  private func refusals(_ build: (CaseBuilder) throws -> [Value]) throws -> [Clustering.Refusal] {
    let example = try ModuleCase("", build)
    try expectSameBits(example)
    let inlining = Inlining(example.module)
    return try Clustering(example.module, inlining, fuses: true).notes.map(\.refusal)
  }

  @Test func otherDomains() throws {
    let refusals = try refusals { inputs in
      let b = inputs.builder
      let x = try b.negate(inputs.parameter(.float32, [4, 6], .finite))
      // The transposed sum asks for the rows of another.
      return [x, try b.sum(x, axes: [0]), try b.sum(b.multiply(x, x), axes: [1])]
    }
    #expect(refusals.contains(.domain))
  }

  @Test func otherPoints() throws {
    let refusals = try refusals { inputs in
      let b = inputs.builder
      let x = try b.apply(.exp, inputs.parameter(.float32, [8], .finite))
      return [x, try b.add(x, b.append(.reverse(ReverseOp(axes: [0])), [x]))]
    }
    #expect(refusals == [.astray])
  }

  /// The sum joins neither the exponential, which the product in between reads, nor could it come first.
  @Test func aStepBetween() throws {
    let refusals = try refusals { inputs in
      let b = inputs.builder
      let x = try b.apply(.exp, inputs.parameter(.float32, [40, 40], .finite))
      let y = try b.append(.dot(DotOp(lhsContract: [1], rhsContract: [0])), [x, x])
      return [try b.convert(b.apply(.lessOrEqual, b.add(x, y), x), to: .float32)]
    }
    #expect(refusals == [.order])
  }

  @Test func otherLanes() throws {
    let refusals = try refusals { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.float32, [3, 3], .finite)
      return [try b.sum(x, axes: [0]), try b.sum(b.multiply(x, x), axes: [1])]
    }
    #expect(refusals == [.lanes])
  }

  @Test func tooFewRows() throws {
    let shape = [2, 1 << 14]
    let refusals = try refusals { inputs in
      [try Self.softmax(inputs.builder, inputs.parameter(.float32, shape, .finite), shape)]
    }
    #expect(refusals.contains(.threads))
  }

  @Test func tooTallForTheCache() throws {
    let refusals = try refusals { inputs in
      let b = inputs.builder
      let shape = [3000, 9]
      let x = inputs.parameter(.float32, shape, .finite)
      let mean = try b.spread(b.sum(x, axes: [0]), over: Shape(shape), axes: [0])
      return [try b.sum(b.multiply(x, mean), axes: [0])]
    }
    #expect(refusals.contains(.cache))
  }

  @Test func tooLarge() throws {
    let refusals = try refusals { inputs in
      let b = inputs.builder
      var x = inputs.parameter(.float32, [4], .finite)
      return try (0..<40).map { _ in
        x = try b.apply(.tanh, x)
        return x
      }
    }
    #expect(refusals.contains(.size))
  }
}
