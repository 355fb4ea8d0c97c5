// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import Graphc
import Testing

@testable import GraphcCLI

/// The expected texts are what `print` of NumPy 2.4 shows for the same arrays.
@Suite struct ArrayTextTests {
  @Test(arguments: [
    (NDArray([1, 2.5, -3] as [Float]), "[ 1.   2.5 -3. ]"),
    (NDArray([1.0 / 3, 2, 1e-3]), "[3.33333333e-01 2.00000000e+00 1.00000000e-03]"),
    (NDArray([1.0 / 3, 2, 1e-4] as [Float]), "[3.3333334e-01 2.0000000e+00 9.9999997e-05]"),
    (NDArray([123_456_789, 1.5]), "[1.23456789e+08 1.50000000e+00]"),
    (NDArray([1e6, 2] as [Float]), "[1.e+06 2.e+00]"),
    (NDArray([.nan, .infinity, -.infinity, 0.5]), "[ nan  inf -inf  0.5]"),
    (NDArray([-0.0, 1e300, 1e-300]), "[-0.e+000  1.e+300  1.e-300]"),
    (NDArray([.nan, .nan] as [Float]), "[nan nan]"),
    (NDArray([1, -20, 300] as [Int32], shape: [3, 1]), "[[  1]\n [-20]\n [300]]"),
    (NDArray([true, false, true, true], shape: [2, 2]), "[[ True False]\n [ True  True]]"),
    (NDArray([0, 255] as [UInt8]), "[  0 255]"),
    (NDArray([] as [Float], shape: [0, 3]), "[]"),
    (NDArray(Array(0..<8) as [Int64], shape: [2, 2, 2]), "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]"),
    (NDArray(strings: ["a", "it's", "\n"]), "['a' \"it's\" '\\n']"),
    (NDArray(scalar: 0.1), "0.1"),
    (NDArray(scalar: 1e-5 as Float), "1e-05"),
    (NDArray(scalar: 1.5e6 as Float), "1.5e+06"),
    (NDArray(scalar: 1.5e6), "1500000.0"),
    (NDArray(scalar: 1e16), "1e+16"),
    (NDArray(scalar: -7 as Int32), "-7"),
    (NDArray(scalar: true), "True"),
    (NDArray(scalar: -Float.infinity), "-inf"),
  ]) func small(array: NDArray, text: String) {
    #expect(ArrayText.text(of: array) == text)
  }

  @Test func longRowsWrap() {
    #expect(
      ArrayText.text(of: NDArray((0..<30).map { Int32($0) * 10 })) == """
        [  0  10  20  30  40  50  60  70  80  90 100 110 120 130 140 150 160 170
         180 190 200 210 220 230 240 250 260 270 280 290]
        """)
  }

  @Test func largeArraysShowTheirCorners() {
    #expect(
      ArrayText.text(of: NDArray((0..<1001).map { Float($0) / 8 })) == """
        [  0.      0.125   0.25  ... 124.75  124.875 125.   ]
        """)
    #expect(
      ArrayText.text(of: NDArray(Array(0..<1680) as [Int32], shape: [7, 240])) == """
        [[   0    1    2 ...  237  238  239]
         [ 240  241  242 ...  477  478  479]
         [ 480  481  482 ...  717  718  719]
         ...
         [ 960  961  962 ... 1197 1198 1199]
         [1200 1201 1202 ... 1437 1438 1439]
         [1440 1441 1442 ... 1677 1678 1679]]
        """)
  }
}
