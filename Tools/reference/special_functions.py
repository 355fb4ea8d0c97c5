#!/usr/bin/env python3
# Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
"""Prints Tests/GraphIRTests/SpecialFunctionVectors.swift: values of pointwise functions, by mpmath with 60 digits.

Usage: python3 Tools/reference/special_functions.py > Tests/GraphIRTests/SpecialFunctionVectors.swift
"""

import random
import struct

import mpmath
from mpmath import mpf

mpmath.mp.dps = 60
random.seed(11)


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def erf_inverse(x):
    # Newton's method on the logarithm of erfc, which is all but a parabola.
    target = 1 - abs(mpf(x))
    y = mpf(1)
    for _ in range(200):
        step = mpmath.log(mpmath.erfc(y) / target) * mpmath.erfc(y) * mpmath.exp(y * y) * mpmath.sqrt(mpmath.pi) / 2
        y += step
        if abs(step) < mpf(10) ** -50:
            break
    return y if x > 0 else -y


def zeta(s, q):
    # Euler and Maclaurin; mpmath's own loses digits for large arguments.
    total = sum((q + k) ** -s for k in range(60))
    w = q + 60
    total += w ** (1 - s) / (s - 1) + w**-s / 2
    term = s * w ** (-s - 1)
    for j in range(1, 40):
        total += mpmath.bernoulli(2 * j) / mpmath.factorial(2 * j) * term
        term *= (s + 2 * j - 1) * (s + 2 * j) / w**2
    return total


def uniform(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def logarithmic(low, high, count):
    return [2 ** random.uniform(low, high) for _ in range(count)]


UNARY = {
    "asin": (mpmath.asin, uniform(-1, 1, 12) + [1e-20, 0.499, 0.501, 0.9999, -1, 1]),
    "acos": (mpmath.acos, uniform(-1, 1, 12) + [1e-20, -0.499, -0.501, 0.501, 0.9999, -1, 0]),
    "atan": (mpmath.atan, uniform(-3, 3, 12) + logarithmic(-60, 60, 6) + [0.41, 0.42, 2.41, 2.42]),
    "sinh": (mpmath.sinh, uniform(-3, 3, 12) + uniform(-80, 80, 4) + [1e-10, 0.99, 1.01]),
    "cosh": (mpmath.cosh, uniform(-3, 3, 12) + uniform(-80, 80, 4) + [1e-5]),
    "asinh": (mpmath.asinh, uniform(-3, 3, 12) + logarithmic(-60, 120, 8)),
    "acosh": (mpmath.acosh, uniform(1, 3, 12) + logarithmic(0, 120, 6) + [1 + 2**-20]),
    "atanh": (mpmath.atanh, uniform(-1, 1, 14) + logarithmic(-60, -1, 4) + [0.9999]),
    "exp2": (lambda x: mpf(2) ** x, uniform(-1, 1, 8) + uniform(-120, 120, 10)),
    "log2": (lambda x: mpmath.log(x) / mpmath.log(2), uniform(0.5, 2, 10) + logarithmic(-120, 120, 10)),
    "log10": (mpmath.log10, uniform(0.5, 2, 10) + logarithmic(-120, 120, 10)),
    "cbrt": (lambda x: mpmath.sign(x) * abs(x) ** (mpf(1) / 3), uniform(-9, 9, 10) + logarithmic(-120, 120, 8)),
    "erfc": (mpmath.erfc, uniform(-4, 1, 10) + uniform(1, 8, 10) + [1e-9, 0.49, 0.51]),
    "erfInverse": (erf_inverse, uniform(-1, 1, 14) + logarithmic(-40, -1, 5) + [0.996, 0.9999, 1 - 2**-20, -0.9966]),
    "logGamma": (
        mpmath.loggamma,
        uniform(0, 3, 14) + uniform(3, 20, 10) + logarithmic(-60, 120, 8) + [0.9999, 1.0001, 1.9999, 2.0001],
    ),
    "digamma": (
        mpmath.digamma, uniform(0, 3, 14) + uniform(3, 20, 10) + logarithmic(-60, 120, 8) + [1.46, 1.463, 1.0],
    ),
}
BINARY = {
    "atan2": (mpmath.atan2, [(random.uniform(-3, 3), random.uniform(-3, 3)) for _ in range(20)]
              + [(2.0**-100, -(2.0**20)), (2.0**100, 3.0), (1e-30, 1e-35)]),
    "hypot": (mpmath.hypot, [(random.uniform(-3, 3), random.uniform(-3, 3)) for _ in range(10)]
              + [(1e30, 2e30), (3e-30, 1e-31), (1e38, 1e38), (1e-40, 2e-40)]),
    "zeta": (zeta, [(random.uniform(1.05, 4), random.uniform(0.05, 12)) for _ in range(14)]
             + [(float(s), q) for s in (2, 3, 4) for q in (0.01, 1.0, 33.25)]),
    "logAddExp": (lambda a, b: max(a, b) + mpmath.log1p(mpmath.exp(-abs(a - b))),
                  [(random.uniform(0, 9), random.uniform(0, 9)) for _ in range(10)] + [(60.0, 59.5), (-80.0, -81.0)]),
}


def literal(x):
    return repr(float(x)).replace("e+", "e")


def emit(name, table):
    print(f"  static let {name}: [(ScalarFunction, [Double], Double)] = [")
    for function, arguments, value in table:
        print(f"    (.{function}, [{', '.join(literal(a) for a in arguments)}], {literal(value)}),")
    print("  ]")


def rows(table, arity):
    for function, (exact, points) in table.items():
        for point in points:
            # Numbers of f32 serve both types.
            arguments = [single(x) for x in (point if arity > 1 else (point,))]
            yield function, arguments, exact(*[mpf(x) for x in arguments])


print("// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.")
print()
print("// Made by Tools/reference/special_functions.py with mpmath 1.3.0.")
print()
print("import GraphIR")
print()
print("/// Functions of f32 numbers and their exact values, rounded to f64.")
print("enum SpecialFunctionVectors {")
emit("unary", rows(UNARY, 1))
print()
emit("binary", rows(BINARY, 2))
print("}")
