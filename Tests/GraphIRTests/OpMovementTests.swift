// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR
import TestSupport
import Testing

/// Ops that move elements. Expected values are by hand, or by NumPy where several axes move.
@Suite struct OpMovementTests {
  @Test func iotaCounts() throws {
    #expect(try value(of: "iota {axis = 0}", type: "i32[2,3]") == [[0, 0, 0], [1, 1, 1]])
    #expect(try value(of: "iota {axis = 1}", type: "f32[2,3]") == [[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]])
    #expect(try value(of: "iota {axis = 0}", type: "u8[0,3]").count == 0)
    #expect(try value(of: "iota {axis = 0}", type: "u8[258]").ints.suffix(3) == [255, 0, 1])
  }

  @Test func reshapeKeepsOrder() throws {
    #expect(
      try value(of: "reshape %a {shape = [3, 2]}", [[1, 2, 3], [4, 5, 6]]) == [[1, 2], [3, 4], [5, 6]])
    #expect(try value(of: "reshape %a {shape = []}", [[7]]) == 7)
    #expect(try value(of: "reshape %a {shape = [1, 1, 1]}", 7) == [[[7]]])
    #expect(try value(of: "reshape %a {shape = [5, 0]}", counting([0, 3])).shape == [5, 0])
  }

  @Test func transposePermutes() throws {
    #expect(
      try value(of: "transpose %a {permutation = [1, 0]}", [[1, 2, 3], [4, 5, 6]]) == [
        [1, 4], [2, 5], [3, 6],
      ])
    #expect(
      try value(of: "transpose %a {permutation = [2, 0, 1]}", counting([2, 3, 4])) == [
        [[0, 4, 8], [12, 16, 20]], [[1, 5, 9], [13, 17, 21]], [[2, 6, 10], [14, 18, 22]],
        [[3, 7, 11], [15, 19, 23]],
      ])
    #expect(try value(of: "transpose %a {permutation = []}", 3) == 3)
    #expect(try value(of: "transpose %a {permutation = [1, 0]}", counting([0, 3])).shape == [3, 0])
  }

  @Test func broadcastRepeats() throws {
    #expect(
      try value(of: "broadcast %a {shape = [2, 3], axes = [1]}", [1, 2, 3]) == [[1, 2, 3], [1, 2, 3]])
    #expect(
      try value(of: "broadcast %a {shape = [3, 2], axes = [0]}", [1, 2, 3]) == [[1, 1], [2, 2], [3, 3]])
    #expect(try value(of: "broadcast %a {shape = [2, 2], axes = []}", 5) == [[5, 5], [5, 5]])
    // A unit axis is stretched, and another one kept.
    #expect(
      try value(of: "broadcast %a {shape = [2, 1, 3], axes = [0, 2]}", [[1], [2]]) == [
        [[1, 1, 1]], [[2, 2, 2]],
      ])
    #expect(try value(of: "broadcast %a {shape = [0], axes = [0]}", [1]).count == 0)
    #expect(try value(of: "broadcast %a {shape = [3, 0], axes = [1]}", counting([0])).shape == [3, 0])
  }

  @Test func sliceTakesRegularParts() throws {
    let x = counting([2, 3, 4])
    #expect(
      try value(of: "slice %a {starts = [0, 1, 0], limits = [2, 3, 4], strides = [1, 2, 3]}", x) == [
        [[4, 7]], [[16, 19]],
      ])
    #expect(
      try value(of: "slice %a {starts = [0, 0, 1], limits = [end, end, end], strides = [1, 2, 2]}", x) == [
        [[1, 3], [9, 11]], [[13, 15], [21, 23]],
      ])
    #expect(try value(of: "slice %a {starts = [2], limits = [2], strides = [1]}", [1, 2, 3]).count == 0)
    #expect(try value(of: "slice %a {starts = [3], limits = [end], strides = [5]}", [1, 2, 3]).count == 0)
    #expect(try value(of: "slice %a {starts = [1], limits = [3], strides = [2147483647]}", [1, 2, 3]) == [2])
    #expect(try value(of: "slice %a {starts = [], limits = [], strides = []}", 4) == 4)
  }

  @Test func padAddsBordersAndGaps() throws {
    #expect(
      try value(of: "pad %a, %b {low = [1], high = [2], interior = [0]}", [1, 2], 9) == [9, 1, 2, 9, 9])
    #expect(
      try value(of: "pad %a, %b {low = [0], high = [0], interior = [2]}", [1, 2, 3], 0) == [
        1, 0, 0, 2, 0, 0, 3,
      ])
    #expect(
      try value(of: "pad %a, %b {low = [1, 0], high = [0, 1], interior = [0, 1]}", [[1, 2], [3, 4]], -1) == [
        [-1, -1, -1, -1], [1, -1, 2, -1], [3, -1, 4, -1],
      ])
    // Gaps stand between elements: nothing and one element have none.
    #expect(try value(of: "pad %a, %b {low = [1], high = [1], interior = [5]}", counting([0]), 7) == [7, 7])
    #expect(try value(of: "pad %a, %b {low = [0], high = [0], interior = [2147483647]}", [4], 7) == [4])
    #expect(
      try value(of: "pad %a, %b {low = [1], high = [0], interior = [0]}", [true], false) == [false, true])
  }

  @Test func reverseTurnsAround() throws {
    #expect(try value(of: "reverse %a {axes = [0]}", [1, 2, 3]) == [3, 2, 1])
    #expect(try value(of: "reverse %a {axes = [1]}", [[1, 2, 3], [4, 5, 6]]) == [[3, 2, 1], [6, 5, 4]])
    #expect(
      try value(of: "reverse %a {axes = [1, 0]}", [[1, 2, 3], [4, 5, 6]]) == [[6, 5, 4], [3, 2, 1]])
    #expect(try value(of: "reverse %a {axes = []}", [1, 2]) == [1, 2])
  }

  @Test func concatenateJoins() throws {
    #expect(try value(of: "concatenate %a, %b {axis = 0}", [1, 2], [3]) == [1, 2, 3])
    #expect(
      try value(of: "concatenate %a, %b, %c {axis = 1}", [[1], [2]], counting([2, 0]), [[3, 4], [5, 6]]) == [
        [1, 3, 4], [2, 5, 6],
      ])
    #expect(try value(of: "concatenate %a, %a {axis = 0}", [[1, 2]]) == [[1, 2], [1, 2]])
    #expect(try value(of: "concatenate %a {axis = 0}", [1.5]) == [1.5])
  }

  @Test func constantsAreWhatIsWritten() throws {
    #expect(
      try value(of: "constant {value = splat -1}", type: "i64[2,2]")
        == NDArray([Int64](repeating: -1, count: 4), shape: [2, 2]))
    #expect(
      try value(of: #"constant {value = ["a", "b\n"]}"#, type: "string[2]") == NDArray(strings: ["a", "b\n"]))
    #expect(
      try value(of: "identity %a {id = 4}", NDArray(strings: ["x", "é"])) == NDArray(strings: ["x", "é"]))
    let nan = NDArray(dtype: .float32, shape: [2], bits: [0xff80_0001, 0x8000_0000])
    #expect(try value(of: "constant {value = [0xff800001, -0.0]}", type: "f32[2]") == nan)
  }

  @Test func convertChangesTheType() throws {
    let reals: NDArray = [0.0, -0.0, 1.9, -1.9, 300.0, -1.0, 3e9, -3e9, 1e30]
    #expect(
      try value(of: "convert %a {to = i32}", reals)
        == NDArray([Int32](arrayLiteral: 0, 0, 1, -1, 300, -1, .max, .min, .max)))
    #expect(
      try value(of: "convert %a {to = u8}", reals)
        == NDArray([UInt8](arrayLiteral: 0, 0, 1, 0, 255, 0, 255, 0, 255)))
    #expect(
      try value(of: "convert %a {to = u32}", reals)
        == NDArray([UInt32](arrayLiteral: 0, 0, 1, 0, 300, 0, 3_000_000_000, 0, .max)))
    #expect(
      try value(of: "convert %a {to = bool}", reals).bools == [
        false, false, true, true, true, true, true, true, true,
      ])
    let special = NDArray([Float.nan, .infinity, -.infinity])
    #expect(try value(of: "convert %a {to = i64}", special) == NDArray([Int64](arrayLiteral: 0, .max, .min)))
    #expect(try value(of: "convert %a {to = bool}", special).bools == [true, true, true])
    let integers = NDArray([Int64](arrayLiteral: 16_777_217, -1, 256, 1 << 33))
    #expect(try value(of: "convert %a {to = f32}", integers).floats == [16_777_216, -1, 256, 8_589_934_592])
    #expect(try value(of: "convert %a {to = u8}", integers) == NDArray([UInt8](arrayLiteral: 1, 255, 0, 0)))
    #expect(
      try value(of: "convert %a {to = i32}", integers)
        == NDArray([Int32](arrayLiteral: 16_777_217, -1, 256, 0)))
    #expect(try value(of: "convert %a {to = f64}", [true, false]) == NDArray([1.0, 0.0]))
    // 0.1 in f64 lies between two f32; 1e300 beyond them all.
    #expect(
      try value(of: "convert %a {to = f32}", NDArray([0.1, 1e300, 1e-60]))
        == NDArray([Float(0.1), .infinity, 0]))
    #expect(try value(of: "convert %a {to = f32}", [1.5]) == [1.5])
  }

  @Test func markersPass() throws {
    #expect(try value(of: "stopGradient %a", [1.5, -2.0]) == [1.5, -2.0])
    #expect(try value(of: "identity %a {id = 0}", [[true], [false]]) == [[true], [false]])
  }
}
