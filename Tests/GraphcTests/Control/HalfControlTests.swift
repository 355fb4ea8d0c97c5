// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import Testing

@testable import Graphc

/// Loops and branches whose values are of 16 bits: what is carried is rounded at each step.
@Suite("Control flow of 16 bits")
struct HalfControlTests {
  static let halves = ElementTypeTests.halves
  let graph = Graph()

  private func round(_ number: Float, _ dtype: DType) -> Float {
    dtype == .float16 ? Float(Float16(number)) : Float(BFloat16(number))
  }

  private func array(_ numbers: [Float], _ shape: [Int], _ dtype: DType) -> NDArray {
    dtype == .float16
      ? NDArray(numbers.map { Float16($0) }, shape: shape)
      : NDArray(numbers.map { BFloat16($0) }, shape: shape)
  }

  @Test("A scan carries, reads and stacks them", arguments: halves)
  func scan(dtype: DType) throws {
    let x = graph.placeholder(dtype, [nil, 2], name: "x")
    let start = graph.placeholder(dtype, [2], name: "start")
    let (last, outputs) = graph.scan(over: x, from: start) { sum, part in
      let next = sum * 1.1 + part
      return (carry: next, output: next * next)
    }
    #expect(last.dtype == dtype && outputs.dtype == dtype && graph.diagnostics.isEmpty)
    let numbers: [Float] = [0.3, -1.7, 100.1, 0.001, -7.3, 3.14, 1e-3, 0.25]
    let values = try bothEngines(
      [last, outputs], feeding: [x: array(numbers, [4, 2], dtype), start: array([0.1, 2.5], [2], dtype)])
    // The same by hand: f32, rounded behind each operation.
    var (sum, squares) = ([round(0.1, dtype), round(2.5, dtype)], [Float]())
    let factor = round(1.1, dtype)
    for step in 0..<4 {
      for column in 0..<2 {
        let product = round(sum[column] * factor, dtype)
        sum[column] = round(product + round(numbers[step * 2 + column], dtype), dtype)
        squares.append(round(sum[column] * sum[column], dtype))
      }
    }
    #expect(values[0] == array(sum, [2], dtype))
    #expect(values[1] == array(squares, [4, 2], dtype))
  }

  /// 1 + 2⁻¹² is 1 in either type: a carry that were kept in f32 would grow.
  @Test("A carry is rounded at each step", arguments: halves)
  func rounding(dtype: DType) throws {
    let x = graph.placeholder(dtype, [3], name: "x")
    let sum = graph.fori(100, from: x) { _, y in y + 0x1p-12 }
    let loop = graph.whileLoop(from: [x, 0]) {
      $0[1] .< 100
    } body: {
      [$0[0] + 0x1p-12, $0[1] + 1]
    }
    let ones = array([1, 1, 1], [3], dtype)
    let values = try bothEngines([sum, loop[0]], feeding: [x: ones])
    #expect(values == [ones, ones])
  }

  @Test("A branch takes and gives them, in a loop too", arguments: halves)
  func branches(dtype: DType) throws {
    let x = graph.placeholder(dtype, [nil], name: "x")
    let start = graph.constant(1).converted(to: dtype)
    let (sum, outputs) = graph.scan(over: x, from: start) { sum, part in
      let next = graph.cond(part .> 0, then: { sum * part }, else: { sum - part })
      return (carry: next, output: next)
    }
    let whole = graph.cond(sum .> 10, then: { x * 3 }, else: { -x })
    #expect([sum.dtype, outputs.dtype, whole.dtype] == [dtype, dtype, dtype])
    let numbers: [Float] = [1.3, -2.7, 3.1, -0.01, 0.7]
    let values = try bothEngines([sum, outputs, whole], feeding: [x: array(numbers, [5], dtype)])
    var (carry, expected) = (Float(1), [Float]())
    for number in numbers.map({ round($0, dtype) }) {
      carry = round(number > 0 ? carry * number : carry - number, dtype)
      expected.append(carry)
    }
    #expect(values[0] == array([carry], [], dtype) && values[1] == array(expected, [5], dtype))
    // The sum is below ten.
    #expect(carry < 10 && values[2] == array(numbers.map { -$0 }, [5], dtype))
    let large = try bothEngines([sum, whole], feeding: [x: array([7, 9], [2], dtype)])
    #expect(large == [array([63], [], dtype), array([21, 27], [2], dtype)])
  }

  @Test("Gradients pass through them in both engines", arguments: halves)
  func gradients(dtype: DType) throws {
    let x = graph.placeholder(dtype, [3], name: "x")
    let start = graph.placeholder(dtype, [], name: "start")
    let (last, outputs) = graph.scan(over: x, from: start) { sum, part in
      let next = graph.cond(part .> 0, then: { sum * part }, else: { sum + part })
      return (carry: next, output: next + part)
    }
    let slopes = graph.gradients(of: last + outputs.sum(), withRespectTo: [x, start])
    #expect(slopes.map(\.dtype) == [dtype, dtype])
    let feeds = [x: array([2, -1, 0.5], [3], dtype), start: array([3], [], dtype)]
    let values = try bothEngines(slopes, feeding: feeds)
    // Sums 6, 5, 2.5; of the last one twice: backwards 2, 1 + 2 · 0.5 = 2, 1 + 2 = 3.
    #expect(values == [array([3 * 3 + 1, 2 + 1, 2 * 5 + 1], [3], dtype), array([6], [], dtype)])
  }
}
