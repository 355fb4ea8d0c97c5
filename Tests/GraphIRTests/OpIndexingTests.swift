// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// Ops that take or change elements at places that are values. Expected values are by hand, or NumPy's where several
/// axes meet.
@Suite struct OpIndexingTests {
  private func expectFault(_ message: String, _ run: () throws -> NDArray) {
    do {
      let result = try run()
      Issue.record("gives \(result)")
    } catch let error as Diagnostic {
      #expect(error.kind == .run)
      #expect(error.message == message)
    } catch {
      Issue.record(error)
    }
  }

  /// An embedding: rows of a table, one of them twice.
  @Test func gatherReadsRows() throws {
    let table: NDArray = [[1, 2], [3, 4], [5, 6]]
    let rows = [[2], [0], [2]] as NDArray
    #expect(
      try value(of: "gather %a, %b {axes = [0], batch = 0}", table, rows) == [[5, 6], [1, 2], [5, 6]])
    let wide = NDArray([2 as Int64, 0, 2], shape: [3, 1])
    #expect(
      try value(of: "gather %a, %b {axes = [0], batch = 0}", table, wide) == [[5, 6], [1, 2], [5, 6]])
    let none = NDArray([Int32](), shape: [0, 1])
    #expect(try value(of: "gather %a, %b {axes = [0], batch = 0}", table, none).shape == [0, 2])
    #expect(try value(of: "gather %a, %b {axes = [0], batch = 0}", table, [1]) == [3, 4])
  }

  /// x[:, idx] with the positions first, x[i, j] and x[j, i], take_along_axis.
  @Test func gatherReadsAlongAnyAxes() throws {
    let x = counting([2, 3, 4])
    #expect(
      try value(of: "gather %a, %b {axes = [1], batch = 0}", x, [[2], [0]]) == [
        [[8, 9, 10, 11], [20, 21, 22, 23]], [[0, 1, 2, 3], [12, 13, 14, 15]],
      ])
    #expect(
      try value(of: "gather %a, %b {axes = [0, 2], batch = 0}", x, [[1, 3], [0, 0]]) == [
        [15, 19, 23], [0, 4, 8],
      ])
    #expect(
      try value(of: "gather %a, %b {axes = [2, 0], batch = 0}", x, [[3, 1], [0, 0]]) == [
        [15, 19, 23], [0, 4, 8],
      ])
    #expect(
      try value(of: "gather %a, %b {axes = [2, 1, 0], batch = 0}", x, [[[3, 2, 1]], [[1, 0, 0]]]) == [
        [23], [1],
      ])
    // tf.gather with batch_dims = 1, and with 2.
    #expect(
      try value(of: "gather %a, %b {axes = [1], batch = 1}", x, [[[2]], [[0]]]) == [
        [[8, 9, 10, 11]], [[12, 13, 14, 15]],
      ])
    #expect(
      try value(
        of: "gather %a, %b {axes = [2], batch = 2}", x, [[[3], [1], [0]], [[0], [2], [2]]])
        == [[3, 5, 8], [12, 18, 22]])
    #expect(
      try value(of: "gather %a, %b {axes = [2], batch = 1}", x, [[[3], [0]], [[1], [1]]]) == [
        [[3, 7, 11], [0, 4, 8]], [[13, 17, 21], [13, 17, 21]],
      ])
  }

  @Test func gatherReadsEveryType() throws {
    #expect(
      try value(of: "gather %a, %b {axes = [0], batch = 0}", [true, false], [[1], [0], [1]])
        == NDArray([false, true, false]))
    let special = NDArray([Float.nan, -0.0, .infinity])
    #expect(
      try value(of: "gather %a, %b {axes = [0], batch = 0}", special, [[1], [0]])
        == NDArray([-0.0, Float.nan]))
    // No axis: the whole operand at each position.
    #expect(
      try value(of: "gather %a, %b {axes = [], batch = 0}", [7, 8], NDArray([Int32](), shape: [2, 0])) == [
        [7, 8], [7, 8],
      ])
  }

  @Test(arguments: [-1, 3, 1 << 31, Int(Int64.min)]) func indicesOutOfRangeFail(index: Int) throws {
    let x = counting([2, 3], from: 0, .float32)
    let place = NDArray([0, Int64(index)], shape: [2, 1])
    let words = "an index is outside axis 1 of f32[2,3], whose extent is 3"
    expectFault("gather: \(words)") { try value(of: "gather %a, %b {axes = [1], batch = 0}", x, place) }
    expectFault("scatter: \(words)") {
      try value(
        of: "scatter %a, %b, %c {kind = add, axes = [1], batch = 0}", x, place,
        counting([2, 2], from: 0, .float32))
    }
    // Where nothing is read, nothing is out of range.
    #expect(
      try value(of: "gather %a, %b {axes = [1], batch = 0}", counting([0, 3]), place).shape == [2, 0])
  }

  /// Of several axes the first is named.
  @Test func theFirstAxisIsNamed() throws {
    expectFault("gather: an index is outside axis 1 of i32[2,3], whose extent is 3") {
      try value(of: "gather %a, %b {axes = [1, 0], batch = 0}", counting([2, 3]), [[0, 9], [9, 0]])
    }
    expectFault("gather: an index is outside axis 0 of i32[0], whose extent is 0") {
      try value(of: "gather %a, %b {axes = [0], batch = 0}", counting([0]), [[0]])
    }
  }

  @Test func scatterChangesPlaces() throws {
    let x: NDArray = [[1, 2], [3, 4], [5, 6]]
    let updates: NDArray = [[10, 20], [30, 40], [50, 60]]
    let rows: NDArray = [[2], [0], [2]]
    let scatter = { (kind: String) in
      try value(of: "scatter %a, %b, %c {kind = \(kind), axes = [0], batch = 0}", x, rows, updates)
    }
    #expect(try scatter("set") == [[30, 40], [3, 4], [50, 60]])
    #expect(try scatter("add") == [[31, 42], [3, 4], [65, 86]])
    #expect(try scatter("multiply") == [[30, 80], [3, 4], [2500, 7200]])
    #expect(try scatter("max") == [[30, 40], [3, 4], [50, 60]])
    #expect(try scatter("min") == [[1, 2], [3, 4], [5, 6]])
    let none = NDArray([Int32](), shape: [0, 1])
    #expect(
      try value(
        of: "scatter %a, %b, %c {kind = set, axes = [0], batch = 0}", x, none, counting([0, 2])) == x)
  }

  @Test func scatterReachesAnyAxes() throws {
    let zeros = NDArray([Int32](repeating: 0, count: 6), shape: [2, 3])
    #expect(
      try value(
        of: "scatter %a, %b, %c {kind = set, axes = [1], batch = 0}", zeros, [[2], [0]], [[1, 2], [3, 4]])
        == [[3, 0, 1], [4, 0, 2]])
    #expect(
      try value(
        of: "scatter %a, %b, %c {kind = set, axes = [1, 0], batch = 0}", zeros, [[2, 1], [0, 0]], [5, 6])
        == [[6, 0, 0], [0, 0, 5]])
    #expect(
      try value(
        of: "scatter %a, %b, %c {kind = add, axes = [1], batch = 1}", zeros, [[[2], [2]], [[0], [1]]],
        [[5, 6], [7, 8]]) == [[0, 0, 11], [7, 8, 0]])
  }

  /// Integers wrap; the greatest and the least of floats let NaN through and tell the zeros apart.
  @Test func scatterCombinesAsTheFunctionsDo() throws {
    let wrapped = try value(
      of: "scatter %a, %b, %c {kind = multiply, axes = [0], batch = 0}", NDArray([Int32.max]), [[0], [0]],
      [2, 3])
    #expect(wrapped.ints == [-6])
    let floats = NDArray([Float(1), -0.0, 0])
    let updates = NDArray([Float.nan, 5, 0, -0.0])
    let most = try value(
      of: "scatter %a, %b, %c {kind = max, axes = [0], batch = 0}", floats, [[0], [0], [1], [2]], updates)
    #expect(most.floats[0].isNaN && most.bits(at: 1) == 0 && most.bits(at: 2) == 0)
    let least = try value(
      of: "scatter %a, %b, %c {kind = min, axes = [0], batch = 0}", floats, [[0], [0], [1], [2]], updates)
    #expect(least.floats[0].isNaN && least.bits(at: 1) == 1 << 31 && least.bits(at: 2) == 1 << 31)
    // Summed from left to right: 1e8 + 4 is a tie, which goes back to 1e8 each time.
    let sum = try value(
      of: "scatter %a, %b, %c {kind = add, axes = [0], batch = 0}", NDArray([Float(1e8)]),
      [[0], [0], [0], [0]], NDArray([Float(4), 4, 4, 4]))
    #expect(sum.floats == [1e8])
  }

  @Test func dynamicSliceMovesItsWindow() throws {
    let x = counting([3, 5])
    let slice = { (row: Int, column: Int) in
      try value(
        of: "dynamicSlice %a, %b, %c {sizes = [2, 3]}", x, NDArray(scalar: Int32(row)),
        NDArray(scalar: Int64(column)))
    }
    #expect(try slice(0, 1) == [[1, 2, 3], [6, 7, 8]])
    #expect(try slice(1, 2) == [[7, 8, 9], [12, 13, 14]])
    // Moved until it fits.
    #expect(try slice(2, 9) == [[7, 8, 9], [12, 13, 14]])
    #expect(try slice(-7, Int(Int64.min)) == [[0, 1, 2], [5, 6, 7]])
    #expect(try slice(Int(Int32.max), Int.max) == [[7, 8, 9], [12, 13, 14]])
    #expect(try value(of: "dynamicSlice %a {sizes = []}", 4) == 4)
    #expect(try value(of: "dynamicSlice %a, %b {sizes = [0]}", [1, 2], 1).count == 0)
  }

  @Test func dynamicUpdateReplacesItsWindow() throws {
    let zeros = NDArray([Int32](repeating: 0, count: 12), shape: [3, 4])
    let update = { (row: Int, column: Int) in
      try value(
        of: "dynamicUpdate %a, %b, %c, %d", zeros, [[1, 2], [3, 4]], NDArray(scalar: Int32(row)),
        NDArray(scalar: Int32(column)))
    }
    #expect(try update(0, 1) == [[0, 1, 2, 0], [0, 3, 4, 0], [0, 0, 0, 0]])
    #expect(try update(2, 4) == [[0, 0, 0, 0], [0, 0, 1, 2], [0, 0, 3, 4]])
    #expect(try update(-1, -9) == [[1, 2, 0, 0], [3, 4, 0, 0], [0, 0, 0, 0]])
    #expect(try value(of: "dynamicUpdate %a, %b", 4, 5) == 5)
    #expect(try value(of: "dynamicUpdate %a, %b, %c", [1, 2], counting([0]), 1) == [1, 2])
  }

  // MARK: Types

  private func types(_ text: String) throws -> [String] {
    let module = try ModuleParser.parse("module @m {\n\(text)\n}")
    return module.results.map { module.type(of: $0.value).description }
  }

  /// Every extent of a result is one of the operands', so symbols stay what they are.
  @Test func symbolsAreKept() throws {
    #expect(
      try types(
        """
        param %x: f32[?0,?1,8]
        param %i: i32[?0,?2,2]
        param %u: f32[?0,?2]
        param %s: i32[]
        %0 = gather %x, %i {axes = [2, 1], batch = 1}
        %1 = scatter %x, %i, %u {kind = max, axes = [1, 2], batch = 1}
        %2 = dynamicSlice %x, %s, %s, %s {sizes = [?0, 3, 8]}
        %3 = dynamicSlice %x, %s, %s, %s {sizes = [?2, ?1, 1]}
        %4 = dynamicUpdate %x, %2, %s, %s, %s
        result %0
        result %1
        result %2
        result %3
        result %4
        """) == ["f32[?0,?2]", "f32[?0,?1,8]", "f32[?0,3,8]", "f32[?2,?1,1]", "f32[?0,?1,8]"])
  }

  /// A window that a symbol leaves open is held against the operand when the symbol is bound.
  @Test func windowsAreCheckedWhenBound() throws {
    let module = try ModuleParser.parse(
      """
      module @m {
        param %x: f32[?0]
        param %s: i32[]
        %0 = dynamicSlice %x, %s {sizes = [3]}
        result %0
      }
      """)
    #expect(try module.bound(by: [0: 3]).isStatic)
    do {
      _ = try module.bound(by: [0: 2])
      Issue.record("a window of 3 fits into 2")
    } catch let error as Diagnostic {
      #expect(error.code == "dynamicSlice.C2")
      #expect(error.message == "dynamicSlice: the window is 3 long on axis 0 of f32[2], which is 2")
    }
  }
}
