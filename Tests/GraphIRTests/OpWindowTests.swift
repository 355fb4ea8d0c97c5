// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// Windows and their overlap-add. Expected values are by hand, or by NumPy's `sliding_window_view` and `np.add.at`.
@Suite struct OpWindowTests {
  @Test func windowsSlide() throws {
    let x = counting([5])
    #expect(
      try value(of: "window %a {axes = [0], sizes = [3], strides = [1], dilations = [1]}", x) == [
        [0, 1, 2], [1, 2, 3], [2, 3, 4],
      ])
    #expect(
      try value(of: "window %a {axes = [0], sizes = [2], strides = [2], dilations = [1]}", x) == [
        [0, 1], [2, 3],
      ])
    #expect(
      try value(of: "window %a {axes = [0], sizes = [2], strides = [1], dilations = [3]}", x) == [
        [0, 3], [1, 4],
      ])
    #expect(
      try value(of: "window %a {axes = [0], sizes = [1], strides = [3], dilations = [2147483647]}", x) == [
        [0], [3],
      ])
    #expect(
      try value(of: "window %a {axes = [], sizes = [], strides = [], dilations = []}", x) == x)
  }

  @Test func windowsOfAPlaneComeLast() throws {
    let x = counting([3, 4])
    #expect(
      try value(of: "window %a {axes = [0, 1], sizes = [2, 2], strides = [1, 2], dilations = [1, 1]}", x) == [
        [[[0, 1], [4, 5]], [[2, 3], [6, 7]]], [[[4, 5], [8, 9]], [[6, 7], [10, 11]]],
      ])
    // In the order of `axes`, wherever those lie.
    #expect(
      try value(of: "window %a {axes = [1, 0], sizes = [2, 3], strides = [2, 1], dilations = [1, 1]}", x) == [
        [[[0, 4, 8], [1, 5, 9]], [[2, 6, 10], [3, 7, 11]]]
      ])
    #expect(
      try value(of: "window %a {axes = [1], sizes = [2], strides = [1], dilations = [1]}", counting([0, 3]))
        .shape
        == [0, 2, 2])
  }

  @Test func foldSumsWhatOverlaps() throws {
    let windows: NDArray = [[1, 2, 3], [10, 20, 30], [100, 200, 300]]
    #expect(
      try value(
        of: "fold %a {axes = [0], sizes = [3], strides = [1], dilations = [1], extents = [end]}", windows)
        == [
          1, 12, 123, 230, 300,
        ])
    #expect(
      try value(
        of: "fold %a {axes = [0], sizes = [3], strides = [2], dilations = [1], extents = [8]}", windows)
        == [1, 2, 13, 20, 130, 200, 300, 0])
    #expect(
      try value(
        of: "fold %a {axes = [0], sizes = [3], strides = [4], dilations = [1], extents = [14]}", windows)
        == [1, 2, 3, 0, 10, 20, 30, 0, 100, 200, 300, 0, 0, 0])
    #expect(
      try value(
        of: "fold %a {axes = [0], sizes = [3], strides = [1], dilations = [2], extents = [end]}", windows)
        == [1, 10, 102, 20, 203, 30, 300])
    #expect(
      try value(
        of: "fold %a {axes = [0], sizes = [3], strides = [2], dilations = [3], extents = [11]}", windows)
        == [1, 0, 10, 2, 100, 20, 3, 200, 30, 0, 300])
  }

  @Test func foldOfNothing() throws {
    #expect(
      try value(
        of: "fold %a {axes = [0], sizes = [3], strides = [1], dilations = [1], extents = [2]}",
        counting([0, 3]))
        == [0, 0])
    #expect(
      try value(
        of: "fold %a {axes = [0], sizes = [3], strides = [1], dilations = [1], extents = [end]}",
        counting([0, 3])
      )
      .shape == [0])
    // A sum starts from +0.
    #expect(
      try value(
        of: "fold %a {axes = [0], sizes = [1], strides = [1], dilations = [1], extents = [1]}", [[-0.0]]
      )
      .bits(at: 0) == 0)
  }

  @Test func foldOfWindowsCountsThem() throws {
    // Each element as often as it is in a window: 2-D counts are products of 1-D counts.
    let ones = NDArray([Float](repeating: 1, count: 4 * 5 * 3 * 2), shape: [4, 5, 3, 2])
    let counts = try value(
      of: "fold %a {axes = [0, 1], sizes = [3, 2], strides = [1, 2], dilations = [1, 1], extents = [6, 11]}",
      ones)
    let (rows, columns): ([Float], [Float]) = ([1, 2, 3, 3, 2, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0])
    #expect(counts.floats == rows.flatMap { row in columns.map { row * $0 } })
  }

  // MARK: Types

  private func type(_ op: String, of operand: String) throws -> String {
    let module = try ModuleParser.parse("module @m {\n  param %a: \(operand)\n  %0 = \(op)\n  result %0\n}")
    return module.nodes[module.results[0].value.nodeIndex].types[0].description
  }

  @Test func extentsOfSymbols() throws {
    let pairs = "window %a {axes = [1], sizes = [2], strides = [2], dilations = [1]}"
    #expect(try type(pairs, of: "f32[?0,6]") == "f32[?0,3,2]")
    #expect(try type(pairs, of: "f32[?0,6*?1]") == "f32[?0,3*?1,2]")
    // Half of an unknown extent is another one.
    #expect(try type(pairs, of: "f32[?0,?1]") == "f32[?0,?2,2]")
    let ones = "window %a {axes = [0], sizes = [1], strides = [1], dilations = [1]}"
    #expect(try type(ones, of: "f32[?0]") == "f32[?0,1]")
    let least = "fold %a {axes = [0], sizes = [3], strides = [3], dilations = [1], extents = [end]}"
    #expect(try type(least, of: "f32[?0,3]") == "f32[3*?0]")
    let overlapping = "fold %a {axes = [0], sizes = [3], strides = [2], dilations = [1], extents = [end]}"
    #expect(try type(overlapping, of: "f32[?0,3]") == "f32[?1]")
    let given = "fold %a {axes = [0], sizes = [3], strides = [2], dilations = [1], extents = [9]}"
    #expect(try type(given, of: "f32[?0,3]") == "f32[9]")
  }

  private func violation(_ op: Op, _ operands: TensorType...) -> String? {
    do throws(ConstraintViolation) {
      _ = try op.rule.inferTypes(operands)
      return nil
    } catch {
      return error.constraint
    }
  }

  @Test func constraintsOfWindows() {
    let x = TensorType(.float32, [4, 6])
    func window(_ axes: [Int], _ sizes: [Int], _ strides: [Int], _ dilations: [Int]) -> Op {
      .window(WindowOp(WindowGeometry(axes: axes, sizes: sizes, strides: strides, dilations: dilations)))
    }
    #expect(violation(window([0], [2], [1], [1]), x) == nil)
    #expect(violation(window([0], [2], [1], [1])) == "C1")
    #expect(violation(window([0], [2], [1], [1]), x, x) == "C1")
    #expect(violation(window([0, 1], [2], [1, 1], [1, 1]), x) == "C2")
    #expect(violation(window([0], [2], [1], [1, 1]), x) == "C2")
    #expect(violation(window([0, 0], [2, 2], [1, 1], [1, 1]), x) == "C2")
    #expect(violation(window([2], [2], [1], [1]), x) == "C2")
    #expect(violation(window([0], [0], [1], [1]), x) == "C2")
    #expect(violation(window([0], [2], [0], [1]), x) == "C2")
    #expect(violation(window([0], [2], [1], [1 << 31]), x) == "C2")
    #expect(violation(window([0], [5], [1], [1]), x) == "C3")
    #expect(violation(window([0], [4], [1], [1]), x) == nil)
    #expect(violation(window([1], [3], [1], [3]), x) == "C3")
    #expect(violation(window([0], [1], [1], [1]), TensorType(.float32, [0])) == "C3")
  }

  @Test func constraintsOfFold() {
    let x = TensorType(.float32, [3, 2])
    func fold(_ axes: [Int], _ sizes: [Int], _ extents: [Int?], stride: Int = 1) -> Op {
      let ones = axes.map { _ in 1 }
      let geometry = WindowGeometry(
        axes: axes, sizes: sizes, strides: axes.map { _ in stride }, dilations: ones)
      return .fold(FoldOp(geometry, extents: extents))
    }
    #expect(violation(fold([0], [2], [4]), x) == nil)
    #expect(violation(fold([0], [2], [4]), x, x) == "C1")
    #expect(violation(fold([0], [2], [4]), TensorType(.bool, [3, 2])) == "C1")
    #expect(violation(fold([0], [2], [4, 4]), x) == "C2")
    #expect(violation(fold([1], [2], [4]), x) == "C2")
    #expect(violation(fold([0, 1], [2, 2], [4, 4]), x) == "C2")
    #expect(violation(fold([0], [3], [4]), x) == "C3")
    #expect(violation(fold([0], [2], [4]), TensorType(.float32, [3, .symbol(0)])) == "C3")
    #expect(violation(fold([0], [2], [5]), x) == "C4")
    #expect(violation(fold([0], [2], [3]), x) == "C4")
    #expect(violation(fold([0], [2], [7], stride: 2), x) == nil)
    #expect(violation(fold([0], [2], [8], stride: 2), x) == "C4")
    #expect(violation(fold([0], [2], [-1]), TensorType(.float32, [0, 2])) == "C4")
  }

  /// What is not known of a symbol is checked when it is bound.
  @Test func boundExtentsAreChecked() throws {
    let text = """
      module @m {
        param %x: f32[?0]
        %0 = window %x {axes = [0], sizes = [3], strides = [2], dilations = [1]} : f32[?1,3]
        %1 = fold %0 {axes = [0], sizes = [3], strides = [2], dilations = [1], extents = [7]} : f32[7]
        result %1
      }
      """
    let module = try ModuleParser.parse(text)
    #expect(try module.bound(by: [0: 8]).isStatic)
    #expect(throws: Diagnostic.self) { try module.bound(by: [0: 2]) }
    #expect(throws: Diagnostic.self) { try module.bound(by: [0: 9]) }
  }
}
