#!/usr/bin/env python3
# Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
"""Prints Tests/GraphIRTests/NDArrayDescriptionVectors.swift: arrays and what NumPy shows for them.

Usage: python3 Tools/reference/ndarray_description.py > Tests/GraphIRTests/NDArrayDescriptionVectors.swift
"""

import sys

import numpy as np

NAMES = {
    "bool": "bool", "uint8": "uint8", "int32": "int32", "int64": "int64", "uint32": "uint32",
    "float32": "float32", "float64": "float64", "int8": "int8", "float16": "float16",
}


def arrays():
    rng = np.random.default_rng(7)
    nan, inf = np.nan, np.inf
    for dtype in (np.float32, np.float64):
        for values in (
            [[0, 1], [1, 0]], [0.1, 0.25, -3], [1e-5, 1], [1e6, 2], [1e8, 2], [99999999, 2], [123456.5, 200],
            [nan, 1, inf], [nan, -inf], [-inf, 1.5], [inf], [-0.0, 0.0], [0.0001, 0.1], [0.0001, 0.11],
            [1e-300 if dtype is np.float64 else 1e-40, 1], [5e-324 if dtype is np.float64 else 1e-45],
            [1 / 3, 2 / 3, -1 / 7], [9.999999999, 1], [0.999999999], [0.000244140625] * 3, [1.5e30, nan, -1],
            [1e20, -inf, 1], [0.123456785, 0.5], [0.5000000049999999], [2.5, 1e-3], [1e300 if dtype is np.float64 else 1e30],
        ):
            yield np.array(values, dtype)
        for scalar in (0, -0.0, 1, 0.1, 1e-4, 1e-5, 9e15, 1e16, 123456789.123, 1e22, -2.5e-10, nan, inf, -inf):
            yield np.array(scalar, dtype)
        yield rng.standard_normal((3, 4)).astype(dtype)
        yield rng.standard_normal((2, 2, 3)).astype(dtype)
        yield rng.standard_normal(20).astype(dtype)
        yield (10 ** rng.uniform(-8, 8, (4, 5))).astype(dtype)
        yield rng.standard_normal((40, 30)).astype(dtype)
        yield np.arange(1001).astype(dtype)
        yield (np.arange(7 * 9 * 17) * 0.5).reshape(7, 9, 17).astype(dtype)
        yield np.zeros((2, 0), dtype)
        yield np.zeros((1, 1, 1, 1), dtype)
        for _ in range(20):
            shape = tuple(rng.integers(1, 4, rng.integers(1, 4)))
            scale = 10.0 ** rng.integers(-6, 9)
            yield np.round(rng.standard_normal(shape) * scale, int(rng.integers(0, 12))).astype(dtype)
    # Halves at the last digit that is shown: the number itself decides, not its shortest digits.
    yield np.array([0.000000005, 0.015625005, 0.100000005, 0.300000015, 0.700000035], np.float64) + 0.5
    yield np.arange(1, 9) * 2.0 ** -9 + 0.5
    yield np.array([0.123456785, 0.123456775, 0.023456785, 0.003456785, 1.123456785, 3.123456765])
    yield np.array([True, False, True])
    yield np.array([[True], [False]])
    yield np.array(True)
    for dtype in (np.int32, np.int64, np.uint8, np.uint32):
        yield np.array([[1, 20], [3, 4]], dtype)
        yield np.array(7, dtype)
        yield np.arange(200).astype(dtype)
        yield np.arange(2000).reshape(40, 50).astype(dtype)
    yield np.array([-5, 100, 0], np.int32)
    yield np.array([np.iinfo(np.int64).min, 3], np.int64)
    yield np.array([4294967295, 3], np.uint32)
    yield np.array([[-128, 20], [3, 127]], np.int8)
    yield np.arange(300).astype(np.int8)
    for values in (
        [0.1, 0.25, -3], [999, 1], [1000, 1], [1e-4, 1], [1e-4, 0.05], [1.2e-4, 0.05], [0.001, 0.9], [65504, 65504],
        [2048, 0.5], [nan, 1, inf], [-inf, 6e-8], [0.3333, 1.5], [-0.0, 0.0], [100.1, 99.95],
    ):
        yield np.array(values, np.float16)
    for scalar in (0, -0.0, 1, 0.1, 999.5, 1000, 65504, 1e-4, 9e-5, 6e-8, 1 / 3, nan, -inf):
        yield np.array(scalar, np.float16)
    yield rng.standard_normal((3, 4)).astype(np.float16)
    yield (10 ** rng.uniform(-4, 4, (4, 5))).astype(np.float16)
    yield rng.standard_normal((40, 30)).astype(np.float16)


def texts():
    yield np.array(["a", "b\n", "it's", 'say "x"', "both ' and \"", "back\\slash", "é", "\u200b", "\x7f", "\U0001f600"])
    yield np.array([["setosa", "versicolor"], ["virginica", ""]])
    yield np.array("plain")
    yield np.array([f"word{i}" for i in range(30)])


def swift(text):
    out = ""
    for c in text:
        if c in '"\\':
            out += "\\" + c
        elif c == "\n":
            out += "\\n"
        elif c.isprintable():
            out += c
        else:
            out += "\\u{%x}" % ord(c)
    return '"' + out + '"'


def entry(dtype, shape, elements, expected):
    shape = "[" + ", ".join(map(str, shape)) + "]"
    return f"    .init(.{dtype}, {shape}, {elements}, {swift(expected)}),"


def main():
    out = ["// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.", ""]
    out += [f"// Made by Tools/reference/ndarray_description.py with NumPy {np.__version__}.", ""]
    out += ["// swift-format-ignore-file", ""]
    out += ["import GraphIR", "", "extension NDArrayDescriptionTests {", "  static let numeric: [Numeric] = ["]
    for array in arrays():
        bits = array.reshape(-1).view({1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}[array.dtype.itemsize])
        hexadecimal = " ".join("%x" % int(b) for b in bits)
        out.append(entry(NAMES[array.dtype.name], array.shape, '"' + hexadecimal + '"', str(array)))
    out += ["  ]", "", "  static let texts: [Texts] = ["]
    for array in texts():
        elements = "[" + ", ".join(swift(str(x)) for x in array.reshape(-1)) + "]"
        shape = "[" + ", ".join(map(str, array.shape)) + "]"
        out.append(f"    .init({shape}, {elements}, {swift(str(array))}),")
    out += ["  ]", "}"]
    sys.stdout.write("\n".join(out) + "\n")


main()
