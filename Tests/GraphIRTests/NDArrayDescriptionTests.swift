// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

/// Arrays show as NumPy shows them, by the words of NumPy itself.
@Suite struct NDArrayDescriptionTests {
  struct Numeric: Sendable {
    let dtype: DType
    let shape: [Int]
    /// Hexadecimal, with blanks between.
    let bits: String
    let expected: String

    init(_ dtype: DType, _ shape: [Int], _ bits: String, _ expected: String) {
      self.dtype = dtype
      self.shape = shape
      self.bits = bits
      self.expected = expected
    }
  }

  struct Texts: Sendable {
    let shape: [Int]
    let elements: [String]
    let expected: String

    init(_ shape: [Int], _ elements: [String], _ expected: String) {
      self.shape = shape
      self.elements = elements
      self.expected = expected
    }
  }

  @Test func numbersShowAsInNumPy() throws {
    for vector in Self.numeric {
      let bits = try vector.bits.split(separator: " ").map { try #require(UInt64($0, radix: 16)) }
      let array = NDArray(dtype: vector.dtype, shape: vector.shape, bits: bits)
      #expect(array.description == vector.expected)
    }
  }

  @Test func textsShowAsInNumPy() {
    for vector in Self.texts {
      #expect(NDArray(strings: vector.elements, shape: vector.shape).description == vector.expected)
    }
  }
}
