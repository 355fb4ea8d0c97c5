// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

/// Arrays whose elements and shape do not go together stop nothing; what takes them says what is wrong.
@Suite struct FlawedArrayTests {
  static let arrays: [(array: NDArray, flaw: String)] = [
    (NDArray([1, 2, 3] as [Float], shape: [2, 2]), "3 elements do not fill the shape [2, 2]"),
    (NDArray([1] as [Float], shape: [-1, -1]), "1 element does not fill the shape [-1, -1]"),
    (NDArray([] as [Float], shape: [.max, 9]), "0 elements do not fill the shape [9223372036854775807, 9]"),
    (NDArray(dtype: .string, shape: [1], bits: [0]), "texts have no bit patterns"),
    (NDArray(dtype: .string, shape: [1]) { _ in 0 }, "texts have no bit patterns"),
    (NDArray(dtype: .float32, shape: [-1]) { _ in 0 }, "there is no array of the shape [-1]"),
    ([[1, 2], [3]], "the literal is ragged: element 0 has the shape [2], element 1 has [1]"),
    ([1, "two"], "the literal mixes i32 with string"),
    ([[1, 2], [[1, "two"], [3, 4]]], "the literal mixes i32 with string"),
  ]

  @Test(arguments: arrays.indices)
  func isReported(index: Int) throws {
    let (array, flaw) = Self.arrays[index]
    #expect(array.flaw == flaw)
    let graph = Graph()
    let x = graph.placeholder(.float32, [nil], name: "x")
    let w = graph.variable([2], initializer: .zeros, name: "w")
    let session = try Session(graph)
    #expect(throws: DiagnosticList.self) { try session.run(x + 1, feeding: [x: array]) }
    let error = #expect(throws: DiagnosticList.self) { try session.set(w, to: array) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(flaw))
    #expect(try session.value(of: w).doubles == [0, 0])
    #expect(!graph.constant(array).isValid)
    #expect(!graph.variable(initialValue: array).tensor.isValid)
    #expect(
      graph.diagnostics.map { $0.message.contains(flaw) || $0.message.contains("text") } == [true, true])
  }
}
