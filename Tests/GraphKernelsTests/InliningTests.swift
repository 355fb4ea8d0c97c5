// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

@testable import GraphKernels

@Suite struct InliningTests {
  /// The reasons by which a module stores its values, in the order of its nodes; nil for a value computed in place.
  private func reasons(
    fuses: Bool = true, _ build: (CaseBuilder) throws -> [Value]
  ) throws -> [Inlining.Reason?] {
    Inlining(try ModuleCase("", build).module, fuses: fuses).stored
  }

  /// A module for each reason, and the reasons of its nodes.
  private func example(of reason: Inlining.Reason) throws -> (
    actual: [Inlining.Reason?], expected: [Inlining.Reason?]
  ) {
    switch reason {
    case .leaf:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [2])
        let v = inputs.variable(.float32, [2])
        let c = try b.append(.constant(ConstantOp(NDArray([1 as Float, 2]))))
        return [try b.add(b.add(x, v), b.add(c, b.full(1, like: c)))]
      }
      // x, v, a sum, the constant, 1, 1 spread, two sums
      return (actual, [.leaf, .leaf, .leaf, nil, nil, nil, nil, .root])
    case .root:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let y = try b.negate(inputs.parameter(.float32, [2]))
        return [try b.reshape(y, to: [1, 2]), try b.scalar(1, .float32)]
      }
      return (actual, [.leaf, .root, nil, .root])
    case .reduction:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.float32, [2, 3]))
        return [try b.negate(b.reduce(.sum, x, axes: [0]))]
      }
      return (actual, [.leaf, nil, .reduction, .root])
    case .control:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.float32, [2]))
        let results = try ModuleCase.scan(b, carries: [x], length: 3) { region, v in
          [try region.negate(v[0]), v[0]]
        }
        return [try b.negate(results[0]), try b.negate(results[1])]
      }
      return (actual, [.leaf, .libraryOperand, .control, .root, .root])
    case .contraction, .libraryOperand:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.float32, [20, 30]))
        let y = try b.reshape(b.negate(inputs.parameter(.float32, [120])), to: [30, 4])
        return [try b.negate(b.append(.dot(DotOp(lhsContract: [1], rhsContract: [0])), [x, y]))]
      }
      return (actual, [.leaf, .libraryOperand, .leaf, .libraryOperand, nil, .contraction, .root])
    case .join:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.float32, [2]))
        return [try b.negate(b.append(.concatenate(ConcatenateOp(axis: 0)), [x]))]
      }
      return (actual, [.leaf, nil, .join, .root])
    case .relabelled:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.float32, [2, 3]))
        let merged = try b.reshape(x, to: [6])
        return [try b.append(.reverse(ReverseOp(axes: [0])), [merged])]
      }
      return (actual, [.leaf, .relabelled, nil, .root])
    case .shared:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.float32, [2]))
        return [try b.apply(.exp, x), try b.apply(.abs, x)]
      }
      return (actual, [.leaf, .shared, .root, .root])
    case .indirect:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.float32, [2, 3]))
        let rows = inputs.parameter(NDArray([1 as Int32, 0, 1], shape: [3, 1]))
        return [try b.negate(b.append(.gather(GatherOp(axes: [0])), [x, rows]))]
      }
      return (actual, [.leaf, .indirect, .leaf, nil, .root])
    case .repeated:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let x = try b.negate(inputs.parameter(.float32, [2]))
        return [try b.broadcast(x, to: [3, 2], axes: [1])]
      }
      return (actual, [.leaf, .repeated, .root])
    case .bounded:
      let actual = try reasons { inputs in
        let b = inputs.builder
        let (x, y) = (inputs.parameter(.int32, [2, 3]), inputs.parameter(.int32, [2, 3], .nonzero))
        return [try b.negate(b.append(.fold(InliningTests.threes), [b.divide(x, y)]))]
      }
      return (actual, [.leaf, .leaf, .bounded, .reduction, .root])
    case .long:
      let actual = try reasons { inputs in
        let b = inputs.builder
        var x = inputs.parameter(.float32, [2])
        // Eight of eight fill a body; the ninth starts another.
        for _ in 0..<10 { x = try b.apply(.tanh, x) }
        return [x]
      }
      let inPlace = [Inlining.Reason?](repeating: nil, count: 7)
      return (actual, [.leaf] + inPlace + [.long, nil, .root])
    case .unfused:
      let actual = try reasons(fuses: false) { inputs in
        let b = inputs.builder
        let x = inputs.parameter(.float32, [2, 3])
        let turned = try b.transpose(x, [1, 0])
        return [try b.reshape(b.add(turned, b.full(1, like: turned)), to: [6])]
      }
      return (actual, [.leaf, .unfused, nil, .unfused, .root, nil])
    }
  }

  @Test(arguments: Inlining.Reason.allCases) func eachReasonHasItsModule(_ reason: Inlining.Reason) throws {
    let (actual, expected) = try example(of: reason)
    #expect(actual == expected)
    #expect(actual.contains(reason))
  }

  private static let threes = FoldOp(
    WindowGeometry(axes: [0], sizes: [3], strides: [1], dilations: [1]), extents: [nil])

  /// Windows that overlap read memory; others, and an overlap-add, meet each element once.
  @Test func windowsOfExpressions() throws {
    let window = { (size: Int, b: ModuleBuilder, x: Value) in
      let geometry = WindowGeometry(axes: [0], sizes: [size], strides: [2], dilations: [1])
      return try b.negate(b.append(.window(WindowOp(geometry)), [x]))
    }
    let overlapping = try reasons { inputs in
      let b = inputs.builder
      return [try window(3, b, b.negate(inputs.parameter(.float32, [7])))]
    }
    #expect(overlapping == [.leaf, .repeated, nil, .root])
    let apart = try reasons { inputs in
      let b = inputs.builder
      return [try window(2, b, b.negate(inputs.parameter(.float32, [7])))]
    }
    #expect(apart == [.leaf, nil, nil, .root])
    let folded = try reasons { inputs in
      let b = inputs.builder
      let x = try b.negate(inputs.parameter(.float32, [2, 3]))
      return [try b.negate(b.append(.fold(InliningTests.threes), [x]))]
    }
    #expect(folded == [.leaf, nil, .reduction, .root])
  }

  @Test func viewsOfStoredValuesCostNothing() throws {
    let actual = try reasons { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.float32, [2, 3])
      let turned = try b.transpose(x, [1, 0])
      return [
        try b.negate(turned), try b.apply(.exp, turned),
        try b.broadcast(turned, to: [4, 3, 2], axes: [1, 2]),
      ]
    }
    #expect(actual == [.leaf, nil, .root, .root, .root])
  }

  @Test func aSquareHasOneConsumer() throws {
    let actual = try reasons { inputs in
      let b = inputs.builder
      let difference = try b.subtract(inputs.parameter(.float32, [2]), inputs.parameter(.float32, [2]))
      return [try b.reduce(.sum, b.multiply(difference, difference), axes: [0])]
    }
    #expect(actual == [.leaf, .leaf, nil, nil, .root])
  }

  @Test func aSharedViewOfAnExpressionIsStored() throws {
    let actual = try reasons { inputs in
      let b = inputs.builder
      let x = try b.apply(.exp, inputs.parameter(.float32, [2, 3]))
      let turned = try b.transpose(x, [1, 0])
      return [try b.negate(turned), try b.apply(.abs, turned)]
    }
    #expect(actual == [.leaf, nil, .shared, .root, .root])
  }

  @Test func theValueBehindAReshapeIsStoredInItsStead() throws {
    let actual = try reasons { inputs in
      let b = inputs.builder
      let x = try b.negate(inputs.parameter(.float32, [2]))
      let marked = try b.append(.stopGradient(StopGradientOp()), [b.reshape(x, to: [2, 1])])
      return [try b.broadcast(marked, to: [2, 3], axes: [0, 1])]
    }
    #expect(actual == [.leaf, .repeated, nil, nil, .root])
  }

  @Test func anIntegerProductDoesNotComputeItsFactorsAgain() throws {
    let actual = try reasons { inputs in
      let b = inputs.builder
      let x = try b.negate(inputs.parameter(.int32, [2, 3]))
      let y = try b.transpose(inputs.parameter(.int32, [4, 3]), [1, 0])
      return [try b.append(.dot(DotOp(lhsContract: [1], rhsContract: [0])), [x, y])]
    }
    #expect(actual == [.leaf, .repeated, .leaf, nil, .root])
  }

  @Test func aBorderIsComputedOnce() throws {
    let actual = try reasons { inputs in
      let b = inputs.builder
      let x = inputs.parameter(.float32, [2])
      let border = try b.negate(inputs.parameter(.float32, []))
      return [try b.append(.pad(PadOp(low: [1], high: [1], interior: [0])), [b.negate(x), border])]
    }
    #expect(actual == [.leaf, .leaf, .repeated, nil, .root])
  }

  @Test func theHeaviestOperandIsStored() throws {
    let actual = try reasons { inputs in
      let b = inputs.builder
      var (x, y) = (inputs.parameter(.float32, [2]), inputs.parameter(.float32, [2]))
      for _ in 0..<3 { x = try b.apply(.tanh, x) }
      for _ in 0..<6 { y = try b.apply(.tanh, y) }
      return [try b.add(x, y)]
    }
    // x, y, three of x's, six of y's, their sum
    let inPlace = { [Inlining.Reason?](repeating: nil, count: $0) }
    #expect(actual == [.leaf, .leaf] + inPlace(3) + inPlace(5) + [.long, .root])
  }

  // MARK: Reshapes

  @Test(arguments: [
    ([6], [2, 3]), ([6], [1, 6, 1]), ([2, 3], [2, 1, 3]), ([2, 1, 3], [2, 3]), ([], [1, 1]), ([1], []),
    ([4, 6], [2, 2, 3, 2]), ([8], [2, 2, 2]),
  ]) func aReshapeThatSplitsFollowsTheIndices(_ source: [Int], _ target: [Int]) throws {
    let axes = try #require(
      Inlining.reshapeAxes(
        from: TensorType(.float32, Shape(source)), to: TensorType(.float32, Shape(target))))
    let (from, to) = (IndexSpace(source), IndexSpace(target))
    for linear in 0..<to.count {
      let point = to.point(at: linear)
      #expect(axes.map { $0.reduce(0) { $0 + point[$1.axis] * $1.stride } } == from.point(at: linear))
    }
  }

  @Test(arguments: [([2, 3], [6]), ([2, 3], [3, 2]), ([4, 3], [2, 6]), ([0], [0, 3]), ([2, 0], [0])])
  func aReshapeThatMergesHasNoIndices(_ source: [Int], _ target: [Int]) {
    #expect(
      Inlining.reshapeAxes(from: TensorType(.int32, Shape(source)), to: TensorType(.int32, Shape(target)))
        == nil)
  }
}
