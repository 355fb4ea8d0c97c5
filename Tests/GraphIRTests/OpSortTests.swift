// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// Orders and places in them; the values are those of NumPy's `argsort(kind: "stable")` and `searchsorted`.
@Suite struct OpSortTests {
  private func sort(_ operands: [NDArray], axis: Int, descending: Bool = false) throws -> [NDArray] {
    let b = ModuleBuilder()
    let parameters = operands.enumerated().map {
      b.addParameter(name: "p\($0.offset)", type: $0.element.type)
    }
    let values = try b.appendAll(.sort(SortOp(axis: axis, descending: descending)), parameters)
    let module = try b.module(results: values.map { Module.Result(name: "", value: $0) })
    return try Interpreter.run(module, parameters: operands).results
  }

  @Test func eitherAxisAndDirection() throws {
    let x: NDArray = [[3, 1, 2], [0, 5, 1]]
    #expect(try sort([x], axis: 1) == [[[1, 2, 3], [0, 1, 5]]])
    #expect(try sort([x], axis: 0) == [[[0, 1, 1], [3, 5, 2]]])
    #expect(try sort([x], axis: 1, descending: true) == [[[3, 2, 1], [5, 1, 0]]])
  }

  @Test func equalKeysKeepTheirOrder() throws {
    let keys: NDArray = [2, 1, 2, 1, 2]
    let places: NDArray = [0, 1, 2, 3, 4]
    let letters = NDArray([10.0, 11, 12, 13, 14])
    #expect(try sort([keys, places, letters], axis: 0)[1] == [1, 3, 0, 2, 4])
    #expect(try sort([keys, places, letters], axis: 0, descending: true)[1] == [0, 2, 4, 1, 3])
    #expect(try sort([keys, places, letters], axis: 0)[2] == NDArray([11.0, 13, 10, 12, 14]))
    // Zeros of either sign are equal.
    let zeros = try sort([NDArray([0.0, -0.0, -1]), [0, 1, 2]], axis: 0)
    #expect(zeros[0] == NDArray([-1.0, 0, -0.0]) && zeros[1] == [2, 0, 1])
  }

  @Test func nanIsTheGreatest() throws {
    let x = NDArray([Float.nan, 2, .infinity, .nan, -.infinity])
    let up = try sort([x, [0, 1, 2, 3, 4]], axis: 0)
    #expect(Array(up[0].floats[..<3]) == [-.infinity, 2, .infinity])
    #expect(up[1] == [4, 1, 2, 0, 3])
    #expect(try sort([x, [0, 1, 2, 3, 4]], axis: 0, descending: true)[1] == [0, 3, 2, 1, 4])
  }

  @Test func everyTypeHasAnOrder() throws {
    #expect(try sort([[true, false, true]], axis: 0) == [[false, true, true]])
    #expect(try sort([NDArray([UInt32.max, 0, 1 << 31])], axis: 0) == [NDArray([UInt32(0), 1 << 31, .max])])
    let wide = NDArray([Int64.max, Int64.max - 1, .min, -1])
    #expect(try sort([wide], axis: 0) == [NDArray([Int64.min, -1, .max - 1, .max])])
    #expect(try sort([NDArray(dtype: .float32, shape: [0, 2], bits: [])], axis: 0)[0].shape == [0, 2])
  }

  @Test func placesInRows() throws {
    let rows: NDArray = [[1, 3, 3, 5], [0, 0, 0, 9]]
    let values: NDArray = [[3, 0, 6], [0, 9, -1]]
    #expect(try value(of: "searchSorted %a, %b {side = left}", rows, values) == [[1, 0, 4], [0, 3, 0]])
    #expect(try value(of: "searchSorted %a, %b {side = right}", rows, values) == [[3, 0, 4], [3, 4, 0]])
    let row = NDArray([1.0, 2, .nan, .nan])
    let wanted = NDArray([2.0, .nan, .infinity])
    #expect(try value(of: "searchSorted %a, %b {side = left}", row, wanted) == [1, 2, 2])
    #expect(try value(of: "searchSorted %a, %b {side = right}", row, wanted) == [2, 4, 2])
    let nothing = NDArray(dtype: .int32, shape: [0], bits: [])
    #expect(try value(of: "searchSorted %a, %b {side = left}", nothing, [4, 5]) == [0, 0])
  }
}
