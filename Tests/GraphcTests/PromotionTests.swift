// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

@Suite("Promotion")
struct PromotionTests {
  let graph = Graph()

  func scalar(_ dtype: DType) -> Tensor { graph.placeholder(dtype, []) }

  @Test("JAX's lattice, every pair")
  func lattice() {
    // jax.numpy.promote_types with 64-bit types enabled, except that u8 and i8 meet in
    // i32, since there is no i16.
    let types: [DType] = [
      .bool, .uint8, .int8, .int32, .int64, .uint32, .float16, .bfloat16, .float32, .float64,
    ]
    let table: [[DType]] = [
      [.bool, .uint8, .int8, .int32, .int64, .uint32, .float16, .bfloat16, .float32, .float64],
      [.uint8, .uint8, .int32, .int32, .int64, .uint32, .float16, .bfloat16, .float32, .float64],
      [.int8, .int32, .int8, .int32, .int64, .int64, .float16, .bfloat16, .float32, .float64],
      [.int32, .int32, .int32, .int32, .int64, .int64, .float16, .bfloat16, .float32, .float64],
      [.int64, .int64, .int64, .int64, .int64, .int64, .float16, .bfloat16, .float32, .float64],
      [.uint32, .uint32, .int64, .int64, .int64, .uint32, .float16, .bfloat16, .float32, .float64],
      [.float16, .float16, .float16, .float16, .float16, .float16, .float16, .float32, .float32, .float64],
      [
        .bfloat16, .bfloat16, .bfloat16, .bfloat16, .bfloat16, .bfloat16, .float32, .bfloat16, .float32,
        .float64,
      ],
      [.float32, .float32, .float32, .float32, .float32, .float32, .float32, .float32, .float32, .float64],
      [.float64, .float64, .float64, .float64, .float64, .float64, .float64, .float64, .float64, .float64],
    ]
    for (row, lhs) in types.enumerated() {
      for (column, rhs) in types.enumerated() {
        #expect(Promotion.join(lhs, rhs) == table[row][column], "\(lhs) and \(rhs)")
        let sum = table[row][column] == .bool ? DType.int32 : table[row][column]
        #expect((scalar(lhs) + scalar(rhs)).dtype == sum, "\(lhs) + \(rhs)")
        #expect((scalar(lhs) .== scalar(rhs)).dtype == .bool)
      }
    }
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("A number takes the type beside it; a fraction makes integers f32")
  func weakNumbers() {
    for dtype in [DType.uint8, .int8, .int32, .int64, .uint32, .float16, .bfloat16, .float32, .float64] {
      #expect((scalar(dtype) * 2).dtype == dtype)
      #expect((2 * scalar(dtype)).dtype == dtype)
      #expect((scalar(dtype) * 0.5).dtype == (dtype.isFloatingPoint ? dtype : .float32))
      #expect((scalar(dtype) .< 0.5).dtype == .bool)
      #expect(maximum(scalar(dtype), 0).dtype == dtype)
    }
    #expect((scalar(.bool) + 1).dtype == .int32)
    #expect((scalar(.bool) + 5_000_000_000).dtype == .int64)
    #expect((scalar(.bool) * 1.5).dtype == .float32)
    #expect(graph.diagnostics.isEmpty)
    #expect((scalar(.uint8) + 300).complaint == "[literal.range] +: 300 is no u8")
    #expect((scalar(.uint32) * -1).complaint == "[literal.range] *: -1 is no u32")
    #expect((scalar(.int32) + 5_000_000_000).complaint == "[literal.range] +: 5000000000 is no i32")
  }

  @Test("A number keeps its digits in f64, and an i64 its own beyond 2⁵³")
  func exactNumbers() throws {
    #expect(try (graph.constant(0.0, dtype: .float64) + 0.1).numbers() == [0.1])
    let big = graph.constant(NDArray(scalar: Int64(1) << 60)) + 9_007_199_254_740_993
    #expect(try graph.evaluate([big])[0] == NDArray(scalar: (Int64(1) << 60) + 9_007_199_254_740_993))
  }

  @Test("An array literal follows the tensor where it keeps its values; any other array brings its type")
  func arrays() throws {
    let doubles = graph.placeholder(.float64, [2])
    let integers = graph.placeholder(.int32, [2])
    let literal: NDArray = [1, 2]
    let fractions: NDArray = [0.5, 1]
    #expect((doubles + literal).dtype == .float64)
    #expect((doubles + fractions).dtype == .float64)
    #expect((integers + fractions).dtype == .float32)
    #expect((graph.placeholder(.uint8, [2]) + ([1, 300] as NDArray)).dtype == .int32)
    #expect((graph.placeholder(.float32, [2]) + NDArray([1.0, 2.0])).dtype == .float64)
    #expect(graph.diagnostics.isEmpty)
  }

  @Test("Division is true division, functions make numbers float, logic wants bool")
  func functions() {
    #expect((scalar(.int32) / scalar(.int32)).dtype == .float32)
    #expect((scalar(.int64) / 2).dtype == .float32)
    #expect((scalar(.bool) / scalar(.bool)).dtype == .float32)
    #expect((scalar(.float64) / 2).dtype == .float64)
    #expect(exp(scalar(.int64)).dtype == .float32)
    #expect(sqrt(scalar(.float64)).dtype == .float64)
    #expect(abs(scalar(.bool)).dtype == .int32)
    #expect(floor(scalar(.bool)).dtype == .float32)
    #expect((scalar(.bool) % scalar(.bool)).dtype == .int32)
    #expect((scalar(.bool) .< scalar(.bool)).dtype == .bool)
    #expect(select(scalar(.bool), scalar(.int32), scalar(.float32)).dtype == .float32)
    #expect(select(scalar(.bool), true, false).dtype == .bool)
    #expect(
      matmul(graph.placeholder(.int32, [2, 2]), graph.placeholder(.float32, [2, 2])).dtype == .float32)
    #expect(graph.diagnostics.isEmpty)
    #expect(
      (scalar(.float32) .& scalar(.bool)).complaint
        == "[logical.type] .&: takes bool or integer tensors, got f32[], bool[]")
  }

  @Test("Constants take a type, literals exactly")
  func constants() throws {
    #expect(graph.constant([1, 2], dtype: .float64).dtype == .float64)
    #expect(graph.constant(0.1, dtype: .float64) == graph.constant(NDArray(scalar: 0.1)))
    #expect(graph.constant([1.5], dtype: .int32).complaint.hasPrefix("[literal.range] constant:"))
    let array = NDArray([Float(1.75), -1.75])
    #expect(try graph.constant(array, dtype: .int32).numbers() == [1, -1])
  }
}
