#!/usr/bin/env python3
# Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
"""Prints the coefficients of some polynomials of Sources/GraphIR/Scalar/Expansions, constant one first, and their error.

Minimax by Lawson's iteration: least squares whose weights grow where the error is large. Coefficients of f32 are rounded
one after the other, lowest power first, the others being fitted again each time.

Usage: python3 Tools/reference/polynomials.py   (needs mpmath and numpy)
"""

import mpmath
import numpy

mpmath.mp.dps = 40


def nodes(low, high, count):
    return (low + high) / 2 + (high - low) / 2 * numpy.cos((2 * numpy.arange(count) + 1) * numpy.pi / (2 * count))


def fit(x, target, weight, degree, known={}, rounds=300):
    """The coefficients, some of them known, with the least maximum of |weight (target - polynomial)|, and that maximum."""
    rest = numpy.array(target, dtype=numpy.longdouble)
    for power, value in known.items():
        rest -= numpy.longdouble(value) * numpy.array(x, dtype=numpy.longdouble) ** power
    free = [power for power in range(degree + 1) if power not in known]
    scales = [float(numpy.max(numpy.abs(x))) ** -power for power in free]
    matrix = numpy.stack([x**power * scale * weight for power, scale in zip(free, scales)], 1)
    right = numpy.array(rest * weight, dtype=float)
    emphasis = numpy.ones(len(x)) / len(x)
    best = None
    for _ in range(rounds):
        root = numpy.sqrt(emphasis)
        solution, *_ = numpy.linalg.lstsq(matrix * root[:, None], right * root, rcond=None)
        error = numpy.abs(right - matrix @ solution)
        if best is None or error.max() < best[0]:
            best = (error.max(), solution)
        emphasis = emphasis * (error / error.max() + 1e-12)
        emphasis /= emphasis.sum()
    values = dict(known)
    values.update({power: float(value * scale) for power, value, scale in zip(free, best[1], scales)})
    return best[0], [values[power] for power in range(degree + 1)]


def fit_single(x, target, weight, degree):
    """The same with coefficients of f32."""
    known = {}
    _, values = fit(x, target, weight, degree)
    for power in range(degree + 1):
        known[power] = float(numpy.float32(values[power]))
        if power < degree:
            _, values = fit(x, target, weight, degree, known, 150)
    wide = numpy.array(x, dtype=numpy.longdouble)
    rest = numpy.array(target, dtype=numpy.longdouble) - sum(
        numpy.longdouble(value) * wide**power for power, value in known.items())
    return float(numpy.abs(rest * weight).max()), [numpy.float32(known[power]) for power in range(degree + 1)]


def show(name, result):
    error, values = result
    print(f"{name}: relative error 2^{numpy.log2(error):.1f}")
    print("  " + ", ".join(str(v) if isinstance(v, numpy.float32) else f"{v:.13g}" for v in values))


def column(function, x):
    return numpy.array([float(function(mpmath.mpf(float(v)))) for v in x])


if __name__ == "__main__":
    # log(1 + f) = f + f^2 Q(f).
    x = nodes(numpy.sqrt(0.5) - 1, numpy.sqrt(2) - 1, 600)
    show("logarithmOfFraction", fit_single(
        x, column(lambda f: (mpmath.log1p(f) - f) / f**2, x), numpy.abs(x**2 / column(mpmath.log1p, x)), 8))
    # log(1 + x) = x R(x) on [0, 1].
    x = nodes(0, 1, 800)
    target = column(lambda v: mpmath.log1p(v) / v, x)
    show("log1pOfFraction", fit_single(x, target, 1 / target, 9))
    # erf x = 1 - exp(-(x + x p(x))).
    x = nodes(0, 3.95, 1500)
    target = column(lambda v: -mpmath.log(mpmath.erfc(v)) / v - 1, x)
    show("logarithmOfErfc", fit_single(
        x, target, x * column(mpmath.erfc, x) / column(mpmath.erf, x), 8))
    # erfc x = exp(-x^2) P((x - 3) / (x + 3)).
    t = nodes(-1, (10.1 - 3) / (10.1 + 3), 500)
    target = column(lambda v: mpmath.exp((3 * (1 + v) / (1 - v)) ** 2) * mpmath.erfc(3 * (1 + v) / (1 - v)), t)
    show("scaledErfcSingle", fit(t, target, 1 / target, 10))
