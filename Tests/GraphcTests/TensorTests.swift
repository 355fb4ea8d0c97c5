// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Tensors")
struct TensorTests {
  let graph = Graph()

  @Test("A shape answers every axis, counted from the end too, and traps nowhere")
  func shape() {
    let x = graph.placeholder(.int64, [nil, 3, 4], name: "x")
    #expect(x.rank == 3)
    #expect(x.dtype == .int64)
    #expect(x.shape[1] == 3)
    #expect(x.shape[-1] == 4)
    #expect(x.shape[0] == nil)
    #expect(x.shape[7] == nil)
    #expect(x.shape[-4] == nil)
    #expect(x.shape.extents == nil)
    #expect(x[0].shape.extents == [3, 4])
    #expect(x.shape != [nil, 3])
    #expect(x.shape.description == "[?0,3,4]")
    #expect(TensorShape([2, 3]) == [2, 3])
  }

  @Test("The result of an invalid expression answers everything and silences what follows")
  func poison() {
    let x = graph.placeholder(.float32, [nil, 784], name: "x")
    let w = graph.variable([100, 10], name: "w")
    let bad = matmul(x, w)
    #expect(!bad.isValid)
    #expect(bad.dtype == .float32)
    #expect(bad.rank == 0)
    #expect(bad.shape.isUnknown)
    #expect(bad.shape[3] == nil)
    #expect(bad.shape.isEmpty)
    #expect(bad.shape.extent(-1) == .unknown)
    #expect(bad.name == nil)
    #expect(bad.description == "an invalid expression")
    let later = softmax(bad[0, 1..<3].reshaped(to: [2, -1]).transposed(permutation: [5, 9]) + 1).sum(axis: 12)
    #expect(!later.isValid)
    #expect(bad.shape != [])
    #expect(graph.gradients(of: later, withRespectTo: [w])[0].shape == [100, 10])
    #expect(split(bad, sizes: [1, 2, 3]).allSatisfy { !$0.isValid })
    #expect(w.assign(later).shape == [100, 10])
    #expect(graph.identity(later, name: "later").isValid == false)
    #expect(graph.diagnostics.count == 1)
    #expect(graph.diagnostics(reachedFrom: [later]).reached.map(\.code) == ["dot.C2"])
  }

  @Test("Diagnostics are those that the tensors reach; the others are counted")
  func reached() {
    let x = graph.placeholder(.float32, [2], name: "x")
    let first = x + graph.zeros([3])
    let second = x[9]
    _ = x.sum(axis: 4)
    let both = concatenate([first, second])
    #expect(graph.diagnostics(reachedFrom: [first]).reached.map(\.code) == ["broadcast.mismatch"])
    #expect(graph.diagnostics(reachedFrom: [first]).unreachedCount == 2)
    #expect(
      graph.diagnostics(reachedFrom: [second, both]).reached.map(\.code) == [
        "broadcast.mismatch", "slice.C3",
      ])
    #expect(graph.diagnostics(reachedFrom: [x]).reached.isEmpty)
    #expect(graph.diagnostics(reachedFrom: [x]).unreachedCount == 3)
  }

  @Test("Equality is identity within a graph")
  func equality() {
    let x = graph.placeholder(.float32, [])
    let other = Graph().placeholder(.float32, [])
    #expect(x.value == other.value)
    #expect(x != other)
    #expect(Set([x, x + 1, x + 1]).count == 2)
  }
}

@Suite("Shapes of tensors")
struct TensorShapingTests {
  let graph = Graph()

  @Test("reshaped and its relatives")
  func reshaping() throws {
    let x = graph.counting([2, 3, 4])
    #expect(x.reshaped(to: [6, -1]).shape == [6, 4])
    #expect(x.reshaped(to: [nil]).shape == [24])
    #expect(x.flattened().shape == [24])
    #expect(x.flattened(fromAxis: 1).shape == [2, 12])
    #expect(x.flattened(fromAxis: -1) == x)
    #expect(graph.constant(1).flattened().shape == [1])
    #expect(x.flattened(throughAxis: 1).shape == [6, 4])
    #expect(x.flattened(fromAxis: -2, throughAxis: 2).shape == [2, 12])
    #expect(x.flattened(fromAxis: 1, throughAxis: 1) == x)
    #expect(x.expandingDims(at: 0).flattened(fromAxis: 1, throughAxis: -2).shape == [1, 6, 4])
    #expect(graph.constant(1).flattened(throughAxis: 0).shape == [1])
    #expect(try x.flattened(throughAxis: 1)[4].numbers() == [16, 17, 18, 19])
    #expect(x.expandingDims(at: 0).shape == [1, 2, 3, 4])
    #expect(x.expandingDims(at: -1).shape == [2, 3, 4, 1])
    #expect(x.expandingDims(at: 1).squeezing().shape == x.shape)
    #expect(x.expandingDims(at: 0).expandingDims(at: 0).squeezing(axes: [-5]).shape == [1, 2, 3, 4])
    let open = graph.placeholder(.float32, [nil, 28, 28])
    #expect(open.flattened(fromAxis: 1).shape == [nil, 784])
    #expect(open.flattened(throughAxis: 1).shape.extent(0) == open.shape.extent(0) * Extent(28))
    #expect(open.reshaped(to: [-1, 784]).shape.extent(0) == open.shape.extent(0))
    #expect(open.reshaped(to: [-1]).shape.description == "[784*?0]")
    #expect(graph.diagnostics.isEmpty)
    // An open extent that a number needs becomes that number.
    #expect(open.reshaped(to: [32, 784]).shape == [32, 784])
    #expect(open.shape == [32, 28, 28])
  }

  @Test("Errors of reshaped and its relatives")
  func reshapingErrors() {
    let x = graph.counting([2, 3])
    #expect(
      x.reshaped(to: [4]).complaint
        == "[reshape.C2] reshaped: cannot give f32[2,3] (6 elements) the shape [4] (4 elements)")
    #expect(x.reshaped(to: [4, -1]).complaint.hasSuffix("6 is no multiple of 4"))
    #expect(x.reshaped(to: [0, -1]).complaint.hasPrefix("[reshape.C2]"))
    #expect(x.reshaped(to: [-1, nil]).complaint.hasPrefix("[reshape.extent]"))
    #expect(x.reshaped(to: [-6]).complaint.hasPrefix("[reshape.extent]"))
    #expect(x.squeezing(axes: [0]).complaint == "[squeeze.extent] squeezing: axis 0 of f32[2,3] is 2, not 1")
    #expect(x.expandingDims(at: 4).complaint.hasPrefix("[axis.range]"))
    #expect(x.flattened(fromAxis: 2).complaint.hasPrefix("[axis.range]"))
    #expect(x.flattened(throughAxis: 2).complaint.hasPrefix("[axis.range] flattened:"))
    #expect(graph.constant(1).flattened(throughAxis: 1).complaint.hasPrefix("[axis.range]"))
    #expect(
      x.flattened(fromAxis: 1, throughAxis: -2).complaint
        == "[flatten.axes] flattened: axis 1 of f32[2,3] comes behind axis -2")
  }

  @Test("Transposes, reversals, padding")
  func moving() throws {
    let x = graph.counting([2, 3])
    #expect(try x.transposed().numbers() == [0, 3, 1, 4, 2, 5])
    #expect(x.transposed(permutation: [-1, 0]) == x.transposed())
    #expect(x.transposed(permutation: [0, 1]) == x)
    #expect(x.expandingDims(at: 0).swappingAxes(0, -1).shape == [3, 2, 1])
    #expect(try x.reversed(axes: [-1]).numbers() == [2, 1, 0, 5, 4, 3])
    #expect(try x.padded([(0, 1), (1, 0)], with: 9).numbers() == [9, 0, 1, 2, 9, 3, 4, 5, 9, 9, 9, 9])
    #expect(x.padded([(0, 0), (2, 2)]).shape == [2, 7])
    #expect(graph.diagnostics.isEmpty)
    #expect(x.transposed(permutation: [0]).complaint.hasPrefix("[transpose.C2]"))
    #expect(x.transposed(permutation: [0, 0]).complaint.hasPrefix("[transpose.C2]"))
    #expect(x.transposed(permutation: [0, 2]).complaint.hasPrefix("[axis.range]"))
    #expect(x.reversed(axes: [0, -2]).complaint.hasPrefix("[axis.repeated]"))
    #expect(x.padded([(1, 1)]).complaint.hasPrefix("[pad.C2]"))
    #expect(try x.padded([(-1, 0), (0, 1)], with: 9).numbers() == [3, 4, 5, 9])
  }

  @Test("Subscripts as in NumPy")
  func subscripts() throws {
    let x = graph.counting([3, 4])
    #expect(try x[1].numbers() == [4, 5, 6, 7])
    #expect(try x[-1, -1].numbers() == [11])
    #expect(try x[1..<3, 0].numbers() == [4, 8])
    #expect(try x[0..., 2].numbers() == [2, 6, 10])
    #expect(try x[..<2, 3...].numbers() == [3, 7])
    #expect(try x[...1, 1...2].numbers() == [1, 2, 5, 6])
    #expect(try x[(-2)..., ..<(-2)].numbers() == [4, 5, 8, 9])
    #expect(try x[.all, 0].numbers() == [0, 4, 8])
    #expect(try x[.ellipsis, 0].numbers() == [0, 4, 8])
    #expect(x[.newAxis, 0, .newAxis].shape == [1, 1, 4])
    #expect(x[.ellipsis, .newAxis].shape == [3, 4, 1])
    #expect(x[...(-1)] == x)
    #expect(x[1..<1].shape == [0, 4])
    #expect(try x.sliced(axis: -1, from: 1, by: 2).numbers() == [1, 3, 5, 7, 9, 11])
    #expect(try x.sliced(axis: 0, from: -2, to: -1).numbers() == [4, 5, 6, 7])
    let v = graph.variable(initialValue: [1.0, 2.0, 3.0])
    #expect(try v[2].numbers() == [3])
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Subscripts on an axis of unknown extent count from its end all the same")
  func openSubscripts() throws {
    let x = graph.placeholder(.float32, [nil], name: "x")
    let feed: [Tensor: NDArray] = [x: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]]
    let parts: [(Tensor, [Double])] = [
      (x[0], [0]), (x[-1], [5]), (x[-6], [0]), (x[1...], [1, 2, 3, 4, 5]), (x[..<2], [0, 1]),
      (x[(-2)...], [4, 5]), (x[..<(-4)], [0, 1]), (x.sliced(axis: 0, from: 1, to: -2), [1, 2, 3]),
      (x.sliced(axis: 0, from: -4, to: -1), [2, 3, 4]), (x.sliced(axis: 0, from: -4, by: 3), [2, 5]),
      (x.sliced(axis: 0, from: -5, to: -1, by: 2), [1, 3]), (x.sliced(axis: 0, by: 4), [0, 4]),
    ]
    let values = try graph.evaluate(parts.map(\.0), feeding: feed)
    for (value, (_, expected)) in zip(values, parts) { #expect(value.doubles == expected) }
    #expect(graph.diagnostics.isEmpty)
    #expect(x.sliced(axis: 0, from: -2, to: 3).complaint.hasPrefix("[slice.C3]"))
  }

  @Test("Errors of subscripts")
  func subscriptErrors() {
    let x = graph.counting([3, 4])
    #expect(x[3].complaint == "[slice.C3] subscript: position 3 is outside axis 0 of f32[3,4]")
    #expect(x[-4].complaint.hasPrefix("[slice.C3]"))
    #expect(x[0..<5].complaint == "[slice.C3] subscript: axis 0 of f32[3,4] is 3 long, sliced from 0 to 5")
    #expect(x[2..., 1, 0].complaint == "[slice.rank] subscript: 3 axes are indexed in f32[3,4], which has 2")
    #expect(x[.ellipsis, .ellipsis].complaint.hasPrefix("[slice.rank]"))
    #expect(x.sliced(axis: 0, by: 0).complaint.hasPrefix("[slice.C3]"))
    #expect(x.sliced(axis: 0, from: 2, to: 1).complaint.hasPrefix("[slice.C3]"))
    #expect(x.sliced(axis: 2).complaint.hasPrefix("[axis.range]"))
    #expect(x[Int.min].complaint.hasPrefix("[slice.C3]"))
    #expect(x[Int.max].complaint.hasPrefix("[slice.C3]"))
    #expect(x[...Int.max].complaint.hasPrefix("[slice.C3]"))
    #expect(x.sliced(axis: 0, by: .max).shape == [1, 4])
    let open = graph.placeholder(.float32, [nil])
    for part in [
      open[Int.max], open[Int.min], open[Int.min...], open[..<Int.min],
      open.sliced(axis: 0, to: .max, by: .max),
    ] {
      #expect(part.complaint.hasPrefix("[slice.C3]"))
    }
    #expect(split(x, sizes: [.max, .max])[0].complaint.hasPrefix("[split.sizes]"))
    #expect(x.padded([(.max, 1), (0, 0)]).complaint.hasPrefix("[pad.C2]"))
  }

  @Test("concatenate, stack and split")
  func joining() throws {
    let (a, b) = (graph.counting([1, 2]), graph.counting([2, 2]) + 10)
    #expect(try concatenate([a, b]).numbers() == [0, 1, 10, 11, 12, 13])
    #expect(try concatenate([a, a * 2], axis: -1).numbers() == [0, 1, 0, 2])
    #expect(concatenate([a, graph.constant([[1, 2]])]).dtype == .float32)
    #expect(try stack([a, a + 5], axis: -1).numbers() == [0, 5, 1, 6])
    #expect(stack([a, a]).shape == [2, 1, 2])
    let parts = split(b, sizes: [1, 1], axis: 1)
    #expect(try parts.map { try $0.numbers() } == [[10, 12], [11, 13]])
    let text = graph.constant(["a", "b"])
    let (x, y) = (graph.placeholder(.float32, [nil, 2]), graph.placeholder(.float32, [nil, nil]))
    #expect(concatenate([x, y]).shape == [nil, 2])
    #expect(y.shape == [nil, 2])
    #expect(graph.diagnostics.isEmpty)
    #expect(
      concatenate([a, graph.zeros([1, 3])]).complaint.hasPrefix("[concatenate.C2] concatenate: f32[1,2]"))
    #expect(concatenate([a, graph.zeros([2])]).complaint.hasPrefix("[concatenate.C2]"))
    #expect(concatenate([a], axis: 2).complaint.hasPrefix("[axis.range]"))
    #expect(concatenate([a, text]).complaint.hasPrefix("[promotion.string]"))
    #expect(stack([a, b]).complaint.hasPrefix("[stack.shape]"))
    #expect(
      split(b, sizes: [1, 2])[1].complaint
        == "[split.sizes] split: the sizes [1, 2] do not fill axis 0 of f32[2,2]")
    let nothing = concatenate([])
    #expect(!nothing.isValid)
    // The mistake of a graph of its own comes along.
    #expect((a + nothing).complaint == "[concatenate.empty] concatenate: takes at least one tensor, got none")
  }

  @Test("Conversions and fillings")
  func conversions() throws {
    let x = graph.vector([-1.5, 0, 300])
    #expect(try x.converted(to: .int32).numbers() == [-1, 0, 300])
    #expect(try cast(x, to: .bool).numbers() == [1, 0, 1])
    #expect(x.converted(to: .float32) == x)
    #expect(try graph.full(2.5, [2]).numbers() == [2.5, 2.5])
    #expect(graph.zeros([2, 3], dtype: .int64).dtype == .int64)
    #expect(try graph.ones([2], dtype: .bool).numbers() == [1, 1])
    #expect(try graph.range(3).numbers() == [0, 1, 2])
    let batch = graph.placeholder(.float32, ["batch"], name: "x")
    #expect(try graph.range("batch", dtype: .float32).numbers(feeding: [batch: [7.0, 7.0]]) == [0, 1])
    #expect(try (batch * graph.range("batch")).numbers(feeding: [batch: [7.0, 7.0]]) == [0, 7])
    #expect(graph.diagnostics.isEmpty)
    #expect(graph.full(0.5, [2], dtype: .int32).complaint == "[literal.range] full: 0.5 is no i32")
    #expect(graph.zeros([nil]).complaint.hasPrefix("[fill.extent]"))
    #expect(
      graph.constant("a").converted(to: .int32).complaint
        == "[module.V7] converted: takes no text, got string[]")
    #expect(graph.range(3, dtype: .bool).complaint.hasPrefix("[iota.C1]"))
  }
}
